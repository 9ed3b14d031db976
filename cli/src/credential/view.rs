//! What the commands show.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256};
use salus_core::{
    codes::Role,
    credentials::{Credential, Status},
};
use serde::Serialize;

use crate::{moment::Moment, transaction::Transaction};
use salus_client::{
    chain::Receipt,
    contracts::credentials::{Issue, Standing},
};

/// An issuer or a credential is something else now.
#[derive(Serialize)]
pub(super) struct Changed {
    #[serde(flatten)]
    pub(super) target: Target,
    pub(super) status: &'static str,
    pub(super) transaction: Transaction,
}

/// What is changed.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    Issuer(Address),
    Credential(B256),
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.target {
            Target::Issuer(issuer) => writeln!(f, "issuer       {issuer} is {}", self.status)?,
            Target::Credential(id) => writeln!(f, "credential   {id} is {}", self.status)?,
        }
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Issued {
    credential: B256,
    holder: Address,
    role: &'static str,
    jurisdiction: String,
    licence_commitment: B256,
    valid_from: Moment,
    valid_until: Moment,
    /// Where the opening is kept; not what is in it. A renewed credential keeps the old one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<PathBuf>,
    transaction: Transaction,
}

impl Issued {
    pub(super) fn new(credential: B256, issue: &Issue, opening: Option<PathBuf>, receipt: Receipt) -> Self {
        Self {
            credential,
            holder: issue.holder,
            role: issue.role.code(),
            jurisdiction: code_of(&issue.jurisdiction.0),
            licence_commitment: issue.licence,
            valid_from: Moment(issue.validity.from),
            valid_until: Moment(issue.validity.until),
            opening,
            transaction: receipt.into(),
        }
    }
}

impl fmt::Display for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "credential   {}", self.credential)?;
        writeln!(
            f,
            "holder       {}, {} in {}",
            self.holder, self.role, self.jurisdiction
        )?;
        writeln!(f, "valid        from {} until {}", self.valid_from, self.valid_until)?;
        if let Some(opening) = &self.opening {
            writeln!(f, "opening      {} (keep it private)", opening.display())?;
        }
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    credential: B256,
    holder: Address,
    issuer: Address,
    role: &'static str,
    /// Now.
    status: &'static str,
    jurisdiction: String,
    licence_commitment: B256,
    valid_from: Moment,
    valid_until: Moment,
    issued_at: Moment,
    sequence: u32,
}

impl Shown {
    pub(super) fn new(credential: B256, found: &Credential, now: u64) -> Self {
        let is_live = matches!(found.status, Status::Active | Status::Suspended);
        Self {
            credential,
            holder: found.holder.into(),
            issuer: found.issuer.into(),
            role: found.role.code(),
            status: if is_live && found.validity.until < now {
                word(Status::Expired)
            } else if is_live && now < found.validity.from {
                word(Status::None)
            } else {
                word(found.status)
            },
            jurisdiction: code_of(&found.jurisdiction),
            licence_commitment: found.licence.into(),
            valid_from: Moment(found.validity.from),
            valid_until: Moment(found.validity.until),
            issued_at: Moment(found.issued_at),
            sequence: found.sequence,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "credential   {} ({})", self.credential, self.status)?;
        writeln!(
            f,
            "holder       {}, {} in {}",
            self.holder, self.role, self.jurisdiction
        )?;
        writeln!(f, "valid        from {} until {}", self.valid_from, self.valid_until)?;
        writeln!(f, "issued       {} by {}", self.issued_at, self.issuer)?;
        write!(f, "licence      committed to by {}", self.licence_commitment)
    }
}

#[derive(Serialize)]
pub(super) struct Checked {
    holder: Address,
    role: &'static str,
    at: Moment,
    active: bool,
    status: &'static str,
    since: Moment,
    /// Null if there was none.
    credential: Option<B256>,
}

impl Checked {
    pub(super) fn new(holder: Address, role: Role, at: u64, standing: &Standing) -> Self {
        Self {
            holder,
            role: role.code(),
            at: Moment(at),
            active: standing.status == Status::Active,
            status: if standing.credential_id.is_zero() {
                "none"
            } else {
                word(standing.status)
            },
            since: Moment(standing.since),
            credential: Some(standing.credential_id).filter(|id| !id.is_zero()),
        }
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = if self.active { "ACTIVE" } else { "NOT ACTIVE" };
        write!(f, "{answer} as {} at {}", self.role, self.at)?;
        match self.credential {
            Some(credential) => write!(f, "\ncredential   {credential}, {} since {}", self.status, self.since),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct IssuerChecked {
    issuer: Address,
    at: Moment,
    is_issuer: bool,
}

impl IssuerChecked {
    pub(super) fn new(issuer: Address, at: u64, is_issuer: bool) -> Self {
        Self {
            issuer,
            at: Moment(at),
            is_issuer,
        }
    }
}

impl fmt::Display for IssuerChecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = if self.is_issuer { "ISSUER" } else { "NO ISSUER" };
        write!(f, "{answer} at {}", self.at)
    }
}

#[derive(Serialize)]
pub(super) struct Verified {
    verified: bool,
    credential: B256,
    holder: Address,
}

impl Verified {
    pub(super) fn new(credential: B256, holder: Address) -> Self {
        Self {
            verified: true,
            credential,
            holder,
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "verified     it is the number that {} commits to", self.credential)?;
        write!(f, "holder       {}", self.holder)
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::None => "not valid yet",
        Status::Active => "active",
        Status::Suspended => "suspended",
        Status::Revoked => "revoked",
        Status::Expired => "expired",
        Status::Superseded => "superseded",
    }
}

/// The code without its padding.
fn code_of(jurisdiction: &[u8; 32]) -> String {
    let text = String::from_utf8_lossy(jurisdiction);
    text.trim_end_matches('\0').escape_default().to_string()
}
