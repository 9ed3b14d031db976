//! The loop: from the cursor to the last finalized block, and on with every new one.
//!
//! History and head are the same to it. It asks up to which block the chain is final, fetches what is missing in ranges,
//! several at once, and stores them in order. Whatever interrupts it, the cursor says where to go on.

mod job;
mod progress;

use std::{collections::HashMap, ops::RangeInclusive, sync::Arc, time::Duration};

use alloy_core::primitives::Address;
use futures::StreamExt;
use subxt_rpcs::client::RpcSubscription;
use tokio::{sync::watch, time::timeout};

pub use progress::{Progress, Summary};

use super::{
    catalogue::Catalogue,
    error::IndexError,
    fetch::Fetcher,
    source::{Head, Header, Source, SourceError},
    store::{Cursor, Followed, Location, Store, StoreError},
};
use job::{Job, RangeSize};
use progress::Meter;

/// Without a new head for so long, the RPC is asked for it.
const QUIET: Duration = Duration::from_secs(15);
/// How often blocks that do not follow each other are fetched again.
const UNLINKED_ATTEMPTS: u32 = 3;

/// How far to index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// Go on with each block that is finalized, instead of ending at the last one.
    pub follow: bool,
    /// End behind this block.
    pub to: Option<u64>,
}

/// Indexes one chain into one database.
#[derive(Debug)]
pub struct Indexer {
    source: Arc<Source>,
    fetcher: Arc<Fetcher>,
    store: Store,
    catalogue: Arc<Catalogue>,
    cursors: Vec<Cursor>,
    names: Arc<HashMap<Address, Arc<str>>>,
    /// The connection for which the chain was last found to be the database's.
    checked: Option<u64>,
}

/// A span of blocks over which the same contracts are looked for.
struct Span {
    blocks: RangeInclusive<u64>,
    contracts: Vec<Address>,
}

impl Indexer {
    /// Opens the database for the chain and takes up the contracts.
    ///
    /// # Errors
    /// [`IndexError`]: the chain does not answer, the database cannot be used or is of another chain.
    pub async fn open(
        source: Arc<Source>,
        location: &Location,
        catalogue: Arc<Catalogue>,
        contracts: &[Followed],
    ) -> Result<Self, IndexError> {
        if contracts.is_empty() {
            return Err(IndexError::NoContracts);
        }
        let genesis = source.genesis_hash().await?;
        let mut store = Store::open(location, genesis).await?;
        let cursors = store.follow(contracts).await?;
        let names = cursors
            .iter()
            .map(|cursor| (cursor.address, cursor.name.as_str().into()));
        Ok(Self {
            names: Arc::new(names.collect()),
            fetcher: Arc::new(Fetcher::new(Arc::clone(&source))),
            source,
            store,
            catalogue,
            cursors,
            checked: None,
        })
    }

    /// The database.
    pub fn store(&mut self) -> &mut Store {
        &mut self.store
    }

    /// Ends in order, see [`Store::close`].
    ///
    /// # Errors
    /// [`StoreError`]: the last step failed; what was committed is safe.
    pub async fn close(self) -> Result<(), StoreError> {
        self.store.close().await
    }

    /// Indexes to the `extent`, or until `stop` holds `true`: then it ends behind the range at hand. `report` is told of
    /// every range that was stored.
    ///
    /// # Errors
    /// [`IndexError`]: what was stored so far is whole, and the next run goes on there.
    pub async fn run(
        &mut self,
        extent: Extent,
        mut stop: watch::Receiver<bool>,
        mut report: impl FnMut(&Progress),
    ) -> Result<Summary, IndexError> {
        let mut meter = Meter::new();
        let mut heads = None;
        let last = extent.to.unwrap_or(u64::MAX);
        let mut head = unless_stopped(&mut stop, self.source.finalized())
            .await
            .transpose()?
            .map(|head| head.number);
        while let Some(known) = head {
            self.check_history().await?;
            let target = known.min(last);
            let caught_up = self.catch_up(target, &mut stop, &mut meter, &mut report).await;
            caught_up.map_err(|error| self.interrupted(error, target, &meter))?;
            if !extent.follow || self.next_block() > last || *stop.borrow() {
                break;
            }
            let next = self.next_block();
            let waited = unless_stopped(&mut stop, self.next_head(&mut heads, next))
                .await
                .transpose();
            head = waited.map_err(|error| self.interrupted(error.into(), target, &meter))?;
        }
        Ok(meter.summary(self.next_block().checked_sub(1), *stop.borrow()))
    }

    /// The first block that is not indexed for every contract.
    fn next_block(&self) -> u64 {
        self.cursors
            .iter()
            .map(|cursor| cursor.next_block)
            .min()
            .unwrap_or_default()
    }

    fn interrupted(&self, error: IndexError, target: u64, meter: &Meter) -> IndexError {
        match (error, self.next_block().checked_sub(1)) {
            (IndexError::Source(source), Some(indexed)) if meter.has_begun() => IndexError::Interrupted {
                source,
                indexed,
                target,
            },
            (error, _) => error,
        }
    }

    /// Stores everything up to block `target`.
    async fn catch_up(
        &mut self,
        target: u64,
        stop: &mut watch::Receiver<bool>,
        meter: &mut Meter,
        report: &mut impl FnMut(&Progress),
    ) -> Result<(), IndexError> {
        meter.resume();
        let mut unlinked = 0;
        while let Some(span) = self.span(target) {
            match self.index_span(&span, target, stop, meter, report).await {
                Err(IndexError::Source(SourceError::Unlinked { .. })) if unlinked < UNLINKED_ATTEMPTS => {
                    unlinked += 1;
                    tokio::time::sleep(Duration::from_millis(200) * unlinked).await;
                }
                other => other?,
            }
            if *stop.borrow() {
                break;
            }
        }
        Ok(())
    }

    /// The lowest blocks up to `target` that are missing, up to where more contracts join.
    fn span(&self, target: u64) -> Option<Span> {
        let start = self.next_block();
        let others = self
            .cursors
            .iter()
            .map(|cursor| cursor.next_block)
            .filter(|next| *next > start);
        let end = others.min().map_or(target, |next| target.min(next - 1));
        let active = self.cursors.iter().filter(|cursor| cursor.next_block == start);
        (start <= end).then(|| Span {
            blocks: start..=end,
            contracts: active.map(|cursor| cursor.address).collect(),
        })
    }

    async fn index_span(
        &mut self,
        span: &Span,
        target: u64,
        stop: &mut watch::Receiver<bool>,
        meter: &mut Meter,
        report: &mut impl FnMut(&Progress),
    ) -> Result<(), IndexError> {
        let mut parent = match span.blocks.start().checked_sub(1) {
            Some(before) => self.store.block_hash(before).await?,
            None => None,
        };
        let job = Arc::new(Job {
            fetcher: Arc::clone(&self.fetcher),
            catalogue: Arc::clone(&self.catalogue),
            names: Arc::clone(&self.names),
            contracts: span.contracts.clone(),
            size: RangeSize::default(),
        });
        let mut batches = job.start(span.blocks.clone());
        while let Some(fetched) = unless_stopped(stop, batches.next()).await.flatten() {
            let batch = fetched??;
            let Some((first, last)) = batch.blocks.first().zip(batch.blocks.last()) else {
                continue;
            };
            if parent.is_some_and(|parent| parent != first.parent_hash) {
                let number = first.number;
                drop(batches);
                self.checked = None;
                self.check_history().await?;
                return Err(self.fetcher.unlinked(number).into());
            }
            self.store.commit(&batch).await?;
            parent = Some(last.hash);
            for cursor in self
                .cursors
                .iter_mut()
                .filter(|cursor| span.contracts.contains(&cursor.address))
            {
                cursor.next_block = last.number + 1;
            }
            report(&meter.count(&batch, target));
        }
        Ok(())
    }

    /// Refuses a chain that has another history than the database, once a connection.
    async fn check_history(&mut self) -> Result<(), IndexError> {
        let generation = self.source.generation().await;
        if self.checked == Some(generation) {
            return Ok(());
        }
        let finalized = self.source.finalized().await?;
        let path = self.store.location().path().to_path_buf();
        let (stored, found) = (self.store.genesis_hash(), self.source.genesis_hash().await?);
        if stored != found {
            return Err(StoreError::OtherChain { path, stored, found }.into());
        }
        // A node that is behind knows the same blocks, only fewer.
        if let Some((number, stored)) = self.store.last_block(finalized.number).await? {
            let found = self.source.hashes(&[number]).await?[0];
            if stored != found {
                return Err(StoreError::OtherHistory {
                    path,
                    number,
                    stored,
                    found,
                }
                .into());
            }
        }
        self.checked = Some(generation);
        Ok(())
    }

    /// Waits until block `next` or a later one is final, and answers the highest that is known to be.
    async fn next_head(&self, heads: &mut Option<RpcSubscription<Header>>, next: u64) -> Result<u64, SourceError> {
        loop {
            let subscription = match heads {
                Some(subscription) => subscription,
                None => heads.insert(self.source.finalized_heads().await?),
            };
            match timeout(QUIET, subscription.next()).await {
                Ok(Some(Ok(header))) if header.number() >= next => return Ok(header.number()),
                Ok(Some(Ok(_))) => continue,
                // The connection is gone, or the subscription; a new one is made.
                Ok(Some(Err(_)) | None) => *heads = None,
                Err(_) => {}
            }
            let Head { number, .. } = self.source.finalized().await?;
            if number >= next {
                return Ok(number);
            }
        }
    }
}

/// What `work` answers, or `None` if `stop` comes first. Whoever holds the other end may drop it: then nothing stops.
async fn unless_stopped<R>(stop: &mut watch::Receiver<bool>, work: impl Future<Output = R>) -> Option<R> {
    let stopped = async {
        if stop.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = stopped => None,
        answer = work => Some(answer),
    }
}
