//! Transactions that wait.

use salus_devchain::runtime::{RuntimeCall, UNIT};
use serde_json::{Value, json};
use sp_core::{H160, U256};
use sp_keyring::Sr25519Keyring::{Alice, Bob};

use crate::{
    node::{Node, hash, quantity},
    support::{signed, transfer},
    wallet::{Draft, Kind, alith, baltathar},
};

const SOMEBODY: H160 = H160::repeat_byte(0x55);
const COIN: u64 = 1_000_000_000_000_000_000;

async fn nonce(node: &Node, address: H160, block: &str) -> U256 {
    node.number("eth_getTransactionCount", json!([address, block])).await
}

fn at(nonce: u64) -> Draft {
    Draft::pay(SOMEBODY, COIN).with(|draft| draft.nonce = Some(nonce))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_transaction_is_shown_without_a_place() {
    let node = Node::manual().await;
    for kind in [Kind::Legacy, Kind::Eip1559] {
        let sent = Draft::pay(SOMEBODY, COIN)
            .with(|draft| draft.kind = kind)
            .send(&node)
            .await;
        let transaction = node.call("eth_getTransactionByHash", json!([sent])).await;
        assert_eq!(hash(&transaction["hash"]), sent);
        assert_eq!(transaction["from"], json!(alith().address()));
        for field in ["blockHash", "blockNumber", "transactionIndex"] {
            assert_eq!(transaction.get(field), Some(&Value::Null), "{field}");
        }
        assert_eq!(
            quantity(&transaction["gasPrice"]),
            100_000_000_000u64.into(),
            "the most that is paid"
        );
        assert_eq!(node.receipt(sent).await, Value::Null);
        node.mine().await;
        let transaction = node.call("eth_getTransactionByHash", json!([sent])).await;
        assert_eq!(transaction["blockHash"], node.block("latest").await["hash"]);
        assert_eq!(node.receipt(sent).await["status"], "0x1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pending_nonce_counts_what_waits() {
    let node = Node::manual().await;
    for expected in 1..=3u64 {
        Draft::pay(SOMEBODY, COIN).send(&node).await;
        assert_eq!(nonce(&node, alith().address(), "pending").await, expected.into());
        assert_eq!(nonce(&node, alith().address(), "latest").await, U256::zero());
    }
    assert_eq!(nonce(&node, baltathar().address(), "pending").await, U256::zero());
    node.mine().await;
    assert_eq!(nonce(&node, alith().address(), "latest").await, 3.into());
    assert_eq!(nonce(&node, alith().address(), "pending").await, 3.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pending_nonce_stops_at_a_gap() {
    let node = Node::start().await;
    let later = at(2).send(&node).await;
    at(1).send(&node).await;
    assert_eq!(nonce(&node, alith().address(), "pending").await, U256::zero());
    assert_eq!(
        node.number("eth_blockNumber", json!([])).await,
        U256::zero(),
        "nothing can be sealed yet"
    );
    assert_eq!(
        node.call("eth_getTransactionByHash", json!([later])).await["blockHash"],
        Value::Null
    );
    at(0).send(&node).await;
    assert_eq!(nonce(&node, alith().address(), "pending").await, 3.into());
    node.mine().await;
    assert_eq!(nonce(&node, alith().address(), "latest").await, 3.into());
    assert!(node.receipt(later).await.is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pending_nonce_counts_sr25519_transactions_too() {
    let node = Node::manual().await;
    let alice = salus_devchain::accounts::address_of(&Alice.to_account_id());
    node.chain
        .submit(&transfer(&node.chain, Alice, 0, 0, Bob, UNIT))
        .unwrap();
    let call = RuntimeCall::System(frame_system::Call::remark { remark: vec![1] });
    node.chain.submit(&signed(&node.chain, Alice, 1, 0, call)).unwrap();
    assert_eq!(nonce(&node, alice, "pending").await, 2.into());
    assert_eq!(nonce(&node, alice, "latest").await, U256::zero());
}

/// The runtime ranks transactions by how many like them fit into a block, and takes no tips: a higher price changes nothing,
/// less gas does.
#[tokio::test(flavor = "multi_thread")]
async fn a_queued_transaction_is_replaced_by_one_that_ranks_higher() {
    let node = Node::manual().await;
    let first = at(0).with(|draft| draft.gas = Some(900_000.into())).send(&node).await;
    let dearer = at(0).with(|draft| {
        draft.gas = Some(900_000.into());
        draft.price = Some(900_000_000_000u64.into());
    });
    let error = dearer.try_send(&node, &alith()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (-32000, "replacement transaction underpriced")
    );

    let lighter = at(0).with(|draft| draft.gas = Some(400_000.into())).send(&node).await;
    assert_eq!(node.call("eth_getTransactionByHash", json!([first])).await, Value::Null);
    node.mine().await;
    assert_eq!(node.block("latest").await["transactions"], json!([lighter]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_transaction_can_be_dropped() {
    let node = Node::manual().await;
    let sent = Draft::pay(SOMEBODY, COIN).send(&node).await;
    assert_eq!(node.call("hardhat_dropTransaction", json!([sent])).await, true);
    assert_eq!(node.call("anvil_dropTransaction", json!([sent])).await, false);
    assert_eq!(node.call("eth_getTransactionByHash", json!([sent])).await, Value::Null);
    node.mine().await;
    assert_eq!(node.block("latest").await["transactions"], json!([]));
}
