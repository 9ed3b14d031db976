#![allow(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::*;
use crate::token::{pause, unpause};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::vec::Vec;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Map {
    balances: BTreeMap<Address, U256>,
    allowances: BTreeMap<(Address, Address), U256>,
    supply: U256,
    paused: bool,
}

impl Ledger for Map {
    type Refusal = Error;

    fn balance_of(&self, account: &Address) -> U256 {
        self.balances.get(account).copied().unwrap_or_default()
    }
    fn set_balance(&mut self, account: &Address, value: U256) {
        self.balances.insert(*account, value);
    }
    fn allowance(&self, owner: &Address, spender: &Address) -> U256 {
        self.allowances.get(&(*owner, *spender)).copied().unwrap_or_default()
    }
    fn update_allowance(
        &mut self,
        owner: &Address,
        spender: &Address,
        change: impl FnOnce(U256) -> Result<Option<U256>, Error>,
    ) -> Result<(), Error> {
        if let Some(value) = change(self.allowance(owner, spender))? {
            self.allowances.insert((*owner, *spender), value);
        }
        Ok(())
    }
    fn total_supply(&self) -> U256 {
        self.supply
    }
    fn set_total_supply(&mut self, value: U256) {
        self.supply = value;
    }
    fn is_paused(&self) -> bool {
        self.paused
    }
    fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }
}

const ZERO: Address = Address::zero();
const ALICE: Address = Address::repeat_byte(1);
const BOB: Address = Address::repeat_byte(2);
const CAROL: Address = Address::repeat_byte(3);

fn with_supply(value: u64) -> Map {
    let mut map = Map::default();
    mint(&mut map, &ALICE, value.into(), &U256::MAX).unwrap();
    map
}

#[test]
fn transfer_moves_tokens() {
    let mut map = with_supply(10);
    transfer(&mut map, &ALICE, &BOB, 4.into()).unwrap();
    assert_eq!((map.balance_of(&ALICE), map.balance_of(&BOB)), (6.into(), 4.into()));
}

#[test]
fn transfer_to_oneself_changes_nothing() {
    let mut map = with_supply(10);
    transfer(&mut map, &ALICE, &ALICE, 10.into()).unwrap();
    assert_eq!(map.balance_of(&ALICE), 10.into());
}

#[test]
fn transfer_of_more_than_the_balance_fails_with_the_figures() {
    let mut map = with_supply(10);
    let error = transfer(&mut map, &ALICE, &BOB, 11.into()).unwrap_err();
    let expected = Error::InsufficientBalance {
        sender: ALICE,
        balance: 10.into(),
        needed: 11.into(),
    };
    assert_eq!(error, expected);
    assert_eq!(map, with_supply(10));
}

#[test]
fn the_zero_address_neither_sends_nor_receives() {
    let mut map = with_supply(10);
    assert_eq!(
        transfer(&mut map, &ZERO, &BOB, 0.into()),
        Err(Error::InvalidSender(ZERO))
    );
    assert_eq!(
        transfer(&mut map, &ALICE, &ZERO, 0.into()),
        Err(Error::InvalidReceiver(ZERO))
    );
    assert_eq!(
        mint(&mut map, &ZERO, 1.into(), &U256::MAX),
        Err(Error::InvalidReceiver(ZERO))
    );
    assert_eq!(burn(&mut map, &ZERO, 0.into()), Err(Error::InvalidSender(ZERO)));
}

#[test]
fn the_zero_address_neither_approves_nor_spends() {
    let mut map = with_supply(10);
    assert_eq!(
        approve(&mut map, &ZERO, &BOB, 1.into()),
        Err(Error::InvalidApprover(ZERO))
    );
    assert_eq!(
        approve(&mut map, &ALICE, &ZERO, 1.into()),
        Err(Error::InvalidSpender(ZERO))
    );
    let nobodys = transfer_from(&mut map, &BOB, &ZERO, &CAROL, 0.into());
    assert_eq!(nobodys, Err(Error::InvalidApprover(ZERO)));
    assert_eq!(
        burn_from(&mut map, &BOB, &ZERO, 0.into()),
        Err(Error::InvalidApprover(ZERO))
    );
}

#[test]
fn transfer_from_lowers_the_allowance() {
    let mut map = with_supply(10);
    approve(&mut map, &ALICE, &BOB, 7.into()).unwrap();
    transfer_from(&mut map, &BOB, &ALICE, &CAROL, 4.into()).unwrap();
    assert_eq!(map.allowance(&ALICE, &BOB), 3.into());
    assert_eq!(map.balance_of(&CAROL), 4.into());
}

#[test]
fn an_infinite_allowance_does_not_shrink() {
    let mut map = with_supply(10);
    approve(&mut map, &ALICE, &BOB, U256::MAX).unwrap();
    transfer_from(&mut map, &BOB, &ALICE, &CAROL, 4.into()).unwrap();
    assert_eq!(map.allowance(&ALICE, &BOB), U256::MAX);
}

#[test]
fn transfer_from_beyond_the_allowance_fails_with_the_figures() {
    let mut map = with_supply(10);
    approve(&mut map, &ALICE, &BOB, 3.into()).unwrap();
    let error = transfer_from(&mut map, &BOB, &ALICE, &CAROL, 4.into()).unwrap_err();
    let expected = Error::InsufficientAllowance {
        spender: BOB,
        allowance: 3.into(),
        needed: 4.into(),
    };
    assert_eq!(error, expected);
}

#[test]
fn an_allowance_is_for_its_spender_only() {
    let mut map = with_supply(10);
    approve(&mut map, &ALICE, &BOB, 3.into()).unwrap();
    assert!(transfer_from(&mut map, &CAROL, &ALICE, &CAROL, 1.into()).is_err());
    assert!(
        transfer_from(&mut map, &ALICE, &ALICE, &CAROL, 1.into()).is_err(),
        "an owner has no allowance either"
    );
}

#[test]
fn the_supply_cannot_pass_the_largest_number() {
    let mut map = Map::default();
    mint(&mut map, &ALICE, U256::MAX, &U256::MAX).unwrap();
    assert_eq!(mint(&mut map, &BOB, 1.into(), &U256::MAX), Err(Error::SupplyOverflow));
}

#[test]
fn the_supply_reaches_the_cap_and_does_not_pass_it() {
    let (mut map, cap) = (with_supply(10), U256::from(12));
    let error = mint(&mut map, &BOB, 3.into(), &cap).unwrap_err();
    let increased_supply = 13.into();
    assert_eq!(error, Error::ExceededCap { increased_supply, cap });
    mint(&mut map, &BOB, 2.into(), &cap).unwrap();
    assert_eq!(map.total_supply(), cap);
    burn(&mut map, &ALICE, 1.into()).unwrap();
    mint(&mut map, &BOB, 1.into(), &cap).unwrap();
}

#[test]
fn a_cap_of_nothing_is_none() {
    assert_eq!(check_cap(&U256::zero()), Err(Error::InvalidCap));
    assert_eq!(check_cap(&U256::one()), Ok(()));
}

#[test]
fn burning_takes_tokens_out_of_the_supply() {
    let mut map = with_supply(10);
    burn(&mut map, &ALICE, 4.into()).unwrap();
    assert_eq!((map.balance_of(&ALICE), map.total_supply()), (6.into(), 6.into()));
    let error = burn(&mut map, &ALICE, 7.into()).unwrap_err();
    let expected = Error::InsufficientBalance {
        sender: ALICE,
        balance: 6.into(),
        needed: 7.into(),
    };
    assert_eq!(error, expected);
}

#[test]
fn burning_for_somebody_else_lowers_the_allowance() {
    let mut map = with_supply(10);
    approve(&mut map, &ALICE, &BOB, 7.into()).unwrap();
    burn_from(&mut map, &BOB, &ALICE, 4.into()).unwrap();
    assert_eq!(map.allowance(&ALICE, &BOB), 3.into());
    assert_eq!(map.total_supply(), 6.into());
    let error = burn_from(&mut map, &BOB, &ALICE, 4.into()).unwrap_err();
    assert!(matches!(error, Error::InsufficientAllowance { .. }), "{error:?}");
}

#[test]
fn a_paused_token_does_not_move_and_may_be_approved() {
    let mut map = with_supply(10);
    approve(&mut map, &ALICE, &BOB, 5.into()).unwrap();
    pause(&mut map).unwrap();
    assert_eq!(pause(&mut map), Err(Error::EnforcedPause));
    let before = map.clone();
    let refused = Err(Error::EnforcedPause);
    assert_eq!(transfer(&mut map, &ALICE, &BOB, 0.into()), refused);
    assert_eq!(mint(&mut map, &BOB, 1.into(), &U256::MAX), refused);
    assert_eq!(burn(&mut map, &ALICE, 1.into()), refused);
    assert_eq!(map, before);
    // These lower the allowance first, which the chain takes back.
    assert_eq!(transfer_from(&mut map, &BOB, &ALICE, &CAROL, 1.into()), refused);
    assert_eq!(burn_from(&mut map, &BOB, &ALICE, 1.into()), refused);
    approve(&mut map, &ALICE, &BOB, 9.into()).unwrap();
    unpause(&mut map).unwrap();
    assert_eq!(unpause(&mut map), Err(Error::ExpectedPause));
    transfer_from(&mut map, &BOB, &ALICE, &CAROL, 9.into()).unwrap();
}

#[test]
fn what_is_wrong_with_a_paused_transfer_is_told_in_openzeppelins_order() {
    let mut map = with_supply(10);
    pause(&mut map).unwrap();
    assert_eq!(
        transfer(&mut map, &ALICE, &ZERO, 1.into()),
        Err(Error::InvalidReceiver(ZERO))
    );
    assert_eq!(transfer(&mut map, &ALICE, &BOB, 11.into()), Err(Error::EnforcedPause));
    let error = transfer_from(&mut map, &BOB, &ALICE, &CAROL, 1.into()).unwrap_err();
    assert!(matches!(error, Error::InsufficientAllowance { .. }), "{error:?}");
}

#[derive(Clone, Debug)]
enum Step {
    Transfer(u8, u8, u64),
    TransferFrom(u8, u8, u8, u64),
    Approve(u8, u8, u64),
    Mint(u8, u64),
    Burn(u8, u64),
    BurnFrom(u8, u8, u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Few accounts, the zero address among them, and small amounts: so that most steps succeed and many do not.
    let who = || 0u8..5;
    let amount = || 0u64..50;
    let step = prop_oneof![
        (who(), who(), amount()).prop_map(|(a, b, v)| Step::Transfer(a, b, v)),
        (who(), who(), who(), amount()).prop_map(|(s, a, b, v)| Step::TransferFrom(s, a, b, v)),
        (who(), who(), amount()).prop_map(|(a, b, v)| Step::Approve(a, b, v)),
        (who(), amount()).prop_map(|(a, v)| Step::Mint(a, v)),
        (who(), amount()).prop_map(|(a, v)| Step::Burn(a, v)),
        (who(), who(), amount()).prop_map(|(s, a, v)| Step::BurnFrom(s, a, v)),
    ];
    proptest::collection::vec(step, 1..60)
}

fn burnt(done: Result<(), Error>, value: u64, minted: &mut U256) -> Result<(), Error> {
    *minted -= if done.is_ok() { value.into() } else { U256::zero() };
    done
}

proptest! {
    #[test]
    fn balances_always_add_up_to_the_supply(steps in steps()) {
        const CAP: U256 = U256([200, 0, 0, 0]);
        let mut map = Map::default();
        let mut minted = U256::zero();
        for step in steps {
            let who = Address::repeat_byte;
            // A contract's failed call is rolled back by the chain; so is a failed step here.
            let before = map.clone();
            let done = match step {
                Step::Transfer(a, b, v) => transfer(&mut map, &who(a), &who(b), v.into()),
                Step::TransferFrom(s, a, b, v) => transfer_from(&mut map, &who(s), &who(a), &who(b), v.into()),
                Step::Approve(a, b, v) => approve(&mut map, &who(a), &who(b), v.into()),
                Step::Mint(a, v) => {
                    let done = mint(&mut map, &who(a), v.into(), &CAP);
                    minted += if done.is_ok() { v.into() } else { U256::zero() };
                    done
                }
                Step::Burn(a, v) => burnt(burn(&mut map, &who(a), v.into()), v, &mut minted),
                Step::BurnFrom(s, a, v) => burnt(burn_from(&mut map, &who(s), &who(a), v.into()), v, &mut minted),
            };
            if done.is_err() {
                map = before;
            }
            let sum = map.balances.values().fold(U256::zero(), |sum, balance| sum + balance);
            prop_assert_eq!(sum, map.supply);
            prop_assert_eq!(sum, minted);
            prop_assert!(sum <= CAP);
            prop_assert_eq!(map.balance_of(&ZERO), U256::zero());
        }
    }
}
