//! Why the chain cannot be asked.

use std::time::Duration;

use crate::{
    error::{Exit, Fault},
    indexer::runtime::RuntimeError,
};

/// Why the chain cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The RPC has not answered for as long as is waited.
    #[error("the RPC at {url} has not answered for {} s: {reason}", lasted.as_secs())]
    Unreachable {
        /// Where it should be.
        url: String,
        /// For how long it has been tried.
        lasted: Duration,
        /// What the last attempt met.
        reason: String,
    },
    /// The RPC answers that it will not.
    #[error("the RPC at {url} refuses {method}: {reason}")]
    Refused {
        /// The RPC.
        url: String,
        /// What was asked.
        method: String,
        /// Its message.
        reason: String,
    },
    /// The node has thrown away the state of old blocks.
    #[error("the node at {url} no longer has the state of block {block}")]
    Pruned {
        /// The RPC.
        url: String,
        /// The block, as far as it is known.
        block: String,
    },
    /// The answer is not what the method promises.
    #[error("the RPC at {url} answers {method} with something else: {reason}")]
    Malformed {
        /// The RPC.
        url: String,
        /// What was asked.
        method: String,
        /// What is wrong.
        reason: String,
    },
    /// Consecutive blocks do not point at each other, whoever was asked.
    #[error("block {number} at {url} does not follow the block before it")]
    Unlinked {
        /// The RPC.
        url: String,
        /// The later block.
        number: u64,
    },
    /// The runtime's events cannot be read.
    #[error("block {number}: {source}")]
    Runtime {
        /// The block.
        number: u64,
        /// Why.
        source: RuntimeError,
    },
}

impl Fault for SourceError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "rpc_unreachable",
            Self::Refused { .. } => "rpc_refused",
            Self::Pruned { .. } => "rpc_pruned",
            Self::Malformed { .. } => "rpc_malformed",
            Self::Unlinked { .. } => "rpc_unlinked_blocks",
            Self::Runtime { .. } => "unknown_runtime",
        }
    }

    fn exit(&self) -> Exit {
        Exit::Network
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreachable { .. } => {
                "start the chain (`salus up`) or check --network, and run the command again".into()
            }
            Self::Pruned { .. } => "use an archive node, or start at a later block with --from".into(),
            _ => return None,
        })
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Unlinked { .. })
    }
}
