//! Blocks by number, tag and hash.

use serde_json::{Value, json};
use sp_core::{H160, H256, U256};

use crate::{
    node::{Node, hash, hex, quantity},
    wallet::Draft,
};

const SOMEBODY: H160 = H160::repeat_byte(0x11);

/// Five blocks, each with a transfer; the two lowest are final.
async fn five_blocks() -> Node {
    let node = Node::start().await;
    for value in 1..=5 {
        Draft::pay(SOMEBODY, value * 1_000_000_000_000_000_000)
            .send(&node)
            .await;
    }
    node
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_has_what_ethereum_clients_read() {
    let node = Node::start().await;
    let sent = Draft::pay(SOMEBODY, 1_000_000_000_000_000_000).send(&node).await;
    assert_eq!(node.number("eth_blockNumber", json!([])).await, U256::one());

    let block = node.block("latest").await;
    assert_eq!(block["number"], "0x1");
    assert_eq!(block["transactions"], json!([sent]));
    assert_eq!(block["uncles"], json!([]));
    assert_eq!(block["difficulty"], "0x0");
    assert_eq!(block["nonce"], "0x0000000000000000");
    assert!(quantity(&block["gasUsed"]) > U256::zero());
    assert!(quantity(&block["gasLimit"]) >= quantity(&block["gasUsed"]));
    assert_eq!(
        quantity(&block["baseFeePerGas"]),
        node.number("eth_gasPrice", json!([])).await
    );
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!(
        quantity(&block["timestamp"]).as_u64().abs_diff(seconds) < 60,
        "{}",
        block["timestamp"]
    );
    for field in [
        "hash",
        "parentHash",
        "stateRoot",
        "transactionsRoot",
        "receiptsRoot",
        "sha3Uncles",
        "mixHash",
    ] {
        assert_eq!(block[field].as_str().map(str::len), Some(66), "{field}");
    }
    assert_eq!(block["logsBloom"].as_str().map(str::len), Some(514));
    assert_eq!(block["miner"].as_str().map(str::len), Some(42));
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_linked_by_their_hashes() {
    let node = five_blocks().await;
    let mut parent = hash(&node.block("earliest").await["hash"]);
    for number in 1..=5u32 {
        let block = node.block(hex(number)).await;
        assert_eq!(hash(&block["parentHash"]), parent, "block {number}");
        parent = hash(&block["hash"]);
        assert_eq!(node.call("eth_getBlockByHash", json!([parent, false])).await, block);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_name_blocks() {
    let node = five_blocks().await;
    for (tag, number) in [
        ("earliest", 0),
        ("finalized", 2),
        ("safe", 2),
        ("latest", 5),
        ("pending", 5),
    ] {
        assert_eq!(quantity(&node.block(tag).await["number"]), number.into(), "{tag}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn full_transactions_come_in_place_of_hashes() {
    let node = five_blocks().await;
    let hashes = node.call("eth_getBlockByNumber", json!(["0x3", false])).await;
    let full = node.call("eth_getBlockByNumber", json!(["0x3", true])).await;
    let transaction = &full["transactions"][0];
    assert_eq!(transaction["hash"], hashes["transactions"][0]);
    assert_eq!(transaction["blockHash"], full["hash"]);
    assert_eq!(transaction["value"], hex(3_000_000_000_000_000_000u64));
    let by_hash = node
        .call("eth_getTransactionByHash", json!([transaction["hash"]]))
        .await;
    assert_eq!(&by_hash, transaction);
    assert_eq!(node.call("eth_getBlockByHash", json!([full["hash"], true])).await, full);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_null() {
    let node = five_blocks().await;
    let nothing = H256::repeat_byte(9);
    for (method, params) in [
        ("eth_getBlockByNumber", json!(["0x6", false])),
        ("eth_getBlockByNumber", json!(["0xffffffffffffffff", true])),
        ("eth_getBlockByHash", json!([nothing, true])),
        ("eth_getBlockTransactionCountByNumber", json!(["0x6"])),
        ("eth_getBlockTransactionCountByHash", json!([nothing])),
        ("eth_getUncleCountByBlockNumber", json!(["0x6"])),
        ("eth_getUncleCountByBlockHash", json!([nothing])),
        ("eth_getUncleByBlockNumberAndIndex", json!(["0x1", "0x0"])),
        ("eth_getUncleByBlockHashAndIndex", json!([nothing, "0x0"])),
    ] {
        assert_eq!(
            node.call(method, params.clone()).await,
            Value::Null,
            "{method} {params}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_and_uncles_are_counted() {
    let node = five_blocks().await;
    let block = node.block("0x2").await["hash"].clone();
    assert_eq!(
        node.call("eth_getBlockTransactionCountByNumber", json!(["0x2"])).await,
        "0x1"
    );
    assert_eq!(
        node.call("eth_getBlockTransactionCountByNumber", json!(["earliest"]))
            .await,
        "0x0"
    );
    assert_eq!(
        node.call("eth_getBlockTransactionCountByHash", json!([block])).await,
        "0x1"
    );
    assert_eq!(
        node.call("eth_getUncleCountByBlockNumber", json!(["latest"])).await,
        "0x0"
    );
    assert_eq!(node.call("eth_getUncleCountByBlockHash", json!([block])).await, "0x0");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_block_names_are_refused() {
    let node = Node::start().await;
    for params in [
        json!(["newest", false]),
        json!(["1", false]),
        json!([1, false]),
        json!(["0x1"]),
        json!([]),
    ] {
        assert_eq!(
            node.refused("eth_getBlockByNumber", params.clone()).await.code(),
            -32602,
            "{params}"
        );
    }
    assert_eq!(
        node.refused("eth_getBlockByHash", json!(["0x12", false])).await.code(),
        -32602
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn genesis_is_a_block_like_the_others() {
    let node = Node::start().await;
    let genesis = node.block("0x0").await;
    assert_eq!(genesis["number"], "0x0");
    assert_eq!(genesis["transactions"], json!([]));
    assert_eq!(
        node.call("eth_getBlockByHash", json!([genesis["hash"], true])).await["number"],
        "0x0"
    );
    assert_eq!(node.call("eth_getBlockReceipts", json!(["0x0"])).await, json!([]));
    assert_eq!(
        node.call(
            "eth_getLogs",
            json!([{ "fromBlock": "earliest", "toBlock": "earliest" }])
        )
        .await,
        json!([])
    );
    assert_eq!(
        node.call("debug_traceBlockByNumber", json!(["earliest"])).await,
        json!([])
    );
}
