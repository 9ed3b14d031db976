//! Consultations from the command line.

use serde_json::{Value, json};

use crate::{node::Node, user::User};

struct World {
    user: User,
    node: Node,
}

impl World {
    /// A chain on which `dev:alice`, the patient, has tokens.
    fn new() -> Self {
        let user = User::new();
        let node = Node::start(&user, &[]);
        Self { user, node }
    }

    fn args<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        [&["--network", self.node.url(), "visit"], args].concat()
    }

    fn done(&self, args: &[&str]) -> Value {
        self.user.done(&self.args(args))
    }

    fn refused(&self, args: &[&str]) -> (i32, String, String) {
        self.user.refused(&self.args(args))
    }

    fn request(&self) -> Value {
        let terms = [
            "request",
            "--provider",
            "dev:baltathar",
            "--fee",
            "25.5",
            "--start",
            "+3600",
        ];
        self.done(&[&terms[..], &["--confirm-by", "+1800", "--from", "dev:alice"]].concat())
    }

    fn tokens(&self, account: &str) -> String {
        let balance = self
            .user
            .done(&["--network", self.node.url(), "token", "balance", account]);
        balance["amount"].as_str().unwrap().to_string()
    }
}

#[test]
fn a_consultation_is_paid_through_escrow() {
    let world = World::new();
    let requested = world.request();
    assert_eq!(
        (&requested["visit"], &requested["fee"]["amount"]),
        (&json!("1"), &json!("25.5"))
    );
    let (code, error, message) = world.refused(&["confirm", "1", "--from", "dev:baltathar"]);
    assert_eq!((code, error.as_str()), (1, "reverted"));
    assert!(message.contains("WrongStatus("), "{message}");

    let funded = world.done(&["fund", "1", "--from", "dev:alice"]);
    assert_eq!(funded["status"], "funded");
    assert!(funded["approval"]["tx_hash"].is_string(), "{funded}");
    assert_eq!(
        world.done(&["confirm", "1", "--from", "dev:baltathar"])["status"],
        "confirmed"
    );
    world.node.advance(3600);
    assert_eq!(
        world.done(&["complete", "1", "--from", "dev:baltathar"])["status"],
        "completed"
    );
    let withdrawn = world.done(&["withdraw", "--from", "dev:baltathar"]);
    assert_eq!(withdrawn["amount"]["amount"], "25.5");
    assert_eq!(world.tokens("dev:baltathar"), "25.5");
    let shown = world.done(&["show", "1"]);
    assert_eq!(
        (&shown["status"], &shown["fee"]["symbol"]),
        (&json!("completed"), &json!("SALUS"))
    );
}

#[test]
fn one_that_is_called_off_is_refunded() {
    let world = World::new();
    world.request();
    world.done(&["fund", "1", "--from", "dev:alice"]);
    assert_eq!(world.tokens("dev:alice"), "999974.5");
    assert_eq!(
        world.done(&["cancel", "1", "--from", "dev:alice"])["status"],
        "cancelled"
    );
    world.done(&["withdraw", "--from", "dev:alice"]);
    assert_eq!(world.tokens("dev:alice"), "1000000");
    let (code, error, message) = world.refused(&["withdraw", "--from", "dev:alice"]);
    assert_eq!((code, error.as_str()), (1, "reverted"));
    assert!(message.contains("NothingToWithdraw("), "{message}");
}

#[test]
fn nobody_approves_a_visit_that_is_not_theirs() {
    let world = World::new();
    world.request();
    let before = world.node.ethereum("eth_blockNumber", &json!([]));
    let (_, error, message) = world.refused(&["fund", "1", "--from", "dev:bob"]);
    assert_eq!(error, "reverted");
    assert!(message.contains("NotPatient("), "{message}");
    let (_, _, message) = world.refused(&["show", "7"]);
    assert!(message.contains("UnknownVisit(visitId: 7)"), "{message}");
    let late = [
        "request",
        "--provider",
        "dev:bob",
        "--fee",
        "1",
        "--start",
        "2001-01-01",
        "--from",
        "dev:alice",
    ];
    assert!(world.refused(&late).2.contains("InvalidStartTime("));
    assert_eq!(world.node.ethereum("eth_blockNumber", &json!([])), before);
}
