//! The contract and `salus_core::consent::evaluate` on the host agree, on policies and requests that nobody thought of.

use salus_core::consent::{PolicyView, Request, evaluate};
use salus_tests_contracts::{
    cases::{self, Size},
    consent::Clinic,
    dice::Dice,
};
use std::env;

/// How many requests are tried, unless `SALUS_AGREEMENT_REQUESTS` says. It takes half a minute.
const REQUESTS: usize = 100_000;
/// How many of them by each policy.
const A_POLICY: usize = 50;

fn requests() -> usize {
    env::var("SALUS_AGREEMENT_REQUESTS").map_or(REQUESTS, |number| {
        number.parse().expect("SALUS_AGREEMENT_REQUESTS is a number")
    })
}

#[test]
fn the_contract_answers_as_the_evaluator_on_the_host() {
    let mut dice = Dice(2026);
    let mut clinic = Clinic::new();
    let now = clinic.now();
    let start = clinic.world.session.snapshot();
    let sizes = [Size::USUAL, Size::USUAL, Size::DEEP, Size::WIDE, Size::FULL];
    let (mut answers, mut redacting, mut longest, mut largest) = ([0usize; 3], 0, 0, 0);
    let policies = requests().div_ceil(A_POLICY);
    for round in 0..policies {
        clinic.world.session.revert(&start);
        let policy = cases::policy(&mut dice, now, sizes[round % sizes.len()]);
        let id = clinic.grant_policy(&policy);
        let view = PolicyView::parse(&policy).unwrap();
        largest = largest.max(policy.len());
        for _ in 0..A_POLICY {
            let bytes = cases::request(&mut dice);
            let request = Request::decode(&bytes).unwrap();
            let expected = evaluate(&view, &request, now);
            let decision = clinic.evaluate(id, &policy, &bytes).unwrap();
            assert_eq!(
                (decision.answer, decision.redactLabels, decision.path.as_ref()),
                (
                    expected.answer as u8,
                    expected.obligations.redact_labels,
                    expected.path.steps()
                ),
                "policy {round}: {request:?}"
            );
            answers[expected.answer as usize] += 1;
            redacting += usize::from(expected.obligations.redact_labels != 0);
            longest = longest.max(expected.path.steps().len());
        }
    }
    // The dice reach all of it.
    let few = policies * A_POLICY / 50;
    assert!(answers.iter().all(|count| *count > few), "{answers:?}");
    assert!(
        redacting > few && longest >= 5 && largest > 6_000,
        "{redacting} {longest} {largest}"
    );
}
