//! Actions for a subject: sent by who acts, or signed for somebody else to send.

use std::{fmt, path::PathBuf};

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::SolCall,
};
use clap::Args;
use serde::Serialize;

use super::{
    Context,
    moment::{self, Moment},
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{
    chain::{Chain, Receipt, SubmitOptions},
    contracts::{Contract, Suite},
    error::Error,
    files::{self, Access},
    keystore::SigningKey,
    signed::SignedError,
};

/// Arguments of commands that act for a subject.
#[derive(Debug, Clone, Args)]
pub(super) struct ActionOpts {
    #[command(flatten)]
    transaction: TransactionOpts,
    /// Only sign the action, and write it to FILE for anybody to send by `salus relay`; --from needs no coins
    #[arg(long, value_name = "FILE", help_heading = "Transaction options")]
    sign_to: Option<PathBuf>,
    /// Until when what is signed can be sent
    #[arg(
        long,
        value_name = "TIME",
        default_value = "+86400",
        requires = "sign_to",
        help_heading = "Transaction options"
    )]
    deadline: String,
}

/// Somebody who acts, on a chain.
pub(super) struct Acting {
    /// The chain.
    pub(super) chain: Chain,
    /// The contracts.
    pub(super) suite: Suite,
    /// The subject that comes with a wallet's key.
    pub(super) subject: Option<B256>,
    key: SigningKey,
    how: How,
}

enum How {
    Send(SubmitOptions),
    Sign { file: PathBuf, deadline: u64 },
}

/// An action that was sent or signed.
pub(super) enum Done {
    Sent(Receipt),
    Signed(Signed),
}

/// What a command shows of it.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Transaction(Transaction),
    Signed(Signed),
}

/// An action in a file, to be sent by somebody else.
#[derive(Serialize)]
pub(super) struct Signed {
    pub(super) file: PathBuf,
    pub(super) signer: Address,
    pub(super) nonce: U256,
    /// The last second in which it can be sent.
    pub(super) deadline: Moment,
}

impl ActionOpts {
    /// Connects, and unlocks the key.
    pub(super) async fn start(&self, context: &Context) -> Result<Acting, Error> {
        let ((chain, signer), how) = match &self.sign_to {
            None => {
                let started = self.transaction.start_as(context).await?;
                (started, How::Send(self.transaction.options()))
            }
            Some(file) => {
                let started = self.transaction.unlock_as(context).await?;
                let deadline = moment::parse(&self.deadline, moment::now(), true)?;
                let file = file.clone();
                (started, How::Sign { file, deadline })
            }
        };
        let suite = Suite::open(&chain, &context.deployments(chain.network()))?;
        Ok(Acting {
            suite,
            chain,
            subject: signer.subject,
            key: signer.key,
            how,
        })
    }
}

impl Acting {
    /// Who acts.
    pub(super) fn actor(&self) -> Address {
        self.key.account().address()
    }

    /// Sends an action, a call of a contract that takes signed ones, or signs it. A file that is there is not replaced: it may not have been sent yet.
    pub(super) async fn carry_out(&self, contract: &Contract, call: &impl SolCall) -> Result<Done, Error> {
        match &self.how {
            How::Send(options) => Ok(Done::Sent(contract.send(&self.key, call, *options).await?)),
            How::Sign { file, deadline } => {
                let signed = contract.action(call)?.sign(&self.key, U256::from(*deadline));
                files::create_json(file, &signed, Access::Shared).map_err(|source| SignedError::File {
                    path: file.clone(),
                    source,
                })?;
                Ok(Done::Signed(Signed {
                    file: file.clone(),
                    signer: signed.signer,
                    nonce: signed.nonce,
                    deadline: Moment(*deadline),
                }))
            }
        }
    }
}

impl From<Done> for Outcome {
    fn from(done: Done) -> Self {
        match done {
            Done::Sent(receipt) => Self::Transaction(receipt.into()),
            Done::Signed(signed) => Self::Signed(signed),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transaction(transaction) => transaction.fmt(f),
            Self::Signed(signed) => {
                writeln!(f, "signed       {}, to be sent by `salus relay`", signed.file.display())?;
                writeln!(f, "nonce        {}", signed.nonce)?;
                write!(f, "deadline     {}", signed.deadline)
            }
        }
    }
}
