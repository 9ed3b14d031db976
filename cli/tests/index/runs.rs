//! What is stored of a chain, and when a run ends.

use std::{collections::HashSet, sync::Arc, time::Duration};

use salus_client::indexer::{
    BalanceFilter, Catalogue, EventFilter, EventReader, Extent, Followed, IndexError, Indexer, Reader,
};
use tokio::sync::watch;

use crate::world::{SUPPLY, World, brief, holder, seal, unstopped};

#[tokio::test(flavor = "multi_thread")]
async fn the_index_tells_what_the_chain_tells() {
    let world = World::start().await;
    world.pay(12).await;
    seal(&world.node, 200);
    let summary = world.index("a").await;
    let head = u64::from(world.node.finalized().number);
    assert_eq!(summary.indexed_to, Some(head));
    assert_eq!(summary.blocks, head - world.deploy_block + 1);
    assert_eq!((summary.logs, summary.undecoded, summary.stopped), (14, 0, false));

    let mut reader = Reader::open(&world.location("a")).await.unwrap();
    let balances = reader.balances(&BalanceFilter::default(), 100).await.unwrap();
    assert_eq!(balances.len(), 6);
    for row in balances {
        assert_eq!(
            row.balance,
            world.balance(row.holder).await.to_string(),
            "{}",
            row.holder
        );
    }
    let events = reader.events(&EventFilter::default(), 100).await.unwrap();
    assert_eq!((events.len(), events[0].name.as_str()), (14, "RoleGranted"));
    let events = &events[1..];
    let fields = |position: usize| serde_json::from_str::<serde_json::Value>(events[position].fields.get()).unwrap();
    assert_eq!(fields(0)["value"], SUPPLY.to_string());
    assert_eq!(fields(12)["to"], format!("{:#x}", holder(12)));
    assert!(
        events
            .iter()
            .all(|event| event.name == "Transfer" && event.contract == "token" && event.extrinsic.is_some())
    );
    let status = reader.status().await.unwrap();
    assert_eq!(status.checkpoint.unwrap().hash.0, world.node.finalized().hash.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_goes_on_where_the_first_ended() {
    let world = World::start().await;
    world.pay(5).await;
    world.index("parts").await;
    assert_eq!(world.index("parts").await.blocks, 0);
    world.pay(5).await;
    seal(&world.node, 100);
    assert_eq!(world.index("parts").await.logs, 5);
    world.index("whole").await;
    assert_eq!(world.status("parts").await, world.status("whole").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_in_ranges_of_any_length_store_the_same() {
    let world = World::start().await;
    world.pay(8).await;
    seal(&world.node, 300);
    world.index("whole").await;
    let last = u64::from(world.node.finalized().number);
    let mut to = world.deploy_block;
    while to < last + 20 {
        let mut indexer = world.open("parts").await.unwrap();
        let extent = Extent {
            follow: false,
            to: Some(to),
        };
        let summary = indexer.run(extent, unstopped(), |_| ()).await.unwrap();
        assert_eq!(summary.indexed_to, Some(to.min(last)));
        to += 17;
    }
    assert_eq!(world.status("parts").await, world.status("whole").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn following_stores_each_block_that_becomes_final_and_stops_when_told() {
    let world = World::start().await;
    let (stop, stopped) = watch::channel(false);
    let mut indexer = world.open("follow").await.unwrap();
    let follow = Extent { follow: true, to: None };
    let running = tokio::spawn(async move { indexer.run(follow, stopped, |_| ()).await });
    world.pay(6).await;
    let head = u64::from(world.node.finalized().number);
    tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let Ok(mut reader) = Reader::open(&world.location("follow")).await else {
                continue;
            };
            let checkpoint = reader.status().await.unwrap().checkpoint;
            if checkpoint.is_some_and(|checkpoint| checkpoint.block == head) {
                break;
            }
        }
    })
    .await
    .unwrap();
    stop.send(true).unwrap();
    let summary = tokio::time::timeout(Duration::from_secs(5), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(summary.stopped);
    assert_eq!((summary.indexed_to, summary.logs), (Some(head), 8));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_is_added_later_is_indexed_from_its_deployment() {
    let world = World::start().await;
    world.pay(4).await;
    let other = Followed {
        name: "other".into(),
        address: holder(1),
        first_block: world.deploy_block,
    };
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    let location = world.location("late");
    let open = async |contracts: &[Followed]| {
        Indexer::open(world.source(brief()), &location, Arc::clone(&catalogue), contracts)
            .await
            .unwrap()
    };
    let mut indexer = open(std::slice::from_ref(&other)).await;
    assert_eq!(
        indexer.run(Extent::default(), unstopped(), |_| ()).await.unwrap().logs,
        0
    );
    drop(indexer);
    world.pay(3).await;
    let mut indexer = open(&[&[other][..], &world.followed()].concat()).await;
    assert_eq!(
        indexer.run(Extent::default(), unstopped(), |_| ()).await.unwrap().logs,
        9
    );
    drop(indexer);
    world.index("whole").await;
    assert_eq!(
        world.status("late").await.checksum,
        world.status("whole").await.checksum
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_events_are_refused_wherever_the_damage_is() {
    let world = World::start().await;
    let state = world.node.state(world.node.finalized().hash).unwrap();
    let key = ["System", "Events"]
        .map(|name| sp_crypto_hashing::twox_128(name.as_bytes()))
        .concat();
    let events = state.storage(None, &key).unwrap().unwrap();
    let metadata: Vec<u8> = codec::Decode::decode(&mut &state.call("Metadata_metadata", &[]).unwrap()[..]).unwrap();
    let reader = EventReader::new(&subxt::Metadata::decode_from(&metadata).unwrap()).unwrap();
    let contracts = HashSet::from([world.token]);
    let read = |bytes: &[u8]| {
        let mut logs = Vec::new();
        reader.logs(1, bytes, &contracts, &mut logs).map(|()| logs)
    };
    let logs = read(&events).unwrap();
    let topics: Vec<_> = logs.iter().map(|log| log.topics.len()).collect();
    assert_eq!(topics, [4, 3], "the admin's role and the mint of the deployment");
    for end in 1..events.len() {
        assert!(read(&events[..end]).is_err(), "cut at {end}");
    }
    assert!(read(&[&events[..], &[0]].concat()).is_err(), "a byte too much");
    // A changed byte may make other events; it never makes the reader panic or find more than there is.
    for position in 0..events.len() {
        let mut events = events.clone();
        events[position] ^= 0xFF;
        assert!(read(&events).map_or(0, |logs| logs.len()) <= 2, "{position}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_follow_is_an_error() {
    let world = World::start().await;
    let catalogue = Arc::new(Catalogue::built_in().unwrap());
    let error = Indexer::open(world.source(brief()), &world.location("none"), catalogue, &[])
        .await
        .unwrap_err();
    assert!(matches!(error, IndexError::NoContracts), "{error}");
}
