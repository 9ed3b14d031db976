//! Visits, their history, and withdrawals.

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use super::{Columns, Select};
use crate::indexer::store::{Reader, StoreError};

/// Which visits are wanted.
#[derive(Debug, Clone, Default)]
pub struct VisitFilter {
    /// This visit.
    pub visit_id: Option<u64>,
    /// Those of this patient.
    pub patient: Option<Address>,
    /// Those of this provider.
    pub provider: Option<Address>,
    /// Those of this status, named as in [`Visit::status`].
    pub status: Option<String>,
}

/// A visit: a consultation with its fee in escrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// The telehealth contract.
    pub contract: Address,
    /// Its number there, from one.
    pub visit_id: u64,
    /// Who asked for it and pays.
    pub patient: Address,
    /// Who gives it and gets the fee.
    pub provider: Address,
    /// The token of the fee.
    pub token: Address,
    /// The fee in the token's smallest unit, as a decimal integer.
    pub fee: String,
    /// When it begins, in seconds since the epoch.
    pub start_time: u64,
    /// The second from which it can no longer be confirmed.
    pub confirm_by: u64,
    /// The second from which it can no longer be completed.
    pub complete_by: u64,
    /// A salted hash of what else was agreed.
    pub details_hash: B256,
    /// `requested`, `funded`, `confirmed`, `completed`, `cancelled`, `declined` or `expired`.
    pub status: String,
    /// Which side called it off.
    pub cancelled_by: Option<Address>,
    /// The block in which it was requested.
    pub requested_block: u64,
    /// The block in which it last changed.
    pub changed_block: u64,
}

/// A status that a visit has had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitStep {
    /// The telehealth contract.
    pub contract: Address,
    /// The visit.
    pub visit_id: u64,
    /// The block in which it came to this status.
    pub block: u64,
    /// The block's time, in milliseconds since the epoch.
    pub timestamp: u64,
    /// The position of the event in the block.
    pub index: u64,
    /// As [`Visit::status`].
    pub status: String,
    /// What came into escrow (`funded`), went back to the patient (`cancelled`, `declined`, `expired`) or to the provider
    /// (`completed`), in the token's smallest unit, as a decimal integer.
    pub amount: Option<String>,
}

/// Which withdrawals are wanted.
#[derive(Debug, Clone, Default)]
pub struct WithdrawalFilter {
    /// Those of this account.
    pub account: Option<Address>,
    /// Those of this token.
    pub token: Option<Address>,
}

/// Tokens that an account got out of escrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// The telehealth contract.
    pub contract: Address,
    /// Who got them.
    pub account: Address,
    /// The token.
    pub token: Address,
    /// How much, in the token's smallest unit, as a decimal integer.
    pub amount: String,
    /// The block.
    pub block: u64,
    /// The block's time, in milliseconds since the epoch.
    pub timestamp: u64,
    /// The position of the event in the block.
    pub index: u64,
}

impl Reader {
    /// The first `limit` visits that match, in the order of their requests.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn visits(&mut self, filter: &VisitFilter, limit: u32) -> Result<Vec<Visit>, StoreError> {
        Select::new("select * from visits")
            .number("visit_id =", filter.visit_id)
            .bytes("patient", filter.patient)
            .bytes("provider", filter.provider)
            .text("status", filter.status.as_deref())
            .order("requested_block, contract, visit_id", limit)
            .fetch(self, visit)
            .await
    }

    /// The first `limit` statuses of a visit, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn visit_history(&mut self, visit_id: u64, limit: u32) -> Result<Vec<VisitStep>, StoreError> {
        Select::new("select h.*, b.timestamp from visit_history as h join blocks as b on b.number = h.block_number")
            .number("h.visit_id =", Some(visit_id))
            .order("h.block_number, h.log_index", limit)
            .fetch(self, step)
            .await
    }

    /// The first `limit` withdrawals that match, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn withdrawals(&mut self, filter: &WithdrawalFilter, limit: u32) -> Result<Vec<Withdrawal>, StoreError> {
        Select::new("select w.*, b.timestamp from withdrawals as w join blocks as b on b.number = w.block_number")
            .bytes("w.account", filter.account)
            .bytes("w.token", filter.token)
            .order("w.block_number, w.log_index", limit)
            .fetch(self, withdrawal)
            .await
    }
}

fn visit(row: &Columns<'_>) -> Result<Visit, sqlx::Error> {
    Ok(Visit {
        contract: row.address("contract")?,
        visit_id: row.number("visit_id")?,
        patient: row.address("patient")?,
        provider: row.address("provider")?,
        token: row.address("token")?,
        fee: row.text("fee")?,
        start_time: row.number("start_time")?,
        confirm_by: row.number("confirm_by")?,
        complete_by: row.number("complete_by")?,
        details_hash: row.word("details_hash")?,
        status: row.text("status")?,
        cancelled_by: row.optional_address("cancelled_by")?,
        requested_block: row.number("requested_block")?,
        changed_block: row.number("changed_block")?,
    })
}

fn step(row: &Columns<'_>) -> Result<VisitStep, sqlx::Error> {
    Ok(VisitStep {
        contract: row.address("contract")?,
        visit_id: row.number("visit_id")?,
        block: row.number("block_number")?,
        timestamp: row.number("timestamp")?,
        index: row.number("log_index")?,
        status: row.text("status")?,
        amount: row.optional_text("amount")?,
    })
}

fn withdrawal(row: &Columns<'_>) -> Result<Withdrawal, sqlx::Error> {
    Ok(Withdrawal {
        contract: row.address("contract")?,
        account: row.address("account")?,
        token: row.address("token")?,
        amount: row.text("amount")?,
        block: row.number("block_number")?,
        timestamp: row.number("timestamp")?,
        index: row.number("log_index")?,
    })
}
