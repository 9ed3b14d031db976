//! Sensitivity labels and classes of data: obligations and denials.

use salus_core::{
    codes::{Purpose, ResourceClass, Sensitivity},
    consent::{Answer, Criteria},
};

use crate::support::{
    answer, ask, class, deny_except, except, label, labelled, permit_except, purpose, treatment, treatment_but_for,
    treatment_with,
};

#[test]
fn rule_07_a_denied_label_becomes_an_obligation_to_redact_it() {
    let policy = permit_except(vec![except(label(Sensitivity::ETHUD), vec![])]);
    let decision = ask(&policy, &treatment());
    assert_eq!(decision.answer, Answer::Permit);
    assert_eq!(decision.obligations.redact_labels, Sensitivity::ETHUD.mask());
}

#[test]
fn rule_07_data_that_are_known_to_carry_a_denied_label_are_denied() {
    let policy = permit_except(vec![except(label(Sensitivity::ETHUD), vec![])]);
    let labels = Sensitivity::ETHUD.mask() | Sensitivity::SEX.mask();
    let decision = ask(&policy, &labelled(labels));
    assert_eq!((decision.answer, decision.obligations.redact_labels), (Answer::Deny, 0));
    let decision = ask(&policy, &labelled(Sensitivity::SEX.mask()));
    assert_eq!(
        (decision.answer, decision.obligations.redact_labels),
        (Answer::Permit, Sensitivity::ETHUD.mask())
    );
}

#[test]
fn rule_07_a_label_that_is_denied_for_another_class_obliges_to_nothing() {
    let criteria = Criteria {
        labels: Sensitivity::ETHUD.mask(),
        ..class(ResourceClass::CONDITION)
    };
    let policy = permit_except(vec![except(criteria, vec![])]);
    assert_eq!(ask(&policy, &treatment()).obligations.redact_labels, 0);
}

#[test]
fn rule_07_a_class_that_is_wholly_denied_is_denied() {
    let policy = permit_except(vec![except(class(ResourceClass::OBSERVATION), vec![])]);
    assert_eq!(answer(&policy, &treatment()), Answer::Deny);
    assert_eq!(
        answer(&policy, &treatment_with(ResourceClass::CONDITION)),
        Answer::Permit
    );
}

#[test]
fn rule_07_an_exception_to_a_denied_label_lifts_the_obligation() {
    let emergency = except(purpose(Purpose::ETREAT), vec![]);
    let policy = permit_except(vec![except(label(Sensitivity::HIV), vec![emergency])]);
    assert_eq!(
        ask(&policy, &treatment()).obligations.redact_labels,
        Sensitivity::HIV.mask()
    );
    let decision = ask(&policy, &treatment_but_for(Purpose::ETREAT));
    assert_eq!(
        (decision.answer, decision.obligations.redact_labels),
        (Answer::Permit, 0)
    );
}

#[test]
fn rule_07_a_permit_for_labelled_data_does_not_reach_data_without_the_label() {
    let policy = deny_except(vec![except(label(Sensitivity::HIV), vec![])]);
    assert_eq!(answer(&policy, &treatment()), Answer::Deny);
    assert_eq!(answer(&policy, &labelled(Sensitivity::HIV.mask())), Answer::Permit);
}
