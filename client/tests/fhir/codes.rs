//! Provisions that select data by the codes that they carry.

use crate::support::{ANNA, at, document, translate};
use salus_client::fhir::consent::{ContentCode, Translation};
use salus_core::{
    codes::{DataMeaning, Purpose, ResourceClass},
    consent::{Answer, DataRef, Request, data_ref},
};
use serde_json::{Value, json};

use Answer::{Deny, Permit};

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";
const JUNE: &str = "2025-06-01T12:00:00Z";

fn coded(system: &str, code: &str) -> DataRef {
    let (system, code) = (system.to_owned(), code.to_owned());
    ContentCode { system, code }.reference()
}

fn concept(codings: &[(&str, &str)]) -> Value {
    let coding = |(system, code): &(&str, &str)| json!({"system": system, "code": code});
    json!({"coding": codings.iter().map(coding).collect::<Vec<_>>()})
}

/// A Consent of either version with these exceptions to its decision.
fn consents(decision: &str, provisions: &Value) -> [Translation; 2] {
    let mut r5 = document("r5");
    r5["decision"] = json!(decision);
    r5["provision"] = provisions.clone();
    let mut r4 = document("r4_root_type");
    r4["provision"] = json!({"type": decision, "provision": provisions});
    let other = if decision == "permit" { "deny" } else { "permit" };
    for provision in r4["provision"]["provision"].as_array_mut().unwrap() {
        provision["type"] = json!(other);
    }
    [r4, r5].map(|consent| translate(&consent).unwrap())
}

fn answer(consent: &Translation, data: &[DataRef]) -> Answer {
    let request = Request {
        data,
        data_stated: DataMeaning::KNOWN,
        ..Request::new(&ANNA, Purpose::TREAT, ResourceClass::OBSERVATION)
    };
    consent.evaluate(&request, at(JUNE)).answer
}

#[test]
fn rule_09_a_provision_selects_data_by_any_of_its_codes() {
    let provisions = json!([{"code": [
        concept(&[(LOINC, "42828-4"), (SNOMED, "724713006")]),
        concept(&[(LOINC, "8480-6")])
    ]}]);
    for (decision, selected, others) in [("permit", Deny, Permit), ("deny", Permit, Deny)] {
        for consent in consents(decision, &provisions) {
            for (system, code) in [(LOINC, "42828-4"), (SNOMED, "724713006"), (LOINC, "8480-6")] {
                assert_eq!(answer(&consent, &[coded(system, code)]), selected, "{system}|{code}");
            }
            for other in [&[coded(SNOMED, "42828-4")][..], &[coded(LOINC, "42828-4 ")], &[]] {
                assert_eq!(answer(&consent, other), others);
            }
            let names: Vec<_> = consent.codes.iter().map(|code| code.code.as_str()).collect();
            assert_eq!(names, ["42828-4", "724713006", "8480-6"]);
        }
    }
}

#[test]
fn rule_09_a_code_and_a_reference_are_both_required() {
    let related = data_ref(DataMeaning::RELATED, &[0xe1; 32]);
    let code = coded(LOINC, "42828-4");
    let provisions = json!([{
        "code": [concept(&[(LOINC, "42828-4")])],
        "data": [{"meaning": "related", "reference": {"reference": "Encounter/e1"}}]
    }]);
    for (decision, selected, others) in [("permit", Deny, Permit), ("deny", Permit, Deny)] {
        for consent in consents(decision, &provisions) {
            assert_eq!(answer(&consent, &[related, code]), selected, "{decision}");
            for data in [&[related][..], &[code], &[]] {
                assert_eq!(answer(&consent, data), others, "{decision}");
            }
        }
    }
}

/// In R4 a provision may repeat its parent's type: what is nested in it holds within both, the code and the reference.
#[test]
fn rule_05_exceptions_within_a_repeated_type_hold_where_code_and_reference_match() {
    let mut consent = document("r4_root_type");
    consent["provision"] = json!({"type": "deny", "provision": [{
        "type": "deny",
        "code": [concept(&[(LOINC, "42828-4")])],
        "data": [{"meaning": "related", "reference": {"reference": "Encounter/e1"}}],
        "provision": [{"type": "permit"}]
    }]});
    let consent = translate(&consent).unwrap();
    let related = data_ref(DataMeaning::RELATED, &[0xe1; 32]);
    let code = coded(LOINC, "42828-4");
    assert_eq!(answer(&consent, &[related, code]), Permit);
    for data in [&[related][..], &[code], &[]] {
        assert_eq!(answer(&consent, data), Deny);
    }
}
