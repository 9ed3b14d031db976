//! Connections that break, and chains that are not the same any more.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use salus_client::{
    Fault,
    error::Exit,
    indexer::{Catalogue, Extent, IndexError, Indexer, Patience, Source, SourceError, StoreError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::world::{World, brief, seal, serve, unstopped};

/// A proxy that cuts each connection after so many bytes of answers.
async fn cutting_proxy(to: SocketAddr, after: u64) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let cuts = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&cuts);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(to).await else {
                    return;
                };
                let ((mut from_client, mut to_client), (from_server, mut to_server)) =
                    (client.into_split(), server.into_split());
                let up = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
                let mut answers = from_server.take(after);
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = answers.read(&mut buffer).await {
                    if to_client.write_all(&buffer[..read]).await.is_err() {
                        break;
                    }
                }
                counter.fetch_add(1, Ordering::Relaxed);
                up.abort();
            });
        }
    });
    (url, cuts)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_again_and_again_is_made_again_without_loss() {
    let world = World::start().await;
    world.pay(6).await;
    seal(&world.node, 2_000);
    world.index("whole").await;
    // The metadata alone, in hexadecimal, is some hundred thousand bytes: it has to fit between two cuts.
    let (url, cuts) = cutting_proxy(world.server.substrate_addr(), 1_500_000).await;
    let source = Source::new(&url, brief());
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    let mut indexer = Indexer::open(source, &world.location("cut"), catalogue, &world.followed())
        .await
        .unwrap();
    let run = indexer.run(Extent::default(), unstopped(), |_| ());
    tokio::time::timeout(Duration::from_secs(120), run)
        .await
        .unwrap()
        .unwrap();
    drop(indexer);
    assert!(cuts.load(Ordering::Relaxed) > 0, "the connection was cut");
    assert_eq!(world.status("cut").await, world.status("whole").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_goes_away_for_good_is_reported_with_what_was_done() {
    let mut world = World::start().await;
    world.pay(3).await;
    let mut indexer = world.open("gone").await.unwrap();
    let follow = Extent { follow: true, to: None };
    let head = u64::from(world.node.finalized().number);
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let running = tokio::spawn(async move {
        let end = indexer
            .run(follow, unstopped(), |progress| sender.send(progress.last).unwrap())
            .await;
        (end, indexer)
    });
    while receiver.recv().await.unwrap() < head {}
    let port = world.server.substrate_addr().port();
    world.server.stop();
    world.server.stopped().await;
    let (end, mut indexer) = tokio::time::timeout(Duration::from_secs(60), running)
        .await
        .unwrap()
        .unwrap();
    let error = end.unwrap_err();
    assert!(
        matches!(error, IndexError::Interrupted { source: SourceError::Unreachable { .. }, indexed, .. } if indexed == head),
        "{error}"
    );
    assert_eq!((error.exit(), error.is_retryable()), (Exit::Network, true));
    assert!(
        error
            .to_string()
            .contains(&format!("indexed up to block {head} of {head}")),
        "{error}"
    );

    // Back again, with more blocks: the same indexer goes on.
    seal(&world.node, 50);
    world.server = serve(&world.node, port).await;
    let summary = indexer.run(Extent::default(), unstopped(), |_| ()).await.unwrap();
    assert_eq!(summary.blocks, 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_comes_back_while_following_loses_no_block() {
    let mut world = World::start().await;
    let mut indexer = world.open("back").await.unwrap();
    let to = u64::from(world.node.finalized().number) + 60;
    let running = tokio::spawn(async move {
        indexer
            .run(
                Extent {
                    follow: true,
                    to: Some(to),
                },
                unstopped(),
                |_| (),
            )
            .await
    });
    let port = world.server.substrate_addr().port();
    for _ in 0..3 {
        seal(&world.node, 10);
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.server.stop();
        world.server.stopped().await;
        seal(&world.node, 10);
        world.server = serve(&world.node, port).await;
    }
    let summary = tokio::time::timeout(Duration::from_secs(60), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(summary.indexed_to, Some(to));
    world.index("whole").await;
    assert_eq!(
        world.status("back").await.checksum,
        world.status("whole").await.checksum
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_at_the_rpc_is_reported_after_patience_ends() {
    let limit = Duration::from_millis(300);
    let source = Source::new(
        "ws://127.0.0.1:1",
        Patience {
            limit: Some(limit),
            ..brief()
        },
    );
    let started = std::time::Instant::now();
    let error = source.genesis_hash().await.unwrap_err();
    assert!(
        matches!(error, SourceError::Unreachable { lasted, .. } if lasted >= limit),
        "{error}"
    );
    assert!(started.elapsed() >= limit && started.elapsed() < 20 * limit);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_started_anew_is_refused() {
    let world = World::start().await;
    world.pay(2).await;
    world.index("old").await;
    let before = world.status("old").await;
    // The same genesis, other blocks.
    let anew = World::start().await;
    anew.pay(3).await;
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    let opened = Indexer::open(
        anew.source(brief()),
        &world.location("old"),
        catalogue,
        &world.followed(),
    )
    .await;
    let error = match opened {
        Ok(mut indexer) => indexer.run(Extent::default(), unstopped(), |_| ()).await.unwrap_err(),
        Err(error) => error,
    };
    let refused = matches!(
        error,
        IndexError::Store(StoreError::OtherHistory { .. } | StoreError::OtherChain { .. })
    );
    assert!(refused, "{error}");
    assert_eq!(error.exit(), Exit::Database);
    assert_eq!(world.status("old").await, before);
}
