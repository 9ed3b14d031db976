//! Subjects on chain: who registers them, who controls them, and how control passes on.

use alloy_core::primitives::{Address, B256};
use salus_tests_contracts::{
    account,
    consent::{Clinic, IConsent::*, SUBJECT, patient, stranger},
    events, refusal,
};

const OTHER: B256 = B256::repeat_byte(0x0e);

#[test]
fn whoever_registers_a_subject_controls_it_and_everybody_sees_that() {
    let Clinic {
        mut world, contract, ..
    } = Clinic::without_subject();
    assert_eq!(
        world.view(contract, &controllerOfCall { subject: SUBJECT }),
        Address::ZERO
    );
    let done = world
        .send(patient(), contract, &registerSubjectCall { subject: SUBJECT })
        .unwrap();
    assert_eq!(
        events::<SubjectRegistered>(contract, &done.logs),
        [SubjectRegistered {
            subject: SUBJECT,
            controller: patient()
        }]
    );
    assert_eq!(done.logs.len(), 1);
    assert_eq!(world.view(contract, &controllerOfCall { subject: SUBJECT }), patient());
}

#[test]
fn a_subject_is_registered_once_and_is_not_zero() {
    let Clinic {
        mut world, contract, ..
    } = Clinic::new();
    for caller in [patient(), stranger()] {
        let result = world.send(caller, contract, &registerSubjectCall { subject: SUBJECT });
        assert_eq!(refusal::<SubjectAlreadyRegistered>(result).subject, SUBJECT);
    }
    refusal::<InvalidSubject>(world.send(patient(), contract, &registerSubjectCall { subject: B256::ZERO }));
    assert_eq!(world.view(contract, &controllerOfCall { subject: SUBJECT }), patient());
}

#[test]
fn control_passes_when_it_is_accepted_and_not_before() {
    let Clinic {
        mut world, contract, ..
    } = Clinic::new();
    let (guardian, subject) = (account(4), SUBJECT);
    let offer = transferControllerCall {
        subject,
        newController: guardian,
    };
    let done = world.send(patient(), contract, &offer).unwrap();
    let started = ControllerTransferStarted {
        subject,
        controller: patient(),
        newController: guardian,
    };
    assert_eq!(events::<ControllerTransferStarted>(contract, &done.logs), [started]);
    assert_eq!(world.view(contract, &controllerOfCall { subject }), patient());
    assert_eq!(world.view(contract, &pendingControllerOfCall { subject }), guardian);

    let refused = refusal::<NotPendingController>(world.send(stranger(), contract, &acceptControllerCall { subject }));
    assert_eq!(
        refused,
        NotPendingController {
            subject,
            caller: stranger()
        }
    );

    let done = world
        .send(guardian, contract, &acceptControllerCall { subject })
        .unwrap();
    let transferred = ControllerTransferred {
        subject,
        previousController: patient(),
        newController: guardian,
    };
    assert_eq!(events::<ControllerTransferred>(contract, &done.logs), [transferred]);
    assert_eq!(world.view(contract, &controllerOfCall { subject }), guardian);
    assert_eq!(
        world.view(contract, &pendingControllerOfCall { subject }),
        Address::ZERO
    );

    let again = world.send(guardian, contract, &acceptControllerCall { subject });
    refusal::<NotPendingController>(again);
    let refused = refusal::<NotController>(world.send(patient(), contract, &offer));
    assert_eq!(
        refused,
        NotController {
            subject,
            caller: patient()
        }
    );
}

#[test]
fn an_offer_of_control_can_be_taken_back() {
    let Clinic {
        mut world, contract, ..
    } = Clinic::new();
    let subject = SUBJECT;
    let offer = |heir| transferControllerCall {
        subject,
        newController: heir,
    };
    world.send(patient(), contract, &offer(stranger())).unwrap();
    world.send(patient(), contract, &offer(Address::ZERO)).unwrap();
    assert_eq!(
        world.view(contract, &pendingControllerOfCall { subject }),
        Address::ZERO
    );
    refusal::<NotPendingController>(world.send(stranger(), contract, &acceptControllerCall { subject }));
}

#[test]
fn nobody_but_the_controller_offers_control() {
    let Clinic {
        mut world, contract, ..
    } = Clinic::new();
    let call = transferControllerCall {
        subject: SUBJECT,
        newController: stranger(),
    };
    assert_eq!(
        refusal::<NotController>(world.send(stranger(), contract, &call)).caller,
        stranger()
    );
    let call = transferControllerCall {
        subject: OTHER,
        newController: stranger(),
    };
    assert_eq!(
        refusal::<UnknownSubject>(world.send(patient(), contract, &call)).subject,
        OTHER
    );
    refusal::<UnknownSubject>(world.send(patient(), contract, &acceptControllerCall { subject: OTHER }));
}

#[test]
fn control_brings_the_consents_with_it() {
    let mut clinic = Clinic::new();
    let call = clinic.terms();
    let id = clinic.grant(&call).unwrap();
    let Clinic {
        mut world, contract, ..
    } = clinic;
    world
        .send(
            patient(),
            contract,
            &transferControllerCall {
                subject: SUBJECT,
                newController: stranger(),
            },
        )
        .unwrap();
    world
        .send(stranger(), contract, &acceptControllerCall { subject: SUBJECT })
        .unwrap();
    refusal::<NotController>(world.send(patient(), contract, &revokeConsentCall { consentId: id }));
    world
        .send(stranger(), contract, &revokeConsentCall { consentId: id })
        .unwrap();
}
