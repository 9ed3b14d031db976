//! Balances, nonces, code and storage, now and then.

use serde_json::json;
use sp_core::{H160, H256, U256};

use crate::{
    node::{Node, hex},
    wallet::{Draft, alith, deploy, probe, topic},
};

const SOMEBODY: H160 = H160::repeat_byte(0x33);
const COIN: u64 = 1_000_000_000_000_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn balances_are_in_wei_and_of_the_block_asked_for() {
    let node = Node::start().await;
    for _ in 0..3 {
        Draft::pay(SOMEBODY, COIN).send(&node).await;
    }
    for (block, coins) in [
        ("earliest", 0u64),
        ("0x1", 1),
        ("0x2", 2),
        ("latest", 3),
        ("pending", 3),
    ] {
        let balance = node.number("eth_getBalance", json!([SOMEBODY, block])).await;
        assert_eq!(balance, U256::from(coins) * COIN, "{block}");
    }
    let hash = node.block("0x2").await["hash"].clone();
    let balance = node
        .number("eth_getBalance", json!([SOMEBODY, { "blockHash": hash }]))
        .await;
    assert_eq!(balance, U256::from(2) * COIN);
    assert_eq!(
        node.number("eth_getBalance", json!([SOMEBODY, hash])).await,
        U256::from(2) * COIN
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nonces_count_sent_transactions() {
    let node = Node::start().await;
    for _ in 0..2 {
        Draft::pay(SOMEBODY, COIN).send(&node).await;
    }
    for (block, nonce) in [("earliest", 0u64), ("0x1", 1), ("latest", 2)] {
        let count = node
            .number("eth_getTransactionCount", json!([alith().address(), block]))
            .await;
        assert_eq!(count, nonce.into(), "{block}");
    }
    assert_eq!(
        node.number("eth_getTransactionCount", json!([SOMEBODY, "latest"]))
            .await,
        U256::zero()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn code_is_what_was_deployed() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let code = node.call("eth_getCode", json!([contract, "latest"])).await;
    let creation = include_str!("fixtures/Probe.hex").trim();
    assert!(creation.ends_with(code.as_str().unwrap().strip_prefix("0x").unwrap()));
    assert_eq!(node.call("eth_getCode", json!([contract, "earliest"])).await, "0x");
    assert_eq!(node.call("eth_getCode", json!([SOMEBODY, "latest"])).await, "0x");
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_is_read_slot_by_slot() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    assert_eq!(
        node.call("eth_getStorageAt", json!([contract, "0x0", "latest"])).await,
        topic(7)
    );
    Draft::probe(contract, probe::SET, &[300]).send(&node).await;
    let full_slot = format!("{:?}", H256::zero());
    assert_eq!(
        node.call("eth_getStorageAt", json!([contract, full_slot, "latest"]))
            .await,
        topic(300)
    );
    assert_eq!(
        node.call("eth_getStorageAt", json!([contract, "0x0", "0x1"])).await,
        topic(7)
    );
    for (address, slot) in [
        (contract, "0x1".to_owned()),
        (contract, hex(U256::MAX)),
        (SOMEBODY, "0x0".to_owned()),
    ] {
        assert_eq!(
            node.call("eth_getStorageAt", json!([address, slot, "latest"])).await,
            topic(0)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_blocks_are_errors() {
    let node = Node::start().await;
    let nothing = H256::repeat_byte(4);
    for (method, params) in [
        ("eth_getBalance", json!([SOMEBODY, "0x1"])),
        ("eth_getBalance", json!([SOMEBODY, nothing])),
        ("eth_getTransactionCount", json!([SOMEBODY, "0xffffffffff"])),
        ("eth_getCode", json!([SOMEBODY, { "blockHash": nothing }])),
        ("eth_getStorageAt", json!([SOMEBODY, "0x0", { "blockNumber": "0x9" }])),
    ] {
        let error = node.refused(method, params.clone()).await;
        assert_eq!(error.code(), -32000, "{method} {params}");
        assert!(error.message().contains("not found"), "{}", error.message());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_params_are_refused() {
    let node = Node::start().await;
    for (method, params) in [
        ("eth_getBalance", json!([SOMEBODY])),
        ("eth_getBalance", json!(["0x12", "latest"])),
        ("eth_getBalance", json!([SOMEBODY, {}])),
        ("eth_getTransactionCount", json!([null, "latest"])),
        ("eth_getStorageAt", json!([SOMEBODY, "slot", "latest"])),
        (
            "eth_getStorageAt",
            json!([SOMEBODY, format!("0x1{}", "00".repeat(32)), "latest"]),
        ),
    ] {
        assert_eq!(
            node.refused(method, params.clone()).await.code(),
            -32602,
            "{method} {params}"
        );
    }
}
