//! What `Session` promises, without any contract of ours: coins, time, snapshots, byte code, the asset precompile.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use pallet_revive::precompiles::alloy::{primitives::U256 as Word, sol, sol_types::SolCall};
use salus_devchain::{
    accounts,
    genesis::DEV_ASSET,
    runtime::{ASSETS_PRECOMPILE_PREFIX, Assets, RuntimeCall},
    session::{Actor, CallError, FIRST_BLOCK_TIME, Session},
};
use sp_core::{H160, U256};

sol! {
    interface IERC20 {
        function transfer(address to, uint256 value) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
    }
}

/// EVM byte code that returns the block's time: `TIMESTAMP PUSH0 MSTORE PUSH1 32 PUSH0 RETURN`, and what deploys it.
const CLOCK: &[u8] = &[
    0x66, 0x42, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3, 0x5f, 0x52, 0x60, 0x07, 0x60, 0x19, 0xf3,
];
/// EVM byte code that always reverts with one byte, 0x2a.
const REFUSES: &[u8] = &[
    0x69, 0x60, 0x2a, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xfd, 0x00, 0x00, 0x5f, 0x52, 0x60, 0x0a, 0x60, 0x16, 0xf3,
];

#[test]
fn coins_move_and_only_what_was_sent() {
    let mut session = Session::new();
    let receiver = Actor::ethereum(1).address();
    let (before, value) = (session.balance(receiver), U256::from(3_000_000u64));
    session.call_with_value(receiver, vec![], value).unwrap();
    assert_eq!(session.balance(receiver), before + value);
}

#[test]
fn more_coins_than_there_are_fail_and_change_nothing() {
    let mut session = Session::new();
    let receiver = Actor::ethereum(1).address();
    let before = session.balance(receiver);
    let too_much = session.balance(Actor::ethereum(0).address()) + 1u64;
    assert!(matches!(
        session.call_with_value(receiver, vec![], too_much),
        Err(CallError::Failed { .. })
    ));
    assert_eq!(session.balance(receiver), before);
}

#[test]
fn several_contracts_in_one_block_get_different_addresses() {
    let mut session = Session::new();
    let first = session.deploy(CLOCK, vec![]).unwrap().address;
    let second = session.deploy(CLOCK, vec![]).unwrap().address;
    assert_ne!(first, second);
    assert_eq!(session.block_number(), 1);
}

#[test]
fn contracts_see_the_time_in_seconds_and_it_moves_when_told() {
    let mut session = Session::new();
    let clock = session.deploy(CLOCK, vec![]).unwrap().address;
    let read = |session: &mut Session| U256::from_big_endian(&session.dry_run(clock, vec![]).unwrap().output);
    assert_eq!(read(&mut session), U256::from(FIRST_BLOCK_TIME / 1_000));
    session.advance_time(86_400);
    assert_eq!(read(&mut session), U256::from(FIRST_BLOCK_TIME / 1_000 + 86_400));
    session.advance_blocks(3);
    assert_eq!(session.block_number(), 5);
    assert_eq!(read(&mut session), U256::from(session.timestamp()));
}

#[test]
fn a_revert_carries_its_data() {
    let mut session = Session::new();
    let contract = session.deploy(REFUSES, vec![]).unwrap().address;
    let error = session.call(contract, vec![]).unwrap_err();
    assert_eq!(error.revert_data(), Some(&[0x2a][..]), "{error}");
}

#[test]
fn a_dry_run_leaves_no_trace() {
    let mut session = Session::new();
    let token = asset_precompile();
    session.set_caller(Actor::sr25519(0));
    let receiver = H160::repeat_byte(7);
    let transfer = IERC20::transferCall {
        to: receiver.0.into(),
        value: Word::from(5),
    }
    .abi_encode();
    let outcome = session.dry_run(token, transfer.clone()).unwrap();
    assert_eq!(outcome.logs.len(), 1);
    assert_eq!(asset_balance(&mut session, receiver), Word::ZERO);
    session.call(token, transfer).unwrap();
    assert_eq!(asset_balance(&mut session, receiver), Word::from(5));
}

#[test]
fn revert_goes_back_to_the_snapshot_as_often_as_wanted() {
    let mut session = Session::new();
    let clock = session.deploy(CLOCK, vec![]).unwrap().address;
    let snapshot = session.snapshot();
    for _ in 0..2 {
        session.advance_time(60).set_caller(Actor::ethereum(2));
        session
            .call_with_value(Actor::ethereum(1).address(), vec![], 1_000_000u64.into())
            .unwrap();
        session.revert(&snapshot);
        assert_eq!((session.block_number(), session.now()), (1, FIRST_BLOCK_TIME));
        assert_eq!(*session.caller(), Actor::ethereum(0));
        session.call(clock, vec![]).unwrap();
    }
}

#[test]
fn the_caller_is_who_was_set() {
    let mut session = Session::new();
    let asset = RuntimeCall::Assets(pallet_assets::Call::mint {
        id: DEV_ASSET,
        beneficiary: Actor::ethereum(3).account().clone().into(),
        amount: 9,
    });
    // Only the asset's issuer, `//Alice`, may mint.
    session
        .set_caller(Actor::sr25519(1))
        .dispatch(asset.clone())
        .unwrap_err();
    session.set_caller(Actor::sr25519(0)).dispatch(asset).unwrap();
    assert_eq!(asset_balance(&mut session, Actor::ethereum(3).address()), Word::from(9));
    assert_eq!(
        session.execute(|| Assets::balance(DEV_ASSET, Actor::ethereum(3).account())),
        9
    );
}

#[test]
fn addresses_of_development_accounts_are_the_well_known_ones() {
    let alice = Actor::sr25519(0).address();
    assert_eq!(hex::encode(alice), "9621dde636de098b43efb0fa9b61facfe328f99d");
    assert_eq!(accounts::address_of(&accounts::fallback_account(alice)), alice);
}

fn asset_precompile() -> H160 {
    let mut address = [0; 20];
    address[..4].copy_from_slice(&DEV_ASSET.to_be_bytes());
    address[16..18].copy_from_slice(&ASSETS_PRECOMPILE_PREFIX.to_be_bytes());
    address.into()
}

fn asset_balance(session: &mut Session, account: H160) -> Word {
    let call = IERC20::balanceOfCall {
        account: account.0.into(),
    }
    .abi_encode();
    let output = session.dry_run(asset_precompile(), call).unwrap().output;
    IERC20::balanceOfCall::abi_decode_returns(&output).unwrap()
}
