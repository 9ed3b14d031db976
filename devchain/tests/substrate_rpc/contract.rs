//! A contract, deployed and called by subxt, and its storage as the RPC shows it.

use alloy_core::{
    primitives::{Address, U256},
    sol_types::{SolCall, SolValue},
};
use pallet_revive::{AccountInfo, H160};
use salus_devchain::{
    accounts,
    runtime::{Runtime, UNIT},
};
use serde_json::json;
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::{BlakeTwo256, Hash as _};
use subxt::{
    config::SubstrateConfig,
    dynamic::{self, Value},
    ext::scale_decode::{DecodeAsFields, DecodeAsType},
    extrinsics::ExtrinsicEvents,
};
use subxt_signer::sr25519::dev;

use crate::{
    node::{Node, hex, soon, unhex},
    subxt_client::combined,
};

alloy_core::sol! {
    function transfer(address to, uint256 value) external returns (bool);
    function balanceOf(address account) external view returns (uint256);
}

fn weight() -> Value {
    let parts = [
        ("ref_time", Value::u128(900_000_000_000)),
        ("proof_size", Value::u128(5_000_000)),
    ];
    Value::named_composite(parts)
}

/// The built token contract.
fn token_code() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../contracts/artifacts/token.polkavm");
    std::fs::read(path).unwrap()
}

fn evm_address(account: Sr25519Keyring) -> Address {
    Address::from(accounts::address_of(&account.to_account_id()).0)
}

#[tokio::test(flavor = "multi_thread")]
async fn deploys_and_calls_a_contract_by_the_names_in_the_metadata() {
    let node = Node::instant().await;
    let client = combined(&node).await;
    let (alice, bob) = (evm_address(Sr25519Keyring::Alice), evm_address(Sr25519Keyring::Bob));
    let (decimals, supply) = (U256::from(18), U256::from(1_000));
    // No cap that matters, no delay, and nobody in a role but the admin.
    let (cap, delay, nobody) = (U256::MAX, U256::ZERO, Address::ZERO);
    let constructor = (
        "Salus Token",
        "SAL",
        decimals,
        cap,
        supply,
        alice,
        delay,
        alice,
        nobody,
        nobody,
    )
        .abi_encode_params();
    let limits = (Value::u128(0), weight(), Value::u128(10_000 * UNIT));
    let deploy = dynamic::tx(
        "Revive",
        "instantiate_with_code",
        (
            limits.0.clone(),
            limits.1.clone(),
            limits.2.clone(),
            Value::from_bytes(token_code()),
            Value::from_bytes(constructor),
            Value::unnamed_variant("None", []),
        ),
    );
    let mut tx = client.tx().await.unwrap();
    let progress = tx
        .sign_and_submit_then_watch_default(&deploy, &dev::alice())
        .await
        .unwrap();
    let events = soon(progress.wait_for_finalized_success()).await.unwrap();
    let contract = the_event::<Instantiated>(&events).contract;

    let data = transferCall {
        to: bob,
        value: U256::from(40),
    }
    .abi_encode();
    let call = dynamic::tx(
        "Revive",
        "call",
        (
            Value::from_bytes(contract),
            limits.0,
            limits.1,
            limits.2,
            Value::from_bytes(data),
        ),
    );
    let mut tx = client.tx().await.unwrap();
    let progress = tx
        .sign_and_submit_then_watch_default(&call, &dev::alice())
        .await
        .unwrap();
    let events = soon(progress.wait_for_finalized_success()).await.unwrap();
    let emitted = the_event::<ContractEmitted>(&events);
    assert_eq!(emitted.contract, contract);
    assert_eq!(emitted.data, U256::from(40).to_be_bytes::<32>());
    let indexed: Vec<&[u8]> = emitted.topics[1..].iter().map(|topic| &topic[12..]).collect();
    assert_eq!(indexed, [alice.as_slice(), bob.as_slice()], "from and to");

    let data = balanceOfCall { account: bob }.abi_encode();
    let origin = Value::from_bytes(dev::alice().public_key().0);
    let none = || Value::unnamed_variant("None", []);
    let arguments = (
        origin,
        Value::from_bytes(contract),
        Value::u128(0),
        none(),
        none(),
        Value::from_bytes(data),
    );
    let dry_run = dynamic::runtime_api_call::<_, DryRun>("ReviveApi", "call", arguments);
    let at = client.at_current_block().await.unwrap();
    let answer = at.runtime_apis().call(dry_run).await.unwrap().result.unwrap();
    assert_eq!(answer.data, U256::from(40).to_be_bytes::<32>());
    child_state_is_of(&node, H160(contract)).await;
}

/// The contract's storage, by the methods for child tries.
async fn child_state_is_of(node: &Node, contract: H160) {
    let state = node.chain.state(node.chain.best().hash).unwrap();
    let load = || {
        AccountInfo::<Runtime>::load_contract(&contract)
            .unwrap()
            .child_trie_info()
    };
    let child = state.execute(load).unwrap();
    let name = hex(child.prefixed_storage_key().into_inner());
    let keys = node.ask("childstate_getKeys", json!([name, "0x"])).await;
    let keys = keys.as_array().unwrap();
    assert!(!keys.is_empty());
    let paged = node.ask("childstate_getKeysPaged", json!([name, "0x", 1, null])).await;
    assert_eq!(paged[0], keys[0]);
    let value = node.ask("childstate_getStorage", json!([name, keys[0]])).await;
    let raw = state.storage(Some(&child), &unhex(&keys[0])).unwrap().unwrap();
    assert_eq!(unhex(&value), raw);
    let entries = node
        .ask("childstate_getStorageEntries", json!([name, [keys[0], "0xffff"]]))
        .await;
    assert_eq!(entries, json!([value, null]));
    assert_eq!(
        node.ask("childstate_getStorageSize", json!([name, keys[0]])).await,
        raw.len()
    );
    let hash = node.ask("childstate_getStorageHash", json!([name, keys[0]])).await;
    assert_eq!(hash, json!(BlakeTwo256::hash(&raw)));
    let proof = node.ask("state_getChildReadProof", json!([name, [keys[0]]])).await;
    assert!(!proof["proof"].as_array().unwrap().is_empty());

    // The specification's methods name a child trie without its prefix.
    let id = hex(child.storage_key());
    let items = json!([{ "key": "0x", "type": "descendantsHashes" }]);
    let params = json!([node.chain.best().hash, items, id]);
    let mut found = node
        .subscribe("archive_v1_storage", params, "archive_v1_stopStorage")
        .await;
    for key in keys {
        let entry = found.expect("storage").await;
        assert_eq!((&entry["key"], &entry["childTrieKey"]), (key, &json!(id)));
    }
    found.expect("storageDone").await;
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Instantiated {
    contract: [u8; 20],
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ContractEmitted {
    contract: [u8; 20],
    data: Vec<u8>,
    topics: Vec<[u8; 32]>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct DryRun {
    result: Result<Returned, Value>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Returned {
    data: Vec<u8>,
}

trait ReviveEvent: DecodeAsFields {
    const NAME: &'static str;
}

impl ReviveEvent for Instantiated {
    const NAME: &'static str = "Instantiated";
}

impl ReviveEvent for ContractEmitted {
    const NAME: &'static str = "ContractEmitted";
}

/// The first event of this kind that pallet-revive made.
fn the_event<E: ReviveEvent>(events: &ExtrinsicEvents<SubstrateConfig>) -> E {
    let mut events = events.iter().map(|event| event.unwrap());
    let event = events.find(|event| event.pallet_name() == "Revive" && event.event_name() == E::NAME);
    event.unwrap().decode_fields_unchecked_as().unwrap()
}
