#![allow(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::super::Status;
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::vec::Vec;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Map {
    visits: BTreeMap<U256, Visit>,
    count: U256,
    withdrawable: BTreeMap<(Address, Address), U256>,
    books: BTreeMap<Address, Books>,
}

impl Storage for Map {
    type Refusal = Error;

    fn visit(&self, id: &U256) -> Option<Visit> {
        self.visits.get(id).copied()
    }
    fn set_visit(&mut self, id: &U256, visit: &Visit) {
        self.visits.insert(*id, *visit);
    }
    fn visit_count(&self) -> U256 {
        self.count
    }
    fn set_visit_count(&mut self, count: U256) {
        self.count = count;
    }
    fn withdrawable(&self, account: &Address, token: &Address) -> U256 {
        self.withdrawable.get(&(*account, *token)).copied().unwrap_or_default()
    }
    fn set_withdrawable(&mut self, account: &Address, token: &Address, amount: U256) {
        self.withdrawable.insert((*account, *token), amount);
    }
    fn books(&self, token: &Address) -> Books {
        self.books.get(token).copied().unwrap_or_default()
    }
    fn set_books(&mut self, token: &Address, books: &Books) {
        self.books.insert(*token, *books);
    }
}

const PATIENT: Address = Address::repeat_byte(1);
const PROVIDER: Address = Address::repeat_byte(2);
const TOKEN: Address = Address::repeat_byte(9);
const WINDOW: u64 = 50;

fn nothing(account: Address) -> Result<U256, Error> {
    Err(Error::NothingToWithdraw { account, token: TOKEN })
}

fn terms(fee: u64) -> Terms {
    Terms {
        provider: PROVIDER,
        token: TOKEN,
        fee: fee.into(),
        start_time: 100,
        confirm_by: 80,
        details_hash: [0; 32],
    }
}

fn requested(fee: u64) -> (Map, U256) {
    let mut map = Map::default();
    let (id, _) = request(&mut map, PATIENT, &terms(fee), 0, WINDOW).unwrap();
    (map, id)
}

#[test]
fn visits_are_numbered_from_one() {
    let (mut map, first) = requested(5);
    let (second, visit) = request(&mut map, PATIENT, &terms(6), 0, WINDOW).unwrap();
    assert_eq!((first, second), (U256::one(), 2.into()));
    assert_eq!(map.visit(&second), Some(visit));
    assert_eq!(map.visit_count(), 2.into());
}

#[test]
fn a_completed_visit_makes_its_fee_the_providers() {
    let (mut map, id) = requested(5);
    act(&mut map, &id, Action::Fund, &PATIENT, 0).unwrap();
    act(&mut map, &id, Action::Confirm, &PROVIDER, 0).unwrap();
    act(&mut map, &id, Action::Complete, &PROVIDER, 100).unwrap();
    assert_eq!(withdraw(&mut map, &PATIENT, &TOKEN), nothing(PATIENT));
    assert_eq!(withdraw(&mut map, &PROVIDER, &TOKEN), Ok(5.into()));
    assert_eq!(withdraw(&mut map, &PROVIDER, &TOKEN), nothing(PROVIDER));
    let books = map.books(&TOKEN);
    assert_eq!(
        (books.paid_in, books.paid_out, books.held()),
        (5.into(), 5.into(), 0.into())
    );
}

#[test]
fn a_cancelled_visit_gives_the_whole_fee_back() {
    for canceller in [PATIENT, PROVIDER] {
        let (mut map, id) = requested(5);
        act(&mut map, &id, Action::Fund, &PATIENT, 0).unwrap();
        act(&mut map, &id, Action::Confirm, &PROVIDER, 0).unwrap();
        act(&mut map, &id, Action::Cancel, &canceller, 99).unwrap();
        assert_eq!(withdraw(&mut map, &PROVIDER, &TOKEN), nothing(PROVIDER));
        assert_eq!(withdraw(&mut map, &PATIENT, &TOKEN), Ok(5.into()));
    }
}

#[test]
fn what_was_never_funded_gives_nothing_back() {
    let (mut map, id) = requested(5);
    act(&mut map, &id, Action::Cancel, &PATIENT, 0).unwrap();
    assert_eq!(map.books(&TOKEN), Books::default());
    assert_eq!(withdraw(&mut map, &PATIENT, &TOKEN), nothing(PATIENT));
}

#[test]
fn an_unknown_visit_is_refused() {
    let (mut map, id) = requested(5);
    for unknown in [U256::zero(), id + 1, U256::MAX] {
        assert_eq!(
            act(&mut map, &unknown, Action::Cancel, &PATIENT, 0),
            Err(Error::UnknownVisit(unknown))
        );
    }
}

#[derive(Clone, Debug)]
enum Step {
    Request {
        patient: u8,
        provider: u8,
        token: u8,
        fee: u64,
        start: u64,
        confirm: u64,
    },
    Act {
        id: u64,
        action: u8,
        actor: u8,
    },
    Withdraw {
        account: u8,
        token: u8,
    },
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = || 0u8..4;
    let token = || 0u8..3;
    let step = prop_oneof![
        2 => (who(), who(), token(), 0u64..9, 0u64..200, 0u64..200).prop_map(
            |(patient, provider, token, fee, start, confirm)| Step::Request { patient, provider, token, fee, start, confirm }
        ),
        8 => (1u64..5, 0u8..6, who()).prop_map(|(id, action, actor)| Step::Act { id, action, actor }),
        2 => (who(), token()).prop_map(|(account, token)| Step::Withdraw { account, token }),
        1 => (0u64..60).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..120)
}

/// The parts of the books, counted from what they are the books of.
fn counted(map: &Map, token: &Address) -> (U256, U256) {
    let escrowed = map
        .visits
        .values()
        .filter(|visit| visit.token == *token && visit.status.holds_money());
    let owed = map.withdrawable.iter().filter(|((_, of), _)| of == token);
    (
        escrowed.fold(U256::zero(), |sum, visit| sum + visit.fee),
        owed.fold(U256::zero(), |sum, (_, amount)| sum + amount),
    )
}

proptest! {
    #[test]
    fn nothing_is_lost_whatever_happens(steps in steps()) {
        let actions = [Action::Fund, Action::Confirm, Action::Decline, Action::Cancel, Action::Complete, Action::Expire];
        let (mut map, mut now) = (Map::default(), 0u64);
        let (mut funded, mut withdrawn) = (BTreeMap::new(), BTreeMap::new());
        for step in steps {
            // A contract's failed call is rolled back by the chain; so is a failed step here.
            let before = map.clone();
            let who = Address::repeat_byte;
            let done = match step {
                Step::Wait(seconds) => {
                    now += seconds;
                    Ok(())
                }
                Step::Request { patient, provider, token, fee, start, confirm } => {
                    let terms = Terms {
                        provider: who(provider),
                        token: who(token),
                        fee: fee.into(),
                        start_time: now + start,
                        confirm_by: now + confirm,
                        details_hash: [0; 32],
                    };
                    request(&mut map, who(patient), &terms, now, WINDOW).map(drop)
                }
                Step::Act { id, action, actor } => {
                    let action = actions[usize::from(action)];
                    act(&mut map, &id.into(), action, &who(actor), now).map(|(visit, transition)| {
                        if transition.money == Money::PaidIn {
                            *funded.entry(visit.token).or_insert(U256::zero()) += visit.fee;
                        }
                    })
                }
                Step::Withdraw { account, token } => withdraw(&mut map, &who(account), &who(token)).map(|amount| {
                    *withdrawn.entry(who(token)).or_insert(U256::zero()) += amount;
                }),
            };
            if done.is_err() {
                map = before;
            }
            for (token, books) in &map.books {
                prop_assert_eq!(books.paid_in, books.paid_out + books.held());
                prop_assert_eq!(books.paid_in, funded.get(token).copied().unwrap_or_default());
                prop_assert_eq!(books.paid_out, withdrawn.get(token).copied().unwrap_or_default());
                prop_assert_eq!((books.escrowed, books.owed), counted(&map, token));
            }
        }
        // And everything comes out in the end: let all visits expire, and everybody withdraw.
        now += 1_000;
        for id in map.visits.keys().copied().collect::<Vec<_>>() {
            let _ = act(&mut map, &id, Action::Expire, &PATIENT, now);
            prop_assert!(map.visit(&id).is_some_and(|visit| visit.status.is_final()));
        }
        for (account, token) in map.withdrawable.keys().copied().collect::<Vec<_>>() {
            let _ = withdraw(&mut map, &account, &token);
        }
        for books in map.books.values() {
            prop_assert_eq!(books.held(), U256::zero());
            prop_assert_eq!(books.paid_in, books.paid_out);
        }
        prop_assert!(map.visits.values().all(|visit| visit.status != Status::Funded));
    }
}
