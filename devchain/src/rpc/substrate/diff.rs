//! What is different between two states.

use std::cmp::Ordering;

use serde::Serialize;
use sp_core::storage::ChildInfo;

use super::query;
use crate::chain::{State, StateError};

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    /// Only the later state has it.
    Added,
    /// Both have it, with different values.
    Modified,
    /// Only the earlier state has it.
    Deleted,
}

/// An entry that is not the same in both states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) key: Vec<u8>,
    pub(super) kind: Kind,
}

type Result<T> = std::result::Result<T, StateError>;

/// The entries below `prefix`, in the order of their keys, that are not the same in both states.
pub(super) fn differences<'a>(
    before: &'a State,
    after: &'a State,
    child: Option<&'a ChildInfo>,
    prefix: &'a [u8],
) -> Result<impl Iterator<Item = Result<Difference>> + 'a> {
    // Equal Merkle values mean equal entries, which spares walking through both.
    let same = before.closest_merkle_value(child, prefix)? == after.closest_merkle_value(child, prefix)?;
    let walk = (!same).then(|| Walk {
        before,
        after,
        child,
        old: Side::new(query::keys(before, child, prefix)),
        new: Side::new(query::keys(after, child, prefix)),
    });
    Ok(walk.into_iter().flatten())
}

/// Walks through the sorted keys of both states at once.
struct Walk<'a, I> {
    before: &'a State,
    after: &'a State,
    child: Option<&'a ChildInfo>,
    old: Side<I>,
    new: Side<I>,
}

impl<I: Iterator<Item = Result<Vec<u8>>>> Walk<'_, I> {
    fn step(&mut self) -> Result<Option<Difference>> {
        loop {
            let order = match (self.old.peek()?, self.new.peek()?) {
                (None, None) => return Ok(None),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.cmp(new),
            };
            let old = if order.is_le() { self.old.take() } else { None };
            let new = if order.is_ge() { self.new.take() } else { None };
            let (key, kind) = match (old, new) {
                (None, None) => return Ok(None),
                (Some(key), None) => (key, Kind::Deleted),
                (None, Some(key)) => (key, Kind::Added),
                (Some(_), Some(key)) => {
                    let hash_in = |state: &State| state.storage_hash(self.child, &key);
                    if hash_in(self.before)? == hash_in(self.after)? {
                        continue;
                    }
                    (key, Kind::Modified)
                }
            };
            return Ok(Some(Difference { key, kind }));
        }
    }
}

impl<I: Iterator<Item = Result<Vec<u8>>>> Iterator for Walk<'_, I> {
    type Item = Result<Difference>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// The keys of one state, with a look ahead.
struct Side<I> {
    keys: I,
    ahead: Option<Vec<u8>>,
}

impl<I: Iterator<Item = Result<Vec<u8>>>> Side<I> {
    fn new(keys: I) -> Self {
        Self { keys, ahead: None }
    }

    fn peek(&mut self) -> Result<Option<&[u8]>> {
        if self.ahead.is_none() {
            self.ahead = self.keys.next().transpose()?;
        }
        Ok(self.ahead.as_deref())
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        self.ahead.take()
    }
}
