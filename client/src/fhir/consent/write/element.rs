//! The data types of a Consent's fields.

use salus_core::codes::{Code, ResourceClass, system};
use serde_json::{Value, json};

use super::super::{FhirVersion, coding::DATA_ABSENT_REASON, criteria::FHIR_TYPES};

/// An element that says of itself that there is nothing that it could say.
pub(super) fn not_applicable() -> Value {
    json!({"extension": [{"url": DATA_ABSENT_REASON, "valueCode": "not-applicable"}]})
}

/// A Coding.
pub(super) fn coding(row: &Code) -> Value {
    json!({"system": row.system, "code": row.code})
}

/// A CodeableConcept.
pub(super) fn concept(row: &Code) -> Value {
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
pub(super) fn identifier(system: &str, bytes: &[u8]) -> Value {
    json!({"identifier": {"system": system, "value": format!("0x{}", hex::encode(bytes))}})
}

/// A type of resources by the name that it has in a version. A type that this version does not have is told with the version that has it.
pub(super) fn class(class: ResourceClass, version: FhirVersion) -> Value {
    let only_r5 = [
        ResourceClass::NUTRITION_INTAKE,
        ResourceClass::IMAGING_SELECTION,
        ResourceClass::GENOMIC_STUDY,
    ];
    match (version, class) {
        (FhirVersion::R4, ResourceClass::DEVICE_USAGE) => of_r4("DeviceUseStatement"),
        (FhirVersion::R4, ResourceClass::REQUEST_ORCHESTRATION) => of_r4("RequestGroup"),
        (FhirVersion::R4, class) if only_r5.contains(&class) => {
            json!({"system": FHIR_TYPES, "version": "5.0.0", "code": class.code()})
        }
        (FhirVersion::R4, class) => of_r4(class.code()),
        (FhirVersion::R5, ResourceClass::MEDIA) => {
            json!({"system": system::RESOURCE_TYPES, "version": "4.0.1", "code": class.code()})
        }
        (FhirVersion::R5, class) => json!({"system": FHIR_TYPES, "code": class.code()}),
    }
}

fn of_r4(code: &str) -> Value {
    json!({"system": system::RESOURCE_TYPES, "code": code})
}
