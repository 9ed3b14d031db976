//! Calls that no binding makes: unknown messages, arguments cut short, numbers too large for their type. Solidity refuses
//! them, and so do we, each without a change of state.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall, SolConstructor},
};
use salus_tests_contracts::{
    World, account, code,
    consent::{Clinic, IConsent, SUBJECT, answer, doctor, patient},
    credentials::ICredentials,
    erc20::{self, IERC20},
    h160,
    records::{self, IRecords},
    telehealth::{Setup, Telehealth},
};

/// Byte `byte` of argument number `argument`, from 0.
fn at(argument: usize, byte: usize) -> usize {
    4 + 32 * argument + byte
}

fn is_refused(world: &mut World, from: Address, to: Address, input: &[u8]) -> bool {
    world.session.set_caller(h160(from));
    world.session.call(h160(to), input.to_vec()).is_err()
}

/// Whether the call is refused as Solidity refuses it: without a reason, since no message has begun.
fn is_refused_silently(world: &mut World, from: Address, to: Address, input: &[u8]) -> bool {
    world.session.set_caller(h160(from));
    match world.session.call(h160(to), input.to_vec()) {
        Ok(_) => false,
        Err(error) => error.revert_data() == Some(&[]),
    }
}

#[test]
fn what_is_no_message_is_refused() {
    let Clinic {
        mut world, contract, ..
    } = Clinic::new();
    for input in [&[][..], &[0xff], &[0xde, 0xad, 0xbe, 0xef], &[0; 36]] {
        assert!(is_refused_silently(&mut world, patient(), contract, input), "{input:?}");
    }
}

#[test]
fn arguments_that_are_cut_short_are_refused() {
    let mut clinic = Clinic::new();
    let input = clinic.terms().abi_encode();
    for length in [4, 5, at(1, 0), at(6, 31)] {
        assert!(
            is_refused_silently(&mut clinic.world, patient(), clinic.contract, &input[..length]),
            "{length} bytes"
        );
    }
    assert_eq!(clinic.check(), answer::NO_CONSENT);
    assert!(!is_refused(&mut clinic.world, patient(), clinic.contract, &input));
    assert_eq!(clinic.check(), answer::PERMIT);
}

#[test]
fn what_follows_the_arguments_is_ignored() {
    let mut clinic = Clinic::new();
    let mut input = clinic.terms().abi_encode();
    input.extend([0xff; 33]);
    assert!(!is_refused(&mut clinic.world, patient(), clinic.contract, &input));
    assert_eq!(clinic.check(), answer::PERMIT);
}

#[test]
fn numbers_too_large_for_their_type_are_refused_and_not_cut() {
    let mut clinic = Clinic::new();
    let grant = clinic.terms().abi_encode();
    // grantee, validFrom, validUntil, purposes, classes
    for position in [at(1, 11), at(3, 23), at(4, 23), at(5, 0), at(6, 23)] {
        let mut input = grant.clone();
        input[position] = 1;
        assert!(
            is_refused_silently(&mut clinic.world, patient(), clinic.contract, &input),
            "byte {position}"
        );
    }
    assert_eq!(clinic.check(), answer::NO_CONSENT);

    let call = IConsent::checkCall {
        subject: SUBJECT,
        grantee: doctor(),
        purpose: 0,
        class: 0,
    };
    for position in [at(2, 30), at(3, 0)] {
        let mut input = call.abi_encode();
        input[position] = 1;
        assert!(
            is_refused_silently(&mut clinic.world, doctor(), clinic.contract, &input),
            "byte {position}"
        );
    }
}

#[test]
fn lengths_that_lie_are_refused() {
    let (mut world, contract) = records::deploy();
    let call = IRecords::verifyInBatchCall {
        author: patient(),
        root: B256::repeat_byte(1),
        leaf: B256::repeat_byte(2),
        index: 0,
        proof: vec![B256::repeat_byte(3); 2],
    };
    let input = call.abi_encode();
    assert!(!is_refused(&mut world, patient(), contract, &input));
    // Where the proof begins, and how many hashes it has.
    for position in [at(4, 0), at(4, 28), at(5, 0), at(5, 24), at(5, 30)] {
        let mut lie = input.clone();
        lie[position] = 0xff;
        assert!(is_refused(&mut world, patient(), contract, &lie), "byte {position}");
    }
}

#[test]
fn more_than_a_contract_can_take_in_is_refused_silently() {
    let mut clinic = Clinic::new();
    let id = clinic.grant_policy(&[1; 100]);
    let too_long = vec![1; 20_000];
    assert!(clinic.evaluate(id, &too_long, &[]).is_err());
}

#[test]
fn a_visit_is_not_booked_by_half() {
    let mut setup = Setup::new();
    let booking = setup.booking();
    let input = Telehealth::requestVisitCall { booking }.abi_encode();
    let (patient, escrow) = (setup.patient, setup.escrow);
    // The last word of the struct.
    for length in [4, at(12, 0), at(12, 31)] {
        assert!(is_refused_silently(&mut setup.world, patient, escrow, &input[..length]));
    }
    // provider, termsVersion, startTime, arbiter, role, record
    for position in [at(0, 11), at(4, 27), at(5, 23), at(8, 0), at(9, 30), at(10, 30)] {
        let mut input = input.clone();
        input[position] = 1;
        assert!(
            is_refused_silently(&mut setup.world, patient, escrow, &input),
            "byte {position}"
        );
    }
    let mut neither = input.clone();
    neither[at(10, 31)] = 2;
    assert!(
        is_refused_silently(&mut setup.world, patient, escrow, &neither),
        "no bool"
    );
    assert!(!is_refused(&mut setup.world, patient, escrow, &input));
}

/// The attack on exchanges that paste addresses into call data: an address that ends in zeros, written short, shifts the
/// amount by a byte, which makes it 256 times as much.
#[test]
fn a_short_address_does_not_multiply_the_amount() {
    let mut world = World::new();
    let (holder, receiver) = (account(1), Address::repeat_byte(0x77));
    let token = erc20::deploy(&mut world, account(0), holder).unwrap().value;
    let call = IERC20::transferCall {
        to: receiver,
        value: U256::from(5),
    };
    let input = call.abi_encode();
    let mut short = input.clone();
    short.remove(at(0, 31));
    assert!(is_refused_silently(&mut world, holder, token, &short));
    let mut dirty = input.clone();
    dirty[at(0, 0)] = 1;
    assert!(is_refused_silently(&mut world, holder, token, &dirty));
    assert_eq!(erc20::balance(&mut world, token, holder), erc20::SUPPLY);
    assert!(!is_refused(&mut world, holder, token, &input));
    assert_eq!(erc20::balance(&mut world, token, receiver), U256::from(5));
}

#[test]
fn a_constructors_arguments_are_held_to_their_types() {
    let mut world = World::new();
    let arguments = ICredentials::constructorCall {
        initialOwner: account(1),
    }
    .abi_encode();
    world.session.set_caller(h160(account(0)));
    let code = code("credentials");
    let mut large = arguments.clone();
    large[11] = 1;
    for wrong in [&[][..], &arguments[..31], &large] {
        assert!(world.session.deploy(&code, wrong.to_vec()).is_err(), "{wrong:?}");
    }
    world.session.deploy(&code, arguments).unwrap();
}
