//! Every way in which a consultation can end, from the command line.

use serde_json::Value;

use crate::{user::User, world::text};

fn amounts(case: &Value) -> [&str; 5] {
    ["patient", "provider", "platform", "escrow", "sum"].map(|who| text(&case[who]["amount"]))
}

#[test]
fn every_end_gives_each_what_the_terms_say_and_sums_to_zero() {
    let user = User::new();
    let simulated = user.done(&["visit", "simulate"]);
    let cases: Vec<_> = simulated["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| (text(&case["name"]), text(&case["status"]), amounts(case)))
        .collect();
    let refunded = ["0", "0", "0", "0", "0"];
    let paid = ["-25", "24.375", "0.625", "0", "0"];
    assert_eq!(
        cases,
        [
            ("completed", "completed", paid),
            ("patient_silent", "completed", paid),
            ("cancelled_early", "cancelled_early", refunded),
            (
                "cancelled_late",
                "cancelled_late",
                ["-12.5", "12.1875", "0.3125", "0", "0"]
            ),
            ("cancelled_by_provider", "cancelled_by_provider", refunded),
            ("declined", "declined", refunded),
            ("patient_no_show", "patient_no_show", paid),
            ("provider_no_show", "provider_no_show", refunded),
            ("technical_failure", "technical_failure", refunded),
            ("dispute_decided", "resolved", ["-7.5", "7.3125", "0.1875", "0", "0"]),
            (
                "dispute_by_default",
                "resolved",
                ["-12.5", "12.1875", "0.3125", "0", "0"]
            ),
            ("provider_vanished", "expired", refunded),
            ("both_vanished", "expired", refunded),
            ("gasless", "completed", paid),
        ]
    );
    let gasless = &simulated["cases"][13];
    assert_eq!(
        (text(&gasless["acts"][0]["who"]), text(&gasless["acts"][0]["action"])),
        ("anybody", "book")
    );
    let silent = simulated["cases"][1]["acts"].as_array().unwrap().last().unwrap();
    assert_eq!((text(&silent["who"]), text(&silent["action"])), ("anybody", "settle"));
    // A week after the end, which is half an hour after the beginning.
    assert!(silent["after_start"].as_i64().unwrap() >= 604_800 + 1_800, "{silent}");
}

#[test]
fn other_terms_come_to_something_else_to_the_last_unit() {
    let user = User::new();
    let terms = [
        "--fee",
        "0.000999",
        "--platform-fee",
        "100",
        "--decision",
        "3333",
        "--no-refund",
        "--no-show-share",
        "1",
        "--default-share",
        "10000",
    ];
    let simulated = user.done(&[&["visit", "simulate"], &terms[..]].concat());
    let of = |name: &str| {
        let cases = simulated["cases"].as_array().unwrap();
        let case = cases.iter().find(|case| case["name"] == name).unwrap();
        ["patient", "provider", "platform", "escrow", "sum"].map(|who| text(&case[who]["smallest_unit"]))
    };
    assert_eq!(
        of("cancelled_early"),
        ["-999", "990", "9", "0", "0"],
        "no notice is enough"
    );
    // 0.0999 of a unit is nothing, and the rest is the patient's.
    assert_eq!(of("patient_no_show"), ["0", "0", "0", "0", "0"]);
    // 332.9667, of which 3.32.
    assert_eq!(of("dispute_decided"), ["-332", "329", "3", "0", "0"]);
    assert_eq!(of("dispute_by_default"), ["-999", "990", "9", "0", "0"]);
}

#[test]
fn what_cannot_be_is_refused_before_a_chain_is_started() {
    let user = User::new();
    for (args, reason) in [
        (&["--platform-fee", "1001"][..], "not more than 1000"),
        (&["--refund", "60=1", "--refund", "61=1"][..], "step 1"),
        (&["--fee", "x"][..], "no amount"),
        (&["--fee", "0"][..], "more than nothing"),
    ] {
        let (code, _, message) = user.refused(&[&["visit", "simulate"], args].concat());
        assert_eq!(code, 2, "{message}");
        assert!(message.contains(reason), "{message}");
    }
}
