//! `salus visit show`: a visit.

use std::fmt;

use alloy_core::primitives::{Address, B256};
use salus_core::telehealth::{BasisPoints, Side};
use serde::Serialize;

use super::{
    desk::Desk,
    view::{StatusName, deadline, percent, status},
};
use crate::{amount::Amount, moment::Moment};
use salus_client::{
    contracts::telehealth::convert::{address, amount},
    error::Error,
};

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
