//! Which blocks have logs, and which addresses and topics may be among them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use pallet_revive::evm::Bloom;

use super::{Eth, error::Result};
use crate::runtime::{Hash, Revive};

/// Most blocks remembered; with logs in each, 80 MB.
const CAPACITY: usize = 250_000;

/// Bloom filters of blocks, by Substrate hash. A block never changes, so an entry stays true.
#[derive(Debug, Default)]
pub(super) struct Blooms {
    /// `None` for a block without logs.
    known: Mutex<HashMap<Hash, Option<Arc<Bloom>>>>,
}

impl Blooms {
    fn get(&self, block: Hash) -> Option<Option<Arc<Bloom>>> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&block)
            .cloned()
    }

    fn insert(&self, block: Hash, bloom: Option<Arc<Bloom>>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(block, bloom);
    }
}

impl Eth {
    /// The bloom filter of a block's logs; `None` if it has none.
    pub(super) fn bloom(&self, block: Hash) -> Result<Option<Arc<Bloom>>> {
        if let Some(known) = self.blooms.get(block) {
            return Ok(known);
        }
        let bloom = if self.stored(block)?.block.eth_transactions.is_empty() {
            Bloom::zero()
        } else {
            let state = self.chain.state(block)?;
            Bloom(state.execute(|| Revive::eth_block().logs_bloom.0)?)
        };
        let bloom = (!bloom.is_zero()).then(|| Arc::new(bloom));
        self.blooms.insert(block, bloom.clone());
        Ok(bloom)
    }
}
