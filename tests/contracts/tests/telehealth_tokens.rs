//! The escrow, confronted with tokens that do not behave, and with what are no tokens at all.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall as _, SolError},
};
use salus_devchain::session::CallError;
use salus_tests_contracts::{
    account,
    erc20::IERC20,
    h160,
    hostile::{self, CALLBACK_RESULT, Misbehaviour},
    refusal,
    telehealth::{FEE, Setup, Telehealth::*, status},
};

/// Requests a visit to be paid in `token`, and tries to fund it.
fn fund(setup: &mut Setup, token: Address) -> (B256, Result<(), CallError>) {
    setup.offer(token, FEE);
    let id = setup.requested();
    (id, setup.send(setup.patient, &fundCall { visitId: id }).map(|_| ()))
}

fn funded(setup: &mut Setup, token: Address) -> B256 {
    let (id, paid) = fund(setup, token);
    paid.expect("the token is accepted");
    id
}

/// Tries it, and answers why it was refused, by which nothing happened.
fn refused<E: SolError>(setup: &mut Setup, token: Address) -> E {
    let (id, paid) = fund(setup, token);
    assert_eq!(setup.status(id), status::REQUESTED);
    assert_eq!(setup.totals(), (U256::ZERO, U256::ZERO, U256::ZERO));
    refusal::<E>(paid)
}

fn deploy(setup: &mut Setup, misbehaviour: Misbehaviour) -> Address {
    setup
        .world
        .deploy_evm(account(0), &hostile::token(misbehaviour))
        .expect("the token deploys")
}

#[test]
fn a_token_that_behaves_as_byte_code_is_accepted() {
    let mut setup = Setup::new();
    let token = deploy(&mut setup, Misbehaviour::default());
    funded(&mut setup, token);
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
}

#[test]
fn an_old_token_that_says_nothing_is_accepted() {
    let mut setup = Setup::new();
    let token = deploy(
        &mut setup,
        Misbehaviour {
            silent: true,
            ..Default::default()
        },
    );
    let id = funded(&mut setup, token);
    assert_eq!(setup.status(id), status::FUNDED);
}

#[test]
fn a_token_that_keeps_a_fee_is_refused_with_the_figures() {
    let mut setup = Setup::new();
    let token = deploy(
        &mut setup,
        Misbehaviour {
            keeps: 1,
            ..Default::default()
        },
    );
    let error = refused::<UnexpectedAmount>(&mut setup, token);
    assert_eq!(
        error,
        UnexpectedAmount {
            token,
            expected: FEE,
            received: FEE - U256::ONE
        }
    );
}

#[test]
fn a_token_that_moves_nothing_and_says_it_did_is_refused() {
    let mut setup = Setup::new();
    let token = setup.world.deploy_evm(account(0), &hostile::always_answers(1)).unwrap();
    let error = refused::<UnexpectedAmount>(&mut setup, token);
    assert_eq!(
        error,
        UnexpectedAmount {
            token,
            expected: FEE,
            received: U256::ZERO
        }
    );
}

#[test]
fn a_token_that_says_no_without_reverting_is_refused() {
    let mut setup = Setup::new();
    for answer in [0, 2] {
        let token = setup
            .world
            .deploy_evm(account(0), &hostile::always_answers(answer))
            .unwrap();
        let error = refused::<TokenCallFailed>(&mut setup, token);
        assert_eq!(error.token, token);
        assert!(error.reason.is_empty());
    }
}

#[test]
fn a_token_that_reverts_is_refused_with_its_reason() {
    let mut setup = Setup::new();
    let reason = [1, 2, 3, 4];
    let token = setup
        .world
        .deploy_evm(account(0), &hostile::always_reverts(reason))
        .unwrap();
    let error = refused::<TokenCallFailed>(&mut setup, token);
    assert_eq!((error.token, error.reason.as_ref()), (token, &reason[..]));
}

#[test]
fn an_account_is_no_token() {
    let mut setup = Setup::new();
    for token in [account(3), Address::repeat_byte(0x77)] {
        let error = refused::<TokenCallFailed>(&mut setup, token);
        assert_eq!((error.token, error.reason.len()), (token, 0));
    }
}

#[test]
fn a_token_cannot_call_back_while_it_moves_money() {
    let mut setup = Setup::new();
    let escrow = setup.escrow;
    let calls_back = Some((escrow, ownerCall::SELECTOR));
    let token = deploy(
        &mut setup,
        Misbehaviour {
            calls_back,
            ..Default::default()
        },
    );
    funded(&mut setup, token);
    assert_eq!(callback_result(&mut setup, token), U256::ZERO);
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
}

#[test]
fn the_callback_itself_would_work() {
    // Called by somebody else than the escrow, the same token reaches the same message: so it is not the test that fails.
    let mut setup = Setup::new();
    let escrow = setup.escrow;
    let calls_back = Some((escrow, ownerCall::SELECTOR));
    let token = deploy(
        &mut setup,
        Misbehaviour {
            calls_back,
            ..Default::default()
        },
    );
    let call = IERC20::transferFromCall {
        from: setup.patient,
        to: escrow,
        value: U256::ONE,
    };
    setup.world.send(account(3), token, &call).unwrap();
    assert_eq!(callback_result(&mut setup, token), U256::ONE);
}

#[test]
fn a_token_cannot_call_back_while_it_is_paid_out() {
    let mut setup = Setup::new();
    let escrow = setup.escrow;
    let calls_back = Some((escrow, ownerCall::SELECTOR));
    let token = deploy(
        &mut setup,
        Misbehaviour {
            calls_back,
            ..Default::default()
        },
    );
    let id = funded(&mut setup, token);
    setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();
    // So that a refusal can be told from what was there before.
    let call = IERC20::transferCall {
        to: escrow,
        value: U256::ONE,
    };
    setup.world.send(account(3), token, &call).unwrap();
    assert_eq!(callback_result(&mut setup, token), U256::ONE);

    setup.send(setup.patient, &withdrawCall { token }).unwrap();
    assert_eq!(callback_result(&mut setup, token), U256::ZERO);
    assert_eq!(setup.totals(), (FEE, FEE, U256::ZERO));
    refusal::<NothingToWithdraw>(setup.send(setup.patient, &withdrawCall { token }));
}

#[test]
fn what_a_token_does_not_pay_out_stays_withdrawable() {
    let mut setup = Setup::new();
    let token = deploy(
        &mut setup,
        Misbehaviour {
            keeps_all: true,
            ..Default::default()
        },
    );
    let id = funded(&mut setup, token);
    setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();
    for _ in 0..2 {
        let error = refusal::<TokenCallFailed>(setup.send(setup.patient, &withdrawCall { token }));
        assert_eq!((error.token, error.reason.len()), (token, 0));
        assert_eq!(setup.withdrawable(setup.patient), FEE);
        assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
    }
}

#[test]
fn a_token_that_does_not_behave_touches_no_other() {
    let mut setup = Setup::new();
    let good = setup.token;
    let visit_id = setup.funded();
    let bad = deploy(
        &mut setup,
        Misbehaviour {
            keeps_all: true,
            ..Default::default()
        },
    );
    funded(&mut setup, bad);
    setup.token = good;
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
    setup.send(setup.patient, &cancelCall { visitId: visit_id }).unwrap();
    setup.send(setup.patient, &withdrawCall { token: good }).unwrap();
    assert_eq!(setup.totals(), (FEE, FEE, U256::ZERO));
    setup.token = bad;
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
}

#[test]
fn fees_whose_sum_passes_the_largest_number_are_refused() {
    let mut setup = Setup::new();
    setup.token = deploy(&mut setup, Misbehaviour::default());
    let mut book = |fee: U256| {
        setup.offer(setup.token, fee);
        let booking = Booking { fee, ..setup.booking() };
        setup.send(setup.patient, &bookCall { booking })
    };
    book(U256::MAX).unwrap();
    refusal::<AmountOverflow>(book(U256::ONE));
    assert_eq!(setup.totals(), (U256::MAX, U256::ZERO, U256::MAX));
}

fn callback_result(setup: &mut Setup, token: Address) -> U256 {
    let outcome = setup
        .world
        .session
        .dry_run(h160(token), CALLBACK_RESULT.to_vec())
        .expect("the token answers");
    U256::from_be_slice(&outcome.output)
}
