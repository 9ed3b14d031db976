//! Why talking to the chain failed.

use std::time::Duration;

use alloy_core::primitives::{B256, U256};

use crate::{
    abi::Revert,
    account::Account,
    error::{Exit, Fault},
};

/// Why talking to the chain failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// Nothing answers at the RPC's URL.
    #[error("cannot connect to {url}: {reason}")]
    Unreachable {
        /// The RPC.
        url: String,
        /// What the connection says.
        reason: String,
    },
    /// The RPC went away while it was needed and did not come back in time. Nothing was sent.
    #[error("the RPC went away while {what}; nothing was sent ({reason})")]
    Disconnected {
        /// What was going on.
        what: &'static str,
        /// What the connection says.
        reason: String,
    },
    /// The RPC, or the client library, answered with an error.
    #[error("{what} failed: {reason}")]
    Rpc {
        /// What was going on.
        what: &'static str,
        /// What was answered.
        reason: String,
    },
    /// The chain does not have something that every chain has.
    #[error("the chain does not know {what}")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
    /// The chain cannot run Salus.
    #[error("the chain of network `{network}` has no contracts (pallet-revive)")]
    NoRevive {
        /// The network's name.
        network: String,
    },
    /// A contract refused. In a dry run, nothing was sent and nothing paid.
    #[error("the contract refused: {0}")]
    Reverted(Revert),
    /// The runtime refused, before or in a block.
    #[error("the chain refused: {pallet}.{error}{}", if docs.is_empty() { String::new() } else { format!(": {docs}") })]
    Dispatch {
        /// The pallet that refused, or the kind of error.
        pallet: String,
        /// Its error.
        error: String,
        /// What the chain's metadata says about that error.
        docs: String,
    },
    /// The runtime refused an Ethereum transaction, in a sentence.
    #[error("the chain refused: {reason}")]
    Refused {
        /// The sentence.
        reason: String,
    },
    /// The account cannot pay.
    #[error("account {account} cannot pay for this: {reason}")]
    Unfunded {
        /// The account that signs.
        account: Account,
        /// What it cannot pay, in the chain's words.
        reason: String,
    },
    /// The transaction is in a block, and failed there: its fee is paid and nothing else was changed.
    #[error("transaction {tx_hash} failed in block {block_number}: {cause}")]
    Failed {
        /// The transaction.
        tx_hash: B256,
        /// The block that carries it.
        block_number: u64,
        /// Why.
        cause: Box<ChainError>,
    },
    /// An amount that the native coin cannot express.
    #[error("{value} is not a whole number of native units (1 unit = {ratio}), or too large")]
    Amount {
        /// The amount, in the smallest unit of 18 decimals.
        value: U256,
        /// How many of those make one native unit.
        ratio: u32,
    },
    /// The transaction queue did not take the transaction: it was not sent on and will not be included.
    #[error("the transaction was not accepted: {reason}")]
    NotAccepted {
        /// The node's words.
        reason: String,
    },
    /// The transaction was signed and, as it could not be kept in mind, not sent.
    #[error("the transaction was not sent: {reason}")]
    Withheld {
        /// Why it could not.
        reason: String,
    },
    /// The queue took the transaction and later threw it out.
    #[error("transaction {tx_hash} was accepted and then {fate}")]
    Discarded {
        /// The transaction.
        tx_hash: B256,
        /// What became of it.
        fate: &'static str,
    },
    /// The transaction was sent, and it is not known whether it was or will be included.
    #[error("transaction {tx_hash} of {account} (nonce {nonce}) was sent, but {reason}")]
    Unconfirmed {
        /// The transaction.
        tx_hash: B256,
        /// Who signed.
        account: Account,
        /// The nonce it used: while the account's nonce is not beyond it, the transaction is not in a block.
        nonce: u64,
        /// Why it is not known.
        reason: String,
    },
    /// Nothing happened for too long.
    #[error("no answer within {} s while {what}", after.as_secs())]
    TimedOut {
        /// What was going on.
        what: &'static str,
        /// How long was waited.
        after: Duration,
    },
}

impl ChainError {
    /// Whether it is certain that the transaction changed nothing and never will, its fee apart.
    pub fn is_without_effect(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Disconnected { .. }
                | Self::Reverted(_)
                | Self::Dispatch { .. }
                | Self::Refused { .. }
                | Self::Unfunded { .. }
                | Self::Failed { .. }
                | Self::Amount { .. }
                | Self::NotAccepted { .. }
                | Self::Withheld { .. }
        )
    }
}

impl Fault for ChainError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "rpc_unreachable",
            Self::Disconnected { .. } => "rpc_disconnected",
            Self::Rpc { .. } => "rpc_error",
            Self::Missing { .. } => "chain_incomplete",
            Self::NoRevive { .. } => "no_contracts",
            Self::Reverted(_) => "reverted",
            Self::Dispatch { .. } | Self::Refused { .. } => "dispatch_error",
            Self::Unfunded { .. } => "unfunded",
            Self::Failed { cause, .. } => cause.code(),
            Self::Amount { .. } => "amount",
            Self::NotAccepted { .. } => "not_accepted",
            Self::Withheld { .. } => "withheld",
            Self::Discarded { .. } => "discarded",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::TimedOut { .. } => "timeout",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Unreachable { .. }
            | Self::Disconnected { .. }
            | Self::Rpc { .. }
            | Self::Missing { .. }
            | Self::Unconfirmed { .. }
            | Self::TimedOut { .. } => Exit::Network,
            Self::NoRevive { .. } => Exit::WrongChain,
            Self::Failed { cause, .. } => cause.exit(),
            _ => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreachable { .. } => Some("is the node running? `salus up` starts a local one".into()),
            Self::Reverted(revert) => revert.hint().map(Into::into),
            Self::Failed { cause, .. } => cause.hint(),
            Self::Unfunded { account, .. } => Some(format!("send native coin to {account} first")),
            Self::Unconfirmed { nonce, .. } => Some(format!(
                "it may still be included: before repeating, check that the account's nonce is still {nonce}"
            )),
            _ => None,
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Disconnected { .. } | Self::TimedOut { .. } | Self::NotAccepted { .. }
        )
    }
}

/// Says what was going on when a call into the client library failed.
pub(super) trait Context<T> {
    fn context(self, what: &'static str) -> Result<T, ChainError>;
}

impl<T, E: std::error::Error + Send + Sync + 'static> Context<T> for Result<T, E> {
    fn context(self, what: &'static str) -> Result<T, ChainError> {
        self.map_err(|error| {
            let reason = error.to_string();
            if is_transport(&error) {
                ChainError::Disconnected { what, reason }
            } else {
                ChainError::Rpc { what, reason }
            }
        })
    }
}

/// Whether an error, or what caused it, is the connection's.
///
/// The library nests errors, and not every layer says its source, so that the words of the connection's own errors are
/// looked for, too.
pub(super) fn is_transport(error: &(dyn std::error::Error + 'static)) -> bool {
    use subxt_rpcs::Error as Rpc;
    let mut cause = Some(error);
    while let Some(current) = cause {
        match current.downcast_ref::<Rpc>() {
            Some(Rpc::Client(_) | Rpc::DisconnectedWillReconnect(_)) => return true,
            Some(_) => return false,
            None => cause = current.source(),
        }
    }
    let text = error.to_string();
    text.contains("RPC error: client error") || text.contains("the connection was lost")
}
