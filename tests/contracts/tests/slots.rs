//! The slots of a contract beside a plain map: whatever is done, both hold the same.

use alloy_core::primitives::{Address, U256};
use salus_tests_contracts::{
    World, account,
    dice::Dice,
    erc20::{self, IERC20::*, SUPPLY},
};
use std::collections::HashMap;

/// What the token's maps should hold. What is not in a map is zero.
#[derive(Default)]
struct Model {
    balances: HashMap<Address, U256>,
    allowances: HashMap<(Address, Address), U256>,
}

impl Model {
    fn balance(&self, account: Address) -> U256 {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    fn allowance(&self, owner: Address, spender: Address) -> U256 {
        self.allowances.get(&(owner, spender)).copied().unwrap_or_default()
    }

    fn transfer(&mut self, from: Address, to: Address, value: U256) -> bool {
        if to.is_zero() || self.balance(from) < value {
            return false;
        }
        self.balances.insert(from, self.balance(from) - value);
        self.balances.insert(to, self.balance(to) + value);
        true
    }

    fn transfer_from(&mut self, spender: Address, from: Address, to: Address, value: U256) -> bool {
        let allowance = self.allowance(from, spender);
        if allowance < value || !self.transfer(from, to, value) {
            return false;
        }
        if allowance != U256::MAX {
            self.allowances.insert((from, spender), allowance - value);
        }
        true
    }
}

#[test]
fn maps_of_words_hold_what_a_plain_map_holds() {
    let (mut world, mut dice) = (World::new(), Dice(3));
    let token = erc20::deploy(&mut world, account(0), account(1)).unwrap().value;
    let mut model = Model::default();
    model.balances.insert(account(1), SUPPLY);
    // Addresses that differ in the first or the last bytes alone are others.
    let mut near = account(1);
    near.0[0] ^= 1;
    let mut far = account(1);
    far.0[19] ^= 1;
    let everybody = [account(1), account(2), account(3), near, far];
    let senders = [account(1), account(2), account(3)];

    for _ in 0..1_500 {
        let (caller, other) = (dice.one_of(&senders), dice.one_of(&everybody));
        let value = match dice.below(4) {
            0 => U256::ZERO,
            1 => model.balance(caller),
            2 => U256::MAX,
            _ => U256::from(dice.below(1_000)),
        };
        let (accepted, expected) = match dice.below(3) {
            0 => (
                world.send(caller, token, &transferCall { to: other, value }).is_ok(),
                model.transfer(caller, other, value),
            ),
            1 => {
                model.allowances.insert((caller, other), value);
                (
                    world
                        .send(caller, token, &approveCall { spender: other, value })
                        .is_ok(),
                    true,
                )
            }
            _ => {
                let (from, to) = (dice.one_of(&senders), other);
                let call = transferFromCall { from, to, value };
                (
                    world.send(caller, token, &call).is_ok(),
                    model.transfer_from(caller, from, to, value),
                )
            }
        };
        assert_eq!(accepted, expected);
        let (a, b) = (dice.one_of(&everybody), dice.one_of(&everybody));
        assert_eq!(world.view(token, &balanceOfCall { account: a }), model.balance(a));
        let allowance = allowanceCall { owner: a, spender: b };
        assert_eq!(world.view(token, &allowance), model.allowance(a, b));
    }
}
