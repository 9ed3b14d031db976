//! Why indexing ended before it was done.

use super::{catalogue::CatalogueError, source::SourceError, store::StoreError};
use crate::error::{Exit, Fault};

/// Why indexing ended before it was done. Whatever it is, what was stored is whole, and the next run goes on there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain cannot be read, and nothing has been indexed in this run.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The chain cannot be read any further.
    #[error("{source}; indexed up to block {indexed} of {target}, nothing after it")]
    Interrupted {
        /// Why.
        source: SourceError,
        /// The last block up to which every contract is indexed.
        indexed: u64,
        /// The last finalized block that was known.
        target: u64,
    },
    /// The contracts' ABIs cannot be used.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A task ended by a panic; its message is on standard error.
    #[error("an internal task failed: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// There is nothing to follow.
    #[error("no contract to index is deployed on this network")]
    NoContracts,
}

impl Fault for IndexError {
    fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Source(error) | Self::Interrupted { source: error, .. } => error.code(),
            Self::Catalogue(_) => "abi",
            Self::Task(_) => "internal",
            Self::NoContracts => "not_deployed",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Store(error) => error.exit(),
            Self::Source(error) | Self::Interrupted { source: error, .. } => error.exit(),
            Self::Catalogue(_) | Self::Task(_) => Exit::Failure,
            Self::NoContracts => Exit::NotDeployed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint(),
            Self::Source(error) | Self::Interrupted { source: error, .. } => error.hint(),
            Self::NoContracts => Some("run `salus deploy`".into()),
            Self::Catalogue(_) | Self::Task(_) => None,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Store(error) => error.is_retryable(),
            Self::Source(error) | Self::Interrupted { source: error, .. } => error.is_retryable(),
            Self::Catalogue(_) | Self::Task(_) | Self::NoContracts => false,
        }
    }
}
