//! Credentials, and access beside consent, off chain: what is asked for, and logs of accesses with what is proved by them.
//!
//! [`asked`] is what a request for access commits to. [`log`] makes batches of entries, and proofs that an entry is in one or is not.
//! `docs/access.md` has the formats.

pub mod asked;
mod entry;
pub mod log;
mod proof;

use std::{io, path::PathBuf};

use alloy_core::primitives::{Address, B256};

pub use entry::Logged;
pub use proof::{LogProof, Neighbour, Ways};

use crate::{
    error::{Exit, Fault},
    fhir::FhirError,
};

/// Why something about credentials and access cannot be shown, made or proved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// There is no such credential.
    #[error("there is no credential {0}")]
    UnknownCredential(B256),
    /// There is no such request.
    #[error("there is no request {0}")]
    UnknownRequest(B256),
    /// There is no such emergency access.
    #[error("there is no emergency access {0}")]
    UnknownAccess(B256),
    /// What is shown is not what was committed to.
    #[error("{what} is not what {commitment} commits to: it was altered, or it is another one")]
    Mismatch {
        /// What is shown.
        what: &'static str,
        /// What is on chain.
        commitment: B256,
    },
    /// A line of a log cannot be read.
    #[error("line {line}: {source}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        source: FhirError,
    },
    /// A recorded event has no salt here.
    #[error("nothing here opens the event `{event}`: there is no salt of it in {}", salts.display())]
    NoSalt {
        /// The event.
        event: String,
        /// Where the salt should be.
        salts: PathBuf,
    },
    /// There is nothing to anchor.
    #[error("a batch needs at least one entry")]
    Empty,
    /// The leaves do not give the root that they are kept under.
    #[error("the openings of batch {root} give another root: the file was altered")]
    OpeningAltered {
        /// What is on chain.
        root: B256,
    },
    /// The batch does not have the entry, and without a salt nothing else can be shown of it.
    #[error("batch {root} has no such entry")]
    NoSuchEntry {
        /// The batch.
        root: B256,
    },
    /// The author has not anchored that many batches.
    #[error("{author} has anchored no batch {batch} here")]
    NotAnchored {
        /// Who should have.
        author: Address,
        /// The batch's number.
        batch: u64,
    },
    /// A proof is for another chain or contract.
    #[error("the proof is for contract {contract} on the chain with id {chain_id}, not for this network's")]
    Elsewhere {
        /// The contract that it is for.
        contract: Address,
        /// The chain that it is for.
        chain_id: u64,
    },
    /// A proof does not hold.
    #[error("the contract does not accept the proof: entry or proof were altered")]
    NotProved,
    /// A proof is damaged, or was not written by Salus.
    #[error("cannot use the proof {}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. Never a part of its content.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("cannot access {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Fault for AccessError {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownCredential(_) => "unknown_credential",
            Self::UnknownRequest(_) => "unknown_request",
            Self::UnknownAccess(_) => "unknown_access",
            Self::Mismatch { .. } => "commitment_mismatch",
            Self::Line { source, .. } => source.code(),
            Self::NoSalt { .. } => "no_opening",
            Self::Empty => "empty_batch",
            Self::OpeningAltered { .. } => "opening_altered",
            Self::NoSuchEntry { .. } => "no_such_entry",
            Self::NotAnchored { .. } => "batch_not_anchored",
            Self::Elsewhere { .. } => "proof_for_another_chain",
            Self::NotProved => "not_proved",
            Self::Malformed { .. } => "proof_malformed",
            Self::Io { .. } => "file_io",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Line { .. } | Self::OpeningAltered { .. } | Self::Malformed { .. } => Exit::Document,
            Self::Empty | Self::NoSuchEntry { .. } => Exit::Usage,
            _ => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoSuchEntry { .. } => "that an entry is not there is shown of an entry with its salt",
            Self::NoSalt { .. } => "salts are kept where events are recorded; --openings names another directory",
            _ => return None,
        };
        Some(hint.into())
    }
}
