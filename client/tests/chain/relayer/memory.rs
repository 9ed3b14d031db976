//! What outlives a process.

use salus_client::{
    Fault,
    chain::SubmitOptions,
    error::Exit,
    indexer::{Location, Store, StoreError},
    network::Network,
    relayer::{Policy, RelayError, Relayer, Status},
};

use super::{World, random, transaction};
use crate::{
    contracts::suite,
    node::{Node, key},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_in_is_sent_by_the_next_process_and_what_was_sent_is_not_sent_again() {
    let world = World::new().await;
    let (waiting, done) = (world.fresh().await, world.fresh().await);
    let relayer = world.relayer("bob").await;
    let ended = relayer.submit(&done).await.unwrap();
    let id = relayer.accept(&waiting).await.unwrap().ticket;
    let before = world.blocks();
    drop(relayer);

    let relayer = world.relayer("bob").await;
    assert_eq!(relayer.status(id).await.unwrap().status, Status::Accepted);
    assert_eq!(relayer.submit(&done).await.unwrap(), ended);
    // Whoever waits for one sends the others, too.
    relayer.send_pending().await.unwrap();
    transaction(&relayer.status(id).await.unwrap());
    assert_eq!(
        relayer.submit(&waiting).await.unwrap(),
        relayer.status(id).await.unwrap()
    );
    assert_eq!(world.blocks(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_kept_in_mind_too() {
    let world = World::new().await;
    let policy = Policy {
        messages_per_signer: 1,
        ..Policy::default()
    };
    let signer = super::patient();
    let relayer = world.open("bob", policy.clone()).await.unwrap();
    relayer
        .accept(&world.registration(&signer, random()).await)
        .await
        .unwrap();
    drop(relayer);
    let relayer = world.open("bob", policy).await.unwrap();
    let second = relayer.accept(&world.registration(&signer, random()).await).await;
    assert!(matches!(second.unwrap_err(), RelayError::Limited { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_is_of_one_process_one_account_and_one_chain() {
    let world = World::new().await;
    let relayer = world.relayer("bob").await;
    let second = world.open("bob", Policy::default()).await.unwrap_err();
    assert!(
        matches!(second, RelayError::Store(StoreError::InUse { .. })),
        "{second}"
    );
    assert_eq!((second.exit(), second.is_retryable()), (Exit::Database, true));
    // To ask, it need not be free.
    let message = world.fresh().await;
    let ticket = relayer.submit(&message).await.unwrap();
    let memory = world.memory("bob");
    assert_eq!(Relayer::status_at(&memory, ticket.ticket).await.unwrap(), ticket);
    let unknown = Relayer::status_at(&memory, random()).await.unwrap_err();
    assert_eq!(unknown.code(), "unknown_ticket");
    let missing = Relayer::status_at(&world.memory("nobody"), ticket.ticket).await;
    assert_eq!(missing.unwrap_err().code(), "database_missing");
    drop(relayer);

    let open = |memory: Location, name: &str| {
        let (suite, key) = (world.suite.clone(), key(name));
        async move {
            let opened = Relayer::open(suite, key, Policy::default(), &memory, SubmitOptions::default()).await;
            opened.unwrap_err()
        }
    };
    assert_eq!(open(memory, "dave").await.code(), "database_not_expected");
    let index = world.memory("index");
    drop(Store::open(&index, world.chain.genesis_hash()).await.unwrap());
    assert_eq!(open(index, "bob").await.code(), "database_not_expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_started_anew_has_done_nothing_yet() {
    let world = World::new().await;
    let relayer = world.relayer("bob").await;
    let ticket = relayer.submit(&world.fresh().await).await.unwrap();
    drop(relayer);

    let other = Node::start().await;
    let chain = other.connect().await;
    let anew = suite(&chain).await;
    // The last block of the first chain is beyond this one's, or another one.
    let memory = world.memory("bob");
    let live = Network {
        development: false,
        ..other.network()
    };
    let live = salus_client::chain::Chain::connect(&live).await.unwrap();
    let live = salus_client::contracts::Suite::open(&live, &book_of(&world, &anew)).unwrap();
    let refused = Relayer::open(live, key("bob"), Policy::default(), &memory, SubmitOptions::default()).await;
    assert_eq!(refused.unwrap_err().code(), "database_other_history");
    let opened = Relayer::open(anew, key("bob"), Policy::default(), &memory, SubmitOptions::default()).await;
    let forgotten = opened.unwrap().status(ticket.ticket).await.unwrap_err();
    assert_eq!(forgotten.code(), "unknown_ticket");
}

fn book_of(world: &World, suite: &salus_client::contracts::Suite) -> std::path::PathBuf {
    let directory = world.home.path().join("anew");
    suite.book().save(&directory).unwrap();
    directory
}
