//! Tokens by holder.

use alloy_core::primitives::Address;
use serde::Serialize;

use super::{Columns, Select};
use crate::indexer::store::{Reader, StoreError};

/// Which balances are wanted.
#[derive(Debug, Clone, Default)]
pub struct BalanceFilter {
    /// Of this token.
    pub contract: Option<Address>,
    /// Of this holder.
    pub holder: Option<Address>,
}

/// What an account holds of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// The token.
    pub contract: Address,
    /// The account.
    pub holder: Address,
    /// How much, in the token's smallest unit, as a decimal integer.
    pub balance: String,
    /// The block in which it last changed.
    pub changed_block: u64,
}

impl Reader {
    /// The first `limit` balances that match, by token and holder.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn balances(&mut self, filter: &BalanceFilter, limit: u32) -> Result<Vec<Balance>, StoreError> {
        Select::new("select * from balances")
            .bytes("contract", filter.contract)
            .bytes("holder", filter.holder)
            .order("contract, holder", limit)
            .fetch(self, balance)
            .await
    }
}

fn balance(row: &Columns<'_>) -> Result<Balance, sqlx::Error> {
    Ok(Balance {
        contract: row.address("contract")?,
        holder: row.address("holder")?,
        balance: row.text("balance")?,
        changed_block: row.number("changed_block")?,
    })
}
