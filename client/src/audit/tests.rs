use std::{
    fs,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use alloy_core::primitives::B256;
use salus_core::consent::{Answer, Reason};
use serde_json::{Value, json};

use super::*;
use crate::{
    Exit, Fault as _,
    decide::{AccessRequest, Identifier, Obligation, Outcome},
    fhir::{Canonical, Salt},
};

const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

fn request(changes: &Value) -> AccessRequest {
    let mut request = json!({
        "patientId": [{"system": "urn:mrn", "value": "1"}, {"system": "urn:passport", "value": "X"}],
        "purposeOfUse": ["TREAT"],
        "actor": [{"system": "urn:npi", "value": "1234567893"}, {"system": "urn:org", "value": "clinic"}],
        "role": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleClass", "code": "NURS"}],
        "class": ["Observation", "Condition"],
        "securityLabel": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}],
    });
    for (name, value) in changes.as_object().unwrap() {
        request[name] = value.clone();
    }
    AccessRequest::from_json(&request).unwrap()
}

fn outcome(answer: Answer) -> Outcome {
    Outcome {
        answer,
        reason: Reason::Decided,
        obligations: match answer {
            Answer::Permit => Obligation::of_labels(2).collect(),
            _ => Vec::new(),
        },
        consent: Some(1),
        path: vec![0, 2],
    }
}

fn consents() -> Vec<String> {
    vec!["Consent/a".into(), "urn:salus:consent|0x1c".into()]
}

fn made(request: &AccessRequest, outcome: &Outcome, agents: &Agents) -> Value {
    let audited = Audited {
        request: Some(request),
        patient: &request.patient,
        asker: None,
        consents: &consents(),
        decisive: Some(1),
        result: Ok(outcome),
    };
    event(&audited, agents, UNIX_EPOCH + Duration::from_millis(1_735_689_600_999))
}

fn undecided() -> Value {
    let audited = Audited {
        request: None,
        patient: &[],
        asker: None,
        consents: &[],
        decisive: None,
        result: Err("malformed_fhir"),
    };
    event(&audited, &Agents::default(), UNIX_EPOCH)
}

fn all_answers() -> Vec<Value> {
    let request = request(&json!({}));
    let answers = [Answer::Permit, Answer::Deny, Answer::NoConsent].into_iter();
    let mut events: Vec<Value> = answers
        .map(|answer| made(&request, &outcome(answer), &Agents::default()))
        .collect();
    events.push(undecided());
    events
}

fn with_type<'v>(list: &'v Value, code: &str) -> Vec<&'v Value> {
    let is_of = |item: &&Value| {
        let coding = if item["type"]["coding"].is_array() {
            &item["type"]["coding"][0]
        } else {
            &item["type"]
        };
        coding["code"] == code
    };
    list.as_array().unwrap().iter().filter(is_of).collect()
}

fn has_no_empty_element(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty() && members.values().all(has_no_empty_element),
        Value::Array(items) => !items.is_empty() && items.iter().all(has_no_empty_element),
        Value::String(text) => !text.is_empty(),
        Value::Null => false,
        _ => true,
    }
}

#[test]
fn every_event_has_what_ihes_profile_requires() {
    for event in all_answers() {
        assert!(has_no_empty_element(&event), "{event:#}");
        assert_eq!(
            event["meta"]["profile"][0],
            "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.AuthZconsent"
        );
        let dicom = "http://dicom.nema.org/resources/ontology/DCM";
        assert_eq!(
            (&event["type"]["system"], &event["type"]["code"]),
            (&json!(dicom), &json!("110113"))
        );
        assert_eq!(event["subtype"].as_array().unwrap().len(), 1);
        assert_eq!(event["subtype"][0]["code"], "AuthZ-Consent");
        assert_eq!(event["action"], "E");
        assert!(event["recorded"].is_string() && event["outcome"].is_string());
        for code in ["110150", "IRCP", "PROV", "authserver"] {
            let agents = with_type(&event["agent"], code);
            assert_eq!(agents.len(), 1, "{code}");
            assert!(agents[0].get("who").is_some(), "{code}");
            assert_eq!(agents[0]["requestor"], json!(code == "IRCP"), "{code}");
            assert_eq!(agents[0].get("network").is_some(), code == "110150", "{code}");
        }
        // val-audit-source
        assert_eq!(
            with_type(&event["agent"], "authserver")[0]["who"],
            event["source"]["observer"]
        );
        let patients = with_type(&event["entity"], "1");
        assert_eq!(patients.len(), 1);
        assert_eq!(patients[0]["role"]["code"], "1");
        assert_eq!(patients[0]["what"]["type"], "Patient");
        let consents = with_type(&event["entity"], "Consent");
        assert!(!consents.is_empty() && consents.iter().all(|consent| consent.get("what").is_some()));
        // The profile closes the list.
        assert_eq!(event["entity"].as_array().unwrap().len(), 1 + consents.len());
    }
}

// Domain rule 15.
#[test]
fn each_answer_has_an_outcome_of_its_own() {
    let told: Vec<(String, String)> = all_answers()
        .iter()
        .map(|event| {
            ["outcome", "outcomeDesc"]
                .map(|name| event[name].as_str().unwrap().to_owned())
                .into()
        })
        .collect();
    let expected = [
        ("0", "PERMIT: decided"),
        ("8", "DENY: decided"),
        ("4", "NO_CONSENT: decided"),
        ("12", "not decided: malformed_fhir"),
    ];
    assert_eq!(told, expected.map(|(code, text)| (code.to_owned(), text.to_owned())));
}

#[test]
fn an_event_says_who_asked_for_what_and_what_decided() {
    let event = made(
        &request(&json!({"at": "2025-06-01", "dataTime": "2024"})),
        &outcome(Answer::Permit),
        &Agents::default(),
    );
    assert_eq!(event["recorded"], "2025-01-01T00:00:00Z");
    let user = with_type(&event["agent"], "IRCP")[0];
    assert_eq!(
        user["who"]["identifier"],
        json!({"system": "urn:npi", "value": "1234567893"})
    );
    assert_eq!(user["role"][0]["coding"][0]["code"], "NURS");
    assert_eq!(event["purposeOfEvent"][0]["coding"][0]["code"], "TREAT");
    let patient = with_type(&event["entity"], "1")[0];
    assert_eq!(
        patient["what"]["identifier"],
        json!({"system": "urn:mrn", "value": "1"})
    );
    assert_eq!(patient["securityLabel"][1]["code"], "HIV");
    let details: Vec<(&str, &str)> = patient["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|detail| {
            (
                detail["type"].as_str().unwrap(),
                detail["valueString"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        details,
        [
            ("patient", "urn:passport|X"),
            ("actor", "urn:npi|1234567893"),
            ("actor", "urn:org|clinic"),
            ("access", "Condition Observation"),
            ("dataPeriod", "2024-01-01T00:00:00Z/2024-12-31T23:59:59Z"),
            ("at", "2025-06-01T00:00:00Z"),
        ]
    );
    let consents = with_type(&event["entity"], "Consent");
    assert_eq!(consents[0]["what"], json!({"reference": "Consent/a"}));
    assert_eq!(consents[0].get("detail"), None);
    assert_eq!(consents[1]["what"]["identifier"]["system"], "urn:salus:consent");
    let ethud = "http://terminology.hl7.org/CodeSystem/v3-ActCode|ETHUD";
    assert_eq!(
        consents[1]["detail"],
        json!([
            {"type": "decided", "valueString": "PERMIT"},
            {"type": "path", "valueString": "0.2"},
            {"type": "redact", "valueString": ethud},
        ])
    );
}

#[test]
fn breaking_the_glass_is_labelled() {
    let labels = |purposes: Value| {
        let event = made(
            &request(&json!({"purposeOfUse": purposes})),
            &outcome(Answer::Deny),
            &Agents::default(),
        );
        let purposes = event["purposeOfEvent"].as_array().unwrap().len();
        (purposes, event["meta"].get("security").cloned())
    };
    let system = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    let btg = json!([{"system": system, "code": "BTG"}]);
    assert_eq!(labels(json!(["TREAT", "BTG"])), (2, Some(btg)));
    assert_eq!(
        labels(json!("ETREAT")),
        (1, Some(json!([{"system": system, "code": "ETREAT"}])))
    );
    assert_eq!(labels(json!("TREAT")), (1, None));
}

#[test]
fn what_is_not_known_is_said_to_be_unknown_and_what_a_server_knows_is_told() {
    let unknown = json!({"extension": [{"url": ABSENT, "valueCode": "unknown"}]});
    let request = request(&json!({}));
    let event = made(&request, &outcome(Answer::Permit), &Agents::default());
    let client = with_type(&event["agent"], "110150")[0];
    assert_eq!((&client["who"], &client["network"]), (&unknown, &unknown));
    assert_eq!(with_type(&event["agent"], "PROV")[0]["who"], unknown);
    let nothing = json!({"extension": [{"url": ABSENT, "valueCode": "not-applicable"}]});
    assert_eq!(with_type(&undecided()["entity"], "Consent")[0]["what"], nothing);

    let mut agents = Agents {
        client: Some(Identifier::new("urn:clients", "portal")),
        client_address: Some("2001:db8::1".into()),
        user: Some(Identifier::new("urn:users", "anna")),
        organization: Some(Identifier::new("urn:org", "clinic")),
        authorizer: Some(Identifier::new("urn:servers", "authz")),
        site: Some("authz.example".into()),
        token: Some("7f3".into()),
    };
    for (address, kind) in [
        ("2001:db8::1", "2"),
        ("10.0.0.1", "2"),
        ("https://app.example", "5"),
        ("app.example", "1"),
    ] {
        agents.client_address = Some(address.into());
        let event = made(&request, &outcome(Answer::Permit), &agents);
        let client = with_type(&event["agent"], "110150")[0];
        assert_eq!(client["network"], json!({"address": address, "type": kind}));
        assert_eq!(
            with_type(&event["agent"], "IRCP")[0]["who"]["identifier"]["value"],
            "anna"
        );
        assert_eq!(event["source"]["observer"]["identifier"]["value"], "authz");
        assert_eq!(event["source"]["site"], "authz.example");
        let token = with_type(&event["entity"], "UserOauthAgent")[0];
        assert_eq!(token["what"]["identifier"]["value"], "urn:ietf:params:oauth:jti:7f3");
        assert!(!event.to_string().contains(ABSENT));
    }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn events_are_recorded_with_salted_commitments_that_can_be_opened() {
    let home = tempfile::tempdir().unwrap();
    let (path, salts) = (home.path().join("audit.ndjson"), home.path().join("private/salts"));
    let log = AuditLog::new(&path, &salts);
    let events = all_answers();
    let mut recorded = log.append(&events[..1]).unwrap();
    recorded.extend(log.append(&events[1..]).unwrap());
    recorded.extend(log.append(&events[..1]).unwrap());
    assert_ne!(recorded[0].commitment, recorded[4].commitment, "a salt is used once");
    for ((event, salt), recorded) in lines(&path).iter().zip(lines(&salts)).zip(&recorded) {
        assert_eq!(
            (&event["id"], &salt["event"]),
            (&json!(recorded.event), &json!(recorded.event))
        );
        let salt: B256 = salt["salt"].as_str().unwrap().parse().unwrap();
        let opened = Canonical::of(event).unwrap().commit(&Salt::from_bytes(salt.0));
        assert_eq!(B256::from(opened), recorded.commitment);
    }
    assert_eq!((lines(&path).len(), lines(&salts).len()), (5, 5));
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("salt\""), "{text}");
    #[cfg(unix)]
    for file in [&path, &salts] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_cannot_be_recorded_is_an_error_and_leaves_the_log_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("audit.ndjson");
    AuditLog::new(&path, home.path().join("salts"))
        .append(&all_answers())
        .unwrap();
    let before = fs::read(&path).unwrap();
    // A file is no directory: not even for root.
    for (log, salts) in [
        (path.join("log"), home.path().join("salts")),
        (path.clone(), path.join("salts")),
    ] {
        let error = AuditLog::new(log, salts).append(&all_answers()).unwrap_err();
        assert_eq!((error.code(), error.exit()), ("audit_failed", Exit::Audit));
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}
