//! Whom a controller delegates to: guardians and others, for what, for which purposes, and until when.

use alloy_core::primitives::{Address, B256};
use salus_core::codes::{Purpose, ResourceClass};
use salus_tests_contracts::{
    account,
    consent::{Clinic, IConsent::*, SUBJECT, answer, asked, commitment, doctor, encoded, patient, status, stranger},
    events, refusal,
};

const GRANT: u8 = 1;
const END: u8 = 2;
const ANSWER: u8 = 4;
const DELEGATE: u8 = 16;
const ALL: u8 = 31;

fn guardian() -> Address {
    account(4)
}

fn delegation(powers: u8, purposes: u64, valid_until: u64) -> setDelegateCall {
    setDelegateCall {
        subject: SUBJECT,
        delegate: guardian(),
        powers,
        purposes,
        validUntil: valid_until,
    }
}

/// A clinic whose patient has given the guardian this.
fn with_guardian(powers: u8, purposes: u64, seconds: u64) -> (Clinic, u64) {
    let mut clinic = Clinic::new();
    let until = clinic.now() + seconds;
    let call = delegation(powers, purposes, until);
    clinic.world.send(patient(), clinic.contract, &call).unwrap();
    (clinic, until)
}

fn may_act(clinic: &mut Clinic, account: Address, powers: u8) -> bool {
    let call = mayActCall {
        subject: SUBJECT,
        account,
        powers,
    };
    clinic.world.view(clinic.contract, &call)
}

/// Rule 10: who granted is told apart from whose data it is, with the authority's end.
#[test]
fn rule_10_a_guardian_grants_until_the_guardianship_ends() {
    let (mut clinic, until) = with_guardian(GRANT | END, u64::MAX, 100);
    let contract = clinic.contract;
    let call = grantConsentCall {
        validUntil: until,
        ..clinic.terms()
    };
    let done = clinic.world.send(guardian(), contract, &call).unwrap();
    let granted = &events::<ConsentGranted>(contract, &done.logs)[0];
    assert_eq!((granted.grantor, granted.limit), (guardian(), u64::MAX));
    let entry = clinic.world.view(contract, &consentOfCall { consentId: done.value });
    assert_eq!((entry.grantor, entry.limit), (guardian(), u64::MAX));
    assert_eq!(clinic.check(), answer::PERMIT);
    let revoke = revokeConsentCall { consentId: done.value };
    let done = clinic.world.send(guardian(), contract, &revoke).unwrap();
    assert_eq!(events::<ConsentRevoked>(contract, &done.logs)[0].actor, guardian());

    clinic.world.session.advance_time(100);
    assert!(may_act(&mut clinic, guardian(), GRANT), "the last second");
    clinic.world.session.advance_time(1);
    assert!(!may_act(&mut clinic, guardian(), GRANT));
    let late = grantConsentCall {
        validUntil: until,
        validFrom: until - 1,
        ..call
    };
    refusal::<NotController>(clinic.world.send(guardian(), contract, &late));
    assert!(may_act(&mut clinic, patient(), ALL));
}

#[test]
fn what_a_delegate_grants_stays_within_purposes_and_time() {
    let treatment = Purpose::TREAT.mask();
    let (mut clinic, until) = with_guardian(GRANT, treatment, 100);
    let contract = clinic.contract;
    let call = grantConsentCall {
        validUntil: until,
        ..clinic.terms()
    };
    let beyond = [
        grantConsentCall {
            validUntil: until + 1,
            ..call.clone()
        },
        grantConsentCall {
            validUntil: u64::MAX,
            ..call.clone()
        },
        grantConsentCall {
            purposes: treatment | Purpose::HRESCH.mask(),
            ..call.clone()
        },
    ];
    for call in beyond {
        let refused = refusal::<BeyondDelegation>(clinic.world.send(guardian(), contract, &call));
        assert_eq!(
            refused,
            BeyondDelegation {
                validUntil: until,
                purposes: treatment
            }
        );
    }
    assert_eq!(clinic.check(), answer::NO_CONSENT);

    // A policy that permits everything: what it permits beyond the limit counts for nothing.
    let policy = encoded(&salus_core::consent::Policy::new(
        salus_core::consent::Effect::Permit,
        1_700_000_000,
    ));
    let call = grantConsentCall {
        commitment: commitment(&policy),
        ..call
    };
    let id = clinic.world.send(guardian(), contract, &call).unwrap().value;
    assert_eq!(clinic.check(), answer::PERMIT);
    assert_eq!(
        clinic.evaluate(id, &policy, &asked(|_| ())).unwrap().answer,
        answer::PERMIT
    );
    let research = asked(|request| request.purpose = Purpose::HRESCH);
    assert_eq!(
        clinic.evaluate(id, &policy, &research).unwrap().answer,
        answer::NO_CONSENT
    );
    let check = checkCall {
        subject: SUBJECT,
        grantee: doctor(),
        purpose: Purpose::HRESCH.bit(),
        class: ResourceClass::OBSERVATION.bit(),
    };
    assert_eq!(clinic.world.view(contract, &check), answer::NO_CONSENT);
}

#[test]
fn each_power_is_needed_for_what_it_is_for() {
    for powers in [0, END, ANSWER, DELEGATE] {
        let (mut clinic, until) = with_guardian(powers, u64::MAX, 100);
        let call = grantConsentCall {
            validUntil: until,
            ..clinic.terms()
        };
        let contract = clinic.contract;
        let refused = refusal::<NotController>(clinic.world.send(guardian(), contract, &call));
        assert_eq!(
            refused,
            NotController {
                subject: SUBJECT,
                caller: guardian()
            }
        );
    }
    let (mut clinic, until) = with_guardian(GRANT, u64::MAX, 100);
    let contract = clinic.contract;
    let call = grantConsentCall {
        validUntil: until,
        ..clinic.terms()
    };
    let id = clinic.world.send(guardian(), contract, &call).unwrap().value;
    let supersede = supersedeConsentCall {
        consentId: id,
        commitment: call.commitment,
        validFrom: call.validFrom,
        validUntil: until,
        purposes: 0,
        classes: 0,
    };
    refusal::<NotController>(
        clinic
            .world
            .send(guardian(), contract, &revokeConsentCall { consentId: id }),
    );
    refusal::<NotController>(clinic.world.send(guardian(), contract, &supersede));
    refusal::<NotController>(
        clinic
            .world
            .send(guardian(), contract, &delegation(GRANT, u64::MAX, until)),
    );
    let offer = transferControllerCall {
        subject: SUBJECT,
        newController: guardian(),
    };
    refusal::<NotController>(clinic.world.send(guardian(), contract, &offer));
    let successor = setSuccessorCall {
        subject: SUBJECT,
        successor: guardian(),
        silence: 1,
        grace: 1,
    };
    refusal::<NotController>(clinic.world.send(guardian(), contract, &successor));
    assert_eq!(clinic.status(id), status::ACTIVE);
    // With both powers a delegate supersedes, and what comes is theirs.
    let both = delegation(GRANT | END, Purpose::TREAT.mask(), until);
    clinic.world.send(patient(), contract, &both).unwrap();
    let id = clinic.world.send(guardian(), contract, &supersede).unwrap().value;
    let entry = clinic.world.view(contract, &consentOfCall { consentId: id });
    assert_eq!((entry.grantor, entry.limit), (guardian(), Purpose::TREAT.mask()));
}

#[test]
fn a_delegation_is_announced_readable_and_taken_back() {
    let (mut clinic, until) = with_guardian(GRANT, Purpose::TREAT.mask(), 100);
    let contract = clinic.contract;
    let told = |clinic: &mut Clinic| {
        let call = delegationOfCall {
            subject: SUBJECT,
            delegate: guardian(),
        };
        let told = clinic.world.view(clinic.contract, &call);
        (told.powers, told.purposes, told.validUntil)
    };
    assert_eq!(told(&mut clinic), (GRANT, Purpose::TREAT.mask(), until));
    let done = clinic.world.send(patient(), contract, &delegation(0, 0, 0)).unwrap();
    let expected = DelegateSet {
        subject: SUBJECT,
        delegate: guardian(),
        actor: patient(),
        powers: 0,
        purposes: 0,
        validUntil: 0,
    };
    assert_eq!(events::<DelegateSet>(contract, &done.logs), [expected]);
    assert_eq!(told(&mut clinic), (0, 0, 0));
    assert!(!may_act(&mut clinic, guardian(), GRANT));
    assert!(!may_act(&mut clinic, Address::ZERO, 0));
    assert!(
        !may_act(&mut clinic, stranger(), 0),
        "no power is not the controller's power"
    );
}

#[test]
fn a_delegation_that_makes_no_sense_is_refused_by_name() {
    let mut clinic = Clinic::new();
    let (contract, now) = (clinic.contract, clinic.now());
    let valid = delegation(GRANT, u64::MAX, now);
    for delegate in [Address::ZERO, patient()] {
        let call = setDelegateCall {
            delegate,
            ..valid.clone()
        };
        assert_eq!(
            refusal::<InvalidDelegate>(clinic.world.send(patient(), contract, &call)).delegate,
            delegate
        );
    }
    let call = setDelegateCall {
        powers: 32 | GRANT,
        ..valid.clone()
    };
    assert_eq!(
        refusal::<UnknownPowers>(clinic.world.send(patient(), contract, &call)).powers,
        32
    );
    let call = setDelegateCall {
        purposes: 1 << 63,
        ..valid.clone()
    };
    assert_eq!(
        refusal::<UnknownBits>(clinic.world.send(patient(), contract, &call)),
        UnknownBits {
            purposes: 1 << 63,
            classes: 0
        }
    );
    let call = setDelegateCall {
        validUntil: now - 1,
        ..valid.clone()
    };
    assert_eq!(
        refusal::<InvalidValidity>(clinic.world.send(patient(), contract, &call)),
        InvalidValidity {
            validFrom: now,
            validUntil: now - 1
        }
    );
    let call = setDelegateCall {
        subject: B256::repeat_byte(9),
        ..valid.clone()
    };
    refusal::<UnknownSubject>(clinic.world.send(patient(), contract, &call));
    refusal::<NotController>(clinic.world.send(stranger(), contract, &valid));
    clinic.world.send(patient(), contract, &valid).unwrap();
}

#[test]
fn a_delegate_names_others_who_may_do_no_more() {
    let (mut clinic, until) = with_guardian(GRANT | END | DELEGATE, Purpose::TREAT.mask(), 100);
    let contract = clinic.contract;
    let valid = setDelegateCall {
        delegate: stranger(),
        ..delegation(GRANT, Purpose::TREAT.mask(), until)
    };
    let beyond = [
        setDelegateCall {
            powers: GRANT | ANSWER,
            ..valid.clone()
        },
        setDelegateCall {
            purposes: u64::MAX,
            ..valid.clone()
        },
        setDelegateCall {
            validUntil: until + 1,
            ..valid.clone()
        },
    ];
    for call in beyond {
        refusal::<BeyondDelegation>(clinic.world.send(guardian(), contract, &call));
    }
    for delegate in [guardian(), patient(), Address::ZERO] {
        let call = setDelegateCall {
            delegate,
            ..valid.clone()
        };
        refusal::<InvalidDelegate>(clinic.world.send(guardian(), contract, &call));
    }
    let done = clinic.world.send(guardian(), contract, &valid).unwrap();
    assert_eq!(events::<DelegateSet>(contract, &done.logs)[0].actor, guardian());
    assert!(may_act(&mut clinic, stranger(), GRANT));

    // One who may do more than the guardian is not the guardian's to change.
    let more = setDelegateCall {
        powers: ALL,
        purposes: u64::MAX,
        ..valid.clone()
    };
    clinic.world.send(patient(), contract, &more).unwrap();
    refusal::<BeyondDelegation>(clinic.world.send(guardian(), contract, &valid));
    assert!(may_act(&mut clinic, stranger(), ALL));
}

#[test]
fn a_new_controller_starts_without_delegates() {
    let (mut clinic, _) = with_guardian(ALL, u64::MAX, 1000);
    let contract = clinic.contract;
    let offer = transferControllerCall {
        subject: SUBJECT,
        newController: stranger(),
    };
    clinic.world.send(patient(), contract, &offer).unwrap();
    assert!(may_act(&mut clinic, guardian(), ALL), "an offer changes nothing");
    clinic
        .world
        .send(stranger(), contract, &acceptControllerCall { subject: SUBJECT })
        .unwrap();
    assert!(!may_act(&mut clinic, guardian(), GRANT));
    assert!(!may_act(&mut clinic, patient(), GRANT));
    assert!(may_act(&mut clinic, stranger(), ALL));
    let told = delegationOfCall {
        subject: SUBJECT,
        delegate: guardian(),
    };
    assert_eq!(clinic.world.view(contract, &told).powers, 0);
}
