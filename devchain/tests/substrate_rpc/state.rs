use std::collections::BTreeMap;

use codec::Decode;
use salus_devchain::runtime::{Hash, UNIT};
use serde_json::{Value, json};
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::{BlakeTwo256, Hash as _};
use sp_trie::StorageProof;

use crate::{
    node::{Node, hex, unhex},
    support,
};

fn alice() -> String {
    hex(support::account_key(Sr25519Keyring::Alice))
}

fn bob() -> String {
    hex(support::account_key(Sr25519Keyring::Bob))
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_and_version_come_from_the_runtime_and_the_code_is_but_a_name() {
    let node = Node::instant().await;
    let metadata = unhex(&node.ask("state_getMetadata", json!([])).await);
    assert_eq!(&metadata[..5], b"meta\x0e", "version 14, without a length before it");
    let called = unhex(&node.ask("state_call", json!(["Metadata_metadata", "0x"])).await);
    assert_eq!(Vec::<u8>::decode(&mut &called[..]).unwrap(), metadata);
    let code = unhex(&node.ask("state_getStorage", json!([hex(b":code")])).await);
    assert!(
        code.starts_with(b"native runtime salus-devchain version 1 "),
        "a name, by whose hash clients know the runtime"
    );

    let version = node.ask("state_getRuntimeVersion", json!([])).await;
    assert_eq!(version["specName"], "salus-devchain");
    assert_eq!(version["transactionVersion"], 1);
    // The identifier and the version of `Metadata`.
    assert!(
        version["apis"]
            .as_array()
            .unwrap()
            .contains(&json!(["0x37e397fc7c91f5e4", 2])),
        "{version}"
    );
    let mut versions = node
        .subscribe(
            "state_subscribeRuntimeVersion",
            json!([]),
            "state_unsubscribeRuntimeVersion",
        )
        .await;
    assert_eq!(versions.next().await, version);
    assert!(versions.is_silent().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_keys_add_up_to_all_keys() {
    let node = Node::instant().await;
    let all = node.ask("state_getKeys", json!(["0x"])).await;
    let all = all.as_array().unwrap();
    let mut paged: Vec<Value> = Vec::new();
    loop {
        let page = node.ask("state_getKeysPaged", json!(["0x", 7, paged.last()])).await;
        let page = page.as_array().unwrap();
        paged.extend(page.iter().cloned());
        if page.len() < 7 {
            break;
        }
    }
    assert!(all.len() > 3 * 7, "{}", all.len());
    assert_eq!(&paged, all);
    assert!(all.is_sorted_by_key(|key| key.as_str().unwrap().to_owned()));

    let accounts = &alice()[..66];
    let pairs = node.ask("state_getPairs", json!([accounts])).await;
    let keys = node.ask("state_getKeys", json!([accounts])).await;
    let of_pairs: Vec<&Value> = pairs.as_array().unwrap().iter().map(|pair| &pair[0]).collect();
    assert_eq!(of_pairs, keys.as_array().unwrap().iter().collect::<Vec<_>>());
    let found = pairs
        .as_array()
        .unwrap()
        .iter()
        .find(|pair| pair[0] == alice())
        .unwrap();
    assert_eq!(found[1], node.ask("state_getStorage", json!([alice()])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_have_hashes_and_sizes() {
    let node = Node::instant().await;
    let value = unhex(&node.ask("state_getStorage", json!([alice()])).await);
    assert_eq!(support::free_balance(&value), 10_000_000 * UNIT);
    let hash = node.ask("state_getStorageHash", json!([alice()])).await;
    assert_eq!(hash, json!(BlakeTwo256::hash(&value)));
    assert_eq!(node.ask("state_getStorageSize", json!([alice()])).await, value.len());
    let accounts = node
        .ask("state_getKeys", json!([&alice()[..66]]))
        .await
        .as_array()
        .unwrap()
        .len();
    let together = node.ask("state_getStorageSize", json!([&alice()[..66]])).await;
    assert_eq!(together, accounts * value.len(), "all values below a prefix");
    for method in ["state_getStorage", "state_getStorageHash", "state_getStorageSize"] {
        assert_eq!(node.ask(method, json!(["0xffff"])).await, Value::Null, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_states_stay_readable() {
    let node = Node::instant().await;
    let genesis = node.chain.genesis_hash();
    let before = node.ask("state_getStorage", json!([bob()])).await;
    node.chain.submit(&node.transfer(0)).unwrap();
    let after = node.ask("state_getStorage", json!([bob()])).await;
    let difference = support::free_balance(&unhex(&after)) - support::free_balance(&unhex(&before));
    assert_eq!(difference, UNIT);
    assert_eq!(node.ask("state_getStorage", json!([bob(), genesis])).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_proves_what_it_is_asked_for() {
    let node = Node::instant().await;
    let value = unhex(&node.ask("state_getStorage", json!([alice()])).await);
    let absent = vec![0xff; 8];
    let answer = node.ask("state_getReadProof", json!([[alice(), hex(&absent)]])).await;
    assert_eq!(answer["at"], json!(node.chain.genesis_hash()));
    let nodes = answer["proof"].as_array().unwrap().iter().map(unhex);
    let proof = StorageProof::new(nodes);
    let block = node.chain.block(node.chain.genesis_hash()).unwrap().unwrap();
    let key = unhex(&json!(alice()));
    let keys = [&key, &absent];
    let read = sp_state_machine::read_proof_check::<BlakeTwo256, _>(block.header.state_root, proof, keys).unwrap();
    assert_eq!(read[&key], Some(value));
    assert_eq!(read[&absent], None);
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_is_queried_over_blocks() {
    let node = Node::manual(3).await;
    let genesis = node.chain.genesis_hash();
    let empty = node.chain.seal().unwrap();
    node.chain.submit(&node.transfer(0)).unwrap();
    let transfer = node.chain.seal().unwrap();
    let absent = "0xffff";
    let sets = node.ask("state_queryStorage", json!([[bob(), absent], genesis])).await;
    let sets = sets.as_array().unwrap();
    assert_eq!(sets.len(), 2, "the block {empty:?} changed nothing of it: {sets:?}");
    assert_eq!(sets[0]["block"], json!(genesis));
    assert_eq!(sets[0]["changes"][1], json!([absent, null]));
    assert_eq!(sets[1]["block"], json!(transfer.hash));
    assert_eq!(sets[1]["changes"].as_array().unwrap().len(), 1);
    let now = node.ask("state_queryStorageAt", json!([[bob()]])).await;
    assert_eq!(now[0]["changes"], sets[1]["changes"]);
    let backwards = node
        .refused("state_queryStorage", json!([[bob()], transfer.hash, genesis]))
        .await;
    assert_eq!(backwards.0, 4001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_tells_the_value_and_then_its_changes_only() {
    let node = Node::manual(3).await;
    let mut changes = node
        .subscribe("state_subscribeStorage", json!([[bob()]]), "state_unsubscribeStorage")
        .await;
    let first = changes.next().await;
    assert_eq!(first["block"], json!(node.chain.genesis_hash()));
    let before = support::free_balance(&unhex(&first["changes"][0][1]));
    node.chain.seal().unwrap();
    node.chain.submit(&node.transfer(0)).unwrap();
    let block = node.chain.seal().unwrap();
    let second = changes.next().await;
    assert_eq!(second["block"], json!(block.hash), "not the empty block");
    assert_eq!(support::free_balance(&unhex(&second["changes"][0][1])), before + UNIT);
    node.chain.reorganise(1, false).unwrap();
    let third = changes.next().await;
    assert_eq!(
        support::free_balance(&unhex(&third["changes"][0][1])),
        before,
        "taken back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_to_everything_tells_all_that_a_block_changes() {
    let node = Node::manual(0).await;
    let mut changes = node
        .subscribe("state_subscribeStorage", json!([]), "state_unsubscribeStorage")
        .await;
    assert_eq!(changes.next().await["changes"], json!([]));
    let state = |hash: Hash| {
        let state = node.chain.state(hash).unwrap();
        let keys = state.keys(None, &[], None, usize::MAX).unwrap();
        let value = |key: Vec<u8>| (hex(&key), hex(state.storage(None, &key).unwrap().unwrap()));
        keys.into_iter().map(value).collect::<BTreeMap<_, _>>()
    };
    let mut known = state(node.chain.genesis_hash());
    node.chain.submit(&node.transfer(0)).unwrap();
    let block = node.chain.seal().unwrap();
    for change in changes.next().await["changes"].as_array().unwrap() {
        let key = change[0].as_str().unwrap().to_owned();
        match change[1].as_str() {
            Some(value) => known.insert(key, value.to_owned()),
            None => known.remove(&key),
        };
    }
    assert_eq!(known, state(block.hash), "the changes lead from one state to the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_told_of_best_of_all_and_of_final_blocks() {
    let node = Node::manual(2).await;
    let subscribe = async |name: &str| {
        let (start, stop) = (format!("chain_subscribe{name}"), format!("chain_unsubscribe{name}"));
        node.subscribe(&start, json!([]), &stop).await
    };
    let (mut all, mut best, mut finalized) = (
        subscribe("AllHeads").await,
        subscribe("NewHeads").await,
        subscribe("FinalizedHeads").await,
    );
    for heads in [&mut all, &mut best, &mut finalized] {
        assert_eq!(heads.next().await["number"], "0x0");
    }
    let first = node.chain.seal().unwrap();
    for heads in [&mut all, &mut best] {
        let header = heads.next().await;
        assert_eq!(header["number"], "0x1");
        assert_eq!(header["parentHash"], json!(node.chain.genesis_hash()));
    }
    let fork = node.chain.reorganise(1, true).unwrap();
    assert_eq!(best.next().await["number"], "0x2", "the best one of the fork");
    assert_eq!(all.next().await["number"], "0x1");
    assert_eq!(all.next().await["number"], "0x2");
    assert!(finalized.is_silent().await);
    node.chain.finalize(2).unwrap();
    assert_eq!(finalized.next().await["number"], "0x1");
    assert_eq!(finalized.next().await["number"], "0x2");

    assert_eq!(node.ask("chain_getFinalizedHead", json!([])).await, json!(fork.hash));
    let block = node.ask("chain_getBlock", json!([first.hash])).await;
    assert_eq!(
        block["block"]["extrinsics"].as_array().unwrap().len(),
        1,
        "an abandoned block, with its timestamp"
    );
    assert_eq!(block["justifications"], Value::Null);
    let hashes = node.ask("chain_getBlockHash", json!([[0, "0x2", 9]])).await;
    assert_eq!(hashes, json!([node.chain.genesis_hash(), fork.hash, null]));
    assert_eq!(node.ask("chain_getBlockHash", json!([])).await, json!(fork.hash));
}
