//! Who answers.

use salus_devchain::accounts;
use serde_json::json;

use crate::node::Node;

#[tokio::test(flavor = "multi_thread")]
async fn tells_which_network_it_is() {
    let node = Node::start().await;
    assert_eq!(node.call("eth_chainId", json!([])).await, "0x190f1b44");
    assert_eq!(node.call("net_version", json!([])).await, "420420420");
    assert_eq!(node.call("net_listening", json!([])).await, true);
    assert_eq!(node.call("net_peerCount", json!([])).await, "0x0");
    assert_eq!(node.call("eth_syncing", json!([])).await, false);
    let health = json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false });
    assert_eq!(node.call("system_health", json!([])).await, health);
    let version = node.call("web3_clientVersion", json!([])).await;
    assert!(version.as_str().unwrap().starts_with("salus-devchain/v"), "{version}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hashes_with_keccak() {
    let node = Node::start().await;
    let empty = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
    assert_eq!(node.call("web3_sha3", json!(["0x"])).await, empty);
    assert_eq!(node.refused("web3_sha3", json!(["0xzz"])).await.code(), -32602);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_the_development_accounts() {
    let node = Node::start().await;
    let expected: Vec<_> = accounts::ETHEREUM.iter().map(|(_, address)| address).collect();
    assert_eq!(node.call("eth_accounts", json!([])).await, json!(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_method_is_refused() {
    let node = Node::start().await;
    assert_eq!(node.refused("eth_mineBitcoin", json!([])).await.code(), -32601);
}
