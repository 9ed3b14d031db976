//! What clients see when blocks leave the best chain.

use std::time::Duration;

use jsonrpsee::core::client::Subscription;
use serde_json::{Value, json};
use sp_core::{H160, H256};
use tokio::time::timeout;

use crate::{
    node::{Node, hash},
    wallet::{Draft, deploy, probe, topic},
};

/// Block 1 deploys a probe; blocks 2 to 4 count with it. Nothing above block 1 is final.
async fn counted() -> (Node, H160, Vec<H256>) {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let mut sent = Vec::new();
    for number in 2..=4 {
        sent.push(Draft::probe(contract, probe::SET, &[number]).send(&node).await);
    }
    (node, contract, sent)
}

async fn changes(node: &Node, id: &Value) -> Vec<Value> {
    node.call("eth_getFilterChanges", json!([id]))
        .await
        .as_array()
        .unwrap()
        .clone()
}

/// Number counted, and whether the log is taken back.
fn seen(log: &Value) -> (Value, bool) {
    (log["topics"][1].clone(), log["removed"].as_bool().unwrap())
}

fn expected(numbers: &[(u64, bool)]) -> Vec<(Value, bool)> {
    numbers
        .iter()
        .map(|(number, removed)| (json!(topic(*number)), *removed))
        .collect()
}

async fn next(subscription: &mut Subscription<Value>) -> Value {
    let item = timeout(Duration::from_secs(20), subscription.next()).await;
    item.expect("nothing came").expect("the subscription ended").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn forgotten_transactions_are_gone() {
    let (node, contract, sent) = counted().await;
    let left = node.block("0x4").await["hash"].clone();
    let head = node.call("salus_reorg", json!([2, false])).await;
    assert_eq!(
        head,
        json!({ "number": "0x5", "hash": node.block("latest").await["hash"] })
    );

    assert_ne!(node.block("0x4").await["hash"], left);
    assert!(node.call("eth_getBlockByHash", json!([left, false])).await.is_null());
    assert!(node.call("eth_getBlockReceipts", json!([left])).await.is_null());
    assert_eq!(
        node.refused("eth_getLogs", json!([{ "blockHash": left }])).await.code(),
        -32000
    );
    assert!(node.receipt(sent[0]).await.is_object(), "below the fork");
    for gone in &sent[1..] {
        assert!(node.receipt(*gone).await.is_null());
        assert!(node.call("eth_getTransactionByHash", json!([gone])).await.is_null());
    }
    assert_eq!(
        node.call("eth_getStorageAt", json!([contract, "0x0", "latest"])).await,
        topic(2)
    );
    let logs = node.call("eth_getLogs", json!([{ "fromBlock": "0x0" }])).await;
    assert_eq!(logs.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_transactions_are_in_other_blocks() {
    let (node, contract, sent) = counted().await;
    let before = node.receipt(sent[2]).await;
    node.call("salus_reorg", json!([2, true])).await;
    let after = node.receipt(sent[2]).await;
    assert_eq!(
        (&before["blockNumber"], &after["blockNumber"]),
        (&json!("0x4"), &json!("0x3"))
    );
    assert_ne!(before["blockHash"], after["blockHash"]);
    assert_eq!(after["blockHash"], node.block("0x3").await["hash"]);
    assert_eq!(node.block("0x3").await["transactions"], json!(sent[1..]));
    assert_eq!(
        node.call("eth_getStorageAt", json!([contract, "0x0", "latest"])).await,
        topic(4)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_filter_takes_back_what_left_the_chain() {
    let (node, contract, _) = counted().await;
    let id = node.call("eth_newFilter", json!([{ "address": contract }])).await;
    Draft::probe(contract, probe::SET, &[5]).send(&node).await;
    node.call("salus_reorg", json!([2, true])).await;
    let found: Vec<_> = changes(&node, &id).await.iter().map(seen).collect();
    assert_eq!(
        found,
        expected(&[(4, true), (4, false), (5, false)]),
        "5 was never told of"
    );
    node.call("salus_reorg", json!([2, false])).await;
    let found: Vec<_> = changes(&node, &id).await.iter().map(seen).collect();
    assert!(found.is_empty(), "the empty blocks above were replaced: {found:?}");
    node.call("salus_reorg", json!([3, false])).await;
    let error = changes(&node, &id).await;
    assert!(error.iter().all(|log| log["removed"] == true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_log_names_the_block_it_was_in() {
    let (node, contract, _) = counted().await;
    let id = node.call("eth_newFilter", json!([{ "address": contract }])).await;
    let left = node.block("0x4").await["hash"].clone();
    node.call("salus_reorg", json!([1, false])).await;
    let removed = changes(&node, &id).await;
    assert_eq!(removed.len(), 1);
    assert_eq!(
        (&removed[0]["blockHash"], &removed[0]["removed"]),
        (&left, &json!(true))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn block_filters_answer_the_new_blocks() {
    let (node, ..) = counted().await;
    let id = node.call("eth_newBlockFilter", json!([])).await;
    node.call("salus_reorg", json!([2, true])).await;
    let mut expected = Vec::new();
    for number in ["0x3", "0x4", "0x5"] {
        expected.push(node.block(number).await["hash"].clone());
    }
    assert_eq!(changes(&node, &id).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_filters_are_silent_about_what_moved() {
    let (node, ..) = counted().await;
    let id = node.call("eth_newPendingTransactionFilter", json!([])).await;
    node.call("salus_reorg", json!([2, true])).await;
    assert!(changes(&node, &id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_see_logs_removed_and_heads_replaced() {
    let (node, contract, _) = counted().await;
    let mut logs = node.subscribe(json!(["logs", { "address": contract }])).await.unwrap();
    let mut heads = node.subscribe(json!(["newHeads"])).await.unwrap();
    node.call("salus_reorg", json!([2, true])).await;
    for wanted in expected(&[(4, true), (3, true), (3, false), (4, false)]) {
        assert_eq!(seen(&next(&mut logs).await), wanted);
    }
    for number in ["0x3", "0x4", "0x5"] {
        assert_eq!(
            next(&mut heads).await["hash"],
            node.block(number).await["hash"],
            "{number}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_subscriptions_survive_a_revert() {
    let (node, contract, _) = counted().await;
    let filter = node.call("eth_newFilter", json!([{ "address": contract }])).await;
    let mut logs = node.subscribe(json!(["logs"])).await.unwrap();
    let snapshot = node.call("evm_snapshot", json!([])).await;
    Draft::probe(contract, probe::SET, &[5]).send(&node).await;
    assert_eq!(seen(&next(&mut logs).await), expected(&[(5, false)])[0]);
    assert_eq!(changes(&node, &filter).await.len(), 1);

    node.call("evm_revert", json!([snapshot])).await;
    assert_eq!(seen(&next(&mut logs).await), expected(&[(5, true)])[0]);
    Draft::probe(contract, probe::SET, &[6]).send(&node).await;
    assert_eq!(seen(&next(&mut logs).await), expected(&[(6, false)])[0]);
    let found: Vec<_> = changes(&node, &filter).await.iter().map(seen).collect();
    assert_eq!(found, expected(&[(5, true), (6, false)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn finalized_blocks_stay() {
    let (node, ..) = counted().await;
    for depth in [json!(4), json!("0xffffffffffff")] {
        let error = node.refused("salus_reorg", json!([depth, true])).await;
        assert_eq!(error.code(), -32000);
        assert!(error.message().contains("not finalized"), "{}", error.message());
    }
    assert_eq!(node.refused("salus_reorg", json!([1])).await.code(), -32602);

    let finalized = node.call("salus_finalize", json!([3])).await;
    assert_eq!(finalized["number"], "0x3");
    assert_eq!(node.block("finalized").await["number"], "0x3");
    assert_eq!(node.refused("salus_reorg", json!([2, true])).await.code(), -32000);
    assert_eq!(node.refused("salus_finalize", json!([99])).await.code(), -32000);
}

#[tokio::test(flavor = "multi_thread")]
async fn finality_can_be_held_back() {
    let node = Node::start().await;
    node.call("salus_setFinality", json!([null])).await;
    node.call("hardhat_mine", json!([20])).await;
    assert_eq!(node.block("finalized").await["number"], "0x0");
    node.call("salus_reorg", json!([20, false])).await;
    node.call("salus_setFinality", json!([0])).await;
    node.mine().await;
    assert_eq!(
        node.block("finalized").await["hash"],
        node.block("latest").await["hash"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_blocks_have_other_hashes_even_when_empty() {
    let node = Node::start().await;
    node.call("salus_setFinality", json!([null])).await;
    node.call("hardhat_mine", json!([3])).await;
    let left = hash(&node.block("0x3").await["hash"]);
    node.call("salus_reorg", json!([1, true])).await;
    assert_ne!(hash(&node.block("0x3").await["hash"]), left);
}
