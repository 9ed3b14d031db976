//! What the commands show of logs.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256};
use salus_core::access::log::Batch;
use serde::Serialize;
use serde_json::Value;

use crate::{moment::Moment, transaction::Transaction};
use salus_client::{access::LogProof, chain::Receipt};

#[derive(Serialize)]
pub(super) struct Anchored {
    batch: u64,
    root: B256,
    count: u64,
    from: Moment,
    until: Moment,
    /// Where the openings are kept; not what is in them.
    opening: PathBuf,
    transaction: Transaction,
}

impl Anchored {
    pub(super) fn new(
        batch: u64,
        root: B256,
        count: u64,
        (from, until): (u64, u64),
        opening: PathBuf,
        receipt: Receipt,
    ) -> Self {
        Self {
            batch,
            root,
            count,
            from: Moment(from),
            until: Moment(until),
            opening,
            transaction: receipt.into(),
        }
    }
}

impl fmt::Display for Anchored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "batch        {}", self.batch)?;
        writeln!(f, "root         {}", self.root)?;
        writeln!(
            f,
            "entries      {}, from {} until {}",
            self.count, self.from, self.until
        )?;
        writeln!(f, "openings     {} (keep them private)", self.opening.display())?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Proved {
    /// Whether the proof is that the entry is there, or that it is not.
    pub(super) logged: bool,
    pub(super) author: Address,
    pub(super) batch: u64,
    pub(super) file: PathBuf,
}

impl fmt::Display for Proved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = if self.logged { "is" } else { "is not" };
        writeln!(f, "the entry {answer} in batch {} of {}", self.batch, self.author)?;
        write!(
            f,
            "proof        {}; it is for the entry's reader alone",
            self.file.display()
        )
    }
}

#[derive(Serialize)]
pub(super) struct Verified {
    verified: bool,
    logged: bool,
    entry: Value,
    author: Address,
    #[serde(flatten)]
    batch: ShownBatch,
}

impl Verified {
    pub(super) fn new(proof: &LogProof, batch: &Batch) -> Self {
        Self {
            verified: true,
            logged: proof.is_logged(),
            entry: proof.entry.clone(),
            author: proof.author,
            batch: ShownBatch::new(proof.batch, batch),
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = if self.logged { "is" } else { "is not" };
        writeln!(f, "verified     the entry {answer} in what {} anchored", self.author)?;
        self.batch.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    author: Address,
    batches: u64,
    #[serde(flatten)]
    batch: Option<ShownBatch>,
}

#[derive(Serialize)]
struct ShownBatch {
    batch: u64,
    root: B256,
    count: u64,
    from: Moment,
    until: Moment,
    anchored_at: Moment,
}

impl ShownBatch {
    fn new(number: u64, batch: &Batch) -> Self {
        Self {
            batch: number,
            root: batch.root.into(),
            count: batch.count,
            from: Moment(batch.from),
            until: Moment(batch.until),
            anchored_at: Moment(batch.anchored_at),
        }
    }
}

impl Shown {
    pub(super) fn new(author: Address, batches: u64, shown: Option<(u64, Batch)>) -> Self {
        Self {
            author,
            batches,
            batch: shown.map(|(number, batch)| ShownBatch::new(number, &batch)),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "author       {} ({} batches)", self.author, self.batches)?;
        match &self.batch {
            Some(batch) => write!(f, "\n{batch}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ShownBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "batch        {}, root {}", self.batch, self.root)?;
        writeln!(
            f,
            "entries      {}, from {} until {}",
            self.count, self.from, self.until
        )?;
        write!(f, "anchored     {}", self.anchored_at)
    }
}
