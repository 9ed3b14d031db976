//! Policies and requests that nobody thought of, and bytes that are none.

use alloy_core::primitives::{B256, Bytes, keccak256};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{Effect, Policy, Request, policy_commitment},
};
use salus_devchain::session::Actor;
use salus_tests_contracts::{
    cases::{Size, mutated, policy, request},
    dice::Dice,
};

use super::{Company, Told};
use crate::{consent::IConsent, meter::word};

const PATIENT: usize = 1;
const DOCTOR: usize = 2;
const SALT: B256 = B256::repeat_byte(0xa5);

struct Clinic {
    consents: Company,
    subjects: u32,
}

impl Clinic {
    fn new() -> Self {
        Self {
            consents: Company::new("consent", "Evaluation"),
            subjects: 0,
        }
    }

    /// A consent, each of another subject, that commits to these bytes.
    fn grant(&mut self, policy: &[u8]) -> B256 {
        self.subjects += 1;
        let subject = keccak256(self.subjects.to_be_bytes());
        self.consents.call(PATIENT, &IConsent::registerSubjectCall { subject });
        let grant = IConsent::grantConsentCall {
            subject,
            grantee: word(Actor::ethereum(DOCTOR).address()),
            commitment: policy_commitment(&SALT.0, policy, |bytes| keccak256(bytes).0).into(),
            validFrom: 0,
            validUntil: u64::MAX,
            purposes: 0,
            classes: 0,
        };
        self.consents
            .call(PATIENT, &grant)
            .answer::<IConsent::grantConsentCall>()
    }

    fn evaluate(&mut self, consent: B256, policy: &[u8], request: &[u8]) -> Told {
        let evaluate = IConsent::evaluateCall {
            consentId: consent,
            salt: SALT,
            policy: Bytes::copy_from_slice(policy),
            request: Bytes::copy_from_slice(request),
        };
        self.consents.ask(DOCTOR, &evaluate)
    }
}

fn doctor() -> [u8; 20] {
    Actor::ethereum(DOCTOR).address().0
}

#[test]
fn policies_are_evaluated_alike() {
    let mut dice = Dice(20);
    let mut clinic = Clinic::new();
    let now = clinic.consents.now();
    let (mut answers, mut longest, mut redacting) = ([0; 3], 0, 0);
    for _ in 0..150 {
        let policy = policy(&mut dice, now, Size::USUAL);
        let id = clinic.grant(&policy);
        for _ in 0..2 {
            let told = clinic.evaluate(id, &policy, &request(&mut dice));
            let decision = told.answer::<IConsent::evaluateCall>();
            answers[usize::from(decision.answer)] += 1;
            longest = longest.max(decision.path.len());
            redacting += usize::from(decision.redactLabels != 0);
        }
    }
    // The dice reach all of it.
    assert!(answers.iter().all(|count| *count > 20), "{answers:?}");
    assert!(longest >= 3 && redacting >= 5, "{longest} {redacting}");
}

#[test]
fn what_is_no_policy_is_refused_alike() {
    let mut dice = Dice(21);
    let mut clinic = Clinic::new();
    let now = clinic.consents.now();
    let asked = request(&mut dice);
    let mut rules = [0; 17];
    for _ in 0..400 {
        let policy = policy(&mut dice, now, Size::USUAL);
        let bytes = mutated(&mut dice, &policy);
        let id = clinic.grant(&bytes);
        if let Told::Refusal(data) = clinic.evaluate(id, &bytes, &asked) {
            rules[usize::from(data[35])] += 1;
        }
    }
    let met = rules.iter().filter(|count| **count > 0).count();
    assert!(met >= 9, "{rules:?}");
}

#[test]
fn what_is_no_request_is_refused_alike() {
    let mut dice = Dice(22);
    let mut clinic = Clinic::new();
    let policy = Policy::new(Effect::Permit, 0).encode().unwrap();
    let id = clinic.grant(&policy);
    let mut rules = [0; 17];
    for _ in 0..600 {
        let asked = request(&mut dice);
        if let Told::Refusal(data) = clinic.evaluate(id, &policy, &mutated(&mut dice, &asked)) {
            rules[usize::from(data[35])] += 1;
        }
    }
    let met = rules.iter().filter(|count| **count > 0).count();
    assert!(met >= 6, "{rules:?}");
}

#[test]
fn policies_too_deep_too_wide_and_too_long_are_refused_alike() {
    let deep = |depth: usize| {
        let mut node = vec![0, 0, 0];
        for _ in 0..depth {
            node = [&[0, 0, 1, (node.len() >> 8) as u8, node.len() as u8][..], &node].concat();
        }
        node
    };
    let wide = |children: u8| [&[0, 0, children][..], &[0, 3, 0, 0, 0].repeat(children.into())].concat();
    let nested = [&[0, 0, 2][..], &with_length(&wide(64)), &with_length(&wide(63))].concat();
    let encoded = |root: &[u8]| [&[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &with_length(root)].concat();
    let mut clinic = Clinic::new();
    let asked = request(&mut Dice(1));
    let mut told = |policy: &[u8]| {
        let id = clinic.grant(policy);
        clinic.evaluate(id, policy, &asked)
    };
    // Each provision flips its parent's decision for everything.
    for (fits, expected) in [(deep(8), 1), (wide(128), 2)] {
        let decision = told(&encoded(&fits)).answer::<IConsent::evaluateCall>();
        assert_eq!(decision.answer, expected);
    }
    for (root, rule) in [(deep(9), 12), (wide(129), 13), (nested, 13)] {
        assert_eq!(told(&encoded(&root)).refusal()[35], rule);
    }
    assert_eq!(told(&[0; 14_337]).refusal()[35], 14);
    assert_eq!(told(&[]).refusal()[35], 1);
}

fn with_length(node: &[u8]) -> Vec<u8> {
    [&(node.len() as u16).to_be_bytes(), node].concat()
}

#[test]
fn other_salts_grantees_and_times_are_answered_alike() {
    let mut clinic = Clinic::new();
    let policy = Policy::new(Effect::Permit, 0).encode().unwrap();
    let id = clinic.grant(&policy);
    let asked = |address: [u8; 20]| {
        let addresses = [address];
        Request::new(&addresses, Purpose::TREAT, ResourceClass::OBSERVATION)
            .encode()
            .unwrap()
    };
    let answer = |told: Told| told.answer::<IConsent::evaluateCall>().answer;
    assert_eq!(answer(clinic.evaluate(id, &policy, &asked(doctor()))), 1);
    assert_eq!(answer(clinic.evaluate(id, &policy, &asked([9; 20]))), 0);
    assert_eq!(
        clinic.evaluate(B256::ZERO, &policy, &asked(doctor())).refusal().len(),
        36
    );
    assert_eq!(clinic.evaluate(id, &policy[1..], &asked(doctor())).refusal().len(), 68);
    let revoke = IConsent::revokeConsentCall { consentId: id };
    clinic
        .consents
        .call(PATIENT, &revoke)
        .answer::<IConsent::revokeConsentCall>();
    assert_eq!(answer(clinic.evaluate(id, &policy, &asked(doctor()))), 0);
}
