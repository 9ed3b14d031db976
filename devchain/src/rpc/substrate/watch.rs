//! Follows one transaction through the queue, into blocks, out of them and to finality, for the families that each tell it in
//! their own words.

use std::collections::VecDeque;

use jsonrpsee::types::ErrorObjectOwned;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::subscription::blocking;
use crate::{
    Chain,
    chain::{ChainError, ChainEvent, SubmitError, TransactionStatus, extrinsic_hash},
    runtime::{BlockNumber, Hash},
};

/// Where a transaction is in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Hash of the block.
    pub(super) block: Hash,
    /// Which of its extrinsics it is.
    pub(super) index: u32,
}

/// What happened to the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Update {
    /// It can go into the next block.
    Ready,
    /// It waits for a transaction before it.
    Future,
    /// It is in a block of the best chain.
    InBlock(Place),
    /// That block left the best chain.
    Retracted(Hash),
    /// The block it is in is final. The last update.
    Finalized(Place),
    /// It was replaced by this transaction. The last update.
    Usurped(Hash),
    /// It became invalid. The last update.
    Invalid,
    /// It was dropped, or forgotten when the chain was set back. The last update.
    Dropped,
}

/// A transaction that is being watched.
pub(super) struct Watch {
    chain: Chain,
    transaction: Hash,
    events: Receiver<ChainEvent>,
    /// The best block's number when the watch began.
    since: BlockNumber,
    place: Option<Place>,
    updates: VecDeque<Update>,
    done: bool,
}

impl Watch {
    /// Begins to watch, then submits: a chain that seals at once has told everything when the submission returns. The watch is
    /// of use after [`PoolError::AlreadyQueued`](crate::chain::PoolError) too.
    ///
    /// # Errors
    /// An internal error when the submission panics.
    pub(super) async fn submit(
        chain: Chain,
        extrinsic: Vec<u8>,
    ) -> Result<(Self, Result<(), SubmitError>), ErrorObjectOwned> {
        let transaction = extrinsic_hash(&extrinsic);
        let submission = {
            let chain = chain.clone();
            blocking(move || {
                let follow = chain.follow();
                (follow, chain.submit(&extrinsic).map(|_| ()))
            })
        };
        let (follow, outcome) = submission.await?;
        let watch = Self {
            chain,
            transaction,
            events: follow.events,
            since: follow.best.number,
            place: None,
            updates: VecDeque::new(),
            done: false,
        };
        Ok((watch, outcome))
    }

    /// The next update; `None` after the last.
    pub(super) async fn next(&mut self) -> Option<Update> {
        loop {
            if let Some(update) = self.updates.pop_front() {
                self.done |= matches!(
                    update,
                    Update::Finalized(_) | Update::Usurped(_) | Update::Invalid | Update::Dropped
                );
                return Some(update);
            }
            if self.done {
                return None;
            }
            match self.events.recv().await {
                Ok(ChainEvent::Transaction { hash, status }) if hash == self.transaction => self.take(status),
                Ok(ChainEvent::Finalized { finalized, .. }) => {
                    let place = self
                        .place
                        .filter(|place| finalized.iter().any(|head| head.hash == place.block));
                    self.updates.extend(place.map(Update::Finalized));
                }
                Ok(ChainEvent::Reset { .. }) | Err(RecvError::Lagged(_)) => self.look().await,
                Ok(_) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn take(&mut self, status: TransactionStatus) {
        let update = match status {
            TransactionStatus::Ready => Update::Ready,
            TransactionStatus::Future => Update::Future,
            TransactionStatus::InBlock(block, index) => {
                let place = Place { block, index };
                if self.place.replace(place) == Some(place) {
                    return;
                }
                Update::InBlock(place)
            }
            TransactionStatus::Retracted(block) => {
                if self.place.is_none_or(|place| place.block != block) {
                    return;
                }
                self.place = None;
                Update::Retracted(block)
            }
            TransactionStatus::Usurped(by) => Update::Usurped(by),
            TransactionStatus::Invalid => Update::Invalid,
            TransactionStatus::Dropped => Update::Dropped,
        };
        self.updates.push_back(update);
    }

    /// Finds out where the transaction is, after events were missed or the chain was set back.
    async fn look(&mut self) {
        let (chain, transaction, since) = (self.chain.clone(), self.transaction, self.since);
        let found = match blocking(move || locate(&chain, transaction, since)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::error!(%error, ?transaction, "a watched transaction cannot be found again");
                Found::Nowhere
            }
            Err(_) => Found::Nowhere,
        };
        let (now, is_final) = match found {
            Found::InBlock { place, is_final } => (Some(place), is_final),
            Found::Queued | Found::Nowhere => (None, false),
        };
        let before = std::mem::replace(&mut self.place, now);
        if before != now {
            self.updates.extend(before.map(|place| Update::Retracted(place.block)));
            self.updates.extend(now.map(Update::InBlock));
        }
        if is_final {
            self.updates.extend(now.map(Update::Finalized));
        }
        if found == Found::Nowhere {
            self.updates.push_back(Update::Dropped);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    InBlock { place: Place, is_final: bool },
    Queued,
    Nowhere,
}

/// Looks for a transaction in the best chain's blocks after the one with number `since`, then in the queue.
fn locate(chain: &Chain, transaction: Hash, since: BlockNumber) -> Result<Found, ChainError> {
    let follow = chain.follow();
    // The chain may have been set back to before the watch began.
    let first = since
        .min(follow.best.number)
        .min(follow.finalized.number)
        .saturating_add(1);
    for number in first..=follow.best.number {
        let Some(block) = chain.hash_at(number)? else { break };
        let Some(stored) = chain.block(block)? else { break };
        for (index, extrinsic) in (0u32..).zip(&stored.extrinsics) {
            if extrinsic_hash(extrinsic) == transaction {
                return Ok(Found::InBlock {
                    place: Place { block, index },
                    is_final: number <= follow.finalized.number,
                });
            }
        }
    }
    let queued = chain.pending().iter().any(|queued| queued.hash == transaction);
    Ok(if queued { Found::Queued } else { Found::Nowhere })
}
