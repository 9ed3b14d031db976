//! What a resource elsewhere is called.

use serde_json::Value;

use crate::fhir::element;

/// What a patient can be.
pub const PATIENT: &[&str] = &["Patient"];
/// What gives a consultation: what an Appointment, an Invoice and a PaymentReconciliation all allow.
pub const PROVIDER: &[&str] = &["Practitioner", "PractitionerRole"];
/// What issues an Invoice.
pub const ORGANIZATION: &[&str] = &["Organization"];

/// A resource's name: a literal reference, or an identifier of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceName(String);

/// Why a text names no resource, or not one that may stand there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is no reference.
    #[error(
        "`{0}` is no reference: write {1}/ID, a URL that ends so, urn:uuid:..., urn:oid:..., or SYSTEM|VALUE of an identifier"
    )]
    Malformed(String, &'static str),
    /// It is a reference to something else.
    #[error("`{name}` is a {found}, where a {} is expected", expected.join(" or a "))]
    OtherType {
        /// The text.
        name: String,
        /// What it refers to.
        found: String,
        /// What it may refer to.
        expected: &'static [&'static str],
    },
}

impl ResourceName {
    /// Reads `Type/id`, a URL that ends so, `urn:uuid:...`, `urn:oid:...` (FHIR's `Reference.reference`), or `system|value`. Of the first
    /// two the type has to be one of `allowed`; the others do not tell theirs.
    ///
    /// # Errors
    /// [`NameError`]
    pub fn parse(text: &str, allowed: &'static [&'static str]) -> Result<Self, NameError> {
        let malformed = || NameError::Malformed(text.to_owned(), allowed.first().copied().unwrap_or("Type"));
        let is_plain = !text
            .chars()
            .any(|character| character.is_whitespace() || character.is_control());
        if !is_plain {
            return Err(malformed());
        }
        if let Some(uuid) = text.strip_prefix("urn:uuid:") {
            return is_uuid(uuid).then(|| Self(text.to_owned())).ok_or_else(malformed);
        }
        if let Some(oid) = text.strip_prefix("urn:oid:") {
            return is_oid(oid).then(|| Self(text.to_owned())).ok_or_else(malformed);
        }
        if let Some((system, value)) = text.split_once('|') {
            // A system is an absolute URI.
            let is_identifier = system.contains(':') && !value.is_empty() && !value.contains('|');
            return is_identifier.then(|| Self(text.to_owned())).ok_or_else(malformed);
        }
        let found = resource_type(text).ok_or_else(malformed)?;
        if !allowed.contains(&found) {
            return Err(NameError::OtherType {
                name: text.to_owned(),
                found: found.to_owned(),
                expected: allowed,
            });
        }
        Ok(Self(text.to_owned()))
    }

    /// A Reference.
    pub(super) fn reference(&self) -> Value {
        element::reference(&self.0)
    }
}

/// The type of `[https://.../]Type/id[/_history/version]`.
fn resource_type(text: &str) -> Option<&str> {
    let absolute = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let mut parts: Vec<&str> = absolute.unwrap_or(text).split('/').collect();
    if let [.., "_history", version] = parts[..] {
        if !is_id(version) {
            return None;
        }
        parts.truncate(parts.len().checked_sub(2)?);
    }
    let (kind, id) = match (absolute, &parts[..]) {
        (None, [kind, id]) => (kind, id),
        (Some(_), [host, .., kind, id]) if !host.is_empty() && parts.iter().all(|part| !part.is_empty()) => (kind, id),
        _ => return None,
    };
    let is_type = kind.starts_with(|first: char| first.is_ascii_uppercase())
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_type && is_id(id)).then_some(*kind)
}

/// FHIR's `id`.
fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

/// FHIR's `uuid` without its beginning.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_hex = |part: &&str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(is_hex)
}

/// FHIR's `oid` without its beginning.
fn is_oid(text: &str) -> bool {
    let is_arc = |arc: &str| {
        !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
    };
    let mut arcs = text.split('.');
    let is_root = arcs.next().is_some_and(|root| ["0", "1", "2"].contains(&root));
    let mut rest = arcs.peekable();
    is_root && rest.peek().is_some() && rest.all(is_arc)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_and_identifiers_name_resources() {
        for text in [
            "Patient/1",
            "Patient/a-B.9/_history/2",
            "https://ehr.example/fhir/Patient/1",
            "http://ehr.example/Patient/1/_history/3",
            "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
            "urn:oid:1.2.840.0",
        ] {
            let name = ResourceName::parse(text, PATIENT).unwrap();
            assert_eq!(name.reference(), json!({"reference": text}));
        }
        let name = ResourceName::parse("urn:ehr:mrn|00-7", PATIENT).unwrap();
        let identifier = json!({"identifier": {"system": "urn:ehr:mrn", "value": "00-7"}});
        assert_eq!(name.reference(), identifier);
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in [
            "",
            "Patient",
            "Patient/",
            "/1",
            "patient/1",
            "Patient/1/2",
            "Patient/ä",
            "Patient/1 2",
            "#contained",
            "ftp://ehr.example/Patient/1",
            "https://Patient/1",
            "https:///Patient/1",
            "https://ehr.example//Patient/1",
            "Patient/1/_history/",
            "Patient?identifier=1",
            "urn:uuid:0C3151BD-1CBF-4D64-B04D-CD9187A4C6E0",
            "urn:uuid:1",
            "urn:oid:3.1",
            "urn:oid:1",
            "urn:oid:1.02",
            "mrn|7",
            "urn:mrn|",
            "urn:mrn|7|8",
            &format!("Patient/{}", "1".repeat(65)),
        ] {
            let refused = ResourceName::parse(text, PATIENT);
            assert!(matches!(refused, Err(NameError::Malformed(..))), "{text}: {refused:?}");
        }
    }

    #[test]
    fn a_resource_of_another_type_is_refused_by_what_it_is() {
        for text in ["Organization/1", "https://ehr.example/Organization/1"] {
            let refused = ResourceName::parse(text, PROVIDER).unwrap_err();
            let message = refused.to_string();
            assert!(
                message.ends_with("is a Organization, where a Practitioner or a PractitionerRole is expected"),
                "{message}"
            );
        }
        assert!(ResourceName::parse("PractitionerRole/1", PROVIDER).is_ok());
    }
}
