//! What `salus relay` shows.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use crate::transaction::Transaction;
use salus_client::{
    error::Fault,
    relayer::{RelayError, Status, Ticket},
};

/// One message that was carried out.
#[derive(Serialize)]
pub(super) struct Relayed {
    pub(super) ticket: B256,
    pub(super) contract: String,
    pub(super) message: String,
    pub(super) signer: Address,
    pub(super) transaction: Transaction,
}

/// What became of one message, or why it was not taken in.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Line {
    Ticket(Box<Ticket>),
    Refused(Refused),
}

/// Why a message was not taken in.
#[derive(Serialize)]
pub(super) struct Refused {
    status: &'static str,
    code: &'static str,
    reason: String,
    retryable: bool,
}

/// What became of several messages.
#[derive(Serialize)]
pub(super) struct RelayedAll {
    messages: Vec<OfFile>,
    done: usize,
    not_done: usize,
}

#[derive(Serialize)]
struct OfFile {
    file: PathBuf,
    #[serde(flatten)]
    line: Line,
}

impl From<Result<Ticket, RelayError>> for Line {
    fn from(taken: Result<Ticket, RelayError>) -> Self {
        match taken {
            Ok(ticket) => Self::Ticket(Box::new(ticket)),
            Err(error) => Self::Refused(Refused {
                status: "refused",
                code: error.code(),
                reason: error.to_string(),
                retryable: error.is_retryable(),
            }),
        }
    }
}

impl RelayedAll {
    pub(super) fn new(files: Vec<PathBuf>, lines: Vec<Line>) -> Self {
        let messages: Vec<OfFile> = files
            .into_iter()
            .zip(lines)
            .map(|(file, line)| OfFile { file, line })
            .collect();
        let is_done = |message: &&OfFile| matches!(&message.line, Line::Ticket(ticket) if matches!(ticket.status, Status::Done { .. }));
        let done = messages.iter().filter(is_done).count();
        Self {
            not_done: messages.len() - done,
            messages,
            done,
        }
    }
}

impl fmt::Display for Relayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "relayed      {} of `{}`, signed by {}",
            self.message, self.contract, self.signer
        )?;
        writeln!(f, "ticket       {}", self.ticket)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ticket = match self {
            Self::Refused(refused) => return write!(f, "refused      {}", refused.reason),
            Self::Ticket(ticket) => ticket,
        };
        writeln!(
            f,
            "message      {} of `{}`, signed by {}",
            ticket.message, ticket.contract, ticket.signer
        )?;
        writeln!(f, "ticket       {}", ticket.ticket)?;
        write!(f, "status       {}", ticket.status.name())?;
        match &ticket.status {
            Status::Submitted { tx_hash } => write!(f, " by transaction {tx_hash}"),
            Status::Failed { reason, .. } => write!(f, ": {reason}"),
            Status::Done { transaction } => {
                writeln!(f)?;
                Transaction::from(transaction.as_ref().clone()).fmt(f)
            }
            Status::Accepted | Status::Expired => Ok(()),
        }
    }
}

impl fmt::Display for RelayedAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for message in &self.messages {
            writeln!(f, "file         {}", message.file.display())?;
            writeln!(f, "{}\n", message.line)?;
        }
        write!(f, "{} carried out, {} not", self.done, self.not_done)
    }
}
