use salus_devchain::chain::extrinsic_hash;
use serde_json::json;

use crate::node::{Node, code_and_data, hex, soon};

const WATCH: (&str, &str) = ("author_submitAndWatchExtrinsic", "author_unwatchExtrinsic");

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_extrinsic_tells_ready_in_block_and_finalized_though_sealed_at_once() {
    let node = Node::instant().await;
    let mut statuses = node.subscribe(WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    assert_eq!(statuses.next().await, "ready");
    let best = json!(node.chain.best().hash);
    assert_eq!(statuses.next().await, json!({ "inBlock": best }));
    assert_eq!(statuses.next().await, json!({ "finalized": best }));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_have_the_codes_and_texts_that_tools_match_on() {
    let node = Node::manual(0).await;
    let submit = async |extrinsic: Vec<u8>| node.refused("author_submitExtrinsic", json!([hex(extrinsic)])).await;
    let first = node.transfer(0);
    let accepted = node.ask("author_submitExtrinsic", json!([hex(&first)])).await;
    assert_eq!(accepted, json!(extrinsic_hash(&first)));
    assert_eq!(submit(first).await.0, 1013, "already imported");
    node.ask("author_submitExtrinsic", json!([hex(node.transfer_with_tip(0, 1_000))]))
        .await;
    let (code, data) = submit(node.transfer_with_tip(0, 10)).await;
    assert_eq!(code, 1014);
    let text = "The transaction has too low priority to replace another transaction already in the pool.";
    assert_eq!(data, Some(json!(text)));
    node.chain.seal().unwrap();
    assert_eq!(
        submit(node.transfer(0)).await,
        (1010, Some(json!("Transaction is outdated")))
    );
    let mut forged = node.transfer(1);
    // Inside the signature.
    forged[50] ^= 1;
    assert_eq!(
        submit(forged).await,
        (1010, Some(json!("Transaction has a bad signature")))
    );
    assert_eq!(submit(vec![1, 2, 3]).await.0, 1001, "no extrinsic");
    assert_eq!(submit(Vec::new()).await.0, 1001);

    // The same from the subscription, before it begins.
    let params = subxt::rpcs::rpc_params![hex(node.transfer(0))];
    let refused = soon(node.rpc.subscribe::<serde_json::Value>(WATCH.0, params, WATCH.1)).await;
    let Err(error) = refused else {
        panic!("it is outdated");
    };
    assert_eq!(code_and_data(&error), (1010, Some(json!("Transaction is outdated"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_can_be_seen_and_thinned() {
    let node = Node::manual(0).await;
    let (first, second) = (node.transfer(0), node.transfer(1));
    let mut statuses = node.subscribe(WATCH.0, json!([hex(&first)]), WATCH.1).await;
    assert_eq!(statuses.next().await, "ready");
    node.chain.submit(&second).unwrap();
    let pending = node.ask("author_pendingExtrinsics", json!([])).await;
    assert_eq!(pending, json!([hex(&first), hex(&second)]));
    let unknown = json!({ "hash": extrinsic_hash(b"unknown") });
    let names = json!([{ "extrinsic": hex(&first) }, { "hash": extrinsic_hash(&second) }, unknown]);
    let removed = node.ask("author_removeExtrinsic", json!([names])).await;
    assert_eq!(removed, json!([extrinsic_hash(&first), extrinsic_hash(&second)]));
    assert_eq!(node.ask("author_pendingExtrinsics", json!([])).await, json!([]));
    assert_eq!(statuses.next().await, "dropped");
    assert_eq!(node.ask("author_hasKey", json!(["0x00", "aura"])).await, false);
    assert_eq!(node.refused("author_hasKey", json!(["0x00", "longer"])).await.0, 1040);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_paid_rival_usurps() {
    let node = Node::manual(0).await;
    let rival = node.transfer_with_tip(0, 1_000);
    let mut statuses = node.subscribe(WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    assert_eq!(statuses.next().await, "ready");
    node.chain.submit(&rival).unwrap();
    assert_eq!(statuses.next().await, json!({ "usurped": extrinsic_hash(&rival) }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extrinsic_with_a_gap_before_it_is_future() {
    let node = Node::manual(0).await;
    let mut statuses = node.subscribe(WATCH.0, json!([hex(node.transfer(1))]), WATCH.1).await;
    assert_eq!(statuses.next().await, "future");
    node.chain.submit(&node.transfer(0)).unwrap();
    let block = json!(node.chain.seal().unwrap().hash);
    assert_eq!(statuses.next().await, json!({ "inBlock": block }));
    assert_eq!(statuses.next().await, json!({ "finalized": block }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_retracts_and_includes_again() {
    let node = Node::manual(3).await;
    let mut statuses = node.subscribe(WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    assert_eq!(statuses.next().await, "ready");
    let first = node.chain.seal().unwrap();
    assert_eq!(statuses.next().await, json!({ "inBlock": first.hash }));
    node.chain.reorganise(1, true).unwrap();
    assert_eq!(statuses.next().await, json!({ "retracted": first.hash }));
    let second = node.chain.hash_at(1).unwrap().unwrap();
    assert_ne!(second, first.hash);
    assert_eq!(statuses.next().await, json!({ "inBlock": second }));
    assert!(statuses.is_silent().await, "not final yet");
    for _ in 0..3 {
        node.chain.seal().unwrap();
    }
    assert_eq!(statuses.next().await, json!({ "finalized": second }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_that_forgets_drops() {
    let node = Node::manual(3).await;
    let mut statuses = node.subscribe(WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    assert_eq!(statuses.next().await, "ready");
    let block = node.chain.seal().unwrap();
    assert_eq!(statuses.next().await, json!({ "inBlock": block.hash }));
    node.chain.reorganise(1, false).unwrap();
    assert_eq!(statuses.next().await, json!({ "retracted": block.hash }));
    assert_eq!(statuses.next().await, "dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_the_chain_back_retracts_what_is_gone_and_keeps_what_waited() {
    let node = Node::manual(3).await;
    let mut waits = node.subscribe(WATCH.0, json!([hex(node.transfer(1))]), WATCH.1).await;
    assert_eq!(waits.next().await, "future");
    let snapshot = node.chain.snapshot();
    let mut gone = node.subscribe(WATCH.0, json!([hex(node.transfer(0))]), WATCH.1).await;
    assert_eq!(gone.next().await, "ready");
    let block = node.chain.seal().unwrap();
    assert_eq!(gone.next().await, json!({ "inBlock": block.hash }));
    assert_eq!(waits.next().await, json!({ "inBlock": block.hash }));
    assert!(node.chain.revert(snapshot).unwrap());
    assert_eq!(gone.next().await, json!({ "retracted": block.hash }));
    assert_eq!(gone.next().await, "dropped");
    assert_eq!(waits.next().await, json!({ "retracted": block.hash }));
    assert!(
        waits.is_silent().await,
        "it waits again, as it did when the snapshot was taken"
    );
}
