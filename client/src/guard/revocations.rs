//! Word of every consent that ends, in the block in which it does.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use alloy_core::{
    primitives::{Address, B256},
    sol_types::SolEvent,
};
use futures::{Stream, stream};
use salus_core::consent::Status;
use serde::de::IgnoredAny;
use subxt_rpcs::client::RpcSubscription;
use tokio::time::{sleep, timeout};

use super::{GuardError, Settings};
use crate::{
    chain::{Block, Chain, Finality, Log},
    contracts::consent::{Consent, IConsent},
};

/// How many of the blocks that were read are remembered, to find where a replaced branch left.
const REMEMBERED: usize = 256;
/// The wait before another attempt to connect.
const PAUSE: Duration = Duration::from_millis(300);

/// What to tell of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    /// These consents; `None` for all of the contract.
    pub consents: Option<BTreeSet<B256>>,
    /// What happened in the blocks after this number; `None` for those after the newest one. Whoever starts again names the last one that
    /// was [read](Revocations::read) or, where best blocks are read, one before it that was final by then, and is told some things twice.
    pub after: Option<u64>,
}

impl Watch {
    /// One consent, from now on.
    pub fn one(consent: B256) -> Self {
        Self {
            consents: Some(BTreeSet::from([consent])),
            after: None,
        }
    }

    fn has(&self, consent: B256) -> bool {
        self.consents
            .as_ref()
            .is_none_or(|consents| consents.contains(&consent))
    }
}

/// How a consent ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// Withdrawn.
    Revoked,
    /// Another one is in its place.
    Superseded {
        /// That one. Whether it permits what the other did is to be asked.
        by: B256,
    },
    /// It should never have been recorded.
    EnteredInError,
    /// The time of the block is beyond its validity. Only told of consents that are named in [`Watch::consents`].
    Expired,
}

/// A consent that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// The consent.
    pub consent: B256,
    /// How it ended.
    pub end: End,
    /// The block in which it did: from there on the guard does not answer by it.
    pub block: Block,
}

/// Consents that end, in the order in which they do.
///
/// Every block is read, by way of the parents of the newest, so that neither a connection that broke nor blocks that replace others
/// hide anything. What is in a block that is replaced may be told once for each branch.
#[derive(Debug)]
pub struct Revocations {
    chain: Chain,
    consent: Address,
    finality: Finality,
    max_age: Duration,
    watch: Watch,
    /// The last second of each named consent that is active.
    validity: BTreeMap<B256, u64>,
    newer: Option<RpcSubscription<IgnoredAny>>,
    is_connected: bool,
    /// Blocks up to this number are not read.
    floor: u64,
    /// Blocks that were read, the newest last.
    read: VecDeque<Block>,
    /// Blocks to be read, the newest first.
    unread: Vec<Block>,
    /// The block before those, which may have to be read, too.
    before: Option<Block>,
    ready: VecDeque<Revocation>,
    /// Since when the next step has been waited for; `None` while nobody waits.
    waiting: Option<Instant>,
}

impl Revocations {
    pub(super) async fn start(
        chain: Chain,
        consent: Address,
        settings: &Settings,
        watch: Watch,
    ) -> Result<Self, GuardError> {
        let at = chain.newest(settings.finality).await?;
        let newest = Block::of(&at);
        let registry = Consent::new(chain.clone(), consent).at(&at);
        let mut validity = BTreeMap::new();
        for id in watch.consents.iter().flatten() {
            let entry = registry
                .entry(*id)
                .await?
                .filter(|entry| entry.status == Status::Active);
            validity.extend(entry.map(|entry| (*id, entry.terms.validity.until)));
        }
        let read = match watch.after {
            Some(after) if after < newest.number => VecDeque::new(),
            _ => replaceable(&chain, newest).await?,
        };
        let floor = read.front().map(|block| block.number).or(watch.after);
        Ok(Self {
            chain,
            consent,
            finality: settings.finality,
            max_age: settings.max_age,
            watch,
            validity,
            newer: None,
            is_connected: true,
            floor: floor.unwrap_or(newest.number),
            read,
            unread: Vec::new(),
            before: None,
            ready: VecDeque::new(),
            waiting: None,
        })
    }

    /// The newest block that was read; `None` if none was yet.
    pub fn read(&self) -> Option<Block> {
        self.read.back().copied()
    }

    /// Waits for the next consent that ends. It may be given up and called again: nothing is lost.
    ///
    /// # Errors
    /// [`GuardError::Silent`] if no block could be read for as long as a block may be old while this waited: until one is, nothing is
    /// known, and what rests on a consent is to be stopped. [`GuardError::Client`] if a block cannot be read, e.g. because the node no
    /// longer has it. After an error it goes on where it was.
    pub async fn next(&mut self) -> Result<Revocation, GuardError> {
        loop {
            if let Some(revocation) = self.ready.pop_front() {
                self.waiting = None;
                return Ok(revocation);
            }
            let waited = self.waiting.get_or_insert_with(Instant::now).elapsed();
            let patience = self.max_age.saturating_sub(waited);
            match timeout(patience, self.advance()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) if error.is_disconnected() => {
                    tracing::debug!(%error, "connecting again");
                    self.newer = None;
                    self.is_connected = false;
                    sleep(PAUSE.min(patience)).await;
                }
                Ok(Err(error)) => {
                    // Its branch may be gone: begin again at the newest block.
                    self.unread.clear();
                    self.before = None;
                    self.waiting = None;
                    return Err(error);
                }
                Err(_) => return Err(self.silence()),
            }
        }
    }

    /// The same as a stream, which does not end.
    pub fn into_stream(self) -> impl Stream<Item = Result<Revocation, GuardError>> {
        stream::unfold(self, |mut revocations| async move {
            let next = revocations.next().await;
            Some((next, revocations))
        })
    }

    fn silence(&mut self) -> GuardError {
        GuardError::Silent {
            number: self.read().map_or(self.floor, |block| block.number),
            after: self.waiting.take().map_or(self.max_age, |since| since.elapsed()),
        }
    }

    /// One step: a block read, or one found that is to be read, or a newer one waited for.
    async fn advance(&mut self) -> Result<(), GuardError> {
        if !self.is_connected {
            self.chain = self.chain.connect_again().await?;
            self.is_connected = true;
        }
        if let Some(block) = self.before {
            self.before = if block.number <= self.floor || self.read.contains(&block) {
                None
            } else {
                let parent = self.chain.parent_of(block).await?;
                self.unread.push(block);
                Some(parent)
            };
        } else if let Some(block) = self.unread.last().copied() {
            self.read_block(block).await?;
        } else {
            return self.look_for_newer().await;
        }
        self.waiting = Some(Instant::now());
        Ok(())
    }

    /// Looks at the newest block; waits for another one if there is nothing to be read before it.
    async fn look_for_newer(&mut self) -> Result<(), GuardError> {
        if self.newer.is_none() {
            // Before the newest block is asked for, so that none comes in between.
            self.newer = Some(self.chain.newer_blocks(self.finality).await?);
        }
        let newest = Block::of(&self.chain.newest(self.finality).await?);
        if newest.number > self.floor && !self.read.contains(&newest) {
            self.before = Some(newest);
            return Ok(());
        }
        if let Some(newer) = &mut self.newer
            && !matches!(newer.next().await, Some(Ok(_)))
        {
            self.newer = None;
        }
        Ok(())
    }

    /// Reads the oldest block that is to be read.
    async fn read_block(&mut self, block: Block) -> Result<(), GuardError> {
        let at = self.chain.at_hash(block.hash).await?;
        let logs = self.chain.logs_of(&at).await?;
        let time = if self.validity.is_empty() {
            None
        } else {
            Some(self.chain.time_of(&at).await?)
        };
        // Nothing is awaited from here on: the block is read as a whole, or not at all.
        for log in logs.iter().filter(|log| log.address == self.consent) {
            let Some((consent, end)) = end_of(log) else { continue };
            if self.watch.has(consent) {
                self.validity.remove(&consent);
                self.ready.push_back(Revocation { consent, end, block });
            }
        }
        let over = |until: u64| time.is_some_and(|time| time > until);
        let expired: Vec<B256> = self
            .validity
            .iter()
            .filter(|(_, until)| over(**until))
            .map(|(id, _)| *id)
            .collect();
        for consent in expired {
            self.validity.remove(&consent);
            let end = End::Expired;
            self.ready.push_back(Revocation { consent, end, block });
        }
        self.unread.pop();
        self.read.push_back(block);
        if self.read.len() > REMEMBERED {
            self.read.pop_front();
        }
        Ok(())
    }
}

/// The blocks from the last final one to the newest: what is in them has happened, and what is in others that take their place has not.
async fn replaceable(chain: &Chain, newest: Block) -> Result<VecDeque<Block>, GuardError> {
    let last_final = Block::of(&chain.at_finalized().await?);
    let mut blocks = VecDeque::from([newest]);
    let mut block = newest;
    while block.number > last_final.number && blocks.len() < REMEMBERED {
        block = chain.parent_of(block).await?;
        blocks.push_front(block);
    }
    Ok(blocks)
}

/// The consent that an event ends.
fn end_of(log: &Log) -> Option<(B256, End)> {
    fn decoded<E: SolEvent>(log: &Log) -> Option<E> {
        E::decode_raw_log_validate(log.topics.iter().copied(), &log.data).ok()
    }
    if let Some(event) = decoded::<IConsent::ConsentRevoked>(log) {
        return Some((event.consentId, End::Revoked));
    }
    if let Some(event) = decoded::<IConsent::ConsentSuperseded>(log) {
        return Some((event.consentId, End::Superseded { by: event.newConsentId }));
    }
    let event = decoded::<IConsent::ConsentEnteredInError>(log)?;
    Some((event.consentId, End::EnteredInError))
}
