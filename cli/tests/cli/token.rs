//! Deploying, and what the token's commands say.

use crate::{node::Node, user::User};

#[test]
fn the_contracts_are_deployed_once_and_tokens_are_sent() {
    let user = User::new();
    let node = Node::start(&user, &["--bare"]);
    let on = ["--network", node.url()];
    let salus = |args: &[&str]| user.done(&[&on, args].concat());

    let (code, error, message) = user.refused(&[&on[..], &["token", "info"]].concat());
    assert_eq!((code, error.as_str()), (6, "not_deployed"), "{message}");

    let first = salus(&["deploy", "--from", "dev:alice", "--token-supply", "5000"]);
    assert!(
        first["contracts"][0]["receipt"]["block_number"].as_u64().unwrap() > 0,
        "{first}"
    );
    let second = salus(&["deploy", "--from", "dev:alice"]);
    assert_eq!(second["contracts"][0]["receipt"], serde_json::Value::Null);
    assert_eq!(first["contracts"][0]["address"], second["contracts"][0]["address"]);

    let info = salus(&["token", "info"]);
    assert_eq!((&info["symbol"], &info["decimals"]), (&"SALUS".into(), &6.into()));
    assert_eq!(info["total_supply"]["amount"], "5000");
    let address = info["address"].as_str().unwrap();
    assert!(
        first["contracts"]
            .as_array()
            .unwrap()
            .iter()
            .any(|c| c["address"].as_str() == Some(address)),
        "{first}"
    );

    let sent = salus(&["token", "transfer", "dev:baltathar", "12.5", "--from", "dev:alice"]);
    assert_eq!(sent["transaction"]["finalized"], true);
    assert!(sent["transaction"]["fee"].as_u64().unwrap() > 0);
    let balance = salus(&["token", "balance", "dev:baltathar"]);
    assert_eq!(
        (&balance["amount"], &balance["smallest_unit"]),
        (&"12.5".into(), &"12500000".into())
    );

    // An Ethereum key's turn.
    let sent = salus(&[
        "token",
        "approve",
        "dev:bob",
        "3",
        "--from",
        "dev:baltathar",
        "--wait",
        "in-block",
    ]);
    assert!(sent["transaction"]["eth_tx_hash"].is_string(), "{sent}");
    let allowance = salus(&["token", "allowance", "dev:baltathar", "dev:bob"]);
    assert_eq!(allowance["amount"], "3");
}

#[test]
fn a_refusal_of_the_contract_is_told_in_its_words() {
    let user = User::new();
    let node = Node::start(&user, &["--bare"]);
    let on = ["--network", node.url()];
    user.done(&[&on[..], &["deploy", "--from", "dev:alith"]].concat());
    let poor = ["token", "transfer", "dev:bob", "1", "--from", "dev:charlie"];
    let (code, error, message) = user.refused(&[&on[..], &poor].concat());
    assert_eq!((code, error.as_str()), (1, "reverted"));
    assert!(
        message.contains("ERC20InsufficientBalance(") && message.contains("needed: 1000000"),
        "{message}"
    );
}

#[test]
fn amounts_and_accounts_are_looked_at_before_anything_is_sent() {
    let user = User::new();
    let node = Node::start(&user, &["--bare"]);
    let on = ["--network", node.url()];
    user.done(&[&on[..], &["deploy", "--from", "dev:alice"]].concat());
    let refused = |args: &[&str]| user.refused(&[&on[..], args, &["--from", "dev:alice"]].concat());
    for (amount, words) in [
        ("1.2345678", "at most 6 digits"),
        ("1,5", "no amount"),
        ("1e3", "no amount"),
    ] {
        let (code, error, message) = refused(&["token", "transfer", "dev:bob", amount]);
        assert_eq!((code, error.as_str()), (2, "usage"), "{message}");
        assert!(message.contains(words), "{message}");
    }
    let (code, error, message) = refused(&["token", "transfer", "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566caC", "1"]);
    assert_eq!((code, error.as_str()), (2, "usage"));
    assert!(message.contains("checksum"), "{message}");
}

#[test]
fn coins_are_sent_and_an_account_without_any_is_told_so() {
    let user = User::new();
    let node = Node::start(&user, &["--bare"]);
    let password = user.file("password", "correct horse\n");
    user.done(&["account", "new", "newcomer", "--password-file", &password]);
    let on = ["--network", node.url(), "--password-file", &password];
    let salus = |args: &[&str]| user.done(&[&on[..], args].concat());

    let send = ["account", "send", "dev:bob", "1", "--from", "newcomer"];
    let (code, error, message) = user.refused(&[&on[..], &send].concat());
    assert_eq!((code, error.as_str()), (1, "unfunded"), "{message}");
    salus(&["account", "send", "newcomer", "5", "--from", "dev:alice"]);
    salus(&send);
    let balance = salus(&["account", "balance", "newcomer"]);
    let left: f64 = balance["balance"]["amount"].as_str().unwrap().parse().unwrap();
    assert!(left < 4.0 && left > 3.8, "{balance}");
}

#[test]
fn development_keys_do_not_sign_elsewhere() {
    let user = User::new();
    let node = Node::start(&user, &["--bare"]);
    user.file(
        ".config/salus/networks.json",
        &format!(
            r#"{{"schema_version":1,"networks":{{"live":{{"substrate_rpc":"{url}"}},"other":{{"substrate_rpc":"{url}","chain_id":1}}}}}}"#,
            url = node.url()
        ),
    );
    let deploy = ["deploy", "--from", "dev:alice"];
    let (code, error, _) = user.refused(&[&["--network", "live"][..], &deploy].concat());
    assert_eq!((code, error.as_str()), (5, "development_key"));
    let (code, error, message) = user.refused(&[&["--network", "other"][..], &deploy].concat());
    assert_eq!((code, error.as_str()), (4, "wrong_chain_id"), "{message}");
    assert!(message.contains("420420420, not 1"), "{message}");
}

#[test]
fn a_node_that_is_not_there_exits_with_3() {
    let user = User::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let (code, error, message) = user.refused(&["--network", &format!("ws://127.0.0.1:{port}"), "token", "info"]);
    assert_eq!((code, error.as_str()), (3, "rpc_unreachable"), "{message}");
    let (code, error, message) = user.refused(&["--network", "lokal", "token", "info"]);
    assert_eq!((code, error.as_str()), (3, "unknown_network"), "{message}");
    assert!(message.contains("known are: local, paseo, polkadot-hub"), "{message}");
}
