//! Requests for access on chain: who asks, who answers, with what, and what lapses.

use alloy_core::primitives::B256;
use salus_devchain::runtime::CHAIN_ID;
use salus_tests_contracts::{
    access::{IAccess::*, SUBJECT, Ward, doctor, identifier, patient, request_status as status, reviewer, stranger},
    consent::IConsent,
    events, refusal,
};

const COMMITMENT: B256 = B256::repeat_byte(0xc0);

fn asked(ward: &mut Ward) -> requestAccessCall {
    requestAccessCall {
        subject: SUBJECT,
        commitment: COMMITMENT,
        until: ward.now() + 600,
    }
}

fn open(ward: &mut Ward) -> B256 {
    let call = asked(ward);
    ward.send(doctor(), &call).expect("the doctor asks").value
}

/// A consent of the patient, for `grantee` until a second.
fn consent(ward: &mut Ward, grantee: alloy_core::primitives::Address, until: u64) -> B256 {
    let call = IConsent::grantConsentCall {
        subject: SUBJECT,
        grantee,
        commitment: B256::repeat_byte(0xcc),
        validFrom: ward.now(),
        validUntil: until,
        purposes: 0,
        classes: 0,
    };
    let granted = ward.world.send(patient(), ward.consent, &call);
    granted.expect("the patient consents").value
}

fn status_of(ward: &mut Ward, id: B256) -> u8 {
    ward.view(&requestOfCall { requestId: id }).status
}

fn waiting(ward: &mut Ward) -> B256 {
    ward.view(&openRequestCall {
        subject: SUBJECT,
        requester: doctor(),
    })
}

#[test]
fn a_request_is_announced_readable_and_waits() {
    let mut ward = Ward::new();
    let call = asked(&mut ward);
    let done = ward.send(doctor(), &call).unwrap();
    let id = identifier(*b"salus/request-id", CHAIN_ID, ward.contract, SUBJECT, doctor(), 0);
    assert_eq!(done.value, id);
    let expected = AccessRequested {
        requestId: id,
        subject: SUBJECT,
        requester: doctor(),
        commitment: COMMITMENT,
        until: call.until,
    };
    assert_eq!(events::<AccessRequested>(ward.contract, &done.logs), [expected]);
    let expected = requestOfReturn {
        subject: SUBJECT,
        requester: doctor(),
        commitment: COMMITMENT,
        until: call.until,
        status: status::OPEN,
        consentId: B256::ZERO,
    };
    assert_eq!(ward.view(&requestOfCall { requestId: id }), expected);
    assert_eq!(waiting(&mut ward), id);
    assert_eq!(status_of(&mut ward, B256::repeat_byte(9)), 0);
}

#[test]
fn requests_that_nobody_could_answer_are_refused() {
    let mut ward = Ward::new();
    let (call, now) = (asked(&mut ward), ward.now());
    let nothing = requestAccessCall {
        commitment: B256::ZERO,
        ..call.clone()
    };
    refusal::<InvalidCommitment>(ward.send(doctor(), &nothing));
    let late = requestAccessCall {
        until: now - 1,
        ..call.clone()
    };
    let error = refusal::<InvalidUntil>(ward.send(doctor(), &late));
    assert_eq!((error.until, error.currentTime), (now - 1, now));
    let unknown = requestAccessCall {
        subject: B256::repeat_byte(9),
        ..call
    };
    let error = refusal::<UnknownSubject>(ward.send(doctor(), &unknown));
    assert_eq!(error.subject, unknown.subject);
    assert_eq!(waiting(&mut ward), B256::ZERO);
}

#[test]
fn the_patient_approves_with_a_consent() {
    let mut ward = Ward::new();
    let id = open(&mut ward);
    let consent_id = consent(&mut ward, doctor(), u64::MAX);
    let approve = approveRequestCall {
        requestId: id,
        consentId: consent_id,
    };
    for caller in [doctor(), stranger(), reviewer()] {
        let error = refusal::<MayNotAct>(ward.send(caller, &approve));
        assert_eq!((error.subject, error.caller), (SUBJECT, caller));
    }
    let done = ward.send(patient(), &approve).unwrap();
    let expected = RequestApproved {
        requestId: id,
        subject: SUBJECT,
        requester: doctor(),
        consentId: consent_id,
        actor: patient(),
    };
    assert_eq!(events::<RequestApproved>(ward.contract, &done.logs), [expected]);
    let found = ward.view(&requestOfCall { requestId: id });
    assert_eq!((found.status, found.consentId), (status::APPROVED, consent_id));
    assert_eq!(waiting(&mut ward), B256::ZERO);
    let error = refusal::<RequestNotOpen>(ward.send(patient(), &approve));
    assert_eq!((error.requestId, error.status), (id, status::APPROVED));
}

#[test]
fn a_consent_that_is_not_for_it_does_not_answer() {
    let mut ward = Ward::new();
    let id = open(&mut ward);
    let for_another = consent(&mut ward, stranger(), u64::MAX);
    let revoked = consent(&mut ward, doctor(), u64::MAX);
    let revoke = IConsent::revokeConsentCall { consentId: revoked };
    ward.world.send(patient(), ward.consent, &revoke).unwrap();
    let end = ward.now() + 10;
    let over = consent(&mut ward, doctor(), end);
    ward.until(end + 1);
    for consent_id in [for_another, revoked, over, B256::repeat_byte(9), B256::ZERO] {
        let approve = approveRequestCall {
            requestId: id,
            consentId: consent_id,
        };
        let error = refusal::<UnsuitableConsent>(ward.send(patient(), &approve));
        assert_eq!(error.consentId, consent_id);
    }
    assert_eq!(status_of(&mut ward, id), status::OPEN);
}

#[test]
fn the_consent_of_another_subject_does_not_answer() {
    let mut ward = Ward::new();
    let other = B256::repeat_byte(0x77);
    ward.register(other);
    let call = requestAccessCall {
        subject: other,
        ..asked(&mut ward)
    };
    let id = ward.send(doctor(), &call).unwrap().value;
    let consent_id = consent(&mut ward, doctor(), u64::MAX);
    let approve = approveRequestCall {
        requestId: id,
        consentId: consent_id,
    };
    let error = refusal::<UnsuitableConsent>(ward.send(patient(), &approve));
    assert_eq!(error.consentId, consent_id);
}

#[test]
fn the_patient_refuses() {
    let mut ward = Ward::new();
    let id = open(&mut ward);
    let refuse = refuseRequestCall { requestId: id };
    for caller in [doctor(), stranger()] {
        let error = refusal::<MayNotAct>(ward.send(caller, &refuse));
        assert_eq!(error.caller, caller);
    }
    let done = ward.send(patient(), &refuse).unwrap();
    let expected = RequestRefused {
        requestId: id,
        subject: SUBJECT,
        requester: doctor(),
        actor: patient(),
    };
    assert_eq!(events::<RequestRefused>(ward.contract, &done.logs), [expected]);
    assert_eq!(status_of(&mut ward, id), status::REFUSED);
    refusal::<RequestNotOpen>(ward.send(patient(), &refuse));
    let unknown = refuseRequestCall {
        requestId: B256::repeat_byte(9),
    };
    let error = refusal::<UnknownRequest>(ward.send(patient(), &unknown));
    assert_eq!(error.requestId, unknown.requestId);
}

#[test]
fn who_asked_withdraws() {
    let mut ward = Ward::new();
    let id = open(&mut ward);
    let withdraw = withdrawRequestCall { requestId: id };
    for caller in [patient(), stranger()] {
        let error = refusal::<NotRequester>(ward.send(caller, &withdraw));
        assert_eq!((error.requestId, error.caller), (id, caller));
    }
    let done = ward.send(doctor(), &withdraw).unwrap();
    let expected = RequestWithdrawn {
        requestId: id,
        subject: SUBJECT,
        requester: doctor(),
    };
    assert_eq!(events::<RequestWithdrawn>(ward.contract, &done.logs), [expected]);
    assert_eq!(status_of(&mut ward, id), status::WITHDRAWN);
    let error = refusal::<RequestNotOpen>(ward.send(patient(), &refuseRequestCall { requestId: id }));
    assert_eq!(error.status, status::WITHDRAWN);
}

#[test]
fn a_request_lapses_by_itself_and_frees_its_place() {
    let mut ward = Ward::new();
    let (call, id) = (asked(&mut ward), open(&mut ward));
    ward.until(call.until);
    let error = refusal::<RequestOpen>(ward.send(doctor(), &call));
    assert_eq!(error.requestId, id);
    ward.send(stranger(), &call).unwrap();
    ward.until(call.until + 1);
    assert_eq!(status_of(&mut ward, id), status::LAPSED);
    assert_eq!(waiting(&mut ward), B256::ZERO);
    let error = refusal::<RequestNotOpen>(ward.send(patient(), &refuseRequestCall { requestId: id }));
    assert_eq!((error.requestId, error.status), (id, status::LAPSED));
    let second = open(&mut ward);
    assert_eq!(
        second,
        identifier(*b"salus/request-id", CHAIN_ID, ward.contract, SUBJECT, doctor(), 1)
    );
    assert_eq!(status_of(&mut ward, id), status::LAPSED, "it stays readable");
}
