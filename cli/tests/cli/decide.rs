//! Decisions off chain: FHIR Consents and requests in, answers out.

use serde_json::{Value, json};

use crate::user::User;

const AT: &str = "2026-01-01";

/// A permit of good-health's that keeps back what is about substance use, and medication from good-health.
pub(crate) fn consent() -> Value {
    json!({
        "resourceType": "Consent",
        "status": "active",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]}],
        "subject": {"reference": "Patient/52"},
        "date": "2019-11-01",
        "period": {"start": "2019-11-01", "end": "2029-01-01"},
        "decision": "permit",
        "provision": [
            {
                "resourceType": [{"system": "http://hl7.org/fhir/fhir-types", "code": "MedicationStatement"}],
                "actor": [{"reference": {"reference": "Organization/54"}}]
            },
            {"securityLabel": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETHUD"}]}
        ]
    })
}

pub(crate) fn bundle(consents: &[Value]) -> Value {
    let patient = json!({
        "resourceType": "Patient", "id": "52",
        "identifier": [{"system": "urn:mrn", "value": "1"}, {"system": "urn:passport", "value": "X"}]
    });
    let organization = json!({
        "resourceType": "Organization", "id": "54",
        "identifier": [{"system": "urn:org", "value": "good-health"}]
    });
    let resources = [patient, organization].into_iter().chain(consents.iter().cloned());
    let entries: Vec<Value> = resources.map(|resource| json!({"resource": resource})).collect();
    json!({"resourceType": "Bundle", "type": "collection", "entry": entries})
}

pub(crate) fn request(changes: Value) -> Value {
    let mut request = json!({
        "patientId": [{"system": "urn:mrn", "value": "1"}],
        "scope": "patient-privacy",
        "purposeOfUse": ["TREAT"],
        "actor": [{"system": "urn:org", "value": "good-health"}],
        "class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Observation"}]
    });
    for (name, value) in changes.as_object().unwrap() {
        request[name] = value.clone();
    }
    request
}

/// Decides one case by a folder of cases, and answers its row.
pub(crate) fn decide_at(consent: &Value, request: &Value, at: &str) -> Value {
    let user = User::new();
    let case = json!({"consent": consent, "request": request});
    user.file("cases/only.json", &case.to_string());
    let cases = user.path("cases");
    let answer = user.done(&["consent", "evaluate", "--batch", cases.to_str().unwrap(), "--at", at]);
    answer["cases"][0].clone()
}

fn decide(request: &Value) -> Value {
    decide_at(&bundle(&[consent()]), request, AT)
}

fn answer(changes: Value) -> String {
    decide(&request(changes))["answer"].as_str().unwrap().to_owned()
}

pub(crate) fn redacted(row: &Value) -> Vec<&str> {
    let obligations = row["obligations"].as_array().unwrap();
    obligations
        .iter()
        .map(|obligation| obligation["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_permit_names_what_is_to_be_redacted() {
    let row = decide(&request(json!({})));
    assert_eq!(row["answer"], "PERMIT");
    assert_eq!(row["consent"], 0);
    assert_eq!(redacted(&row), ["ETHUD"]);
    assert_eq!(
        row["obligations"][0]["system"],
        "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    );
}

#[test]
fn what_is_denied_is_named_by_the_provision_that_denies_it() {
    let row = decide(&request(json!({"class": ["MedicationStatement"]})));
    assert_eq!(row["answer"], "DENY");
    assert_eq!(row["path"], json!([0]));
    let labelled =
        json!({"securityLabel": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETHUD"}});
    let row = decide(&request(labelled));
    assert_eq!((&row["answer"], &row["path"]), (&json!("DENY"), &json!([1])));
}

#[test]
fn rule_04_an_actor_is_whoever_has_one_of_its_identifiers() {
    let medication = |value: &str| {
        let actors = json!([{"system": "urn:other", "value": "?"}, {"system": "urn:org", "value": value}]);
        answer(json!({"class": "MedicationStatement", "actor": actors}))
    };
    assert_eq!(medication("good-health"), "DENY");
    assert_eq!(medication("other"), "PERMIT");
}

#[test]
fn a_consent_answers_for_its_patient_within_its_period_and_category() {
    let patient = |system: &str, value: &str| answer(json!({"patientId": {"system": system, "value": value}}));
    assert_eq!(patient("urn:passport", "X"), "PERMIT");
    assert_eq!(patient("urn:mrn", "2"), "NO_CONSENT");
    assert_eq!(answer(json!({"scope": "research"})), "NO_CONSENT");
    assert_eq!(answer(json!({"at": "2029-01-02"})), "NO_CONSENT");
    let late = decide_at(&bundle(&[consent()]), &request(json!({})), "2029-01-02");
    assert_eq!(
        (&late["answer"], &late["reason"]),
        (&json!("NO_CONSENT"), &json!("outside_period"))
    );
    let mut inactive = consent();
    inactive["status"] = json!("inactive");
    let row = decide_at(&bundle(&[inactive]), &request(json!({})), AT);
    assert_eq!(
        (&row["answer"], &row["reason"]),
        (&json!("NO_CONSENT"), &json!("not_active"))
    );
}

#[test]
fn rule_06_the_most_recent_of_several_consents_decides_and_on_a_tie_the_denial() {
    let dated = |date: &str, decision: &str| {
        let mut other = consent();
        other["date"] = json!(date);
        other["decision"] = json!(decision);
        other.as_object_mut().unwrap().remove("provision");
        other
    };
    let of = |consents: &[Value]| {
        let row = decide_at(&bundle(consents), &request(json!({})), AT);
        (row["answer"].as_str().unwrap().to_owned(), row["consent"].as_u64())
    };
    assert_eq!(of(&[consent(), dated("2020-01-01", "deny")]), ("DENY".into(), Some(1)));
    assert_eq!(
        of(&[dated("2018-01-01", "deny"), consent()]),
        ("PERMIT".into(), Some(1))
    );
    assert_eq!(of(&[consent(), dated("2019-11-01", "deny")]), ("DENY".into(), Some(1)));
    assert_eq!(of(&[]).0, "NO_CONSENT");
}

#[test]
fn of_several_classes_those_that_are_denied_are_redacted() {
    let both = decide(&request(json!({"class": ["Observation", "MedicationStatement"]})));
    assert_eq!(both["answer"], "PERMIT");
    assert_eq!(redacted(&both), ["MedicationStatement", "ETHUD"]);
    let mut any = request(json!({}));
    any.as_object_mut().unwrap().remove("class");
    assert_eq!(redacted(&decide(&any)), ["MedicationStatement", "ETHUD"]);
}

#[test]
fn every_purpose_has_to_be_permitted() {
    let mut treatment = consent();
    treatment["provision"] = json!([{"purpose": [{
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HMARKT"
    }]}]);
    let of = |purposes: Value| {
        let request = request(json!({"purposeOfUse": purposes}));
        decide_at(&bundle(&[treatment.clone()]), &request, AT)["answer"].clone()
    };
    assert_eq!(of(json!(["TREAT", "HPAYMT"])), "PERMIT");
    assert_eq!(of(json!(["TREAT", "HMARKT"])), "DENY");
    assert_eq!(of(json!("HMARKT")), "DENY");
}

#[test]
fn nothing_in_a_request_is_passed_over() {
    let refused = |changes: Value| {
        let row = decide(&request(changes));
        assert!(row.get("answer").is_none(), "{row}");
        row["error"]["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(json!({"urgency": 1})), "urgency: not understood");
    assert_eq!(
        refused(json!({"purposeOfUse": ["TREATT"]})),
        "purposeOfUse[0]: \"TREATT\" is not a purpose of use that has a number"
    );
    assert!(refused(json!({"purposeOfUse": []})).starts_with("purposeOfUse"));
    assert!(refused(json!({"class": [{"system": "http://loinc.org", "code": "Observation"}]})).starts_with("class[0]"));
    assert!(refused(json!({"at": "soon"})).starts_with("at"));
    assert!(refused(json!({"action": ["access", "disclose"]})).starts_with("action"));
    assert!(refused(json!({"dataTime": {"start": "2020", "end": "2019"}})).starts_with("dataTime"));
}

#[test]
fn rule_16_smart_scopes_ask_for_classes_and_actions() {
    let mut reading = consent();
    let action = |code: &str| json!([{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentaction", "code": code}]}]);
    reading["provision"]
        .as_array_mut()
        .unwrap()
        .push(json!({"action": action("correct")}));
    let of = |scope: &str| {
        let mut request = request(json!({"smartScope": scope}));
        request.as_object_mut().unwrap().remove("class");
        decide_at(&bundle(&[reading.clone()]), &request, AT)
    };
    assert_eq!(of("openid patient/Observation.rs")["answer"], "PERMIT");
    assert_eq!(of("patient/MedicationStatement.rs")["answer"], "DENY");
    assert_eq!(of("patient/Observation.u")["answer"], "DENY");
    // Each action has to be permitted, and of the classes any.
    assert_eq!(of("patient/Observation.cruds")["answer"], "DENY");
    let both = of("patient/Observation.crs patient/MedicationStatement.r");
    assert_eq!(
        (both["answer"].as_str(), redacted(&both)),
        (Some("PERMIT"), vec!["ETHUD", "MedicationStatement"])
    );

    for wrong in ["patient/Observation.sr", "openid", "patient/Observation.rs?code=1"] {
        let row = of(wrong);
        assert_eq!(row["error"]["code"], "malformed_fhir", "{row}");
        assert!(
            row["error"]["message"].as_str().unwrap().starts_with("smartScope"),
            "{row}"
        );
    }
    let twice = decide(&request(json!({"smartScope": "patient/Observation.rs"})));
    assert!(
        twice["error"]["message"].as_str().unwrap().starts_with("class"),
        "{twice}"
    );
}

#[test]
fn whom_a_consent_means_has_to_be_known() {
    let row = decide_at(&consent(), &request(json!({})), AT);
    assert_eq!(row["error"]["code"], "untranslatable_consent");
    assert!(
        row["error"]["message"].as_str().unwrap().contains("Organization/54"),
        "{row}"
    );
}

#[test]
fn a_case_is_a_file_or_a_folder_and_a_bad_one_does_not_stop_the_others() {
    let user = User::new();
    user.file("cases/a/consent.json", &bundle(&[consent()]).to_string());
    user.file(
        "cases/a/request.json",
        &json!({
            "hook": "patient-consent-consult", "hookInstance": "1", "context": request(json!({}))
        })
        .to_string(),
    );
    user.file("cases/b.json", "{");
    user.file("cases/notes.txt", "not a case");
    let cases = user.path("cases");
    let done = user.done(&["consent", "evaluate", "--batch", cases.to_str().unwrap(), "--at", AT]);
    assert_eq!(done["failed"], 1);
    assert_eq!(done["cases"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&done["cases"][0]["case"], &done["cases"][0]["answer"]),
        (&json!("a"), &json!("PERMIT"))
    );
    assert_eq!(done["cases"][1]["error"]["code"], "malformed_json");

    let single = user.done(&[
        "consent",
        "evaluate",
        "--fhir",
        user.path("cases/a/consent.json").to_str().unwrap(),
        "--request",
        user.path("cases/a/request.json").to_str().unwrap(),
        "--at",
        AT,
    ]);
    assert_eq!(single["answer"], "PERMIT");
    let (exit, code, _) = user.refused(&["consent", "evaluate", "--batch", user.path("nowhere").to_str().unwrap()]);
    assert_eq!((exit, code.as_str()), (7, "document_unreadable"));
}

#[test]
fn a_decision_is_explained_in_words() {
    let user = User::new();
    let mut inactive = consent();
    inactive["status"] = json!("inactive");
    let mut nested = consent();
    nested["date"] = json!("2018-01-01");
    nested["provision"] = json!([{
        "resourceType": [{"system": "http://hl7.org/fhir/fhir-types", "code": "Condition"}],
        "provision": [{"actor": [{"reference": {"reference": "Organization/54"}}]}]
    }]);
    let mut other = consent();
    other["subject"] = json!({"identifier": {"system": "urn:mrn", "value": "2"}});
    let explain = |consents: &[Value], changes: Value| {
        let file = user.file("consents.json", &bundle(consents).to_string());
        let request = user.file("request.json", &request(changes).to_string());
        let asked = ["consent", "explain", "--fhir", &file, "--request", &request, "--at", AT];
        user.done(&asked)
    };
    let said = explain(
        &[consent(), inactive, nested.clone(), other],
        json!({"class": ["Observation", "MedicationStatement", "Condition"]}),
    );
    assert_eq!(said["answer"], "PERMIT");
    let because = said["because"].as_array().unwrap();
    assert_eq!(because.len(), 2, "{said}");
    assert_eq!(because[0]["classes"], json!(["Observation", "Condition"]));
    let first = "consent 0, given 2019-11-01T00:00:00Z: ";
    let older = "consent 2, given 2018-01-01T00:00:00Z: permits, but another one decides";
    assert_eq!(
        because[0]["words"],
        json!([
            "of other patients, and not asked: 1",
            format!("{first}permits, and decides: it is the most recent that applies"),
            "  it permits: asked from 2019-11-01T00:00:00Z until 2029-01-01T23:59:59Z",
            "consent 1, given 2019-11-01T00:00:00Z: does not apply: it is not active",
            older,
            "data labelled ETHUD (alcohol use disorder information sensitivity) must not be given"
        ])
    );
    assert_eq!(
        (&because[1]["answer"], &because[1]["classes"]),
        (&json!("DENY"), &json!(["MedicationStatement"]))
    );
    assert_eq!(
        because[1]["words"][3],
        "    except, in its provision 1, it denies: who is the one who asks, by name; of MedicationStatement"
    );

    let said = explain(&[nested], json!({"class": "Condition"}));
    let words = &said["because"][0]["words"];
    assert_eq!(words[2], "    except, in its provision 1, it denies: of Condition");
    assert_eq!(
        words[3],
        "      except, in its provision 1, it permits: who is the one who asks, by name"
    );
    let none = explain(&[], json!({}));
    assert_eq!(none["answer"], "NO_CONSENT");
    assert_eq!(none["because"][0]["words"], json!(["no consent is there to be asked"]));
}
