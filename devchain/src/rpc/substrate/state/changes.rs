//! How storage changes from block to block.

use std::collections::BTreeMap;

use jsonrpsee::{SubscriptionSink, types::ErrorObjectOwned};
use serde::Serialize;
use sp_core::storage::{StorageData, StorageKey};
use tokio::sync::broadcast::Receiver;

use crate::{
    Chain,
    chain::{ChainError, ChainEvent, Head, State, StateError},
    rpc::substrate::{
        diff,
        error::{self, Result},
        subscription::{self, Next},
    },
    runtime::Hash,
};

/// Values that changed in a block, each under its key; `null` for one that went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::rpc::substrate) struct ChangeSet {
    block: Hash,
    changes: Vec<Change>,
}

type Change = (StorageKey, Option<StorageData>);

/// What each key was when it was last looked at.
pub(super) type Seen = BTreeMap<StorageKey, Option<StorageData>>;

/// Those of `keys` that are not what they were when last seen; all of them the first time.
pub(super) fn changed(block: Hash, state: &State, keys: &[StorageKey], seen: &mut Seen) -> Result<ChangeSet> {
    changes(state, keys, seen)
        .map(|changes| ChangeSet { block, changes })
        .map_err(|error| error::execution(&error))
}

fn changes(state: &State, keys: &[StorageKey], seen: &mut Seen) -> std::result::Result<Vec<Change>, StateError> {
    let mut changes = Vec::new();
    for key in keys {
        let value = state.storage(None, &key.0)?.map(StorageData);
        if seen.get(key) != Some(&value) {
            seen.insert(key.clone(), value.clone());
            changes.push((key.clone(), value));
        }
    }
    Ok(changes)
}

/// The changes of each block from `from` to its descendant `to`; blocks without any are left out, but never the first.
pub(super) fn between(chain: &Chain, keys: &[StorageKey], from: Hash, to: Hash) -> Result<Vec<ChangeSet>> {
    let known = |hash| match chain.block(hash) {
        Ok(Some(block)) => Ok(block.header),
        Ok(None) => Err(error::client(&ChainError::UnknownBlock(hash))),
        Err(error) => Err(error::client(&error)),
    };
    let first = known(from)?;
    let mut path = vec![to];
    let mut header = known(to)?;
    while header.number > first.number {
        path.push(header.parent_hash);
        header = known(header.parent_hash)?;
    }
    if path.last() != Some(&from) {
        let text =
            format!("Cannot resolve a block range ['{from:?}' ... '{to:?}]: the first is no ancestor of the second");
        return Err(ErrorObjectOwned::owned(4001, text, None::<()>));
    }
    let mut seen = Seen::new();
    let mut sets = Vec::new();
    for block in path.into_iter().rev() {
        let state = chain.state(block).map_err(|error| error::client(&error))?;
        let set = changed(block, &state, keys, &mut seen)?;
        if sets.is_empty() || !set.changes.is_empty() {
            sets.push(set);
        }
    }
    Ok(sets)
}

/// What a subscription watches: some keys, or all of them.
pub(super) struct Watched {
    chain: Chain,
    keys: Option<Vec<StorageKey>>,
    seen: Seen,
    last: Option<Hash>,
}

impl Watched {
    pub(super) fn new(chain: Chain, keys: Option<Vec<StorageKey>>) -> Self {
        Self {
            chain,
            keys,
            seen: Seen::new(),
            last: None,
        }
    }

    /// What is different in `block` from the block looked at before, if anything. The first look always answers: with the values
    /// of the keys, or with nothing if all keys are watched.
    pub(super) fn look_at(mut self, block: Hash) -> (Self, std::result::Result<Option<ChangeSet>, ChainError>) {
        let set = self.changes_in(block).map(|changes| {
            let first = self.last.replace(block).is_none();
            (first || !changes.is_empty()).then_some(ChangeSet { block, changes })
        });
        (self, set)
    }

    fn changes_in(&mut self, block: Hash) -> std::result::Result<Vec<Change>, ChainError> {
        let state = self.chain.state(block)?;
        if let Some(keys) = &self.keys {
            return Ok(changes(&state, keys, &mut self.seen)?);
        }
        let Some(last) = self.last else {
            return Ok(Vec::new());
        };
        let before = self.chain.state(last)?;
        let mut changes = Vec::new();
        for difference in diff::differences(&before, &state, None, &[])? {
            let key = difference?.key;
            let value = state.storage(None, &key)?;
            changes.push((StorageKey(key), value.map(StorageData)));
        }
        Ok(changes)
    }
}

/// Waits until there is another best block.
pub(super) async fn next_best(sink: &SubscriptionSink, events: &mut Receiver<ChainEvent>) -> Next<Head> {
    loop {
        match subscription::next(sink, events).await {
            Next::Event(ChainEvent::Best { best, .. } | ChainEvent::Reset { best }) => return Next::Event(best),
            Next::Event(_) => {}
            Next::Missed => return Next::Missed,
            Next::Closed => return Next::Closed,
        }
    }
}
