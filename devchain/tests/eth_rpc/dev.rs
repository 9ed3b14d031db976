//! Mining, time and snapshots as anvil and Hardhat offer them.

use std::time::Duration;

use serde_json::json;
use sp_core::{H160, U256};

use crate::{
    node::{Node, quantity},
    wallet::{Draft, alith, deploy, probe, topic},
};

const SOMEBODY: H160 = H160::repeat_byte(0x99);
const COIN: u64 = 1_000_000_000_000_000_000;

async fn height(node: &Node) -> u64 {
    node.number("eth_blockNumber", json!([])).await.as_u64()
}

async fn timestamp(node: &Node, block: &str) -> u64 {
    quantity(&node.block(block).await["timestamp"]).as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn mines_one_block_or_many() {
    let node = Node::manual().await;
    assert_eq!(node.call("evm_mine", json!([])).await, "0x0");
    assert_eq!(height(&node).await, 1);
    for (method, params, mined) in [
        ("evm_mine", json!([null]), 1),
        ("evm_mine", json!([{ "blocks": 3 }]), 3),
        ("hardhat_mine", json!([]), 1),
        ("hardhat_mine", json!(["0x5"]), 5),
        ("anvil_mine", json!([2, "0x1"]), 2),
        ("anvil_mine", json!([0]), 0),
    ] {
        let before = height(&node).await;
        node.call(method, params.clone()).await;
        assert_eq!(height(&node).await, before + mined, "{method} {params}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mines_at_the_time_asked_for() {
    let node = Node::manual().await;
    node.mine().await;
    let start = timestamp(&node, "latest").await;
    node.call("evm_mine", json!([start + 100])).await;
    assert_eq!(timestamp(&node, "latest").await, start + 100);
    node.call("evm_mine", json!([{ "timestamp": start + 200, "blocks": 2 }]))
        .await;
    assert_eq!(timestamp(&node, "0x3").await, start + 200);
    assert!(timestamp(&node, "0x4").await >= start + 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn mines_at_a_steady_pace() {
    let node = Node::manual().await;
    node.call("hardhat_mine", json!(["0x4", "0x3c"])).await;
    let first = timestamp(&node, "0x1").await;
    for (number, after) in [("0x2", 60), ("0x3", 120), ("0x4", 180)] {
        assert_eq!(timestamp(&node, number).await, first + after);
    }
    let now = timestamp(&node, "0x4").await;
    node.mine().await;
    assert!(
        timestamp(&node, "latest").await - now < 60,
        "the pace is for those blocks alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn time_can_be_moved_ahead() {
    let node = Node::manual().await;
    node.mine().await;
    let start = timestamp(&node, "latest").await;
    let ahead = node.call("evm_increaseTime", json!([3_600])).await.as_i64().unwrap();
    assert_eq!(
        node.call("evm_increaseTime", json!(["0xe10"])).await.as_i64().unwrap(),
        ahead + 3_600
    );
    node.mine().await;
    let moved = timestamp(&node, "latest").await - start;
    assert!((7_200..7_260).contains(&moved), "{moved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_block_gets_the_time_it_is_given() {
    let node = Node::manual().await;
    node.mine().await;
    let start = timestamp(&node, "latest").await;
    node.call("evm_setNextBlockTimestamp", json!([start + 500])).await;
    node.mine().await;
    assert_eq!(timestamp(&node, "latest").await, start + 500);
    node.mine().await;
    assert!(
        (start + 500..start + 560).contains(&timestamp(&node, "latest").await),
        "time goes on from there"
    );
    node.call("evm_setTime", json!([start + 5_000])).await;
    node.mine().await;
    assert!((start + 5_000..start + 5_060).contains(&timestamp(&node, "latest").await));
}

#[tokio::test(flavor = "multi_thread")]
async fn time_does_not_run_backwards_nor_away() {
    let node = Node::manual().await;
    node.mine().await;
    let now = timestamp(&node, "latest").await;
    for past in [0, now - 1, now] {
        let error = node.refused("evm_setNextBlockTimestamp", json!([past])).await;
        assert_eq!(error.code(), -32000, "{past}");
    }
    assert_eq!(node.refused("evm_setTime", json!([now - 100])).await.code(), -32000);
    for (method, params) in [
        ("evm_increaseTime", json!([u64::MAX])),
        ("evm_increaseTime", json!([8_640_000_000_001u64])),
        ("evm_increaseTime", json!([-5])),
        ("evm_setNextBlockTimestamp", json!([u64::MAX])),
        ("evm_setTime", json!(["0xffffffffffff"])),
        ("evm_mine", json!([u64::MAX])),
        ("hardhat_mine", json!(["0x10", "0xffffffffffff"])),
    ] {
        assert_eq!(
            node.refused(method, params.clone()).await.code(),
            -32602,
            "{method} {params}"
        );
    }
    node.mine().await;
    assert!(timestamp(&node, "latest").await - now < 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn automine_can_be_switched() {
    let node = Node::start().await;
    assert_eq!(node.call("hardhat_getAutomine", json!([])).await, true);
    node.call("evm_setAutomine", json!([false])).await;
    assert_eq!(node.call("debug_getAutomine", json!([])).await, false);
    let waiting = Draft::pay(SOMEBODY, COIN).send(&node).await;
    assert_eq!(height(&node).await, 0);
    node.call("evm_setAutomine", json!([true])).await;
    assert_eq!(
        node.receipt(waiting).await["blockNumber"],
        "0x1",
        "what waited is sealed at once"
    );
    assert_eq!(node.call("anvil_getAutomine", json!([])).await, true);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_can_be_mined_by_the_clock() {
    let node = Node::manual().await;
    node.call("evm_setIntervalMining", json!([30])).await;
    for _ in 0..200 {
        if height(&node).await >= 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(height(&node).await >= 3);
    node.call("evm_setAutomine", json!([false])).await;
    assert_eq!(node.call("hardhat_getAutomine", json!([])).await, false);
    node.call("evm_setIntervalMining", json!([0])).await;
    // One that was being built may still come.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let stopped = height(&node).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(height(&node).await, stopped);
    assert_eq!(node.refused("evm_setIntervalMining", json!([1])).await.code(), -32602);
    assert_eq!(
        node.refused("anvil_setIntervalMining", json!([u64::MAX])).await.code(),
        -32602
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_brings_everything_back() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let before = (
        height(&node).await,
        node.number("eth_getBalance", json!([alith().address(), "latest"]))
            .await,
    );
    let id = node.call("evm_snapshot", json!([])).await;

    let sent = Draft::probe(contract, probe::SET, &[5]).send(&node).await;
    node.call("evm_increaseTime", json!([86_400])).await;
    node.mine().await;
    let left = node.block("latest").await["hash"].clone();

    assert_eq!(node.call("evm_revert", json!([id])).await, true);
    let after = (
        height(&node).await,
        node.number("eth_getBalance", json!([alith().address(), "latest"]))
            .await,
    );
    assert_eq!(after, before);
    assert_eq!(
        node.call("eth_getStorageAt", json!([contract, "0x0", "latest"])).await,
        topic(7)
    );
    assert!(node.receipt(sent).await.is_null());
    assert!(node.call("eth_getTransactionByHash", json!([sent])).await.is_null());
    assert!(node.call("eth_getBlockByHash", json!([left, false])).await.is_null());
    assert_eq!(
        node.refused("eth_getBalance", json!([SOMEBODY, left])).await.code(),
        -32000
    );
    assert!(
        node.call("eth_getLogs", json!([{ "fromBlock": "0x0" }]))
            .await
            .as_array()
            .unwrap()
            .is_empty()
    );
    let now = timestamp(&node, "latest").await;
    node.mine().await;
    assert!(
        timestamp(&node, "latest").await - now < 60,
        "the clock was set back too"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_used_up_with_all_after_it() {
    let node = Node::manual().await;
    let first = node.call("evm_snapshot", json!([])).await;
    node.mine().await;
    let second = node.call("evm_snapshot", json!([])).await;
    assert_ne!(first, second);
    assert_eq!(node.call("evm_revert", json!([first])).await, true);
    assert_eq!(node.call("evm_revert", json!([second])).await, false);
    assert_eq!(node.call("evm_revert", json!([first])).await, false);
    assert_eq!(node.call("evm_revert", json!(["0xffffffffffffffff"])).await, false);
    assert_eq!(node.refused("evm_revert", json!([])).await.code(), -32602);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_keeps_what_waited() {
    let node = Node::manual().await;
    let waiting = Draft::pay(SOMEBODY, COIN).send(&node).await;
    let id = node.call("evm_snapshot", json!([])).await;
    node.mine().await;
    node.call("evm_revert", json!([id])).await;
    assert!(node.call("eth_getTransactionByHash", json!([waiting])).await["blockHash"].is_null());
    assert_eq!(
        node.number("eth_getTransactionCount", json!([alith().address(), "pending"]))
            .await,
        U256::one()
    );
    node.mine().await;
    assert_eq!(node.receipt(waiting).await["blockNumber"], "0x1");
}
