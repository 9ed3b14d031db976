//! Rubbish and excess. Whatever comes, the server answers it and the next request too.

use std::time::Duration;

use serde_json::{Value, json};
use sp_core::H256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    node::Node,
    wallet::{alith, bytes, deploy, input, probe},
};

/// Posts a body over HTTP. Answers status and body.
async fn post(node: &Node, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(node.address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server may answer and close before it has read an oversized body.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    let _ = read.expect("no answer");
    let text = String::from_utf8_lossy(&answer);
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default();
    let start = text.find("\r\n\r\n").map_or(answer.len(), |at| at + 4);
    (status, answer[start..].to_vec())
}

async fn is_alive(node: &Node) {
    assert_eq!(node.call("eth_chainId", json!([])).await, "0x190f1b44");
    let (status, body) = post(node, br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}"#).await;
    assert_eq!(status, 200);
    assert!(String::from_utf8_lossy(&body).contains("0x190f1b44"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_requests_are_answered_with_errors() {
    let node = Node::start().await;
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_params = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{deep}}}"#);
    for body in [
        &b""[..],
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe\x00",
        br#"{"jsonrpc":"2.0","id":1,"method":7}"#,
        deep.as_bytes(),
        deep_params.as_bytes(),
    ] {
        let (status, answer) = post(&node, body).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(status >= 400 || answer.contains("error"), "{status} {answer}");
    }
    is_alive(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_limit_is_refused() {
    let node = Node::start().await;
    let huge = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"web3_sha3","params":["0x{}"]}}"#,
        "00".repeat(20_000_000)
    );
    let (status, _) = post(&node, huge.as_bytes()).await;
    assert_ne!(status, 200);
    is_alive(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_answered_entry_by_entry() {
    let node = Node::start().await;
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": [] },
        { "jsonrpc": "2.0", "id": 2, "method": "eth_nothing", "params": [] },
        { "jsonrpc": "2.0", "id": 3, "method": "eth_getBalance", "params": [alith().address(), "latest"] },
    ]);
    let (status, body) = post(&node, batch.to_string().as_bytes()).await;
    assert_eq!(status, 200);
    let answers: Vec<Value> = serde_json::from_slice(&body).unwrap();
    let by_id = |id: u64| answers.iter().find(|answer| answer["id"] == id).unwrap();
    assert_eq!(by_id(1)["result"], "0x190f1b44");
    assert_eq!(by_id(2)["error"]["code"], -32601);
    assert!(by_id(3)["result"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn params_of_every_wrong_kind_are_refused_by_every_method() {
    let node = Node::start().await;
    let methods = [
        "eth_getBlockByNumber",
        "eth_getBlockByHash",
        "eth_getBlockReceipts",
        "eth_getTransactionByHash",
        "eth_getTransactionReceipt",
        "eth_getTransactionByBlockHashAndIndex",
        "eth_getTransactionByBlockNumberAndIndex",
        "eth_getBalance",
        "eth_getTransactionCount",
        "eth_getCode",
        "eth_getStorageAt",
        "eth_call",
        "eth_estimateGas",
        "eth_feeHistory",
        "eth_sendRawTransaction",
        "eth_sendTransaction",
        "eth_getFilterChanges",
        "eth_getFilterLogs",
        "debug_traceTransaction",
        "debug_traceCall",
        "debug_traceBlockByNumber",
        "evm_increaseTime",
        "evm_setNextBlockTimestamp",
        "evm_setAutomine",
        "evm_setIntervalMining",
        "evm_revert",
        "hardhat_dropTransaction",
        "salus_reorg",
        "salus_finalize",
        "web3_sha3",
    ];
    for method in methods {
        for params in [
            json!([[[]]]),
            json!([1e300]),
            json!([{ "a": { "b": [] } }, {}, {}]),
            json!(["\u{0}", "\u{0}", "\u{0}"]),
        ] {
            // An empty object is a transaction like any other, whose gas can be estimated.
            let Err(error) = node.try_call(method, params.clone()).await else {
                panic!("{method} {params} was answered");
            };
            assert!([-32602, -32000].contains(&error.code()), "{method} {params}: {error}");
        }
    }
    is_alive(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn excess_is_refused_or_served_but_never_fatal() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let many: Vec<_> = (0..50_000).map(H256::from_low_u64_be).collect();
    let logs = node
        .call(
            "eth_getLogs",
            json!([{ "fromBlock": "0x0", "topics": [many.clone(), many] }]),
        )
        .await;
    assert_eq!(logs, json!([]));

    let long = format!("0x{}", "5b".repeat(3_000_000));
    let _ = node
        .try_call("eth_call", json!([{ "to": contract, "data": long }]))
        .await;
    let _ = node.try_call("eth_estimateGas", json!([{ "data": long }])).await;
    let _ = node.try_call("eth_sendRawTransaction", json!([long])).await;

    let numbers = json!({ "to": contract, "gas": format!("0x{}", "f".repeat(64)), "gasPrice": format!("0x{}", "f".repeat(64)),
        "value": format!("0x{}", "f".repeat(64)), "nonce": format!("0x{}", "f".repeat(64)) });
    let _ = node.try_call("eth_call", json!([numbers])).await;
    let _ = node.try_call("eth_estimateGas", json!([numbers])).await;

    let burn = json!({ "to": contract, "data": bytes(&input(probe::BURN, &[])) });
    let burning = (0..4).map(|_| node.try_call("eth_call", json!([burn])));
    for answer in futures::future::join_all(burning).await {
        assert_eq!(answer.unwrap_err().code(), -32000);
    }
    assert_eq!(
        node.refused("hardhat_mine", json!(["0xffffffffffffffff"])).await.code(),
        -32602
    );
    assert_eq!(
        node.refused("evm_mine", json!([{ "blocks": "0xffffffffffffffff" }]))
            .await
            .code(),
        -32602
    );
    is_alive(&node).await;
}
