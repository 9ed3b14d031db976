//! Consents from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::{
    node::Node,
    user::{User, fixture},
};

/// A chain with a subject of `dev:charlie`.
struct World {
    user: User,
    node: Node,
    subject: String,
}

impl World {
    fn new() -> Self {
        let user = User::new();
        let node = Node::start(&user, &[]);
        let registered = user.done(&["--network", node.url(), "consent", "register", "--from", "dev:charlie"]);
        let subject = registered["subject"].as_str().unwrap().to_string();
        assert_eq!(registered["transaction"]["finalized"], true);
        Self { user, node, subject }
    }

    fn done(&self, args: &[&str]) -> Value {
        self.user
            .done(&[&["--network", self.node.url(), "consent"], args].concat())
    }

    fn refused(&self, args: &[&str]) -> (i32, String, String) {
        self.user
            .refused(&[&["--network", self.node.url(), "consent"], args].concat())
    }

    fn grant(&self, policy: &[&str]) -> Value {
        let parties = [
            "grant",
            "--subject",
            &self.subject,
            "--to",
            "dev:bob",
            "--from",
            "dev:charlie",
        ];
        self.done(&[&parties, policy].concat())
    }

    fn check(&self, grantee: &str, class: &str) -> Value {
        let who = ["check", "--subject", &self.subject, "--grantee", grantee];
        self.done(&[&who[..], &["--purpose", "TREAT", "--class", class]].concat())["answer"].take()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_disclosed_consent_answers_until_it_is_revoked() {
    let world = World::new();
    let disclosed = [
        "--purpose",
        "TREAT",
        "--class",
        "Observation",
        "--class",
        "Encounter",
        "--disclose",
    ];
    let granted = world.grant(&disclosed);
    assert_eq!(granted["disclosed_classes"], json!(["Encounter", "Observation"]));
    assert_eq!(world.check("dev:bob", "Observation"), "PERMIT");
    assert_eq!(world.check("dev:bob", "Condition"), "DENY");
    assert_eq!(world.check("dev:dave", "Observation"), "NO_CONSENT");

    let id = text(&granted["consent"]);
    let (code, error, message) = world.refused(&["revoke", id, "--from", "dev:bob"]);
    assert_eq!((code, error.as_str()), (1, "reverted"));
    assert!(message.contains("NotController("), "{message}");
    world.done(&["revoke", id, "--from", "dev:charlie"]);
    assert_eq!(world.check("dev:bob", "Observation"), "NO_CONSENT");
    assert_eq!(world.done(&["show", id])["status"], "revoked");
}

#[test]
fn a_policy_is_opened_by_who_holds_it_and_by_nobody_else() {
    let world = World::new();
    let granted = world.grant(&[
        "--purpose",
        "TREAT",
        "--deny-label",
        "ETHUD",
        "--valid-until",
        "2099-12-31",
    ]);
    assert_eq!(
        world.check("dev:bob", "Observation"),
        "NO_CONSENT",
        "nothing is disclosed"
    );
    let id = text(&granted["consent"]);
    let ask = ["evaluate", id, "--purpose", "TREAT", "--class", "Observation"];
    let answer = world.done(&ask);
    let system = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    let redact = json!([{"obligation": "redact", "system": system, "code": "ETHUD"}]);
    assert_eq!(answer, json!({"answer": "PERMIT", "obligations": redact, "path": []}));
    let labelled = world.done(&[&ask[..], &["--label", "ETHUD"]].concat());
    assert_eq!(labelled, json!({"answer": "DENY", "obligations": [], "path": [0]}));
    let other = world.done(&[&ask[..], &["--as", "dev:dave"]].concat());
    assert_eq!(other["answer"], "NO_CONSENT");
    let research = world.done(&["evaluate", id, "--purpose", "HRESCH", "--class", "Observation"]);
    assert_eq!(research["answer"], "NO_CONSENT");

    // Without the opening: as another user of another machine.
    let elsewhere = world.user.path("elsewhere");
    let (code, error, message) = world.refused(&[&ask[..], &["--openings", elsewhere.to_str().unwrap()]].concat());
    assert_eq!((code, error.as_str()), (1, "no_opening"), "{message}");
    // The opening is private, and is not shown.
    let opening: Value = serde_json::from_str(&fs::read_to_string(text(&granted["opening"])).unwrap()).unwrap();
    let salt = text(&opening["opening"]["salt"]).trim_start_matches("0x");
    assert_eq!(salt.len(), 64);
    assert!(!granted.to_string().contains(salt));
}

#[test]
fn a_fhir_consent_becomes_a_policy_and_is_superseded() {
    let world = World::new();
    let actors = [
        "--fhir",
        &fixture("consent/r4_root_type.json"),
        "--actor",
        "Organization/clinic=dev:bob",
        "--actor",
        "Practitioner/house=dev:bob",
    ];
    let (code, error, message) = world.refused(
        &[
            &[
                "grant",
                "--subject",
                &world.subject,
                "--to",
                "dev:bob",
                "--from",
                "dev:charlie",
            ],
            &actors[..2],
        ]
        .concat(),
    );
    assert_eq!((code, error.as_str()), (7, "untranslatable_consent"));
    assert!(message.contains("Consent.provision.actor[0].reference"), "{message}");
    assert!(actors.len() > 2);

    let first = world.grant(&["--purpose", "TREAT", "--disclose"]);
    let next = [
        "supersede",
        text(&first["consent"]),
        "--purpose",
        "TREAT",
        "--class",
        "Encounter",
        "--disclose",
    ];
    let second = world.done(&[&next[..], &["--from", "dev:charlie"]].concat());
    assert_ne!(first["consent"], second["consent"]);
    assert_eq!(world.done(&["show", text(&first["consent"])])["status"], "superseded");
    let current = world.done(&["show", "--subject", &world.subject, "--grantee", "dev:bob"]);
    assert_eq!(
        (&current["consent"], &current["sequence"]),
        (&second["consent"], &json!(1))
    );
    assert_eq!(world.check("dev:bob", "Observation"), "DENY");
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_sent_or_kept() {
    let world = World::new();
    let before = world.node.ethereum("eth_blockNumber", &json!([]));
    let grant = [
        "grant",
        "--subject",
        &world.subject,
        "--to",
        "dev:bob",
        "--from",
        "dev:charlie",
    ];
    let refused = |args: &[&str]| world.refused(&[&grant[..], args].concat());
    let (code, _, message) = refused(&["--purpose", "treat"]);
    assert_eq!(code, 2);
    assert!(message.contains("did you mean TREAT?"), "{message}");
    let (code, _, message) = refused(&[]);
    assert_eq!(code, 2, "{message}");
    let (code, error, _) = refused(&["--purpose", "TREAT", "--deny-label", "ETHUD", "--disclose"]);
    assert_eq!((code, error.as_str()), (2, "nothing_to_disclose"));
    let (code, error, message) = refused(&[
        "--purpose",
        "TREAT",
        "--valid-until",
        "2001-01-01",
        "--valid-from",
        "2002",
    ]);
    assert_eq!((code, error.as_str()), (2, "usage"), "{message}");

    let bad = world.user.file(
        "consent.json",
        r#"{"resourceType":"Consent","status":"activ","scope":{"text":"x"},"category":[],"dateTime":"2025"}"#,
    );
    let (code, error, message) = refused(&["--fhir", &bad]);
    assert_eq!((code, error.as_str()), (7, "malformed_fhir"));
    assert!(message.contains("Consent.status"), "{message}");
    let cut = world.user.file("cut.json", r#"{"resourceType":"Consent","status":"#);
    let (code, error, message) = refused(&["--fhir", &cut]);
    assert_eq!((code, error.as_str()), (7, "malformed_json"), "{message}");

    // Somebody else's subject: refused in the dry run, so that the opening is not kept either.
    let foreign = [
        "grant",
        "--subject",
        &world.subject,
        "--to",
        "dev:bob",
        "--purpose",
        "TREAT",
        "--from",
        "dev:alith",
    ];
    assert_eq!(world.refused(&foreign).1, "reverted");
    let openings = fs::read_dir(world.user.path(".local/share/salus/openings"));
    assert_eq!(openings.map_or(0, Iterator::count), 0);
    assert_eq!(world.node.ethereum("eth_blockNumber", &json!([])), before);
}
