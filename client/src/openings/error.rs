//! Why an opening cannot be used.

use std::{io, path::PathBuf};

use alloy_core::primitives::B256;

use crate::{
    error::{Exit, Fault},
    vault::VaultError,
};

/// Why an opening cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpeningError {
    /// There is none for this commitment: it was made elsewhere, or erased.
    #[error("nothing here opens the commitment {commitment}: there is no {}", path.display())]
    NotFound {
        /// What is to be opened.
        commitment: B256,
        /// Where the file should be.
        path: PathBuf,
    },
    /// The file is damaged, or was not written by Salus.
    #[error("cannot use the opening {}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. Never a part of its content.
        reason: String,
    },
    /// The file cannot be read or written.
    #[error("cannot access the opening {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Fault for OpeningError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "no_opening",
            Self::Malformed { .. } => "opening_malformed",
            Self::Io { .. } => "opening_io",
            Self::Vault(error) => error.code(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Malformed { .. } => Exit::Document,
            Self::NotFound { .. } | Self::Io { .. } => Exit::Failure,
            Self::Vault(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { .. } => Some(
                "openings travel between the parties (`salus consent share`); --openings names another directory"
                    .into(),
            ),
            Self::Vault(error) => error.hint(),
            _ => None,
        }
    }
}
