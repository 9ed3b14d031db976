use codec::{Decode, Encode};
use salus_devchain::runtime::{Hash, Header, UNIT};
use serde_json::{Value, json};
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::{BlakeTwo256, Hash as _};

use crate::{
    node::{Node, hex, unhex},
    support,
};

const STORAGE: (&str, &str) = ("archive_v1_storage", "archive_v1_stopStorage");
const DIFF: (&str, &str) = ("archive_v1_storageDiff", "archive_v1_stopStorageDiff");

/// All events of a subscription up to the last, which is answered apart.
async fn collect(node: &Node, method: (&str, &str), params: Value) -> (Vec<Value>, Value) {
    let mut events = node.subscribe(method.0, params, method.1).await;
    let mut items = Vec::new();
    loop {
        let event = events.next().await;
        match event["event"].as_str().unwrap() {
            "storage" | "storageDiff" => items.push(event),
            _ => return (items, event),
        }
    }
}

fn alice() -> String {
    hex(support::account_key(Sr25519Keyring::Alice))
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_found_by_height_on_every_fork() {
    let node = Node::manual(2).await;
    let first = node.chain.seal().unwrap();
    node.chain.reorganise(1, true).unwrap();
    let at = async |height: u64| node.ask("archive_v1_hashByHeight", json!([height])).await;
    let both = at(1).await;
    assert_eq!(both.as_array().unwrap().len(), 2);
    assert!(both.as_array().unwrap().contains(&json!(first.hash)));
    assert_eq!(node.ask("archive_v1_finalizedHeight", json!([])).await, 0);
    node.chain.finalize(1).unwrap();
    assert_eq!(node.ask("archive_v1_finalizedHeight", json!([])).await, 1);
    assert_eq!(
        at(1).await,
        json!([node.chain.hash_at(1).unwrap()]),
        "the final one alone"
    );
    assert_eq!(at(77).await, json!([]));
    assert_eq!(at(1 << 40).await, json!([]));
    assert_eq!(
        at(0).await,
        json!([node.ask("archive_v1_genesisHash", json!([])).await])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_bodies_and_calls_are_of_the_block_asked_for() {
    let node = Node::instant().await;
    let transfer = node.transfer(0);
    node.chain.submit(&transfer).unwrap();
    let best = node.chain.best();
    let header = unhex(&node.ask("archive_v1_header", json!([best.hash])).await);
    assert_eq!(Header::decode(&mut &header[..]).unwrap().hash(), best.hash);
    let body = node.ask("archive_v1_body", json!([best.hash])).await;
    assert_eq!(body[1], hex(transfer));

    let nonce = async |block: Hash| {
        let account = hex(Sr25519Keyring::Alice.to_account_id().encode());
        node.ask(
            "archive_v1_call",
            json!([block, "AccountNonceApi_account_nonce", account]),
        )
        .await
    };
    assert_eq!(
        nonce(best.hash).await,
        json!({ "success": true, "value": hex(1u32.encode()) })
    );
    let genesis = node.chain.genesis_hash();
    assert_eq!(
        nonce(genesis).await,
        json!({ "success": true, "value": hex(0u32.encode()) })
    );
    let failed = node.ask("archive_v1_call", json!([best.hash, "No_method", "0x"])).await;
    assert_eq!(failed["success"], false);
    assert!(failed["error"].as_str().unwrap().contains("No_method"));

    let nowhere = Hash::repeat_byte(7);
    for method in ["archive_v1_header", "archive_v1_body"] {
        assert_eq!(node.ask(method, json!([nowhere])).await, Value::Null);
    }
    assert_eq!(nonce(nowhere).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_answers_every_kind_of_question() {
    let node = Node::instant().await;
    let genesis = node.chain.genesis_hash();
    let items = json!([
        { "key": alice(), "type": "value" },
        { "key": alice(), "type": "hash" },
        { "key": alice(), "type": "closestDescendantMerkleValue" },
        { "key": "0xffff", "type": "value" },
    ]);
    let (found, last) = collect(&node, STORAGE, json!([genesis, items, null])).await;
    assert_eq!(last["event"], "storageDone");
    let value = node.ask("state_getStorage", json!([alice()])).await;
    assert_eq!(found[0], json!({ "event": "storage", "key": alice(), "value": value }));
    let hash = BlakeTwo256::hash(&unhex(&value));
    assert_eq!(found[1], json!({ "event": "storage", "key": alice(), "hash": hash }));
    assert!(found[2]["closestDescendantMerkleValue"].is_string());
    assert_eq!(found.len(), 3, "nothing for a key without an entry");

    let prefix = &alice()[..66];
    let all = node.ask("state_getPairs", json!([prefix])).await;
    let query = json!([{ "key": prefix, "type": "descendantsValues" }]);
    let (values, _) = collect(&node, STORAGE, json!([genesis, query, null])).await;
    let pairs: Vec<Value> = values
        .iter()
        .map(|event| json!([event["key"], event["value"]]))
        .collect();
    assert_eq!(json!(pairs), all);
    let query = json!([{ "key": prefix, "type": "descendantsHashes", "paginationStartKey": values[2]["key"] }]);
    let (rest, _) = collect(&node, STORAGE, json!([genesis, query, null])).await;
    let keys = |events: &[Value]| events.iter().map(|event| event["key"].clone()).collect::<Vec<_>>();
    assert_eq!(keys(&rest), keys(&values[3..]), "goes on after the key given");
    assert!(rest[0]["hash"].is_string() && rest[0].get("value").is_none());

    let (none, last) = collect(&node, STORAGE, json!([Hash::repeat_byte(7), [], null])).await;
    assert!(none.is_empty());
    assert_eq!(last["event"], "storageError");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_answers_are_complete() {
    let node = Node::instant().await;
    let genesis = node.chain.genesis_hash();
    let keys = node.ask("state_getKeys", json!(["0x"])).await;
    // More than one page, by asking for everything many times over.
    let items: Vec<Value> = (0..30)
        .map(|_| json!({ "key": "0x", "type": "descendantsHashes" }))
        .collect();
    let (found, last) = collect(&node, STORAGE, json!([genesis, items, null])).await;
    assert_eq!(last["event"], "storageDone");
    let expected = keys.as_array().unwrap().len() * 30;
    assert!(expected > 1_024, "{expected}");
    assert_eq!(found.len(), expected);
    let first: Vec<&Value> = found.iter().take(expected / 30).map(|event| &event["key"]).collect();
    assert_eq!(first, keys.as_array().unwrap().iter().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_lead_from_one_state_to_the_other() {
    let node = Node::manual(0).await;
    let genesis = node.chain.genesis_hash();
    let first = node.chain.seal().unwrap().hash;
    node.chain.submit(&node.transfer(0)).unwrap();
    let second = node.chain.seal().unwrap().hash;
    let prefix = &alice()[..66];
    let items = json!([{ "key": prefix, "returnType": "value" }, { "key": alice(), "returnType": "value" }]);
    let (found, last) = collect(&node, DIFF, json!([second, items])).await;
    assert_eq!(last, json!({ "event": "storageDiffDone" }));
    let bob = hex(support::account_key(Sr25519Keyring::Bob));
    let of = |key: &str| found.iter().filter(|event| event["key"] == key).collect::<Vec<_>>();
    assert_eq!(of(&alice()).len(), 1, "once, though two items name it");
    assert_eq!(of(&bob)[0]["type"], "modified");
    let now = support::free_balance(&unhex(&of(&bob)[0]["value"]));
    assert_eq!(now, 10_000_001 * UNIT);

    let (unchanged, _) = collect(&node, DIFF, json!([first, [{ "key": prefix, "returnType": "hash" }]])).await;
    assert_eq!(unchanged, Vec::<Value>::new());
    let (since_genesis, _) = collect(&node, DIFF, json!([second, null, genesis])).await;
    assert!(
        since_genesis.iter().any(|event| event["type"] == "added"),
        "{since_genesis:?}"
    );
    for event in &since_genesis {
        let key = unhex(&event["key"]);
        let value = |block| node.chain.state(block).unwrap().storage(None, &key).unwrap();
        let kind = match (value(genesis), value(second)) {
            (None, Some(_)) => "added",
            (Some(_), None) => "deleted",
            (Some(old), Some(new)) if old != new => "modified",
            _ => "the same",
        };
        assert_eq!(event["type"], kind);
        assert_eq!(event.get("value").map(unhex), value(second));
    }
    for (block, previous) in [
        (first, json!(second)),
        (genesis, Value::Null),
        (Hash::repeat_byte(7), Value::Null),
    ] {
        let (_, last) = collect(&node, DIFF, json!([block, null, previous])).await;
        assert_eq!(last["event"], "storageDiffError");
    }
}
