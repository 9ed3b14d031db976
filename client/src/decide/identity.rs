//! Who is who off chain: by the identifiers of FHIR.

use alloy_core::primitives::keccak256;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fhir::{
    Bundle, Resource,
    consent::{Actor, Reference, Resolver, resolver::bytes_of, urn},
};

/// What an identifier is hashed with, so that it is no other hash.
const IDENTIFIER_DOMAIN: &[u8] = b"salus/identifier";
const DATA_DOMAIN: &[u8] = b"salus/data-reference";

/// A FHIR Identifier: a system and a value in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// The system's URI; empty if none was named.
    pub system: String,
    /// The value.
    pub value: String,
}

impl Identifier {
    /// A `value` of a `system`.
    pub fn new(system: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            system: system.into(),
            value: value.into(),
        }
    }

    /// What stands for it where the model has an account: the first twenty bytes of
    /// `keccak256("salus/identifier" || length of system (8 bytes) || system || value)`. An account's own identifier ([`urn::ACCOUNT`]) stands
    /// for the account.
    pub fn address(&self) -> [u8; 20] {
        if self.system == urn::ACCOUNT
            && let Some(account) = bytes_of(&self.value)
        {
            return account;
        }
        let length = (self.system.len() as u64).to_be_bytes();
        let preimage = [
            IDENTIFIER_DOMAIN,
            &length,
            self.system.as_bytes(),
            self.value.as_bytes(),
        ]
        .concat();
        let hash = keccak256(preimage).0;
        std::array::from_fn(|index| hash[index])
    }
}

/// Finds whom references mean in the resources beside a consent: an actor is whoever has one of its identifiers.
#[derive(Debug, Clone, Copy, Default)]
pub struct BundleResolver<'b>(pub Option<&'b Bundle>);

impl BundleResolver<'_> {
    /// The identifiers of whom a reference means: its own, and those of the resource that it refers to. None if it is not known.
    pub fn identifiers(&self, reference: &Reference<'_>) -> Vec<Identifier> {
        let own = reference
            .identifier
            .map(|(system, value)| Identifier::new(system, value));
        let resource = reference
            .reference
            .and_then(|literal| self.0?.resolve(literal))
            .map(|resource| self.of_resource(resource));
        own.into_iter().chain(resource.unwrap_or_default()).collect()
    }

    /// A PractitionerRole without an identifier is its practitioner; a resource without any is known by its `Type/id`.
    fn of_resource(&self, resource: &Resource) -> Vec<Identifier> {
        let own = identifiers(resource.value());
        if !own.is_empty() {
            return own;
        }
        let practitioner = (resource.kind() == "PractitionerRole")
            .then(|| resource.references("practitioner").next())
            .flatten()
            .and_then(|reference| self.0?.resolve(reference))
            .map(|practitioner| identifiers(practitioner.value()))
            .unwrap_or_default();
        if !practitioner.is_empty() {
            return practitioner;
        }
        let id = resource
            .id()
            .map(|id| Identifier::new("", format!("{}/{id}", resource.kind())));
        id.into_iter().collect()
    }
}

fn identifiers(resource: &Value) -> Vec<Identifier> {
    let listed = resource.get("identifier").and_then(Value::as_array);
    let read = |identifier: &Value| {
        let part = |name| identifier.get(name).and_then(Value::as_str);
        Some(Identifier::new(part("system").unwrap_or_default(), part("value")?))
    };
    listed.into_iter().flatten().filter_map(read).collect()
}

impl Resolver for BundleResolver<'_> {
    fn actors(&self, reference: &Reference<'_>) -> Vec<Actor> {
        let known = self.identifiers(reference);
        known
            .iter()
            .map(|identifier| Actor::Address(identifier.address()))
            .collect()
    }

    fn data(&self, reference: &Reference<'_>) -> Option<[u8; 32]> {
        let key = reference.key();
        (!key.is_empty()).then(|| keccak256([DATA_DOMAIN, key.as_bytes()].concat()).0)
    }
}
