//! Decisions where consents select data by the codes that they carry.

use serde_json::{Value, json};

use crate::decide::{bundle, consent, decide_at, redacted, request};

const AT: &str = "2026-01-01";
const LOINC: &str = "http://loinc.org";

/// What good-health must not see of a patient: one study, by its code.
pub(crate) fn but_for_a_code(decision: &str) -> Value {
    let mut consent = consent();
    consent["decision"] = json!(decision);
    consent["provision"] = json!([{
        "code": [{"coding": [{"system": LOINC, "code": "42828-4"}]}],
        "actor": [{"reference": {"reference": "Organization/54"}}]
    }]);
    consent
}

pub(crate) fn coding(code: &str) -> Value {
    json!({"system": LOINC, "code": code})
}

fn decide(decision: &str, changes: Value) -> Value {
    decide_at(&bundle(&[but_for_a_code(decision)]), &request(changes), AT)
}

#[test]
fn data_of_a_denied_code_are_denied_and_of_another_one_permitted() {
    let row = decide("permit", json!({"code": [coding("42828-4")]}));
    assert_eq!((&row["answer"], &row["path"]), (&json!("DENY"), &json!([0])));
    let row = decide("permit", json!({"code": coding("8480-6")}));
    assert_eq!((&row["answer"], redacted(&row)), (&json!("PERMIT"), vec![]));
    let concept = json!({"coding": [coding("8480-6"), coding("42828-4")]});
    assert_eq!(
        decide("permit", json!({"code": concept}))["answer"],
        "DENY",
        "it is both"
    );
    let stranger = json!({"code": coding("42828-4"), "actor": {"system": "urn:org", "value": "other"}});
    assert_eq!(decide("permit", stranger)["answer"], "PERMIT");
}

#[test]
fn a_denied_code_is_redacted_from_what_is_asked_for_without_a_code() {
    let row = decide("permit", json!({}));
    assert_eq!(row["answer"], "PERMIT");
    assert_eq!(
        row["obligations"],
        json!([{"obligation": "redact", "system": LOINC, "code": "42828-4"}])
    );
    let row = decide("permit", json!({"code": [coding("42828-4"), coding("8480-6")]}));
    assert_eq!((&row["answer"], redacted(&row)), (&json!("PERMIT"), vec!["42828-4"]));
}

#[test]
fn a_permitted_code_does_not_open_what_is_asked_for_without_a_code() {
    assert_eq!(decide("deny", json!({}))["answer"], "DENY");
    assert_eq!(decide("deny", json!({"code": coding("42828-4")}))["answer"], "PERMIT");
    assert_eq!(decide("deny", json!({"code": coding("8480-6")}))["answer"], "DENY");
    let both = decide("deny", json!({"code": [coding("42828-4"), coding("8480-6")]}));
    assert_eq!((&both["answer"], redacted(&both)), (&json!("PERMIT"), vec!["8480-6"]));
}

#[test]
fn a_code_without_a_system_is_refused_on_either_side() {
    let row = decide("permit", json!({"code": ["42828-4"]}));
    assert_eq!(row["error"]["code"], "malformed_fhir", "{row}");
    let row = decide("permit", json!({"code": [{"code": "42828-4"}]}));
    assert!(
        row["error"]["message"].as_str().unwrap().contains("code[0].system"),
        "{row}"
    );
    let mut consent = but_for_a_code("permit");
    consent["provision"][0]["code"] = json!([{"coding": [{"code": "42828-4"}]}]);
    let row = decide_at(&bundle(&[consent]), &request(json!({})), AT);
    assert_eq!(row["error"]["code"], "untranslatable_consent", "{row}");
}

#[test]
fn what_a_code_changes_is_explained() {
    let user = crate::user::User::new();
    let file = user.file("consents.json", &bundle(&[but_for_a_code("permit")]).to_string());
    let request = user.file("request.json", &request(json!({})).to_string());
    let said = user.done(&["consent", "explain", "--fhir", &file, "--request", &request, "--at", AT]);
    let because = said["because"].as_array().unwrap();
    assert_eq!(because.len(), 2, "{said}");
    assert_eq!(because[0]["answer"], "PERMIT");
    assert!(because[0].get("code").is_none());
    assert_eq!(
        (&because[1]["answer"], &because[1]["code"]),
        (&json!("DENY"), &coding("42828-4"))
    );
}
