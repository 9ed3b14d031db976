//! Policies and requests that nobody thought of, and bytes that are none.

use alloy_core::primitives::{B256, Bytes, keccak256};
use salus_core::{
    codes::{Action, Category, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity},
    consent::{
        Actors, Criteria, DataPeriod, DataRef, Effect, Period, Policy, Provision, Request, data_ref, policy_commitment,
    },
};
use salus_devchain::session::Actor;
use salus_tests_contracts::dice::Dice;

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

fn reference(dice: &mut Dice) -> DataRef {
    data_ref(
        dice.one_of(&[DataMeaning::INSTANCE, DataMeaning::RELATED]),
        &[dice.below(2) as u8; 32],
    )
}

fn criteria(dice: &mut Dice, now: u64) -> Criteria {
    let addresses = [doctor(), [0x77; 20], [0x78; 20]];
    let start = dice.below(40) as i64 - 20;
    let from = now - 5 + dice.below(8);
    let mut some = |chance| dice.once_in(chance);
    let stated = [
        some(3),
        some(3),
        some(3),
        some(2),
        some(4),
        some(5),
        some(6),
        some(6),
        some(5),
    ];
    let actors = Actors {
        addresses: addresses.into_iter().filter(|_| dice.once_in(2)).collect(),
        roles: dice.mask(&[Role::PHYS.mask(), Role::PHARMACIST.mask()]),
        communities: (0..dice.below(3)).map(|byte| [byte as u8; 32]).collect(),
    };
    let mask = |is_stated: bool, mask: u64| if is_stated { mask } else { 0 };
    Criteria {
        actors: if stated[0] { actors } else { Actors::default() },
        purposes: mask(stated[1], dice.mask(&[Purpose::TREAT.mask(), Purpose::ETREAT.mask()])),
        classes: mask(
            stated[2],
            dice.mask(&[ResourceClass::OBSERVATION.mask(), ResourceClass::CLAIM.mask()]),
        ),
        labels: mask(
            stated[3],
            dice.mask(&[
                Sensitivity::HIV.mask(),
                Sensitivity::PSY.mask(),
                Sensitivity::PRS.mask(),
            ]),
        ),
        confidentiality: mask(stated[4], dice.below(64)) as u8,
        actions: mask(stated[5], dice.below(32)) as u16,
        period: stated[6].then(|| Period {
            from,
            until: from + dice.below(10),
        }),
        data_period: stated[7].then(|| DataPeriod {
            from: start,
            until: start + dice.below(30) as i64,
        }),
        data: if stated[8] {
            (0..dice.below(3)).map(|_| reference(dice)).collect()
        } else {
            Vec::new()
        },
    }
}

fn provisions(dice: &mut Dice, now: u64, depth: u64) -> Vec<Provision> {
    let count = if depth == 0 { 0 } else { dice.below(4) };
    (0..count)
        .map(|_| Provision {
            criteria: criteria(dice, now),
            provisions: provisions(dice, now, depth - 1),
        })
        .collect()
}

fn policy(dice: &mut Dice, now: u64) -> Vec<u8> {
    let policy = Policy {
        base: dice.one_of(&[
            Some(Effect::Permit),
            Some(Effect::Permit),
            Some(Effect::Deny),
            Some(Effect::Deny),
            None,
        ]),
        date_time: now,
        categories: if dice.once_in(6) { Category::RESEARCH.mask() } else { 0 },
        scope: if dice.once_in(4) {
            criteria(dice, now)
        } else {
            Criteria::default()
        },
        provisions: provisions(dice, now, 4),
    };
    policy.encode().unwrap()
}

fn request(dice: &mut Dice) -> Vec<u8> {
    let addresses = [doctor(), [0x77; 20]];
    let communities = [[dice.below(3) as u8; 32]];
    let data: Vec<DataRef> = (0..dice.below(3)).map(|_| reference(dice)).collect();
    let from = dice.below(40) as i64 - 20;
    let request = Request {
        action: dice.one_of(&[Action::ACCESS, Action::USE]),
        confidentiality: dice.one_of(&[Confidentiality::N, Confidentiality::R]),
        categories: if dice.once_in(4) { Category::INFA.mask() } else { 0 },
        labels: dice.mask(&[Sensitivity::HIV.mask(), Sensitivity::PSY.mask()]),
        data_period: if dice.once_in(2) {
            DataPeriod::ALL
        } else {
            DataPeriod {
                from,
                until: from + dice.below(20) as i64,
            }
        },
        roles: dice.mask(&[Role::PHYS.mask(), Role::NURS.mask()]),
        communities: &communities[..dice.below(2) as usize],
        // What is listed is stated.
        data_stated: if data.is_empty() {
            dice.below(16) as u8
        } else {
            3 | dice.below(16) as u8
        },
        data: &data,
        ..Request::new(
            &addresses[..1 + dice.below(2) as usize],
            Purpose::TREAT,
            ResourceClass::OBSERVATION,
        )
    };
    request.encode().unwrap()
}

/// Bytes that are often almost right.
fn mutated(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + dice.below(2) {
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] = dice.one_of(&[0, 1, 2, 0x80, 0xff, bytes[at].wrapping_add(1), bytes[at] ^ 0x10]);
    }
    if dice.once_in(4) {
        bytes.truncate(dice.below(bytes.len() as u64 + 1) as usize);
    } else if dice.once_in(8) {
        bytes.push(0);
    }
    bytes
}

#[test]
fn policies_are_evaluated_alike() {
    let mut dice = Dice(20);
    let mut clinic = Clinic::new();
    let now = clinic.consents.now();
    let (mut answers, mut longest, mut redacting) = ([0; 3], 0, 0);
    for _ in 0..150 {
        let policy = policy(&mut dice, now);
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
        let policy = policy(&mut dice, now);
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
