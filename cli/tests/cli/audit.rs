//! Decisions that are recorded before they are given out.

use std::fs;

use serde_json::{Value, json};

use crate::{
    decide::{bundle, consent, request},
    node::Node,
    user::User,
};

const AT: [&str; 2] = ["--at", "2026-01-01"];

/// A user with a request and a Bundle with one consent.
fn user(changes: Value) -> (User, Vec<String>) {
    let user = User::new();
    let request = user.file("request.json", &request(changes).to_string());
    let fhir = user.file("bundle.json", &bundle(&[consent()]).to_string());
    let args = ["consent", "evaluate", "--request", &request, "--fhir", &fhir].map(str::to_owned);
    (user, args.into_iter().chain(AT.map(str::to_owned)).collect())
}

fn with<'a>(args: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    args.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

fn events(user: &User, log: &str) -> Vec<Value> {
    let text = fs::read_to_string(user.path(log)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

// Domain rule 15.
#[test]
fn every_answer_is_recorded_and_named_in_the_result() {
    for (changes, answer, outcome) in [
        (json!({}), "PERMIT", "0"),
        (json!({"class": ["MedicationStatement"]}), "DENY", "8"),
        (json!({"scope": "research"}), "NO_CONSENT", "4"),
        (
            json!({"patientId": {"system": "urn:mrn", "value": "2"}}),
            "NO_CONSENT",
            "4",
        ),
        (json!({"purposeOfUse": "BTG"}), "PERMIT", "0"),
    ] {
        let (user, args) = user(changes.clone());
        let silent = user.done(&with(&args, &[]));
        let mut result = user.done(&with(&args, &["--audit", "audit.ndjson"]));
        let recorded = result.as_object_mut().unwrap().remove("audit").unwrap();
        assert_eq!(result, silent, "{changes}");
        assert_eq!(result["answer"], answer, "{changes}");
        let events = events(&user, "audit.ndjson");
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["id"], recorded["event"]);
        assert_eq!(events[0]["outcome"], outcome);
        let is_emergency = changes["purposeOfUse"] == "BTG";
        assert_eq!(events[0]["meta"].get("security").is_some(), is_emergency);
        let salts = fs::read_to_string(user.path(".local/share/salus/openings/audit-salts.ndjson")).unwrap();
        let salt: Value = serde_json::from_str(&salts).unwrap();
        assert_eq!(salt["commitment"], recorded["commitment"]);
        assert!(!result.to_string().contains(salt["salt"].as_str().unwrap()));
    }
}

#[test]
fn the_log_grows_by_a_line_a_decision() {
    let (user, args) = user(json!({}));
    let args = with(&args, &["--audit", "audit.ndjson"]);
    let ids: Vec<Value> = (0..3).map(|_| user.done(&args)["audit"]["event"].take()).collect();
    let recorded: Vec<Value> = events(&user, "audit.ndjson")
        .into_iter()
        .map(|mut event| event["id"].take())
        .collect();
    assert_eq!(recorded, ids);
}

#[test]
fn a_batch_has_a_line_for_each_case_also_for_one_without_an_answer() {
    let user = User::new();
    let case = |changes| json!({"consent": bundle(&[consent()]), "request": request(changes)}).to_string();
    user.file("cases/a.json", &case(json!({})));
    user.file("cases/b.json", "{}");
    user.file("cases/c.json", &case(json!({"class": ["MedicationStatement"]})));
    user.file("cases/d.json", &case(json!({"scope": "research"})));
    let batch = [
        "consent",
        "evaluate",
        "--batch",
        "cases",
        "--audit",
        "log/audit.ndjson",
        AT[0],
        AT[1],
    ];
    let result = user.done(&batch);
    let events = events(&user, "log/audit.ndjson");
    let outcomes: Vec<&str> = events.iter().map(|event| event["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["0", "12", "8", "4"]);
    assert_eq!(events[1]["outcomeDesc"], "not decided: malformed_fhir");
    for (case, event) in result["cases"].as_array().unwrap().iter().zip(&events) {
        assert_eq!(case["audit"]["event"], event["id"]);
    }
}

#[test]
fn what_could_not_be_decided_is_recorded_and_stays_an_error() {
    let (user, args) = user(json!({"purposeOfUse": "MAGIC"}));
    let (code, error, _) = user.refused(&with(&args, &["--audit", "audit.ndjson"]));
    assert_eq!((code, error.as_str()), (7, "malformed_fhir"));
    let events = events(&user, "audit.ndjson");
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["outcome"], &events[0]["outcomeDesc"]),
        (&json!("12"), &json!("not decided: malformed_fhir"))
    );
    let (code, error, _) = user.refused(&with(&args, &["--audit", "request.json/log"]));
    assert_eq!((code, error.as_str()), (9, "audit_failed"));
}

#[test]
fn what_cannot_be_recorded_is_not_given() {
    let (user, args) = user(json!({}));
    user.file("file", "");
    user.file(
        "cases/a.json",
        &json!({"consent": bundle(&[consent()]), "request": request(json!({}))}).to_string(),
    );
    let mut logs = vec!["file/audit.ndjson", "."];
    if cfg!(target_os = "linux") {
        logs.push("/dev/full");
    }
    for log in logs {
        let audit = ["--audit", log];
        let batch = ["consent", "evaluate", "--batch", "cases"];
        for args in [with(&args, &audit), [&batch[..], &audit].concat()] {
            let (code, envelope) = user.json(&args);
            assert_eq!((code, &envelope["error"]["code"]), (9, &json!("audit_failed")), "{log}");
            assert_eq!(envelope.get("result"), None);
            let told = user.salus(&args);
            assert_eq!(told.status.code(), Some(9));
            assert!(told.stdout.is_empty(), "{log}");
            let told = String::from_utf8(told.stderr).unwrap();
            assert!(
                told.contains("no decision is given") && !told.contains("PERMIT"),
                "{told}"
            );
        }
    }
}

#[test]
fn a_decision_by_the_contract_is_recorded_with_subject_and_account() {
    let user = User::new();
    let node = Node::start(&user, &[]);
    let at = |args: &[&str]| user.done(&[&["--network", node.url(), "consent"], args].concat());
    let subject = at(&["register", "--from", "dev:charlie"])["subject"].take();
    let subject = subject.as_str().unwrap();
    let parties = [
        "grant",
        "--subject",
        subject,
        "--to",
        "dev:bob",
        "--from",
        "dev:charlie",
    ];
    let granted = at(&[&parties[..], &["--purpose", "TREAT"]].concat());
    let id = granted["consent"].as_str().unwrap();
    let ask = [
        "evaluate",
        id,
        "--purpose",
        "TREAT",
        "--class",
        "Observation",
        "--audit",
        "audit.ndjson",
    ];
    assert_eq!(at(&ask)["answer"], "PERMIT");
    at(&["revoke", id, "--from", "dev:charlie"]);
    assert_eq!(at(&ask)["answer"], "NO_CONSENT");
    let events = events(&user, "audit.ndjson");
    let outcomes: Vec<&Value> = events.iter().map(|event| &event["outcome"]).collect();
    assert_eq!(outcomes, ["0", "4"]);
    let entities = &events[0]["entity"];
    assert_eq!(
        entities[0]["what"]["identifier"],
        json!({"system": "urn:salus:subject", "value": subject})
    );
    assert_eq!(
        entities[1]["what"]["identifier"],
        json!({"system": "urn:salus:consent", "value": id})
    );
    assert_eq!(entities[1]["detail"][0]["valueString"], "PERMIT");
    let grantee = granted["grantee"].as_str().unwrap().to_lowercase();
    let account = json!({"system": "urn:salus:account", "value": grantee});
    assert_eq!(events[0]["agent"][1]["who"]["identifier"], account);
}
