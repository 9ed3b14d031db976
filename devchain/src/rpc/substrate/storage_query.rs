//! Storage queries as the JSON-RPC interface specification has them, for `archive_v1_storage` and `chainHead_v1_storage`.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use sp_core::{Bytes, storage::ChildInfo};
use sp_trie::MerkleValue;

use super::query::PAGE;
use crate::{
    chain::{State, StateError},
    runtime::Hash,
};

/// Bytes of values after which a page ends.
const PAGE_BYTES: usize = 1024 * 1024;

/// What is asked about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum QueryType {
    /// Its value.
    Value,
    /// The hash of its value.
    Hash,
    /// The Merkle value of the trie node at the key or, without one, of the closest below it.
    ClosestDescendantMerkleValue,
    /// The values of all keys that begin with it.
    DescendantsValues,
    /// The hashes of those values.
    DescendantsHashes,
}

impl QueryType {
    pub(super) fn is_of_descendants(self) -> bool {
        matches!(self, Self::DescendantsValues | Self::DescendantsHashes)
    }
}

/// A question about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) key: Vec<u8>,
    pub(super) kind: QueryType,
    /// For descendants: the key after which to begin.
    pub(super) start_after: Option<Vec<u8>>,
}

/// One answer; a key without an entry has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    key: Bytes,
    #[serde(flatten)]
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum What {
    Value(Bytes),
    Hash(Hash),
    ClosestDescendantMerkleValue(Bytes),
}

/// Queries that are being answered, page by page, against one state.
#[derive(Clone)]
pub(super) struct Queries {
    state: State,
    child: Option<ChildInfo>,
    open: VecDeque<Query>,
}

impl Queries {
    /// `child` is the id of a child trie of the default namespace.
    pub(super) fn new(state: State, child: Option<&[u8]>, queries: impl IntoIterator<Item = Query>) -> Self {
        Self {
            state,
            child: child.map(ChildInfo::new_default),
            open: queries.into_iter().collect(),
        }
    }

    /// Whether every answer was given.
    pub(super) fn is_done(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether the next answer is about descendants.
    pub(super) fn is_among_descendants(&self) -> bool {
        self.open.front().is_some_and(|query| query.kind.is_of_descendants())
    }

    /// The next answers. Fewer than a page's only when all are given.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(super) fn next_page(&mut self) -> Result<Vec<Found>, StateError> {
        let mut page = Page::default();
        while !page.is_full()
            && let Some(mut query) = self.open.pop_front()
        {
            if !query.kind.is_of_descendants() {
                page.add(self.look_up(&query.key, query.kind)?);
                continue;
            }
            let start = query.start_after.as_deref();
            let keys = self.state.keys(self.child.as_ref(), &query.key, start, PAGE)?;
            let mut more = keys.len() == PAGE;
            for key in keys {
                if page.is_full() {
                    more = true;
                    break;
                }
                page.add(self.look_up(&key, query.kind)?);
                query.start_after = Some(key);
            }
            if more {
                self.open.push_front(query);
            }
        }
        Ok(page.found)
    }

    fn look_up(&self, key: &[u8], kind: QueryType) -> Result<Option<Found>, StateError> {
        let child = self.child.as_ref();
        let what = match kind {
            QueryType::Value | QueryType::DescendantsValues => {
                self.state.storage(child, key)?.map(|value| What::Value(Bytes(value)))
            }
            QueryType::Hash | QueryType::DescendantsHashes => self.state.storage_hash(child, key)?.map(What::Hash),
            QueryType::ClosestDescendantMerkleValue => self.state.closest_merkle_value(child, key)?.map(|value| {
                What::ClosestDescendantMerkleValue(Bytes(match value {
                    MerkleValue::Node(node) => node,
                    MerkleValue::Hash(hash) => hash.as_bytes().to_vec(),
                }))
            }),
        };
        Ok(what.map(|what| Found {
            key: Bytes(key.to_vec()),
            what,
        }))
    }
}

#[derive(Default)]
struct Page {
    found: Vec<Found>,
    bytes: usize,
}

impl Page {
    fn is_full(&self) -> bool {
        self.found.len() >= PAGE || self.bytes >= PAGE_BYTES
    }

    fn add(&mut self, found: Option<Found>) {
        if let Some(Found {
            what: What::Value(value),
            ..
        }) = &found
        {
            self.bytes += value.len();
        }
        self.found.extend(found);
    }
}
