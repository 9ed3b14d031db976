//! Who acts for a subject, and what is signed by one and sent by another, from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::world::{PASSWORD, World, text};

#[test]
fn a_patient_without_coins_registers_grants_and_revokes_through_a_clinic() {
    let world = World::new();
    let patient = world.pauper("patient");
    let as_patient = |args: &[&str], file: &str| {
        let signing = ["--from", "patient", "--sign-to", file];
        world.done(&[args, &signing, &PASSWORD].concat())
    };
    let registered = as_patient(&["consent", "register"], "register.json");
    assert!(registered["transaction"].is_null());
    assert_eq!(
        registered["signed"]["signer"].as_str().unwrap().to_lowercase(),
        patient.to_lowercase()
    );
    let subject = text(&registered["subject"]).to_string();
    let shown = world.done(&["subject", "show", &subject]);
    assert_eq!(shown["controller"], Value::Null, "signed is not sent");

    let relayed = world.done(&["relay", "register.json", "--from", "dev:bob"]);
    assert_eq!(
        (text(&relayed["message"]), text(&relayed["contract"])),
        ("registerSubject", "consent")
    );
    assert_eq!(relayed["transaction"]["finalized"], true);
    let shown = world.done(&["subject", "show", &subject]);
    assert_eq!(text(&shown["controller"]).to_lowercase(), patient.to_lowercase());

    let policy = ["--purpose", "TREAT", "--class", "Observation", "--disclose"];
    let grant = ["consent", "grant", "--subject", &subject, "--to", "dev:bob"];
    let granted = as_patient(&[&grant[..], &policy].concat(), "grant.json");
    world.done(&["relay", "grant.json", "--from", "dev:bob"]);
    let check = [
        "consent",
        "check",
        "--subject",
        &subject,
        "--grantee",
        "dev:bob",
        "--purpose",
        "TREAT",
    ];
    let check = || world.done(&[&check[..], &["--class", "Observation"]].concat())["answer"].take();
    assert_eq!(check(), "PERMIT");
    let id = text(&granted["consent"]).to_string();
    let shown = world.done(&["consent", "show", &id]);
    assert_eq!(text(&shown["grantor"]).to_lowercase(), patient.to_lowercase());

    let (code, error, message) = world.refused(&["relay", "grant.json", "--from", "dev:bob"]);
    assert_eq!((code, error.as_str()), (1, "reverted"));
    assert!(message.contains("InvalidNonce"), "{message}");
    as_patient(&["consent", "revoke", &id], "revoke.json");
    world.done(&["relay", "revoke.json", "--from", "dev:dave"]);
    assert_eq!(check(), "NO_CONSENT");
}

#[test]
fn what_was_altered_or_is_no_signed_action_is_not_sent() {
    let world = World::new();
    let sign = [
        "consent",
        "register",
        "--from",
        "dev:charlie",
        "--sign-to",
        "signed.json",
    ];
    world.done(&sign);
    let (code, error, _) = world.refused(&sign);
    assert_eq!(
        (code, error.as_str()),
        (1, "file_io"),
        "a file that is there may not have been sent"
    );
    let json = fs::read_to_string(world.user.path("signed.json")).unwrap();
    let signed: Value = serde_json::from_str(&json).unwrap();
    let altered = |change: &dyn Fn(&mut Value)| {
        let mut document = signed.clone();
        change(&mut document);
        world.user.file("altered.json", &document.to_string());
        let (code, error, _) = world.refused(&["relay", "altered.json", "--from", "dev:bob"]);
        (code, error)
    };
    let call = text(&signed["call"]).to_string();
    let other = format!("{}00", &call[..call.len() - 2]);
    let malformed = (7, "signed_action_malformed".to_string());
    let invalid = (7, "signature_invalid".to_string());
    for (change, expected) in [
        (
            &(|document: &mut Value| document["call"] = json!(other)) as &dyn Fn(&mut Value),
            &invalid,
        ),
        (&|document: &mut Value| document["nonce"] = json!("0x5"), &invalid),
        (&|document: &mut Value| document["deadline"] = json!("0x5"), &invalid),
        (&|document: &mut Value| document["chain_id"] = json!(1), &invalid),
        (
            &|document: &mut Value| document["message"] = json!("revokeConsent"),
            &invalid,
        ),
        (&|document: &mut Value| document["v"] = json!("0x1d"), &invalid),
        (
            &|document: &mut Value| document["call"] = json!("0x01020304"),
            &malformed,
        ),
        (
            &|document: &mut Value| document["contract"] = json!("token"),
            &malformed,
        ),
        (
            &|document: &mut Value| document["contract"] = json!("nothing"),
            &malformed,
        ),
        (
            &|document: &mut Value| document["schema_version"] = json!(2),
            &malformed,
        ),
        (&|document: &mut Value| document["more"] = json!(2), &malformed),
    ] {
        assert_eq!(&altered(change), expected);
    }
    let (code, error, _) = world.refused(&["relay", "missing.json", "--from", "dev:bob"]);
    assert_eq!((code, error.as_str()), (1, "file_io"));
    world.done(&["relay", "signed.json", "--from", "dev:bob"]);
}

#[test]
fn a_signed_action_is_cancelled_by_who_signed_it() {
    let world = World::new();
    world.done(&[
        "consent",
        "register",
        "--from",
        "dev:charlie",
        "--sign-to",
        "signed.json",
    ]);
    let (code, error, _) = world.refused(&["subject", "cancel", "signed.json", "--from", "dev:bob"]);
    assert_eq!((code, error.as_str()), (2, "usage"));
    world.done(&["subject", "cancel", "signed.json", "--from", "dev:charlie"]);
    let (_, _, message) = world.refused(&["relay", "signed.json", "--from", "dev:bob"]);
    assert!(message.contains("InvalidNonce"), "{message}");
    // A deadline that is over.
    let late = ["--sign-to", "late.json", "--deadline", "2020-01-01"];
    world.done(&[&["consent", "register", "--from", "dev:charlie"], &late[..]].concat());
    let (code, error, _) = world.refused(&["relay", "late.json", "--from", "dev:bob"]);
    assert_eq!((code, error.as_str()), (1, "deadline_too_near"));
}

#[test]
fn a_guardian_acts_within_what_is_delegated() {
    let world = World::new();
    let subject = world.done(&["consent", "register", "--from", "dev:charlie"])["subject"].take();
    let subject = text(&subject);
    let delegate = [
        "subject",
        "delegate",
        subject,
        "--to",
        "dev:dave",
        "--from",
        "dev:charlie",
    ];
    let limits = ["--may", "grant,end", "--purpose", "TREAT", "--until", "+1000000"];
    world.done(&[&delegate[..], &limits].concat());
    let shown = world.done(&["subject", "show", subject, "--delegate", "dev:dave"]);
    assert_eq!(shown["delegation"]["powers"], json!(["grant", "end"]));
    assert_eq!(shown["delegation"]["purposes"], json!(["TREAT"]));

    let grant = [
        "consent",
        "grant",
        "--subject",
        subject,
        "--to",
        "dev:bob",
        "--from",
        "dev:dave",
    ];
    let policy = ["--purpose", "TREAT", "--class", "Observation", "--disclose"];
    let (_, _, message) = world.refused(&[&grant[..], &policy].concat());
    assert!(message.contains("BeyondDelegation"), "it has no end: {message}");
    let granted = world.done(&[&grant[..], &policy, &["--valid-until", "+1000"]].concat());
    let id = text(&granted["consent"]);
    let shown = world.done(&["consent", "show", id]);
    assert_eq!(shown["limited_to_purposes"], json!(["TREAT"]));
    world.done(&["consent", "revoke", id, "--from", "dev:dave"]);

    world.done(&delegate);
    let (_, _, message) = world.refused(&[&grant[..], &policy, &["--valid-until", "+1000"]].concat());
    assert!(message.contains("NotController"), "{message}");
}

#[test]
fn control_passes_on_by_an_offer_and_a_successor_is_declared() {
    let world = World::new();
    let subject = world.done(&["consent", "register", "--from", "dev:charlie"])["subject"].take();
    let subject = text(&subject);
    let successor = [
        "subject",
        "successor",
        subject,
        "--to",
        "dev:dave",
        "--from",
        "dev:charlie",
    ];
    world.done(&[&successor[..], &["--silence", "15552000", "--grace", "2592000"]].concat());
    let (_, _, message) = world.refused(&["subject", "claim", subject, "--from", "dev:dave"]);
    assert!(message.contains("TooEarly"), "{message}");
    world.done(&["subject", "confirm", subject, "--from", "dev:charlie"]);
    let shown = world.done(&["subject", "show", subject]);
    assert_eq!(shown["succession"]["silence"], 15_552_000);
    assert_eq!(shown["succession"]["claimed_at"], Value::Null);

    world.done(&[
        "subject",
        "transfer",
        subject,
        "--to",
        "dev:bob",
        "--from",
        "dev:charlie",
    ]);
    let offered = world.done(&["subject", "show", subject]);
    assert!(offered["pending_controller"].is_string());
    world.done(&["subject", "accept", subject, "--from", "dev:bob"]);
    let passed = world.done(&["subject", "show", subject]);
    assert_eq!(passed["controller"], offered["pending_controller"]);
    assert_eq!(passed["succession"], Value::Null);
    let (code, error, _) = world.refused(&["subject", "transfer", subject, "--from", "dev:bob"]);
    assert_eq!((code, error.as_str()), (2, "usage"), "to whom, or --withdraw");
}
