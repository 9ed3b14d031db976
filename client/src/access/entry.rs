//! One entry of a log of accesses, as JSON.

use alloy_core::primitives::{B256, keccak256};
use salus_core::{
    access::log::{Basis, Entry},
    codes::{Action, Code, Purpose, ResourceClass},
};
use serde_json::Value;

use crate::fhir::{
    Canonical, FhirError, FieldError, Problem, Salt,
    consent::{resolver::bytes_of, seconds_of},
    field::Field,
};

/// The members of an entry. A salt belongs to its leaf.
const KNOWN: [&str; 9] = [
    "subject",
    "actor",
    "at",
    "purpose",
    "class",
    "action",
    "basis",
    "decided_by",
    "salt",
];

/// What is logged of an access: an entry of 96 bytes, or an AuditEvent, whose leaf is its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logged {
    /// An entry.
    Entry(Entry),
    /// An AuditEvent.
    Event {
        /// Its `id`.
        id: String,
        /// When it was recorded, in seconds since the epoch.
        at: u64,
        /// What is committed to.
        canonical: Canonical,
    },
}

impl Logged {
    /// Reads an entry, or an AuditEvent, and its salt if it comes with one.
    ///
    /// # Errors
    /// [`FhirError::Field`] with the member that is missing, wrong or not understood: none is passed over.
    pub fn from_json(document: &Value) -> Result<(Self, Option<Salt>), FhirError> {
        let root = Field::new(document, "");
        if root.get("resourceType")?.is_some() {
            return Ok((event(&root)?, None));
        }
        Ok((Self::Entry(entry(&root)?), salt(&root)?))
    }

    /// When it was, in seconds since the epoch.
    pub fn at(&self) -> u64 {
        match self {
            Self::Entry(entry) => entry.at,
            Self::Event { at, .. } => *at,
        }
    }

    /// The value of its leaf with a salt.
    pub fn leaf(&self, salt: &Salt) -> B256 {
        match self {
            Self::Entry(entry) => entry.leaf(salt.as_bytes(), |bytes| keccak256(bytes).0).into(),
            Self::Event { canonical, .. } => canonical.commit(salt).into(),
        }
    }
}

/// A wrong one is not quoted.
fn salt(root: &Field<'_>) -> Result<Option<Salt>, FieldError> {
    let Some(field) = root.get("salt")? else {
        return Ok(None);
    };
    let bytes = bytes_of(field.string()?).ok_or_else(|| field.wrong_type("32 bytes"))?;
    Ok(Some(Salt::from_bytes(bytes)))
}

fn event(root: &Field<'_>) -> Result<Logged, FhirError> {
    let kind = root.require("resourceType")?;
    if kind.string()? != "AuditEvent" {
        return Err(kind.invalid("AuditEvent").into());
    }
    Ok(Logged::Event {
        id: root.require("id")?.string()?.into(),
        at: time(&root.require("recorded")?)?,
        canonical: Canonical::of(root.value)?,
    })
}

fn entry(root: &Field<'_>) -> Result<Entry, FieldError> {
    for name in root.object()?.keys() {
        if !KNOWN.contains(&name.as_str()) {
            return Err(FieldError {
                path: root.path_of(name),
                problem: Problem::NotUnderstood,
            });
        }
    }
    let decided_by = root.get("decided_by")?;
    Ok(Entry {
        subject: bytes(&root.require("subject")?, "32 bytes")?,
        actor: bytes(&root.require("actor")?, "an address of 20 bytes")?,
        at: time(&root.require("at")?)?,
        purpose: coded(root, "purpose", Purpose::TABLE, Purpose::from_bit)?,
        class: coded(root, "class", ResourceClass::TABLE, ResourceClass::from_bit)?,
        action: coded(root, "action", Action::TABLE, Action::from_bit)?,
        basis: basis(&root.require("basis")?)?,
        decided_by: match decided_by {
            Some(field) => bytes(&field, "32 bytes")?,
            None => [0; 32],
        },
    })
}

fn basis(field: &Field<'_>) -> Result<Basis, FieldError> {
    match field.string()? {
        "NO_CONSENT" => Ok(Basis::NoConsent),
        "PERMIT" => Ok(Basis::Permit),
        "DENY" => Ok(Basis::Deny),
        "EMERGENCY" => Ok(Basis::Emergency),
        _ => Err(field.invalid("PERMIT, DENY, NO_CONSENT or EMERGENCY")),
    }
}

fn coded<T>(root: &Field<'_>, name: &str, table: &[Code], from_bit: impl Fn(u8) -> Option<T>) -> Result<T, FieldError> {
    let field = root.require(name)?;
    let code = field.string()?;
    let row = table.iter().find(|row| row.code == code);
    row.and_then(|row| from_bit(row.bit))
        .ok_or_else(|| field.invalid("a code with a number in the consent model"))
}

/// `0x` and hexadecimal digits.
fn bytes<const N: usize>(field: &Field<'_>, expected: &'static str) -> Result<[u8; N], FieldError> {
    bytes_of(field.string()?).ok_or_else(|| field.invalid(expected))
}

/// A dateTime of FHIR, or seconds since the epoch.
fn time(field: &Field<'_>) -> Result<u64, FieldError> {
    let seconds = match field.value {
        Value::String(text) => seconds_of(text).and_then(|(first, _)| u64::try_from(first).ok()),
        other => other.as_u64(),
    };
    seconds.ok_or_else(|| field.invalid("a time since 1970"))
}
