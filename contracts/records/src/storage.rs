use ink::{Address, H256};
use salus_core::records::{
    RecordVersion,
    registry::{Batch, Record},
};

/// A record as it is stored.
#[ink::storage_item(packed)]
pub struct StoredRecord {
    author: Address,
    latest: u32,
}

impl From<&Record> for StoredRecord {
    fn from(record: &Record) -> Self {
        Self {
            author: record.author.into(),
            latest: record.latest,
        }
    }
}

impl From<StoredRecord> for Record {
    fn from(stored: StoredRecord) -> Self {
        Self {
            author: stored.author.0,
            latest: stored.latest,
        }
    }
}

/// A version of a record as it is stored.
#[ink::storage_item(packed)]
pub struct StoredVersion {
    commitment: H256,
    anchored_at: u64,
    is_entered_in_error: bool,
}

impl From<&RecordVersion> for StoredVersion {
    fn from(version: &RecordVersion) -> Self {
        Self {
            commitment: H256(version.commitment),
            anchored_at: version.anchored_at,
            is_entered_in_error: version.is_entered_in_error,
        }
    }
}

impl From<StoredVersion> for RecordVersion {
    fn from(stored: StoredVersion) -> Self {
        Self {
            commitment: stored.commitment.0,
            anchored_at: stored.anchored_at,
            is_entered_in_error: stored.is_entered_in_error,
        }
    }
}

/// A batch as it is stored.
#[ink::storage_item(packed)]
pub struct StoredBatch {
    leaf_count: u64,
    reference: H256,
    anchored_at: u64,
}

impl From<&Batch> for StoredBatch {
    fn from(batch: &Batch) -> Self {
        Self {
            leaf_count: batch.leaf_count,
            reference: H256(batch.reference),
            anchored_at: batch.anchored_at,
        }
    }
}

impl From<StoredBatch> for Batch {
    fn from(stored: StoredBatch) -> Self {
        Self {
            leaf_count: stored.leaf_count,
            reference: stored.reference.0,
            anchored_at: stored.anchored_at,
        }
    }
}
