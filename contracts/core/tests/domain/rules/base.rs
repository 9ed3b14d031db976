//! The base decision, and in what order a consent is looked at (FHIR R4 and R5 `Consent`).

use salus_core::{
    codes::{Category, Purpose},
    consent::{Answer, Criteria, Period, Policy, PolicyView, Reason, Request, Status, evaluate_all},
};

use crate::support::{
    DOCTOR, NOW, STRANGER, answer, ask, ask_at, by, deny, deny_except, except, only, permit, permit_except, treatment,
};

#[test]
fn the_base_decision_stands_where_no_provision_matches() {
    let exception = vec![except(only(&[STRANGER]), vec![])];
    assert_eq!(answer(&permit_except(exception.clone()), &treatment()), Answer::Permit);
    assert_eq!(answer(&deny_except(exception), &treatment()), Answer::Deny);
}

#[test]
fn a_provision_decides_the_opposite_of_the_base() {
    let exception = vec![except(only(&[DOCTOR]), vec![])];
    assert_eq!(answer(&permit_except(exception.clone()), &treatment()), Answer::Deny);
    assert_eq!(answer(&deny_except(exception), &treatment()), Answer::Permit);
}

#[test]
fn without_a_base_decision_there_is_no_consent() {
    let policy = Policy {
        base: None,
        provisions: vec![except(only(&[DOCTOR]), vec![])],
        ..permit()
    };
    let decision = ask(&policy, &treatment());
    assert_eq!(
        (decision.answer, decision.reason),
        (Answer::NoConsent, Reason::NoBaseDecision)
    );
}

/// R4 as IHE profiles it: the root carries the base decision *and* criteria, which limit what the consent speaks of.
#[test]
fn a_root_with_criteria_is_silent_about_everything_else() {
    let policy = Policy {
        scope: only(&[DOCTOR]),
        ..permit()
    };
    assert_eq!(answer(&policy, &treatment()), Answer::Permit);
    let decision = ask(&policy, &by(&[STRANGER]));
    assert_eq!(
        (decision.answer, decision.reason),
        (Answer::NoConsent, Reason::OutsideScope)
    );
}

#[test]
fn a_consent_that_is_not_in_force_is_no_consent_whatever_it_decides() {
    let period = Some(Period {
        from: NOW,
        until: NOW + 10,
    });
    for base in [permit(), deny()] {
        let policy = Policy {
            scope: Criteria {
                period,
                ..Criteria::default()
            },
            ..base
        };
        let at = |at| ask_at(&policy, &treatment(), at);
        assert_ne!(at(NOW).answer, Answer::NoConsent, "the first second counts");
        assert_ne!(at(NOW + 10).answer, Answer::NoConsent, "and so does the last");
        for outside in [NOW - 1, NOW + 11] {
            assert_eq!(
                (at(outside).answer, at(outside).reason),
                (Answer::NoConsent, Reason::OutsidePeriod)
            );
        }
    }
}

#[test]
fn a_consent_that_is_not_active_is_no_consent() {
    let bytes = permit().encode().unwrap();
    for status in [
        Status::None,
        Status::Superseded,
        Status::Revoked,
        Status::EnteredInError,
    ] {
        let combined = evaluate_all([(status, PolicyView::parse(&bytes).unwrap())], &treatment(), NOW);
        assert_eq!(
            (combined.decision.answer, combined.decision.reason),
            (Answer::NoConsent, Reason::NotActive)
        );
        assert_eq!(combined.winner, None);
    }
}

#[test]
fn the_period_is_looked_at_before_category_then_purpose_then_the_rest() {
    let scope = Criteria {
        period: Some(Period { from: 0, until: NOW }),
        purposes: Purpose::HRESCH.mask(),
        ..only(&[STRANGER])
    };
    let mut policy = Policy {
        categories: Category::RESEARCH.mask(),
        scope,
        ..permit()
    };
    let request = Request {
        categories: Category::INFA.mask(),
        ..treatment()
    };
    assert_eq!(ask_at(&policy, &request, NOW + 1).reason, Reason::OutsidePeriod);
    assert_eq!(ask(&policy, &request).reason, Reason::OtherCategory);
    policy.categories |= Category::INFA.mask();
    assert_eq!(ask(&policy, &request).reason, Reason::OtherPurpose);
    policy.scope.purposes |= Purpose::TREAT.mask();
    assert_eq!(ask(&policy, &request).reason, Reason::OutsideScope);
    policy.scope.actors.addresses.push(DOCTOR);
    assert_eq!(
        (ask(&policy, &request).answer, ask(&policy, &request).reason),
        (Answer::Permit, Reason::Decided)
    );
}
