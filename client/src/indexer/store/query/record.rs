//! Records, versions and batches.

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use super::{Columns, Select};
use crate::indexer::store::{Reader, StoreError};

/// Which records, versions or batches are wanted.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// This record.
    pub record_id: Option<B256>,
    /// Those of this author.
    pub author: Option<Address>,
    /// The batch with this root.
    pub root: Option<B256>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The records contract.
    pub contract: Address,
    /// The record.
    pub record_id: B256,
    /// Who anchored it.
    pub author: Address,
    /// The number of its latest version; the first is 1.
    pub latest_version: u64,
    /// The block in which it was anchored.
    pub anchored_block: u64,
    /// The block in which it last changed.
    pub changed_block: u64,
}

/// A version of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordVersion {
    /// The records contract.
    pub contract: Address,
    /// The record.
    pub record_id: B256,
    /// Its number.
    pub version: u64,
    /// To the version's canonical bytes.
    pub commitment: B256,
    /// `anchored` or `entered_in_error`.
    pub status: String,
    /// The block in which it was anchored.
    pub block: u64,
}

/// Many commitments under one root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnchoredBatch {
    /// The records contract.
    pub contract: Address,
    /// Who anchored it.
    pub author: Address,
    /// The root of the Merkle tree.
    pub root: B256,
    /// How many commitments there are.
    pub leaf_count: u64,
    /// Whatever the author finds them by.
    pub reference: B256,
    /// The block in which it was anchored.
    pub block: u64,
}

impl Reader {
    /// The first `limit` records that match, in the order of their anchoring.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn records(&mut self, filter: &RecordFilter, limit: u32) -> Result<Vec<Record>, StoreError> {
        Select::new("select * from records")
            .bytes("record_id", filter.record_id)
            .bytes("author", filter.author)
            .order("anchored_block, record_id", limit)
            .fetch(self, record)
            .await
    }

    /// The first `limit` versions of a record, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn record_versions(&mut self, record_id: B256, limit: u32) -> Result<Vec<RecordVersion>, StoreError> {
        Select::new("select * from record_versions")
            .bytes("record_id", Some(record_id))
            .order("contract, version", limit)
            .fetch(self, version)
            .await
    }

    /// The first `limit` batches that match, in the order of their anchoring.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn batches(&mut self, filter: &RecordFilter, limit: u32) -> Result<Vec<AnchoredBatch>, StoreError> {
        Select::new("select * from batches")
            .bytes("author", filter.author)
            .bytes("root", filter.root)
            .order("block_number, log_index", limit)
            .fetch(self, batch)
            .await
    }
}

fn record(row: &Columns<'_>) -> Result<Record, sqlx::Error> {
    Ok(Record {
        contract: row.address("contract")?,
        record_id: row.word("record_id")?,
        author: row.address("author")?,
        latest_version: row.number("latest_version")?,
        anchored_block: row.number("anchored_block")?,
        changed_block: row.number("changed_block")?,
    })
}

fn version(row: &Columns<'_>) -> Result<RecordVersion, sqlx::Error> {
    Ok(RecordVersion {
        contract: row.address("contract")?,
        record_id: row.word("record_id")?,
        version: row.number("version")?,
        commitment: row.word("commitment")?,
        status: row.text("status")?,
        block: row.number("block_number")?,
    })
}

fn batch(row: &Columns<'_>) -> Result<AnchoredBatch, sqlx::Error> {
    Ok(AnchoredBatch {
        contract: row.address("contract")?,
        author: row.address("author")?,
        root: row.word("root")?,
        leaf_count: row.number("leaf_count")?,
        reference: row.word("reference")?,
        block: row.number("block_number")?,
    })
}
