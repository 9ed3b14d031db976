//! Receipts of consents on chain.

use std::fs;

use serde_json::{Value, json};

use crate::{node::Node, user::User};

struct World {
    user: User,
    node: Node,
    consent: String,
}

impl World {
    /// A chain with a consent of `dev:charlie` for `dev:bob`.
    fn new(policy: &[&str]) -> Self {
        let user = User::new();
        let node = Node::start(&user, &[]);
        let at = |args: &[&str]| user.done(&[&["--network", node.url(), "consent"], args].concat());
        let subject = at(&["register", "--from", "dev:charlie"])["subject"].take();
        let parties = [
            "grant",
            "--subject",
            subject.as_str().unwrap(),
            "--to",
            "dev:bob",
            "--from",
            "dev:charlie",
        ];
        let consent = at(&[&parties[..], policy].concat())["consent"].take();
        let consent = consent.as_str().unwrap().to_owned();
        Self { user, node, consent }
    }

    fn args<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        [&["--network", self.node.url()], args].concat()
    }

    fn done(&self, args: &[&str]) -> Value {
        self.user.done(&self.args(args))
    }

    fn receipt(&self, how: &[&str]) -> Value {
        self.done(&[&["consent", "receipt", &self.consent], how].concat())
    }
}

#[test]
fn a_receipt_says_what_was_agreed_on_and_what_became_of_it() {
    let world = World::new(&["--purpose", "TREAT", "--class", "Observation", "--deny-label", "ETHUD"]);
    let receipt = world.receipt(&["--jurisdiction", "DE"]);
    assert_eq!(receipt["record_header"]["record_id"], world.consent.as_str());
    assert_eq!(receipt["anchor"]["status"], "active");
    let processing = &receipt["pii_processing"];
    assert_eq!(processing["jurisdiction"], "DE");
    assert_eq!(processing["purposes"][0]["purpose"][0]["code"], "TREAT");
    assert_eq!(
        processing["purposes"][0]["exceptions"][0]["security_labels"][0]["code"],
        "ETHUD"
    );
    assert_eq!(receipt["event"].as_array().unwrap().len(), 1);
    assert_eq!(receipt["event"][0]["event_time"], json!({"absent": "not_recorded"}));

    let revoked = world.done(&["consent", "revoke", &world.consent, "--from", "dev:charlie"]);
    world.done(&["index"]);
    let receipt = world.receipt(&[]);
    assert_eq!(receipt["anchor"]["status"], "revoked");
    let events = receipt["event"].as_array().unwrap();
    let states: Vec<&Value> = events.iter().map(|event| &event["event_state"]).collect();
    assert_eq!(states, ["active", "revoked"]);
    assert!(events.iter().all(|event| event["event_time"].is_string()), "{events:?}");
    let transaction = &revoked["transaction"];
    assert_eq!(events[1]["transaction"]["block"], transaction["block_number"]);
    assert_eq!(events[1]["transaction"]["block_hash"], transaction["block_hash"]);
    assert_eq!(
        events[1]["transaction"]["extrinsic_index"],
        transaction["extrinsic_index"]
    );

    // Without the opening: as somebody else.
    let elsewhere = world.user.path("elsewhere");
    let receipt = world.receipt(&["--openings", elsewhere.to_str().unwrap()]);
    assert_eq!(receipt["pii_processing"]["purposes"], json!({"absent": "withheld"}));
    assert!(!receipt.to_string().contains("TREAT"));

    let (code, error, _) = world
        .user
        .refused(&world.args(&["consent", "receipt", &format!("0x{}", "00".repeat(32))]));
    assert_eq!((code, error.as_str()), (1, "unknown_consent"));
    let (code, error, _) =
        world
            .user
            .refused(&world.args(&["consent", "receipt", &world.consent, "--database", "nowhere"]));
    assert_eq!((code, error.as_str()), (8, "database_missing"));
}

#[test]
fn a_receipt_is_verified_and_an_altered_one_or_an_altered_opening_is_not() {
    let world = World::new(&["--purpose", "TREAT"]);
    let printed = world.user.salus(&world.args(&["consent", "receipt", &world.consent]));
    assert!(printed.status.success());
    let text = String::from_utf8(printed.stdout).unwrap();
    let file = world.user.file("receipt.json", &text);
    let verify = ["consent", "receipt", "--verify", &file];
    let verified = world.user.done(&verify);
    let receipt: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(verified["commitment"], receipt["integrity"]["commitment"]);
    world.user.file("receipt.json", &text.replace("TREAT", "HRESCH"));
    let (code, error, _) = world.user.refused(&verify);
    assert_eq!((code, error.as_str()), (1, "receipt_altered"));
    let (code, error, _) = world
        .user
        .refused(&[&verify[..], &["--openings", "elsewhere"]].concat());
    assert_eq!((code, error.as_str()), (1, "no_opening"));

    let commitment = receipt["anchor"]["commitment"].as_str().unwrap();
    let opening = world
        .user
        .path(&format!(".local/share/salus/openings/policy-{commitment}.json"));
    let mut altered: Value = serde_json::from_str(&fs::read_to_string(&opening).unwrap()).unwrap();
    altered["opening"]["policy"] = json!(["0101", "000000006b49d200", "00000000", "0003", "0000", "00"].concat());
    fs::write(&opening, altered.to_string()).unwrap();
    for command in [&["receipt"][..], &["export", "--fhir-version", "r4"]] {
        let args = [&["consent"], command, &[world.consent.as_str()]].concat();
        let (code, error, _) = world.user.refused(&world.args(&args));
        assert_eq!((code, error.as_str()), (7, "opening_malformed"), "{command:?}");
    }
}
