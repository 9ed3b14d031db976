//! What the commands show.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256};
use salus_core::consent::{Entry, Status};
use serde::Serialize;

use crate::{action::Outcome, codes, moment::Moment};
use salus_client::{
    consents::Draft,
    openings::{Openings, PolicyOpening},
};

#[derive(Serialize)]
pub(super) struct Registered {
    pub(super) subject: B256,
    pub(super) controller: Address,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "subject      {}", self.subject)?;
        writeln!(f, "controller   {}", self.controller)?;
        self.outcome.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Granted {
    consent: B256,
    subject: B256,
    grantee: Address,
    commitment: B256,
    disclosed_purposes: Vec<&'static str>,
    disclosed_classes: Vec<&'static str>,
    /// Where the opening is kept; not what is in it.
    opening: PathBuf,
    #[serde(flatten)]
    outcome: Outcome,
}

impl Granted {
    pub(super) fn new(
        consent: B256,
        (subject, grantee): (B256, Address),
        draft: &Draft,
        openings: &Openings,
        outcome: Outcome,
    ) -> Self {
        Self {
            consent,
            subject,
            grantee,
            commitment: draft.commitment,
            disclosed_purposes: codes::purposes(draft.terms.purposes),
            disclosed_classes: codes::classes(draft.terms.classes),
            opening: openings.path::<PolicyOpening>(draft.commitment),
            outcome,
        }
    }
}

impl fmt::Display for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "consent      {}", self.consent)?;
        writeln!(f, "grantee      {}", self.grantee)?;
        if !self.disclosed_purposes.is_empty() {
            writeln!(
                f,
                "disclosed    {} for {} classes",
                self.disclosed_purposes.join(", "),
                self.disclosed_classes.len()
            )?;
        }
        writeln!(f, "opening      {} (keep it private)", self.opening.display())?;
        self.outcome.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Ended {
    pub(super) consent: B256,
    pub(super) status: &'static str,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "consent      {} is {}", self.consent, self.status)?;
        self.outcome.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Answered {
    pub(super) answer: &'static str,
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.answer)
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    consent: B256,
    subject: B256,
    grantee: Address,
    status: &'static str,
    sequence: u32,
    valid_from: Moment,
    valid_until: Moment,
    disclosed_purposes: Vec<&'static str>,
    disclosed_classes: Vec<&'static str>,
    commitment: B256,
    grantor: Address,
    /// Null: no limit.
    limited_to_purposes: Option<Vec<&'static str>>,
}

impl Shown {
    pub(super) fn new(consent: B256, entry: &Entry) -> Self {
        Self {
            consent,
            subject: entry.subject.into(),
            grantee: entry.grantee.into(),
            status: match entry.status {
                Status::None => "none",
                Status::Active => "active",
                Status::Superseded => "superseded",
                Status::Revoked => "revoked",
                Status::EnteredInError => "entered in error",
            },
            sequence: entry.sequence,
            valid_from: Moment(entry.terms.validity.from),
            valid_until: Moment(entry.terms.validity.until),
            disclosed_purposes: codes::purposes(entry.terms.purposes),
            disclosed_classes: codes::classes(entry.terms.classes),
            commitment: entry.commitment.into(),
            grantor: entry.grantor.into(),
            limited_to_purposes: (entry.limit != u64::MAX).then(|| codes::purposes(entry.limit)),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "consent      {} ({})", self.consent, self.status)?;
        writeln!(f, "subject      {}", self.subject)?;
        writeln!(f, "grantee      {}", self.grantee)?;
        writeln!(f, "valid        from {} until {}", self.valid_from, self.valid_until)?;
        if self.disclosed_purposes.is_empty() {
            writeln!(f, "disclosed    nothing")?;
        } else {
            writeln!(
                f,
                "disclosed    {}: {}",
                self.disclosed_purposes.join(", "),
                self.disclosed_classes.join(", ")
            )?;
        }
        writeln!(f, "commitment   {}", self.commitment)?;
        write!(f, "granted by   {}", self.grantor)?;
        if let Some(purposes) = &self.limited_to_purposes {
            write!(f, ", a delegate for {}", purposes.join(", "))?;
        }
        Ok(())
    }
}
