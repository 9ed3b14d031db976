//! The base decision, and in what order a consent is looked at (FHIR R4 and R5 `Consent`).

use salus_core::{
    codes::{Category, Purpose},
    consent::{Answer, Criteria, Period, Policy, PolicyView, Reason, Request, Status, evaluate_all},
};

use crate::support::{
    DOCTOR, NOW, STRANGER, answer, ask, ask_at, by, deny, deny_except, except, only, permit, permit_except, treatment,
};

#[test]
fn rule_01_the_base_decision_stands_where_no_provision_matches() {
    let exception = vec![except(only(&[STRANGER]), vec![])];
    assert_eq!(answer(&permit_except(exception.clone()), &treatment()), Answer::Permit);
    assert_eq!(answer(&deny_except(exception), &treatment()), Answer::Deny);
}

#[test]
fn rule_01_a_provision_decides_the_opposite_of_the_base() {
    let exception = vec![except(only(&[DOCTOR]), vec![])];
    assert_eq!(answer(&permit_except(exception.clone()), &treatment()), Answer::Deny);
    assert_eq!(answer(&deny_except(exception), &treatment()), Answer::Permit);
}

#[test]
fn rule_01_without_a_base_decision_there_is_no_consent() {
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

/// What somebody does who hears none of the three is theirs to decide, so none may stand for another.
#[test]
fn rule_02_there_are_three_answers_and_silence_is_neither_of_the_other_two() {
    let silent = Policy { base: None, ..permit() };
    let answers = [silent, permit(), deny()].map(|policy| answer(&policy, &treatment()));
    assert_eq!(answers, [Answer::NoConsent, Answer::Permit, Answer::Deny]);
    assert_eq!(
        answers.map(|answer| answer as u8),
        [0, 1, 2],
        "as contracts number them"
    );
}

/// R4 as IHE profiles it: the root carries the base decision *and* criteria, which limit what the consent speaks of.
#[test]
fn rule_01_a_root_with_criteria_is_silent_about_everything_else() {
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
fn rule_03_a_consent_that_is_not_in_force_is_no_consent_whatever_it_decides() {
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
fn rule_03_a_consent_that_is_not_active_is_no_consent() {
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
fn rule_03_the_period_is_looked_at_before_category_then_purpose_then_the_rest() {
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

#[test]
fn rule_11_what_was_revoked_does_not_answer_and_what_was_given_before_it_does() {
    let (old, new) = (
        Policy {
            date_time: NOW - 1,
            ..deny()
        },
        permit(),
    );
    let [old, new] = [old, new].map(|policy| policy.encode().unwrap());
    let combined = |status| {
        let consents = [(Status::Active, &old), (status, &new)];
        let views = consents.map(|(status, bytes)| (status, PolicyView::parse(bytes).unwrap()));
        evaluate_all(views, &treatment(), NOW)
    };
    assert_eq!(combined(Status::Active).decision.answer, Answer::Permit);
    let revoked = combined(Status::Revoked);
    assert_eq!((revoked.decision.answer, revoked.winner), (Answer::Deny, Some(0)));
    assert_eq!(revoked.applied, 1);
}
