//! Opening a consent on chain: the contract verifies the commitment, and answers as `salus_core` answers anywhere else.

use alloy_core::primitives::{B256, Bytes};
use salus_core::{
    codes::{Confidentiality, Purpose, ResourceClass, Sensitivity},
    consent::{Criteria, Effect, MAX_DEPTH, MAX_POLICY_BYTES, MAX_PROVISIONS, Policy, Provision},
};
use salus_tests_contracts::{
    consent::{
        Clinic,
        IConsent::{markEnteredInErrorCall, revokeConsentCall},
        IPolicies::{CommitmentMismatch, MalformedPolicy, MalformedRequest, UnknownConsent, evaluateCall},
        SALT, answer, asked, commitment, doctor, encoded, patient, status, stranger,
    },
    refusal,
};

/// Treatment is permitted, but for what is labelled HIV or restricted.
fn policy() -> Policy {
    let labelled = Criteria {
        labels: Sensitivity::HIV.mask(),
        ..Criteria::default()
    };
    let restricted = Criteria {
        confidentiality: Confidentiality::R.floor(),
        ..Criteria::default()
    };
    let exceptions = [labelled, restricted].map(|criteria| Provision {
        criteria,
        provisions: vec![],
    });
    let treatment = Criteria {
        purposes: Purpose::TREAT.mask(),
        ..Criteria::default()
    };
    Policy {
        provisions: vec![Provision {
            criteria: treatment,
            provisions: exceptions.to_vec(),
        }],
        ..Policy::new(Effect::Deny, 1_700_000_000)
    }
}

fn opened() -> (Clinic, B256, Vec<u8>) {
    let (mut clinic, policy) = (Clinic::new(), encoded(&policy()));
    let id = clinic.grant_policy(&policy);
    (clinic, id, policy)
}

#[test]
fn an_opened_consent_answers_with_obligations_and_path() {
    let (mut clinic, id, policy) = opened();
    let mut ask = |request: Vec<u8>| {
        let decision = clinic.evaluate(id, &policy, &request).unwrap();
        (decision.answer, decision.redactLabels, decision.path.to_vec())
    };
    assert_eq!(ask(asked(|_| ())), (answer::PERMIT, Sensitivity::HIV.mask(), vec![0]));
    let labelled = asked(|request| request.labels = Sensitivity::HIV.mask());
    assert_eq!(ask(labelled), (answer::DENY, 0, vec![0, 0]));
    let restricted = asked(|request| request.confidentiality = Confidentiality::V);
    assert_eq!(ask(restricted), (answer::DENY, 0, vec![0, 1]));
    let research = asked(|request| request.purpose = Purpose::HRESCH);
    assert_eq!(ask(research), (answer::DENY, 0, vec![]));
}

#[test]
fn anybody_who_holds_the_policy_may_ask_but_only_for_the_grantee() {
    let (mut clinic, id, policy) = opened();
    let other = stranger().into_array();
    // `evaluate` is asked by an account which the contract does not know.
    let for_stranger = asked(|request| request.addresses = std::slice::from_ref(&other));
    assert_eq!(
        clinic.evaluate(id, &policy, &for_stranger).unwrap().answer,
        answer::NO_CONSENT
    );
    let both = [other, doctor().into_array()];
    let for_both = asked(|request| request.addresses = &both);
    assert_eq!(clinic.evaluate(id, &policy, &for_both).unwrap().answer, answer::PERMIT);
    let for_nobody = asked(|request| request.addresses = &[]);
    assert_eq!(
        clinic.evaluate(id, &policy, &for_nobody).unwrap().answer,
        answer::NO_CONSENT
    );
}

#[test]
fn what_was_not_committed_to_does_not_open() {
    let (mut clinic, id, policy) = opened();
    let request = asked(|_| ());
    let mut lenient = policy.clone();
    lenient[1] = 1;
    let refused = refusal::<CommitmentMismatch>(clinic.evaluate(id, &lenient, &request));
    assert_eq!(
        refused,
        CommitmentMismatch {
            expected: commitment(&policy),
            actual: commitment(&lenient)
        }
    );
    let call = evaluateCall {
        consentId: id,
        salt: B256::repeat_byte(1),
        policy: Bytes::from(policy.clone()),
        request: Bytes::from(request.clone()),
    };
    refusal::<CommitmentMismatch>(clinic.world.try_view(clinic.policies, &call));
    refusal::<CommitmentMismatch>(clinic.evaluate(id, &[], &request));
    let unknown = B256::repeat_byte(9);
    assert_eq!(
        refusal::<UnknownConsent>(clinic.evaluate(unknown, &policy, &request)).consentId,
        unknown
    );
    assert_eq!(clinic.evaluate(id, &policy, &request).unwrap().answer, answer::PERMIT);
}

#[test]
fn an_opened_consent_answers_within_its_validity_only() {
    let mut clinic = Clinic::new();
    let (policy, request, now) = (encoded(&policy()), asked(|_| ()), clinic.now());
    let call = grantConsentCall {
        commitment: commitment(&policy),
        validFrom: now + 10,
        validUntil: now + 20,
        ..clinic.terms()
    };
    let id = clinic.grant(&call).unwrap();
    for (seconds, expected) in [
        (9, answer::NO_CONSENT),
        (1, answer::PERMIT),
        (10, answer::PERMIT),
        (1, answer::NO_CONSENT),
    ] {
        clinic.world.session.advance_time(seconds);
        assert_eq!(clinic.evaluate(id, &policy, &request).unwrap().answer, expected);
    }
}

#[test]
fn the_block_is_the_clock_for_periods_in_the_policy() {
    let mut clinic = Clinic::new();
    let now = clinic.now();
    let period = Some(salus_core::consent::Period {
        from: now + 5,
        until: now + 6,
    });
    let policy = encoded(&Policy {
        scope: Criteria {
            period,
            ..Criteria::default()
        },
        ..Policy::new(Effect::Permit, now)
    });
    let id = clinic.grant_policy(&policy);
    for (seconds, expected) in [
        (4, answer::NO_CONSENT),
        (1, answer::PERMIT),
        (1, answer::PERMIT),
        (1, answer::NO_CONSENT),
    ] {
        clinic.world.session.advance_time(seconds);
        assert_eq!(clinic.evaluate(id, &policy, &asked(|_| ())).unwrap().answer, expected);
    }
}

#[test]
fn a_consent_that_ended_answers_nothing_even_if_opened() {
    let (mut clinic, id, policy) = opened();
    let request = asked(|_| ());
    let terms = clinic.terms();
    let call = supersedeConsentCall {
        consentId: id,
        commitment: commitment(&policy),
        validFrom: terms.validFrom,
        validUntil: terms.validUntil,
        purposes: 0,
        classes: 0,
    };
    let second = clinic.world.send(patient(), clinic.contract, &call).unwrap().value;
    assert_eq!(
        clinic.evaluate(id, &policy, &request).unwrap().answer,
        answer::NO_CONSENT
    );
    assert_eq!(
        clinic.evaluate(second, &policy, &request).unwrap().answer,
        answer::PERMIT
    );
    clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: second })
        .unwrap();
    assert_eq!(
        clinic.evaluate(second, &policy, &request).unwrap().answer,
        answer::NO_CONSENT
    );
    assert_eq!(clinic.status(second), status::REVOKED);
}

/// What is undisclosed to the coarse check is answered by the opened policy.
#[test]
fn the_opened_policy_answers_what_the_coarse_check_cannot() {
    let mut clinic = Clinic::new();
    let policy = encoded(&policy());
    let call = grantConsentCall {
        commitment: commitment(&policy),
        purposes: 0,
        classes: 0,
        ..clinic.terms()
    };
    let id = clinic.grant(&call).unwrap();
    assert_eq!(clinic.check(), answer::NO_CONSENT);
    assert_eq!(
        clinic.evaluate(id, &policy, &asked(|_| ())).unwrap().answer,
        answer::PERMIT
    );
}

#[test]
fn a_commitment_to_something_malformed_is_refused_with_the_rule_and_the_place() {
    let good = encoded(&Policy::new(Effect::Permit, 0));
    let with = |index: usize, byte| {
        let mut bytes = good.clone();
        bytes[index] = byte;
        bytes
    };
    for (bytes, rule, offset) in [
        (vec![], 1, 0),
        (good[..10].to_vec(), 1, 0),
        ([&good[..], &[0]].concat(), 2, 19),
        (with(0, 2), 3, 1),
        (with(1, 3), 4, 2),
        (with(16, 0xff), 1, 18),
        (with(10, 0x80), 6, 14),
        (vec![1; MAX_POLICY_BYTES + 1], 14, 0),
    ] {
        let mut clinic = Clinic::new();
        let id = clinic.grant_policy(&bytes);
        let refused = refusal::<MalformedPolicy>(clinic.evaluate(id, &bytes, &asked(|_| ())));
        assert_eq!(refused.rule, rule, "{} bytes", bytes.len());
        if rule != 1 {
            assert_eq!(refused.offset, offset, "rule {rule}");
        }
    }
}

#[test]
fn a_malformed_request_is_refused_with_the_rule() {
    let (mut clinic, id, policy) = opened();
    let good = asked(|_| ());
    let mut refused = |request: &[u8]| refusal::<MalformedRequest>(clinic.evaluate(id, &policy, request)).rule;
    assert_eq!(refused(&[]), 1);
    assert_eq!(refused(&good[..good.len() - 1]), 1);
    assert_eq!(refused(&[&good[..], &[0]].concat()), 2);
    let with = |index: usize, byte| {
        let mut bytes = good.clone();
        bytes[index] = byte;
        bytes
    };
    assert_eq!(refused(&with(0, 9)), 3);
    assert_eq!(refused(&with(1, 200)), 6);
    assert_eq!(refused(&with(9, 0x80)), 6);
}

#[test]
fn the_deepest_and_the_largest_policy_are_evaluated_within_a_block() {
    let mut deepest = vec![];
    for _ in 0..MAX_DEPTH {
        deepest = vec![Provision {
            criteria: Criteria::default(),
            provisions: deepest,
        }];
    }
    let classes = |class: ResourceClass| Criteria {
        classes: class.mask(),
        ..Criteria::default()
    };
    // All but the last provision are about something else, so that none can be skipped.
    let mut wide = vec![
        Provision {
            criteria: classes(ResourceClass::CLAIM),
            provisions: vec![]
        };
        MAX_PROVISIONS - 1
    ];
    wide.push(Provision {
        criteria: classes(ResourceClass::OBSERVATION),
        provisions: vec![],
    });
    let longest: Vec<_> = (0..MAX_PROVISIONS as u8)
        .map(|number| {
            let addresses = (0..4).map(|other| [number ^ other; 20]).collect();
            let actors = salus_core::consent::Actors {
                addresses,
                ..Default::default()
            };
            Provision {
                criteria: Criteria {
                    actors,
                    ..classes(ResourceClass::CLAIM)
                },
                provisions: vec![],
            }
        })
        .collect();
    for (provisions, path) in [
        (deepest, vec![0; MAX_DEPTH]),
        (wide, vec![MAX_PROVISIONS as u8 - 1]),
        (longest, vec![]),
    ] {
        let mut clinic = Clinic::new();
        let policy = encoded(&Policy {
            provisions,
            ..Policy::new(Effect::Permit, 0)
        });
        let id = clinic.grant_policy(&policy);
        let expected = if path.len() % 2 == 0 {
            answer::PERMIT
        } else {
            answer::DENY
        };
        let decision = clinic.evaluate(id, &policy, &asked(|_| ())).unwrap();
        assert_eq!(
            (decision.answer, decision.path.to_vec()),
            (expected, path),
            "{} bytes",
            policy.len()
        );
    }
}

#[test]
fn the_salt_is_part_of_what_is_committed_to() {
    assert_ne!(SALT, B256::ZERO);
    let (mut clinic, id, policy) = opened();
    let entry = clinic.world.view(clinic.contract, &consentOfCall { consentId: id });
    assert_eq!(entry.commitment, commitment(&policy));
    let unsalted = alloy_core::primitives::keccak256(&policy);
    assert_ne!(entry.commitment, unsalted);
}
