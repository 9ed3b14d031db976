//! When blocks are built and when they become final, and the time that they get.

use std::time::Duration;

use super::{
    Chain, ChainError, Heads, Tip,
    block::{ChainEvent, Head, StoredBlock, TransactionStatus, extrinsic_hash},
    clock::Millis,
    producer,
};
use crate::runtime::{BlockNumber, Hash};

/// When blocks are built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sealing {
    /// As soon as a transaction is ready; one block for each.
    #[default]
    Instant,
    /// At a steady pace, empty or not. Somebody has to call [`Chain::seal`] at that pace, as the RPC server does.
    Interval(Duration),
    /// Only by [`Chain::seal`].
    Manual,
}

/// When blocks become final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// When this many blocks are on top of them; with 0, at once.
    Depth(BlockNumber),
    /// Only by [`Chain::finalize`].
    Manual,
}

impl Default for Finality {
    fn default() -> Self {
        Self::Depth(0)
    }
}

impl Chain {
    /// Builds the next block on the best one, with what is ready and fits, or empty.
    ///
    /// # Errors
    /// When the runtime panics or the database fails; nothing changed then.
    pub fn seal(&self) -> Result<Head, ChainError> {
        self.seal_in(&mut self.tip())
    }

    /// Builds blocks until nothing waits that is ready, but for what fits into no block: a transaction that came before the ones that it
    /// waits for brings several, and what does not fit into their block would wait for somebody else's.
    pub(super) fn seal_ready(&self, tip: &mut Tip) -> Result<(), ChainError> {
        let mut waiting = tip.pool.ready().len();
        while waiting > 0 {
            self.seal_in(tip)?;
            let left = tip.pool.ready().len();
            if left >= waiting {
                break;
            }
            waiting = left;
        }
        Ok(())
    }

    pub(super) fn seal_in(&self, tip: &mut Tip) -> Result<Head, ChainError> {
        let best = self.known(tip.heads.best.hash)?;
        let ready = tip.pool.ready();
        let mut clock = tip.clock;
        let now = clock.take(self.time_of(&best.header)?);
        let built = producer::build(&self.nodes(), &best.header, now, &ready)?;
        let head = built.block.head();
        let mut heads = Heads {
            best: head,
            ..tip.heads
        };
        let newly_final = self.finalized_by(tip.finality, &heads, &built.block)?;
        heads.finalized = newly_final.last().copied().unwrap_or(heads.finalized);
        self.inner
            .store
            .insert(head.hash, &built.block, built.nodes, Some(&heads))?;

        tip.clock = clock;
        tip.heads = heads;
        self.emit(ChainEvent::Block(head));
        self.emit(ChainEvent::Best {
            best: head,
            retracted: Vec::new(),
            enacted: vec![head.hash],
        });
        for hash in built.invalid {
            tip.pool.remove(hash);
            self.emit(ChainEvent::Transaction {
                hash,
                status: TransactionStatus::Invalid,
            });
        }
        self.take_from_pool(tip, &built.block);
        self.revalidate(tip)?;
        self.announce_finalized(newly_final)?;
        Ok(head)
    }

    /// Makes the block at `number` on the best chain, and all below it, final.
    ///
    /// # Errors
    /// [`ChainError::UnknownBlock`] (with the best block's hash) when the best chain is not that high.
    pub fn finalize(&self, number: BlockNumber) -> Result<Head, ChainError> {
        let mut tip = self.tip();
        if number > tip.heads.best.number {
            return Err(ChainError::UnknownBlock(tip.heads.best.hash));
        }
        let newly_final = self.heads_between(tip.heads.finalized.number, number)?;
        if let Some(last) = newly_final.last() {
            let heads = Heads {
                finalized: *last,
                ..tip.heads
            };
            self.inner.store.set_heads(&heads)?;
            tip.heads = heads;
        }
        self.announce_finalized(newly_final)?;
        Ok(tip.heads.finalized)
    }

    /// How blocks are built.
    pub fn sealing(&self) -> Sealing {
        self.tip().sealing
    }

    /// Changes how blocks are built. Going to [`Sealing::Instant`] seals at once if something is ready.
    ///
    /// # Errors
    /// As [`Chain::seal`].
    pub fn set_sealing(&self, sealing: Sealing) -> Result<(), ChainError> {
        let mut tip = self.tip();
        tip.sealing = sealing;
        if sealing == Sealing::Instant {
            self.seal_ready(&mut tip)?;
        }
        Ok(())
    }

    /// When blocks become final.
    pub fn finality(&self) -> Finality {
        self.tip().finality
    }

    /// Changes when blocks become final, from the next block on.
    pub fn set_finality(&self, finality: Finality) {
        self.tip().finality = finality;
    }

    /// Time of the best block.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn best_time(&self) -> Result<Millis, ChainError> {
        self.time_of(&self.known(self.best().hash)?.header)
    }

    /// Time that a block would get if it were built now.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn next_time(&self) -> Result<Millis, ChainError> {
        let tip = self.tip();
        let (mut clock, best) = (tip.clock, self.known(tip.heads.best.hash)?);
        Ok(clock.take(self.time_of(&best.header)?))
    }

    /// Moves the clock ahead for all blocks to come. Answers how far it is ahead of the wall clock in all.
    pub fn advance_time(&self, by: Millis) -> i128 {
        let mut tip = self.tip();
        tip.clock.advance(by);
        tip.clock.ahead()
    }

    /// Moves the clock ahead to a time. Answers as [`Self::advance_time`].
    ///
    /// A block in the millisecond of its parent is later than the clock, which therefore is what counts here.
    pub fn advance_time_to(&self, wanted: Millis) -> i128 {
        let mut tip = self.tip();
        let by = wanted.saturating_sub(tip.clock.now());
        tip.clock.advance(by);
        tip.clock.ahead()
    }

    /// Gives the next block exactly this time; later ones go on from there.
    ///
    /// # Errors
    /// [`ChainError::TimeBackwards`] unless it is after the best block's.
    pub fn set_next_time(&self, wanted: Millis) -> Result<(), ChainError> {
        let mut tip = self.tip();
        let last = self.time_of(&self.known(tip.heads.best.hash)?.header)?;
        if wanted <= last {
            return Err(ChainError::TimeBackwards { wanted, last });
        }
        tip.clock.set_next(wanted);
        Ok(())
    }

    /// After a restart: a chain that had been moved into the future goes on from there.
    pub(super) fn catch_up_clock(&self) -> Result<(), ChainError> {
        let mut tip = self.tip();
        let last = self.time_of(&self.known(tip.heads.best.hash)?.header)?;
        let behind = last.saturating_sub(tip.clock.now());
        tip.clock.advance(behind);
        Ok(())
    }

    /// Removes a block's transactions from the queue and tells their watchers.
    pub(super) fn take_from_pool(&self, tip: &mut Tip, block: &StoredBlock) {
        let in_block = block.head().hash;
        for (index, extrinsic) in (0u32..).zip(&block.extrinsics) {
            let hash = extrinsic_hash(extrinsic);
            if tip.pool.remove(hash).is_some() {
                self.emit(ChainEvent::Transaction {
                    hash,
                    status: TransactionStatus::InBlock(in_block, index),
                });
            }
        }
    }

    /// Asks the runtime again about all that waits, since the state under it changed.
    pub(super) fn revalidate(&self, tip: &mut Tip) -> Result<(), ChainError> {
        if tip.pool.is_empty() {
            return Ok(());
        }
        let best = self.known(tip.heads.best.hash)?.header;
        for queued in tip.pool.clear() {
            let valid = if queued.valid_until < best.number {
                None
            } else {
                self.validate(&best, &queued.extrinsic)?.ok()
            };
            let kept = valid.map(|validity| tip.pool.insert(queued.hash, queued.extrinsic, validity, best.number));
            if !matches!(kept, Some(Ok(_))) {
                self.emit(ChainEvent::Transaction {
                    hash: queued.hash,
                    status: TransactionStatus::Invalid,
                });
            }
        }
        Ok(())
    }

    /// Which blocks a new best block makes final. The new block itself is not stored yet.
    fn finalized_by(&self, finality: Finality, heads: &Heads, new: &StoredBlock) -> Result<Vec<Head>, ChainError> {
        let Finality::Depth(depth) = finality else {
            return Ok(Vec::new());
        };
        let up_to = heads.best.number.saturating_sub(depth);
        let mut newly_final =
            self.heads_between(heads.finalized.number, up_to.min(new.header.number.saturating_sub(1)))?;
        if depth == 0 {
            newly_final.push(new.head());
        }
        Ok(newly_final)
    }

    /// The best chain's blocks above `after`, up to and with `up_to`.
    fn heads_between(&self, after: BlockNumber, up_to: BlockNumber) -> Result<Vec<Head>, ChainError> {
        let numbers = after.saturating_add(1)..=up_to;
        let found = numbers.map(|number| Ok(self.hash_at(number)?.map(|hash| Head { hash, number })));
        found.filter_map(Result::transpose).collect()
    }

    pub(super) fn announce_finalized(&self, finalized: Vec<Head>) -> Result<(), ChainError> {
        if finalized.is_empty() {
            return Ok(());
        }
        let mut pruned: Vec<Hash> = Vec::new();
        for head in &finalized {
            pruned.extend(
                self.hashes_at(head.number)?
                    .into_iter()
                    .filter(|hash| *hash != head.hash),
            );
        }
        self.emit(ChainEvent::Finalized { finalized, pruned });
        Ok(())
    }
}
