//! Requests for access from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::world::{World, text};

/// What is asked in the tests, by `dev:bob`.
const REQUEST: &str = r#"{"purposeOfUse": "TREAT", "class": ["Observation", "Condition"], "role": "PHYS"}"#;

fn request<'a>(subject: &'a str, until: &'a str) -> Vec<&'a str> {
    let call = [
        "access",
        "request",
        subject,
        "--request",
        "request.json",
        "--until",
        until,
    ];
    [&call[..], &["--from", "dev:bob"]].concat()
}

#[test]
fn a_request_is_asked_opened_and_approved_with_a_consent() {
    let world = World::new();
    let subject = world.subject("dev:charlie");
    world.user.file("request.json", REQUEST);
    let handed = ["--opening-to", "for-patient.json"];
    let asked = world.done(&[&request(&subject, "+86400")[..], &handed].concat());
    let id = text(&asked["request"]);

    // The patient's machine has the opening only once it was sent.
    let show = ["access", "show-request", id, "--openings", "of-the-patient"];
    let closed = world.done(&show);
    assert_eq!((&closed["status"], &closed["asked"]), (&json!("open"), &Value::Null));
    let opened = world.done(&[&show[..], &["--opening", "for-patient.json"]].concat());
    assert_eq!(opened["asked"], asked["asked"]);
    let question = &opened["asked"][0];
    assert_eq!(
        (&question["purpose"], &question["action"]),
        (&json!("TREAT"), &json!("access"))
    );
    assert_eq!(question["classes"], json!(["Observation", "Condition"]));
    assert_eq!(question["roles"], json!(["PHYS"]));
    let document: Value = serde_json::from_slice(&fs::read(world.user.path("for-patient.json")).unwrap()).unwrap();
    let alter = |change: &dyn Fn(&mut Value)| {
        let mut altered = document.clone();
        change(&mut altered["opening"]);
        world.user.file("altered.json", &altered.to_string());
        world.refused(&[&show[..], &["--opening", "altered.json"]].concat())
    };
    let (code, error, message) = alter(&|opening| {
        opening["requests"].as_array_mut().unwrap().pop();
    });
    assert_eq!((code, error.as_str()), (7, "opening_malformed"), "{message}");
    let (code, error, message) = alter(&|opening| opening["requester"] = json!(format!("0x{}", "22".repeat(20))));
    assert_eq!((code, error.as_str()), (1, "commitment_mismatch"), "{message}");

    let hint = world.reverted(&request(&subject, "+86400"), "RequestOpen");
    assert!(hint.contains("access withdraw"), "{hint}");
    let kept = fs::read_dir(world.user.path(".local/share/salus/openings")).unwrap();
    assert_eq!(kept.count(), 1, "what opens nothing is not kept");
    let refuse = ["access", "refuse", id, "--from", "dev:dave"];
    world.reverted(&refuse, "MayNotAct");
    let approve = ["access", "approve", id, "--from", "dev:charlie", "--consent"];
    let nothing = format!("0x{}", "11".repeat(32));
    world.reverted(&[&approve[..], &[&nothing]].concat(), "UnsuitableConsent");

    let grant = [
        "consent",
        "grant",
        "--subject",
        &subject,
        "--to",
        "dev:bob",
        "--purpose",
        "TREAT",
    ];
    let granted = world.done(&[&grant[..], &["--from", "dev:charlie"]].concat());
    let consent = text(&granted["consent"]);
    let signed = world.by_relay(&[&approve[..], &[consent]].concat(), "approve.json");
    assert_eq!(
        (&signed["request"], &signed["status"]),
        (&json!(id), &json!("approved"))
    );
    let shown = world.done(&show);
    assert_eq!(
        (&shown["status"], &shown["consent"]),
        (&json!("approved"), &json!(consent))
    );
    world.reverted(&["relay", "approve.json", "--from", "dev:ferdie"], "InvalidNonce");
}

#[test]
fn a_request_is_refused_withdrawn_or_lapses() {
    let world = World::new();
    let subject = world.subject("dev:charlie");
    world.user.file("request.json", REQUEST);
    let ask = |until: &str| text(&world.done(&request(&subject, until))["request"]).to_owned();
    let status = |id: &str| text(&world.done(&["access", "show-request", id])["status"]).to_owned();

    let id = ask("+86400");
    world.by_relay(&["access", "refuse", &id, "--from", "dev:charlie"], "refuse.json");
    assert_eq!(status(&id), "refused");

    let id = ask("+86400");
    world.reverted(&["access", "withdraw", &id, "--from", "dev:charlie"], "NotRequester");
    // What was signed and is not to be sent.
    let refuse = ["access", "refuse", &id, "--from", "dev:charlie"];
    world.done(&[&refuse[..], &["--sign-to", "cancelled.json"]].concat());
    world.done(&["subject", "cancel", "cancelled.json", "--from", "dev:charlie"]);
    world.reverted(&["relay", "cancelled.json", "--from", "dev:ferdie"], "InvalidNonce");
    world.done(&["access", "withdraw", &id, "--from", "dev:bob"]);
    assert_eq!(status(&id), "withdrawn");

    let id = ask("+100");
    let waiting = [
        "access",
        "show-request",
        "--subject",
        &subject,
        "--requester",
        "dev:bob",
    ];
    assert_eq!(world.done(&waiting)["request"], id.as_str());
    world.node.advance(200);
    assert_eq!(status(&id), "lapsed");
    let hint = world.reverted(&["access", "refuse", &id, "--from", "dev:charlie"], "RequestNotOpen");
    assert!(hint.contains("show-request"), "{hint}");
    let (code, error, _) = world.refused(&waiting);
    assert_eq!((code, error.as_str()), (2, "usage"));
}

#[test]
fn a_malformed_request_is_refused_with_its_field() {
    let world = World::new();
    let subject = world.subject("dev:charlie");
    for (document, code, error, told) in [
        ("{", 7, "malformed_json", ""),
        (
            r#"{"class": "Observation"}"#,
            7,
            "malformed_fhir",
            "purposeOfUse: missing",
        ),
        (r#"{"purposeOfUse": "FUN"}"#, 7, "malformed_fhir", "purposeOfUse"),
        (
            r#"{"purposeOfUse": "TREAT", "more": 1}"#,
            7,
            "malformed_fhir",
            "more: not understood",
        ),
        (
            r#"{"purposeOfUse": "TREAT", "at": "2027-01-31"}"#,
            2,
            "usage",
            "name no time",
        ),
    ] {
        world.user.file("request.json", document);
        let (found_code, found, message) = world.refused(&request(&subject, "+10"));
        assert_eq!((found_code, found.as_str()), (code, error), "{message}");
        assert!(message.contains(told), "{message}");
    }
    world.user.file("request.json", REQUEST);
    world.reverted(&request(&subject, "2020-01-01"), "InvalidUntil");
    let nobody = format!("0x{}", "33".repeat(32));
    world.reverted(&request(&nobody, "+10"), "UnknownSubject");
    let (code, error, _) = world.refused(&["access", "show-request", &nobody]);
    assert_eq!((code, error.as_str()), (1, "unknown_request"));
    let (code, error, _) = world.refused(&["access", "show", &nobody]);
    assert_eq!((code, error.as_str()), (1, "unknown_access"));
    let without = ["access", "break-glass", &subject, "--role", "PHYS", "--purpose", "BTG"];
    let (code, error, message) = world.refused(&[&without[..], &["--from", "dev:bob"]].concat());
    assert_eq!((code, error.as_str()), (2, "usage"), "{message}");
}
