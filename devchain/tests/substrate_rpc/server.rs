use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use salus_devchain::{
    Chain,
    chain::{Config, Finality, Sealing},
    rpc::{Origins, Server, ServerConfig, ServerError},
};
use serde_json::{Value, json};

use crate::node::{Node, hex, local, soon};

/// Sends one HTTP request and answers the whole response.
async fn http(address: SocketAddr, request: String) -> String {
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    })
    .await
    .unwrap()
}

async fn post(address: SocketAddr, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    http(address, request).await
}

fn body(response: &str) -> Value {
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {response}"))
}

fn call(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_over_http_one_request_or_many() {
    let node = Node::instant().await;
    let address = node.server.substrate_addr();
    let one = body(&post(address, "", &call("system_chain", &json!([]))).await);
    assert_eq!(one["result"], "Salus Development");
    let many = json!([call("chain_getBlockHash", &json!([0])), call("no_such", &json!([]))]);
    let many = body(&post(address, "", &many).await);
    assert_eq!(many[0]["result"], json!(node.chain.genesis_hash()));
    assert_eq!(many[1]["error"]["code"], -32601);
    let named = call("archive_v1_hashByHeight", &json!({ "height": 0 }));
    let named = body(&post(address, "", &named).await);
    assert_eq!(
        named["result"],
        json!([node.chain.genesis_hash()]),
        "parameters by name"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_errors_and_leave_the_server_alive() {
    let node = Node::instant().await;
    let zero = json!(format!("0x{}", "0".repeat(64)));
    const INVALID_PARAMS: i32 = -32602;
    for (method, params) in [
        ("chain_getBlock", json!(["0x12"])),
        ("chain_getBlockHash", json!(["first"])),
        ("chain_getBlockHash", json!([4_294_967_296u64])),
        ("state_getStorage", json!(["no hexadecimal"])),
        ("state_getStorage", json!([])),
        ("state_call", json!(["Core_version", 7])),
        ("childstate_getKeys", json!(["0x1234", "0x"])),
        ("author_submitExtrinsic", json!([{}])),
        ("archive_v1_header", json!([null])),
        ("chainHead_v1_header", json!([1, zero])),
        (
            "chainHead_v1_storage",
            json!(["x", zero, [{ "key": "0x", "type": "all" }], null]),
        ),
        ("chainHead_v1_follow", json!(["yes"])),
        ("transactionWatch_v1_submitAndWatch", json!(["0xzz"])),
        (
            "archive_v1_storage",
            json!([zero, [{ "key": "0x", "type": "value", "paginationStartKey": "0x" }], null]),
        ),
    ] {
        assert_eq!(
            node.refused(method, params.clone()).await.0,
            INVALID_PARAMS,
            "{method} {params}"
        );
    }
    const CLIENT_ERROR: i32 = 4003;
    for (method, params) in [
        ("state_getStorage", json!(["0x00", zero])),
        ("state_getMetadata", json!([zero])),
        ("state_call", json!(["No_such_method", "0x"])),
        ("state_call", json!(["AccountNonceApi_account_nonce", "0x0102"])),
        ("state_getReadProof", json!([["0x00"], zero])),
    ] {
        assert_eq!(
            node.refused(method, params.clone()).await.0,
            CLIENT_ERROR,
            "{method} {params}"
        );
    }
    assert_eq!(node.ask("chain_getBlock", json!([zero])).await, Value::Null);
    assert_eq!(node.ask("chain_getHeader", json!([zero])).await, Value::Null);
    assert_eq!(node.ask("chain_getBlockHash", json!([1_000])).await, Value::Null);
    assert_eq!(node.refused("state_getKeysPaged", json!(["0x", 1_001])).await.0, 4002);
    let not_json = http(
        node.server.substrate_addr(),
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n{{{".into(),
    );
    assert_eq!(body(&not_json.await)["error"]["code"], -32700);
    assert_eq!(node.ask("system_chain", json!([])).await, "Salus Development");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_above_the_limit_are_refused() {
    let chain = Chain::start(&Config::default()).unwrap();
    let config = ServerConfig {
        max_request_bytes: 1_000,
        max_batch: 2,
        ..local()
    };
    let server = Server::start(chain, &config).await.unwrap();
    let large = call("author_submitExtrinsic", &json!([hex([0; 1_000])]));
    assert!(
        post(server.substrate_addr(), "", &large)
            .await
            .starts_with("HTTP/1.1 413")
    );
    let small = call("system_chain", &json!([]));
    let batch = json!([small, small, small]);
    assert_eq!(
        body(&post(server.substrate_addr(), "", &batch).await)["error"]["code"],
        -32010
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn web_pages_are_admitted_by_their_origin() {
    let chain = Chain::start(&Config::default()).unwrap();
    let anyone = Server::start(chain.clone(), &local()).await.unwrap();
    let origin = "origin: https://dapp.example\r\n";
    let request = call("system_chain", &json!([]));
    let response = post(anyone.substrate_addr(), origin, &request).await;
    assert!(
        response.contains("access-control-allow-origin: https://dapp.example\r\n"),
        "{response}"
    );
    let preflight = format!(
        "OPTIONS / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{origin}access-control-request-method: POST\r\naccess-control-request-headers: content-type\r\n\r\n"
    );
    let response = http(anyone.substrate_addr(), preflight.clone()).await;
    assert!(response.starts_with("HTTP/1.1 204"), "{response}");
    assert!(
        response.contains("access-control-allow-headers: content-type\r\n"),
        "{response}"
    );

    let origins = Origins::Only(vec!["http://localhost:3000".into()]);
    let some = Server::start(chain, &ServerConfig { origins, ..local() })
        .await
        .unwrap();
    let response = post(some.substrate_addr(), origin, &request).await;
    assert!(response.starts_with("HTTP/1.1 403"), "{response}");
    assert!(http(some.substrate_addr(), preflight).await.starts_with("HTTP/1.1 403"));
    let upgrade = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\n{origin}connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    let closing = upgrade.replace("connection: upgrade", "connection: upgrade, close");
    assert!(
        http(some.substrate_addr(), closing).await.starts_with("HTTP/1.1 403"),
        "WebSocket too"
    );
    let response = post(some.substrate_addr(), "origin: http://localhost:3000\r\n", &request).await;
    assert_eq!(body(&response)["result"], "Salus Development");
    let no_browser = post(some.substrate_addr(), "", &request).await;
    assert_eq!(body(&no_browser)["result"], "Salus Development");
}

#[tokio::test(flavor = "multi_thread")]
async fn seals_at_the_pace_of_the_chain_and_follows_its_changes() {
    let pace = Duration::from_millis(40);
    let node = Node::start(Config {
        sealing: Sealing::Interval(pace),
        finality: Finality::Depth(0),
        ..Default::default()
    })
    .await;
    let mut heads = node
        .subscribe("chain_subscribeNewHeads", json!([]), "chain_unsubscribeNewHeads")
        .await;
    for _ in 0..4 {
        heads.next().await;
    }
    node.chain.set_sealing(Sealing::Manual).unwrap();
    // A block may be on its way.
    tokio::time::sleep(pace * 3).await;
    let stopped_at = node.chain.best().number;
    tokio::time::sleep(pace * 5).await;
    assert_eq!(node.chain.best().number, stopped_at, "sealed by hand now");
    node.chain.set_sealing(Sealing::Interval(pace)).unwrap();
    soon(async {
        while node.chain.best().number < stopped_at + 3 {
            tokio::time::sleep(pace).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stops_when_told_and_frees_its_port() {
    let node = Node::instant().await;
    let mut heads = node
        .subscribe("chain_subscribeNewHeads", json!([]), "chain_unsubscribeNewHeads")
        .await;
    heads.next().await;
    let address = node.server.substrate_addr();
    let taken = Server::start(
        node.chain.clone(),
        &ServerConfig {
            substrate: address,
            ..local()
        },
    )
    .await;
    assert!(matches!(taken, Err(ServerError::Bind { .. })));
    node.server.stop();
    soon(node.server.stopped()).await;
    let again = Server::start(
        node.chain.clone(),
        &ServerConfig {
            substrate: address,
            ..local()
        },
    )
    .await;
    assert_eq!(again.unwrap().substrate_addr(), address);
}
