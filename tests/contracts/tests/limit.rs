//! The yardsticks in `bench/limit`: cheap, and right all the same. What one does to the same call on the same chain is what our
//! own contract does: the same answer, the same events, the same error.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolCall},
};
use salus_tests_contracts::{
    World, account,
    dice::Dice,
    erc20::IERC20::*,
    h160,
    permits::{Permit, Wallet},
    twins::{SUPPLY, Twins, constructed, constructor, yardstick},
};

sol! {
    interface IHost {
        constructor();
        function now() external view returns (uint64);
    }
}

/// The order of secp256k1.
const ORDER: U256 = U256::from_limbs([0xBFD2_5E8C_D036_4141, 0xBAAE_DCE6_AF48_A03B, u64::MAX - 1, u64::MAX]);

fn transfer(to: Address, value: U256) -> transferCall {
    transferCall { to, value }
}

fn transfer_from(from: Address, to: Address, value: U256) -> transferFromCall {
    transferFromCall { from, to, value }
}

fn approve(spender: Address, value: U256) -> approveCall {
    approveCall { spender, value }
}

#[test]
fn deployment_checks_its_arguments_as_our_token_does() {
    let of = |name: &str, symbol: &str, holder| Twins::deploy(&constructed(name, symbol, SUPPLY, holder), 0).1;
    let holder = account(1);
    for (name, symbol) in [
        ("", ""),
        ("n", "s"),
        (&"n".repeat(32), &"s".repeat(32)),
        (&"n".repeat(128), "s"),
    ] {
        assert!(of(name, symbol, holder).is_done(), "{name} {symbol}");
    }
    assert!(of(&"n".repeat(129), "s", holder).is::<TokenTextTooLong>());
    assert!(of("n", &"s".repeat(33), holder).is::<TokenTextTooLong>());
    assert!(of("n", "s", Address::ZERO).is::<ERC20InvalidReceiver>());
    assert!(!Twins::deploy(&constructor(), 1_000_000).1.is_done(), "coin");

    let input = constructor();
    for length in [0, 32, 319, input.len() - 60] {
        assert!(!Twins::deploy(&input[..length], 0).1.is_done(), "{length} bytes");
    }
    // The first bytes of where the texts are, of the decimals, the holder, the delay and the roles, and those before them.
    for position in [0, 32, 64, 94, 160, 171, 192, 217, 224, 235, 256, 267, 288, 299] {
        let mut dirty = input.clone();
        dirty[position] = 1;
        assert!(!Twins::deploy(&dirty, 0).1.is_done(), "byte {position}");
    }
}

#[test]
fn a_supply_of_nothing_and_one_of_everything_can_be_deployed() {
    for supply in [U256::ZERO, U256::MAX] {
        let (mut twins, deployed) = Twins::deploy(&constructed("n", "s", supply, account(1)), 0);
        assert!(deployed.is_done());
        assert_eq!(twins.balance(account(1)), supply);
        assert!(twins.send(account(1), &transfer(account(2), supply)).is_done());
        assert_eq!(twins.balance(account(2)), supply);
    }
}

#[test]
fn transfers_move_tokens_or_say_why_not() {
    let mut twins = Twins::new();
    let (holder, other) = (account(1), account(2));
    assert!(twins.send(holder, &transfer(other, U256::from(5))).is_done());
    assert_eq!(twins.balance(other), U256::from(5));
    assert_eq!(twins.balance(holder), SUPPLY - U256::from(5));
    assert!(twins.send(holder, &transfer(holder, SUPPLY - U256::from(5))).is_done());
    assert!(twins.send(other, &transfer(other, U256::ZERO)).is_done());
    assert!(
        twins
            .send(other, &transfer(holder, U256::from(6)))
            .is::<ERC20InsufficientBalance>()
    );
    assert!(
        twins
            .send(other, &transfer(holder, U256::MAX))
            .is::<ERC20InsufficientBalance>()
    );
    assert!(
        twins
            .send(holder, &transfer(Address::ZERO, U256::ONE))
            .is::<ERC20InvalidReceiver>()
    );
    assert!(twins.send(other, &transfer(holder, U256::from(5))).is_done());
    assert_eq!(twins.balance(holder), SUPPLY);
}

#[test]
fn allowances_are_used_up_or_without_limit() {
    let mut twins = Twins::new();
    let (owner, spender, other) = (account(1), account(2), account(3));
    let some = |value: u64| U256::from(value);
    let from = |value| transfer_from(owner, other, value);
    assert!(twins.send(spender, &from(U256::ONE)).is::<ERC20InsufficientAllowance>());
    assert!(twins.send(spender, &from(U256::ZERO)).is_done());
    assert!(
        twins
            .send(owner, &approve(Address::ZERO, U256::ONE))
            .is::<ERC20InvalidSpender>()
    );
    assert!(twins.send(owner, &approve(spender, some(10))).is_done());
    assert!(twins.send(spender, &from(some(4))).is_done());
    assert!(twins.send(spender, &from(some(7))).is::<ERC20InsufficientAllowance>());
    assert!(twins.send(other, &from(some(1))).is::<ERC20InsufficientAllowance>());
    assert!(twins.send(spender, &from(some(6))).is_done());
    assert!(twins.send(spender, &from(some(1))).is::<ERC20InsufficientAllowance>());
    assert!(twins.send(owner, &approve(spender, U256::MAX)).is_done());
    assert!(twins.send(spender, &from(some(1_000))).is_done());
    assert!(twins.send(spender, &from(SUPPLY)).is::<ERC20InsufficientBalance>());
    assert!(
        twins
            .send(spender, &transfer_from(owner, Address::ZERO, some(1)))
            .is::<ERC20InvalidReceiver>()
    );
    let nobody = transfer_from(Address::ZERO, other, U256::ZERO);
    assert!(twins.send(spender, &nobody).is::<ERC20InvalidApprover>());
    assert!(twins.send(owner, &approve(spender, U256::ZERO)).is_done());
    assert!(twins.send(spender, &from(some(1))).is::<ERC20InsufficientAllowance>());
    assert_eq!(twins.balance(other), some(1_010));
}

#[test]
fn signed_permits_are_approvals_once_and_in_order() {
    let mut twins = Twins::new();
    let wallet = Wallet::new(7);
    let (owner, spender, relayer) = (wallet.address(), account(2), account(4));
    let permit = Permit {
        owner,
        spender,
        value: U256::from(500),
        nonce: U256::ZERO,
        deadline: U256::from(twins.now()),
    };
    let domain = twins.domain();
    let call = wallet.sign(&permit, &domain);

    let refused = |twins: &mut Twins, change: &dyn Fn(&mut permitCall)| {
        let mut call = call.clone();
        change(&mut call);
        twins.send(relayer, &call)
    };
    assert!(refused(&mut twins, &|call| call.value += U256::ONE).is::<ERC2612InvalidSigner>());
    assert!(refused(&mut twins, &|call| call.spender = account(3)).is::<ERC2612InvalidSigner>());
    assert!(refused(&mut twins, &|call| call.owner = Address::ZERO).is::<ERC2612InvalidSigner>());
    assert!(refused(&mut twins, &|call| call.deadline -= U256::ONE).is::<ERC2612ExpiredSignature>());
    assert!(refused(&mut twins, &|call| call.deadline = U256::MAX).is::<ERC2612InvalidSigner>());
    assert!(refused(&mut twins, &|call| call.v = 0).is::<ECDSAInvalidSignature>());
    assert!(refused(&mut twins, &|call| call.v = 29).is::<ECDSAInvalidSignature>());
    assert!(refused(&mut twins, &|call| call.r = B256::ZERO).is::<ECDSAInvalidSignature>());
    let high = |call: &mut permitCall| {
        call.s = (ORDER - U256::from_be_bytes(call.s.0)).into();
        call.v ^= 7;
    };
    assert!(refused(&mut twins, &high).is::<ECDSAInvalidSignatureS>());
    let half_order: U256 = ORDER >> 1;
    let half = |call: &mut permitCall| call.s = half_order.into();
    assert!(!refused(&mut twins, &half).is::<ECDSAInvalidSignatureS>());
    let above_half = |call: &mut permitCall| call.s = (half_order + U256::ONE).into();
    assert!(refused(&mut twins, &above_half).is::<ECDSAInvalidSignatureS>());

    assert!(twins.send(relayer, &call).is_done());
    assert!(twins.send(relayer, &call).is::<ERC2612InvalidSigner>(), "once");
    assert!(twins.send(account(1), &transfer(owner, U256::from(1_000))).is_done());
    assert!(
        twins
            .send(spender, &transfer_from(owner, relayer, U256::from(400)))
            .is_done()
    );

    for nonce in [2, 1, 2] {
        let permit = Permit {
            nonce: U256::from(nonce),
            deadline: U256::MAX,
            ..permit.clone()
        };
        let _ = twins.send(relayer, &wallet.sign(&permit, &domain));
    }
    let nobody = Permit {
        spender: Address::ZERO,
        nonce: U256::from(3),
        ..permit.clone()
    };
    assert!(
        twins
            .send(relayer, &wallet.sign(&nobody, &domain))
            .is::<ERC20InvalidSpender>()
    );
    let again = Permit {
        nonce: U256::from(3),
        ..permit
    };
    assert!(
        twins.send(relayer, &wallet.sign(&again, &domain)).is_done(),
        "a refusal uses nothing up"
    );

    let elsewhere = Eip712Domain {
        verifying_contract: Some(account(3)),
        ..domain
    };
    let elsewhere = wallet.sign(
        &Permit {
            nonce: U256::from(4),
            ..again
        },
        &elsewhere,
    );
    assert!(twins.send(relayer, &elsewhere).is::<ERC2612InvalidSigner>());
}

#[test]
fn what_is_not_as_the_abi_says_is_refused_without_a_reason() {
    let mut twins = Twins::new();
    let holder = account(1);
    let calls = [
        transfer(account(2), U256::ONE).abi_encode(),
        approve(account(2), U256::ONE).abi_encode(),
        balanceOfCall { account: holder }.abi_encode(),
        transfer_from(holder, account(2), U256::ZERO).abi_encode(),
    ];
    for input in &calls {
        for length in [0, 3, 4, 5, input.len() - 1] {
            assert!(
                twins.send_raw(holder, &input[..length], 0).is_silent(),
                "{length} bytes"
            );
        }
        for position in [4, 11, 12, 15] {
            let mut dirty = input.clone();
            dirty[position] = 1;
            assert!(twins.send_raw(holder, &dirty, 0).is_silent(), "byte {position}");
        }
        assert!(!twins.send_raw(holder, input, 1_000_000).is_done(), "coin");
        let longer = [&input[..], &[0xff; 40]].concat();
        assert!(twins.send_raw(holder, &longer, 0).is_done(), "what follows is ignored");
    }
    let mut dirty = calls[3].clone();
    dirty[36] = 1;
    assert!(twins.send_raw(holder, &dirty, 0).is_silent());
    assert!(twins.send_raw(holder, &[0xde, 0xad, 0xbe, 0xef], 0).is_silent());
}

#[test]
fn whatever_happens_happens_to_both() {
    let mut twins = Twins::new();
    let mut dice = Dice(42);
    let people: Vec<Address> = (1..5)
        .map(account)
        .chain([Address::ZERO, Address::repeat_byte(0x77)])
        .collect();
    let values = [
        U256::ZERO,
        U256::ONE,
        U256::from(u64::MAX),
        U256::from(u128::MAX),
        SUPPLY >> 1,
        SUPPLY,
        U256::MAX >> 1,
        U256::MAX,
    ];
    let mut done = 0;
    for _ in 0..1_500 {
        let (a, b, value) = (dice.one_of(&people), dice.one_of(&people), dice.one_of(&values));
        let value = value.wrapping_add(U256::from(dice.below(2)));
        let mut input = match dice.below(4) {
            0 => transfer(a, value).abi_encode(),
            1 => approve(a, value).abi_encode(),
            2 => transfer_from(a, b, value).abi_encode(),
            _ => balanceOfCall { account: a }.abi_encode(),
        };
        if dice.once_in(10) {
            let position = dice.below(input.len() as u64) as usize;
            input[position] ^= 1 << dice.below(8);
        }
        let from = people[dice.below(4) as usize];
        if twins.send_raw(from, &input, 0).is_done() {
            done += 1;
        }
    }
    assert!((300..1_400).contains(&done), "{done} of 1500 calls were not refused");
    let sum = people
        .iter()
        .fold(U256::ZERO, |sum, account| sum + twins.balance(*account));
    assert!(sum <= SUPPLY);
}

#[test]
fn the_host_value_is_the_blocks_time_and_nothing_else_is_answered() {
    let mut world = World::new();
    let deployed = world.deploy_code(&yardstick("host"), account(0), &IHost::constructorCall {});
    let host = deployed.unwrap().value;
    for seconds in [1, 1_000_000_000] {
        world.session.advance_time(seconds);
        let now = world.session.timestamp();
        assert_eq!(world.view(host, &IHost::nowCall {}), now);
    }
    let input = IHost::nowCall {}.abi_encode();
    world.session.set_caller(h160(account(0)));
    for wrong in [&input[..3], &input[..0], &[0; 4], &[0xff; 36]] {
        let error = world.session.call(h160(host), wrong.to_vec()).unwrap_err();
        assert_eq!(error.revert_data(), Some(&[][..]));
    }
    let paid = world.session.call_with_value(h160(host), input, 1_000_000u64.into());
    assert_eq!(paid.unwrap_err().revert_data(), Some(&[][..]));
}
