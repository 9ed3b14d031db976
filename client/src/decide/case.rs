//! Consents and a request, in one document or in several.

use salus_core::consent::{PolicyView, Status, evaluate_all};
use serde_json::Value;

use super::{AccessRequest, Codes, Given, Outcome};
use crate::fhir::{FhirError, Limits, Problem, field::Field, json};

/// What is to be decided.
#[derive(Debug, Clone)]
pub struct Case {
    consents: Vec<Given>,
    request: AccessRequest,
}

impl Case {
    /// A case of FHIR documents, each a Consent or a Bundle with Consents and the resources they refer to, and a request.
    ///
    /// # Errors
    /// [`FhirError`] if one of them is not what it should be, or if a consent cannot be translated exactly.
    pub fn new(documents: &[Value], request: &Value) -> Result<Self, FhirError> {
        let mut consents = Vec::new();
        for document in documents {
            consents.extend(Given::all(document)?);
        }
        Ok(Self::of(consents, AccessRequest::from_json(request)?))
    }

    /// A case of consents that were read before.
    pub fn of(consents: Vec<Given>, request: AccessRequest) -> Self {
        Self { consents, request }
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

    /// The consents, in the order of the documents.
    pub fn consents(&self) -> &[Given] {
        &self.consents
    }

    /// Those of the consents that may be of the patient who is asked for: where they stand among all, and their policies.
    pub fn asked(&self) -> Vec<(usize, (Status, PolicyView<'_>))> {
        let consents = self.consents.iter().enumerate();
        consents
            .filter(|(_, given)| self.request.is_about(&given.patient))
            .filter_map(|(position, given)| Some((position, given.view()?)))
            .collect()
    }

    /// The codes by which these consents, or else the request, tell data apart.
    pub fn codes(&self, asked: &[(usize, (Status, PolicyView<'_>))]) -> Codes {
        let names: Vec<_> = self.consents.iter().flat_map(|given| &given.codes).cloned().collect();
        Codes::of(&self.request, asked.iter().map(|(_, (_, policy))| *policy), &names)
    }

    /// What of the consents is not in their policies, each by its field.
    pub fn losses(&self) -> impl Iterator<Item = String> {
        let losses = self.consents.iter().flat_map(|given| &given.losses);
        losses.map(ToString::to_string)
    }

    /// Answers the request: at the time that it names, or else at `now`, in seconds since the epoch.
    pub fn decide(&self, now: u64) -> Outcome {
        let at = self.request.at.unwrap_or(now);
        let addresses = self.request.addresses();
        let asked = self.asked();
        let codes = self.codes(&asked);
        let answer = |question| {
            let request = self.request.of(&addresses, &codes, question);
            let views = asked.iter().map(|(_, view)| *view);
            (question, evaluate_all(views, &request, at))
        };
        let answers: Vec<_> = self.request.questions(&codes).into_iter().map(answer).collect();
        let mut outcome = Outcome::of(&answers, &codes);
        outcome.consent = outcome.consent.and_then(|winner| Some(asked.get(winner)?.0));
        outcome
    }
}
