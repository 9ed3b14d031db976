//! What patients and providers sign and others send: bookings by permit, quotes, and every step.

use alloy_core::{
    primitives::U256,
    sol,
    sol_types::{SolCall, SolStruct},
};
use salus_tests_contracts::{
    account,
    consent::IConsent::actBySigCall,
    erc20::{IERC20, balance},
    permits::{Permit, Wallet, domain_of},
    refusal,
    signed::signed,
    telehealth::{FEE, SERVICE, Setup, Telehealth::*, status},
};

sol! {
    #[derive(Debug)]
    struct SetQuote { address patient; bytes32 service; address token; uint256 fee; uint64 validUntil; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct Cancel { bytes32 visitId; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct Withdraw { address token; uint256 nonce; uint256 deadline; }
}

/// The call that hands in what a wallet signed for the escrow.
fn by_sig(setup: &Setup, wallet: &Wallet, call: &impl SolCall, action: &impl SolStruct, nonce: u64) -> actBySigCall {
    let domain = domain_of("Salus Telehealth", setup.escrow);
    signed(wallet, &domain, call, action, (U256::from(nonce), U256::MAX))
}

/// What storage costs, and more.
const COIN: u64 = 5_000_000_000_000_000_000;

/// A patient who has the fee, and coin for what is stored.
fn patient(setup: &mut Setup) -> Wallet {
    let wallet = Wallet::new(7);
    setup.world.give(account(0), wallet.address(), COIN);
    let call = IERC20::transferCall {
        to: wallet.address(),
        value: FEE,
    };
    let given = setup.world.send(setup.patient, setup.token, &call);
    given.expect("the tokens are sent");
    wallet
}

fn permit(setup: &Setup, wallet: &Wallet) -> IERC20::permitCall {
    let permit = Permit {
        owner: wallet.address(),
        spender: setup.escrow,
        value: FEE,
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    wallet.sign(&permit, &domain_of("Salus Test", setup.token))
}

fn book_with(setup: &mut Setup, permit: &IERC20::permitCall) -> bookWithPermitCall {
    bookWithPermitCall {
        booking: setup.booking(),
        deadline: permit.deadline,
        v: permit.v,
        r: permit.r,
        s: permit.s,
    }
}

#[test]
fn a_permit_pays_in_the_same_call_and_a_used_one_does_not() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let permit = permit(&setup, &wallet);
    let by_another = book_with(&mut setup, &permit);
    // A permit is its owner's: for another patient it allows nothing.
    refusal::<TokenCallFailed>(setup.send(setup.patient, &by_another));
    let call = book_with(&mut setup, &permit);
    let id = setup.send(wallet.address(), &call).unwrap().value;
    assert_eq!(setup.status(id), status::FUNDED);
    assert_eq!(balance(&mut setup.world, setup.token, wallet.address()), U256::ZERO);
    let again = book_with(&mut setup, &permit);
    refusal::<TokenCallFailed>(setup.send(wallet.address(), &again));
}

#[test]
fn a_permit_that_somebody_handed_in_before_pays_all_the_same() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let permit = permit(&setup, &wallet);
    setup.world.send(account(3), setup.token, &permit).unwrap();
    let call = book_with(&mut setup, &permit);
    let id = setup.send(wallet.address(), &call).unwrap().value;
    assert_eq!(setup.status(id), status::FUNDED);
}

#[test]
fn a_signed_quote_is_handed_in_by_the_patient_and_is_for_nobody_else() {
    let mut setup = Setup::new();
    let provider = Wallet::new(8);
    let quoted = U256::from(70);
    // The provider is the wallet: with terms, and no list.
    setup.provider = provider.address();
    setup.world.give(account(0), provider.address(), COIN);
    setup
        .world
        .send(
            provider.address(),
            setup.escrow,
            &salus_tests_contracts::telehealth::terms(),
        )
        .unwrap();
    let until = setup.world.session.timestamp() + 300;
    let call = setQuoteCall {
        patient: setup.patient,
        service: SERVICE,
        token: setup.token,
        fee: quoted,
        validUntil: until,
    };
    let action = SetQuote {
        patient: call.patient,
        service: call.service,
        token: call.token,
        fee: call.fee,
        validUntil: until,
        nonce: U256::from(5),
        deadline: U256::MAX,
    };
    let handed_in = by_sig(&setup, &provider, &call, &action, 5);
    let dearer = actBySigCall {
        call: setQuoteCall {
            fee: U256::ONE,
            ..call.clone()
        }
        .abi_encode()
        .into(),
        ..handed_in.clone()
    };
    refusal::<InvalidSigner>(setup.send(setup.patient, &dearer));
    let done = setup.send(setup.patient, &handed_in).unwrap();
    let event: QuoteSet = setup.event(&done);
    assert_eq!(
        (event.provider, event.patient, event.fee),
        (provider.address(), setup.patient, quoted)
    );
    refusal::<InvalidNonce>(setup.send(setup.patient, &handed_in));

    let booking = Booking {
        fee: quoted,
        ..setup.booking()
    };
    let request = requestVisitCall {
        booking: booking.clone(),
    };
    assert_eq!(refusal::<WrongFee>(setup.send(account(3), &request)).fee, U256::ZERO);
    setup.until(until);
    let id = setup.booked(booking);
    assert_eq!(setup.status(id), status::FUNDED);
    setup.until(until + 1);
    let later = requestVisitCall {
        booking: Booking {
            fee: quoted,
            ..setup.booking()
        },
    };
    assert_eq!(refusal::<WrongFee>(setup.send(setup.patient, &later)).fee, U256::ZERO);
}

#[test]
fn a_patient_calls_off_and_withdraws_by_what_is_signed_and_others_send() {
    let mut setup = Setup::new();
    let wallet = patient(&mut setup);
    let permit = permit(&setup, &wallet);
    let call = book_with(&mut setup, &permit);
    let id = setup.send(wallet.address(), &call).unwrap().value;
    let cancel = Cancel {
        visitId: id,
        nonce: U256::from(1),
        deadline: U256::MAX,
    };
    let handed_in = by_sig(&setup, &wallet, &cancelCall { visitId: id }, &cancel, 1);
    let done = setup.send(account(3), &handed_in).unwrap();
    let closed: VisitClosed = setup.event(&done);
    assert_eq!((closed.closedBy, closed.toPatient), (wallet.address(), FEE));
    let withdraw = Withdraw {
        token: setup.token,
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let handed_in = by_sig(&setup, &wallet, &withdrawCall { token: setup.token }, &withdraw, 0);
    setup.send(account(3), &handed_in).unwrap();
    assert_eq!(balance(&mut setup.world, setup.token, wallet.address()), FEE);
}

#[test]
fn what_moves_money_in_cannot_be_signed_for() {
    let mut setup = Setup::new();
    let wallet = Wallet::new(7);
    let call = setFeeCall {
        service: SERVICE,
        token: setup.token,
        fee: U256::ONE,
    };
    let action = Withdraw {
        token: setup.token,
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let handed_in = by_sig(&setup, &wallet, &call, &action, 0);
    let error = refusal::<NotSignable>(setup.send(account(3), &handed_in));
    assert_eq!(error.selector.0, setFeeCall::SELECTOR);
}
