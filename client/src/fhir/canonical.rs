//! The canonical form of a resource and the salted commitment to it.

use std::fmt;

use alloy_core::primitives::keccak256;
use rand::{RngCore, rngs::OsRng};
use salus_core::{hash::Hash, records::record_commitment};
use serde_json::Value;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{error::FhirError, json, source::Limits};

/// The bytes that stand for a JSON value: RFC 8785 (JCS).
///
/// Numbers are doubles there: a FHIR decimal's trailing zeros (`1.50`), which FHIR counts as precision, are not part
/// of the canonical form, and two documents that differ in them alone have the same one. Strings are taken as they are,
/// without Unicode normalisation.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Canonical(Vec<u8>);

impl Canonical {
    /// Of a value. One that [`json::parse`] has read always has a canonical form.
    ///
    /// # Errors
    /// [`FhirError::NotCanonical`] if a number in it is none that a double can be.
    pub fn of(value: &Value) -> Result<Self, FhirError> {
        serde_json_canonicalizer::to_vec(value)
            .map(Self)
            .map_err(FhirError::NotCanonical)
    }

    /// Of a JSON text, read strictly.
    ///
    /// # Errors
    /// [`FhirError::Json`] for whatever is not I-JSON.
    pub fn of_json(text: &[u8], limits: &Limits) -> Result<Self, FhirError> {
        Self::of(&json::parse(text, limits)?)
    }

    /// The bytes, which are UTF-8 and JSON.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The commitment to this version of a record: see [`record_commitment`].
    pub fn commit(&self, salt: &Salt) -> Hash {
        record_commitment(&salt.0, &self.0, keccak)
    }
}

impl fmt::Debug for Canonical {
    /// The length alone: what is in it is a health record.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Canonical({} bytes)", self.0.len())
    }
}

/// Keccak-256, as core wants it.
pub(super) fn keccak(bytes: &[u8]) -> Hash {
    keccak256(bytes).0
}

/// 32 random bytes that keep a commitment from being guessed. Each is used once; whoever destroys all copies has
/// erased what the commitment says. It is a secret: it is not printed, and wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Salt([u8; 32]);

impl Salt {
    /// A new one, from the operating system's generator.
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        OsRng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// One that was kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be kept, with the record that it belongs to.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Salt(..)")
    }
}
