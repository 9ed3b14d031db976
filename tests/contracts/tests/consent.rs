//! Consents on chain: who may grant them, what everybody sees of it, and what the coarse check answers.

use alloy_core::primitives::{Address, B256};
use salus_core::codes::{Purpose, ResourceClass};
use salus_devchain::runtime::CHAIN_ID;
use salus_tests_contracts::{
    consent::{Clinic, IConsent::*, SUBJECT, answer, consent_id, doctor, patient, status, stranger},
    events, refusal,
};

const OTHER: B256 = B256::repeat_byte(0x0e);

// Grants.

#[test]
fn a_grant_is_announced_readable_and_answers() {
    let mut clinic = Clinic::new();
    assert_eq!(clinic.check(), answer::NO_CONSENT);
    let call = clinic.terms();
    let done = clinic.world.send(patient(), clinic.contract, &call).unwrap();
    let id = done.value;
    assert_eq!(
        events::<ConsentGranted>(clinic.contract, &done.logs),
        [ConsentGranted {
            consentId: id,
            subject: SUBJECT,
            grantee: doctor(),
            commitment: call.commitment,
            validFrom: call.validFrom,
            validUntil: u64::MAX,
            purposes: call.purposes,
            classes: call.classes,
            grantor: patient(),
            limit: u64::MAX,
        }]
    );
    assert_eq!(done.logs.len(), 1);
    let entry = clinic.world.view(clinic.contract, &consentOfCall { consentId: id });
    assert_eq!(
        (entry.subject, entry.grantee, entry.commitment),
        (SUBJECT, doctor(), call.commitment)
    );
    assert_eq!((entry.validFrom, entry.validUntil), (call.validFrom, u64::MAX));
    assert_eq!((entry.purposes, entry.classes), (call.purposes, call.classes));
    assert_eq!((entry.status, entry.sequence), (status::ACTIVE, 0));
    let current = currentConsentCall {
        subject: SUBJECT,
        grantee: doctor(),
    };
    assert_eq!(clinic.world.view(clinic.contract, &current), id);
    assert_eq!(clinic.check(), answer::PERMIT);
}

/// What an index can search for are pseudonyms and addresses; nothing of what was consented to.
#[test]
fn rule_13_no_topic_says_what_was_consented_to() {
    let mut clinic = Clinic::new();
    let call = clinic.terms();
    let done = clinic.world.send(patient(), clinic.contract, &call).unwrap();
    let mut grantee = [0; 32];
    grantee[12..].copy_from_slice(doctor().as_slice());
    let topics: Vec<[u8; 32]> = done.logs[0].topics[1..].iter().map(|topic| topic.0).collect();
    assert_eq!(topics, [done.value.0, SUBJECT.0, grantee]);
}

#[test]
fn identifiers_are_what_the_documentation_says() {
    let mut clinic = Clinic::new();
    let first = clinic.grant_policy(b"any");
    assert_eq!(first, consent_id(CHAIN_ID, clinic.contract, SUBJECT, doctor(), 0));
    clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: first })
        .unwrap();
    let second = clinic.grant_policy(b"any");
    assert_eq!(second, consent_id(CHAIN_ID, clinic.contract, SUBJECT, doctor(), 1));
}

#[test]
fn only_the_controller_grants() {
    let mut clinic = Clinic::new();
    let call = clinic.terms();
    let Clinic {
        mut world, contract, ..
    } = clinic;
    for caller in [stranger(), doctor()] {
        let refused = refusal::<NotController>(world.send(caller, contract, &call));
        assert_eq!(
            refused,
            NotController {
                subject: SUBJECT,
                caller
            }
        );
    }
    let unknown = grantConsentCall { subject: OTHER, ..call };
    assert_eq!(
        refusal::<UnknownSubject>(world.send(patient(), contract, &unknown)).subject,
        OTHER
    );
}

#[test]
fn a_grant_that_makes_no_sense_is_refused_by_name() {
    let mut clinic = Clinic::new();
    let call = clinic.terms();
    let nobody = grantConsentCall {
        grantee: Address::ZERO,
        ..call.clone()
    };
    assert_eq!(refusal::<InvalidGrantee>(clinic.grant(&nobody)).grantee, Address::ZERO);
    let nothing = grantConsentCall {
        commitment: B256::ZERO,
        ..call.clone()
    };
    refusal::<InvalidCommitment>(clinic.grant(&nothing));
    let reversed = grantConsentCall {
        validUntil: call.validFrom - 1,
        ..call.clone()
    };
    let expected = InvalidValidity {
        validFrom: call.validFrom,
        validUntil: call.validFrom - 1,
    };
    assert_eq!(refusal::<InvalidValidity>(clinic.grant(&reversed)), expected);
    let unknown = grantConsentCall {
        purposes: 1 << 63 | 1,
        classes: 1 << 62 | 1,
        ..call.clone()
    };
    let expected = UnknownBits {
        purposes: 1 << 63,
        classes: 1 << 62,
    };
    assert_eq!(refusal::<UnknownBits>(clinic.grant(&unknown)), expected);
    let half = grantConsentCall {
        classes: 0,
        ..call.clone()
    };
    assert_eq!(
        refusal::<HalfDisclosed>(clinic.grant(&half)),
        HalfDisclosed {
            purposes: call.purposes,
            classes: 0
        }
    );
    assert_eq!(clinic.check(), answer::NO_CONSENT, "nothing of that left a trace");
    clinic.grant(&call).unwrap();
}

#[test]
fn a_grant_is_not_repeated_while_it_lives() {
    let mut clinic = Clinic::new();
    let now = clinic.now();
    let call = grantConsentCall {
        validFrom: now + 60,
        validUntil: now + 120,
        ..clinic.terms()
    };
    let first = clinic.grant(&call).unwrap();
    assert_eq!(
        refusal::<ConsentActive>(clinic.grant(&call)).consentId,
        first,
        "it is yet to come"
    );
    clinic.world.session.advance_time(120);
    assert_eq!(
        refusal::<ConsentActive>(clinic.grant(&call)).consentId,
        first,
        "its last second"
    );
    clinic.world.session.advance_time(1);
    let second = clinic.grant(&call).unwrap();
    assert_ne!(first, second);
    assert_eq!(
        clinic.status(first),
        status::ACTIVE,
        "expiry changes nothing that is stored"
    );
}

#[test]
fn consents_for_several_grantees_live_side_by_side() {
    let mut clinic = Clinic::new();
    let call = clinic.terms();
    let first = clinic.grant(&call).unwrap();
    let second = clinic
        .grant(&grantConsentCall {
            grantee: stranger(),
            ..call
        })
        .unwrap();
    clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: second })
        .unwrap();
    assert_eq!(clinic.status(first), status::ACTIVE);
    assert_eq!(clinic.check(), answer::PERMIT);
}

// The coarse check.

#[test]
fn the_check_keeps_to_the_validity_to_the_second() {
    let mut clinic = Clinic::new();
    let now = clinic.now();
    let call = grantConsentCall {
        validFrom: now + 10,
        validUntil: now + 20,
        ..clinic.terms()
    };
    clinic.grant(&call).unwrap();
    for (seconds, expected) in [
        (9, answer::NO_CONSENT),
        (1, answer::PERMIT),
        (10, answer::PERMIT),
        (1, answer::NO_CONSENT),
    ] {
        clinic.world.session.advance_time(seconds);
        assert_eq!(
            clinic.check(),
            expected,
            "{} seconds after the grant",
            clinic.now() - now
        );
    }
}

#[test]
fn the_check_knows_what_is_disclosed_and_nothing_else() {
    let mut clinic = Clinic::new();
    let call = clinic.terms();
    clinic.grant(&call).unwrap();
    let Clinic {
        mut world, contract, ..
    } = clinic;
    let mut ask = |grantee, purpose: Purpose, class: ResourceClass| {
        world.view(
            contract,
            &checkCall {
                subject: SUBJECT,
                grantee,
                purpose: purpose.bit(),
                class: class.bit(),
            },
        )
    };
    let (treatment, observation) = (Purpose::TREAT, ResourceClass::OBSERVATION);
    assert_eq!(ask(doctor(), treatment, observation), answer::PERMIT);
    assert_eq!(ask(doctor(), Purpose::HRESCH, observation), answer::NO_CONSENT);
    assert_eq!(ask(doctor(), treatment, ResourceClass::CLAIM), answer::DENY);
    assert_eq!(ask(stranger(), treatment, observation), answer::NO_CONSENT);
    assert_eq!(ask(Address::ZERO, treatment, observation), answer::NO_CONSENT);
}

#[test]
fn a_consent_that_discloses_nothing_is_no_consent_to_the_check() {
    let mut clinic = Clinic::new();
    let call = grantConsentCall {
        purposes: 0,
        classes: 0,
        ..clinic.terms()
    };
    clinic.grant(&call).unwrap();
    assert_eq!(clinic.check(), answer::NO_CONSENT);
}

#[test]
fn numbers_that_stand_for_no_code_are_refused() {
    let Clinic {
        mut world, contract, ..
    } = Clinic::new();
    for number in [59, 64, 255] {
        let call = checkCall {
            subject: SUBJECT,
            grantee: doctor(),
            purpose: number,
            class: 0,
        };
        assert_eq!(
            refusal::<UnknownPurpose>(world.try_view(contract, &call)).purpose,
            number
        );
        let call = checkCall {
            subject: SUBJECT,
            grantee: doctor(),
            purpose: 0,
            class: number,
        };
        assert_eq!(refusal::<UnknownClass>(world.try_view(contract, &call)).class, number);
    }
}
