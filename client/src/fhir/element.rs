//! FHIR's data types, written.

use salus_core::codes::Code;
use serde_json::{Value, json};

/// FHIR's extension that says why an element has no value.
const DATA_ABSENT_REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// An element that has no value, for a reason of FHIR's code system `data-absent-reason`.
pub(crate) fn absent(reason: &str) -> Value {
    json!({"extension": [{"url": DATA_ABSENT_REASON, "valueCode": reason}]})
}

/// An element that says of itself that there is nothing that it could say.
pub(crate) fn not_applicable() -> Value {
    absent("not-applicable")
}

/// A Coding.
pub(crate) fn coding(row: &Code) -> Value {
    json!({"system": row.system, "code": row.code})
}

/// A CodeableConcept.
pub(crate) fn concept(row: &Code) -> Value {
    json!({"coding": [coding(row)]})
}

/// A Reference by its name: `system|value` of an identifier, or a literal one, which may be a search (`Patient?identifier=...`).
pub(crate) fn reference(name: &str) -> Value {
    let is_search = name
        .split_once('?')
        .is_some_and(|(kind, _)| kind.bytes().all(|byte| byte.is_ascii_alphabetic()));
    match name.split_once('|') {
        Some((system, value)) if !is_search => {
            let mut identifier = json!({"value": value});
            if !system.is_empty() {
                identifier["system"] = system.into();
            }
            json!({"identifier": identifier})
        }
        _ => json!({"reference": name}),
    }
}

/// A Reference by the bytes that a policy knows.
pub(crate) fn identifier(system: &str, bytes: &[u8]) -> Value {
    json!({"identifier": {"system": system, "value": format!("0x{}", hex::encode(bytes))}})
}
