//! Who holds an office, such as a contract's owner, and how that passes on.

use std::fmt;

use alloy_core::primitives::Address;
use clap::Args;
use serde::Serialize;

use super::{Context, transaction::Transaction};
use salus_client::{
    chain::Receipt,
    contracts::{Contract, ContractError},
    error::Error,
};

/// To whom an office is offered, which has to be accepted.
#[derive(Debug, Args)]
pub(super) struct HeirOpts {
    /// To whom
    #[arg(
        long,
        value_name = "ACCOUNT",
        required_unless_present = "withdraw",
        conflicts_with = "withdraw"
    )]
    to: Option<String>,
    /// Take an earlier offer back
    #[arg(long)]
    withdraw: bool,
}

impl HeirOpts {
    /// The account; the zero address to take an offer back.
    pub(super) fn address(&self, context: &Context) -> Result<Address, Error> {
        match &self.to {
            Some(to) => Ok(context.account(to)?.address()),
            None => Ok(Address::ZERO),
        }
    }
}

/// Who owns a contract, and to whom that office is offered.
#[derive(Serialize)]
pub(super) struct Owned {
    owner: Address,
    pending_owner: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<Transaction>,
}

impl Owned {
    pub(super) async fn read(contract: &Contract, receipt: Option<Receipt>) -> Result<Self, ContractError> {
        Ok(Self {
            owner: contract.owner().await?,
            pending_owner: contract.pending_owner().await?,
            transaction: receipt.map(Transaction::from),
        })
    }
}

impl fmt::Display for Owned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "owner        {}", self.owner)?;
        if let Some(pending) = self.pending_owner {
            write!(f, "\noffered to   {pending}")?;
        }
        match &self.transaction {
            Some(transaction) => write!(f, "\n{transaction}"),
            None => Ok(()),
        }
    }
}
