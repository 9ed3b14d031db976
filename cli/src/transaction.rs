//! What every command that sends a transaction shares: who signs, what to wait for, and what it shows.

use std::{fmt, time::Duration};

use clap::Args;
use serde::Serialize;

use super::{Context, context::Signer};
use salus_client::{
    chain::{Chain, Finality, Receipt, SubmitOptions},
    error::Error,
    keystore::SigningKey,
};

/// Arguments of commands that send transactions.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Transaction options")]
pub(super) struct TransactionOpts {
    /// The account that signs and pays: a stored key's name, `wallet:NAME/INDEX`, or `dev:NAME` on a development network
    #[arg(long, env = "SALUS_FROM", value_name = "ACCOUNT")]
    from: String,
    #[command(flatten)]
    sending: SendingOpts,
}

/// Arguments of how transactions are sent.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Transaction options")]
pub(super) struct SendingOpts {
    /// What to wait for
    #[arg(long, value_enum, default_value = "finalized")]
    wait: Finality,
    /// For how many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

impl TransactionOpts {
    /// The account that signs, as given.
    pub(super) fn account(&self) -> &str {
        &self.from
    }

    /// How to send.
    pub(super) fn options(&self) -> SubmitOptions {
        self.sending.options()
    }

    /// Connects, and unlocks the key.
    pub(super) async fn start(&self, context: &Context) -> Result<(Chain, SigningKey), Error> {
        let (chain, signer) = self.start_as(context).await?;
        Ok((chain, signer.key))
    }

    /// The same, with the subject that comes with a wallet's key.
    pub(super) async fn start_as(&self, context: &Context) -> Result<(Chain, Signer), Error> {
        self.sending.start(context, &self.from).await
    }

    /// Connects, and unlocks a key that sends nothing.
    pub(super) async fn unlock_as(&self, context: &Context) -> Result<(Chain, Signer), Error> {
        unlock(context, &self.from).await
    }
}

impl SendingOpts {
    /// How to send.
    pub(super) fn options(&self) -> SubmitOptions {
        SubmitOptions {
            finality: self.wait,
            timeout: Duration::from_secs(self.timeout),
        }
    }

    /// Connects, and unlocks the key `from`.
    pub(super) async fn start(&self, context: &Context, from: &str) -> Result<(Chain, Signer), Error> {
        let (chain, signer) = unlock(context, from).await?;
        chain.ensure_mapped(&signer.key, self.options()).await?;
        Ok((chain, signer))
    }
}

/// Connects, and unlocks the key `from`. The chain is tried first: no password is asked for in vain.
pub(super) async fn unlock(context: &Context, from: &str) -> Result<(Chain, Signer), Error> {
    let network = context.network()?;
    let chain = Chain::connect(&network).await?;
    let signer = context.signer(from, &network)?;
    Ok((chain, signer))
}

/// A transaction in a command's result.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Transaction {
    #[serde(flatten)]
    receipt: Receipt,
}

impl From<Receipt> for Transaction {
    fn from(receipt: Receipt) -> Self {
        // The commands show what the events say in their own words.
        Self {
            receipt: Receipt {
                logs: Vec::new(),
                ..receipt
            },
        }
    }
}

impl fmt::Display for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Receipt {
            tx_hash,
            block_number,
            finalized,
            weight,
            fee,
            ..
        } = &self.receipt;
        let state = if *finalized { "finalized" } else { "not final yet" };
        writeln!(f, "transaction  {tx_hash}")?;
        writeln!(f, "block        {block_number} ({state})")?;
        write!(
            f,
            "cost         fee {fee}, ref_time {}, proof_size {}",
            weight.ref_time, weight.proof_size
        )
    }
}
