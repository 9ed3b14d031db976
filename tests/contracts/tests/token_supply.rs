//! How many tokens there are: minting up to the cap, burning, and the pause that stops both and all transfers.

use alloy_core::{
    primitives::{Address, U256},
    sol_types::Panic,
};
use salus_tests_contracts::{
    World, account,
    erc20::{self, IERC20::*, SUPPLY, balance},
    events,
    permits::{Permit, Wallet},
    refusal,
};

const ADMIN: usize = 0;
const MINTER: usize = 1;
const PAUSER: usize = 2;
const HOLDER: usize = 3;

/// A token of at most 100 more than [`SUPPLY`], which account 3 holds.
fn token() -> (World, Address) {
    with_cap(SUPPLY + U256::from(100))
}

fn with_cap(cap: U256) -> (World, Address) {
    let mut world = World::new();
    let constructor = constructorCall {
        cap,
        minter: account(MINTER),
        pauser: account(PAUSER),
        ..erc20::constructor(account(ADMIN), account(HOLDER))
    };
    let deployed = world.deploy("token", account(ADMIN), &constructor);
    let token = deployed.expect("the token deploys").value;
    (world, token)
}

fn mint(to: Address, value: u64) -> mintCall {
    mintCall {
        to,
        value: U256::from(value),
    }
}

#[test]
fn a_token_of_which_there_can_be_none_is_not_deployed() {
    let constructor = constructorCall {
        cap: U256::ZERO,
        ..erc20::constructor(account(ADMIN), account(HOLDER))
    };
    let error = refusal::<ERC20InvalidCap>(World::new().deploy("token", account(ADMIN), &constructor));
    assert_eq!(error.cap, U256::ZERO);
}

#[test]
fn a_first_supply_beyond_the_cap_is_not_deployed() {
    let cap = SUPPLY - U256::ONE;
    let constructor = constructorCall {
        cap,
        ..erc20::constructor(account(ADMIN), account(HOLDER))
    };
    let error = refusal::<ERC20ExceededCap>(World::new().deploy("token", account(ADMIN), &constructor));
    assert_eq!((error.increasedSupply, error.cap), (SUPPLY, cap));
}

#[test]
fn a_minter_creates_tokens_up_to_the_cap() {
    let (mut world, token) = token();
    let (minter, to) = (account(MINTER), account(4));
    let cap = SUPPLY + U256::from(100);
    assert_eq!(world.view(token, &capCall {}), cap);

    let done = world.send(minter, token, &mint(to, 60)).unwrap();
    let created = Transfer {
        from: Address::ZERO,
        to,
        value: U256::from(60),
    };
    assert_eq!(events::<Transfer>(token, &done.logs), [created]);
    assert_eq!(done.logs.len(), 1);
    assert_eq!(balance(&mut world, token, to), U256::from(60));
    assert_eq!(world.view(token, &totalSupplyCall {}), SUPPLY + U256::from(60));

    let error = refusal::<ERC20ExceededCap>(world.send(minter, token, &mint(to, 41)));
    assert_eq!((error.increasedSupply, error.cap), (cap + U256::ONE, cap));
    world.send(minter, token, &mint(to, 40)).unwrap();
    assert_eq!(world.view(token, &totalSupplyCall {}), cap);
    refusal::<ERC20ExceededCap>(world.send(minter, token, &mint(to, 1)));
    world.send(minter, token, &mint(to, 0)).unwrap();
}

#[test]
fn minting_to_nobody_fails() {
    let (mut world, token) = token();
    let error = refusal::<ERC20InvalidReceiver>(world.send(account(MINTER), token, &mint(Address::ZERO, 1)));
    assert_eq!(error.receiver, Address::ZERO);
}

#[test]
fn minting_by_anybody_else_fails() {
    let (mut world, token) = token();
    let needed = world.view(token, &MINTER_ROLECall {});
    for other in [ADMIN, PAUSER, HOLDER] {
        let result = world.send(account(other), token, &mint(account(other), 1));
        let error = refusal::<AccessControlUnauthorizedAccount>(result);
        assert_eq!((error.account, error.neededRole), (account(other), needed));
    }
    assert_eq!(world.view(token, &totalSupplyCall {}), SUPPLY);
}

#[test]
fn a_supply_that_fits_no_word_panics_as_in_solidity() {
    let (mut world, token) = with_cap(U256::MAX);
    let call = mintCall {
        to: account(4),
        value: U256::MAX - SUPPLY + U256::ONE,
    };
    let error = refusal::<Panic>(world.send(account(MINTER), token, &call));
    assert_eq!(error.code, U256::from(0x11));
    let value = call.value - U256::ONE;
    world.send(account(MINTER), token, &mintCall { value, ..call }).unwrap();
    assert_eq!(world.view(token, &totalSupplyCall {}), U256::MAX);
}

#[test]
fn burning_takes_tokens_out_of_the_world_and_makes_room_under_the_cap() {
    let (mut world, token) = token();
    let holder = account(HOLDER);
    let value = U256::from(30);
    let done = world.send(holder, token, &burnCall { value }).unwrap();
    let destroyed = Transfer {
        from: holder,
        to: Address::ZERO,
        value,
    };
    assert_eq!(events::<Transfer>(token, &done.logs), [destroyed]);
    assert_eq!(done.logs.len(), 1);
    assert_eq!(balance(&mut world, token, holder), SUPPLY - value);
    assert_eq!(balance(&mut world, token, Address::ZERO), U256::ZERO);
    assert_eq!(world.view(token, &totalSupplyCall {}), SUPPLY - value);
    world.send(account(MINTER), token, &mint(holder, 130)).unwrap();
}

#[test]
fn burning_nothing_says_so_and_too_much_fails_with_the_figures() {
    let (mut world, token) = token();
    let (holder, value) = (account(HOLDER), U256::ZERO);
    let done = world.send(account(4), token, &burnCall { value }).unwrap();
    assert_eq!(events::<Transfer>(token, &done.logs).len(), 1);
    let value = SUPPLY + U256::ONE;
    let error = refusal::<ERC20InsufficientBalance>(world.send(holder, token, &burnCall { value }));
    let expected = ERC20InsufficientBalance {
        sender: holder,
        balance: SUPPLY,
        needed: value,
    };
    assert_eq!(error, expected);
}

#[test]
fn burning_for_somebody_uses_the_allowance_up_without_saying_so() {
    let (mut world, token) = token();
    let (owner, spender) = (account(HOLDER), account(4));
    let burn = |value: u64| burnFromCall {
        account: owner,
        value: U256::from(value),
    };
    let error = refusal::<ERC20InsufficientAllowance>(world.send(spender, token, &burn(1)));
    assert_eq!((error.spender, error.allowance), (spender, U256::ZERO));

    let value = U256::from(10);
    world.send(owner, token, &approveCall { spender, value }).unwrap();
    let done = world.send(spender, token, &burn(4)).unwrap();
    assert_eq!(done.logs.len(), 1, "no Approval");
    assert_eq!(events::<Transfer>(token, &done.logs)[0].to, Address::ZERO);
    assert_eq!(world.view(token, &allowanceCall { owner, spender }), U256::from(6));
    assert_eq!(world.view(token, &totalSupplyCall {}), SUPPLY - U256::from(4));
    refusal::<ERC20InsufficientAllowance>(world.send(spender, token, &burn(7)));

    let value = U256::MAX;
    world.send(owner, token, &approveCall { spender, value }).unwrap();
    world.send(spender, token, &burn(7)).unwrap();
    assert_eq!(world.view(token, &allowanceCall { owner, spender }), U256::MAX);
}

#[test]
fn nothing_is_burnt_of_the_zero_address() {
    let (mut world, token) = token();
    let call = burnFromCall {
        account: Address::ZERO,
        value: U256::ZERO,
    };
    refusal::<ERC20InvalidApprover>(world.send(account(4), token, &call));
}

#[test]
fn a_pauser_stops_every_movement_and_lets_it_go_on() {
    let (mut world, token) = token();
    let (pauser, holder, spender, minter) = (account(PAUSER), account(HOLDER), account(4), account(MINTER));
    let (to, value) = (spender, U256::from(5));
    world.send(holder, token, &approveCall { spender, value }).unwrap();

    assert!(!world.view(token, &pausedCall {}));
    let done = world.send(pauser, token, &pauseCall {}).unwrap();
    assert_eq!(events::<Paused>(token, &done.logs), [Paused { account: pauser }]);
    assert_eq!(done.logs.len(), 1);
    assert!(world.view(token, &pausedCall {}));

    let from = holder;
    refusal::<EnforcedPause>(world.send(holder, token, &transferCall { to, value }));
    refusal::<EnforcedPause>(world.send(spender, token, &transferFromCall { from, to, value }));
    refusal::<EnforcedPause>(world.send(minter, token, &mint(to, 1)));
    refusal::<EnforcedPause>(world.send(holder, token, &burnCall { value }));
    let account = holder;
    refusal::<EnforcedPause>(world.send(spender, token, &burnFromCall { account, value }));
    refusal::<EnforcedPause>(world.send(pauser, token, &pauseCall {}));
    let allowance = allowanceCall { owner: holder, spender };
    assert_eq!(world.view(token, &allowance), value, "a refusal uses nothing up");

    let done = world.send(pauser, token, &unpauseCall {}).unwrap();
    assert_eq!(events::<Unpaused>(token, &done.logs), [Unpaused { account: pauser }]);
    refusal::<ExpectedPause>(world.send(pauser, token, &unpauseCall {}));
    world
        .send(spender, token, &transferFromCall { from, to, value })
        .unwrap();
    assert_eq!(balance(&mut world, token, to), value);
}

#[test]
fn what_is_wrong_with_a_transfer_while_paused_is_told_in_openzeppelins_order() {
    let (mut world, token) = token();
    world.send(account(PAUSER), token, &pauseCall {}).unwrap();
    let (from, holder) = (account(HOLDER), account(HOLDER));
    let transfer = |to, value| transferCall { to, value };
    refusal::<ERC20InvalidReceiver>(world.send(holder, token, &transfer(Address::ZERO, U256::ONE)));
    refusal::<EnforcedPause>(world.send(holder, token, &transfer(account(4), U256::MAX)));
    let (to, value) = (account(4), U256::ONE);
    let taken = transferFromCall { from, to, value };
    refusal::<ERC20InsufficientAllowance>(world.send(account(4), token, &taken));
    refusal::<AccessControlUnauthorizedAccount>(world.send(holder, token, &mint(holder, 1)));
    refusal::<EnforcedPause>(world.send(account(MINTER), token, &mint(holder, 101)));
}

#[test]
fn a_pause_stops_neither_approvals_nor_permits() {
    let (mut world, token) = token();
    world.send(account(PAUSER), token, &pauseCall {}).unwrap();
    let (holder, spender, value) = (account(HOLDER), account(4), U256::from(5));
    world.send(holder, token, &approveCall { spender, value }).unwrap();

    let owner = Wallet::new(7);
    let permit = Permit {
        owner: owner.address(),
        spender,
        value,
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let domain = alloy_core::sol_types::eip712_domain! {
        name: "Salus Test",
        version: "1",
        chain_id: salus_devchain::runtime::CHAIN_ID,
        verifying_contract: token,
    };
    world.send(spender, token, &owner.sign(&permit, &domain)).unwrap();
    let allowance = allowanceCall {
        owner: permit.owner,
        spender,
    };
    assert_eq!(world.view(token, &allowance), value);
}

#[test]
fn pausing_by_anybody_else_fails() {
    let (mut world, token) = token();
    let needed = world.view(token, &PAUSER_ROLECall {});
    for other in [ADMIN, MINTER, HOLDER] {
        let error = refusal::<AccessControlUnauthorizedAccount>(world.send(account(other), token, &pauseCall {}));
        assert_eq!((error.account, error.neededRole), (account(other), needed));
    }
    world.send(account(PAUSER), token, &pauseCall {}).unwrap();
    for other in [ADMIN, MINTER, HOLDER] {
        refusal::<AccessControlUnauthorizedAccount>(world.send(account(other), token, &unpauseCall {}));
    }
    assert!(world.view(token, &pausedCall {}));
}
