//! How many events a second the index takes.

use std::{
    fmt,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol,
    sol_types::SolEvent,
};
use anyhow::{Result, ensure};
use salus_client::{
    chain::{Chain, Finality, SubmitOptions},
    contracts::Suite,
    devnet::{Devnet, DevnetOptions},
    indexer::{
        Batch, Block, Catalogue, Extent, Followed, IndexedLog, Indexer, Location, Patience, RawLog, Source, Store,
    },
    keystore::dev,
};
use serde::Serialize;
use tokio::sync::watch;

sol! {
    event Transfer(address indexed from, address indexed to, uint256 value);
}

/// How long to write to the database.
const SPAN: Duration = Duration::from_secs(3);
/// Transactions on the chain that is indexed, each in a block of its own.
const TRANSFERS: u64 = 300;
/// Blocks without any, behind them.
const EMPTY_BLOCKS: u64 = 3_000;

/// Events a second on this machine.
#[derive(Debug, Serialize)]
pub(crate) struct Speed {
    /// Decoded events and what is projected from them into the database.
    stored_events_per_second: f64,
    /// The same again from the raw events that are there.
    rebuilt_events_per_second: f64,
    /// Blocks with one event each, from the chain's RPC into the database.
    indexed_blocks_per_second: f64,
    /// Blocks without events, the same way.
    indexed_empty_blocks_per_second: f64,
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} events stored, {:.0} events rebuilt, {:.0} blocks with an event, {:.0} empty blocks a second",
            self.stored_events_per_second,
            self.rebuilt_events_per_second,
            self.indexed_blocks_per_second,
            self.indexed_empty_blocks_per_second
        )
    }
}

/// Measures in files that are gone afterwards.
pub(crate) fn measure() -> Result<Speed> {
    let home = tempfile::tempdir()?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let catalogue = Arc::new(Catalogue::built_in()?);
        let (stored, rebuilt) = store(&Location::from(&*home.path().join("store")), &catalogue).await?;
        let (with_events, empty) = backfill(home.path(), catalogue).await?;
        Ok(Speed {
            stored_events_per_second: stored,
            rebuilt_events_per_second: rebuilt,
            indexed_blocks_per_second: with_events,
            indexed_empty_blocks_per_second: empty,
        })
    })
}

/// From a chain over its RPC into a database.
async fn backfill(home: &Path, catalogue: Arc<Catalogue>) -> Result<(f64, f64)> {
    let devnet = Devnet::start(DevnetOptions::default()).await?;
    let network = devnet.network();
    devnet.deploy(&network.name, home, false).await?;
    let chain = Chain::connect(&network).await?;
    let suite = Suite::open(&chain, home)?;
    let token = suite.token().await?;
    let first_block = chain.api().at_current_block().await?.block_number() + 1;
    let options = SubmitOptions {
        finality: Finality::InBlock,
        ..SubmitOptions::default()
    };
    for turn in 1..=TRANSFERS {
        let to = Address::from_word(keccak256(turn.to_be_bytes()));
        token.transfer(&dev::deployer(), to, U256::from(turn), options).await?;
    }
    let last_transfer = first_block + TRANSFERS - 1;
    for _ in 0..EMPTY_BLOCKS {
        devnet.engine().seal()?;
    }
    let followed = [Followed {
        name: "token".into(),
        address: token.contract().address(),
        first_block,
    }];
    let source = Source::new(&network.substrate_rpc, Patience::default());
    let location = Location::from(&*home.join("chain"));
    let mut indexer = Indexer::open(source, &location, catalogue, &followed).await?;
    let mut run = async |to| -> Result<(u64, f64)> {
        let extent = Extent { follow: false, to };
        let started = Instant::now();
        let summary = indexer.run(extent, watch::channel(false).1, |_| ()).await?;
        Ok((summary.logs, rate(summary.blocks, started.elapsed())))
    };
    let (logs, with_events) = run(Some(last_transfer)).await?;
    ensure!(logs == TRANSFERS, "{logs} events of {TRANSFERS} were indexed");
    let (_, empty) = run(None).await?;
    devnet.stop().await;
    Ok((with_events, empty))
}

/// Transfers among a thousand accounts into a database, and the projections of them again.
async fn store(location: &Location, catalogue: &Catalogue) -> Result<(f64, f64)> {
    const BLOCKS: u64 = 100;
    let token = Address::repeat_byte(0x70);
    let mut store = Store::open(location, B256::ZERO).await?;
    let followed = [Followed {
        name: "token".into(),
        address: token,
        first_block: 1,
    }];
    store.follow(&followed).await?;
    let (mut spent, mut count, mut next) = (Duration::ZERO, 0, 1);
    while spent < SPAN {
        let batch = batch(token, next, BLOCKS, catalogue);
        let started = Instant::now();
        store.commit(&batch).await?;
        spent += started.elapsed();
        count += batch.logs.len() as u64;
        next += BLOCKS;
    }
    let started = Instant::now();
    let rebuilt = store.rebuild(catalogue, |_, _| ()).await?;
    ensure!(rebuilt == count, "{rebuilt} events of {count} were rebuilt");
    Ok((rate(count, spent), rate(count, started.elapsed())))
}

/// `blocks` blocks from `first` on, with twenty transfers each.
fn batch(token: Address, first: u64, blocks: u64, catalogue: &Catalogue) -> Batch {
    const TRANSFERS: u32 = 20;
    let name: Arc<str> = "token".into();
    let hash = |number: u64| keccak256(number.to_be_bytes());
    let holder = |number: u64| Address::from_word(hash(number % 1_000));
    let log = |number: u64, index: u32| {
        let turn = number * 31 + u64::from(index);
        let transfer = Transfer {
            from: holder(turn),
            to: holder(turn + 7),
            value: U256::from(number) << 70,
        };
        let data = transfer.encode_log_data();
        let raw = RawLog {
            block: number,
            index,
            extrinsic: Some(1),
            address: token,
            topics: data.topics().to_vec(),
            data: data.data.to_vec(),
        };
        IndexedLog::new(catalogue, &name, raw)
    };
    let block = |number| Block {
        number,
        hash: hash(number),
        parent_hash: hash(number - 1),
        timestamp: number,
    };
    let numbers = first..first + blocks;
    Batch {
        contracts: vec![token],
        blocks: numbers.clone().map(block).collect(),
        logs: numbers
            .flat_map(|number| (0..TRANSFERS).map(move |index| (number, index)))
            .map(|(number, index)| log(number, index))
            .collect(),
    }
}

fn rate(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}
