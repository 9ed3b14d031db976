//! Filters that are polled.

use serde_json::{Value, json};
use sp_core::H160;

use crate::{
    node::Node,
    wallet::{Draft, deploy, probe, topic},
};

const SOMEBODY: H160 = H160::repeat_byte(0x66);
const COIN: u64 = 1_000_000_000_000_000_000;

async fn open(node: &Node, method: &str, params: Value) -> Value {
    let id = node.call(method, params).await;
    assert!(id.as_str().unwrap().starts_with("0x"), "{id}");
    id
}

async fn changes(node: &Node, id: &Value) -> Vec<Value> {
    node.call("eth_getFilterChanges", json!([id]))
        .await
        .as_array()
        .unwrap()
        .clone()
}

/// The last topic of each log.
fn numbers(logs: &[Value]) -> Vec<Value> {
    logs.iter()
        .map(|log| log["topics"].as_array().unwrap().last().unwrap().clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_filter_answers_each_new_log_once() {
    let node = Node::start().await;
    let (contract, other) = (deploy(&node).await, deploy(&node).await);
    Draft::probe(contract, probe::SET, &[1]).send(&node).await;
    let id = open(&node, "eth_newFilter", json!([{ "address": contract }])).await;
    assert!(changes(&node, &id).await.is_empty(), "what was before is not new");
    Draft::probe(contract, probe::SET, &[2]).send(&node).await;
    Draft::probe(other, probe::SET, &[3]).send(&node).await;
    Draft::probe(contract, probe::MANY, &[4, 2]).send(&node).await;
    assert_eq!(numbers(&changes(&node, &id).await), [topic(2), topic(4), topic(5)]);
    assert!(changes(&node, &id).await.is_empty());
    Draft::probe(contract, probe::SET, &[6]).send(&node).await;
    assert_eq!(numbers(&changes(&node, &id).await), [topic(6)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn filter_logs_answers_all_that_the_filter_asks_for() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    for number in 1..=3 {
        Draft::probe(contract, probe::SET, &[number]).send(&node).await;
    }
    let id = open(&node, "eth_newFilter", json!([{ "fromBlock": "0x3" }])).await;
    let logs = node.call("eth_getFilterLogs", json!([id])).await;
    assert_eq!(numbers(logs.as_array().unwrap()), [topic(2), topic(3)]);
    assert!(changes(&node, &id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn bounds_by_number_hold_for_logs_to_come() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let id = open(
        &node,
        "eth_newFilter",
        json!([{ "fromBlock": "0x3", "toBlock": "0x4" }]),
    )
    .await;
    for number in 2..=5 {
        Draft::probe(contract, probe::SET, &[number]).send(&node).await;
    }
    assert_eq!(numbers(&changes(&node, &id).await), [topic(3), topic(4)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_filter_answers_the_hashes_of_new_blocks() {
    let node = Node::start().await;
    node.mine().await;
    let id = open(&node, "eth_newBlockFilter", json!([])).await;
    assert!(changes(&node, &id).await.is_empty());
    node.mine().await;
    node.mine().await;
    let expected = [
        node.block("0x2").await["hash"].clone(),
        node.block("0x3").await["hash"].clone(),
    ];
    assert_eq!(changes(&node, &id).await, expected);
    assert!(changes(&node, &id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_filter_tells_of_each_transaction_once_however_fast_it_is_sealed() {
    let node = Node::start().await;
    let id = open(&node, "eth_newPendingTransactionFilter", json!([])).await;
    let sealed = Draft::pay(SOMEBODY, COIN).send(&node).await;
    assert_eq!(changes(&node, &id).await, [json!(sealed)]);
    node.call("evm_setAutomine", json!([false])).await;
    let waiting = Draft::pay(SOMEBODY, COIN).send(&node).await;
    assert_eq!(changes(&node, &id).await, [json!(waiting)]);
    assert!(changes(&node, &id).await.is_empty());
    node.mine().await;
    assert!(changes(&node, &id).await.is_empty(), "told of already");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uninstalled_filter_is_not_found() {
    let node = Node::start().await;
    let id = open(&node, "eth_newBlockFilter", json!([])).await;
    assert_eq!(node.call("eth_uninstallFilter", json!([id])).await, true);
    assert_eq!(node.call("eth_uninstallFilter", json!([id])).await, false);
    for method in ["eth_getFilterChanges", "eth_getFilterLogs"] {
        let error = node.refused(method, json!([id])).await;
        assert_eq!((error.code(), error.message()), (-32000, "filter not found"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_do_not_share_what_they_have_seen() {
    let node = Node::start().await;
    let first = open(&node, "eth_newBlockFilter", json!([])).await;
    let second = open(&node, "eth_newBlockFilter", json!([])).await;
    assert_ne!(first, second);
    node.mine().await;
    assert_eq!(changes(&node, &first).await.len(), 1);
    assert_eq!(changes(&node, &second).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_make_no_sense_are_refused() {
    let node = Node::start().await;
    let genesis = node.block("earliest").await["hash"].clone();
    let by_hash = node.refused("eth_newFilter", json!([{ "blockHash": genesis }])).await;
    assert_eq!(by_hash.code(), -32602);
    assert_eq!(
        node.refused("eth_newFilter", json!([{ "address": 1 }])).await.code(),
        -32602
    );
    assert_eq!(
        node.refused("eth_getFilterChanges", json!(["0x1"])).await.code(),
        -32000
    );
    let blocks = open(&node, "eth_newBlockFilter", json!([])).await;
    let error = node.refused("eth_getFilterLogs", json!([blocks])).await;
    assert_eq!(error.message(), "filter not found");
}
