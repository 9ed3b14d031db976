use std::collections::BTreeSet;

use codec::Decode;
use salus_devchain::runtime::UNIT;
use serde_json::{Value, json};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{ApplyExtrinsicResult, transaction_validity::InvalidTransaction};

use crate::{
    node::{Node, hex, unhex},
    support,
};

#[tokio::test(flavor = "multi_thread")]
async fn tells_wallets_how_to_show_accounts_and_amounts() {
    let node = Node::instant().await;
    let properties = json!({ "ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "UNIT", "isEthereum": false });
    assert_eq!(node.ask("system_properties", json!([])).await, properties);
    assert_eq!(node.ask("chainSpec_v1_properties", json!([])).await, properties);
    let name = node.ask("system_chain", json!([])).await;
    assert_eq!(node.ask("chainSpec_v1_chainName", json!([])).await, name);
    assert_eq!(node.ask("system_name", json!([])).await, "salus-devchain");
    assert_eq!(node.ask("system_chainType", json!([])).await, "Development");
    assert_eq!(node.ask("system_health", json!([])).await["shouldHavePeers"], false);
    let genesis = json!(node.chain.genesis_hash());
    assert_eq!(node.ask("chainSpec_v1_genesisHash", json!([])).await, genesis);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_exactly_the_methods_that_answer() {
    let node = Node::instant().await;
    let listed = node.ask("rpc_methods", json!([])).await;
    let listed: Vec<&str> = listed["methods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let unique: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(unique.len(), listed.len(), "no name twice");
    for expected in [
        "rpc_methods",
        "system_accountNextIndex",
        "chain_subscribeFinalisedHeads",
        "state_getMetadata",
        "childstate_getStorage",
        "author_submitAndWatchExtrinsic",
        "payment_queryInfo",
        "archive_v1_storageDiff",
        "chainHead_v1_unfollow",
        "transaction_v1_broadcast",
        "transactionWatch_v1_unwatch",
        "chainSpec_v1_chainName",
    ] {
        assert!(unique.contains(expected), "{expected}");
    }
    // Whatever is wrong with a call without parameters, it is not that the method is unknown.
    const METHOD_NOT_FOUND: i32 = -32601;
    for method in unique {
        let answer = node
            .rpc
            .request::<Value>(method, subxt::rpcs::client::RpcParams::new())
            .await;
        if let Err(subxt::rpcs::Error::User(error)) = answer {
            assert_ne!(error.code, METHOD_NOT_FOUND, "{method}");
        }
    }
    assert_eq!(node.refused("system_unknown", json!([])).await.0, METHOD_NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_index_counts_what_waits_without_a_gap() {
    let node = Node::manual(0).await;
    let alice = Sr25519Keyring::Alice.to_account_id();
    let index = async |account: String| node.ask("system_accountNextIndex", json!([account])).await;
    assert_eq!(index(alice.to_string()).await, 0);
    node.chain.submit(&node.transfer(0)).unwrap();
    node.chain.submit(&node.transfer(1)).unwrap();
    node.chain.submit(&node.transfer(3)).unwrap();
    assert_eq!(index(alice.to_string()).await, 2);
    assert_eq!(index(hex(&alice)).await, 2, "an account in hexadecimal");
    node.chain.seal().unwrap();
    node.chain.submit(&node.transfer(2)).unwrap();
    assert_eq!(index(alice.to_string()).await, 4);
    assert_eq!(
        node.refused("system_accountNextIndex", json!(["Alice"])).await.0,
        -32602
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_what_would_happen_and_changes_nothing() {
    let node = Node::manual(0).await;
    let (alice, bob) = (Sr25519Keyring::Alice, Sr25519Keyring::Bob);
    let run = async |extrinsic: Vec<u8>| {
        let result = node.ask("system_dryRun", json!([hex(extrinsic)])).await;
        ApplyExtrinsicResult::decode(&mut &unhex(&result)[..]).unwrap()
    };
    assert_eq!(run(node.transfer(0)).await, Ok(Ok(())));
    let too_much = support::transfer(&node.chain, alice, 0, 0, bob, 1_000_000_000 * UNIT);
    assert!(matches!(run(too_much).await, Ok(Err(_))), "the dispatch fails");
    assert_eq!(run(node.transfer(5)).await, Err(InvalidTransaction::Future.into()));
    assert_eq!(node.refused("system_dryRun", json!(["0x00"])).await.0, -32602);
    assert_eq!(node.chain.best().number, 0);
    assert!(node.chain.pending().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_are_foretold() {
    let node = Node::instant().await;
    let extrinsic = node.transfer(0);
    let info = node.ask("payment_queryInfo", json!([hex(&extrinsic)])).await;
    assert_eq!(info["class"], "normal");
    assert!(info["weight"]["ref_time"].as_u64().unwrap() > 0);
    let foretold: u128 = info["partialFee"].as_str().unwrap().parse().unwrap();
    let details = node.ask("payment_queryFeeDetails", json!([hex(&extrinsic)])).await;
    let part = |name: &str| {
        let digits = details["inclusionFee"][name].as_str().unwrap().trim_start_matches("0x");
        u128::from_str_radix(digits, 16).unwrap()
    };
    assert_eq!(part("baseFee") + part("lenFee") + part("adjustedWeightFee"), foretold);

    let free = async || {
        let key = support::account_key(Sr25519Keyring::Alice);
        let account = node.ask("state_getStorage", json!([hex(key)])).await;
        support::free_balance(&unhex(&account))
    };
    let before = free().await;
    node.chain.submit(&extrinsic).unwrap();
    let paid = before - free().await - UNIT;
    assert!(paid > 0 && paid <= foretold, "{paid} of {foretold}");
    assert_eq!(node.refused("payment_queryInfo", json!(["0x00"])).await.0, -32602);
}
