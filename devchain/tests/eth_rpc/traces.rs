//! `debug_trace*`.

use serde_json::{Value, json};
use sp_core::{H160, H256};

use crate::{
    node::Node,
    wallet::{Draft, alith, bytes, deploy, input, probe, stranger, topic},
};

async fn call_trace(node: &Node, hash: H256) -> Value {
    node.call("debug_traceTransaction", json!([hash, { "tracer": "callTracer" }]))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_trace_shows_who_called_whom_and_what_was_logged() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let sent = Draft::probe(contract, probe::MANY, &[8, 2]).send(&node).await;
    let trace = call_trace(&node, sent).await;
    assert_eq!(
        (&trace["from"], &trace["to"]),
        (&json!(alith().address()), &json!(contract))
    );
    assert_eq!(
        (&trace["type"], &trace["input"]),
        (&json!("CALL"), &json!(bytes(&input(probe::MANY, &[8, 2]))))
    );
    let receipt = node.receipt(sent).await;
    for (traced, logged) in trace["logs"]
        .as_array()
        .unwrap()
        .iter()
        .zip(receipt["logs"].as_array().unwrap())
    {
        assert_eq!(
            (&traced["topics"], &traced["address"]),
            (&logged["topics"], &logged["address"])
        );
        assert_eq!(traced["index"], logged["logIndex"], "the same number for the same log");
    }

    let nested = Draft::probe(contract, probe::DIVE, &[2]).send(&node).await;
    let trace = call_trace(&node, nested).await;
    assert_eq!(trace["calls"][0]["calls"][0]["input"], bytes(&input(probe::DIVE, &[0])));
    assert_eq!(trace["output"], topic(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reverted_transaction_is_traced_with_its_error() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let draft = Draft::probe(contract, probe::FAIL, &[2]).with(|draft| draft.gas = Some(10_000_000.into()));
    let sent = draft.send(&node).await;
    let trace = call_trace(&node, sent).await;
    assert_eq!(trace["error"], "execution reverted");
    assert_eq!(trace["revertReason"], "revert: two is not enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_replayed_after_those_before_it() {
    let node = Node::manual().await;
    let raw = Draft::create(include_str!("fixtures/Probe.hex")).send(&node).await;
    node.mine().await;
    let contract: H160 = serde_json::from_value(node.receipt(raw).await["contractAddress"].clone()).unwrap();
    let first = Draft::probe(contract, probe::SET, &[40]).send(&node).await;
    let second = Draft::probe(contract, probe::SET, &[41]).send(&node).await;
    node.mine().await;
    let config = json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } });
    let trace = node.call("debug_traceTransaction", json!([second, config])).await;
    let account = format!("{contract:?}");
    assert_eq!(trace["pre"][&account]["storage"][topic(0)], topic(40));
    assert_eq!(trace["post"][&account]["storage"][topic(0)], topic(41));

    let block = node
        .call(
            "debug_traceBlockByNumber",
            json!(["latest", { "tracer": "callTracer" }]),
        )
        .await;
    let traces = block.as_array().unwrap();
    assert_eq!(traces.len(), 2);
    for (trace, sent) in traces.iter().zip([first, second]) {
        assert_eq!(trace["txHash"], json!(sent));
        assert_eq!(trace["result"], call_trace(&node, sent).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_tracer_shows_every_step() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let sent = Draft::probe(contract, probe::SET, &[3]).send(&node).await;
    let trace = node.call("debug_traceTransaction", json!([sent])).await;
    assert_eq!(trace["failed"], false);
    let steps = trace["structLogs"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["op"] == "SSTORE"), "{} steps", steps.len());
    let few = node
        .call(
            "debug_traceTransaction",
            json!([sent, { "limit": 5, "timeout": "10s" }]),
        )
        .await;
    assert_eq!(few["structLogs"].as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_not_sent_can_be_traced() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let request = json!({ "from": alith().address(), "to": contract, "data": bytes(&input(probe::VALUE, &[])) });
    let config = json!({ "tracer": "callTracer" });
    let trace = node.call("debug_traceCall", json!([request, "latest", config])).await;
    assert_eq!(trace["output"], topic(7));
    let overridden = json!({ "tracer": "callTracer", "stateOverrides": {
        format!("{contract:?}"): { "stateDiff": { topic(0): topic(77) } }
    } });
    let trace = node
        .call("debug_traceCall", json!([request, "latest", overridden]))
        .await;
    assert_eq!(trace["output"], topic(77));
    let poor = json!({ "from": stranger(4).address(), "to": contract, "value": "0x1" });
    assert_eq!(
        node.refused("debug_traceCall", json!([poor, "latest", config]))
            .await
            .code(),
        -32000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_traced_is_an_error() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let sent = Draft::probe(contract, probe::MANY, &[0, 500]).send(&node).await;
    for (method, params, code) in [
        ("debug_traceTransaction", json!([H256::repeat_byte(1)]), -32000),
        ("debug_traceBlockByNumber", json!(["0x99"]), -32000),
        ("debug_traceCall", json!([{}, "0x99"]), -32000),
        (
            "debug_traceTransaction",
            json!([sent, { "tracer": "jsTracer" }]),
            -32602,
        ),
        ("debug_traceTransaction", json!([sent, { "timeout": 5 }]), -32602),
        ("debug_traceTransaction", json!([]), -32602),
    ] {
        assert_eq!(
            node.refused(method, params.clone()).await.code(),
            code,
            "{method} {params}"
        );
    }
    let late = node
        .refused("debug_traceTransaction", json!([sent, { "timeout": "1ns" }]))
        .await;
    assert_eq!((late.code(), late.message()), (-32000, "execution timeout"));
    assert_eq!(call_trace(&node, sent).await["logs"].as_array().unwrap().len(), 500);
}
