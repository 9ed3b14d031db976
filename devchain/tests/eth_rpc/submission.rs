//! Sending transactions, and why some are not taken.

use pallet_revive::keccak_256;
use salus_devchain::{accounts, runtime::CHAIN_ID};
use serde_json::{Value, json};
use sp_core::{H160, H256, U256};

use crate::{
    node::{Node, hash, hex, quantity},
    wallet::{Draft, Kind, alith, baltathar, bytes, deploy, input, probe, stranger, topic},
};

const SOMEBODY: H160 = H160::repeat_byte(0x44);
const COIN: u64 = 1_000_000_000_000_000_000;

async fn refusal(node: &Node, draft: Draft) -> String {
    let error = draft.try_send(node, &alith()).await.unwrap_err();
    assert_eq!(error.code(), -32000, "{}", error.message());
    error.message().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_transaction_is_sealed_when_its_hash_is_answered() {
    let node = Node::start().await;
    let raw = Draft::pay(SOMEBODY, COIN).sign(&node, &alith()).await;
    let sent = hash(&node.call("eth_sendRawTransaction", json!([raw])).await);
    let payload = hex::decode(raw.strip_prefix("0x").unwrap()).unwrap();
    assert_eq!(sent, H256(keccak_256(&payload)));
    assert_eq!(node.receipt(sent).await["blockNumber"], "0x1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_that_was_used_is_too_low() {
    let node = Node::start().await;
    let first = Draft::pay(SOMEBODY, COIN).sign(&node, &alith()).await;
    node.call("eth_sendRawTransaction", json!([first])).await;
    let again = node.refused("eth_sendRawTransaction", json!([first])).await;
    assert_eq!(
        (again.code(), again.message()),
        (-32000, "nonce too low: next nonce 1, tx nonce 0")
    );
    let other = Draft::pay(SOMEBODY, 2 * COIN).with(|draft| draft.nonce = Some(0));
    assert_eq!(refusal(&node, other).await, "nonce too low: next nonce 1, tx nonce 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_transaction_twice_is_already_known() {
    let node = Node::manual().await;
    let raw = Draft::pay(SOMEBODY, COIN).sign(&node, &alith()).await;
    node.call("eth_sendRawTransaction", json!([raw])).await;
    let error = node.refused("eth_sendRawTransaction", json!([raw])).await;
    assert_eq!((error.code(), error.message()), (-32000, "already known"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_spends_what_he_does_not_have() {
    let node = Node::start().await;
    let draft = Draft::to(SOMEBODY).with(|draft| draft.gas = Some(1_000_000.into()));
    let error = draft.clone().try_send(&node, &stranger(5)).await.unwrap_err();
    assert_eq!(error.code(), -32000);
    assert!(
        error
            .message()
            .starts_with("insufficient funds for gas * price + value"),
        "{}",
        error.message()
    );
    // More gas than all the coins there are could pay for.
    let greedy = draft.with(|draft| draft.gas = Some(u64::MAX.into()));
    assert!(
        refusal(&node, greedy)
            .await
            .starts_with("insufficient funds for gas * price + value")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_below_the_base_fee_is_refused() {
    let node = Node::start().await;
    for kind in [Kind::Legacy, Kind::Eip2930, Kind::Eip1559] {
        let draft = Draft::pay(SOMEBODY, COIN).with(|draft| {
            draft.kind = kind;
            draft.price = Some(49_999_999_999u64.into());
        });
        let message = refusal(&node, draft).await;
        assert!(
            message.starts_with("max fee per gas less than block base fee"),
            "{kind:?}: {message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_gas_is_refused() {
    let node = Node::start().await;
    let draft = Draft::pay(SOMEBODY, COIN).with(|draft| draft.gas = Some(100.into()));
    assert!(refusal(&node, draft).await.starts_with("intrinsic gas too low"));
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_for_another_chain_are_refused() {
    let node = Node::start().await;
    for kind in [Kind::Legacy, Kind::Eip2930, Kind::Eip1559] {
        let draft = Draft::pay(SOMEBODY, COIN).with(|draft| {
            draft.kind = kind;
            draft.chain_id = Some(1.into());
        });
        let expected = format!("invalid chain id for signer: have 1 want {CHAIN_ID}");
        assert_eq!(refusal(&node, draft).await, expected, "{kind:?}");
    }
    assert_eq!(node.number("eth_blockNumber", json!([])).await, U256::zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn unprotected_transactions_are_refused() {
    let node = Node::start().await;
    for (kind, chain_id) in [
        (Kind::Legacy, None),
        (Kind::Eip2930, Some(0.into())),
        (Kind::Eip1559, Some(0.into())),
    ] {
        let draft = Draft::pay(SOMEBODY, COIN).with(|draft| {
            draft.kind = kind;
            draft.chain_id = chain_id;
        });
        let expected = "only replay-protected (EIP-155) transactions allowed over RPC";
        assert_eq!(refusal(&node, draft).await, expected, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_and_delegations_are_not_supported() {
    let node = Node::start().await;
    let blob = pallet_revive::evm::Transaction4844Unsigned {
        chain_id: CHAIN_ID.into(),
        ..Default::default()
    };
    let delegation = pallet_revive::evm::Transaction7702Unsigned {
        chain_id: CHAIN_ID.into(),
        ..Default::default()
    };
    for unsigned in [blob.into(), delegation.into()] {
        let raw = bytes(&alith().sign_transaction(unsigned).signed_payload());
        let error = node.refused("eth_sendRawTransaction", json!([raw])).await;
        assert_eq!(
            (error.code(), error.message()),
            (-32000, "transaction type not supported")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_transaction_is_refused() {
    let node = Node::start().await;
    let good = Draft::pay(SOMEBODY, COIN).sign(&node, &alith()).await;
    let cut = &good[..good.len() - 2];
    for raw in [
        "0x",
        "0x00",
        "0x02",
        "0x05c0",
        "0xf8",
        "0xc0",
        "0x02c0",
        "0xffffffffffffffffff",
        cut,
    ] {
        let error = node.refused("eth_sendRawTransaction", json!([raw])).await;
        assert_eq!(error.code(), -32000, "{raw}");
        assert!(
            error.message().starts_with("Invalid transaction"),
            "{raw}: {}",
            error.message()
        );
    }
    for params in [
        json!([]),
        json!(["0x0"]),
        json!(["0xzz"]),
        json!([5]),
        json!([{}]),
        json!([null]),
    ] {
        assert_eq!(
            node.refused("eth_sendRawTransaction", params.clone()).await.code(),
            -32602,
            "{params}"
        );
    }
    assert_eq!(node.number("eth_blockNumber", json!([])).await, U256::zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_signature_sends_nothing() {
    let node = Node::start().await;
    let mut raw = hex::decode(&Draft::pay(SOMEBODY, COIN).sign(&node, &alith()).await[2..]).unwrap();
    // The last byte of `s`: the signature now recovers to somebody without funds, or to nobody.
    *raw.last_mut().unwrap() ^= 1;
    let error = node.refused("eth_sendRawTransaction", json!([bytes(&raw)])).await;
    assert_eq!(error.code(), -32000, "{}", error.message());
    // `s` beyond the order of the curve.
    let at = raw.len() - 32;
    raw[at..].fill(0xFF);
    let error = node.refused("eth_sendRawTransaction", json!([bytes(&raw)])).await;
    assert_eq!(
        (error.code(), error.message()),
        (-32000, "invalid sender: the signature is not valid")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_signs_for_development_accounts() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    for (_, address) in accounts::ETHEREUM {
        let request = json!({ "from": address, "to": contract, "data": bytes(&input(probe::SET, &[11])) });
        let sent = hash(&node.call("eth_sendTransaction", json!([request])).await);
        let receipt = node.receipt(sent).await;
        assert_eq!((&receipt["status"], &receipt["from"]), (&json!("0x1"), &json!(address)));
    }
    assert_eq!(
        node.call("eth_getStorageAt", json!([contract, "0x0", "latest"])).await,
        topic(11)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_takes_what_the_request_sets() {
    let node = Node::start().await;
    let price = hex(70_000_000_000u64);
    let request = json!({
        "from": baltathar().address(), "to": SOMEBODY, "value": hex(COIN), "gas": hex(5_000_000),
        "gasPrice": price, "nonce": "0x0", "chainId": hex(CHAIN_ID),
    });
    let sent = hash(&node.call("eth_sendTransaction", json!([request])).await);
    let transaction = node.call("eth_getTransactionByHash", json!([sent])).await;
    assert_eq!(transaction["gasPrice"], price);
    assert_eq!(quantity(&transaction["gas"]), 5_000_000.into());
    assert_eq!(transaction["type"], "0x0");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_signs_for_nobody_else() {
    let node = Node::start().await;
    let error = node
        .refused("eth_sendTransaction", json!([{ "from": SOMEBODY, "to": SOMEBODY }]))
        .await;
    assert_eq!(error.code(), -32000);
    assert!(
        error.message().starts_with("Account not found for address"),
        "{}",
        error.message()
    );
    let error = node.refused("eth_sendTransaction", json!([{ "to": SOMEBODY }])).await;
    assert!(
        error.message().starts_with("Invalid transaction"),
        "{}",
        error.message()
    );
    let unsupported = json!({ "from": alith().address(), "to": SOMEBODY, "type": "0x7" });
    assert_eq!(
        node.refused("eth_sendTransaction", json!([unsupported])).await.code(),
        -32000
    );
    let nothing: Value = node
        .call("eth_getBlockTransactionCountByNumber", json!(["latest"]))
        .await;
    assert_eq!(nothing, "0x0");
}
