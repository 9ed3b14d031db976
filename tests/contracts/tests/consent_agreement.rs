//! The contract and `salus_core::consent::evaluate` on the host agree: on the golden vectors' kind of policies, and on
//! hundreds that nobody thought of.

use salus_core::{
    codes::{Action, Category, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity},
    consent::{
        Actors, Criteria, DataPeriod, Effect, Period, Policy, PolicyView, Provision, Request, data_ref, evaluate,
    },
};
use salus_tests_contracts::{
    consent::{Clinic, doctor, encoded, stranger},
    dice::Dice,
};

const PURPOSES: [Purpose; 3] = [Purpose::TREAT, Purpose::ETREAT, Purpose::HRESCH];
const CLASSES: [ResourceClass; 3] = [
    ResourceClass::OBSERVATION,
    ResourceClass::CONDITION,
    ResourceClass::CLAIM,
];
const LABELS: [u64; 4] = [
    Sensitivity::HIV.mask(),
    Sensitivity::PSY.mask(),
    Sensitivity::ETHUD.mask(),
    Sensitivity::PRS.mask(),
];
const ROLES: [u64; 2] = [Role::PHYS.mask(), Role::PHARMACIST.mask()];

fn criteria(dice: &mut Dice, now: u64) -> Criteria {
    let mut actors = Actors::default();
    if dice.once_in(3) {
        actors.addresses = [doctor(), stranger()]
            .into_iter()
            .filter(|_| dice.once_in(2))
            .map(|one| one.into_array())
            .collect();
        actors.roles = dice.mask(&ROLES);
        actors.communities = if dice.once_in(4) {
            vec![[dice.below(2) as u8; 32]]
        } else {
            vec![]
        };
    }
    let (from, start) = (now - 5 + dice.below(10), dice.below(40) as i64 - 20);
    Criteria {
        actors,
        purposes: dice.mask(&PURPOSES.map(Purpose::mask)),
        classes: dice.mask(&CLASSES.map(ResourceClass::mask)),
        labels: dice.mask(&LABELS),
        confidentiality: if dice.once_in(4) {
            dice.one_of(&[Confidentiality::N.ceiling(), Confidentiality::R.floor()])
        } else {
            0
        },
        actions: if dice.once_in(5) { Action::ACCESS.mask() } else { 0 },
        period: dice.once_in(6).then(|| Period {
            from,
            until: from + dice.below(10),
        }),
        data_period: dice.once_in(6).then(|| DataPeriod {
            from: start,
            until: start + dice.below(30) as i64,
        }),
        data: if dice.once_in(6) {
            vec![data_ref(
                dice.one_of(&[DataMeaning::INSTANCE, DataMeaning::RELATED]),
                &[dice.below(2) as u8; 32],
            )]
        } else {
            vec![]
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

fn policy(dice: &mut Dice, now: u64) -> Policy {
    Policy {
        base: dice.one_of(&[Some(Effect::Permit), Some(Effect::Deny), Some(Effect::Deny), None]),
        date_time: now,
        categories: if dice.once_in(6) { Category::RESEARCH.mask() } else { 0 },
        scope: if dice.once_in(4) {
            criteria(dice, now)
        } else {
            Criteria::default()
        },
        provisions: provisions(dice, now, 4),
    }
}

#[test]
fn the_contract_answers_as_the_evaluator_on_the_host() {
    let mut dice = Dice(2026);
    let mut clinic = Clinic::new();
    let now = clinic.now();
    let start = clinic.world.session.snapshot();
    let mut answers = [0usize; 3];
    let mut redacting = 0;
    for round in 0..120 {
        clinic.world.session.revert(&start);
        let bytes = encoded(&policy(&mut dice, now));
        let id = clinic.grant_policy(&bytes);
        for _ in 0..4 {
            let addresses = [doctor().into_array()];
            let communities = [[dice.below(2) as u8; 32]];
            let data = [data_ref(DataMeaning::INSTANCE, &[dice.below(2) as u8; 32])];
            let from = dice.below(40) as i64 - 20;
            let request = Request {
                action: dice.one_of(&[Action::ACCESS, Action::USE]),
                confidentiality: dice.one_of(&[Confidentiality::N, Confidentiality::R]),
                categories: if dice.once_in(4) { Category::INFA.mask() } else { 0 },
                labels: dice.mask(&LABELS),
                data_period: if dice.once_in(2) {
                    DataPeriod::ALL
                } else {
                    DataPeriod { from, until: from + 5 }
                },
                roles: dice.mask(&ROLES),
                communities: &communities,
                data_stated: DataMeaning::INSTANCE.mask(),
                data: &data,
                ..Request::new(&addresses, dice.one_of(&PURPOSES), dice.one_of(&CLASSES))
            };
            let expected = evaluate(&PolicyView::parse(&bytes).unwrap(), &request, now);
            let decision = clinic.evaluate(id, &bytes, &request.encode().unwrap()).unwrap();
            assert_eq!(decision.answer, expected.answer as u8, "round {round}: {request:?}");
            assert_eq!(
                decision.redactLabels, expected.obligations.redact_labels,
                "round {round}: {request:?}"
            );
            assert_eq!(
                decision.path.as_ref(),
                expected.path.steps(),
                "round {round}: {request:?}"
            );
            answers[expected.answer as usize] += 1;
            redacting += usize::from(expected.obligations.redact_labels != 0);
        }
    }
    assert!(
        answers.iter().all(|count| *count > 30),
        "the cases are not varied: {answers:?}"
    );
    assert!(redacting > 10, "the cases are not varied: {redacting} redact");
}
