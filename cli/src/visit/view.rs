//! What the commands show.

use std::fmt;

use alloy_core::primitives::{Address, B256};
use salus_core::telehealth::{BasisPoints, RefundStep, Status, Terms as Rules, Visit};
use serde::Serialize;

use crate::{action::Outcome, amount::Amount, moment::Moment, transaction::Transaction};
use salus_client::contracts::telehealth::status_name;

/// A status: its name for programs, in words for people.
#[derive(Clone, Copy, Serialize)]
#[serde(transparent)]
pub(super) struct StatusName(&'static str);

pub(super) fn status(status: Status) -> StatusName {
    StatusName(status_name(status))
}

impl fmt::Display for StatusName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('_', " "))
    }
}

/// Ten thousandths as people write them.
pub(super) fn percent(share: BasisPoints) -> String {
    match (share / 100, share % 100) {
        (whole, 0) => format!("{whole} %"),
        (whole, part) => format!("{whole}.{part:02} %"),
    }
}

/// Until when what was claimed can be contested, or a dispute be decided.
pub(super) fn deadline(visit: &Visit) -> Option<Moment> {
    matches!(visit.status, Status::Claimed | Status::Disputed).then_some(Moment(visit.deadline))
}

/// Terms under their number. Shares are ten thousandths, periods seconds.
#[derive(Serialize)]
pub(super) struct Terms {
    version: u32,
    refunds: Vec<Refund>,
    grace: u32,
    no_show_share: BasisPoints,
    claim_window: u32,
    objection_window: u32,
    decision_window: u32,
    default_share: BasisPoints,
}

#[derive(Serialize)]
struct Refund {
    notice: u32,
    refund: BasisPoints,
}

impl Terms {
    pub(super) fn new(version: u32, terms: &Rules) -> Self {
        let steps = terms.refunds.iter().filter(|step| **step != RefundStep::default());
        let refund = |step: &RefundStep| Refund {
            notice: step.notice,
            refund: step.refund,
        };
        Self {
            version,
            refunds: steps.map(refund).collect(),
            grace: terms.grace,
            no_show_share: terms.no_show_share,
            claim_window: terms.claim_window,
            objection_window: terms.objection_window,
            decision_window: terms.decision_window,
            default_share: terms.default_share,
        }
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "terms        number {}", self.version)?;
        for Refund { notice, refund } in &self.refunds {
            writeln!(f, "refund       {} with {notice} s notice", percent(*refund))?;
        }
        writeln!(f, "absent       {} s after the beginning", self.grace)?;
        writeln!(f, "no-show      {} for the provider", percent(self.no_show_share))?;
        writeln!(f, "claim        within {} s after the end", self.claim_window)?;
        writeln!(f, "contest      within {} s", self.objection_window)?;
        writeln!(f, "decide       within {} s", self.decision_window)?;
        write!(f, "in silence   {} for the provider", percent(self.default_share))
    }
}

#[derive(Serialize)]
pub(super) struct Published {
    #[serde(flatten)]
    pub(super) terms: Terms,
    pub(super) transaction: Transaction,
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.terms)?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct ProviderTerms {
    pub(super) provider: Address,
    /// Null if there are none.
    pub(super) terms: Option<Terms>,
}

impl fmt::Display for ProviderTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "provider     {}", self.provider)?;
        match &self.terms {
            Some(terms) => terms.fmt(f),
            None => f.write_str("terms        none"),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Fee {
    pub(super) provider: Address,
    pub(super) service: B256,
    pub(super) token: Address,
    /// Of each of so many that are booked together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) visits: Option<u32>,
    pub(super) fee: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transaction: Option<Transaction>,
}

impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "provider     {}", self.provider)?;
        writeln!(f, "service      {}", self.service)?;
        write!(f, "fee          {}", self.fee)?;
        if let Some(visits) = self.visits {
            write!(f, " each of {visits} together")?;
        }
        match &self.transaction {
            Some(transaction) => write!(f, "\n{transaction}"),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Quoted {
    pub(super) provider: Address,
    pub(super) patient: Address,
    pub(super) service: B256,
    pub(super) token: Address,
    pub(super) fee: Amount,
    pub(super) valid_until: Moment,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "patient      {}", self.patient)?;
        writeln!(f, "service      {}", self.service)?;
        writeln!(f, "fee          {} until {}", self.fee, self.valid_until)?;
        self.outcome.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Booked {
    pub(super) visit: B256,
    /// Not of what is only signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<StatusName>,
    pub(super) fee: Amount,
    pub(super) terms_version: u32,
    pub(super) start_time: Moment,
    pub(super) end_time: Moment,
    pub(super) confirm_by: Moment,
    pub(super) details_hash: B256,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) approval: Option<Transaction>,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

impl fmt::Display for Booked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visit(f, self.visit, self.status)?;
        writeln!(f, "fee          {}, under terms {}", self.fee, self.terms_version)?;
        writeln!(f, "begins       {}, ends {}", self.start_time, self.end_time)?;
        writeln!(f, "confirm by   {}", self.confirm_by)?;
        self.outcome.fmt(f)
    }
}

fn write_visit(f: &mut fmt::Formatter<'_>, visit: B256, status: Option<StatusName>) -> fmt::Result {
    match status {
        Some(status) => writeln!(f, "visit        {visit} is {status}"),
        None => writeln!(f, "visit        {visit}"),
    }
}

#[derive(Serialize)]
pub(super) struct Funded {
    pub(super) visit: B256,
    pub(super) status: StatusName,
    pub(super) fee: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) approval: Option<Transaction>,
    pub(super) transaction: Transaction,
}

impl fmt::Display for Funded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "visit        {} is {}", self.visit, self.status)?;
        writeln!(f, "fee          {}", self.fee)?;
        self.transaction.fmt(f)
    }
}

/// What became of a fee; it waits to be withdrawn.
#[derive(Serialize)]
pub(super) struct Released {
    pub(super) to_patient: Amount,
    pub(super) to_provider: Amount,
    pub(super) to_platform: Amount,
}

#[derive(Serialize)]
pub(super) struct Stepped {
    pub(super) visit: B256,
    /// Not of what is only signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<StatusName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deadline: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) released: Option<Released>,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

impl fmt::Display for Stepped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visit(f, self.visit, self.status)?;
        if let Some(deadline) = self.deadline {
            writeln!(f, "until        {deadline}")?;
        }
        if let Some(released) = &self.released {
            let Released {
                to_patient,
                to_provider,
                to_platform,
            } = released;
            writeln!(
                f,
                "released     {to_patient} to the patient, {to_provider} to the provider, {to_platform} to the platform"
            )?;
        }
        self.outcome.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Withdrawn {
    pub(super) token: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<Amount>,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

impl fmt::Display for Withdrawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(amount) = &self.amount {
            writeln!(f, "withdrawn    {amount}")?;
        }
        self.outcome.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_shown_as_percent() {
        assert_eq!(percent(10_000), "100 %");
        assert_eq!(percent(2_505), "25.05 %");
        assert_eq!(percent(0), "0 %");
    }
}
