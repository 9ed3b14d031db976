//! Why a relayer does not take a message, or cannot work.

use alloy_core::primitives::B256;

use super::{Limit, message::MAX_BYTES};
use crate::{
    Error,
    authorization::AuthorizationError,
    chain::{ChainError, Weight},
    error::{Exit, Fault},
    indexer::StoreError,
    signed::SignedError,
};

/// Why a relayer does not take a message, or cannot work. A refusal changes nothing, but for the count of refusals when a message was
/// tried.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The policy is malformed.
    #[error("the relayer's policy cannot be used: {0}")]
    Policy(String),
    /// The message is larger than any that there can be.
    #[error("the message has {size} bytes, and {MAX_BYTES} are the most")]
    TooLarge {
        /// Its size in JSON, in bytes.
        size: usize,
    },
    /// It is no message.
    #[error("it is nothing that was signed to be sent by others: {reason}")]
    Malformed {
        /// The stable name of the error, by what it seems to be.
        code: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The policy does not have it.
    #[error("this relayer does not send `{name}` of `{contract}`")]
    NotAllowed {
        /// The contract.
        contract: String,
        /// The message.
        name: String,
    },
    /// It is over, or nearly so.
    #[error("the message can be sent until {last_second}, it is {now}, and this relayer wants {min_rest} s")]
    DeadlineTooNear {
        /// Its last second since the epoch.
        last_second: u64,
        /// The chain's time.
        now: u64,
        /// What the policy wants between them, in seconds.
        min_rest: u64,
    },
    /// Another message of the signer uses the nonce.
    #[error("another message with this nonce is {status}: ticket {ticket}")]
    NonceTaken {
        /// The other one's ticket.
        ticket: B256,
        /// What became of it.
        status: &'static str,
    },
    /// A limit is reached.
    #[error("the most {} is reached; it is free again at {free_at}", limit.in_words())]
    Limited {
        /// Which.
        limit: Limit,
        /// When its window is over, in seconds since the epoch.
        free_at: u64,
    },
    /// Too many messages wait.
    #[error("{pending} messages wait to be sent, and this relayer keeps no more")]
    Full {
        /// How many.
        pending: u32,
    },
    /// It costs more than the policy allows.
    #[error("it would cost {cost} native units, and this relayer pays {most} at most")]
    TooCostly {
        /// Fee and deposit.
        cost: u128,
        /// The policy's limit.
        most: u64,
    },
    /// It needs more weight than the policy allows.
    #[error(
        "it needs ref_time {} and proof_size {}, and this relayer gives {} and {} at most",
        needed.ref_time, needed.proof_size, most.ref_time, most.proof_size
    )]
    TooHeavy {
        /// What it needs.
        needed: Weight,
        /// The policy's limit.
        most: Weight,
    },
    /// No message has this ticket.
    #[error("no message has the ticket {0}")]
    UnknownTicket(B256),
    /// It is accepted and kept, and could not be sent now.
    #[error("ticket {ticket} is accepted and not sent yet: {source}")]
    NotSent {
        /// The ticket.
        ticket: B256,
        /// Why.
        source: Box<ChainError>,
    },
    /// It was taken in, and failed.
    #[error("ticket {ticket} was not carried out: {reason}")]
    NotDone {
        /// The ticket.
        ticket: B256,
        /// The stable name of the error.
        code: &'static str,
        /// Why.
        reason: String,
    },
    /// It was sent, and is not in a block yet.
    #[error("ticket {ticket} was sent by transaction {tx_hash}, which is not in a block yet")]
    Unconfirmed {
        /// The ticket.
        ticket: B256,
        /// The transaction.
        tx_hash: B256,
    },
    /// A signed action that is none, or for elsewhere, or refused.
    #[error(transparent)]
    Signed(#[from] SignedError),
    /// An authorization that is none, or for elsewhere.
    #[error(transparent)]
    Authorization(#[from] AuthorizationError),
    /// The chain or the contract refuses it, or was not reached.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The memory cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The contracts are not where the address book says.
    #[error(transparent)]
    Suite(Box<Error>),
}

impl RelayError {
    /// Whose error it is, if it came from elsewhere.
    fn area(&self) -> Option<&dyn Fault> {
        match self {
            Self::NotSent { source, .. } => Some(source.as_ref()),
            Self::Signed(error) => Some(error),
            Self::Authorization(error) => Some(error),
            Self::Chain(error) => Some(error),
            Self::Store(error) => Some(error),
            Self::Suite(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

impl From<Error> for RelayError {
    fn from(error: Error) -> Self {
        Self::Suite(Box::new(error))
    }
}

impl Fault for RelayError {
    fn code(&self) -> &'static str {
        match self {
            Self::Policy(_) => "policy_malformed",
            Self::TooLarge { .. } => "message_too_large",
            Self::Malformed { code, .. } => code,
            Self::NotAllowed { .. } => "message_not_allowed",
            Self::DeadlineTooNear { .. } => "deadline_too_near",
            Self::NonceTaken { .. } => "nonce_taken",
            Self::Limited { .. } => "relayer_limit",
            Self::Full { .. } => "relayer_full",
            Self::TooCostly { .. } => "too_costly",
            Self::TooHeavy { .. } => "too_heavy",
            Self::UnknownTicket(_) => "unknown_ticket",
            Self::NotDone { code, .. } => code,
            Self::Unconfirmed { .. } => "unconfirmed",
            other => other.area().map_or("failure", Fault::code),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Policy(_) | Self::TooLarge { .. } | Self::Malformed { .. } => Exit::Document,
            Self::Unconfirmed { .. } => Exit::Network,
            other => other.area().map_or(Exit::Failure, Fault::exit),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(StoreError::InUse { .. }) => {
                Some("one relayer an account: wait for the other one, or stop it".into())
            }
            Self::Store(StoreError::Missing { .. }) => Some("this account has relayed nothing here yet".into()),
            Self::Store(StoreError::OlderSchema { .. }) => Some("`salus relay FILE` brings it up to date".into()),
            Self::NonceTaken { ticket, .. } | Self::NotSent { ticket, .. } | Self::Unconfirmed { ticket, .. } => {
                Some(format!("`salus relay --status {ticket}` tells more"))
            }
            other => other.area().and_then(Fault::hint),
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Limited { .. } | Self::Full { .. } | Self::NotSent { .. } => true,
            other => other.area().is_some_and(Fault::is_retryable),
        }
    }
}
