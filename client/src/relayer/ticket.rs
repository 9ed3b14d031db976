//! What a sender is given for a message, and what became of it.

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use super::RelayError;
use crate::chain::Receipt;

/// An accepted message. Its id is known to whoever has the message: the Keccak-256 of signer and signed digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// What it is known by.
    pub ticket: B256,
    /// The contract's name.
    pub contract: String,
    /// What it does there.
    pub message: String,
    /// Who signed.
    pub signer: Address,
    /// The signer's nonce.
    pub nonce: B256,
    /// When it was accepted, in seconds since the epoch.
    pub accepted_at: u64,
    /// What became of it.
    #[serde(flatten)]
    pub status: Status,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// It is to be sent.
    Accepted,
    /// It is in a transaction that was sent, or is about to be.
    Submitted {
        /// The transaction.
        tx_hash: B256,
    },
    /// It was carried out.
    Done {
        /// The transaction; of one that carried several messages, this one's share of weight and fee. Without events.
        transaction: Box<Receipt>,
    },
    /// It was not carried out, and changed nothing. It can be handed in again.
    Failed {
        /// The error's stable name.
        code: String,
        /// The reason in words.
        reason: String,
        /// The transaction in which it failed, if it was sent.
        #[serde(skip_serializing_if = "Option::is_none")]
        tx_hash: Option<B256>,
    },
    /// Its last second passed before it was sent.
    Expired,
}

impl Ticket {
    /// The transaction that carried it out.
    ///
    /// # Errors
    /// [`RelayError::NotDone`] if it failed or was not sent in time, [`RelayError::Unconfirmed`] if its end is not known.
    pub fn done(self) -> Result<Receipt, RelayError> {
        let ticket = self.ticket;
        let not_done = |code, reason| Err(RelayError::NotDone { ticket, code, reason });
        match self.status {
            Status::Done { transaction } => Ok(*transaction),
            Status::Submitted { tx_hash } => Err(RelayError::Unconfirmed { ticket, tx_hash }),
            Status::Failed { code, reason, .. } => not_done(known(&code), reason),
            Status::Accepted => not_done("not_accepted", "it was not sent yet".into()),
            Status::Expired => not_done("deadline_too_near", "its last second passed before it was sent".into()),
        }
    }
}

/// The name of an error with which messages fail.
fn known(code: &str) -> &'static str {
    let names = ["reverted", "dispatch_error", "unfunded"];
    names.into_iter().find(|name| *name == code).unwrap_or("failure")
}

impl Status {
    /// Whether nothing more becomes of it.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Failed { .. } | Self::Expired)
    }

    /// Its name, as in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Submitted { .. } => "submitted",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::Expired => "expired",
        }
    }
}
