//! The token, held to the interfaces as the standards write them: ERC-20, EIP-6093, ERC-165, EIP-5267. Permits, authorizations,
//! the supply and the roles have files of their own.

use alloy_core::primitives::{Address, B256, FixedBytes, U256};
use salus_devchain::session::CallError;
use salus_tests_contracts::{
    World, account, code,
    erc20::{self, IERC20::*, SUPPLY, balance},
    events, h160, refusal,
};

/// A token of which account 1 holds everything.
fn token() -> (World, Address, Address) {
    let (mut world, holder) = (World::new(), account(1));
    let token = erc20::deploy(&mut world, account(0), holder)
        .expect("the token deploys")
        .value;
    (world, token, holder)
}

#[test]
fn deployment_gives_the_supply_to_the_holder_and_says_so() {
    let (mut world, holder) = (World::new(), account(1));
    let done = erc20::deploy(&mut world, account(0), holder).unwrap();
    let token = done.value;
    let created = Transfer {
        from: Address::ZERO,
        to: holder,
        value: SUPPLY,
    };
    assert_eq!(events::<Transfer>(token, &done.logs), [created]);
    assert_eq!(balance(&mut world, token, holder), SUPPLY);
    assert_eq!(world.view(token, &totalSupplyCall {}), SUPPLY);
    assert_eq!(world.view(token, &nameCall {}), "Salus Test");
    assert_eq!(world.view(token, &symbolCall {}), "SALT");
    assert_eq!(world.view(token, &decimalsCall {}), 18);
}

#[test]
fn deployment_with_nobody_to_hold_the_supply_fails() {
    let result = erc20::deploy(&mut World::new(), account(0), Address::ZERO);
    assert_eq!(refusal::<ERC20InvalidReceiver>(result).receiver, Address::ZERO);
}

#[test]
fn deployment_with_a_name_that_does_not_fit_fails_and_one_that_just_fits_does_not() {
    let mut world = World::new();
    let mut deploy = |length: usize| {
        let constructor = constructorCall {
            name: "n".repeat(length),
            symbol: "s".repeat(32),
            decimals: 0,
            initialSupply: U256::ZERO,
            ..erc20::constructor(account(0), account(1))
        };
        world.deploy("token", account(0), &constructor)
    };
    let error = refusal::<TokenTextTooLong>(deploy(129));
    assert_eq!((error.length, error.limit), (U256::from(129), U256::from(128)));
    let token = deploy(128).unwrap().value;
    assert_eq!(world.view(token, &nameCall {}), "n".repeat(128));
}

#[test]
fn transfer_moves_tokens_and_says_so() {
    let (mut world, token, holder) = token();
    let (to, value) = (account(2), U256::from(1_000));
    let done = world.send(holder, token, &transferCall { to, value }).unwrap();
    assert!(done.value);
    assert_eq!(
        events::<Transfer>(token, &done.logs),
        [Transfer {
            from: holder,
            to,
            value
        }]
    );
    assert_eq!(done.logs.len(), 1);
    assert_eq!(balance(&mut world, token, holder), SUPPLY - value);
    assert_eq!(balance(&mut world, token, to), value);
    assert_eq!(world.view(token, &totalSupplyCall {}), SUPPLY);
}

#[test]
fn transfer_of_nothing_says_so_too() {
    let (mut world, token, _) = token();
    let (from, to) = (account(3), account(2));
    let done = world
        .send(from, token, &transferCall { to, value: U256::ZERO })
        .unwrap();
    assert_eq!(
        events::<Transfer>(token, &done.logs),
        [Transfer {
            from,
            to,
            value: U256::ZERO
        }]
    );
}

#[test]
fn transfer_to_oneself_changes_no_balance() {
    let (mut world, token, holder) = token();
    world
        .send(
            holder,
            token,
            &transferCall {
                to: holder,
                value: SUPPLY,
            },
        )
        .unwrap();
    assert_eq!(balance(&mut world, token, holder), SUPPLY);
}

#[test]
fn transfer_beyond_the_balance_fails_with_the_figures() {
    let (mut world, token, holder) = token();
    let value = SUPPLY + U256::ONE;
    let result = world.send(holder, token, &transferCall { to: account(2), value });
    let expected = ERC20InsufficientBalance {
        sender: holder,
        balance: SUPPLY,
        needed: value,
    };
    assert_eq!(refusal::<ERC20InsufficientBalance>(result), expected);
    assert_eq!(balance(&mut world, token, holder), SUPPLY);
}

#[test]
fn transfer_to_the_zero_address_fails() {
    let (mut world, token, holder) = token();
    let call = transferCall {
        to: Address::ZERO,
        value: U256::ONE,
    };
    let error = refusal::<ERC20InvalidReceiver>(world.send(holder, token, &call));
    assert_eq!(error.receiver, Address::ZERO);
}

#[test]
fn approval_is_recorded_replaced_and_said() {
    let (mut world, token, owner) = token();
    let spender = account(2);
    for value in [U256::from(5), U256::from(3), U256::ZERO] {
        let done = world.send(owner, token, &approveCall { spender, value }).unwrap();
        assert!(done.value);
        assert_eq!(
            events::<Approval>(token, &done.logs),
            [Approval { owner, spender, value }]
        );
        assert_eq!(world.view(token, &allowanceCall { owner, spender }), value);
    }
}

#[test]
fn approval_of_the_zero_address_fails() {
    let (mut world, token, owner) = token();
    let call = approveCall {
        spender: Address::ZERO,
        value: U256::ONE,
    };
    assert_eq!(
        refusal::<ERC20InvalidSpender>(world.send(owner, token, &call)).spender,
        Address::ZERO
    );
}

#[test]
fn transfer_from_uses_the_allowance_up_without_saying_so() {
    let (mut world, token, owner) = token();
    let (spender, to) = (account(2), account(3));
    world
        .send(
            owner,
            token,
            &approveCall {
                spender,
                value: U256::from(10),
            },
        )
        .unwrap();

    let call = transferFromCall {
        from: owner,
        to,
        value: U256::from(4),
    };
    let done = world.send(spender, token, &call).unwrap();
    assert!(done.value);
    assert_eq!(done.logs.len(), 1, "no Approval");
    let moved = Transfer {
        from: owner,
        to,
        value: U256::from(4),
    };
    assert_eq!(events::<Transfer>(token, &done.logs), [moved]);
    assert_eq!(world.view(token, &allowanceCall { owner, spender }), U256::from(6));
    assert_eq!(balance(&mut world, token, to), U256::from(4));

    let call = transferFromCall {
        from: owner,
        to,
        value: U256::from(7),
    };
    let error = refusal::<ERC20InsufficientAllowance>(world.send(spender, token, &call));
    let expected = ERC20InsufficientAllowance {
        spender,
        allowance: U256::from(6),
        needed: U256::from(7),
    };
    assert_eq!(error, expected);
}

#[test]
fn an_allowance_without_limit_does_not_shrink() {
    let (mut world, token, owner) = token();
    let (spender, to) = (account(2), account(3));
    world
        .send(
            owner,
            token,
            &approveCall {
                spender,
                value: U256::MAX,
            },
        )
        .unwrap();
    world
        .send(
            spender,
            token,
            &transferFromCall {
                from: owner,
                to,
                value: SUPPLY,
            },
        )
        .unwrap();
    assert_eq!(world.view(token, &allowanceCall { owner, spender }), U256::MAX);
}

#[test]
fn transfer_from_without_allowance_fails_even_for_the_owner() {
    let (mut world, token, owner) = token();
    let call = transferFromCall {
        from: owner,
        to: account(3),
        value: U256::ONE,
    };
    for spender in [owner, account(2)] {
        let error = refusal::<ERC20InsufficientAllowance>(world.send(spender, token, &call));
        assert_eq!((error.spender, error.allowance), (spender, U256::ZERO));
    }
}

#[test]
fn nothing_is_taken_from_the_zero_address() {
    let (mut world, token, _) = token();
    let call = transferFromCall {
        from: Address::ZERO,
        to: account(2),
        value: U256::ZERO,
    };
    let error = refusal::<ERC20InvalidApprover>(world.send(account(2), token, &call));
    assert_eq!(error.approver, Address::ZERO);
}

#[test]
fn transfer_from_that_lacks_the_balance_leaves_the_allowance() {
    let (mut world, token, _) = token();
    let (owner, spender) = (account(3), account(2));
    world
        .send(
            owner,
            token,
            &approveCall {
                spender,
                value: U256::from(5),
            },
        )
        .unwrap();
    let call = transferFromCall {
        from: owner,
        to: spender,
        value: U256::from(5),
    };
    let error = refusal::<ERC20InsufficientBalance>(world.send(spender, token, &call));
    assert_eq!(error.sender, owner);
    assert_eq!(world.view(token, &allowanceCall { owner, spender }), U256::from(5));
}

#[test]
fn interfaces_are_answered_for() {
    let (mut world, token, _) = token();
    let mut supports = |id: [u8; 4]| {
        world.view(
            token,
            &supportsInterfaceCall {
                interfaceId: FixedBytes(id),
            },
        )
    };
    let xor = |selectors: &[[u8; 4]]| {
        selectors.iter().fold([0; 4], |id: [u8; 4], selector| {
            std::array::from_fn(|at| id[at] ^ selector[at])
        })
    };
    use alloy_core::sol_types::SolCall as _;
    let erc20 = [
        totalSupplyCall::SELECTOR,
        balanceOfCall::SELECTOR,
        allowanceCall::SELECTOR,
        transferCall::SELECTOR,
        transferFromCall::SELECTOR,
        approveCall::SELECTOR,
    ];
    assert!(supports(supportsInterfaceCall::SELECTOR));
    assert!(supports(xor(&erc20)));
    assert!(supports(xor(&[
        nameCall::SELECTOR,
        symbolCall::SELECTOR,
        decimalsCall::SELECTOR
    ])));
    assert!(supports(xor(&[
        permitCall::SELECTOR,
        noncesCall::SELECTOR,
        DOMAIN_SEPARATORCall::SELECTOR
    ])));
    assert!(supports(eip712DomainCall::SELECTOR));
    assert!(supports(xor(&[
        authorizationStateCall::SELECTOR,
        transferWithAuthorizationCall::SELECTOR,
        receiveWithAuthorizationCall::SELECTOR
    ])));
    assert!(supports(cancelAuthorizationCall::SELECTOR));
    assert!(supports(xor(&[
        hasRoleCall::SELECTOR,
        getRoleAdminCall::SELECTOR,
        grantRoleCall::SELECTOR,
        revokeRoleCall::SELECTOR,
        renounceRoleCall::SELECTOR
    ])));
    assert!(supports(xor(&[
        defaultAdminCall::SELECTOR,
        pendingDefaultAdminCall::SELECTOR,
        defaultAdminDelayCall::SELECTOR,
        pendingDefaultAdminDelayCall::SELECTOR,
        defaultAdminDelayIncreaseWaitCall::SELECTOR,
        beginDefaultAdminTransferCall::SELECTOR,
        cancelDefaultAdminTransferCall::SELECTOR,
        acceptDefaultAdminTransferCall::SELECTOR,
        changeDefaultAdminDelayCall::SELECTOR,
        rollbackDefaultAdminDelayCall::SELECTOR
    ])));
    assert!(supports(ownerCall::SELECTOR));
    assert!(!supports([0xff; 4]));
    assert!(!supports([0x80, 0xac, 0x58, 0xcd]), "ERC-721");
}

#[test]
fn the_signing_domain_is_described() {
    let (mut world, token, _) = token();
    let domain = world.view(token, &eip712DomainCall {});
    assert_eq!(domain.fields, FixedBytes([0x0f]));
    assert_eq!((domain.name.as_str(), domain.version.as_str()), ("Salus Test", "1"));
    assert_eq!(domain.chainId, U256::from(salus_devchain::runtime::CHAIN_ID));
    assert_eq!(domain.verifyingContract, token);
    assert_eq!(domain.salt, B256::ZERO);
    assert!(domain.extensions.is_empty());
}

#[test]
fn coins_are_not_accepted() {
    use alloy_core::sol_types::SolCall as _;
    let (mut world, token, holder) = token();
    let input = transferCall {
        to: account(2),
        value: U256::ONE,
    }
    .abi_encode();
    world.session.set_caller(h160(holder));
    let result = world.session.call_with_value(h160(token), input, 1_000_000u64.into());
    assert!(
        matches!(result, Err(CallError::Failed { .. } | CallError::Reverted { .. })),
        "{result:?}"
    );
}

#[test]
fn an_unknown_message_is_refused() {
    let (mut world, token, holder) = token();
    world.session.set_caller(h160(holder));
    assert!(world.session.call(h160(token), vec![0xde, 0xad, 0xbe, 0xef]).is_err());
}

#[test]
fn the_code_hash_is_the_manifests() {
    let manifest = include_str!("../../../contracts/artifacts/manifest.json");
    let hash = hex::encode(alloy_core::primitives::keccak256(code("token")));
    assert!(manifest.contains(&hash), "0x{hash}");
}
