//! What the commands show.

use std::fmt;

use alloy_core::primitives::{Address, B256};
use salus_core::telehealth::{BasisPoints, RefundStep, Side, Status, Terms as Rules, Visit};
use serde::Serialize;

use super::desk::Desk;
use crate::{
    cli::{action::Outcome, amount::Amount, moment::Moment, transaction::Transaction},
    contracts::telehealth::{
        convert::{address, amount},
        status_name,
    },
    error::Error,
};

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
    pub(super) fee: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transaction: Option<Transaction>,
}

impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "provider     {}", self.provider)?;
        writeln!(f, "service      {}", self.service)?;
        write!(f, "fee          {}", self.fee)?;
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
    pub(super) status: StatusName,
    pub(super) fee: Amount,
    pub(super) terms_version: u32,
    pub(super) start_time: Moment,
    pub(super) end_time: Moment,
    pub(super) confirm_by: Moment,
    pub(super) details_hash: B256,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) approval: Option<Transaction>,
    pub(super) transaction: Transaction,
}

impl fmt::Display for Booked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "visit        {} is {}", self.visit, self.status)?;
        writeln!(f, "fee          {}, under terms {}", self.fee, self.terms_version)?;
        writeln!(f, "begins       {}, ends {}", self.start_time, self.end_time)?;
        writeln!(f, "confirm by   {}", self.confirm_by)?;
        self.transaction.fmt(f)
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
        match self.status {
            Some(status) => writeln!(f, "visit        {} is {status}", self.visit)?,
            None => writeln!(f, "visit        {}", self.visit)?,
        }
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

#[derive(Serialize)]
pub(super) struct Shown {
    visit: B256,
    status: StatusName,
    patient: Address,
    provider: Address,
    arbiter: Address,
    token: Address,
    fee: Amount,
    start_time: Moment,
    end_time: Moment,
    confirm_by: Moment,
    /// Null unless something is claimed or in dispute.
    deadline: Option<Moment>,
    terms_version: u32,
    platform_fee: BasisPoints,
    conditions: Conditions,
    started_by: Option<&'static str>,
    claim: Option<Claim>,
}

#[derive(Serialize)]
struct Conditions {
    role: Option<&'static str>,
    record: bool,
    consent_of: Option<B256>,
}

#[derive(Serialize)]
struct Claim {
    outcome: StatusName,
    by: &'static str,
}

impl Shown {
    pub(super) async fn read(desk: &Desk, id: B256) -> Result<Self, Error> {
        let visit = desk.telehealth.visit(id).await?;
        let token = address(visit.token);
        let conditions = &visit.conditions;
        Ok(Self {
            visit: id,
            status: status(visit.status),
            patient: address(visit.patient),
            provider: address(visit.provider),
            arbiter: address(visit.arbiter),
            token,
            fee: desk.currency(token).await?.amount(amount(visit.fee)),
            start_time: Moment(visit.start_time),
            end_time: Moment(visit.end_time),
            confirm_by: Moment(visit.confirm_by),
            deadline: deadline(&visit),
            terms_version: visit.terms_version,
            platform_fee: visit.platform_fee,
            conditions: Conditions {
                role: conditions.role.map(|role| role.code()),
                record: conditions.record,
                consent_of: Some(conditions.subject.into()).filter(|subject: &B256| !subject.is_zero()),
            },
            started_by: visit.started_by.map(side),
            claim: visit.claim.map(|(outcome, by)| Claim {
                outcome: status(outcome),
                by: side(by),
            }),
        })
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Patient => "patient",
        Side::Provider => "provider",
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "visit        {} is {}", self.visit, self.status)?;
        writeln!(f, "patient      {}", self.patient)?;
        writeln!(f, "provider     {}", self.provider)?;
        writeln!(f, "arbiter      {}", self.arbiter)?;
        writeln!(
            f,
            "fee          {}, {} of what is earned to the platform",
            self.fee,
            percent(self.platform_fee)
        )?;
        writeln!(f, "begins       {}, ends {}", self.start_time, self.end_time)?;
        writeln!(f, "confirm by   {}", self.confirm_by)?;
        if let Some(role) = self.conditions.role {
            writeln!(f, "demands      a credential as {role}")?;
        }
        if self.conditions.record {
            writeln!(f, "demands      a record")?;
        }
        if let Some(subject) = self.conditions.consent_of {
            writeln!(f, "demands      the consent of {subject}")?;
        }
        if let Some(by) = self.started_by {
            writeln!(f, "began        says the {by}")?;
        }
        if let Some(claim) = &self.claim {
            writeln!(f, "ended        {}, says the {}", claim.outcome, claim.by)?;
        }
        if let Some(deadline) = self.deadline {
            writeln!(f, "until        {deadline}")?;
        }
        write!(f, "terms        number {}", self.terms_version)
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
