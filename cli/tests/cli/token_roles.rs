//! Who may create tokens and pause them, and who says so, from the command line.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use crate::{node::Node, user::User};

struct World {
    user: User,
    node: Node,
}

impl World {
    fn new() -> Self {
        let user = User::new();
        let node = Node::start(&user, &[]);
        Self { user, node }
    }

    fn done(&self, args: &[&str], from: &str) -> Value {
        let on = ["--network", self.node.url()];
        self.user.done(&[&on, args, &["--from", from]].concat())
    }

    /// The contract's refusal.
    fn refused(&self, args: &[&str], from: &str) -> String {
        let on = ["--network", self.node.url()];
        let (code, error, message) = self.user.refused(&[&on, args, &["--from", from]].concat());
        assert_eq!((code, error.as_str()), (1, "reverted"), "{message}");
        message
    }

    /// A delay of nothing still takes another second, and a block in it: what is sent is tried by the time of the newest one.
    fn wait_a_second(&self) {
        thread::sleep(Duration::from_millis(1_100));
        self.done(&["token", "transfer", "dev:charlie", "1"], "dev:alice");
    }

    fn shown(&self, args: &[&str]) -> Value {
        self.user.done(&[&["--network", self.node.url()], args].concat())
    }
}

#[test]
fn minters_create_tokens_holders_destroy_them_and_pausers_stop_both() {
    let world = World::new();
    let mint = ["token", "mint", "dev:charlie", "7"];
    let refusal = world.refused(&mint, "dev:bob");
    assert!(refusal.contains("AccessControlUnauthorizedAccount("), "{refusal}");
    let granted = world.done(&["token", "roles", "grant", "minter", "dev:bob"], "dev:alice");
    assert_eq!(granted["member"]["roles"], json!(["minter"]));
    world.done(&mint, "dev:bob");
    let info = || world.shown(&["token", "info"]);
    assert_eq!(info()["total_supply"]["amount"], "1000007");
    assert_eq!(info()["cap"]["amount"], "1000000000");

    world.done(&["token", "burn", "2"], "dev:charlie");
    let stolen = ["token", "burn", "3", "--of", "dev:charlie"];
    let refusal = world.refused(&stolen, "dev:bob");
    assert!(refusal.contains("ERC20InsufficientAllowance("), "{refusal}");
    world.done(&["token", "approve", "dev:bob", "3"], "dev:charlie");
    let burnt = world.done(&stolen, "dev:bob");
    assert_eq!(burnt["value"]["amount"], "3");
    assert_eq!(info()["total_supply"]["amount"], "1000002");

    let paused = world.done(&["token", "pause"], "dev:alice");
    assert_eq!((&paused["paused"], &info()["paused"]), (&json!(true), &json!(true)));
    let transfer = ["token", "transfer", "dev:bob", "1"];
    assert!(world.refused(&transfer, "dev:charlie").contains("EnforcedPause"));
    assert!(world.refused(&mint, "dev:bob").contains("EnforcedPause"));
    let refusal = world.refused(&["token", "unpause"], "dev:bob");
    assert!(refusal.contains("AccessControlUnauthorizedAccount("), "{refusal}");
    world.done(&["token", "unpause"], "dev:alice");
    world.done(&transfer, "dev:charlie");

    let resigned = world.done(&["token", "roles", "renounce", "minter"], "dev:bob");
    assert_eq!(resigned["member"]["roles"], json!([]));
    world.refused(&mint, "dev:bob");
    world.done(&["token", "roles", "revoke", "minter", "dev:alice"], "dev:alice");
    world.refused(&mint, "dev:alice");
}

#[test]
fn more_than_the_cap_is_neither_created_nor_deployed() {
    let world = World::new();
    let refusal = world.refused(&["token", "mint", "dev:bob", "999000001"], "dev:alice");
    assert!(refusal.contains("ERC20ExceededCap("), "{refusal}");
    let on = ["--network", world.node.url()];
    let deploy = [
        "deploy",
        "--token-supply",
        "11",
        "--token-cap",
        "10",
        "--from",
        "dev:alice",
    ];
    let (code, error, message) = world.user.refused(&[&on[..], &deploy].concat());
    assert_eq!((code, error.as_str()), (2, "usage"), "{message}");
    assert!(message.contains("--token-cap"), "{message}");
}

#[test]
fn the_admin_hands_over_in_two_steps() {
    let world = World::new();
    let show = || world.shown(&["token", "roles", "show", "dev:alice"]);
    let before = show();
    assert_eq!(before["member"]["roles"], json!(["admin", "minter", "pauser"]));
    assert_eq!((&before["delay"], &before["transfer"]), (&json!(0), &Value::Null));

    let begin = ["token", "roles", "begin-transfer", "dev:bob"];
    world.refused(&begin, "dev:bob");
    let begun = world.done(&begin, "dev:alice");
    let heir = begun["transfer"]["to"].as_str().unwrap().to_string();
    world.done(&["token", "roles", "cancel-transfer"], "dev:alice");
    assert_eq!(show()["transfer"], Value::Null);
    world.done(&begin, "dev:alice");
    let accept = ["token", "roles", "accept-transfer"];
    let refusal = world.refused(&accept, "dev:charlie");
    assert!(refusal.contains("AccessControlInvalidDefaultAdmin("), "{refusal}");
    world.wait_a_second();
    let accepted = world.done(&accept, "dev:bob");
    assert_eq!(accepted["admin"], heir.as_str());
    assert_eq!(show()["member"]["roles"], json!(["minter", "pauser"]));
    world.refused(&["token", "roles", "grant", "minter", "dev:alice"], "dev:alice");

    let changed = world.done(&["token", "roles", "change-delay", "60"], "dev:bob");
    assert_eq!(
        (&changed["delay"], &changed["delay_change"]["delay"]),
        (&json!(0), &json!(60))
    );
    let rolled_back = world.done(&["token", "roles", "rollback-delay"], "dev:bob");
    assert_eq!(rolled_back["delay_change"], Value::Null);
    let refusal = world.refused(&["token", "roles", "renounce", "admin"], "dev:bob");
    assert!(refusal.contains("AccessControlEnforcedDefaultAdminDelay("), "{refusal}");
    world.done(&["token", "roles", "begin-transfer", "--to-nobody"], "dev:bob");
    world.wait_a_second();
    let resigned = world.done(&["token", "roles", "renounce", "admin"], "dev:bob");
    assert_eq!(resigned["admin"], Value::Null);
}
