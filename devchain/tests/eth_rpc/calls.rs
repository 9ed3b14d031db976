//! Dry runs: `eth_call` and `eth_estimateGas`.

use serde_json::{Value, json};
use sp_core::{H160, U256};

use crate::{
    node::{Node, hex, quantity},
    wallet::{Draft, alith, baltathar, bytes, deploy, input, probe, stranger, topic},
};

fn call(contract: H160, selector: &str, words: &[u64]) -> Value {
    json!({ "to": contract, "data": bytes(&input(selector, words)) })
}

/// The words of an answer.
fn words(answer: &Value) -> Vec<U256> {
    let bytes = hex::decode(answer.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap();
    bytes.chunks(32).map(U256::from_big_endian).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_reads_the_state_of_the_block_asked_for() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    Draft::probe(contract, probe::SET, &[8]).send(&node).await;
    let value = call(contract, probe::VALUE, &[]);
    assert_eq!(node.call("eth_call", json!([value])).await, topic(8));
    assert_eq!(node.call("eth_call", json!([value, "latest"])).await, topic(8));
    assert_eq!(node.call("eth_call", json!([value, "0x1"])).await, topic(7));
    let hash = node.block("0x1").await["hash"].clone();
    assert_eq!(
        node.call(
            "eth_call",
            json!([value, { "blockHash": hash, "requireCanonical": true }])
        )
        .await,
        topic(7)
    );
    assert_eq!(
        node.call("eth_call", json!([value, "earliest"])).await,
        "0x",
        "no contract yet"
    );
    assert_eq!(node.refused("eth_call", json!([value, "0x99"])).await.code(), -32000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_changes_nothing() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let before = node.chain.best();
    node.call("eth_call", json!([call(contract, probe::SET, &[1])])).await;
    assert_eq!(node.chain.best(), before);
    assert_eq!(
        node.call("eth_getStorageAt", json!([contract, "0x0", "latest"])).await,
        topic(7)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sender_is_who_the_caller_says() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let mut question = call(contract, probe::SENDER, &[]);
    question["from"] = json!(baltathar().address());
    let answer = words(&node.call("eth_call", json!([question, "latest"])).await);
    assert_eq!(answer[0], U256::from_big_endian(baltathar().address().as_bytes()));
    assert_eq!(
        answer[1],
        node.number("eth_getBalance", json!([baltathar().address(), "latest"]))
            .await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_calls_see_the_time_of_the_next_block() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let now = quantity(&node.block("latest").await["timestamp"]);
    node.call("evm_setNextBlockTimestamp", json!([now.as_u64() + 1_000]))
        .await;
    let clock = call(contract, probe::CLOCK, &[]);
    let latest = words(&node.call("eth_call", json!([clock, "latest"])).await)[0];
    let pending = words(&node.call("eth_call", json!([clock, "pending"])).await)[0];
    assert_eq!((latest, pending), (now, now + 1_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn reverts_have_code_3_and_carry_their_bytes() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let too_small = format!("0x{}{}{}", probe::TOO_SMALL, &topic(1)[2..], &topic(2)[2..]);
    let panic = format!("0x4e487b71{}", &topic(1)[2..]);
    // As alloy renders it, and so the official server.
    let reason = "execution reverted: revert: two is not enough";
    for (kind, message, data) in [
        (1, "execution reverted", Some(too_small)),
        (2, reason, None),
        (3, "execution reverted: panic: assertion failed (0x01)", Some(panic)),
        (4, "execution reverted", Some("0x".to_owned())),
    ] {
        for method in ["eth_call", "eth_estimateGas"] {
            let error = node
                .refused(method, json!([call(contract, probe::FAIL, &[kind])]))
                .await;
            assert_eq!((error.code(), error.message()), (3, message), "{method} {kind}");
            let carried: String = serde_json::from_str(error.data().unwrap().get()).unwrap();
            match &data {
                Some(data) => assert_eq!(carried, *data, "{method} {kind}"),
                None => assert!(carried.starts_with("0x08c379a0"), "{method} {kind}: {carried}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_run_is_an_error_without_data() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let error = node
        .refused("eth_call", json!([call(contract, probe::BURN, &[])]))
        .await;
    assert_eq!(error.code(), -32000);
    assert!(error.message().contains("OutOfGas"), "{}", error.message());
    assert!(error.data().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_nested_as_deep_as_they_may_be_do_not_exhaust_the_stack() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let deep = node.call("eth_call", json!([call(contract, probe::DIVE, &[24])])).await;
    assert_eq!(deep, topic(24));
    assert_eq!(
        node.refused("eth_call", json!([call(contract, probe::DIVE, &[200])]))
            .await
            .code(),
        3
    );
    let receipt = Draft::probe(contract, probe::DIVE, &[24]).receipt(&node).await;
    assert_eq!(receipt["status"], "0x1");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_is_enough_and_not_far_too_much() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    for draft in [
        Draft::probe(contract, probe::SET, &[9]),
        Draft::probe(contract, probe::MANY, &[0, 50]),
        Draft::pay(stranger(9).address(), 1_000_000_000_000_000_000),
    ] {
        let request =
            json!({ "from": alith().address(), "to": draft.to, "value": draft.value, "data": bytes(&draft.data) });
        let estimate = node.number("eth_estimateGas", json!([request, "latest"])).await;
        let receipt = draft.with(|draft| draft.gas = Some(estimate)).receipt(&node).await;
        assert_eq!(receipt["status"], "0x1");
        let used = quantity(&receipt["gasUsed"]);
        assert!(
            used <= estimate && estimate <= used * 3,
            "used {used}, estimated {estimate}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn funds_are_checked_when_gas_is_given() {
    let node = Node::start().await;
    let poor = stranger(1).address();
    let mut request = json!({ "from": poor, "to": alith().address(), "value": "0x1" });
    let error = node.refused("eth_call", json!([request])).await;
    assert_eq!(error.code(), -32000);
    assert!(
        error
            .message()
            .starts_with("insufficient funds for gas * price + value"),
        "{}",
        error.message()
    );
    assert!(
        node.refused("eth_estimateGas", json!([request]))
            .await
            .message()
            .contains("insufficient funds")
    );
    request["value"] = json!("0x0");
    assert!(
        node.number("eth_estimateGas", json!([request])).await > U256::zero(),
        "without gas, fees do not matter"
    );
    request["gas"] = json!(hex(10_000_000));
    assert!(
        node.refused("eth_estimateGas", json!([request]))
            .await
            .message()
            .contains("insufficient funds")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn state_can_be_overridden_for_a_call() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let elsewhere = H160::repeat_byte(0x77);
    let code = node.call("eth_getCode", json!([contract, "latest"])).await;
    let slot = topic(0);

    let value = call(contract, probe::VALUE, &[]);
    let diff = json!({ format!("{contract:?}"): { "stateDiff": { slot.clone(): topic(1_234) } } });
    assert_eq!(
        node.call("eth_call", json!([value, "latest", diff])).await,
        topic(1_234)
    );
    assert_eq!(
        node.call("eth_call", json!([value, "latest"])).await,
        topic(7),
        "only for that call"
    );

    let there = call(elsewhere, probe::VALUE, &[]);
    let injected = json!({ format!("{elsewhere:?}"): { "code": code, "state": { slot: topic(5) } } });
    assert_eq!(
        node.call("eth_call", json!([there, "latest", injected])).await,
        topic(5)
    );

    let mut asks = call(contract, probe::SENDER, &[]);
    asks["from"] = json!(stranger(2).address());
    let rich = json!({ format!("{:?}", stranger(2).address()): { "balance": hex(42) } });
    assert_eq!(
        words(&node.call("eth_call", json!([asks, "latest", rich])).await)[1],
        42.into()
    );

    let gift = json!({ "from": stranger(3).address(), "to": alith().address(), "value": hex(1_000_000_000_000u64) });
    let funded = json!({ format!("{:?}", stranger(3).address()): { "balance": hex(10_000_000_000_000_000_000u64) } });
    assert!(node.number("eth_estimateGas", json!([gift, "latest", funded])).await > U256::zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_calls_are_refused() {
    let node = Node::start().await;
    for params in [
        json!([]),
        json!(["0x"]),
        json!([{ "to": "0x12" }]),
        json!([{ "to": null, "data": "0x1" }]),
        json!([{ "data": "0x01", "input": "0x02" }]),
        json!([{ "value": 5 }]),
        json!([{}, "soon"]),
        json!([{}, "latest", { "0x12": {} }]),
    ] {
        assert_eq!(
            node.refused("eth_call", params.clone()).await.code(),
            -32602,
            "{params}"
        );
    }
}
