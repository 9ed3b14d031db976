//! Sending for others, from the command line.

use std::{
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    proxy::{Hold, Proxy},
    world::{World, text},
};

impl World {
    /// A registration that `dev:charlie` signed; answers the subject.
    fn signed(&self, file: &str) -> String {
        let signed = self.done(&["consent", "register", "--from", "dev:charlie", "--sign-to", file]);
        text(&signed["subject"]).to_string()
    }

    fn is_registered(&self, subject: &str) -> bool {
        !self.done(&["subject", "show", subject])["controller"].is_null()
    }

    fn blocks(&self) -> u64 {
        let number = self.node.ethereum("eth_blockNumber", &json!([]));
        u64::from_str_radix(text(&number).trim_start_matches("0x"), 16).unwrap()
    }
}

#[test]
fn files_of_all_kinds_are_sent_together() {
    let world = World::new();
    let subject = world.signed("register.json");
    let pay = ["token", "authorize", "dev:bob", "5", "--from", "dev:alith", "--sign-to"];
    world.done(&[&pay[..], &["pay.json"]].concat());
    world.done(&["token", "transfer", "dev:alith", "5", "--from", "dev:alice"]);
    world.done(&[
        "subject",
        "confirm",
        &format!("0x{}", "07".repeat(32)),
        "--from",
        "dev:charlie",
        "--sign-to",
        "vain.json",
    ]);
    let before = world.blocks();
    let files = ["relay", "register.json", "pay.json", "vain.json", "--from", "dev:dave"];
    let relayed = world.done(&files);
    assert_eq!(
        (&relayed["done"], &relayed["not_done"], world.blocks()),
        (&json!(2), &json!(1), before + 1),
        "{relayed}"
    );
    let messages = relayed["messages"].as_array().unwrap();
    assert_eq!(
        messages[0]["transaction"]["tx_hash"],
        messages[1]["transaction"]["tx_hash"]
    );
    assert_eq!(messages[0]["message"], "registerSubject");
    assert_eq!(
        (&messages[1]["contract"], &messages[1]["message"]),
        (&json!("token"), &json!("transferWithAuthorization"))
    );
    assert_eq!(
        (&messages[2]["status"], &messages[2]["code"], &messages[2]["file"]),
        (&json!("refused"), &json!("reverted"), &json!("vain.json"))
    );
    assert!(world.is_registered(&subject));
    assert_eq!(world.done(&["token", "balance", "dev:bob"])["amount"], "5");

    // Again, nothing is sent, and the tickets tell the same.
    let again = world.done(&files);
    assert_eq!(again["messages"][0], messages[0]);
    assert_eq!(world.blocks(), before + 1);
    let ticket = text(&messages[1]["ticket"]);
    let status = ["relay", "--status", ticket, "--from", "dev:dave"];
    let told = world.done(&status);
    assert_eq!(
        (&told["status"], &told["transaction"]),
        (&json!("done"), &messages[1]["transaction"])
    );
    let said = world.said(&status);
    assert!(said.contains("status       done\ntransaction  0x"), "{said}");
    // Every relayer has a memory of its own.
    let (code, error, _) = world.refused(&["relay", "--status", ticket, "--from", "dev:bob"]);
    assert_eq!((code, error.as_str()), (8, "database_missing"));
    let unknown = format!("0x{}", "00".repeat(32));
    let (code, error, _) = world.refused(&["relay", "--status", &unknown, "--from", "dev:dave"]);
    assert_eq!((code, error.as_str()), (1, "unknown_ticket"));
}

#[test]
fn a_transfer_is_relayed_by_itself_too() {
    let world = World::new();
    world.done(&["token", "transfer", "dev:alith", "5", "--from", "dev:alice"]);
    let pay = ["token", "authorize", "dev:bob", "5", "--from", "dev:alith", "--sign-to"];
    world.done(&[&pay[..], &["pay.json"]].concat());
    let relayed = world.done(&["relay", "pay.json", "--from", "dev:baltathar"]);
    assert_eq!(relayed["message"], "transferWithAuthorization");
    assert!(relayed["transaction"]["eth_tx_hash"].is_string(), "{relayed}");
    world.reverted(
        &["relay", "pay.json", "--from", "dev:baltathar"],
        "ERC3009UsedAuthorization",
    );
}

#[test]
fn a_policy_says_what_is_sent() {
    let world = World::new();
    let subject = world.signed("register.json");
    let relay = |policy: &str| {
        world.user.file("policy.json", policy);
        world.refused(&["relay", "register.json", "--policy", "policy.json", "--from", "dev:bob"])
    };
    for (policy, expected) in [
        ("{", (7, "policy_malformed")),
        (r#"{"more": 1}"#, (7, "policy_malformed")),
        (r#"{"allow": ["consent.nothing"]}"#, (7, "policy_malformed")),
        (r#"{"allow": ["consent.revokeConsent"]}"#, (1, "message_not_allowed")),
        (r#"{"max_cost": 1}"#, (1, "too_costly")),
        (r#"{"min_rest": 1000000000}"#, (1, "deadline_too_near")),
    ] {
        let (code, error, message) = relay(policy);
        assert_eq!((code, error.as_str()), expected, "{message}");
    }
    let missing = [
        "relay",
        "register.json",
        "--policy",
        "missing.json",
        "--from",
        "dev:bob",
    ];
    assert_eq!(world.refused(&missing).1, "file_io");
    let (code, error, _) = world.refused(&["relay", "--from", "dev:bob"]);
    assert_eq!((code, error.as_str()), (2, "usage"));
    assert!(!world.is_registered(&subject));
}

/// Kills the program while its transaction is held, and has the same command go on.
fn goes_on_after_a_kill(hold: Hold) -> Value {
    let world = World::new();
    let proxy = Proxy::new(&world);
    let subject = world.signed("register.json");
    let before = world.blocks();
    let relay = ["--network", &proxy.url, "relay", "register.json", "--from", "dev:bob"];
    proxy.hold(hold);
    let mut program = world
        .user
        .command(&relay)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    proxy.wait();
    let sent = u64::from(hold == Hold::Answers);
    let patience = Instant::now() + Duration::from_secs(30);
    while world.blocks() < before + sent && Instant::now() < patience {
        sleep(Duration::from_millis(50));
    }
    assert_eq!(world.blocks(), before + sent);
    let (code, error, message) = world.user.refused(&relay);
    assert_eq!((code, error.as_str()), (8, "database_in_use"), "{message}");
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!(world.is_registered(&subject), hold == Hold::Answers);

    proxy.hold(Hold::Nothing);
    let relayed = world.user.done(&relay);
    assert!(world.is_registered(&subject));
    assert_eq!(world.blocks(), before + 1, "it was sent once");
    let status = [
        &relay[..3],
        &["--status", text(&relayed["ticket"]), "--from", "dev:bob"],
    ]
    .concat();
    assert_eq!(world.user.done(&status)["status"], "done");
    relayed
}

#[test]
fn what_was_written_and_not_sent_when_it_was_killed_is_sent() {
    goes_on_after_a_kill(Hold::Transaction);
}

#[test]
fn what_was_sent_when_it_was_killed_is_found_on_the_chain() {
    let relayed = goes_on_after_a_kill(Hold::Answers);
    assert!(relayed["transaction"]["fee"].as_u64().unwrap() > 0);
    assert_eq!(relayed["transaction"]["finalized"], true);
}
