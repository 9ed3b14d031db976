//! What several families of methods ask of the chain.

use sp_core::storage::ChildInfo;

use super::error::{self, Result};
use crate::{
    Chain,
    chain::{ChainError, State, StateError, StoredBlock},
    runtime::{BlockNumber, Hash},
};

/// Keys read at a time when a prefix is walked.
pub(super) const PAGE: usize = 512;

/// The block asked for, or the best one.
pub(super) fn hash_or_best(chain: &Chain, at: Option<Hash>) -> Hash {
    at.unwrap_or_else(|| chain.best().hash)
}

/// The state after the block asked for, or after the best one.
pub(super) fn state_at(chain: &Chain, at: Option<Hash>) -> Result<State> {
    chain
        .state(hash_or_best(chain, at))
        .map_err(|error| error::client(&error))
}

/// All keys that begin with `prefix`, in order and page by page, after `start_after`.
pub(super) fn pages<'a>(
    state: &'a State,
    child: Option<&'a ChildInfo>,
    prefix: &'a [u8],
    start_after: Option<Vec<u8>>,
) -> impl Iterator<Item = std::result::Result<Vec<Vec<u8>>, StateError>> + 'a {
    let mut last = start_after;
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let page = state.keys(child, prefix, last.as_deref(), PAGE);
        match &page {
            Ok(keys) => {
                done = keys.len() < PAGE;
                last = keys.last().cloned();
            }
            Err(_) => done = true,
        }
        Some(page)
    })
}

/// All keys that begin with `prefix`, in order.
pub(super) fn keys<'a>(
    state: &'a State,
    child: Option<&'a ChildInfo>,
    prefix: &'a [u8],
) -> impl Iterator<Item = std::result::Result<Vec<u8>, StateError>> + 'a {
    pages(state, child, prefix, None).flat_map(|page| match page {
        Ok(keys) => keys.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    })
}

/// A block of the given number that descends from the finalized block, with its hash.
pub(super) type Live = (Hash, StoredBlock);

/// The blocks with this number that are final or can become so. The database also keeps abandoned ones.
pub(super) fn live_blocks_at(
    chain: &Chain,
    number: BlockNumber,
    finalized: BlockNumber,
) -> std::result::Result<Vec<Live>, ChainError> {
    if number <= finalized {
        let Some(hash) = chain.hash_at(number)? else {
            return Ok(Vec::new());
        };
        return Ok(chain.block(hash)?.map(|block| (hash, block)).into_iter().collect());
    }
    let mut live = Vec::new();
    for hash in chain.hashes_at(number)? {
        if let Some(block) = chain.block(hash)?
            && descends_from_finalized(chain, &block, finalized)?
        {
            live.push((hash, block));
        }
    }
    Ok(live)
}

/// Whether the best chain's block at `finalized` is an ancestor of `block`, which is above it.
fn descends_from_finalized(
    chain: &Chain,
    block: &StoredBlock,
    finalized: BlockNumber,
) -> std::result::Result<bool, ChainError> {
    let (mut number, mut parent) = (block.header.number, block.header.parent_hash);
    while number > finalized.saturating_add(1) {
        number -= 1;
        if chain.hash_at(number)? == Some(parent) {
            return Ok(true);
        }
        let Some(ancestor) = chain.block(parent)? else {
            return Ok(false);
        };
        parent = ancestor.header.parent_hash;
    }
    Ok(chain.hash_at(finalized)? == Some(parent))
}
