//! `salus index visits`, `visit-history` and `withdrawals`.

use alloy_core::primitives::{Address, B256};
use clap::Args;
use salus_core::telehealth::Status;

use super::{
    super::{super::Output, table::Row},
    Limit, show,
};
use salus_client::{
    contracts::telehealth::status_name,
    error::Error,
    indexer::{Reader, Visit, VisitFilter, VisitStep, Withdrawal, WithdrawalFilter},
};

#[derive(Debug, Args)]
pub(in super::super) struct Visits {
    /// This visit (32 bytes in hexadecimal)
    #[arg(long, value_name = "HEX")]
    visit: Option<B256>,
    /// Those of this series (32 bytes in hexadecimal)
    #[arg(long, value_name = "HEX")]
    series: Option<B256>,
    /// Those of this patient
    #[arg(long, value_name = "ADDRESS")]
    patient: Option<Address>,
    /// Those of this provider
    #[arg(long, value_name = "ADDRESS")]
    provider: Option<Address>,
    /// Those of this arbiter
    #[arg(long, value_name = "ADDRESS")]
    arbiter: Option<Address>,
    /// Those of this status
    #[arg(long, value_parser = Status::ALL.map(status_name))]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct VisitHistory {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
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
            series_id: self.series,
            patient: self.patient,
            provider: self.provider,
            arbiter: self.arbiter,
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
    const HEAD: &'static [&'static str] = &["step", "by", "claims", "paid", "to patient", "to provider", "block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.step.clone(),
            self.actor.map(|actor| actor.to_string()).unwrap_or_default(),
            self.outcome.clone().unwrap_or_default(),
            self.paid.clone().unwrap_or_default(),
            self.to_patient.clone().unwrap_or_default(),
            self.to_provider.clone().unwrap_or_default(),
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
