//! One resource of a bundle.

use std::slice;

use serde_json::Value;

use crate::fhir::{Canonical, FhirError};

/// A resource as the document has it, with what identifies it.
#[derive(Debug, Clone)]
pub struct Resource {
    kind: String,
    id: Option<String>,
    full_url: Option<String>,
    position: usize,
    pub(super) value: Value,
}

impl Resource {
    pub(super) fn new(kind: &str, id: Option<&str>, full_url: Option<&str>, position: usize) -> Self {
        Self {
            kind: kind.to_owned(),
            id: id.map(str::to_owned),
            full_url: full_url.map(str::to_owned),
            position,
            value: Value::Null,
        }
    }

    /// Its `resourceType`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its logical `id`, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The `fullUrl` of its entry.
    pub fn full_url(&self) -> Option<&str> {
        self.full_url.as_deref()
    }

    /// Its entry's position in the bundle, from 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The resource itself.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Its canonical form, without the bundle's entry around it.
    ///
    /// # Errors
    /// [`FhirError::NotCanonical`]; not with a bundle that was read here.
    pub fn canonical(&self) -> Result<Canonical, FhirError> {
        Canonical::of(&self.value)
    }

    /// The references in one of its elements: `element.reference`, or each `element[].reference`.
    pub fn references(&self, element: &str) -> impl Iterator<Item = &str> {
        let references = match self.value.get(element) {
            Some(Value::Array(items)) => items.as_slice(),
            Some(one) => slice::from_ref(one),
            None => &[],
        };
        references
            .iter()
            .filter_map(|reference| reference.get("reference")?.as_str())
    }

    pub(super) fn version(&self) -> Option<&str> {
        self.value.get("meta")?.get("versionId")?.as_str()
    }

    pub(super) fn has_identifier(&self, system: &str, value: &str) -> bool {
        let identifiers = self.value.get("identifier").and_then(Value::as_array);
        identifiers.into_iter().flatten().any(|identifier| {
            let part = |name| identifier.get(name).and_then(Value::as_str);
            part("system").unwrap_or_default() == system && part("value") == Some(value)
        })
    }
}
