//! What the contract keeps. The layout of slots is described in `salus_slots`.

use salus_core::records::{
    RecordVersion,
    registry::{Batch, Record},
};
use salus_slots::EntryMap;

/// By identifier: the author, and the number of the latest version.
pub(crate) const RECORDS: EntryMap<[u8; 32], ([u8; 20], u32)> = EntryMap::new(1);
/// By record and number.
pub(crate) const VERSIONS: EntryMap<([u8; 32], u32), StoredVersion> = EntryMap::new(2);
/// By commitment: the record that it was anchored for.
pub(crate) const COMMITTED: EntryMap<[u8; 32], [u8; 32]> = EntryMap::new(3);
/// By author and root.
pub(crate) const BATCHES: EntryMap<([u8; 20], [u8; 32]), StoredBatch> = EntryMap::new(4);

/// The commitment, the time, and whether it was entered in error.
pub(crate) type StoredVersion = ([u8; 32], u64, bool);
/// The number of leaves, the reference, and the time.
pub(crate) type StoredBatch = (u64, [u8; 32], u64);

pub(crate) fn record((author, latest): ([u8; 20], u32)) -> Record {
    Record { author, latest }
}

pub(crate) fn version((commitment, anchored_at, is_entered_in_error): StoredVersion) -> RecordVersion {
    RecordVersion {
        commitment,
        anchored_at,
        is_entered_in_error,
    }
}

pub(crate) fn batch((leaf_count, reference, anchored_at): StoredBatch) -> Batch {
    Batch {
        leaf_count,
        reference,
        anchored_at,
    }
}
