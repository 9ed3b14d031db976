//! Prices of gas.

use serde_json::json;
use sp_core::{H160, U256};

use crate::{
    node::{Node, hex, quantity},
    wallet::Draft,
};

#[tokio::test(flavor = "multi_thread")]
async fn gas_has_one_price_and_tips_are_nothing() {
    let node = Node::start().await;
    assert_eq!(node.number("eth_gasPrice", json!([])).await, 50_000_000_000u64.into());
    assert_eq!(node.number("eth_maxPriorityFeePerGas", json!([])).await, U256::zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn fee_history_covers_the_blocks_asked_for_and_the_next() {
    let node = Node::start().await;
    for _ in 0..4 {
        Draft::pay(H160::repeat_byte(1), 1_000_000_000_000_000_000)
            .send(&node)
            .await;
    }
    let history = node
        .call("eth_feeHistory", json!([hex(3), "latest", [10.0, 50.0]]))
        .await;
    assert_eq!(history["oldestBlock"], "0x2");
    let base_fees = history["baseFeePerGas"].as_array().unwrap();
    assert_eq!(base_fees.len(), 4);
    assert!(base_fees.iter().all(|fee| quantity(fee) == 50_000_000_000u64.into()));
    assert_eq!(history["gasUsedRatio"].as_array().unwrap().len(), 3);
    assert!(
        history["gasUsedRatio"]
            .as_array()
            .unwrap()
            .iter()
            .all(|ratio| ratio.as_f64().unwrap() > 0.0)
    );
    assert_eq!(
        history["reward"],
        json!([["0x0", "0x0"], ["0x0", "0x0"], ["0x0", "0x0"]])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fee_history_begins_at_genesis_at_the_earliest() {
    let node = Node::start().await;
    node.mine().await;
    let history = node.call("eth_feeHistory", json!([hex(1_000), "latest"])).await;
    assert_eq!(history["oldestBlock"], "0x0");
    assert_eq!(history["gasUsedRatio"], json!([0.0, 0.0]));
    assert!(history.get("reward").is_none());
    let nothing = node.call("eth_feeHistory", json!(["0x0", "latest"])).await;
    assert_eq!(nothing, json!({ "oldestBlock": "0x0", "gasUsedRatio": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn fee_history_refuses_what_makes_no_sense() {
    let node = Node::start().await;
    for (params, code) in [
        (json!([hex(1), "0x5"]), -32000),
        (json!([hex(1), "latest", [50.0, 20.0]]), -32000),
        (json!([hex(1), "latest", [101.0]]), -32000),
        (json!([hex(U256::MAX), "latest"]), -32602),
        (json!(["one", "latest"]), -32602),
    ] {
        assert_eq!(
            node.refused("eth_feeHistory", params.clone()).await.code(),
            code,
            "{params}"
        );
    }
}
