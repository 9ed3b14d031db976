//! `salus consent evaluate --audit FILE`: a decision is recorded before it is given out.

use std::{path::Path, time::SystemTime};

use alloy_core::primitives::{Address, B256};
use salus_core::consent::Entry;
use serde_json::Value;

use crate::Context;
use salus_client::{
    audit::{self, Agents, AuditLog, Audited, Recorded},
    decide::{AccessRequest, Case, Identifier, Outcome},
    error::Error,
    fhir::consent::urn,
};

/// What a decision was made of.
#[derive(Debug)]
pub(super) struct Trail {
    request: AccessRequest,
    patient: Vec<Identifier>,
    asker: Option<Identifier>,
    /// What was asked, and which of it decided.
    consents: Vec<String>,
    decisive: Option<usize>,
}

impl Trail {
    /// Of a decision off chain.
    pub(super) fn of_case(case: &Case, outcome: &Outcome) -> Self {
        let asked: Vec<usize> = case.asked().into_iter().map(|(position, _)| position).collect();
        let name = |position: &usize| {
            let given = case.consents().get(*position);
            let name = given.and_then(|given| given.name.clone());
            name.unwrap_or_else(|| format!("urn:salus:consent-position|{position}"))
        };
        Self {
            request: case.request().clone(),
            patient: case.request().patient.clone(),
            asker: None,
            consents: asked.iter().map(name).collect(),
            decisive: asked.iter().position(|position| outcome.consent == Some(*position)),
        }
    }

    /// Of a decision by a contract. Where the request does not name them, the patient is the consent's subject, and who asks is the account.
    pub(super) fn on_chain(
        request: &AccessRequest,
        consents: &[(B256, Entry)],
        asker: Option<Address>,
        outcome: &Outcome,
    ) -> Self {
        let mut patient = request.patient.clone();
        if patient.is_empty() {
            let subjects = consents.iter().map(|(_, entry)| B256::from(entry.subject));
            patient.extend(subjects.map(|subject| Identifier::new(urn::SUBJECT, subject.to_string())));
        }
        let grantee = || consents.first().map(|(_, entry)| Address::from(entry.grantee));
        let account = |account: Address| Identifier::new(urn::ACCOUNT, format!("0x{}", hex::encode(account)));
        Self {
            request: request.clone(),
            patient,
            asker: asker.or_else(grantee).map(account),
            consents: consents
                .iter()
                .map(|(id, _)| format!("{}|{id}", urn::CONSENT))
                .collect(),
            decisive: outcome.consent,
        }
    }

    /// The event of the decision.
    pub(super) fn event(&self, outcome: &Outcome) -> Value {
        let audited = Audited {
            request: Some(&self.request),
            patient: &self.patient,
            asker: self.asker.clone(),
            consents: &self.consents,
            decisive: self.decisive,
            result: Ok(outcome),
        };
        audit::event(&audited, &Agents::default(), SystemTime::now())
    }
}

/// The event of a case that has no answer, because of an error with this code.
pub(super) fn undecided(code: &str) -> Value {
    let audited = Audited {
        request: None,
        patient: &[],
        asker: None,
        consents: &[],
        decisive: None,
        result: Err(code),
    };
    audit::event(&audited, &Agents::default(), SystemTime::now())
}

/// Records events, of which nothing may be told if that fails. The salts are kept with the openings.
pub(super) fn record(log: &Path, events: &[Value], context: &Context) -> Result<Vec<Recorded>, Error> {
    Ok(AuditLog::new(log, context.openings().file("audit-salts.ndjson")).append(events)?)
}
