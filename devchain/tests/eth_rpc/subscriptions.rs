//! `eth_subscribe`.

use std::time::Duration;

use jsonrpsee::core::client::Subscription;
use serde_json::{Value, json};
use sp_core::H160;
use tokio::time::timeout;

use crate::{
    node::Node,
    wallet::{Draft, alith, deploy, probe, topic},
};

const SOMEBODY: H160 = H160::repeat_byte(0x88);
const COIN: u64 = 1_000_000_000_000_000_000;

async fn next(subscription: &mut Subscription<Value>) -> Value {
    let item = timeout(Duration::from_secs(20), subscription.next()).await;
    item.expect("nothing came").expect("the subscription ended").unwrap()
}

/// Nothing more comes: what is sent after a known item would have come before it.
async fn quiet(subscription: &mut Subscription<Value>) {
    let item = timeout(Duration::from_millis(200), subscription.next()).await;
    assert!(item.is_err(), "{item:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_heads_are_the_blocks_that_follow() {
    let node = Node::start().await;
    node.mine().await;
    let mut heads = node.subscribe(json!(["newHeads"])).await.unwrap();
    Draft::pay(SOMEBODY, COIN).send(&node).await;
    node.mine().await;
    for number in ["0x2", "0x3"] {
        let (head, block) = (next(&mut heads).await, node.block(number).await);
        for field in [
            "number",
            "hash",
            "parentHash",
            "nonce",
            "difficulty",
            "mixHash",
            "sha3Uncles",
            "logsBloom",
            "transactionsRoot",
            "stateRoot",
            "receiptsRoot",
            "miner",
            "extraData",
            "gasLimit",
            "gasUsed",
            "timestamp",
            "baseFeePerGas",
        ] {
            assert_eq!(head[field], block[field], "{field}");
        }
        assert!(head.get("transactions").is_none());
    }
    quiet(&mut heads).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_come_as_they_are_emitted_if_they_match() {
    let node = Node::start().await;
    let (contract, other) = (deploy(&node).await, deploy(&node).await);
    let mut all = node.subscribe(json!(["logs"])).await.unwrap();
    let mut some = node
        .subscribe(json!(["logs", { "address": contract, "topics": [null, [topic(2), topic(3)]] }]))
        .await
        .unwrap();
    for (emitter, number) in [(contract, 1), (contract, 2), (other, 2), (contract, 3)] {
        Draft::probe(emitter, probe::SET, &[number]).send(&node).await;
    }
    for number in [1, 2, 2, 3] {
        assert_eq!(next(&mut all).await["topics"][1], topic(number));
    }
    for number in [2, 3] {
        let log = next(&mut some).await;
        assert_eq!(
            (&log["address"], &log["topics"][1], &log["removed"]),
            (&json!(contract), &json!(topic(number)), &json!(false))
        );
    }
    quiet(&mut some).await;
    let found = node.call("eth_getLogs", json!([{ "fromBlock": "latest" }])).await;
    assert_eq!(found[0]["topics"][1], topic(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_transactions_come_as_hashes_or_in_full() {
    let node = Node::start().await;
    let mut hashes = node.subscribe(json!(["newPendingTransactions"])).await.unwrap();
    let mut full = node.subscribe(json!(["newPendingTransactions", true])).await.unwrap();
    let sealed = Draft::pay(SOMEBODY, COIN).send(&node).await;
    assert_eq!(next(&mut hashes).await, json!(sealed));
    let transaction = next(&mut full).await;
    assert_eq!(
        (&transaction["hash"], &transaction["from"]),
        (&json!(sealed), &json!(alith().address()))
    );
    assert_eq!(transaction["blockHash"], Value::Null);
    node.call("evm_setAutomine", json!([false])).await;
    let waiting = Draft::pay(SOMEBODY, COIN).send(&node).await;
    assert_eq!(next(&mut hashes).await, json!(waiting));
    node.mine().await;
    quiet(&mut hashes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_much_happens_at_once() {
    const EACH: u64 = 300;
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let mut logs = node.subscribe(json!(["logs"])).await.unwrap();
    let mut heads = node.subscribe(json!(["newHeads"])).await.unwrap();
    for block in 0..4 {
        Draft::probe(contract, probe::MANY, &[block * EACH, EACH])
            .send(&node)
            .await;
    }
    node.call("hardhat_mine", json!(["0x64"])).await;
    for number in 0..4 * EACH {
        assert_eq!(next(&mut logs).await["topics"][1], topic(number));
    }
    for number in 2..=105u64 {
        assert_eq!(next(&mut heads).await["number"], format!("{number:#x}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_unsubscribes_gets_nothing_more() {
    let node = Node::start().await;
    let mut heads = node.subscribe(json!(["newHeads"])).await.unwrap();
    node.mine().await;
    next(&mut heads).await;
    heads.unsubscribe().await.unwrap();
    node.mine().await;
    assert_eq!(
        node.call("eth_blockNumber", json!([])).await,
        "0x2",
        "the server goes on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_that_make_no_sense_are_refused() {
    let node = Node::start().await;
    for params in [
        json!([]),
        json!(["newTails"]),
        json!(["syncing"]),
        json!(["newHeads", { "address": SOMEBODY }]),
        json!(["logs", { "address": "0x1" }]),
        json!(["logs", { "topics": [null, null, null, null, null] }]),
        json!(["newPendingTransactions", { "full": true }]),
    ] {
        assert_eq!(
            node.subscribe(params.clone()).await.unwrap_err().code(),
            -32602,
            "{params}"
        );
    }
}
