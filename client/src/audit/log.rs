//! Where events are kept: one a line, and the salts of their commitments elsewhere.

use std::{
    io,
    path::{Path, PathBuf},
};

use alloy_core::primitives::B256;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{
    error::{Exit, Fault},
    fhir::{Canonical, FhirError, Salt},
    files::{self, Access},
};

/// Why a decision cannot be recorded. It must not be given out then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// A file cannot be written.
    #[error("no decision is given: it cannot be recorded in {}: {source}", path.display())]
    Io {
        /// The log, or the file of the salts.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An event has no canonical form.
    #[error("no decision is given: {0}")]
    Canonical(#[from] FhirError),
}

impl Fault for AuditError {
    fn code(&self) -> &'static str {
        "audit_failed"
    }

    fn exit(&self) -> Exit {
        Exit::Audit
    }
}

/// A file of AuditEvents, one a line (NDJSON) in canonical form, for its owner alone; and a file of the salts of their commitments, which does
/// not go where the log goes.
#[derive(Debug, Clone)]
pub struct AuditLog {
    path: PathBuf,
    salts: PathBuf,
}

/// An event that was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The event's `id`.
    pub event: String,
    /// To the event's canonical form: a leaf of what is anchored.
    pub commitment: B256,
}

impl AuditLog {
    /// A log at `path`, with the salts at `salts`. Both files are made when something is appended.
    pub fn new(path: impl Into<PathBuf>, salts: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            salts: salts.into(),
        }
    }

    /// Appends events, all or none; answers when they are on disk.
    ///
    /// # Errors
    /// [`AuditError`]: nothing was appended, and what the events are about must not be given out.
    pub fn append(&self, events: &[Value]) -> Result<Vec<Recorded>, AuditError> {
        let mut recorded = Vec::new();
        let mut lines = Zeroizing::new(Vec::new());
        let mut salts = Zeroizing::new(Vec::new());
        for event in events {
            let (canonical, salt) = (Canonical::of(event)?, Salt::random());
            lines.extend_from_slice(canonical.as_bytes());
            lines.push(b'\n');
            let id = event["id"].as_str().unwrap_or_default();
            let commitment = B256::from(canonical.commit(&salt));
            let opening = json!({"event": id, "commitment": commitment, "salt": B256::from(*salt.as_bytes())});
            salts.extend_from_slice(opening.to_string().as_bytes());
            salts.push(b'\n');
            recorded.push(Recorded {
                event: id.into(),
                commitment,
            });
        }
        // The salts first: a commitment without its salt opens nothing.
        write(&self.salts, &salts)?;
        write(&self.path, &lines)?;
        Ok(recorded)
    }
}

fn write(path: &Path, lines: &[u8]) -> Result<(), AuditError> {
    files::append(path, lines, Access::Private).map_err(|source| AuditError::Io {
        path: path.into(),
        source,
    })
}
