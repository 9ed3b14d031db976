//! `salus index visits`, `visit-history` and `withdrawals`.

use alloy_core::primitives::Address;
use clap::Args;

use super::{
    super::{super::Output, table::Row},
    Limit, show,
};
use crate::{
    error::Error,
    indexer::{Reader, Visit, VisitFilter, VisitStep, Withdrawal, WithdrawalFilter},
};

#[derive(Debug, Args)]
pub(in super::super) struct Visits {
    /// The visit with this number
    #[arg(long, value_name = "NUMBER")]
    visit: Option<u64>,
    /// Those of this patient
    #[arg(long, value_name = "ADDRESS")]
    patient: Option<Address>,
    /// Those of this provider
    #[arg(long, value_name = "ADDRESS")]
    provider: Option<Address>,
    /// Those of this status
    #[arg(long, value_parser = ["requested", "funded", "confirmed", "completed", "cancelled", "declined", "expired"])]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct VisitHistory {
    /// The visit's number
    visit: u64,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct Withdrawals {
    /// Those of this account
    #[arg(long, value_name = "ADDRESS")]
    account: Option<Address>,
    /// Those of this token
    #[arg(long, value_name = "ADDRESS")]
    token: Option<Address>,
    #[command(flatten)]
    limit: Limit,
}

impl Visits {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = VisitFilter {
            visit_id: self.visit,
            patient: self.patient,
            provider: self.provider,
            status: self.status.clone(),
        };
        show(reader.visits(&filter, self.limit.limit).await, out)
    }
}

impl VisitHistory {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        show(reader.visit_history(self.visit, self.limit.limit).await, out)
    }
}

impl Withdrawals {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = WithdrawalFilter {
            account: self.account,
            token: self.token,
        };
        show(reader.withdrawals(&filter, self.limit.limit).await, out)
    }
}

impl Row for Visit {
    const HEAD: &'static [&'static str] = &["visit", "patient", "provider", "fee", "status", "since block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.visit_id.to_string(),
            self.patient.to_string(),
            self.provider.to_string(),
            self.fee.clone(),
            self.status.clone(),
            self.changed_block.to_string(),
        ]
    }
}

impl Row for VisitStep {
    const HEAD: &'static [&'static str] = &["status", "amount", "block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.status.clone(),
            self.amount.clone().unwrap_or_default(),
            self.block.to_string(),
        ]
    }
}

impl Row for Withdrawal {
    const HEAD: &'static [&'static str] = &["account", "token", "amount", "block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.account.to_string(),
            self.token.to_string(),
            self.amount.clone(),
            self.block.to_string(),
        ]
    }
}
