//! Several consultations, booked and paid for together, from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::{
    practice::{PROVIDER, Practice, released},
    world::{PASSWORD, text},
};

/// A provider who gives three visits for 20 each.
fn practice() -> Practice {
    let practice = Practice::new();
    let offer = ["fee", "set", "--service", "1", "--fee", "20", "--visits", "3"];
    let set = practice.done(&[&offer[..], &["--from", PROVIDER]].concat());
    assert_eq!((&set["visits"], &set["fee"]["amount"]), (&json!(3), &json!("20")));
    practice
}

/// What books visits in one, two and three hours.
fn series<'a>(fee: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    Practice::booking("book-series", fee, &[&["--next", "+7200,+10800"], more].concat())
}

fn visits(booked: &Value) -> Vec<&str> {
    let visits = booked["visits"].as_array().unwrap();
    visits.iter().map(|visit| text(&visit["visit"])).collect()
}

#[test]
fn a_package_is_priced_offered_booked_and_ends_visit_by_visit() {
    let practice = practice();
    let shown = practice.done(&["fee", "show", PROVIDER, "--service", "1", "--visits", "3"]);
    assert_eq!(shown["fee"]["amount"], "20");
    let offer = ["offer", PROVIDER, "--service", "1", "--start", "+3600", "--visits", "3"];
    let offer = practice.done(&offer);
    assert_eq!(
        (&offer["fee"]["amount"], &offer["total"]["amount"]),
        (&json!("20"), &json!("60"))
    );
    let single = practice.done(&["offer", PROVIDER, "--service", "1", "--start", "+3600"]);
    assert_eq!(single["total"]["amount"], "25.5");

    let before: f64 = practice.tokens("dev:alice").parse().unwrap();
    let booked = practice.done(&series("20", &["--from", "dev:alice"]));
    assert_eq!(booked["status"], "funded");
    assert_eq!(booked["total"]["amount"], "60");
    assert!(booked["approval"].is_object(), "{booked}");
    let after: f64 = practice.tokens("dev:alice").parse().unwrap();
    assert!((before - after - 60.0).abs() < f64::EPSILON, "{before} {after}");
    let times: Vec<u64> = booked["visits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|visit| visit["start_time"].as_u64().unwrap())
        .collect();
    assert!(times.is_sorted() && times.len() == 3, "{times:?}");

    let [first, second, third] = visits(&booked)[..] else {
        panic!()
    };
    for visit in [first, second] {
        practice.done(&["confirm", visit, "--from", PROVIDER]);
    }
    practice.world.node.advance(3_700);
    let completed = practice.done(&["complete", first, "--from", "dev:alice"]);
    assert_eq!(released(&completed), ["0", "20", "0"]);
    let cancelled = practice.done(&["cancel", second, "--from", PROVIDER]);
    assert_eq!(released(&cancelled), ["20", "0", "0"]);
    let settled = practice.done(&["settle", third, "--from", "dev:dave"]);
    assert_eq!(settled["status"], "expired");
    practice.world.done(&["index"]);
    let asked = ["index", "visits", "--series", text(&booked["series"])];
    let rows = practice.world.done(&asked);
    let statuses = rows.as_array().unwrap().iter().map(|visit| text(&visit["status"]));
    let mut statuses: Vec<_> = statuses.collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["cancelled_by_provider", "completed", "expired"]);
    let withdrawn = practice.done(&["withdraw", "--from", "dev:alice"]);
    assert_eq!(withdrawn["amount"]["amount"], "40");
}

#[test]
fn a_patient_without_coins_signs_a_series_once() {
    let practice = practice();
    practice.world.pauper("patient");
    let give = ["token", "transfer", "patient", "60", "--from", "dev:alice"];
    practice.world.done(&give);
    let by = ["--from", "patient", "--sign-to", "series.json"];
    let signed = practice.done(&series("20", &[&by[..], &PASSWORD].concat()));
    assert!(signed.get("status").is_none(), "{signed}");
    let relay = ["relay", "series.json", "--from", "dev:dave"];

    // Another booking in its place, and another order.
    let path = practice.world.user.path("series.json");
    let original: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let bookings = text(&original["bookings"]).to_owned();
    let (head, structs) = bookings.split_at(2 + 2 * 64);
    let size = structs.len() / 3;
    let reversed: String = (0..3).rev().map(|at| &structs[at * size..][..size]).collect();
    for (altered, reason) in [
        (format!("{head}{reversed}"), "begins before the one before it ends"),
        (format!("{bookings}00"), "booking: it is none"),
    ] {
        let mut document = original.clone();
        document["bookings"] = json!(altered);
        practice.world.user.file("altered.json", &document.to_string());
        let (code, error, message) = practice.world.refused(&["relay", "altered.json", "--from", "dev:dave"]);
        assert_eq!((code, error.as_str()), (7, "authorization_malformed"), "{message}");
        assert!(message.contains(reason), "{message}");
    }

    let sent = practice.world.done(&relay);
    assert_eq!(sent["message"], "bookSeriesWithAuthorization");
    for visit in visits(&signed) {
        let shown = practice.done(&["show", visit]);
        assert_eq!(
            (&shown["status"], &shown["patient"]),
            (&json!("funded"), &sent["signer"])
        );
    }
    assert_eq!(practice.tokens("patient"), "0");
    practice.world.reverted(&relay, "VisitExists");
}

#[test]
fn what_is_no_series_or_costs_something_else_is_not_sent() {
    let practice = practice();
    let before = practice.block();
    let from = ["--from", "dev:alice"];
    let refused = |args: &[&str], reason: &str| {
        let message = practice.misused(args);
        assert!(message.contains(reason), "{message}");
    };
    refused(&series("25.5", &from), "--fee: the provider asks 20 SALUS");
    let two = Practice::booking("book-series", "20", &[&["--next", "+7200"], &from[..]].concat());
    refused(&two, "--fee: the provider asks 25.5 SALUS");
    let overlapping = Practice::booking("book-series", "20", &[&["--next", "+3700,+10800"], &from[..]].concat());
    refused(&overlapping, "before the one before it ends");
    let many = vec!["+7200"; 16].join(",");
    let many = Practice::booking("book-series", "20", &[&["--next", &many], &from[..]].concat());
    refused(&many, "a series has 2 to 16 visits, not 17");
    assert_eq!(practice.block(), before, "nothing was sent");
}
