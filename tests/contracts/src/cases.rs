//! Policies and requests that nobody thought of, for tests that compare two evaluators. All draw from few values, so that they meet.

use crate::{
    consent::{doctor, stranger},
    dice::Dice,
};
use salus_core::{
    codes::{Action, Category, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity},
    consent::{
        Actors, Criteria, DataPeriod, DataRef, Effect, MAX_DEPTH, MAX_PROVISIONS, Period, Policy, Provision, Request,
        data_ref,
    },
};

const PURPOSES: [Purpose; 4] = [Purpose::TREAT, Purpose::TREAT, Purpose::ETREAT, Purpose::HRESCH];
const CLASSES: [ResourceClass; 4] = [
    ResourceClass::OBSERVATION,
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
const ROLES: [u64; 3] = [Role::PHYS.mask(), Role::NURS.mask(), Role::PHARMACIST.mask()];
const MEANINGS: [DataMeaning; 3] = [DataMeaning::INSTANCE, DataMeaning::RELATED, DataMeaning::CODE];

/// How large a policy is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How deep provisions are nested at most.
    pub depth: usize,
    /// How many there are in one at most.
    pub width: u64,
    /// How many there are at most, at all depths.
    pub provisions: usize,
}

impl Size {
    /// What people write.
    pub const USUAL: Self = Self {
        depth: 4,
        width: 3,
        provisions: MAX_PROVISIONS,
    };
    /// As deep as may be.
    pub const DEEP: Self = Self {
        depth: MAX_DEPTH,
        width: 2,
        provisions: 40,
    };
    /// As many as may be, side by side.
    pub const WIDE: Self = Self {
        depth: 1,
        width: MAX_PROVISIONS as u64,
        provisions: MAX_PROVISIONS,
    };
    /// As many as may be, and deep.
    pub const FULL: Self = Self {
        depth: MAX_DEPTH,
        width: 12,
        provisions: MAX_PROVISIONS,
    };
}

/// A policy's bytes.
///
/// # Panics
/// When what was made up has none.
pub fn policy(dice: &mut Dice, now: u64, size: Size) -> Vec<u8> {
    let mut left = size.provisions;
    let mut policy = Policy {
        base: dice.one_of(&[
            Some(Effect::Permit),
            Some(Effect::Permit),
            Some(Effect::Deny),
            Some(Effect::Deny),
            None,
        ]),
        date_time: now,
        categories: if dice.once_in(6) { Category::RESEARCH.mask() } else { 0 },
        scope: if dice.once_in(6) {
            criteria(dice, now)
        } else {
            Criteria::default()
        },
        provisions: provisions(dice, now, size, &mut left),
    };
    loop {
        match policy.encode() {
            Ok(bytes) => return bytes,
            // Too long.
            Err(_) if policy.provisions.pop().is_some() => {}
            Err(error) => panic!("{error}: {policy:?}"),
        }
    }
}

/// A request's bytes.
///
/// # Panics
/// When what was made up has none.
pub fn request(dice: &mut Dice) -> Vec<u8> {
    let addresses = [doctor(), stranger()].map(|one| one.into_array());
    let communities = [[dice.below(3) as u8; 32]];
    let data: Vec<DataRef> = (0..dice.below(3)).map(|_| reference(dice)).collect();
    let listed = data.iter().fold(0, |stated, [meaning, ..]| stated | 1 << meaning);
    let from = dice.below(40) as i64 - 20;
    let request = Request {
        action: dice.one_of(&[Action::ACCESS, Action::USE]),
        confidentiality: dice.one_of(&[Confidentiality::N, Confidentiality::R]),
        categories: if dice.once_in(6) { Category::INFA.mask() } else { 0 },
        labels: dice.mask(&LABELS),
        data_period: if dice.once_in(2) {
            DataPeriod::ALL
        } else {
            DataPeriod {
                from,
                until: from + dice.below(20) as i64,
            }
        },
        roles: dice.mask(&ROLES),
        communities: &communities[..dice.below(2) as usize],
        // What is listed is stated.
        data_stated: listed | dice.below(u64::from(DataMeaning::KNOWN) + 1) as u8,
        data: &data,
        ..Request::new(
            &addresses[..1 + dice.below(2) as usize],
            dice.one_of(&PURPOSES),
            dice.one_of(&CLASSES),
        )
    };
    request.encode().expect("it keeps to the rules")
}

/// Bytes that are often almost right.
pub fn mutated(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
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

fn provisions(dice: &mut Dice, now: u64, size: Size, left: &mut usize) -> Vec<Provision> {
    let mut provisions = Vec::new();
    if size.depth > 0 {
        for _ in 0..dice.below(size.width + 1) {
            if *left == 0 {
                break;
            }
            *left -= 1;
            let nested = Size {
                depth: size.depth - 1,
                ..size
            };
            provisions.push(Provision {
                criteria: criteria(dice, now),
                provisions: self::provisions(dice, now, nested, left),
            });
        }
    }
    provisions
}

fn criteria(dice: &mut Dice, now: u64) -> Criteria {
    let (from, start) = (now - 5 + dice.below(8), dice.below(40) as i64 - 20);
    Criteria {
        actors: if dice.once_in(3) {
            actors(dice)
        } else {
            Actors::default()
        },
        purposes: dice.mask(&PURPOSES.map(Purpose::mask)),
        classes: dice.mask(&CLASSES.map(ResourceClass::mask)),
        labels: dice.mask(&LABELS),
        confidentiality: if dice.once_in(4) { dice.below(64) as u8 } else { 0 },
        actions: if dice.once_in(5) { dice.below(32) as u16 } else { 0 },
        period: dice.once_in(6).then(|| Period {
            from,
            until: from + dice.below(10),
        }),
        data_period: dice.once_in(6).then(|| DataPeriod {
            from: start,
            until: start + dice.below(30) as i64,
        }),
        data: if dice.once_in(5) {
            (0..dice.below(3)).map(|_| reference(dice)).collect()
        } else {
            Vec::new()
        },
    }
}

fn actors(dice: &mut Dice) -> Actors {
    let addresses = [doctor(), stranger()].map(|one| one.into_array());
    Actors {
        addresses: addresses.into_iter().filter(|_| dice.once_in(2)).collect(),
        roles: dice.mask(&ROLES),
        communities: (0..dice.below(3)).map(|byte| [byte as u8; 32]).collect(),
    }
}

fn reference(dice: &mut Dice) -> DataRef {
    data_ref(dice.one_of(&MEANINGS), &[dice.below(2) as u8; 32])
}
