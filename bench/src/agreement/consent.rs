//! A consent's life and every way to be refused.

use alloy_core::{
    primitives::{Address, B256},
    sol_types::SolCall,
};
use salus_core::codes::{Purpose, ResourceClass};
use salus_devchain::session::Actor;

use super::Company;
use crate::{consent::IConsent, meter::word};

const PATIENT: usize = 1;
const DOCTOR: usize = 2;
const STRANGER: usize = 3;
const SUBJECT: B256 = B256::repeat_byte(0x5b);

fn company() -> Company {
    let mut consents = Company::new("consent", "Consent");
    let register = IConsent::registerSubjectCall { subject: SUBJECT };
    consents
        .call(PATIENT, &register)
        .answer::<IConsent::registerSubjectCall>();
    consents
}

fn grant(now: u64) -> IConsent::grantConsentCall {
    IConsent::grantConsentCall {
        subject: SUBJECT,
        grantee: word(Actor::ethereum(DOCTOR).address()),
        commitment: B256::repeat_byte(0xcc),
        validFrom: now + 10,
        validUntil: now + 20,
        purposes: Purpose::TREAT.mask() | Purpose::HRESCH.mask(),
        classes: ResourceClass::OBSERVATION.mask(),
    }
}

fn check(purpose: u8, class: u8) -> IConsent::checkCall {
    IConsent::checkCall {
        subject: SUBJECT,
        grantee: word(Actor::ethereum(DOCTOR).address()),
        purpose,
        class,
    }
}

#[test]
fn a_consent_lives_alike() {
    let mut consents = company();
    let now = consents.now();
    let coarse = check(Purpose::TREAT.bit(), ResourceClass::OBSERVATION.bit());
    let answer = |consents: &mut Company, check: &IConsent::checkCall| {
        consents.ask(STRANGER, check).answer::<IConsent::checkCall>()
    };
    assert_eq!(answer(&mut consents, &coarse), 0);
    let id = consents
        .call(PATIENT, &grant(now))
        .answer::<IConsent::grantConsentCall>();
    assert_eq!(answer(&mut consents, &coarse), 0);
    // Before, at the first second, inside, at the last second, after.
    for (seconds, expected) in [(10, 1), (5, 1), (5, 1), (1, 0)] {
        consents.advance_time(seconds);
        assert_eq!(answer(&mut consents, &coarse), expected, "{seconds}");
    }
    let again = consents
        .call(PATIENT, &grant(now + 11))
        .answer::<IConsent::grantConsentCall>();
    assert_ne!(id, again);
    for purpose in [Purpose::HRESCH, Purpose::HPAYMT] {
        for class in [ResourceClass::OBSERVATION, ResourceClass::CONDITION] {
            answer(&mut consents, &check(purpose.bit(), class.bit()));
        }
    }
    let consent_of = |consents: &mut Company, id: B256| {
        consents
            .ask(STRANGER, &IConsent::consentOfCall { consentId: id })
            .answer::<IConsent::consentOfCall>()
    };
    assert_eq!(consent_of(&mut consents, again).sequence, 1);
    let revoke = IConsent::revokeConsentCall { consentId: again };
    consents.call(PATIENT, &revoke).answer::<IConsent::revokeConsentCall>();
    assert_eq!(consent_of(&mut consents, again).status, 3);
    assert_eq!(consent_of(&mut consents, id).status, 1);
    assert_eq!(consent_of(&mut consents, B256::ZERO).status, 0);
    assert_eq!(answer(&mut consents, &coarse), 0);
    for subject in [SUBJECT, B256::ZERO] {
        let asked = IConsent::controllerOfCall { subject };
        consents.ask(STRANGER, &asked).answer::<IConsent::controllerOfCall>();
    }
}

#[test]
fn every_refusal_is_alike() {
    let mut consents = company();
    let valid = grant(consents.now());
    let change = |change: fn(&mut IConsent::grantConsentCall)| {
        let mut call = valid.clone();
        change(&mut call);
        call.abi_encode()
    };
    let grants = [
        change(|call| call.subject = B256::ZERO),
        change(|call| call.grantee = Address::ZERO),
        change(|call| call.commitment = B256::ZERO),
        change(|call| call.validUntil = call.validFrom - 1),
        change(|call| call.purposes |= 1 << 59),
        change(|call| call.classes |= 1 << 63),
        change(|call| (call.purposes, call.classes) = (u64::MAX, u64::MAX)),
        change(|call| call.purposes = 0),
        change(|call| call.classes = 0),
        // Two rules at once: the same one is named.
        change(|call| (call.grantee, call.commitment) = (Address::ZERO, B256::ZERO)),
        change(|call| (call.validUntil, call.classes) = (0, 0)),
    ];
    for input in grants {
        assert!(consents.send(PATIENT, &input).refusal().len() >= 4);
    }
    assert!(consents.call(STRANGER, &valid).refusal().len() >= 4);
    let id = consents.call(PATIENT, &valid).answer::<IConsent::grantConsentCall>();
    assert!(consents.call(PATIENT, &valid).refusal().len() >= 4);
    for subject in [SUBJECT, B256::ZERO] {
        assert!(
            consents
                .call(STRANGER, &IConsent::registerSubjectCall { subject })
                .refusal()
                .len()
                >= 4
        );
    }
    let revoke = IConsent::revokeConsentCall { consentId: id };
    let unknown = IConsent::revokeConsentCall { consentId: B256::ZERO };
    assert!(consents.call(PATIENT, &unknown).refusal().len() >= 4);
    assert!(consents.call(STRANGER, &revoke).refusal().len() >= 4);
    consents.call(PATIENT, &revoke).answer::<IConsent::revokeConsentCall>();
    assert!(consents.call(PATIENT, &revoke).refusal().len() >= 4);
    for (purpose, class) in [(58, 58), (0, 0)] {
        consents
            .ask(STRANGER, &check(purpose, class))
            .answer::<IConsent::checkCall>();
    }
    for (purpose, class) in [(59, 0), (0, 59), (63, 63), (64, 0), (0, 255)] {
        assert!(consents.ask(STRANGER, &check(purpose, class)).refusal().len() >= 4);
    }
}

#[test]
fn input_that_is_no_call_is_refused_alike() {
    let mut consents = company();
    let valid = grant(consents.now()).abi_encode();
    let mut refused = vec![
        Vec::new(),
        vec![0xff; 4],
        valid[..3].to_vec(),
        valid[..valid.len() - 1].to_vec(),
    ];
    // Bits above an address and above a number of 64 bits.
    for byte in [4 + 32 + 11, 4 + 3 * 32 + 23] {
        let mut input = valid.clone();
        input[byte] = 1;
        refused.push(input);
    }
    for input in refused {
        assert_eq!(consents.send(PATIENT, &input).refusal(), [0; 0]);
    }
    // What follows the arguments is nobody's concern.
    consents
        .send(PATIENT, &[valid, vec![1]].concat())
        .answer::<IConsent::grantConsentCall>();
}
