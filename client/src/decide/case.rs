//! Consents and a request, in one document or in several.

use salus_core::{
    codes::ResourceClass,
    consent::{PolicyView, Status, evaluate_all},
};
use serde_json::Value;

use super::{AccessRequest, BundleResolver, Identifier, Outcome};
use crate::fhir::{
    Bundle, FhirError, Limits, Problem,
    consent::{self, ConsentStatus, Reference, Translation},
    field::Field,
    json,
};

/// What is to be decided.
#[derive(Debug, Clone)]
pub struct Case {
    consents: Vec<Given>,
    request: AccessRequest,
}

/// A consent, and of whom it is: none of the identifiers if that cannot be told.
#[derive(Debug, Clone)]
struct Given {
    translation: Translation,
    patient: Vec<Identifier>,
}

impl Given {
    /// The policy, and whether it is in force at all.
    fn view(&self) -> Option<(Status, PolicyView<'_>)> {
        let status = match self.translation.status {
            ConsentStatus::Active => Status::Active,
            _ => Status::None,
        };
        // It was encoded by us.
        Some((status, PolicyView::parse(&self.translation.encoded).ok()?))
    }
}

impl Case {
    /// A case of FHIR documents, each a Consent or a Bundle with Consents and the resources they refer to, and a request.
    ///
    /// # Errors
    /// [`FhirError`] if one of them is not what it should be, or if a consent cannot be translated exactly.
    pub fn new(documents: &[Value], request: &Value) -> Result<Self, FhirError> {
        let mut consents = Vec::new();
        for document in documents {
            read_consents(document, &mut consents)?;
        }
        Ok(Self {
            consents,
            request: AccessRequest::from_json(request)?,
        })
    }

    /// A case in one document: `{"consent": ..., "request": ...}`, where `consent` is a Consent, a Bundle, or an array of these.
    ///
    /// # Errors
    /// As [`Case::new`].
    pub fn from_json(text: &[u8]) -> Result<Self, FhirError> {
        let document = json::parse(text, &Limits::default())?;
        let root = Field::new(&document, "");
        for name in root.object()?.keys() {
            if !["consent", "request", "name", "description"].contains(&name.as_str()) {
                let unknown = Field::new(&Value::Null, name).error(Problem::NotUnderstood);
                return Err(unknown.into());
            }
        }
        let consent = root.require("consent")?.value;
        let request = root.require("request")?.value;
        match consent {
            Value::Array(documents) => Self::new(documents, request),
            document => Self::new(std::slice::from_ref(document), request),
        }
    }

    /// What is asked.
    pub fn request(&self) -> &AccessRequest {
        &self.request
    }

    /// What of the consents is not in their policies, each by its field.
    pub fn losses(&self) -> impl Iterator<Item = String> {
        self.consents
            .iter()
            .flat_map(|given| given.translation.losses.iter().map(ToString::to_string))
    }

    /// Answers the request: at the time that it names, or else at `now`, in seconds since the epoch.
    pub fn decide(&self, now: u64) -> Outcome {
        let at = self.request.at.unwrap_or(now);
        let every: Vec<ResourceClass> = ResourceClass::in_mask(ResourceClass::KNOWN).collect();
        let classes = match &*self.request.classes {
            [] => &*every,
            classes => classes,
        };
        let addresses = self.request.addresses();
        let given: Vec<_> = self
            .consents
            .iter()
            .enumerate()
            .filter(|(_, given)| self.is_of_patient(given))
            .collect();
        let of_purpose = |purpose| {
            let answers: Vec<_> = classes
                .iter()
                .map(|class| {
                    let request = self.request.of(&addresses, purpose, *class);
                    (
                        *class,
                        evaluate_all(given.iter().filter_map(|(_, given)| given.view()), &request, at),
                    )
                })
                .collect();
            Outcome::of_classes(&answers)
        };
        // There is at least one purpose and one class.
        let outcomes = self.request.purposes.iter().filter_map(|purpose| of_purpose(*purpose));
        let mut outcome = outcomes.reduce(Outcome::and).unwrap_or_else(Outcome::nothing_asked);
        outcome.consent = outcome.consent.and_then(|winner| Some(given.get(winner)?.0));
        outcome
    }

    /// Where it cannot be told of whom a consent is, or who is asked for, it is taken for the patient's.
    fn is_of_patient(&self, given: &Given) -> bool {
        let asked = &self.request.patient;
        asked.is_empty() || given.patient.is_empty() || given.patient.iter().any(|patient| asked.contains(patient))
    }
}

fn read_consents(document: &Value, consents: &mut Vec<Given>) -> Result<(), FhirError> {
    let root = Field::new(document, "");
    if root.require("resourceType")?.string()? != "Bundle" {
        consents.push(read_consent(document, BundleResolver(None))?);
        return Ok(());
    }
    let bundle = Bundle::from_value(document.clone(), &Limits::default())?;
    let resolver = BundleResolver(Some(&bundle));
    for consent in bundle.of_type("Consent") {
        consents.push(read_consent(consent.value(), resolver)?);
    }
    Ok(())
}

fn read_consent(document: &Value, resolver: BundleResolver<'_>) -> Result<Given, FhirError> {
    let translation = consent::read(document, None, &resolver)?;
    let root = Field::new(document, "Consent");
    let patient = match root.get("patient")? {
        Some(patient) => Some(patient),
        None => root.get("subject")?,
    };
    let patient = match patient {
        Some(patient) => {
            let identifier = patient.get("identifier")?;
            let part = |name: &str| identifier.as_ref().and_then(|field| field.value.get(name)?.as_str());
            resolver.identifiers(&Reference {
                reference: patient.text("reference")?,
                kind: None,
                identifier: part("value").map(|value| (part("system").unwrap_or_default(), value)),
            })
        }
        None => Vec::new(),
    };
    Ok(Given { translation, patient })
}
