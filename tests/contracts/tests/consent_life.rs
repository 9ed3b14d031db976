//! How consents end: revoked, superseded, entered in error.

use alloy_core::primitives::B256;
use salus_tests_contracts::{
    consent::{Clinic, IConsent::*, SUBJECT, answer, doctor, patient, status, stranger},
    events, refusal,
};

const UNKNOWN: B256 = B256::repeat_byte(0x99);

fn granted() -> (Clinic, B256) {
    let mut clinic = Clinic::new();
    let call = clinic.terms();
    let id = clinic.grant(&call).expect("the consent is granted");
    (clinic, id)
}

/// Terms that narrow the first ones.
fn narrower(clinic: &mut Clinic, id: B256) -> supersedeConsentCall {
    let now = clinic.now();
    supersedeConsentCall {
        consentId: id,
        commitment: B256::repeat_byte(0xdd),
        validFrom: now,
        validUntil: now + 100,
        purposes: 0,
        classes: 0,
    }
}

// Revocation.

#[test]
fn rule_14_revocation_takes_effect_in_its_own_block_and_is_announced() {
    let (mut clinic, id) = granted();
    assert_eq!(clinic.check(), answer::PERMIT);
    let block = clinic.world.session.block_number();
    let done = clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: id })
        .unwrap();
    assert_eq!(clinic.check(), answer::NO_CONSENT);
    assert_eq!(clinic.world.session.block_number(), block);
    let revoked = ConsentRevoked {
        consentId: id,
        subject: SUBJECT,
        actor: patient(),
    };
    assert_eq!(events::<ConsentRevoked>(clinic.contract, &done.logs), [revoked]);
    assert_eq!(done.logs.len(), 1);
    assert_eq!(clinic.status(id), status::REVOKED);
}

#[test]
fn only_the_controller_revokes() {
    let (mut clinic, id) = granted();
    for caller in [stranger(), doctor()] {
        let result = clinic
            .world
            .send(caller, clinic.contract, &revokeConsentCall { consentId: id });
        assert_eq!(
            refusal::<NotController>(result),
            NotController {
                subject: SUBJECT,
                caller
            }
        );
    }
    let result = clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: UNKNOWN });
    assert_eq!(refusal::<UnknownConsent>(result).consentId, UNKNOWN);
    assert_eq!(clinic.check(), answer::PERMIT);
}

#[test]
fn rule_11_revocation_is_final() {
    let (mut clinic, id) = granted();
    clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: id })
        .unwrap();
    let expected = ConsentNotActive {
        consentId: id,
        status: status::REVOKED,
    };
    let again = clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: id });
    assert_eq!(refusal::<ConsentNotActive>(again), expected);
    let call = narrower(&mut clinic, id);
    let superseded = clinic.world.send(patient(), clinic.contract, &call);
    assert_eq!(refusal::<ConsentNotActive>(superseded), expected);
    let marked = clinic
        .world
        .send(patient(), clinic.contract, &markEnteredInErrorCall { consentId: id });
    assert_eq!(refusal::<ConsentNotActive>(marked), expected);
    clinic.world.session.advance_blocks(3);
    assert_eq!(clinic.status(id), status::REVOKED);
}

#[test]
fn rule_11_a_new_grant_after_revocation_is_a_new_consent_and_the_old_one_stays_readable() {
    let (mut clinic, first) = granted();
    clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: first })
        .unwrap();
    let call = grantConsentCall {
        commitment: B256::repeat_byte(0xee),
        ..clinic.terms()
    };
    let second = clinic.grant(&call).unwrap();
    assert_ne!(first, second);
    assert_eq!(clinic.check(), answer::PERMIT);
    let old = clinic.world.view(clinic.contract, &consentOfCall { consentId: first });
    assert_eq!((old.status, old.commitment), (status::REVOKED, B256::repeat_byte(0xcc)));
    let new = clinic.world.view(clinic.contract, &consentOfCall { consentId: second });
    assert_eq!((new.status, new.sequence), (status::ACTIVE, 1));
}

#[test]
fn an_expired_consent_may_still_be_revoked() {
    let mut clinic = Clinic::new();
    let now = clinic.now();
    let call = grantConsentCall {
        validUntil: now + 1,
        ..clinic.terms()
    };
    let id = clinic.grant(&call).unwrap();
    clinic.world.session.advance_time(10);
    clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: id })
        .unwrap();
    assert_eq!(clinic.status(id), status::REVOKED);
}

// Superseding.

#[test]
fn superseding_replaces_the_consent_and_says_both() {
    let (mut clinic, first) = granted();
    let call = narrower(&mut clinic, first);
    let done = clinic.world.send(patient(), clinic.contract, &call).unwrap();
    let second = done.value;
    let superseded = ConsentSuperseded {
        consentId: first,
        newConsentId: second,
        subject: SUBJECT,
        actor: patient(),
    };
    assert_eq!(events::<ConsentSuperseded>(clinic.contract, &done.logs), [superseded]);
    assert_eq!(
        events::<ConsentGranted>(clinic.contract, &done.logs),
        [ConsentGranted {
            consentId: second,
            subject: SUBJECT,
            grantee: doctor(),
            commitment: call.commitment,
            validFrom: call.validFrom,
            validUntil: call.validUntil,
            purposes: 0,
            classes: 0,
            grantor: patient(),
            limit: u64::MAX,
        }]
    );
    assert_eq!(done.logs.len(), 2);
    assert_eq!(
        (clinic.status(first), clinic.status(second)),
        (status::SUPERSEDED, status::ACTIVE)
    );
    let current = currentConsentCall {
        subject: SUBJECT,
        grantee: doctor(),
    };
    assert_eq!(clinic.world.view(clinic.contract, &current), second);
    assert_eq!(clinic.check(), answer::NO_CONSENT, "the new one discloses nothing");
}

#[test]
fn only_a_live_consent_is_superseded_and_only_by_its_controller() {
    let mut clinic = Clinic::new();
    let now = clinic.now();
    let call = grantConsentCall {
        validUntil: now + 60,
        ..clinic.terms()
    };
    let first = clinic.grant(&call).unwrap();
    let call = narrower(&mut clinic, first);
    let send = |clinic: &mut Clinic, caller, call: &supersedeConsentCall| {
        clinic.world.send(caller, clinic.contract, call).map(|done| done.value)
    };
    assert_eq!(
        refusal::<NotController>(send(&mut clinic, stranger(), &call)).caller,
        stranger()
    );
    let unknown = supersedeConsentCall {
        consentId: UNKNOWN,
        ..call.clone()
    };
    assert_eq!(
        refusal::<UnknownConsent>(send(&mut clinic, patient(), &unknown)).consentId,
        UNKNOWN
    );
    let reversed = supersedeConsentCall {
        validUntil: now - 1,
        ..call.clone()
    };
    refusal::<InvalidValidity>(send(&mut clinic, patient(), &reversed));
    let bits = supersedeConsentCall {
        purposes: 1 << 60,
        classes: 1,
        ..call.clone()
    };
    refusal::<UnknownBits>(send(&mut clinic, patient(), &bits));
    let nothing = supersedeConsentCall {
        commitment: B256::ZERO,
        ..call.clone()
    };
    refusal::<InvalidCommitment>(send(&mut clinic, patient(), &nothing));
    assert_eq!(clinic.status(first), status::ACTIVE);

    let second = send(&mut clinic, patient(), &call).unwrap();
    let expected = ConsentNotActive {
        consentId: first,
        status: status::SUPERSEDED,
    };
    assert_eq!(
        refusal::<ConsentNotActive>(send(&mut clinic, patient(), &call)),
        expected
    );
    clinic.world.session.advance_time(101);
    let late = supersedeConsentCall {
        consentId: second,
        validUntil: u64::MAX,
        ..call.clone()
    };
    let expected = ConsentExpired {
        consentId: second,
        validUntil: call.validUntil,
    };
    assert_eq!(refusal::<ConsentExpired>(send(&mut clinic, patient(), &late)), expected);
}

#[test]
fn revoking_a_superseded_consent_does_not_touch_its_successor() {
    let (mut clinic, first) = granted();
    let now = clinic.now();
    let call = supersedeConsentCall {
        purposes: 1,
        classes: 1 << 5,
        ..narrower(&mut clinic, first)
    };
    clinic.world.send(patient(), clinic.contract, &call).unwrap();
    let result = clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: first });
    assert_eq!(refusal::<ConsentNotActive>(result).status, status::SUPERSEDED);
    assert_eq!(clinic.check(), answer::PERMIT);
    assert_eq!(clinic.now(), now);
}

// Entered in error.

#[test]
fn what_was_entered_in_error_answers_nothing_and_makes_room() {
    let (mut clinic, id) = granted();
    let result = clinic
        .world
        .send(stranger(), clinic.contract, &markEnteredInErrorCall { consentId: id });
    assert_eq!(refusal::<NotController>(result).caller, stranger());
    let done = clinic
        .world
        .send(patient(), clinic.contract, &markEnteredInErrorCall { consentId: id })
        .unwrap();
    let expected = ConsentEnteredInError {
        consentId: id,
        subject: SUBJECT,
        actor: patient(),
    };
    assert_eq!(events::<ConsentEnteredInError>(clinic.contract, &done.logs), [expected]);
    assert_eq!(
        (clinic.status(id), clinic.check()),
        (status::ENTERED_IN_ERROR, answer::NO_CONSENT)
    );
    let again = clinic
        .world
        .send(patient(), clinic.contract, &markEnteredInErrorCall { consentId: id });
    assert_eq!(refusal::<ConsentNotActive>(again).status, status::ENTERED_IN_ERROR);
    let call = clinic.terms();
    assert_ne!(clinic.grant(&call).unwrap(), id);
}

#[test]
fn an_unknown_consent_reads_as_nothing() {
    let mut clinic = Clinic::new();
    let entry = clinic
        .world
        .view(clinic.contract, &consentOfCall { consentId: UNKNOWN });
    assert_eq!((entry.status, entry.subject, entry.sequence), (0, B256::ZERO, 0));
    let current = currentConsentCall {
        subject: SUBJECT,
        grantee: doctor(),
    };
    assert_eq!(clinic.world.view(clinic.contract, &current), B256::ZERO);
}
