//! Provisions within provisions.

use salus_core::{
    codes::{Purpose, ResourceClass, Sensitivity},
    consent::{Answer, Criteria, Request},
};

use crate::support::{
    DOCTOR, STRANGER, answer, ask, by, class, deny_except, except, label, labelled, only, permit_except, purpose,
    treatment, treatment_but_for,
};

/// Nobody but one hospital, that one not, but in an emergency: deny > permit > deny > permit.
#[test]
fn rule_05_nested_provisions_flip_their_parents_decision() {
    let emergency = except(purpose(Purpose::ETREAT), vec![]);
    let but_not_alcohol = except(label(Sensitivity::ETHUD), vec![emergency]);
    let policy = deny_except(vec![except(only(&[DOCTOR]), vec![but_not_alcohol])]);
    let alcohol = labelled(Sensitivity::ETHUD.mask());

    let decision = ask(
        &policy,
        &Request {
            addresses: &[STRANGER],
            ..alcohol
        },
    );
    assert_eq!((decision.answer, decision.path.steps()), (Answer::Deny, &[][..]));
    let decision = ask(&policy, &treatment());
    assert_eq!((decision.answer, decision.path.steps()), (Answer::Permit, &[0][..]));
    let decision = ask(&policy, &alcohol);
    assert_eq!((decision.answer, decision.path.steps()), (Answer::Deny, &[0, 0][..]));
    let decision = ask(
        &policy,
        &Request {
            purpose: Purpose::ETREAT,
            ..alcohol
        },
    );
    assert_eq!(
        (decision.answer, decision.path.steps()),
        (Answer::Permit, &[0, 0, 0][..])
    );
}

/// The shape deny > deny > permit of R4: nobody, one organisation not either, but that one in an emergency. A provision
/// of its parent's own decision is written as an opposite one that is overruled as a whole, and its exceptions in that.
#[test]
fn rule_05_a_denial_within_a_denial_carries_its_own_exceptions() {
    let emergency = except(purpose(Purpose::ETREAT), vec![]);
    let everything = except(Criteria::default(), vec![emergency]);
    let policy = deny_except(vec![except(only(&[DOCTOR]), vec![everything])]);
    let request = treatment_but_for(Purpose::ETREAT);
    assert_eq!(answer(&policy, &request), Answer::Permit);
    assert_eq!(answer(&policy, &treatment()), Answer::Deny);
    let stranger = Request {
        addresses: &[STRANGER],
        ..request
    };
    assert_eq!(answer(&policy, &stranger), Answer::Deny);
}

#[test]
fn rule_05_a_nested_provision_reaches_no_further_than_its_parent() {
    let nested = except(purpose(Purpose::TREAT), vec![]);
    let policy = permit_except(vec![except(only(&[STRANGER]), vec![nested])]);
    assert_eq!(answer(&policy, &treatment()), Answer::Permit);
    let stranger = by(&[STRANGER]);
    assert_eq!(answer(&policy, &stranger), Answer::Permit);
    assert_eq!(
        answer(
            &policy,
            &Request {
                purpose: Purpose::HPAYMT,
                ..stranger
            }
        ),
        Answer::Deny
    );
}

#[test]
fn rule_05_an_exception_to_one_provision_does_not_weaken_its_sibling() {
    let lenient = except(
        class(ResourceClass::OBSERVATION),
        vec![except(purpose(Purpose::TREAT), vec![])],
    );
    let strict = except(only(&[DOCTOR]), vec![]);
    let policy = permit_except(vec![lenient, strict]);
    let decision = ask(&policy, &treatment());
    assert_eq!((decision.answer, decision.path.steps()), (Answer::Deny, &[1][..]));
    let decision = ask(&policy, &by(&[STRANGER]));
    assert_eq!((decision.answer, decision.path.steps()), (Answer::Permit, &[0, 0][..]));
}

#[test]
fn rule_05_all_eight_levels_count() {
    let mut provisions = Vec::new();
    for depth in (0..8u8).rev() {
        provisions = vec![except(
            Criteria {
                purposes: Purpose::KNOWN >> depth,
                ..Criteria::default()
            },
            provisions,
        )];
    }
    let policy = permit_except(provisions);
    for depth in 1..=8u8 {
        // A purpose that the first `depth` provisions name and the next one does not.
        let purpose = Purpose::from_bit(59 - depth).unwrap();
        let decision = ask(&policy, &treatment_but_for(purpose));
        assert_eq!(decision.path.steps().len(), usize::from(depth));
        let expected = if depth % 2 == 1 { Answer::Deny } else { Answer::Permit };
        assert_eq!(decision.answer, expected, "at depth {depth}");
    }
}
