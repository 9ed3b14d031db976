//! `salus up`: the chain with its contracts.

use std::fs;

use serde_json::Value;

use crate::{node::Node, user::User};

/// Names and addresses of the contracts that are told of.
fn contracts(ready: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_string();
    let contracts = ready["contracts"].as_array().unwrap();
    contracts
        .iter()
        .map(|c| (text(&c["contract"]), text(&c["address"])))
        .collect()
}

/// Whether each contract was deployed by this start.
fn all_new(ready: &Value) -> Vec<bool> {
    let contracts = ready["contracts"].as_array().unwrap();
    contracts.iter().map(|c| c["new"].as_bool().unwrap()).collect()
}

#[test]
fn every_contract_is_there_when_it_says_that_it_is_ready() {
    let user = User::new();
    let node = Node::start(&user, &[]);
    let names: Vec<_> = contracts(&node.ready).into_iter().map(|(name, _)| name).collect();
    let expected = [
        "token",
        "consent",
        "records",
        "policies",
        "credentials",
        "access",
        "telehealth",
    ];
    assert_eq!(names, expected);
    let holder = user.done(&["--network", node.url(), "token", "balance", "dev:alice"]);
    assert_eq!(holder["amount"], "1000000");
    let accounts = node.ready["accounts"].as_array().unwrap();
    assert!(
        accounts.iter().any(|account| account["name"] == "dev:alith"
            && account["address"] == "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac")
    );
}

#[test]
fn the_working_directory_is_left_as_it_was() {
    let user = User::new();
    let node = Node::start(&user, &[]);
    let book = node.ready["address_book"].as_str().unwrap();
    assert!(
        book.starts_with(user.path(".local/share/salus/deployments").to_str().unwrap()),
        "{book}"
    );
    assert!(fs::read_to_string(book).unwrap().contains("\"contracts\""));
    assert!(!user.path("deployments").exists());
}

#[test]
fn a_chain_that_is_kept_goes_on_after_a_power_cut() {
    let user = User::new();
    let kept = user.path("chain");
    let persist = ["--persist", kept.to_str().unwrap()];
    let node = Node::start(&user, &persist);
    let before = contracts(&node.ready);
    assert!(all_new(&node.ready).iter().all(|new| *new));
    user.done(&[
        "--network",
        node.url(),
        "token",
        "transfer",
        "dev:bob",
        "77",
        "--from",
        "dev:alice",
    ]);
    node.kill();

    let node = Node::start(&user, &persist);
    assert_eq!(contracts(&node.ready), before);
    assert!(!all_new(&node.ready).iter().any(|new| *new), "{}", node.ready);
    // On another port: found by the address book that was written for it.
    let balance = user.done(&["--network", node.url(), "token", "balance", "dev:bob"]);
    assert_eq!(balance["amount"], "77");
}

#[test]
fn a_chain_that_is_kept_is_run_once_at_a_time() {
    let user = User::new();
    let kept = user.path("chain");
    let persist = ["--persist", kept.to_str().unwrap()];
    let node = Node::start(&user, &persist);
    let again = [&["up", "--substrate-port", "0", "--ethereum-port", "0"][..], &persist].concat();
    let (code, error, message) = user.refused(&again);
    assert_eq!((code, error.as_str()), (8, "devnet_chain"), "{message}");
    drop(node);
}

#[test]
fn a_taken_port_is_told_of() {
    let user = User::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, error, message) = user.refused(&["up", "--substrate-port", &port, "--ethereum-port", "0"]);
    assert_eq!((code, error.as_str()), (3, "devnet_port"), "{message}");
    assert!(message.contains(&port), "{message}");
}

#[test]
fn it_ends_when_it_is_asked_to() {
    let user = User::new();
    let node = Node::start(&user, &["--block-time", "1", "--finality", "2"]);
    // The contracts did not wait for blocks at that pace, and what follows does.
    assert!(node.ready["best_block"].as_u64().unwrap() >= 3);
    assert_eq!(node.terminate(), Some(0));
}
