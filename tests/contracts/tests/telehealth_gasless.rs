//! Bookings that a patient without coin signs once (EIP-3009), and anybody hands in.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall as _, SolError},
};
use salus_devchain::session::CallError;
use salus_tests_contracts::{
    account,
    authorizations::Authorization,
    erc20::{
        self,
        IERC20::{
            ECDSAInvalidSignature, ERC20InsufficientBalance, ERC20InvalidReceiver, ERC3009InvalidAuthorizationTime,
            ERC3009InvalidSignature, ERC3009UsedAuthorization, EnforcedPause, pauseCall, transferCall, unpauseCall,
        },
        balance,
    },
    h160,
    hostile::{self, CALLBACK_RESULT, Misbehaviour},
    permits::{Wallet, domain_of},
    refusal,
    telehealth::{ARBITER_ROLE, FEE, NATIVE, Setup, Telehealth::*, dev_asset, status, terms},
};

/// Who hands in, and has nothing to do with it.
const PASSER_BY: usize = 3;

/// A patient who has the fee, and no coin.
fn patient(setup: &mut Setup) -> Wallet {
    let wallet = Wallet::new(7);
    pay(setup, &wallet);
    wallet
}

fn pay(setup: &mut Setup, wallet: &Wallet) {
    let call = transferCall {
        to: wallet.address(),
        value: FEE,
    };
    let given = setup.world.send(setup.patient, setup.token, &call);
    given.expect("the tokens are sent");
}

/// What a wallet signs for a booking.
fn authorization(setup: &mut Setup, wallet: &Wallet, booking: &Booking) -> Authorization {
    let asked = visitIdOfCall {
        patient: wallet.address(),
        booking: booking.clone(),
    };
    Authorization {
        from: wallet.address(),
        to: setup.escrow,
        value: booking.fee,
        valid_after: U256::ZERO,
        valid_before: U256::MAX,
        nonce: setup.world.view(setup.escrow, &asked),
    }
}

/// The call that hands it in.
fn signed(wallet: &Wallet, authorization: &Authorization, booking: &Booking) -> bookWithAuthorizationCall {
    let received = authorization.receive(wallet, &domain_of("Salus Test", booking.token));
    bookWithAuthorizationCall {
        patient: received.from,
        booking: booking.clone(),
        validAfter: received.validAfter,
        validBefore: received.validBefore,
        v: received.v,
        r: received.r,
        s: received.s,
    }
}

/// A booking that is signed, and its call.
fn booked(setup: &mut Setup, wallet: &Wallet) -> (B256, bookWithAuthorizationCall) {
    let booking = setup.booking();
    let authorization = authorization(setup, wallet, &booking);
    (authorization.nonce, signed(wallet, &authorization, &booking))
}

fn hand_in(setup: &mut Setup, call: &bookWithAuthorizationCall) -> Result<B256, CallError> {
    setup.send(account(PASSER_BY), call).map(|done| done.value)
}

/// Why a booking that is handed in is refused, by which nothing happens.
fn refused<E: SolError>(setup: &mut Setup, call: &bookWithAuthorizationCall) -> E {
    let before = setup.totals();
    let error = refusal::<E>(hand_in(setup, call));
    assert_eq!(setup.totals(), before);
    error
}

/// Why the token refuses what a booking pays with.
fn refused_by_token<E: SolError>(setup: &mut Setup, call: &bookWithAuthorizationCall) -> E {
    let error: TokenCallFailed = refused(setup, call);
    assert_eq!(error.token, call.booking.token);
    E::abi_decode(&error.reason).unwrap_or_else(|_| panic!("{} was expected, not {}", E::SIGNATURE, error.reason))
}

#[test]
fn one_signature_books_and_pays_whoever_hands_it_in() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let (id, call) = booked(&mut setup, &wallet);
    let done = setup.send(account(PASSER_BY), &call).unwrap();
    assert_eq!(done.value, id);
    let requested = setup.event::<VisitRequested>(&done);
    assert_eq!((requested.visitId, requested.patient), (id, wallet.address()));
    assert_eq!(setup.event::<VisitFunded>(&done).visitId, id);
    assert_eq!(setup.status(id), status::FUNDED);
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
    let token = setup.token;
    assert_eq!(balance(&mut setup.world, token, wallet.address()), U256::ZERO);
    // It is the patient's visit, not of who handed it in.
    refusal::<NotPatient>(setup.send(account(PASSER_BY), &cancelCall { visitId: id }));
}

#[test]
fn it_is_made_once() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let (id, call) = booked(&mut setup, &wallet);
    pay(&mut setup, &wallet);
    hand_in(&mut setup, &call).unwrap();
    assert_eq!(refused::<VisitExists>(&mut setup, &call).visitId, id);
    // Nor when it is over.
    setup.send(setup.provider, &declineCall { visitId: id }).unwrap();
    refused::<VisitExists>(&mut setup, &call);
    let token = setup.token;
    assert_eq!(balance(&mut setup.world, token, wallet.address()), FEE);
}

#[test]
fn a_signature_is_for_one_booking_alone() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let (_, call) = booked(&mut setup, &wallet);
    let changes: [fn(&mut Booking); 5] = [
        |booking| booking.startTime += 1,
        |booking| booking.endTime += 1,
        |booking| booking.confirmBy -= 1,
        |booking| booking.detailsHash = B256::ZERO,
        |booking| booking.conditions.record = true,
    ];
    for change in changes {
        let mut altered = call.clone();
        change(&mut altered.booking);
        refused_by_token::<ERC3009InvalidSignature>(&mut setup, &altered);
    }
    hand_in(&mut setup, &call).unwrap();
}

#[test]
fn a_signature_is_its_signers() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let (_, call) = booked(&mut setup, &wallet);
    // Somebody else who has the money.
    let mut for_another = call.clone();
    for_another.patient = setup.patient;
    refused_by_token::<ERC3009InvalidSignature>(&mut setup, &for_another);
    let mut unsigned = call.clone();
    unsigned.r = B256::ZERO;
    unsigned.s = B256::ZERO;
    refused_by_token::<ECDSAInvalidSignature>(&mut setup, &unsigned);
    let mut other_parity = call;
    other_parity.v = 27 + 28 - other_parity.v;
    refused_by_token::<ERC3009InvalidSignature>(&mut setup, &other_parity);
}

#[test]
fn a_signature_is_for_one_escrow_and_does_not_pay_without_a_booking() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let booking = setup.booking();
    let authorization = authorization(&mut setup, &wallet, &booking);
    let domain = domain_of("Salus Test", setup.token);
    // The escrow alone receives it.
    let bare = authorization.receive(&wallet, &domain);
    refusal::<ERC20InvalidReceiver>(setup.world.send(account(PASSER_BY), setup.token, &bare));
    let other = constructorCall {
        initialOwner: account(0),
        consent: setup.consent,
        credentials: setup.credentials,
        records: setup.records,
        arbiterRole: ARBITER_ROLE.bit(),
    };
    let other = setup.world.deploy("telehealth", account(0), &other).unwrap().value;
    let first = std::mem::replace(&mut setup.escrow, other);
    setup.send(setup.provider, &terms()).unwrap();
    setup.offer(setup.token, FEE);
    let call = signed(&wallet, &authorization, &booking);
    refused_by_token::<ERC3009InvalidSignature>(&mut setup, &call);
    setup.escrow = first;
    hand_in(&mut setup, &call).unwrap();
}

#[test]
fn it_is_handed_in_in_its_time() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let booking = setup.booking();
    let now = U256::from(setup.world.session.timestamp());
    let always = authorization(&mut setup, &wallet, &booking);
    let early = Authorization {
        valid_after: now,
        ..always.clone()
    };
    let late = Authorization {
        valid_before: now,
        ..always.clone()
    };
    for authorization in [early, late] {
        let call = signed(&wallet, &authorization, &booking);
        refused_by_token::<ERC3009InvalidAuthorizationTime>(&mut setup, &call);
    }
    // What can no longer be confirmed is not booked, however long the payment is valid.
    let call = signed(&wallet, &always, &booking);
    setup.until(booking.confirmBy);
    refused::<InvalidConfirmBy>(&mut setup, &call);
}

#[test]
fn what_was_cancelled_or_is_not_there_pays_nothing() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let booking = setup.booking();
    let authorization = authorization(&mut setup, &wallet, &booking);
    let domain = domain_of("Salus Test", setup.token);
    let cancelled = authorization.cancel(&wallet, &domain);
    setup.world.send(account(PASSER_BY), setup.token, &cancelled).unwrap();
    let call = signed(&wallet, &authorization, &booking);
    refused_by_token::<ERC3009UsedAuthorization>(&mut setup, &call);
    let pauper = Wallet::new(9);
    let (_, call) = booked(&mut setup, &pauper);
    refused_by_token::<ERC20InsufficientBalance>(&mut setup, &call);
}

#[test]
fn native_coin_and_what_knows_no_signatures_are_not_paid_by_one() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    setup.offer(NATIVE, FEE);
    let (_, call) = booked(&mut setup, &wallet);
    let error = refused::<WrongValue>(&mut setup, &call);
    assert_eq!((error.sent, error.due), (U256::ZERO, FEE));
    // An asset of the chain.
    setup.offer(dev_asset(), FEE);
    let (_, call) = booked(&mut setup, &wallet);
    refused::<TokenCallFailed>(&mut setup, &call);
}

#[test]
fn tokens_that_do_not_behave_are_refused_here_too() {
    let mut setup = Setup::new();
    let wallet = Wallet::new(7);
    let deploy = |setup: &mut Setup, code: &[u8]| -> Address {
        let token = setup.world.deploy_evm(account(0), code).unwrap();
        setup.offer(token, FEE);
        token
    };
    let keeps = Misbehaviour {
        keeps: 1,
        ..Misbehaviour::default()
    };
    for (code, received) in [
        (hostile::always_answers(1), U256::ZERO),
        (hostile::token(keeps), FEE - U256::ONE),
    ] {
        deploy(&mut setup, &code);
        let (_, call) = booked(&mut setup, &wallet);
        assert_eq!(refused::<UnexpectedAmount>(&mut setup, &call).received, received);
    }
    let reason = [1, 2, 3, 4];
    deploy(&mut setup, &hostile::always_reverts(reason));
    let (_, call) = booked(&mut setup, &wallet);
    let error: TokenCallFailed = refused(&mut setup, &call);
    assert_eq!(error.reason.as_ref(), reason);
    // One that calls back into the escrow gets nowhere, and is paid into as if it had not tried.
    let calls_back = Misbehaviour {
        calls_back: Some((setup.escrow, ownerCall::SELECTOR)),
        ..Misbehaviour::default()
    };
    let token = deploy(&mut setup, &hostile::token(calls_back));
    let (id, call) = booked(&mut setup, &wallet);
    hand_in(&mut setup, &call).unwrap();
    assert_eq!(setup.status(id), status::FUNDED);
    let asked = setup.world.session.dry_run(h160(token), CALLBACK_RESULT.to_vec());
    assert_eq!(U256::from_be_slice(&asked.unwrap().output), U256::ZERO);
}

#[test]
fn a_paused_token_pays_neither_in_nor_out_and_loses_nobodys_money() {
    let mut setup = Setup::new();
    let pauser = account(0);
    let constructor = erc20::IERC20::constructorCall {
        pauser,
        ..erc20::constructor(pauser, setup.patient)
    };
    let token = setup.world.deploy("token", pauser, &constructor).unwrap().value;
    setup.offer(token, FEE);
    let wallet = patient(&mut setup);
    let id = setup.funded();
    setup.world.send(pauser, token, &pauseCall {}).unwrap();
    let (_, call) = booked(&mut setup, &wallet);
    refused_by_token::<EnforcedPause>(&mut setup, &call);
    // Nothing waits for the token but the money itself.
    setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();
    assert_eq!(setup.status(id), status::CANCELLED_EARLY);
    let error = refusal::<TokenCallFailed>(setup.send(setup.patient, &withdrawCall { token }));
    assert!(EnforcedPause::abi_decode(&error.reason).is_ok(), "{}", error.reason);
    assert_eq!(setup.withdrawable(setup.patient), FEE);
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
    setup.world.send(pauser, token, &unpauseCall {}).unwrap();
    setup.send(setup.patient, &withdrawCall { token }).unwrap();
    assert_eq!(setup.totals(), (FEE, FEE, U256::ZERO));
}
