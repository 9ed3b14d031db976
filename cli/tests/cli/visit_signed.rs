//! Bookings that a patient without coins signs, and somebody else sends, from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::{
    practice::{ARBITER, PROVIDER, Practice},
    world::{PASSWORD, text},
};

/// What is done to a file before it is sent.
type Alteration = fn(&mut Value);

/// A patient who has 60 tokens and no coins.
fn practice() -> Practice {
    let practice = Practice::new();
    practice.world.pauper("patient");
    practice
        .world
        .done(&["token", "transfer", "patient", "60", "--from", "dev:alice"]);
    practice
}

fn signing<'a>(fee: &'a str, file: &'a str) -> Vec<&'a str> {
    let by = ["--from", "patient", "--sign-to", file];
    Practice::booking("book", fee, &[&by[..], &PASSWORD].concat())
}

#[test]
fn a_patient_without_coins_books_by_one_signature_and_gets_the_money_back_by_another() {
    let practice = practice();
    let before = practice.block();
    let signed = practice.done(&signing("25.5", "book.json"));
    assert!(
        signed.get("status").is_none() && signed.get("transaction").is_none(),
        "{signed}"
    );
    assert_eq!(signed["signed"]["file"], "book.json");
    assert_eq!(
        signed["signed"]["deadline"].as_u64().unwrap() + 1,
        signed["confirm_by"].as_u64().unwrap()
    );
    assert_eq!(practice.block(), before, "nothing was sent");
    let relay = ["relay", "book.json", "--from", "dev:dave"];
    let sent = practice.world.done(&relay);
    assert_eq!(
        (&sent["contract"], &sent["message"]),
        (&json!("telehealth"), &json!("bookWithAuthorization"))
    );
    let visit = text(&signed["visit"]);
    let shown = practice.done(&["show", visit]);
    assert_eq!(
        (&shown["status"], &shown["patient"]),
        (&json!("funded"), &sent["signer"])
    );
    assert_eq!(practice.tokens("patient"), "34.5");
    for again in ["dev:dave", "dev:ferdie"] {
        practice
            .world
            .reverted(&["relay", "book.json", "--from", again], "VisitExists");
    }

    let step = |args: &[&str], file: &str| {
        let by = ["--from", "patient", "--sign-to", file];
        practice.done(&[args, &by, &PASSWORD].concat());
        practice.world.done(&["relay", file, "--from", "dev:dave"])
    };
    step(&["cancel", visit], "cancel.json");
    assert_eq!(practice.done(&["show", visit])["status"], "cancelled_early");
    step(&["withdraw"], "withdraw.json");
    assert_eq!(practice.tokens("patient"), "60");
}

#[test]
fn what_would_be_refused_is_not_signed() {
    let practice = practice();
    let refused = |more: &[&'static str], fee, reason: &str| {
        let message = practice.misused(&[signing(fee, "refused.json"), more.to_vec()].concat());
        assert!(message.contains(reason), "{message}");
    };
    refused(&[], "20", "--fee: the provider asks 25.5 SALUS");
    refused(&["--token", "native"], "25.5", "--fee: the provider asks 0 coins");
    refused(
        &["--terms", "7"],
        "25.5",
        "--terms: the provider's present ones have the number 1",
    );
    refused(&["--duration", "0"], "25.5", "it cannot end at");
    let offer = [
        "fee",
        "set",
        "--service",
        "1",
        "--fee",
        "0.5",
        "--token",
        "native",
        "--from",
        PROVIDER,
    ];
    practice.done(&offer);
    let native = [signing("0.5", "native.json"), vec!["--token", "native"]].concat();
    let (code, error, message) = practice.world.refused(&[vec!["visit"], native].concat());
    assert_eq!((code, error.as_str()), (2, "native_coin"), "{message}");
    let by = ["--from", "dev:alice", "--sign-to", "other.json"];
    let foreign = [vec!["visit"], Practice::booking("book", "25.5", &by)].concat();
    let (code, error, message) = practice.world.refused(&foreign);
    assert_eq!((code, error.as_str()), (2, "key_kind"), "{message}");
    let mut partial = signing("25.5", "partial.json");
    let arbiter = partial.iter().position(|arg| *arg == ARBITER).unwrap();
    partial[arbiter] = "dev:bob";
    let message = practice.misused(&partial);
    assert!(message.contains("has no active credential as LIC"), "{message}");
    for file in ["refused.json", "native.json", "other.json", "partial.json"] {
        assert!(!practice.world.user.path(file).exists(), "{file}");
    }
    // What was signed is not signed over.
    practice.done(&signing("25.5", "book.json"));
    let again = [vec!["visit"], signing("25.5", "book.json")].concat();
    let (code, error, message) = practice.world.refused(&again);
    assert_eq!((code, error.as_str()), (1, "file_io"), "{message}");
}

#[test]
fn what_was_altered_or_pays_for_something_else_is_not_sent() {
    let practice = practice();
    practice.done(&signing("25.5", "book.json"));
    practice.done(&signing("25.5", "other.json"));
    let read =
        |name: &str| -> Value { serde_json::from_slice(&fs::read(practice.world.user.path(name)).unwrap()).unwrap() };
    let original = read("book.json");
    let relay = ["relay", "altered.json", "--from", "dev:dave"];
    let refused = |document: &Value, expected: (i32, &str)| {
        practice.world.user.file("altered.json", &document.to_string());
        let before = practice.block();
        let (code, error, message) = practice.world.refused(&relay);
        assert_eq!((code, error.as_str()), expected, "{message}");
        assert_eq!(practice.block(), before, "nothing was sent");
    };
    let cases: [(Alteration, i32, &str); 9] = [
        (
            |document| document["payment"]["authorization"]["receive"]["value"] = json!("0x1"),
            7,
            "signature_invalid",
        ),
        (
            |document| document["payment"]["authorization"]["receive"]["from"] = document["payment"]["address"].clone(),
            7,
            "signature_invalid",
        ),
        (
            |document| document["payment"]["authorization"]["receive"]["to"] = document["payment"]["address"].clone(),
            4,
            "signed_for_another_chain",
        ),
        (
            |document| {
                let receive = document["payment"]["authorization"]["receive"].take();
                document["payment"]["authorization"] = json!({ "transfer": receive });
            },
            7,
            "authorization_malformed",
        ),
        (
            |document| document["payment"]["chain_id"] = json!(1),
            4,
            "signed_for_another_chain",
        ),
        (
            |document| {
                // Another token.
                document["payment"]["address"] = document["payment"]["authorization"]["receive"]["to"].clone();
            },
            4,
            "signed_for_another_chain",
        ),
        (
            |document| {
                let booking = document["booking"].as_str().unwrap();
                document["booking"] = json!(booking[..booking.len() - 2]);
            },
            7,
            "authorization_malformed",
        ),
        (
            |document| document["schema_version"] = json!(2),
            7,
            "authorization_malformed",
        ),
        (
            |document| document["note"] = json!("more"),
            7,
            "authorization_malformed",
        ),
    ];
    for (alter, code, name) in cases {
        let mut document = original.clone();
        alter(&mut document);
        refused(&document, (code, name));
    }
    // Two signatures of the patient, each with the other's booking.
    let mut crossed = original.clone();
    crossed["booking"] = read("other.json")["booking"].clone();
    refused(&crossed, (7, "authorization_malformed"));
    assert_eq!(practice.tokens("patient"), "60");
    // In time it is sent; later nobody can.
    practice.world.done(&["relay", "book.json", "--from", "dev:dave"]);
    practice.world.node.advance(1_801);
    let (code, error, message) = practice.world.refused(&["relay", "other.json", "--from", "dev:dave"]);
    assert_eq!((code, error.as_str()), (1, "deadline_too_near"), "{message}");
    assert_eq!(practice.tokens("patient"), "34.5");
}

#[test]
fn a_payment_that_the_patient_cancels_books_nothing() {
    let practice = practice();
    let signed = practice.done(&signing("25.5", "book.json"));
    let nonce = text(&signed["visit"]);
    let cancel = [
        "token",
        "cancel-authorization",
        "--nonce",
        nonce,
        "--from",
        "patient",
        "--sign-to",
        "cancel.json",
    ];
    practice.world.done(&[&cancel[..], &PASSWORD].concat());
    practice
        .world
        .done(&["token", "submit", "cancel.json", "--from", "dev:dave"]);
    let (code, error, message) = practice.world.refused(&["relay", "book.json", "--from", "dev:dave"]);
    assert_eq!((code, error.as_str()), (1, "reverted"), "{message}");
    assert!(message.contains("TokenCallFailed("), "{message}");
    let unpaid = practice.world.refused(&["visit", "show", nonce]).2;
    assert!(unpaid.contains("UnknownVisit("), "{unpaid}");
    assert_eq!(practice.tokens("patient"), "60");
}
