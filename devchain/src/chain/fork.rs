//! Going back: snapshots as in anvil and Hardhat, and forced re-organisations for tests.

use std::{collections::HashSet, sync::Arc};

use super::{
    Chain, ChainError, Heads, Tip,
    block::{ChainEvent, Head, StoredBlock, TransactionStatus, extrinsic_hash},
    clock::Clock,
    pool::{Pool, Queued},
    producer,
};
use crate::runtime::{BlockNumber, Hash, Header};

/// Names a snapshot; counts from 1.
pub type SnapshotId = u64;

/// Where to go back to.
pub(super) struct Snapshot {
    id: SnapshotId,
    heads: Heads,
    clock: Clock,
    pending: Vec<Queued>,
}

impl Chain {
    /// Remembers the chain as it is.
    pub fn snapshot(&self) -> SnapshotId {
        let mut tip = self.tip();
        let id = tip.snapshots.last().map_or(1, |last| last.id + 1);
        let pending = tip.pool.queued();
        let (heads, clock) = (tip.heads, tip.clock);
        tip.snapshots.push(Snapshot {
            id,
            heads,
            clock,
            pending,
        });
        id
    }

    /// Goes back to a snapshot, which is used up, as are all taken after it. `false` if there is none with this id.
    ///
    /// Blocks above it leave the chain even if they were finalized, which no live chain does: subscribers get
    /// [`ChainEvent::Reset`].
    ///
    /// # Errors
    /// When the database fails; nothing changed then.
    pub fn revert(&self, id: SnapshotId) -> Result<bool, ChainError> {
        let mut tip = self.tip();
        let Some(at) = tip.snapshots.iter().position(|snapshot| snapshot.id == id) else {
            return Ok(false);
        };
        self.inner.store.set_heads(&tip.snapshots[at].heads)?;
        let Some(snapshot) = tip.snapshots.drain(at..).next() else {
            return Ok(false);
        };
        tip.heads = snapshot.heads;
        tip.clock = snapshot.clock;
        tip.pool = Pool::default();
        self.emit(ChainEvent::Reset { best: tip.heads.best });
        self.requeue(&mut tip, snapshot.pending.into_iter().map(|queued| queued.extrinsic))?;
        Ok(true)
    }

    /// Replaces the last `depth` blocks of the best chain by `depth + 1` others, as when a longer fork appears.
    ///
    /// The transactions of the replaced blocks go into the first new block if `keep` says so, and are forgotten otherwise.
    /// Answers the new best block.
    ///
    /// # Errors
    /// [`ChainError::TooDeep`] when a block to be replaced is finalized.
    pub fn reorganise(&self, depth: BlockNumber, keep: bool) -> Result<Head, ChainError> {
        let mut tip = self.tip();
        let possible = tip.heads.best.number - tip.heads.finalized.number;
        if depth > possible {
            return Err(ChainError::TooDeep { depth, possible });
        }
        let mut retracted: Vec<StoredBlock> = Vec::new();
        let mut ancestor = self.known(tip.heads.best.hash)?;
        for _ in 0..depth {
            let parent = self.known(ancestor.header.parent_hash)?;
            retracted.push(std::mem::replace(&mut ancestor, parent));
        }
        let orphans: Vec<Arc<[u8]>> = if keep { orphaned(&retracted) } else { Vec::new() };
        let fork = self.build_fork(&mut tip, &ancestor.header, depth + 1, &orphans)?;
        let Some(best) = fork.last().map(StoredBlock::head) else {
            return Ok(tip.heads.best);
        };

        let heads = Heads { best, ..tip.heads };
        self.inner.store.set_heads(&heads)?;
        tip.heads = heads;
        for block in &retracted {
            self.tell_retracted(block);
        }
        self.emit(ChainEvent::Best {
            best,
            retracted: retracted.iter().map(|block| block.head().hash).collect(),
            enacted: fork.iter().map(|block| block.head().hash).collect(),
        });
        for block in &fork {
            for (index, extrinsic) in (0u32..).zip(&block.extrinsics).skip(1) {
                let status = TransactionStatus::InBlock(block.head().hash, index);
                self.emit(ChainEvent::Transaction {
                    hash: extrinsic_hash(extrinsic),
                    status,
                });
            }
        }
        self.tell_forgotten(&retracted, &fork);
        self.revalidate(&mut tip)?;
        Ok(best)
    }

    /// Builds and stores a side chain on `parent`; the first block gets `transactions`, the others are empty.
    fn build_fork(
        &self,
        tip: &mut Tip,
        parent: &Header,
        length: BlockNumber,
        transactions: &[Arc<[u8]>],
    ) -> Result<Vec<StoredBlock>, ChainError> {
        let mut queue = Pool::default();
        for extrinsic in transactions {
            if let Ok(validity) = self.validate(parent, extrinsic)? {
                // One that loses against a rival for the same nonce is left out, as in any block.
                let _ = queue.insert(extrinsic_hash(extrinsic), extrinsic.clone(), validity, parent.number);
            }
        }
        let mut ready = queue.ready();
        // Later than the blocks it replaces, so that none of them comes out the same again; by the second, because that is
        // how Ethereum's headers count.
        let replaced = self.time_of(&self.known(tip.heads.best.hash)?.header)?;
        let mut earliest = replaced - replaced % 1_000 + 999;
        let mut parent = parent.clone();
        let mut fork = Vec::new();
        for _ in 0..length {
            let now = tip.clock.take(earliest);
            earliest = now;
            let built = producer::build(&self.nodes(), &parent, now, &ready)?;
            ready.clear();
            let head = built.block.head();
            self.inner.store.insert(head.hash, &built.block, built.nodes, None)?;
            self.emit(ChainEvent::Block(head));
            parent = built.block.header.clone();
            fork.push(built.block);
        }
        Ok(fork)
    }

    fn tell_retracted(&self, block: &StoredBlock) {
        let hash: Hash = block.head().hash;
        for extrinsic in block.extrinsics.iter().skip(1) {
            let status = TransactionStatus::Retracted(hash);
            self.emit(ChainEvent::Transaction {
                hash: extrinsic_hash(extrinsic),
                status,
            });
        }
    }

    /// The transactions that the fork left out: they are in no block of the best chain, and the queue does not hold them.
    fn tell_forgotten(&self, retracted: &[StoredBlock], fork: &[StoredBlock]) {
        let kept: HashSet<&Vec<u8>> = fork.iter().flat_map(|block| &block.extrinsics).collect();
        for extrinsic in retracted.iter().flat_map(|block| block.extrinsics.iter().skip(1)) {
            if !kept.contains(extrinsic) {
                self.emit(ChainEvent::Transaction {
                    hash: extrinsic_hash(extrinsic),
                    status: TransactionStatus::Dropped,
                });
            }
        }
    }

    fn requeue(&self, tip: &mut Tip, extrinsics: impl Iterator<Item = Arc<[u8]>>) -> Result<(), ChainError> {
        let best = self.known(tip.heads.best.hash)?.header;
        for extrinsic in extrinsics {
            if let Ok(validity) = self.validate(&best, &extrinsic)? {
                // Cannot be full or a duplicate: the queue was emptied and these fitted into it before.
                let _ = tip
                    .pool
                    .insert(extrinsic_hash(&extrinsic), extrinsic, validity, best.number);
            }
        }
        Ok(())
    }
}

/// The transactions of retracted blocks, oldest first; the inherent at index 0 of each belongs to its block alone.
fn orphaned(retracted: &[StoredBlock]) -> Vec<Arc<[u8]>> {
    retracted
        .iter()
        .rev()
        .flat_map(|block| block.extrinsics.iter().skip(1))
        .map(|extrinsic| extrinsic.as_slice().into())
        .collect()
}
