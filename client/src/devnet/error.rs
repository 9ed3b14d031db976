//! What can go wrong with the embedded chain.

use std::{io, path::PathBuf};

use salus_devchain::{chain::ChainError, rpc::ServerError};

use crate::error::{Exit, Fault};

/// The embedded chain did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevnetError {
    /// Its directory cannot be made.
    #[error("cannot create {}: {cause}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Its database or its runtime.
    #[error("the embedded chain cannot start: {0}")]
    Chain(#[from] ChainError),
    /// Its ports.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl Fault for DevnetError {
    fn code(&self) -> &'static str {
        match self {
            Self::Directory { .. } => "devnet_directory",
            Self::Chain(_) => "devnet_chain",
            Self::Server(_) => "devnet_port",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Server(_) => Exit::Network,
            Self::Directory { .. } | Self::Chain(_) => Exit::Database,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Directory { .. } => None,
            Self::Chain(_) => Some(
                "the directory of --persist must be made by the same version, and no other process may use it".into(),
            ),
            Self::Server(_) => {
                Some("another program may use the port: choose one with --substrate-port and --ethereum-port".into())
            }
        }
    }
}
