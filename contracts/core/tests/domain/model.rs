//! The evaluator against a second one, written for clarity alone: it walks the data structure and asks, label by label,
//! what the policy says of data that carry it.

use proptest::prelude::*;
use salus_core::{
    codes::{DataMeaning, Sensitivity},
    consent::{Answer, Criteria, DataPeriod, Effect, Policy, PolicyView, Provision, Request, evaluate},
};

use crate::support::{self, OwnedRequest};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    None,
    Some,
    All,
}

/// How much of what is asked for the criteria match, if the data carry exactly `labels`.
fn matched(criteria: &Criteria, request: &Request<'_>, labels: u64, at: u64) -> Part {
    let yes_or_no = [
        criteria.purposes == 0 || criteria.purposes >> request.purpose.bit() & 1 == 1,
        criteria.classes == 0 || criteria.classes >> request.class.bit() & 1 == 1,
        criteria.actions == 0 || criteria.actions >> request.action.bit() & 1 == 1,
        criteria.confidentiality == 0 || criteria.confidentiality >> request.confidentiality.bit() & 1 == 1,
        criteria.labels == 0 || criteria.labels & labels != 0,
        criteria
            .period
            .is_none_or(|period| (period.from..=period.until).contains(&at)),
        criteria.actors.is_empty()
            || criteria.actors.roles & request.roles != 0
            || criteria
                .actors
                .addresses
                .iter()
                .any(|one| request.addresses.contains(one))
            || criteria
                .actors
                .communities
                .iter()
                .any(|one| request.communities.contains(one)),
    ];
    if yes_or_no.contains(&false) {
        return Part::None;
    }
    let DataPeriod { from, until } = request.data_period;
    let authored = match criteria.data_period {
        Some(period) if until < period.from || period.until < from => Part::None,
        Some(period) if from < period.from || period.until < until => Part::Some,
        _ => Part::All,
    };
    let is_open =
        |meaning: u8| request.data_stated & DataMeaning::from_bit(meaning).expect("a known meaning").mask() == 0;
    let selected = if criteria.data.is_empty() || criteria.data.iter().any(|one| request.data.contains(one)) {
        Part::All
    } else if criteria.data.iter().any(|one| is_open(one[0])) {
        Part::Some
    } else {
        Part::None
    };
    authored.min(selected)
}

/// What a tree of provisions decides for data that carry exactly `labels`.
fn decide(effect: Effect, provisions: &[Provision], request: &Request<'_>, labels: u64, at: u64) -> Effect {
    let flipped = effect.flipped();
    let needed = if flipped == Effect::Permit {
        Part::All
    } else {
        Part::Some
    };
    let is_overruled = provisions.iter().any(|provision| {
        matched(&provision.criteria, request, labels, at) >= needed
            && decide(flipped, &provision.provisions, request, labels, at) == flipped
    });
    if is_overruled { flipped } else { effect }
}

fn reference(policy: &Policy, request: &Request<'_>, at: u64) -> (Answer, u64) {
    let applies = policy.categories == 0 || request.categories == 0 || policy.categories & request.categories != 0;
    let part = matched(&policy.scope, request, request.labels, at);
    let (Some(base), true, false) = (policy.base, applies, part == Part::None) else {
        return (Answer::NoConsent, 0);
    };
    let decide = |labels| decide(base, &policy.provisions, request, labels, at);
    if part == Part::Some || decide(request.labels) == Effect::Deny {
        return (Answer::Deny, 0);
    }
    let is_redacted = |label: &Sensitivity| {
        let labels = request.labels | label.mask();
        matched(&policy.scope, request, labels, at) != Part::All || decide(labels) == Effect::Deny
    };
    let redact = Sensitivity::in_mask(Sensitivity::KNOWN)
        .filter(is_redacted)
        .fold(0, |mask, one| mask | one.mask());
    (Answer::Permit, redact)
}

fn agree(policy: &Policy, request: &OwnedRequest, at: u64) -> Result<Answer, TestCaseError> {
    let bytes = policy.encode().expect("generated policies are valid");
    let view = PolicyView::parse(&bytes).expect("what was encoded is canonical");
    let decision = evaluate(&view, &request.as_request(), at);
    let expected = reference(policy, &request.as_request(), at);
    prop_assert_eq!((decision.answer, decision.obligations.redact_labels), expected);
    // What decided, alone, is a chain of provisions that exists.
    let mut provisions = &policy.provisions;
    for step in decision.path.steps() {
        let provision = provisions.get(usize::from(*step));
        prop_assert!(provision.is_some(), "the path leads nowhere");
        provisions = &provision.expect("just asserted").provisions;
    }
    Ok(decision.answer)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_evaluator_agrees_with_the_model(policy in support::policy(), request in support::request(), at in 0u64..6) {
        agree(&policy, &request, at)?;
    }

    #[test]
    fn a_decision_stands_when_the_request_went_over_the_wire(
        policy in support::policy(), request in support::request(), at in 0u64..6,
    ) {
        let (policy, wire) = (policy.encode().expect("valid"), request.as_request().encode().expect("valid"));
        let view = PolicyView::parse(&policy).expect("canonical");
        let received = Request::decode(&wire).expect("canonical");
        prop_assert_eq!(evaluate(&view, &received, at), evaluate(&view, &request.as_request(), at));
    }
}

/// A generator that never permits, say, would make the tests above worthless.
#[test]
fn generated_cases_reach_every_answer() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut answers, mut redacting, mut longest) = ([0usize; 3], 0, 0);
    for _ in 0..2_000 {
        let policy = support::policy().new_tree(&mut runner).expect("generates").current();
        let request = support::request().new_tree(&mut runner).expect("generates").current();
        let decision = support::ask_at(&policy, &request.as_request(), 2);
        answers[decision.answer as usize] += 1;
        redacting += usize::from(decision.obligations.redact_labels != 0);
        longest = longest.max(decision.path.steps().len());
    }
    assert!(answers.iter().all(|count| *count > 100), "{answers:?}");
    assert!(redacting > 20, "{redacting}");
    assert!(longest >= 3, "{longest}");
}
