//! Why there is no decision. None of it is a permit.

use std::time::Duration;

use crate::{
    chain::ChainError,
    contracts::ContractError,
    error::{Error, Exit, Fault},
    openings::OpeningError,
};

/// Why the guard does not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GuardError {
    /// The newest block is too old: the node is behind, or the chain stands. What was revoked since cannot be known.
    #[error("block {number} is {age} s old, and is to be no older than {limit} s")]
    Stale {
        /// The block that would have answered.
        number: u64,
        /// How old it is, in seconds.
        age: u64,
        /// How old it may be, in seconds.
        limit: u64,
    },
    /// No block was read for too long: what was revoked since is not known yet, and will be told when it is.
    #[error("nothing was read of the chain after block {number} for {} s", after.as_secs())]
    Silent {
        /// The last block that was read.
        number: u64,
        /// How long ago.
        after: Duration,
    },
    /// The decision took too long.
    #[error("no decision within {} s", after.as_secs())]
    TimedOut {
        /// How long it may take.
        after: Duration,
    },
    /// The request is for another time than that of the block.
    #[error("`at`: the guard answers for the time of its block, and the request names a time")]
    Timed,
    /// The request asks for nothing, which is no reason to permit anything.
    #[error("`{field}`: is empty, and a request needs at least one")]
    NothingAsked {
        /// The member of the request.
        field: &'static str,
    },
    /// The chain, a contract or an opening failed.
    #[error(transparent)]
    Client(Box<Error>),
}

impl GuardError {
    /// Whether a new connection may help.
    pub(super) fn is_disconnected(&self) -> bool {
        let Self::Client(error) = self else { return false };
        let error = match &**error {
            Error::Chain(error) | Error::Contract(ContractError::Chain(error)) => error,
            _ => return false,
        };
        matches!(
            error,
            ChainError::Disconnected { .. } | ChainError::Unreachable { .. } | ChainError::TimedOut { .. }
        )
    }
}

impl From<Error> for GuardError {
    fn from(error: Error) -> Self {
        match error {
            Error::Guard(error) => error,
            other => Self::Client(Box::new(other)),
        }
    }
}

impl From<ChainError> for GuardError {
    fn from(error: ChainError) -> Self {
        Error::from(error).into()
    }
}

impl From<ContractError> for GuardError {
    fn from(error: ContractError) -> Self {
        Error::from(error).into()
    }
}

impl From<OpeningError> for GuardError {
    fn from(error: OpeningError) -> Self {
        Error::from(error).into()
    }
}

impl Fault for GuardError {
    fn code(&self) -> &'static str {
        match self {
            Self::Stale { .. } => "stale_block",
            Self::Silent { .. } => "silent_chain",
            Self::TimedOut { .. } => "timeout",
            Self::Timed => "request_names_time",
            Self::NothingAsked { .. } => "nothing_asked",
            Self::Client(error) => error.code(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Stale { .. } | Self::Silent { .. } | Self::TimedOut { .. } => Exit::Network,
            Self::Timed | Self::NothingAsked { .. } => Exit::Document,
            Self::Client(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Stale { .. } | Self::Silent { .. } => {
                Some("is the node in sync, and this machine's clock right?".into())
            }
            Self::Client(error) => error.hint(),
            _ => None,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Stale { .. } | Self::Silent { .. } | Self::TimedOut { .. } => true,
            Self::Timed | Self::NothingAsked { .. } => false,
            Self::Client(error) => error.is_retryable(),
        }
    }
}
