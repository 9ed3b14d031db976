//! Visits, their history, and withdrawals.

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use super::{Columns, Select};
use crate::indexer::store::{Reader, StoreError};

/// Which visits are wanted.
#[derive(Debug, Clone, Default)]
pub struct VisitFilter {
    /// This visit.
    pub visit_id: Option<B256>,
    /// Those of this series.
    pub series_id: Option<B256>,
    /// Those of this patient.
    pub patient: Option<Address>,
    /// Those of this provider.
    pub provider: Option<Address>,
    /// Those of this arbiter.
    pub arbiter: Option<Address>,
    /// Those of this status, named as in [`Visit::status`].
    pub status: Option<String>,
}

/// A visit: a consultation with its fee in escrow. Amounts are decimal integers in the token's smallest unit, times seconds since the
/// epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// The telehealth contract.
    pub contract: Address,
    /// Its identifier there: a hash of the booking.
    pub visit_id: B256,
    /// The series that it was booked in: a hash of its visits; `None` if it was booked by itself.
    pub series_id: Option<B256>,
    /// Who booked it and pays.
    pub patient: Address,
    /// Who gives it.
    pub provider: Address,
    /// Which of the provider's services it is.
    pub service: B256,
    /// Who decides if the two do not agree.
    pub arbiter: Address,
    /// The token of the fee; the zero address is the native coin.
    pub token: Address,
    /// The fee.
    pub fee: String,
    /// The number of the provider's terms.
    pub terms_version: u64,
    /// When it begins.
    pub start_time: u64,
    /// When it ends.
    pub end_time: u64,
    /// The second from which it can no longer be confirmed.
    pub confirm_by: u64,
    /// A salted hash of what else was agreed.
    pub details_hash: B256,
    /// As [`crate::contracts::telehealth::status_name`] has it; a number that this version does not know stays one.
    pub status: String,
    /// Who said that it began.
    pub started_by: Option<Address>,
    /// The status that it would end in by the last claim, named as the status.
    pub outcome: Option<String>,
    /// Whose claim that is.
    pub claimed_by: Option<Address>,
    /// The second from which a claim could no longer be contested, or a dispute no longer be decided.
    pub deadline: Option<u64>,
    /// Whose call ended it.
    pub closed_by: Option<Address>,
    /// What went back to the patient.
    pub to_patient: Option<String>,
    /// What the provider earned.
    pub to_provider: Option<String>,
    /// What the platform keeps.
    pub to_platform: Option<String>,
    /// The block in which it was requested.
    pub requested_block: u64,
    /// The block in which it last changed.
    pub changed_block: u64,
}

/// A step of a visit. Amounts as in [`Visit`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitStep {
    /// The telehealth contract.
    pub contract: Address,
    /// The visit.
    pub visit_id: B256,
    /// The block in which it was taken.
    pub block: u64,
    /// The block's time, in milliseconds since the epoch.
    pub timestamp: u64,
    /// The position of the event in the block.
    pub index: u64,
    /// The status that the visit came to, as [`Visit::status`]; or `evidence`, added to a dispute, or `decided`, by the arbiter.
    pub step: String,
    /// Who took it; `None` where only one can: the patient pays, the provider confirms.
    pub actor: Option<Address>,
    /// The status that it would end in, of a claim.
    pub outcome: Option<String>,
    /// What the provider earns by a decision, in ten thousandths.
    pub provider_share: Option<u64>,
    /// A salted hash of evidence or reasons, or the record of a completed visit.
    pub evidence: Option<B256>,
    /// What came into escrow.
    pub paid: Option<String>,
    /// What went back to the patient.
    pub to_patient: Option<String>,
    /// What the provider earned.
    pub to_provider: Option<String>,
    /// What the platform keeps.
    pub to_platform: Option<String>,
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
    /// The token; the zero address is the native coin.
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
            .bytes("visit_id", filter.visit_id)
            .bytes("series_id", filter.series_id)
            .bytes("patient", filter.patient)
            .bytes("provider", filter.provider)
            .bytes("arbiter", filter.arbiter)
            .text("status", filter.status.as_deref())
            .order("requested_block, contract, visit_id", limit)
            .fetch(self, visit)
            .await
    }

    /// The first `limit` steps of a visit, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn visit_history(&mut self, visit_id: B256, limit: u32) -> Result<Vec<VisitStep>, StoreError> {
        Select::new("select h.*, b.timestamp from visit_history as h join blocks as b on b.number = h.block_number")
            .bytes("h.visit_id", Some(visit_id))
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
        visit_id: row.word("visit_id")?,
        series_id: row.optional_word("series_id")?,
        patient: row.address("patient")?,
        provider: row.address("provider")?,
        service: row.word("service")?,
        arbiter: row.address("arbiter")?,
        token: row.address("token")?,
        fee: row.text("fee")?,
        terms_version: row.number("terms_version")?,
        start_time: row.number("start_time")?,
        end_time: row.number("end_time")?,
        confirm_by: row.number("confirm_by")?,
        details_hash: row.word("details_hash")?,
        status: row.text("status")?,
        started_by: row.optional_address("started_by")?,
        outcome: row.optional_text("outcome")?,
        claimed_by: row.optional_address("claimed_by")?,
        deadline: row.optional_number("deadline")?,
        closed_by: row.optional_address("closed_by")?,
        to_patient: row.optional_text("to_patient")?,
        to_provider: row.optional_text("to_provider")?,
        to_platform: row.optional_text("to_platform")?,
        requested_block: row.number("requested_block")?,
        changed_block: row.number("changed_block")?,
    })
}

fn step(row: &Columns<'_>) -> Result<VisitStep, sqlx::Error> {
    Ok(VisitStep {
        contract: row.address("contract")?,
        visit_id: row.word("visit_id")?,
        block: row.number("block_number")?,
        timestamp: row.number("timestamp")?,
        index: row.number("log_index")?,
        step: row.text("step")?,
        actor: row.optional_address("actor")?,
        outcome: row.optional_text("outcome")?,
        provider_share: row.optional_number("provider_share")?,
        evidence: row.optional_word("evidence")?,
        paid: row.optional_text("paid")?,
        to_patient: row.optional_text("to_patient")?,
        to_provider: row.optional_text("to_provider")?,
        to_platform: row.optional_text("to_platform")?,
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
