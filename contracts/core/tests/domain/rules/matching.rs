//! What a provision matches, and what codes mean.

use salus_core::{
    codes::{Action, Confidentiality, Purpose, ResourceClass, Role},
    consent::{Actors, Answer, Criteria, Period, Request},
};

use crate::support::{
    DOCTOR, NOW, STRANGER, answer, ask_at, by, class, deny_except, except, only, permit_except, purpose, treatment,
    treatment_but_for, treatment_with,
};

#[test]
fn rule_04_every_criterion_that_is_stated_has_to_match() {
    let both = Criteria {
        purposes: Purpose::TREAT.mask(),
        ..class(ResourceClass::CONDITION)
    };
    let policy = deny_except(vec![except(both, vec![])]);
    assert_eq!(answer(&policy, &treatment()), Answer::Deny);
    assert_eq!(
        answer(&policy, &treatment_with(ResourceClass::CONDITION)),
        Answer::Permit
    );
    let other_purpose = Request {
        class: ResourceClass::CONDITION,
        purpose: Purpose::HPAYMT,
        ..treatment()
    };
    assert_eq!(answer(&policy, &other_purpose), Answer::Deny);
}

#[test]
fn rule_04_inside_a_list_any_entry_will_do() {
    let purposes = Purpose::TREAT.mask() | Purpose::HPAYMT.mask();
    let policy = deny_except(vec![except(
        Criteria {
            purposes,
            ..Criteria::default()
        },
        vec![],
    )]);
    for purpose in [Purpose::TREAT, Purpose::HPAYMT] {
        assert_eq!(answer(&policy, &treatment_but_for(purpose)), Answer::Permit);
    }
    assert_eq!(answer(&policy, &treatment_but_for(Purpose::HOPERAT)), Answer::Deny);
}

#[test]
fn rule_04_any_one_identifier_of_the_requester_is_enough() {
    let actors = Actors {
        addresses: vec![DOCTOR],
        roles: Role::PHARMACIST.mask(),
        communities: vec![[9; 32]],
    };
    let policy = deny_except(vec![except(
        Criteria {
            actors,
            ..Criteria::default()
        },
        vec![],
    )]);
    let nobody = by(&[STRANGER]);
    assert_eq!(answer(&policy, &nobody), Answer::Deny);
    assert_eq!(
        answer(
            &policy,
            &Request {
                addresses: &[STRANGER, DOCTOR],
                ..nobody
            }
        ),
        Answer::Permit
    );
    assert_eq!(
        answer(
            &policy,
            &Request {
                roles: Role::PHARMACIST.mask(),
                ..nobody
            }
        ),
        Answer::Permit
    );
    assert_eq!(
        answer(
            &policy,
            &Request {
                communities: &[[8; 32], [9; 32]],
                ..nobody
            }
        ),
        Answer::Permit
    );
    assert_eq!(
        answer(
            &policy,
            &Request {
                roles: Role::NURS.mask(),
                communities: &[[8; 32]],
                ..nobody
            }
        ),
        Answer::Deny
    );
}

#[test]
fn rule_10_without_an_actor_everybody_is_meant() {
    let policy = deny_except(vec![except(purpose(Purpose::ETREAT), vec![])]);
    let request = Request {
        addresses: &[],
        purpose: Purpose::ETREAT,
        ..treatment()
    };
    assert_eq!(answer(&policy, &request), Answer::Permit);
}

#[test]
fn rule_04_an_action_that_is_not_permitted_is_denied() {
    let actions = Action::ACCESS.mask() | Action::USE.mask();
    let policy = deny_except(vec![except(
        Criteria {
            actions,
            ..Criteria::default()
        },
        vec![],
    )]);
    assert_eq!(answer(&policy, &treatment()), Answer::Permit);
    assert_eq!(
        answer(
            &policy,
            &Request {
                action: Action::DISCLOSE,
                ..treatment()
            }
        ),
        Answer::Deny
    );
}

#[test]
fn rule_04_a_provision_applies_within_its_own_period_only() {
    let leave = Criteria {
        period: Some(Period {
            from: NOW,
            until: NOW + 5,
        }),
        ..only(&[DOCTOR])
    };
    let policy = permit_except(vec![except(leave, vec![])]);
    assert_eq!(ask_at(&policy, &treatment(), NOW - 1).answer, Answer::Permit);
    assert_eq!(ask_at(&policy, &treatment(), NOW + 5).answer, Answer::Deny);
    assert_eq!(ask_at(&policy, &treatment(), NOW + 6).answer, Answer::Permit);
}

#[test]
fn rule_08_a_confidentiality_ceiling_lets_through_what_is_not_above_it() {
    let ceiling = Criteria {
        confidentiality: Confidentiality::N.ceiling(),
        ..Criteria::default()
    };
    let floor = Criteria {
        confidentiality: Confidentiality::R.floor(),
        ..Criteria::default()
    };
    let permits = deny_except(vec![except(ceiling, vec![])]);
    let denies = permit_except(vec![except(floor, vec![])]);
    for policy in [permits, denies] {
        let at = |confidentiality| {
            answer(
                &policy,
                &Request {
                    confidentiality,
                    ..treatment()
                },
            )
        };
        for level in [
            Confidentiality::U,
            Confidentiality::L,
            Confidentiality::M,
            Confidentiality::N,
        ] {
            assert_eq!(at(level), Answer::Permit, "{level}");
        }
        assert_eq!(at(Confidentiality::R), Answer::Deny);
        assert_eq!(at(Confidentiality::V), Answer::Deny);
    }
}

#[test]
fn rule_08_research_is_not_implied_by_treatment() {
    let policy = deny_except(vec![except(purpose(Purpose::TREAT), vec![])]);
    for purpose in [Purpose::HRESCH, Purpose::CLINTRCH, Purpose::BIORCH, Purpose::CLINTRL] {
        assert_eq!(answer(&policy, &treatment_but_for(purpose)), Answer::Deny, "{purpose}");
    }
}

#[test]
fn rule_08_emergency_treatment_needs_its_own_permit() {
    let policy = deny_except(vec![except(purpose(Purpose::TREAT), vec![])]);
    for purpose in [Purpose::ETREAT, Purpose::ERTREAT, Purpose::BTG] {
        assert_eq!(answer(&policy, &treatment_but_for(purpose)), Answer::Deny, "{purpose}");
    }
}
