//! A controller who falls silent: who follows, when, and how the controller ends a claim.

use alloy_core::primitives::Address;
use salus_tests_contracts::{
    account,
    consent::{Clinic, IConsent::*, SUBJECT, answer, patient, stranger},
    events, refusal,
};

const SILENCE: u64 = 1000;
const GRACE: u64 = 100;
const CLAIM: claimControllerCall = claimControllerCall { subject: SUBJECT };
const ACCEPT: acceptControllerCall = acceptControllerCall { subject: SUBJECT };

fn heir() -> Address {
    account(4)
}

fn declared() -> Clinic {
    let mut clinic = Clinic::new();
    let call = setSuccessorCall {
        subject: SUBJECT,
        successor: heir(),
        silence: SILENCE,
        grace: GRACE,
    };
    let done = clinic.world.send(patient(), clinic.contract, &call).unwrap();
    let expected = SuccessorSet {
        subject: SUBJECT,
        controller: patient(),
        successor: heir(),
        silence: SILENCE,
        grace: GRACE,
    };
    assert_eq!(events::<SuccessorSet>(clinic.contract, &done.logs), [expected]);
    clinic
}

fn controller(clinic: &mut Clinic) -> Address {
    clinic
        .world
        .view(clinic.contract, &controllerOfCall { subject: SUBJECT })
}

#[test]
fn the_successor_follows_after_silence_and_grace() {
    let mut clinic = declared();
    let (contract, start) = (clinic.contract, clinic.now());
    clinic.world.session.advance_time(SILENCE - 1);
    let refused = refusal::<TooEarly>(clinic.world.send(heir(), contract, &CLAIM));
    assert_eq!(refused.notBefore, start + SILENCE);
    clinic.world.session.advance_time(1);
    let done = clinic.world.send(heir(), contract, &CLAIM).unwrap();
    let expected = ControlClaimed {
        subject: SUBJECT,
        successor: heir(),
        acceptableFrom: start + SILENCE + GRACE,
    };
    assert_eq!(events::<ControlClaimed>(contract, &done.logs), [expected]);
    refusal::<ControlAlreadyClaimed>(clinic.world.send(heir(), contract, &CLAIM));
    clinic.world.session.advance_time(GRACE - 1);
    let refused = refusal::<TooEarly>(clinic.world.send(heir(), contract, &ACCEPT));
    assert_eq!(refused.notBefore, start + SILENCE + GRACE);
    assert_eq!(controller(&mut clinic), patient());
    clinic.world.session.advance_time(1);
    let done = clinic.world.send(heir(), contract, &ACCEPT).unwrap();
    assert_eq!(
        events::<ControllerTransferred>(contract, &done.logs)[0].previousController,
        patient()
    );
    assert_eq!(controller(&mut clinic), heir());
    let told = clinic.world.view(contract, &successionOfCall { subject: SUBJECT });
    assert_eq!(told.successor, Address::ZERO, "the new controller has declared nobody");
    refusal::<NotController>(
        clinic
            .world
            .send(patient(), contract, &confirmControllerCall { subject: SUBJECT }),
    );
}

#[test]
fn any_action_of_the_controller_is_a_sign_of_life() {
    let mut clinic = declared();
    let contract = clinic.contract;
    clinic.world.session.advance_time(SILENCE);
    let call = clinic.terms();
    clinic.grant(&call).unwrap();
    refusal::<TooEarly>(clinic.world.send(heir(), contract, &CLAIM));
    assert_eq!(clinic.check(), answer::PERMIT);

    // It ends a claim as well, and the silence begins anew.
    clinic.world.session.advance_time(SILENCE);
    clinic.world.send(heir(), contract, &CLAIM).unwrap();
    clinic.world.session.advance_time(GRACE);
    let confirm = confirmControllerCall { subject: SUBJECT };
    let done = clinic.world.send(patient(), contract, &confirm).unwrap();
    let expected = ControllerConfirmed {
        subject: SUBJECT,
        controller: patient(),
    };
    assert_eq!(events::<ControllerConfirmed>(contract, &done.logs), [expected]);
    refusal::<NotPendingController>(clinic.world.send(heir(), contract, &ACCEPT));
    refusal::<TooEarly>(clinic.world.send(heir(), contract, &CLAIM));
    let told = clinic.world.view(contract, &successionOfCall { subject: SUBJECT });
    assert_eq!((told.lastSign, told.claimedAt), (clinic.now(), 0));
    assert_eq!(controller(&mut clinic), patient());
}

#[test]
fn what_a_delegate_does_is_no_sign_of_life() {
    let mut clinic = declared();
    let (contract, now) = (clinic.contract, clinic.now());
    let call = setDelegateCall {
        subject: SUBJECT,
        delegate: stranger(),
        powers: 1,
        purposes: u64::MAX,
        validUntil: u64::MAX,
    };
    clinic.world.send(patient(), contract, &call).unwrap();
    clinic.world.session.advance_time(SILENCE);
    let call = grantConsentCall {
        validFrom: now,
        ..clinic.terms()
    };
    clinic.world.send(stranger(), contract, &call).unwrap();
    clinic.world.send(heir(), contract, &CLAIM).unwrap();
}

#[test]
fn nobody_but_the_successor_claims_and_none_where_none_is_declared() {
    let mut clinic = declared();
    let contract = clinic.contract;
    clinic.world.session.advance_time(SILENCE);
    for caller in [stranger(), patient()] {
        let refused = refusal::<NotSuccessor>(clinic.world.send(caller, contract, &CLAIM));
        assert_eq!(
            refused,
            NotSuccessor {
                subject: SUBJECT,
                caller
            }
        );
    }
    // A claim by one is nothing that another could accept.
    clinic.world.send(heir(), contract, &CLAIM).unwrap();
    clinic.world.session.advance_time(GRACE);
    refusal::<NotPendingController>(clinic.world.send(stranger(), contract, &ACCEPT));

    let none = setSuccessorCall {
        subject: SUBJECT,
        successor: Address::ZERO,
        silence: 0,
        grace: 0,
    };
    clinic.world.send(patient(), contract, &none).unwrap();
    clinic.world.session.advance_time(SILENCE);
    refusal::<NotSuccessor>(clinic.world.send(heir(), contract, &CLAIM));
    refusal::<NotPendingController>(clinic.world.send(heir(), contract, &ACCEPT));
    let mut other = Clinic::new();
    other.world.session.advance_time(SILENCE);
    refusal::<NotSuccessor>(other.world.send(heir(), other.contract, &CLAIM));
    refusal::<UnknownSubject>(Clinic::without_subject().world.send(heir(), other.contract, &CLAIM));
}

#[test]
fn a_succession_that_makes_no_sense_is_refused() {
    let mut clinic = declared();
    let contract = clinic.contract;
    for (successor, silence, grace) in [(patient(), 1, 1), (heir(), 0, 1), (heir(), 1, 0)] {
        let call = setSuccessorCall {
            subject: SUBJECT,
            successor,
            silence,
            grace,
        };
        refusal::<InvalidSuccession>(clinic.world.send(patient(), contract, &call));
    }
    // Times that never come are no overflow.
    let never = setSuccessorCall {
        subject: SUBJECT,
        successor: heir(),
        silence: u64::MAX,
        grace: u64::MAX,
    };
    clinic.world.send(patient(), contract, &never).unwrap();
    assert_eq!(
        refusal::<TooEarly>(clinic.world.send(heir(), contract, &CLAIM)).notBefore,
        u64::MAX
    );
}
