//! The queue of transactions that wait for a block.
//!
//! The runtime says of each transaction which tags it requires and which it provides (for a signed one: sender and nonce).
//! That is all the queue knows; so it orders sr25519 and Ethereum senders alike.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
    sync::Arc,
};

use sp_runtime::transaction_validity::{TransactionTag, ValidTransaction};

use crate::runtime::{BlockNumber, Hash};

/// Most transactions that wait at a time, ready and future together.
pub const CAPACITY: usize = 8_192;

/// A transaction in the queue.
#[derive(Clone, Debug)]
pub struct Queued {
    /// [`extrinsic_hash`](super::extrinsic_hash) of `extrinsic`.
    pub hash: Hash,
    /// The encoded extrinsic.
    pub extrinsic: Arc<[u8]>,
    pub(super) validity: ValidTransaction,
    pub(super) valid_until: BlockNumber,
    arrival: u64,
}

/// Why the queue does not take a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PoolError {
    /// It waits already.
    #[error("the transaction is already in the queue")]
    AlreadyQueued,
    /// Another one by the same sender with the same nonce waits, and this one does not pay more.
    #[error("a transaction with the same nonce is queued, and this one has no higher priority")]
    TooLowPriority {
        /// Priority of the transaction that waits.
        old: u64,
        /// Priority of the one refused.
        new: u64,
    },
    /// [`CAPACITY`] is reached.
    #[error("the queue is full")]
    Full,
}

/// The queue.
#[derive(Default)]
pub(super) struct Pool {
    queued: HashMap<Hash, Queued>,
    /// Who provides a tag; a tag has one provider at most.
    providers: HashMap<TransactionTag, Hash>,
    arrivals: u64,
}

impl Pool {
    pub(super) fn is_empty(&self) -> bool {
        self.queued.is_empty()
    }

    /// What waits, in the order of arrival.
    pub(super) fn queued(&self) -> Vec<Queued> {
        let mut queued: Vec<Queued> = self.queued.values().cloned().collect();
        queued.sort_by_key(|queued| queued.arrival);
        queued
    }

    /// Whether a transaction that waits provides this tag.
    pub(super) fn provides(&self, tag: &TransactionTag) -> bool {
        self.providers.contains_key(tag)
    }

    /// Takes a valid transaction. Answers those that it replaced.
    pub(super) fn insert(
        &mut self,
        hash: Hash,
        extrinsic: Arc<[u8]>,
        validity: ValidTransaction,
        now: BlockNumber,
    ) -> Result<Vec<Hash>, PoolError> {
        if self.queued.contains_key(&hash) {
            return Err(PoolError::AlreadyQueued);
        }
        let rivals: HashSet<Hash> = validity
            .provides
            .iter()
            .filter_map(|tag| self.providers.get(tag))
            .copied()
            .collect();
        for rival in rivals.iter().filter_map(|rival| self.queued.get(rival)) {
            if rival.validity.priority >= validity.priority {
                return Err(PoolError::TooLowPriority {
                    old: rival.validity.priority,
                    new: validity.priority,
                });
            }
        }
        if self.queued.len() - rivals.len() >= CAPACITY {
            return Err(PoolError::Full);
        }
        for rival in &rivals {
            self.remove(*rival);
        }
        self.arrivals += 1;
        let valid_until = now.saturating_add(u32::try_from(validity.longevity).unwrap_or(u32::MAX));
        self.providers
            .extend(validity.provides.iter().map(|tag| (tag.clone(), hash)));
        self.queued.insert(
            hash,
            Queued {
                hash,
                extrinsic,
                validity,
                valid_until,
                arrival: self.arrivals,
            },
        );
        Ok(rivals.into_iter().collect())
    }

    pub(super) fn remove(&mut self, hash: Hash) -> Option<Queued> {
        let removed = self.queued.remove(&hash)?;
        for tag in &removed.validity.provides {
            self.providers.remove(tag);
        }
        Some(removed)
    }

    /// Empties the queue. Answers what was in it, in the order of arrival.
    pub(super) fn clear(&mut self) -> Vec<Queued> {
        let queued = self.queued();
        self.queued.clear();
        self.providers.clear();
        queued
    }

    /// What can go into the next block, in the order in which it has to: highest priority first among those whose
    /// requirements are met by the state or by one before it; on a tie, who came first.
    pub(super) fn ready(&self) -> Vec<Queued> {
        let mut missing: HashMap<Hash, usize> = HashMap::new();
        let mut waiting: HashMap<&TransactionTag, Vec<&Queued>> = HashMap::new();
        let mut available = BinaryHeap::new();
        let rank = |queued: &Queued| (queued.validity.priority, Reverse(queued.arrival), queued.hash);
        for queued in self.queued.values() {
            for tag in &queued.validity.requires {
                waiting.entry(tag).or_default().push(queued);
            }
            missing.insert(queued.hash, queued.validity.requires.len());
            if queued.validity.requires.is_empty() {
                available.push(rank(queued));
            }
        }
        let mut order = Vec::new();
        while let Some(next) = available.pop().and_then(|(_, _, hash)| self.queued.get(&hash)) {
            order.push(next.clone());
            for follower in next
                .validity
                .provides
                .iter()
                .filter_map(|tag| waiting.remove(tag))
                .flatten()
            {
                let left = missing.entry(follower.hash).or_default();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    available.push(rank(follower));
                }
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction(sender: u8, nonce: u8, first: bool, priority: u64) -> (Hash, Arc<[u8]>, ValidTransaction) {
        let requires = if first { vec![] } else { vec![vec![sender, nonce - 1]] };
        let validity = ValidTransaction {
            priority,
            requires,
            provides: vec![vec![sender, nonce]],
            longevity: u64::MAX,
            propagate: true,
        };
        (
            Hash::repeat_byte(sender.wrapping_mul(16) + nonce + u8::try_from(priority).unwrap()),
            Arc::new([sender, nonce]),
            validity,
        )
    }

    fn add(pool: &mut Pool, sender: u8, nonce: u8, first: bool, priority: u64) -> Result<Vec<Hash>, PoolError> {
        let (hash, extrinsic, validity) = transaction(sender, nonce, first, priority);
        pool.insert(hash, extrinsic, validity, 0)
    }

    fn order(pool: &Pool) -> Vec<[u8; 2]> {
        pool.ready()
            .iter()
            .map(|queued| [queued.extrinsic[0], queued.extrinsic[1]])
            .collect()
    }

    #[test]
    fn orders_one_sender_by_nonce_whatever_the_arrival() {
        let mut pool = Pool::default();
        for nonce in [3, 1, 0, 2] {
            add(&mut pool, 1, nonce, nonce == 0, 1).unwrap();
        }
        assert_eq!(order(&pool), [[1, 0], [1, 1], [1, 2], [1, 3]]);
    }

    #[test]
    fn a_gap_holds_back_what_is_behind_it() {
        let mut pool = Pool::default();
        for nonce in [0, 2, 3] {
            add(&mut pool, 1, nonce, nonce == 0, 1).unwrap();
        }
        assert_eq!(order(&pool), [[1, 0]]);
    }

    #[test]
    fn higher_priority_goes_first_but_never_before_its_own_predecessor() {
        let mut pool = Pool::default();
        add(&mut pool, 1, 0, true, 1).unwrap();
        add(&mut pool, 1, 1, false, 9).unwrap();
        add(&mut pool, 2, 0, true, 5).unwrap();
        assert_eq!(order(&pool), [[2, 0], [1, 0], [1, 1]]);
    }

    #[test]
    fn replaces_only_for_a_higher_priority() {
        let mut pool = Pool::default();
        add(&mut pool, 1, 0, true, 5).unwrap();
        assert_eq!(
            add(&mut pool, 1, 0, true, 4),
            Err(PoolError::TooLowPriority { old: 5, new: 4 })
        );
        assert_eq!(add(&mut pool, 1, 0, true, 5), Err(PoolError::AlreadyQueued));
        let replaced = add(&mut pool, 1, 0, true, 6).unwrap();
        assert_eq!(replaced, [transaction(1, 0, true, 5).0]);
        assert_eq!(pool.queued().len(), 1);
    }

    #[test]
    fn a_full_queue_refuses_newcomers_but_still_replaces() {
        let mut pool = Pool::default();
        for number in 0..CAPACITY {
            let tag = number.to_be_bytes().to_vec();
            let validity = ValidTransaction {
                provides: vec![tag],
                priority: 1,
                ..Default::default()
            };
            pool.insert(Hash::from_low_u64_be(number as u64 + 1_000), Arc::new([0]), validity, 0)
                .unwrap();
        }
        assert_eq!(add(&mut pool, 7, 0, true, 1), Err(PoolError::Full));
        let validity = ValidTransaction {
            provides: vec![0usize.to_be_bytes().to_vec()],
            priority: 2,
            ..Default::default()
        };
        pool.insert(Hash::repeat_byte(9), Arc::new([0]), validity, 0).unwrap();
    }
}
