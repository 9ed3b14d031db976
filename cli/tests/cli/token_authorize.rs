//! Transfers of tokens that one signs and another sends, from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::{node::Node, user::User};

/// What is done to a file before it is sent.
type Alteration = fn(&mut Value);

const PASSWORD: [&str; 2] = ["--password-file", "password"];

/// A chain on which a patient has 50 tokens and no coins.
struct World {
    user: User,
    node: Node,
}

impl World {
    fn new() -> Self {
        let user = User::new();
        let node = Node::start(&user, &[]);
        user.file("password", "correct horse battery staple\n");
        user.done(&[&["account", "new", "patient", "--kind", "ethereum"], &PASSWORD[..]].concat());
        let world = Self { user, node };
        world.done(&["token", "transfer", "patient", "50", "--from", "dev:alice"]);
        world
    }

    fn done(&self, args: &[&str]) -> Value {
        self.user.done(&[&["--network", self.node.url()], args].concat())
    }

    fn refused(&self, args: &[&str]) -> (i32, String, String) {
        self.user.refused(&[&["--network", self.node.url()], args].concat())
    }

    fn sign(&self, args: &[&str], file: &str) -> Value {
        self.done(&[args, &["--from", "patient", "--sign-to", file], &PASSWORD].concat())
    }

    fn submit(&self, file: &str, from: &str) -> Value {
        self.done(&["token", "submit", file, "--from", from])
    }

    /// The contract's refusal.
    fn submit_refused(&self, file: &str, from: &str) -> String {
        let (code, error, message) = self.refused(&["token", "submit", file, "--from", from]);
        assert_eq!((code, error.as_str()), (1, "reverted"), "{message}");
        message
    }

    fn balance(&self, account: &str) -> Value {
        self.done(&["token", "balance", account])["amount"].take()
    }
}

#[test]
fn a_patient_without_coins_pays_by_a_signature() {
    let world = World::new();
    let signed = world.sign(&["token", "authorize", "dev:baltathar", "12.5"], "pay.json");
    assert_eq!(
        (&signed["kind"], &signed["payment"]["value"]["amount"]),
        (&json!("transfer"), &json!("12.5"))
    );
    assert_eq!(world.balance("dev:baltathar"), "0", "signed is not sent");

    let sent = world.submit("pay.json", "dev:dave");
    assert_eq!(sent["nonce"], signed["nonce"]);
    assert_eq!(sent["transaction"]["finalized"], true);
    assert_eq!(world.balance("dev:baltathar"), "12.5");
    assert_eq!(world.balance("patient"), "37.5");
    let again = world.submit_refused("pay.json", "dev:dave");
    assert!(again.contains("ERC3009UsedAuthorization("), "{again}");
    // What was sent is not signed over.
    let sign = [
        "token",
        "authorize",
        "dev:bob",
        "1",
        "--from",
        "patient",
        "--sign-to",
        "pay.json",
    ];
    let (code, error, _) = world.refused(&[&sign[..], &PASSWORD].concat());
    assert_eq!((code, error.as_str()), (1, "file_io"));
}

#[test]
fn the_payee_alone_sends_what_is_for_the_payee() {
    let world = World::new();
    world.sign(&["token", "authorize", "dev:baltathar", "5", "--by-payee"], "pay.json");
    let refusal = world.submit_refused("pay.json", "dev:dave");
    assert!(refusal.contains("ERC20InvalidReceiver("), "{refusal}");
    let sent = world.submit("pay.json", "dev:baltathar");
    assert_eq!(sent["kind"], "receive");
    assert_eq!(world.balance("dev:baltathar"), "5");
}

#[test]
fn a_signed_transfer_is_cancelled_by_a_signature_too() {
    let world = World::new();
    let signed = world.sign(&["token", "authorize", "dev:baltathar", "5"], "pay.json");
    let cancelled = world.sign(&["token", "cancel-authorization", "pay.json"], "cancel.json");
    assert_eq!(
        (&cancelled["kind"], &cancelled["nonce"]),
        (&json!("cancel"), &signed["nonce"])
    );
    world.submit("cancel.json", "dev:dave");
    let refusal = world.submit_refused("pay.json", "dev:dave");
    assert!(refusal.contains("ERC3009UsedAuthorization("), "{refusal}");

    // Who has coins sends it, too.
    let pay = ["token", "authorize", "dev:bob", "5", "--from", "dev:alith", "--sign-to"];
    let signed = world.done(&[&pay[..], &["other.json"]].concat());
    let nonce = signed["nonce"].as_str().unwrap();
    let cancel = ["token", "cancel-authorization", "--nonce", nonce, "--from", "dev:alith"];
    assert_eq!(world.done(&cancel)["transaction"]["finalized"], true);
    let refusal = world.submit_refused("other.json", "dev:dave");
    assert!(refusal.contains("ERC3009UsedAuthorization("), "{refusal}");
}

#[test]
fn a_signed_transfer_counts_in_its_time() {
    let world = World::new();
    let pay = ["token", "authorize", "dev:bob", "5"];
    world.sign(&[&pay[..], &["--valid-until", "2020-01-01"]].concat(), "late.json");
    world.sign(&[&pay[..], &["--valid-from", "+3600"]].concat(), "early.json");
    for file in ["late.json", "early.json"] {
        let refusal = world.submit_refused(file, "dev:dave");
        assert!(refusal.contains("ERC3009InvalidAuthorizationTime("), "{refusal}");
    }
    let never = [
        "--valid-from",
        "2030-01-02",
        "--valid-until",
        "2030-01-01",
        "--from",
        "patient",
    ];
    let never = [&pay[..], &never, &["--sign-to", "never.json"], &PASSWORD].concat();
    let (code, error, message) = world.refused(&never);
    assert_eq!((code, error.as_str()), (2, "usage"), "{message}");
    assert!(!world.user.path("never.json").exists());
}

#[test]
fn what_was_altered_or_is_for_elsewhere_is_not_sent() {
    let world = World::new();
    world.sign(&["token", "authorize", "dev:baltathar", "5"], "pay.json");
    let path = world.user.path("pay.json");
    let original: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let cases: [(Alteration, i32, &str); 6] = [
        (
            |document| document["authorization"]["transfer"]["value"] = json!("0xffff"),
            7,
            "signature_invalid",
        ),
        (
            |document| document["v"] = json!(27 + 28 - document["v"].as_u64().unwrap()),
            7,
            "signature_invalid",
        ),
        (
            |document| document["chain_id"] = json!(1),
            4,
            "signed_for_another_chain",
        ),
        (
            |document| document["address"] = document["authorization"]["transfer"]["from"].clone(),
            4,
            "signed_for_another_chain",
        ),
        (
            |document| document["schema_version"] = json!(2),
            7,
            "authorization_malformed",
        ),
        (
            |document| document["note"] = json!("more"),
            7,
            "authorization_malformed",
        ),
    ];
    for (alter, expected, name) in cases {
        let mut document = original.clone();
        alter(&mut document);
        fs::write(&path, document.to_string()).unwrap();
        let (code, error, message) = world.refused(&["token", "submit", "pay.json", "--from", "dev:dave"]);
        assert_eq!((code, error.as_str()), (expected, name), "{message}");
    }
    assert_eq!(world.balance("dev:baltathar"), "0");
}

#[test]
fn keys_that_the_standard_does_not_know_sign_nothing() {
    let world = World::new();
    let sign = [
        "token",
        "authorize",
        "dev:baltathar",
        "5",
        "--from",
        "dev:bob",
        "--sign-to",
        "pay.json",
    ];
    let (code, error, message) = world.refused(&sign);
    assert_eq!((code, error.as_str()), (2, "key_kind"), "{message}");
    assert!(!world.user.path("pay.json").exists());
}
