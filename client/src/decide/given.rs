//! The consents of a FHIR document.

use salus_core::consent::{PolicyView, Status};
use serde_json::Value;

use super::{BundleResolver, Identifier};
use crate::fhir::{
    Bundle, FhirError, Limits,
    consent::{self, ConsentStatus, ContentCode, Loss, Reference},
    field::Field,
};

/// A consent that may decide.
#[derive(Debug, Clone)]
pub struct Given {
    /// What it is called: `Consent/` and the document's id, or the `system|value` of an identifier; none if it has no name.
    pub name: Option<String>,
    /// Identifiers of the patient; none if it cannot be told who that is.
    pub patient: Vec<Identifier>,
    /// Whether it is in force, by its status.
    pub is_active: bool,
    /// The policy's canonical encoding.
    pub policy: Vec<u8>,
    /// The codes that it selects data by, which the policy has as hashes.
    pub codes: Vec<ContentCode>,
    /// What is in the document and not in the policy.
    pub losses: Vec<Loss>,
}

impl Given {
    /// The consents of a document, in order: of a Consent the one, of a Bundle all that are in it, with references resolved to the
    /// resources beside them.
    ///
    /// # Errors
    /// [`FhirError`] if the document is not what it should be, or if a consent cannot be translated exactly.
    pub fn all(document: &Value) -> Result<Vec<Self>, FhirError> {
        let root = Field::new(document, "");
        if root.require("resourceType")?.string()? != "Bundle" {
            return Ok(vec![Self::read(document, BundleResolver(None))?]);
        }
        let bundle = Bundle::from_value(document.clone(), &Limits::default())?;
        let resolver = BundleResolver(Some(&bundle));
        let consents = bundle.of_type("Consent");
        consents.map(|consent| Self::read(consent.value(), resolver)).collect()
    }

    fn read(document: &Value, resolver: BundleResolver<'_>) -> Result<Self, FhirError> {
        let translation = consent::read(document, None, &resolver)?;
        let id = document.get("id").and_then(Value::as_str);
        Ok(Self {
            name: id.map(|id| format!("Consent/{id}")),
            patient: patient(document, resolver)?,
            is_active: translation.status == ConsentStatus::Active,
            policy: translation.encoded,
            codes: translation.codes,
            losses: translation.losses,
        })
    }

    /// The policy to be evaluated, and whether it may decide.
    pub(super) fn view(&self) -> Option<(Status, PolicyView<'_>)> {
        let status = if self.is_active { Status::Active } else { Status::None };
        // It was accepted before.
        Some((status, PolicyView::parse(&self.policy).ok()?))
    }
}

fn patient(document: &Value, resolver: BundleResolver<'_>) -> Result<Vec<Identifier>, FhirError> {
    let root = Field::new(document, "Consent");
    let patient = match root.get("patient")? {
        Some(patient) => Some(patient),
        None => root.get("subject")?,
    };
    let Some(patient) = patient else {
        return Ok(Vec::new());
    };
    let identifier = patient.get("identifier")?;
    let part = |name: &str| identifier.as_ref().and_then(|field| field.value.get(name)?.as_str());
    Ok(resolver.identifiers(&Reference {
        reference: patient.text("reference")?,
        kind: None,
        identifier: part("value").map(|value| (part("system").unwrap_or_default(), value)),
    }))
}
