//! `salus index subjects`, `consents`, `delegations`, `successions` and their histories.

use alloy_core::primitives::{Address, B256};
use clap::Args;

use super::{
    super::{super::Output, table::Row},
    Limit, show,
};
use crate::{codes, moment::Moment, subject::powers};
use salus_client::{
    error::Error,
    indexer::{
        Consent, ConsentFilter, ConsentStep, Delegation, DelegationFilter, DelegationStep, IndexError, Reader, Subject,
        SubjectFilter, Succession, SuccessionFilter,
    },
};

#[derive(Debug, Args)]
pub(in super::super) struct Subjects {
    /// This subject (32 bytes in hexadecimal)
    #[arg(long)]
    subject: Option<B256>,
    /// Those that this account controls
    #[arg(long, value_name = "ADDRESS")]
    controller: Option<Address>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct Consents {
    /// This consent (32 bytes in hexadecimal)
    #[arg(long)]
    id: Option<B256>,
    /// Those about this subject (32 bytes in hexadecimal)
    #[arg(long)]
    subject: Option<B256>,
    /// Those for this account
    #[arg(long, value_name = "ADDRESS")]
    grantee: Option<Address>,
    /// Those that this account granted, as controller or as delegate
    #[arg(long, value_name = "ADDRESS")]
    grantor: Option<Address>,
    /// Those of this status
    #[arg(long, value_parser = ["active", "superseded", "revoked", "entered_in_error"])]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct ConsentHistory {
    /// The consent (32 bytes in hexadecimal)
    consent: B256,
}

#[derive(Debug, Args)]
pub(in super::super) struct Delegations {
    /// Those of this subject's controller (32 bytes in hexadecimal)
    #[arg(long)]
    subject: Option<B256>,
    /// Those to this account
    #[arg(long, value_name = "ADDRESS")]
    delegate: Option<Address>,
    /// Those of this status
    #[arg(long, value_parser = ["active", "ended"])]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct DelegationHistory {
    /// The subject (32 bytes in hexadecimal)
    subject: B256,
    /// Of this delegate alone
    #[arg(long, value_name = "ADDRESS")]
    delegate: Option<Address>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct Successions {
    /// That of this subject's controller (32 bytes in hexadecimal)
    #[arg(long)]
    subject: Option<B256>,
    /// Those to this account
    #[arg(long, value_name = "ADDRESS")]
    successor: Option<Address>,
    /// Those of this status
    #[arg(long, value_parser = ["declared", "claimed", "accepted", "ended"])]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

impl Subjects {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = SubjectFilter {
            subject: self.subject,
            controller: self.controller,
        };
        show(reader.subjects(&filter, self.limit.limit).await, out)
    }
}

impl Consents {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = ConsentFilter {
            consent_id: self.id,
            subject: self.subject,
            grantee: self.grantee,
            grantor: self.grantor,
            status: self.status.clone(),
        };
        show(reader.consents(&filter, self.limit.limit).await, out)
    }
}

impl ConsentHistory {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = ConsentFilter {
            consent_id: Some(self.consent),
            ..ConsentFilter::default()
        };
        // No two contracts have a consent of the same identifier.
        let found = reader.consents(&filter, 1).await.map_err(IndexError::from)?;
        let contract = found.first().map(|consent| consent.contract).unwrap_or_default();
        show(reader.consent_history(contract, self.consent).await, out)
    }
}

impl Delegations {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = DelegationFilter {
            subject: self.subject,
            delegate: self.delegate,
            status: self.status.clone(),
        };
        show(reader.delegations(&filter, self.limit.limit).await, out)
    }
}

impl DelegationHistory {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let steps = reader.delegation_history(self.subject, self.delegate, self.limit.limit);
        show(steps.await, out)
    }
}

impl Successions {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = SuccessionFilter {
            subject: self.subject,
            successor: self.successor,
            status: self.status.clone(),
        };
        show(reader.successions(&filter, self.limit.limit).await, out)
    }
}

impl Row for Subject {
    const HEAD: &'static [&'static str] = &["subject", "controller", "offered to", "since block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.subject.to_string(),
            self.controller.to_string(),
            self.pending_controller
                .map(|pending| pending.to_string())
                .unwrap_or_default(),
            self.registered_block.to_string(),
        ]
    }
}

impl Row for Consent {
    const HEAD: &'static [&'static str] = &["consent", "subject", "grantee", "granted by", "status", "since block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.consent_id.to_string(),
            self.subject.to_string(),
            self.grantee.to_string(),
            self.grantor.to_string(),
            self.status.clone(),
            self.changed_block.to_string(),
        ]
    }
}

impl Row for ConsentStep {
    const HEAD: &'static [&'static str] = &["status", "by", "block"];

    fn cells(&self) -> Vec<String> {
        vec![self.status.clone(), self.actor.to_string(), self.block.to_string()]
    }
}

impl Row for Delegation {
    const HEAD: &'static [&'static str] = &[
        "subject",
        "delegate",
        "powers",
        "until",
        "status",
        "set by",
        "since block",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.subject.to_string(),
            self.delegate.to_string(),
            names_of(self.powers),
            until(self.valid_until),
            self.status.clone(),
            self.actor.to_string(),
            self.changed_block.to_string(),
        ]
    }
}

impl Row for DelegationStep {
    const HEAD: &'static [&'static str] = &["delegate", "powers", "purposes", "until", "status", "by", "block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.delegate.to_string(),
            names_of(self.powers),
            self.purposes
                .map_or_else(|| "any".into(), |purposes| codes::purposes(purposes).join(" ")),
            until(self.valid_until),
            self.status.clone(),
            self.actor.to_string(),
            self.block.to_string(),
        ]
    }
}

impl Row for Succession {
    const HEAD: &'static [&'static str] = &["subject", "successor", "silence", "grace", "status", "acceptable from"];

    fn cells(&self) -> Vec<String> {
        let acceptable = self.acceptable_from.map(|from| Moment(from).to_string());
        vec![
            self.subject.to_string(),
            self.successor.to_string(),
            self.silence.to_string(),
            self.grace.to_string(),
            self.status.clone(),
            acceptable.unwrap_or_default(),
        ]
    }
}

/// The names of powers; the number, if it says more than this version knows.
fn names_of(mask: u64) -> String {
    use salus_core::consent::registry::power::KNOWN;
    match u8::try_from(mask) {
        Ok(0) => "none".into(),
        Ok(bits) if bits & !KNOWN == 0 => powers(bits).join(" "),
        _ => mask.to_string(),
    }
}

fn until(end: Option<u64>) -> String {
    Moment(end.unwrap_or(u64::MAX)).to_string()
}
