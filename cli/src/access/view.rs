//! What the commands show of emergencies, and of what was changed.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256, U256};
use salus_core::access::emergency::{Outcome as Review, Safeguards, Status};
use serde::Serialize;

use crate::{action::Outcome, moment::Moment, transaction::Transaction};
use salus_client::contracts::access::{Authorization, EmergencyAccess};

/// Something is something else now, or will be when what was signed is sent.
#[derive(Serialize)]
pub(super) struct Changed {
    #[serde(flatten)]
    pub(super) target: Target,
    pub(super) status: &'static str,
    pub(super) actor: Address,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

/// What is changed.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    Request(B256),
    Access(B256),
    Subject(B256),
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, id) = match self.target {
            Target::Request(id) => ("request", id),
            Target::Access(id) => ("access", id),
            Target::Subject(id) => ("subject", id),
        };
        writeln!(f, "{what:<12} {id} is {}", self.status)?;
        writeln!(f, "actor        {}", self.actor)?;
        self.outcome.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct ShownSafeguards {
    subject: B256,
    veto_window: u64,
    emergency_key: Option<Address>,
}

impl ShownSafeguards {
    pub(super) fn new(subject: B256, safeguards: &Safeguards) -> Self {
        let key = Address::from(safeguards.emergency_key);
        Self {
            subject,
            veto_window: safeguards.veto_window,
            emergency_key: Some(key).filter(|key| !key.is_zero()),
        }
    }
}

impl fmt::Display for ShownSafeguards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "subject      {}", self.subject)?;
        writeln!(f, "veto window  {} s", self.veto_window)?;
        match self.emergency_key {
            Some(key) => write!(f, "key          {key}"),
            None => f.write_str("key          none"),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Authorized {
    subject: B256,
    actor: Address,
    signer: Address,
    nonce: U256,
    deadline: Moment,
    file: PathBuf,
}

impl Authorized {
    pub(super) fn new(authorization: &Authorization, signer: Address, deadline: u64, file: PathBuf) -> Self {
        Self {
            subject: authorization.subject,
            actor: authorization.actor,
            signer,
            nonce: authorization.nonce,
            deadline: Moment(deadline),
            file,
        }
    }
}

impl fmt::Display for Authorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "subject      {}", self.subject)?;
        writeln!(f, "actor        {} may open an access at once", self.actor)?;
        writeln!(f, "signed       {}, by {}", self.file.display(), self.signer)?;
        write!(f, "deadline     {}", self.deadline)
    }
}

/// Whether an emergency access is open.
#[derive(Serialize)]
pub(super) struct OpenOrNot {
    #[serde(rename = "open")]
    pub(super) is_open: bool,
}

impl fmt::Display for OpenOrNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_open { "OPEN" } else { "CLOSED" })
    }
}

#[derive(Serialize)]
pub(super) struct Broken {
    #[serde(flatten)]
    pub(super) access: ShownAccess,
    /// Where the opening of the evidence is kept; not what is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) opening: Option<PathBuf>,
    pub(super) transaction: Transaction,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.access)?;
        if let Some(opening) = &self.opening {
            writeln!(f, "opening      {} (keep it private)", opening.display())?;
        }
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct ShownAccess {
    access: B256,
    subject: B256,
    actor: Address,
    /// Now.
    status: &'static str,
    role: &'static str,
    purpose: &'static str,
    opens_at: Moment,
    ends_at: Moment,
    reviewer: Address,
    review_by: Moment,
    /// Null if it was not reviewed.
    outcome: Option<&'static str>,
    overdue: bool,
    evidence: B256,
    /// Whether the evidence was shown, and is this one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    evidence_verified: bool,
}

impl ShownAccess {
    pub(super) fn new(id: B256, found: &EmergencyAccess, now: u64, evidence_verified: bool) -> Self {
        let outcome = match found.outcome {
            Review::None => None,
            Review::Justified => Some("justified"),
            Review::NotJustified => Some("not justified"),
        };
        Self {
            access: id,
            subject: found.emergency.subject,
            actor: found.actor,
            status: match found.status {
                Status::None => "none",
                Status::Waiting => "waiting",
                Status::Open => "open",
                Status::Vetoed => "vetoed",
                Status::Ended => "ended",
            },
            role: found.emergency.role.code(),
            purpose: found.emergency.purpose.code(),
            opens_at: Moment(found.opens_at),
            ends_at: Moment(found.ends_at),
            reviewer: found.emergency.reviewer,
            review_by: Moment(found.review_by),
            overdue: outcome.is_none() && found.status == Status::Ended && found.review_by <= now,
            outcome,
            evidence: found.emergency.evidence,
            evidence_verified,
        }
    }
}

impl fmt::Display for ShownAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "access       {} ({})", self.access, self.status)?;
        writeln!(f, "subject      {}", self.subject)?;
        writeln!(f, "actor        {}, as {} for {}", self.actor, self.role, self.purpose)?;
        writeln!(f, "open         from {} until {}", self.opens_at, self.ends_at)?;
        match (self.outcome, self.overdue) {
            (Some(outcome), _) => writeln!(f, "review       {outcome}")?,
            (None, true) => writeln!(f, "review       overdue since {}, by {}", self.review_by, self.reviewer)?,
            (None, false) => writeln!(f, "review       until {}, by {}", self.review_by, self.reviewer)?,
        }
        let verified = if self.evidence_verified {
            ", which is what was shown"
        } else {
            ""
        };
        write!(f, "evidence     committed to by {}{verified}", self.evidence)
    }
}

#[derive(Serialize)]
pub(super) struct Unreviewed {
    actor: Address,
    /// Whether one of them keeps the actor from opening another one.
    overdue: bool,
    accesses: Vec<ShownAccess>,
}

impl Unreviewed {
    pub(super) fn new(actor: Address, waiting: &[(B256, EmergencyAccess)], now: u64) -> Self {
        let shown = waiting
            .iter()
            .map(|(id, found)| ShownAccess::new(*id, found, now, false));
        let accesses: Vec<_> = shown.collect();
        Self {
            actor,
            overdue: accesses.iter().any(|access| access.overdue),
            accesses,
        }
    }
}

impl fmt::Display for Unreviewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "actor        {}: {} wait for a review",
            self.actor,
            self.accesses.len()
        )?;
        for access in &self.accesses {
            let note = if access.overdue { " (overdue)" } else { "" };
            writeln!(
                f,
                "{}  {}, review until {}{note}",
                access.access, access.status, access.review_by
            )?;
        }
        Ok(())
    }
}
