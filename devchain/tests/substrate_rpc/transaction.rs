use salus_devchain::chain::extrinsic_hash;
use serde_json::{Value, json};
use subxt::rpcs::rpc_params;

use crate::node::{Node, hex, refused, soon, subscribe};

const WATCH: (&str, &str) = ("transactionWatch_v1_submitAndWatch", "transactionWatch_v1_unwatch");

#[tokio::test(flavor = "multi_thread")]
async fn tells_validated_included_and_finalized_with_the_place_in_the_block() {
    let node = Node::instant().await;
    let mut events = node.subscribe(WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    events.expect("validated").await;
    let place = json!({ "hash": node.chain.best().hash, "index": 1 });
    assert_eq!(events.expect("bestChainBlockIncluded").await["block"], place);
    assert_eq!(events.expect("finalized").await["block"], place);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_events() {
    let node = Node::manual(0).await;
    let event = async |transaction: Vec<u8>| {
        let mut events = node.subscribe(WATCH.0, json!([hex(transaction)]), WATCH.1).await;
        events.next().await
    };
    assert_eq!(event(vec![1, 2, 3]).await["event"], "invalid");
    node.chain.submit(&node.transfer(0)).unwrap();
    node.chain.seal().unwrap();
    let outdated = event(node.transfer(0)).await;
    assert_eq!(
        outdated,
        json!({ "event": "invalid", "error": "Transaction is outdated" })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_waits_already_can_be_watched_too() {
    let node = Node::manual(0).await;
    let transaction = node.transfer(0);
    node.chain.submit(&transaction).unwrap();
    let mut events = node.subscribe(WATCH.0, json!([hex(&transaction)]), WATCH.1).await;
    events.expect("validated").await;
    let block = node.chain.seal().unwrap();
    let place = json!({ "hash": block.hash, "index": 1 });
    assert_eq!(events.expect("bestChainBlockIncluded").await["block"], place);
    assert_eq!(events.expect("finalized").await["block"], place);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_takes_the_transaction_out_and_in_again() {
    let node = Node::manual(3).await;
    let mut events = node.subscribe(WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    events.expect("validated").await;
    let first = node.chain.seal().unwrap();
    assert_eq!(
        events.expect("bestChainBlockIncluded").await["block"]["hash"],
        json!(first.hash)
    );
    node.chain.reorganise(1, true).unwrap();
    assert_eq!(events.expect("bestChainBlockIncluded").await["block"], Value::Null);
    let second = json!(node.chain.hash_at(1).unwrap());
    assert_eq!(events.expect("bestChainBlockIncluded").await["block"]["hash"], second);
    node.chain.finalize(1).unwrap();
    assert_eq!(events.expect("finalized").await["block"]["hash"], second);
}

#[tokio::test(flavor = "multi_thread")]
async fn unwatching_leaves_the_transaction_in_the_queue() {
    let node = Node::manual(0).await;
    let mut events = node.subscribe(WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    events.expect("validated").await;
    assert_eq!(node.ask(WATCH.1, json!([events.id()])).await, true);
    assert_eq!(node.chain.pending().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_transaction_is_submitted_again_when_it_is_lost() {
    let node = Node::manual(3).await;
    let transaction = node.transfer(0);
    let id = node.ask("transaction_v1_broadcast", json!([hex(&transaction)])).await;
    let hash = extrinsic_hash(&transaction);
    let queued = async || {
        soon(async {
            while !node.chain.pending().iter().any(|queued| queued.hash == hash) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    queued().await;
    let block = node.chain.seal().unwrap();
    assert_eq!(node.chain.block(block.hash).unwrap().unwrap().extrinsics.len(), 2);
    node.chain.reorganise(1, false).unwrap();
    queued().await;

    assert_eq!(node.ask("transaction_v1_stop", json!([id])).await, Value::Null);
    assert!(node.chain.drop_transaction(hash));
    node.chain.seal().unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(node.chain.pending().is_empty(), "not submitted after it was stopped");
    node.refused("transaction_v1_stop", json!([id])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broadcasts_belong_to_their_connection_and_are_limited() {
    let node = Node::manual(0).await;
    let other = node.second_connection().await;
    let id = node
        .ask("transaction_v1_broadcast", json!([hex(node.transfer(0))]))
        .await;
    assert!(id.is_string());
    refused(&other, "transaction_v1_stop", json!([id])).await;
    let mut ids = Vec::new();
    loop {
        // What is no transaction counts as well.
        match node.ask("transaction_v1_broadcast", json!(["0x00"])).await {
            Value::Null => break,
            id => ids.push(id),
        }
    }
    assert!(ids.len() >= 4, "{}", ids.len());
    let of_other: Option<String> = soon(other.request("transaction_v1_broadcast", rpc_params!["0x00"]))
        .await
        .unwrap();
    assert!(of_other.is_some());
    node.ask("transaction_v1_stop", json!([ids[0]])).await;
    assert!(node.ask("transaction_v1_broadcast", json!(["0x00"])).await.is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_connection_ends_its_watches_but_not_its_transactions() {
    let node = Node::manual(0).await;
    let other = node.second_connection().await;
    let mut events = subscribe(&other, WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    events.expect("validated").await;
    drop((events, other));
    let block = node.chain.seal().unwrap();
    assert_eq!(node.chain.block(block.hash).unwrap().unwrap().extrinsics.len(), 2);
    assert_eq!(node.ask("system_chain", json!([])).await, "Salus Development");
}
