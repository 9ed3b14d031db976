//! subxt, which reads everything from the chain's own metadata, with each of its back ends.

use std::{collections::BTreeSet, future::Future, sync::Arc};

use salus_devchain::{
    accounts,
    chain::{Config, Finality, Head, Sealing},
    runtime::UNIT,
};
use sp_keyring::Sr25519Keyring;
use subxt::{
    OnlineClient,
    backend::{ArchiveBackend, ChainHeadBackend, CombinedBackend, LegacyBackend},
    client::Blocks,
    config::{DefaultExtrinsicParamsBuilder, SubstrateConfig},
    dynamic::{self, At, Value},
    tx::TransactionStatus,
};
use subxt_signer::sr25519::{Keypair, dev};

use crate::node::{Node, soon};

pub(crate) type Client = OnlineClient<SubstrateConfig>;

async fn legacy(node: &Node) -> Client {
    let backend = LegacyBackend::builder().build(node.rpc.clone());
    Client::from_backend(Arc::new(backend)).await.unwrap()
}

async fn chain_head(node: &Node) -> Client {
    let backend = ChainHeadBackend::builder().build_with_background_driver(node.rpc.clone());
    Client::from_backend(Arc::new(backend)).await.unwrap()
}

async fn archive(node: &Node) -> Client {
    Client::from_backend(Arc::new(ArchiveBackend::new(node.rpc.clone())))
        .await
        .unwrap()
}

pub(crate) async fn combined(node: &Node) -> Client {
    let backend = CombinedBackend::builder().build_with_background_driver(node.rpc.clone());
    Client::from_backend(Arc::new(backend.await.unwrap())).await.unwrap()
}

fn transfer() -> impl subxt::tx::Payload {
    let to = Value::unnamed_variant("Id", [Value::from_bytes(dev::bob().public_key().0)]);
    dynamic::tx("Balances", "transfer_keep_alive", (to, Value::u128(UNIT)))
}

async fn free_balance(client: &Client, account: &Keypair) -> u128 {
    let address = dynamic::storage::<([u8; 32],), Value>("System", "Account");
    let at = client.at_current_block().await.unwrap();
    let entry = at.storage().fetch(address, (account.public_key().0,)).await.unwrap();
    entry
        .decode()
        .unwrap()
        .at("data")
        .at("free")
        .unwrap()
        .as_u128()
        .unwrap()
}

/// What every back end has to do.
async fn works(client: Client) {
    let at = client.at_current_block().await.unwrap();
    assert!(at.metadata().pallet_by_name("Revive").is_some());
    assert_eq!(at.spec_version(), 1);

    let accounts = dynamic::storage::<([u8; 32],), Value>("System", "Account");
    let mut entries = at.storage().iter(accounts, ()).await.unwrap();
    let mut found = BTreeSet::new();
    while let Some(entry) = entries.next().await {
        found.insert(entry.unwrap().key_bytes()[48..].to_vec());
    }
    for account in accounts::all() {
        assert!(found.contains(AsRef::<[u8]>::as_ref(&account)), "{account}");
    }
    let who = Value::from_bytes(dev::alice().public_key().0);
    let nonce = dynamic::runtime_api_call::<_, u32>("AccountNonceApi", "account_nonce", (who,));
    assert_eq!(at.runtime_apis().call(nonce).await.unwrap(), 0);

    let before = free_balance(&client, &dev::bob()).await;
    let mut tx = client.tx().await.unwrap();
    let progress = tx
        .sign_and_submit_then_watch_default(&transfer(), &dev::alice())
        .await
        .unwrap();
    let in_block = progress.wait_for_finalized().await.unwrap();
    let events = in_block.wait_for_success().await.unwrap();
    let names: Vec<String> = events
        .iter()
        .map(|event| event.unwrap())
        .map(|event| format!("{}.{}", event.pallet_name(), event.event_name()))
        .collect();
    assert!(names.contains(&"Balances.Transfer".to_owned()), "{names:?}");
    assert_eq!(free_balance(&client, &dev::bob()).await, before + UNIT);

    let at = in_block.at().await.unwrap();
    let extrinsics = at.extrinsics().fetch().await.unwrap();
    let calls: Vec<String> = extrinsics
        .iter()
        .map(|extrinsic| extrinsic.unwrap())
        .map(|extrinsic| format!("{}.{}", extrinsic.pallet_name(), extrinsic.call_name()))
        .collect();
    assert_eq!(calls, ["Timestamp.set", "Balances.transfer_keep_alive"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn works_over_the_legacy_methods() {
    let node = Node::instant().await;
    soon(works(legacy(&node).await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn works_over_chain_head() {
    let node = Node::instant().await;
    soon(works(chain_head(&node).await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn works_over_archive() {
    let node = Node::instant().await;
    soon(works(archive(&node).await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn works_over_what_it_chooses_by_itself() {
    let node = Node::instant().await;
    soon(works(combined(&node).await)).await;
    let by_url = Client::from_insecure_url(node.url()).await.unwrap();
    assert_eq!(by_url.genesis_hash().0, node.chain.genesis_hash().0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mortal_transaction_is_accepted_and_its_fee_estimated() {
    let node = Node::instant().await;
    let client = combined(&node).await;
    let tx = client.tx().await.unwrap();
    let params = DefaultExtrinsicParamsBuilder::new().mortal(32).tip(7).build();
    let transfer = transfer();
    let mut signable = tx
        .create_signable(&transfer, &dev::alice().public_key().to_account_id(), params)
        .await
        .unwrap();
    let signed = signable.sign(&dev::alice()).unwrap();
    assert!(signed.validate().await.unwrap().is_valid());
    assert!(signed.partial_fee_estimate().await.unwrap() > 0);
    soon(signed.submit_and_watch().await.unwrap().wait_for_finalized_success())
        .await
        .unwrap();
}

/// Numbers of the blocks that a stream gives, up to the one with the number `last`. `make` makes blocks after the first.
async fn streamed(mut blocks: Blocks<SubstrateConfig>, last: u64, make: impl Future<Output = ()>) -> Vec<u64> {
    // subxt subscribes when it is first asked.
    let first = soon(blocks.next()).await.unwrap().unwrap();
    make.await;
    let mut numbers = vec![first.number()];
    while numbers.last() != Some(&last) {
        let block = soon(blocks.next()).await.unwrap().unwrap();
        assert_eq!(block.at().await.unwrap().block_number(), block.number());
        numbers.push(block.number());
    }
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_give_every_block_in_order() {
    for backend in ["legacy", "chainHead"] {
        let node = Node::manual(2).await;
        let client = match backend {
            "legacy" => legacy(&node).await,
            _ => chain_head(&node).await,
        };
        let make = async || {
            for _ in 0..5 {
                node.chain.seal().unwrap();
            }
        };
        let finalized = client.stream_blocks().await.unwrap();
        assert_eq!(streamed(finalized, 3, make()).await, [0, 1, 2, 3], "{backend}");
        let best = client.stream_best_blocks().await.unwrap();
        let numbers = streamed(best, 10, make()).await;
        assert!(numbers.ends_with(&[6, 7, 8, 9, 10]), "{backend}: {numbers:?}");
        let all = client.stream_all_blocks().await.unwrap();
        let numbers = streamed(all, 15, make()).await;
        assert!(numbers.ends_with(&[11, 12, 13, 14, 15]), "{backend}: {numbers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_is_seen_by_who_waits_for_a_transaction() {
    for backend in ["legacy", "chainHead"] {
        let node = Node::manual(2).await;
        let client = match backend {
            "legacy" => legacy(&node).await,
            _ => chain_head(&node).await,
        };
        let mut tx = client.tx().await.unwrap();
        let mut progress = tx
            .sign_and_submit_then_watch_default(&transfer(), &dev::alice())
            .await
            .unwrap();
        let mut next = async || soon(progress.next()).await.unwrap().unwrap();
        assert!(matches!(next().await, TransactionStatus::Validated));
        let first = node.chain.seal().unwrap();
        let status = next().await;
        assert_eq!(status.as_in_block().unwrap().block_hash().0, first.hash.0, "{backend}");
        node.chain.reorganise(1, true).unwrap();
        let mut status = next().await;
        // The legacy back end swallows that a block was retracted.
        if backend == "chainHead" {
            assert!(matches!(status, TransactionStatus::NoLongerInBestBlock));
            status = next().await;
        }
        let second = node.chain.hash_at(1).unwrap().unwrap();
        assert_eq!(status.as_in_block().unwrap().block_hash().0, second.0, "{backend}");
        node.chain.seal().unwrap();
        let status = next().await;
        assert_eq!(status.as_finalized().unwrap().block_hash().0, second.0, "{backend}");
    }
}

/// Waits until the client has come to this block.
async fn comes_to(client: &Client, block: Head) {
    soon(async {
        while client.at_current_block().await.map(|at| at.block_hash().0).ok() != Some(block.hash.0) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_after_the_chain_was_set_back() {
    let node = Node::manual(0).await;
    let client = chain_head(&node).await;
    let snapshot = node.chain.snapshot();
    comes_to(&client, node.chain.seal().unwrap()).await;
    node.chain.revert(snapshot).unwrap();
    comes_to(&client, node.chain.seal().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_fifty_transactions_of_one_account_at_a_time() {
    for sealing in [
        Sealing::Instant,
        Sealing::Interval(std::time::Duration::from_millis(100)),
    ] {
        let node = Node::start(Config {
            sealing,
            finality: Finality::Depth(1),
            ..Default::default()
        })
        .await;
        let client = combined(&node).await;
        let tx = client.tx().await.unwrap();
        let transfer = transfer();
        let mut submissions = Vec::new();
        // The highest nonce first: the queue has to bring them into order.
        for nonce in (0..50).rev() {
            let params = DefaultExtrinsicParamsBuilder::new().nonce(nonce).immortal().build();
            let account = dev::alice().public_key().to_account_id();
            let mut signable = tx.create_signable(&transfer, &account, params).await.unwrap();
            let signed = signable.sign(&dev::alice()).unwrap();
            submissions.push(tokio::spawn(async move {
                let mut progress = signed.submit_and_watch().await.unwrap();
                loop {
                    match progress.next().await.unwrap().unwrap() {
                        TransactionStatus::InBestBlock(block) => {
                            break block.wait_for_success().await.unwrap().extrinsic_hash();
                        }
                        TransactionStatus::Validated | TransactionStatus::Broadcasted => {}
                        other => panic!("{other:?}"),
                    }
                }
            }));
        }
        let mut included = BTreeSet::new();
        for submission in submissions {
            included.insert(soon(submission).await.unwrap());
        }
        assert_eq!(included.len(), 50);
        let alice = Sr25519Keyring::Alice.to_account_id();
        assert_eq!(node.chain.next_nonce(&alice).unwrap(), 50);
        assert!(node.chain.pending().is_empty());
    }
}
