use codec::{Decode, Encode};
use salus_devchain::{
    chain::Head,
    runtime::{Hash, Header},
};
use serde_json::{Value, json};
use sp_keyring::Sr25519Keyring;

use crate::{
    node::{Events, Node, hex, refused, unhex},
    support,
};

async fn follow(node: &Node, with_runtime: bool) -> Events {
    node.subscribe("chainHead_v1_follow", json!([with_runtime]), "chainHead_v1_unfollow")
        .await
}

/// Follows, and reads past the report of where the chain is.
async fn follow_from_here(node: &Node) -> Events {
    let mut events = follow(node, true).await;
    while events.next().await["event"] != "bestBlockChanged" {}
    events
}

async fn expect_block(events: &mut Events, head: Head, parent: Hash) {
    let block = events.expect("newBlock").await;
    assert_eq!(block["blockHash"], json!(head.hash));
    assert_eq!(block["parentBlockHash"], json!(parent));
}

/// Starts an operation and answers its id.
async fn start(node: &Node, method: &str, params: Value) -> Value {
    let answer = node.ask(method, params).await;
    assert_eq!(answer["result"], "started", "{answer}");
    answer["operationId"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_blocks_before_they_are_best_and_best_before_they_are_final() {
    let node = Node::manual(1).await;
    let genesis = node.chain.genesis_hash();
    let mut events = follow(&node, true).await;
    let first = events.expect("initialized").await;
    assert_eq!(first["finalizedBlockHashes"], json!([genesis]));
    let runtime = &first["finalizedBlockRuntime"];
    assert_eq!(runtime["type"], "valid");
    assert_eq!(runtime["spec"]["specName"], "salus-devchain");
    // By the identifier of `Metadata`.
    assert_eq!(runtime["spec"]["apis"]["0x37e397fc7c91f5e4"], 2);
    assert_eq!(events.expect("bestBlockChanged").await["bestBlockHash"], json!(genesis));
    let one = node.chain.seal().unwrap();
    let block = events.expect("newBlock").await;
    let reported =
        json!({ "event": "newBlock", "blockHash": one.hash, "parentBlockHash": genesis, "newRuntime": null });
    assert_eq!(block, reported);
    assert_eq!(
        events.expect("bestBlockChanged").await["bestBlockHash"],
        json!(one.hash)
    );
    let two = node.chain.seal().unwrap();
    expect_block(&mut events, two, one.hash).await;
    events.expect("bestBlockChanged").await;
    let finalized = events.expect("finalized").await;
    assert_eq!(finalized["finalizedBlockHashes"], json!([one.hash]));
    assert_eq!(finalized["prunedBlockHashes"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn begins_with_recent_final_blocks_and_all_forks_above() {
    let node = Node::manual(2).await;
    for _ in 0..20 {
        node.chain.seal().unwrap();
    }
    let (kept, old) = (node.chain.hash_at(19).unwrap().unwrap(), node.chain.best());
    let fork = node.chain.reorganise(1, true).unwrap();
    let mut events = follow(&node, false).await;
    let first = events.expect("initialized").await;
    assert!(first.get("finalizedBlockRuntime").is_none(), "not asked for");
    let hashes = first["finalizedBlockHashes"].as_array().unwrap();
    let expected: Vec<Value> = (3..=18)
        .map(|number| json!(node.chain.hash_at(number).unwrap()))
        .collect();
    assert_eq!(hashes, &expected);
    let mut reported = Vec::new();
    let best = loop {
        let event = events.next().await;
        if event["event"] == "bestBlockChanged" {
            break event;
        }
        assert!(event.get("newRuntime").is_none());
        let known = |hash: &Value| hash == &expected[15] || reported.contains(hash);
        assert!(known(&event["parentBlockHash"]), "parents come first");
        reported.push(event["blockHash"].clone());
    };
    assert_eq!(reported.len(), 4);
    assert!(reported.contains(&json!(kept)) && reported.contains(&json!(old.hash)));
    assert_eq!(best["bestBlockHash"], json!(fork.hash));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_is_a_change_of_the_best_block_and_ends_in_pruning() {
    let node = Node::manual(3).await;
    let mut events = follow_from_here(&node).await;
    let genesis = node.chain.genesis_hash();
    let one = node.chain.seal().unwrap();
    let two = node.chain.seal().unwrap();
    expect_block(&mut events, one, genesis).await;
    events.expect("bestBlockChanged").await;
    expect_block(&mut events, two, one.hash).await;
    events.expect("bestBlockChanged").await;
    let fork = node.chain.reorganise(2, true).unwrap();
    let (a, b) = (
        node.chain.hash_at(1).unwrap().unwrap(),
        node.chain.hash_at(2).unwrap().unwrap(),
    );
    expect_block(&mut events, Head { hash: a, number: 1 }, genesis).await;
    expect_block(&mut events, Head { hash: b, number: 2 }, a).await;
    expect_block(&mut events, fork, b).await;
    assert_eq!(
        events.expect("bestBlockChanged").await["bestBlockHash"],
        json!(fork.hash)
    );
    node.chain.finalize(1).unwrap();
    let finalized = events.expect("finalized").await;
    assert_eq!(finalized["finalizedBlockHashes"], json!([a]));
    assert_eq!(
        finalized["prunedBlockHashes"],
        json!([one.hash, two.hash]),
        "the whole fork"
    );

    // Pruned blocks stay pinned, too.
    let header = node.ask("chainHead_v1_header", json!([events.id(), two.hash])).await;
    assert_eq!(Header::decode(&mut &unhex(&header)[..]).unwrap().hash(), two.hash);
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_the_chain_back_stops_the_subscription() {
    let node = Node::manual(0).await;
    let snapshot = node.chain.snapshot();
    let mut events = follow_from_here(&node).await;
    let one = node.chain.seal().unwrap();
    for event in ["newBlock", "bestBlockChanged", "finalized"] {
        events.expect(event).await;
    }
    assert!(node.chain.revert(snapshot).unwrap());
    assert_eq!(events.next().await, json!({ "event": "stop" }));
    let id = events.id();
    assert_eq!(
        node.ask("chainHead_v1_header", json!([id, one.hash])).await,
        Value::Null
    );
    assert_eq!(
        node.ask("chainHead_v1_body", json!([id, one.hash])).await["result"],
        "limitReached"
    );
    assert_eq!(node.ask("chainHead_v1_unpin", json!([id, one.hash])).await, Value::Null);
    assert_eq!(node.ask("chainHead_v1_continue", json!([id, "0"])).await, Value::Null);
    assert_eq!(
        node.ask("chainHead_v1_stopOperation", json!([id, "0"])).await,
        Value::Null
    );
    let mut again = follow(&node, false).await;
    let first = again.expect("initialized").await;
    assert_eq!(first["finalizedBlockHashes"], json!([node.chain.genesis_hash()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_tell_bodies_calls_and_their_failures() {
    let node = Node::instant().await;
    let mut events = follow_from_here(&node).await;
    let transfer = node.transfer(0);
    node.chain.submit(&transfer).unwrap();
    for event in ["newBlock", "bestBlockChanged", "finalized"] {
        events.expect(event).await;
    }
    let (id, best) = (events.id(), node.chain.best().hash);
    let operation = start(&node, "chainHead_v1_body", json!([id, best])).await;
    let done = events.expect("operationBodyDone").await;
    assert_eq!(done["operationId"], operation);
    assert_eq!(done["value"][1], hex(transfer));

    let account = hex(Sr25519Keyring::Alice.to_account_id().encode());
    let call = json!([id, best, "AccountNonceApi_account_nonce", account]);
    let operation = start(&node, "chainHead_v1_call", call).await;
    let done = events.expect("operationCallDone").await;
    assert_eq!(
        done,
        json!({ "event": "operationCallDone", "operationId": operation, "output": hex(1u32.encode()) })
    );

    for call in [
        json!([id, best, "No_method", "0x"]),
        json!([id, best, "AccountNonceApi_account_nonce", "0x01"]),
    ] {
        let operation = start(&node, "chainHead_v1_call", call).await;
        let failed = events.expect("operationError").await;
        assert_eq!(failed["operationId"], operation);
        assert!(failed["error"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_is_told_in_items_and_waits_to_be_continued() {
    let node = Node::instant().await;
    let mut events = follow_from_here(&node).await;
    let (id, genesis) = (events.id(), node.chain.genesis_hash());
    let alice = hex(support::account_key(Sr25519Keyring::Alice));
    let items = json!([{ "key": alice, "type": "value" }, { "key": "0xffff", "type": "hash" }]);
    let answer = node
        .ask("chainHead_v1_storage", json!([id, genesis, items, null]))
        .await;
    assert_eq!(answer["discardedItems"], 0);
    let told = events.expect("operationStorageItems").await;
    let value = node.ask("state_getStorage", json!([alice])).await;
    assert_eq!(told["items"], json!([{ "key": alice, "value": value }]));
    let done = events.expect("operationStorageDone").await;
    assert_eq!(done["operationId"], answer["operationId"]);

    let (operation, expected) = start_long(&node, &id, genesis).await;
    let mut found = 0;
    let mut waits = 0;
    loop {
        let event = events.next().await;
        assert_eq!(event["operationId"], operation);
        match event["event"].as_str().unwrap() {
            "operationStorageItems" => found += event["items"].as_array().unwrap().len(),
            "operationWaitingForContinue" => {
                waits += 1;
                assert!(events.is_silent().await, "until it is continued");
                node.ask("chainHead_v1_continue", json!([id, operation])).await;
            }
            "operationStorageDone" => break,
            other => panic!("{other}"),
        }
    }
    assert_eq!(found, expected);
    assert!(waits >= 2, "{waits}");
}

/// Asks for more than fits into one page; answers the operation and how many items it has in all.
async fn start_long(node: &Node, id: &str, block: Hash) -> (Value, usize) {
    let keys = node
        .chain
        .state(block)
        .unwrap()
        .keys(None, &[], None, usize::MAX)
        .unwrap()
        .len();
    let repeat = 1_200usize.div_ceil(keys);
    let items: Vec<Value> = (0..repeat)
        .map(|_| json!({ "key": "0x", "type": "descendantsHashes" }))
        .collect();
    let operation = start(node, "chainHead_v1_storage", json!([id, block, items, null])).await;
    (operation, keys * repeat)
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_are_limited_stopped_and_continued_only_when_they_wait() {
    let node = Node::instant().await;
    let mut events = follow_from_here(&node).await;
    let (id, genesis) = (events.id(), node.chain.genesis_hash());
    let mut running = Vec::new();
    let item = json!([{ "key": "0x", "type": "descendantsHashes" }]);
    let long: Vec<Value> = std::iter::repeat_n(item[0].clone(), 30).collect();
    loop {
        let answer = node.ask("chainHead_v1_storage", json!([id, genesis, long, null])).await;
        if answer["result"] == "limitReached" {
            break;
        }
        running.push(answer["operationId"].clone());
        // Each one comes to where it waits.
        events.expect("operationStorageItems").await;
        events.expect("operationWaitingForContinue").await;
    }
    assert!(running.len() >= 16, "{}", running.len());
    assert_eq!(
        node.ask("chainHead_v1_body", json!([id, genesis])).await["result"],
        "limitReached"
    );
    node.ask("chainHead_v1_stopOperation", json!([id, running[0]])).await;
    assert!(events.is_silent().await);
    start(&node, "chainHead_v1_body", json!([id, genesis])).await;
    events.expect("operationBodyDone").await;
    assert_eq!(
        node.ask("chainHead_v1_continue", json!([id, running[0]])).await,
        Value::Null,
        "it is gone"
    );
    node.ask("chainHead_v1_continue", json!([id, running[1]])).await;
    let next = events.expect("operationStorageItems").await;
    assert_eq!(next["operationId"], running[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_used_only_while_they_are_pinned() {
    const UNKNOWN_BLOCK: i32 = -32801;
    const DUPLICATES: i32 = -32804;
    let node = Node::manual(0).await;
    let before = node.chain.seal().unwrap().hash;
    let mut events = follow_from_here(&node).await;
    let one = node.chain.seal().unwrap().hash;
    let two = node.chain.seal().unwrap().hash;
    while events.next().await["finalizedBlockHashes"] != json!([two]) {}
    let id = events.id();
    let header = async |hash: Hash| node.ask("chainHead_v1_header", json!([id, hash])).await;
    for hash in [before, one, two] {
        assert!(header(hash).await.is_string());
    }
    let unpin = async |hashes: Value| node.refused("chainHead_v1_unpin", json!([id, hashes])).await.0;
    assert_eq!(unpin(json!([one, one])).await, DUPLICATES);
    assert_eq!(unpin(json!([one, Hash::repeat_byte(7)])).await, UNKNOWN_BLOCK);
    assert!(header(one).await.is_string(), "none was unpinned");
    node.ask("chainHead_v1_unpin", json!([id, [one, before]])).await;
    node.ask("chainHead_v1_unpin", json!([id, two])).await;
    assert_eq!(unpin(json!(two)).await, UNKNOWN_BLOCK);
    for (method, rest) in [
        ("chainHead_v1_header", vec![]),
        ("chainHead_v1_body", vec![]),
        ("chainHead_v1_call", vec![json!("Core_version"), json!("0x")]),
        ("chainHead_v1_storage", vec![json!([]), Value::Null]),
    ] {
        let params: Vec<Value> = [json!(id), json!(one)].into_iter().chain(rest).collect();
        assert_eq!(node.refused(method, json!(params)).await.0, UNKNOWN_BLOCK, "{method}");
    }
    // Of another connection it is no subscription at all.
    let other = node.second_connection().await;
    let params = subxt::rpcs::rpc_params![&id, node.chain.genesis_hash()];
    let answer: Option<String> = other.request("chainHead_v1_header", params).await.unwrap();
    assert_eq!(answer, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_the_codes_of_the_specification() {
    const TOO_MANY: i32 = -32800;
    const WITHOUT_RUNTIME: i32 = -32802;
    let node = Node::instant().await;
    let genesis = node.chain.genesis_hash();
    let mut events = follow(&node, false).await;
    events.expect("initialized").await;
    let call = json!([events.id(), genesis, "Core_version", "0x"]);
    assert_eq!(node.refused("chainHead_v1_call", call).await.0, WITHOUT_RUNTIME);

    let other = node.second_connection().await;
    let mut alive = Vec::new();
    let limit = loop {
        let params = subxt::rpcs::rpc_params![false];
        match other
            .subscribe::<Value>("chainHead_v1_follow", params, "chainHead_v1_unfollow")
            .await
        {
            Ok(events) => alive.push(events),
            Err(error) => break error,
        }
    };
    assert!(alive.len() >= 2, "{}", alive.len());
    assert_eq!(crate::node::code_and_data(&limit).0, TOO_MANY);
    refused(&other, "chainHead_v1_follow", json!([])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unfollowing_ends_the_subscription() {
    let node = Node::manual(0).await;
    let mut events = follow_from_here(&node).await;
    let id = events.id();
    node.ask("chainHead_v1_unfollow", json!([id])).await;
    node.chain.seal().unwrap();
    assert!(events.is_silent().await);
    crate::node::soon(async {
        while node
            .ask("chainHead_v1_header", json!([id, node.chain.genesis_hash()]))
            .await
            != Value::Null
        {}
    })
    .await;
}
