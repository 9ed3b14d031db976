//! Blocks, state and heads in one `redb` database, in memory or in a file.
//!
//! A block, the trie nodes of its state and the new heads are written in one transaction, so a process that is killed
//! leaves either the whole block or nothing of it. Trie nodes are addressed by their hash and never removed: every state
//! that ever was stays readable.

use std::{path::Path, sync::Arc};

use codec::{Decode, Encode};
use redb::{
    Database, MultimapTableDefinition, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
    backends::InMemoryBackend,
};
use sp_core::H256;

use super::block::{Head, StoredBlock};
use crate::runtime::{BlockNumber, Hash};

type Key = [u8; 32];

const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");
const NODES: TableDefinition<Key, &[u8]> = TableDefinition::new("trie_nodes");
const BLOCKS: TableDefinition<Key, &[u8]> = TableDefinition::new("blocks");
const CANONICAL: TableDefinition<u32, Key> = TableDefinition::new("canonical");
const BY_NUMBER: MultimapTableDefinition<u32, Key> = MultimapTableDefinition::new("blocks_by_number");
const BY_ETH_HASH: TableDefinition<Key, Key> = TableDefinition::new("blocks_by_eth_hash");
const BY_ETH_TRANSACTION: MultimapTableDefinition<Key, (Key, u32)> = MultimapTableDefinition::new("eth_transactions");

/// Layout of the database. A database with another number is refused.
const SCHEMA_VERSION: u32 = 1;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk or the file failed, or another process holds it.
    #[error("database: {0}")]
    Database(#[from] redb::Error),
    /// What was read is not what this version writes.
    #[error("database: the record {0} cannot be decoded")]
    Corrupt(&'static str),
    /// Made by a version with another layout.
    #[error("database: its schema is version {found}, this program knows version {SCHEMA_VERSION}")]
    Schema {
        /// The version found.
        found: u32,
    },
    /// Made for another chain, or by another version of the runtime.
    #[error("database: it belongs to another chain or to another version of the runtime")]
    OtherChain,
}

macro_rules! from_redb {
    ($($error:ty),*) => {
        $(impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                Self::Database(error.into())
            }
        })*
    };
}
from_redb!(
    redb::CommitError,
    redb::DatabaseError,
    redb::SetDurabilityError,
    redb::StorageError,
    redb::TableError,
    redb::TransactionError
);

type Result<T> = std::result::Result<T, StoreError>;

/// Nodes of state tries, each with its hash.
pub(super) type NewNodes = Vec<(Hash, Vec<u8>)>;

/// The database.
pub(super) struct Store {
    database: Database,
}

/// The heads of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Heads {
    pub(super) best: Head,
    pub(super) finalized: Head,
}

impl Store {
    /// In memory: gone when dropped.
    pub(super) fn in_memory() -> Result<Self> {
        let database = Database::builder().create_with_backend(InMemoryBackend::new())?;
        Self::prepare(database)
    }

    /// In the file `path`, which is created if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self> {
        Self::prepare(Database::builder().create(path)?)
    }

    fn prepare(database: Database) -> Result<Self> {
        let store = Self { database };
        let found: Option<u32> = store.meta("schema")?;
        match found {
            Some(SCHEMA_VERSION) => {}
            Some(found) => return Err(StoreError::Schema { found }),
            None => store.write(|write| {
                // Opened once, so that readers always find them.
                write.open_table(NODES)?;
                write.open_table(BLOCKS)?;
                write.open_table(CANONICAL)?;
                write.open_multimap_table(BY_NUMBER)?;
                write.open_table(BY_ETH_HASH)?;
                write.open_multimap_table(BY_ETH_TRANSACTION)?;
                set_meta(write, "schema", &SCHEMA_VERSION)
            })?,
        }
        Ok(store)
    }

    /// The heads, or `None` in a new database. Refuses one whose `identity` is another.
    pub(super) fn heads(&self, identity: Hash) -> Result<Option<Heads>> {
        match self.meta::<Hash>("identity")? {
            Some(found) if found != identity => Err(StoreError::OtherChain),
            Some(_) => self.meta("heads"),
            None => {
                self.write(|write| set_meta(write, "identity", &identity))?;
                Ok(None)
            }
        }
    }

    /// Writes trie nodes that no block names yet.
    pub(super) fn insert_nodes(&self, nodes: impl IntoIterator<Item = (Hash, Vec<u8>)>) -> Result<()> {
        self.write(|write| write_nodes(write, nodes))
    }

    /// Writes a block, the trie nodes of its state, and, if it moves them, the heads.
    pub(super) fn insert(
        &self,
        hash: Hash,
        block: &StoredBlock,
        nodes: impl IntoIterator<Item = (Hash, Vec<u8>)>,
        heads: Option<&Heads>,
    ) -> Result<()> {
        self.write(|write| {
            write_nodes(write, nodes)?;
            write.open_table(BLOCKS)?.insert(hash.0, block.encode().as_slice())?;
            write
                .open_multimap_table(BY_NUMBER)?
                .insert(block.header.number, hash.0)?;
            write.open_table(BY_ETH_HASH)?.insert(block.eth_hash.0, hash.0)?;
            let mut transactions = write.open_multimap_table(BY_ETH_TRANSACTION)?;
            for (index, transaction) in (0u32..).zip(&block.eth_transactions) {
                transactions.insert(transaction.0, (hash.0, index))?;
            }
            drop(transactions);
            if let Some(heads) = heads {
                move_heads(write, heads)?;
            }
            Ok(())
        })
    }

    /// Moves the heads to blocks that are stored already.
    pub(super) fn set_heads(&self, heads: &Heads) -> Result<()> {
        self.write(|write| move_heads(write, heads))
    }

    /// A node of a state trie.
    pub(super) fn node(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        let table = self.database.begin_read()?.open_table(NODES)?;
        Ok(table.get(hash.0)?.map(|value| value.value().to_vec()))
    }

    /// A block by its hash, on whatever fork.
    pub(super) fn block(&self, hash: Hash) -> Result<Option<StoredBlock>> {
        let table = self.database.begin_read()?.open_table(BLOCKS)?;
        table
            .get(hash.0)?
            .map(|value| decode(value.value(), "block"))
            .transpose()
    }

    /// The block with this number on the best chain.
    pub(super) fn canonical(&self, number: BlockNumber) -> Result<Option<Hash>> {
        let table = self.database.begin_read()?.open_table(CANONICAL)?;
        Ok(table.get(number)?.map(|hash| H256(hash.value())))
    }

    /// All blocks with this number, on all forks.
    pub(super) fn at_number(&self, number: BlockNumber) -> Result<Vec<Hash>> {
        let table = self.database.begin_read()?.open_multimap_table(BY_NUMBER)?;
        table.get(number)?.map(|hash| Ok(H256(hash?.value()))).collect()
    }

    /// The block with this Ethereum hash.
    pub(super) fn by_eth_hash(&self, hash: Hash) -> Result<Option<Hash>> {
        let table = self.database.begin_read()?.open_table(BY_ETH_HASH)?;
        Ok(table.get(hash.0)?.map(|hash| H256(hash.value())))
    }

    /// Every block that holds this Ethereum transaction, with its index among the block's Ethereum transactions.
    pub(super) fn eth_transaction(&self, hash: Hash) -> Result<Vec<(Hash, u32)>> {
        let table = self.database.begin_read()?.open_multimap_table(BY_ETH_TRANSACTION)?;
        let places = table.get(hash.0)?;
        places
            .map(|place| {
                place
                    .map(|place| (H256(place.value().0), place.value().1))
                    .map_err(Into::into)
            })
            .collect()
    }

    fn meta<T: Decode>(&self, name: &'static str) -> Result<Option<T>> {
        let table = match self.database.begin_read()?.open_table(META) {
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            table => table?,
        };
        table.get(name)?.map(|value| decode(value.value(), name)).transpose()
    }

    fn write(&self, f: impl FnOnce(&WriteTransaction) -> Result<()>) -> Result<()> {
        let write = self.database.begin_write()?;
        f(&write)?;
        Ok(write.commit()?)
    }
}

/// The trie nodes of a [`Store`], as Substrate's state machine asks for them.
#[derive(Clone)]
pub(super) struct Nodes(pub(super) Arc<Store>);

impl sp_state_machine::TrieBackendStorage<sp_runtime::traits::BlakeTwo256> for Nodes {
    fn get(&self, key: &Hash, _: hash_db::Prefix) -> std::result::Result<Option<Vec<u8>>, String> {
        self.0.node(key).map_err(|error| error.to_string())
    }
}

fn write_nodes(write: &WriteTransaction, nodes: impl IntoIterator<Item = (Hash, Vec<u8>)>) -> Result<()> {
    let mut table = write.open_table(NODES)?;
    for (node, value) in nodes {
        table.insert(node.0, value.as_slice())?;
    }
    Ok(())
}

fn set_meta(write: &WriteTransaction, name: &'static str, value: &impl Encode) -> Result<()> {
    write.open_table(META)?.insert(name, value.encode().as_slice())?;
    Ok(())
}

/// Points the canonical chain at `heads.best`: walks back until it meets what is canonical already, forgets what is above.
fn move_heads(write: &WriteTransaction, heads: &Heads) -> Result<()> {
    set_meta(write, "heads", heads)?;
    let blocks = write.open_table(BLOCKS)?;
    let mut canonical = write.open_table(CANONICAL)?;
    canonical.retain_in(heads.best.number.saturating_add(1).., |_, _| false)?;
    let mut at = heads.best;
    while canonical
        .insert(at.number, at.hash.0)?
        .is_none_or(|old| old.value() != at.hash.0)
        && at.number > 0
    {
        let parent = blocks.get(at.hash.0)?.ok_or(StoreError::Corrupt("canonical block"))?;
        let block: StoredBlock = decode(parent.value(), "block")?;
        at = Head {
            hash: block.header.parent_hash,
            number: at.number - 1,
        };
    }
    Ok(())
}

fn decode<T: Decode>(mut bytes: &[u8], what: &'static str) -> Result<T> {
    T::decode(&mut bytes).map_err(|_| StoreError::Corrupt(what))
}
