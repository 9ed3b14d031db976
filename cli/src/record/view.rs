//! What the commands show.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256};
use salus_core::records::{
    RecordStatus, RecordVersion,
    registry::{Batch, Record},
};
use serde::Serialize;

use crate::{moment::Moment, transaction::Transaction};
use salus_client::batch::RecordProof;

#[derive(Serialize)]
pub(super) struct Anchored {
    pub(super) record: B256,
    pub(super) version: u32,
    pub(super) commitment: B256,
    /// Where the opening is kept; not what is in it.
    pub(super) opening: PathBuf,
    pub(super) transaction: Transaction,
}

impl fmt::Display for Anchored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "record       {}, version {}", self.record, self.version)?;
        writeln!(f, "commitment   {}", self.commitment)?;
        writeln!(f, "opening      {} (keep it private)", self.opening.display())?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct BatchAnchored {
    pub(super) root: B256,
    pub(super) leaf_count: u64,
    /// Where the openings are kept; not what is in them.
    pub(super) opening: PathBuf,
    pub(super) transaction: Transaction,
}

impl fmt::Display for BatchAnchored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "root         {}", self.root)?;
        writeln!(f, "records      {}", self.leaf_count)?;
        writeln!(f, "openings     {} (keep them private)", self.opening.display())?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Proved {
    pub(super) root: B256,
    pub(super) resource: String,
    pub(super) index: u64,
    pub(super) hashes: usize,
    pub(super) file: PathBuf,
}

impl fmt::Display for Proved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} is number {} of batch {}", self.resource, self.index, self.root)?;
        write!(
            f,
            "proof        {} ({} hashes); it is for the record's reader alone",
            self.file.display(),
            self.hashes
        )
    }
}

#[derive(Serialize)]
pub(super) struct VerifiedInBatch {
    verified: bool,
    resource: String,
    root: B256,
    index: u64,
    leaf_count: u64,
    author: Address,
    anchored_at: Moment,
}

impl VerifiedInBatch {
    pub(super) fn new(proof: &RecordProof, batch: &Batch) -> Self {
        Self {
            verified: true,
            resource: proof.resource.clone(),
            root: proof.root,
            index: proof.index,
            leaf_count: batch.leaf_count,
            author: proof.author,
            anchored_at: Moment(batch.anchored_at),
        }
    }
}

impl fmt::Display for VerifiedInBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "verified     {} is what was anchored", self.resource)?;
        writeln!(
            f,
            "batch        {} (number {} of {})",
            self.root, self.index, self.leaf_count
        )?;
        write!(f, "anchored     {} by {}", self.anchored_at, self.author)
    }
}

#[derive(Serialize)]
pub(super) struct Verified {
    verified: bool,
    record: B256,
    version: u32,
    status: &'static str,
    anchored_at: Moment,
}

impl Verified {
    pub(super) fn new(record: B256, version: u32, anchored: &RecordVersion, status: RecordStatus) -> Self {
        Self {
            verified: true,
            record,
            version,
            status: match status {
                RecordStatus::Unknown => "unknown",
                RecordStatus::Current => "current",
                RecordStatus::Superseded => "superseded",
                RecordStatus::EnteredInError => "entered in error",
                RecordStatus::Mismatch => "altered",
            },
            anchored_at: Moment(anchored.anchored_at),
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "verified     version {} of record {}", self.version, self.record)?;
        writeln!(f, "status       {}", self.status)?;
        write!(f, "anchored     {}", self.anchored_at)
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    record: B256,
    author: Address,
    latest_version: u32,
    /// The newest ones.
    versions: Vec<ShownVersion>,
}

#[derive(Serialize)]
struct ShownVersion {
    version: u32,
    commitment: B256,
    anchored_at: Moment,
    entered_in_error: bool,
}

impl Shown {
    pub(super) fn new(record: B256, found: &Record, versions: &[(u32, RecordVersion)]) -> Self {
        let shown = versions.iter().map(|(number, version)| ShownVersion {
            version: *number,
            commitment: version.commitment.into(),
            anchored_at: Moment(version.anchored_at),
            entered_in_error: version.is_entered_in_error,
        });
        Self {
            record,
            author: found.author.into(),
            latest_version: found.latest,
            versions: shown.collect(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "record       {}", self.record)?;
        writeln!(f, "author       {}", self.author)?;
        for version in &self.versions {
            let note = if version.entered_in_error {
                "  (entered in error)"
            } else {
                ""
            };
            writeln!(
                f,
                "version {:<4} {}  {}{note}",
                version.version, version.anchored_at, version.commitment
            )?;
        }
        Ok(())
    }
}
