//! How consultations end, from the command line: disputes, deadlines, conditions.

use alloy_core::primitives::B256;
use serde_json::json;

use crate::practice::{ARBITER, PROVIDER, Practice, released};

#[test]
fn a_dispute_is_decided_by_its_arbiter_and_divides_the_fee() {
    let practice = Practice::new();
    let visit = practice.begun();
    let evidence = B256::repeat_byte(0xE1).to_string();
    assert!(
        practice
            .reverted(&["no-show", &visit, "--from", PROVIDER])
            .contains("SaidItBegan(")
    );
    let claim = ["no-show", &visit, "--evidence", &evidence, "--from", "dev:alice"];
    assert!(
        practice.reverted(&claim).contains("TooEarly("),
        "there are 15 minutes of grace"
    );
    practice.world.node.advance(900);
    assert_eq!(practice.done(&claim)["status"], "claimed");
    assert_eq!(
        practice.done(&["show", &visit])["claim"],
        json!({"outcome": "provider_no_show", "by": "patient"})
    );
    assert!(
        practice
            .reverted(&["evidence", &visit, &evidence, "--from", PROVIDER])
            .contains("WrongStatus(status: 5)")
    );
    let contested = practice.done(&["contest", &visit, "--from", PROVIDER]);
    assert_eq!(contested["status"], "disputed");
    assert!(contested["deadline"].is_u64());
    assert_eq!(
        practice.done(&["evidence", &visit, &evidence, "--from", PROVIDER])["status"],
        "disputed"
    );
    let decide = ["decide", &visit, "--provider-share", "2500", "--from"];
    assert!(
        practice
            .reverted(&[&decide[..], &[PROVIDER]].concat())
            .contains("NotArbiter(")
    );
    let too_much = ["decide", &visit, "--provider-share", "10001", "--from", ARBITER];
    assert!(practice.misused(&too_much).contains("ten thousandths"));
    assert!(
        practice
            .reverted(&["settle", &visit, "--from", "dev:bob"])
            .contains("TooEarly(")
    );
    let decided = practice.done(&[&decide[..], &[ARBITER]].concat());
    assert_eq!(
        (&decided["status"], released(&decided)),
        (&json!("resolved"), ["19.125", "6.375", "0"])
    );
    assert!(
        practice
            .reverted(&[&decide[..], &[ARBITER]].concat())
            .contains("WrongStatus(status: 16)")
    );
    assert_eq!(
        practice.done(&["withdraw", "--from", "dev:alice"])["amount"]["amount"],
        "19.125"
    );
    assert_eq!(
        practice.done(&["withdraw", "--from", PROVIDER])["amount"]["amount"],
        "6.375"
    );
}

#[test]
fn anybody_settles_what_nobody_contests_decides_or_claims() {
    let practice = Practice::new();
    // Claimed and not contested.
    let visit = practice.begun();
    let failed = practice.done(&["technical-failure", &visit, "--from", PROVIDER]);
    assert_eq!(failed["status"], "claimed");
    assert!(
        practice
            .reverted(&["settle", &visit, "--from", "dev:bob"])
            .contains("TooEarly(")
    );
    practice.world.node.advance(604_800 + 1_800);
    assert!(
        practice
            .reverted(&["contest", &visit, "--from", "dev:alice"])
            .contains("TooLate(")
    );
    let settled = practice.done(&["settle", &visit, "--from", "dev:bob"]);
    assert_eq!(
        (&settled["status"], released(&settled)),
        (&json!("technical_failure"), ["25.5", "0", "0"])
    );
    // In dispute, and the arbiter is silent.
    let visit = practice.begun();
    practice.done(&["complete", &visit, "--from", PROVIDER]);
    practice.done(&["contest", &visit, "--from", "dev:alice"]);
    practice.world.node.advance(1_814_400);
    let late = ["decide", &visit, "--provider-share", "1", "--from", ARBITER];
    assert!(practice.reverted(&late).contains("TooLate("));
    let settled = practice.done(&["settle", &visit, "--from", "dev:bob"]);
    assert_eq!(
        (&settled["status"], released(&settled)),
        (&json!("resolved"), ["12.75", "12.75", "0"])
    );
    // Nobody says how it ended.
    let visit = practice.begun();
    practice.world.node.advance(1_800 + 86_400);
    let settled = practice.done(&["settle", &visit, "--from", "dev:bob"]);
    assert_eq!(
        (&settled["status"], released(&settled)),
        (&json!("expired"), ["25.5", "0", "0"])
    );
}

#[test]
fn conditions_of_a_booking_have_to_be_met() {
    let practice = Practice::new();
    let conditions = ["--require-role", "PHYS", "--from", "dev:alice"];
    let booked = practice.done(&Practice::booking("book", "25.5", &conditions));
    let visit = booked["visit"].as_str().unwrap();
    assert_eq!(practice.done(&["show", visit])["conditions"]["role"], "PHYS");
    practice.done(&["confirm", visit, "--from", PROVIDER]);
    practice.world.node.advance(3_700);
    practice.done(&["start", visit, "--from", "dev:alice"]);
    assert!(
        practice
            .reverted(&["complete", visit, "--from", PROVIDER])
            .contains("NoCredential(role: 1)")
    );
    // The patient can do without.
    let completed = practice.done(&["complete", visit, "--from", "dev:alice"]);
    assert_eq!(
        (&completed["status"], released(&completed)),
        (&json!("completed"), ["0", "25.5", "0"])
    );

    let demanding = ["--require-record", "--from", "dev:alice"];
    let booked = practice.done(&Practice::booking("book", "25.5", &demanding));
    let visit = booked["visit"].as_str().unwrap();
    practice.done(&["confirm", visit, "--from", PROVIDER]);
    practice.world.node.advance(3_700);
    practice.done(&["start", visit, "--from", PROVIDER]);
    let record = B256::repeat_byte(9).to_string();
    let complete = ["complete", visit, "--record", &record, "--from", PROVIDER];
    assert!(practice.reverted(&complete).contains("NoRecord("));
}
