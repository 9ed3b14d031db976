//! Health records as a chain sees them: salted commitments, their versions, and batches of them under one root.
//!
//! `docs/commitments.md` describes each hash byte by byte.

mod chain;
pub mod merkle;
pub mod registry;

pub use chain::{RecordStatus, RecordVersion, VersionError, next_version};

use crate::hash::{Domain, Hash, commit};

/// The version of the way in which records are committed to.
pub const COMMITMENT_VERSION: u8 = 1;

/// The commitment to one version of a record: `H("salus/record" || version || salt || canonical bytes)`.
///
/// The bytes of FHIR JSON are canonicalised by RFC 8785 before. The salt is random and new for each version.
pub fn record_commitment(salt: &[u8; 32], canonical: &[u8], keccak256: impl Fn(&[u8]) -> Hash) -> Hash {
    commit(Domain::RECORD, COMMITMENT_VERSION, salt, canonical, keccak256)
}
