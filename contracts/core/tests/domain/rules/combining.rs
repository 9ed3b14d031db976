//! Several consents of one subject.

use salus_core::{
    codes::Sensitivity,
    consent::{Answer, MAX_DEPTH, Path, Policy, PolicyView, Reason, Status, evaluate_all},
};

use crate::support::{NOW, STRANGER, deny, except, label, only, permit, permit_except, treatment};

fn combine(policies: &[Policy]) -> (Answer, Option<usize>, bool) {
    let encoded: Vec<_> = policies.iter().map(|policy| policy.encode().unwrap()).collect();
    let views = encoded
        .iter()
        .map(|bytes| (Status::Active, PolicyView::parse(bytes).unwrap()));
    let combined = evaluate_all(views, &treatment(), NOW);
    (combined.decision.answer, combined.winner, combined.is_tied)
}

#[test]
fn rule_06_the_most_recent_consent_that_applies_wins() {
    let old = |policy| Policy { date_time: 1, ..policy };
    assert_eq!(combine(&[old(permit()), deny()]), (Answer::Deny, Some(1), false));
    assert_eq!(combine(&[permit(), old(deny())]), (Answer::Permit, Some(0), false));
    let newest_about_others = Policy {
        date_time: NOW + 1,
        scope: only(&[STRANGER]),
        ..deny()
    };
    assert_eq!(
        combine(&[old(permit()), newest_about_others]),
        (Answer::Permit, Some(0), false)
    );
}

#[test]
fn rule_06_on_a_tie_deny_wins_in_whatever_order() {
    assert_eq!(combine(&[permit(), deny()]), (Answer::Deny, Some(1), true));
    assert_eq!(combine(&[deny(), permit()]), (Answer::Deny, Some(0), true));
    assert_eq!(combine(&[permit(), permit()]), (Answer::Permit, Some(0), true));
}

#[test]
fn rule_06_tied_permits_oblige_to_all_that_either_obliges_to() {
    let without = |sensitivity| permit_except(vec![except(label(sensitivity), vec![])]);
    let (one, other) = (
        without(Sensitivity::HIV).encode().unwrap(),
        without(Sensitivity::PSY).encode().unwrap(),
    );
    let views = [&one, &other].map(|bytes| (Status::Active, PolicyView::parse(bytes).unwrap()));
    let combined = evaluate_all(views, &treatment(), NOW);
    assert_eq!(combined.applied, 2);
    assert_eq!(
        combined.decision.obligations.redact_labels,
        Sensitivity::HIV.mask() | Sensitivity::PSY.mask()
    );
}

#[test]
fn rule_06_where_no_consent_applies_there_is_no_consent() {
    let others = Policy {
        scope: only(&[STRANGER]),
        ..permit()
    };
    assert_eq!(combine(&[others]), (Answer::NoConsent, None, false));
    assert_eq!(combine(&[]), (Answer::NoConsent, None, false));
    assert_eq!(
        evaluate_all([], &treatment(), NOW).decision.reason,
        Reason::NothingToAsk
    );
}

#[test]
fn a_path_is_made_of_its_steps_and_of_no_more_than_a_policy_is_deep() {
    let steps = [0, 127, 3, 4, 5, 6, 7, 8];
    for length in 0..=MAX_DEPTH {
        let path = Path::from_steps(&steps[..length]).unwrap();
        assert_eq!(path.steps(), &steps[..length]);
    }
    assert_eq!(Path::from_steps(&[]), Some(Path::default()));
    assert_eq!(Path::from_steps(&[0; MAX_DEPTH + 1]), None);
}
