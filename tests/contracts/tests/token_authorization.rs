//! EIP-3009: transfers by a signature that is made here by alloy and a key, independently of the contract's own code.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{Eip712Domain, eip712_domain},
};
use salus_devchain::runtime::CHAIN_ID;
use salus_tests_contracts::{
    World, account,
    authorizations::Authorization,
    erc20::{self, IERC20::*, SUPPLY, balance},
    events,
    permits::Wallet,
    refusal,
};

struct Setup {
    world: World,
    token: Address,
    domain: Eip712Domain,
    holder: Wallet,
    relayer: Address,
}

/// The order of secp256k1.
const ORDER: U256 = U256::from_limbs([0xBFD2_5E8C_D036_4141, 0xBAAE_DCE6_AF48_A03B, u64::MAX - 1, u64::MAX]);
/// Who is paid, and who pauses.
const PAYEE: usize = 2;
const PAUSER: usize = 1;
const NONCE: B256 = B256::repeat_byte(0x5a);

impl Setup {
    fn new() -> Self {
        let (mut world, holder) = (World::new(), Wallet::new(7));
        let constructor = constructorCall {
            pauser: account(PAUSER),
            ..erc20::constructor(account(0), holder.address())
        };
        let deployed = world.deploy("token", account(0), &constructor);
        let token = deployed.expect("the token deploys").value;
        let domain = eip712_domain! {
            name: "Salus Test",
            version: "1",
            chain_id: CHAIN_ID,
            verifying_contract: token,
        };
        Self {
            world,
            token,
            domain,
            holder,
            relayer: account(4),
        }
    }

    fn authorization(&mut self) -> Authorization {
        let now = self.world.session.timestamp();
        Authorization {
            from: self.holder.address(),
            to: account(PAYEE),
            value: U256::from(500),
            valid_after: U256::from(now - 1),
            valid_before: U256::from(now + 1),
            nonce: NONCE,
        }
    }

    fn is_used(&mut self) -> bool {
        let authorizer = self.holder.address();
        self.world.view(
            self.token,
            &authorizationStateCall {
                authorizer,
                nonce: NONCE,
            },
        )
    }
}

#[test]
fn a_signed_transfer_is_handed_in_by_anybody() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let call = authorization.transfer(&setup.holder, &setup.domain);
    assert!(!setup.is_used());
    let Setup {
        world, token, relayer, ..
    } = &mut setup;
    let done = world.send(*relayer, *token, &call).unwrap();
    let Authorization {
        from, to, value, nonce, ..
    } = authorization;
    let authorizer = from;
    assert_eq!(
        events::<AuthorizationUsed>(*token, &done.logs),
        [AuthorizationUsed { authorizer, nonce }]
    );
    assert_eq!(events::<Transfer>(*token, &done.logs), [Transfer { from, to, value }]);
    assert_eq!(done.logs.len(), 2);
    assert_eq!(
        events::<AuthorizationUsed>(*token, &done.logs[..1]).len(),
        1,
        "the transfer comes second"
    );
    assert_eq!(balance(world, *token, to), value);
    assert_eq!(balance(world, *token, from), SUPPLY - value);
    assert_eq!(
        world.view(*token, &noncesCall { owner: from }),
        U256::ZERO,
        "of permits"
    );
    assert!(setup.is_used());
}

#[test]
fn a_signed_transfer_counts_once() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let call = authorization.transfer(&setup.holder, &setup.domain);
    setup.world.send(setup.relayer, setup.token, &call).unwrap();
    let used = ERC3009UsedAuthorization {
        authorizer: authorization.from,
        nonce: NONCE,
    };
    let again = setup.world.send(setup.relayer, setup.token, &call);
    assert_eq!(refusal::<ERC3009UsedAuthorization>(again), used);
    // The nonce is one for both kinds, and for whatever is signed with it.
    let other = Authorization {
        value: U256::ONE,
        ..authorization
    };
    let other = other.receive(&setup.holder, &setup.domain);
    let again = setup.world.send(account(PAYEE), setup.token, &other);
    assert_eq!(refusal::<ERC3009UsedAuthorization>(again), used);
}

#[test]
fn signed_transfers_have_no_order() {
    let mut setup = Setup::new();
    let first = setup.authorization();
    for byte in [9, 3, 7] {
        let authorization = Authorization {
            nonce: B256::repeat_byte(byte),
            ..first.clone()
        };
        let call = authorization.transfer(&setup.holder, &setup.domain);
        setup.world.send(setup.relayer, setup.token, &call).unwrap();
    }
    assert_eq!(
        balance(&mut setup.world, setup.token, account(PAYEE)),
        U256::from(1_500)
    );
    assert!(!setup.is_used());
}

#[test]
fn a_signed_transfer_counts_strictly_between_its_ends() {
    let mut setup = Setup::new();
    let now = setup.world.session.timestamp();
    let authorization = setup.authorization();
    for (after, before) in [
        (now, now + 10),
        (now + 1, now + 10),
        (now - 10, now),
        (now - 10, now - 1),
    ] {
        let authorization = Authorization {
            valid_after: U256::from(after),
            valid_before: U256::from(before),
            ..authorization.clone()
        };
        let call = authorization.transfer(&setup.holder, &setup.domain);
        let result = setup.world.send(setup.relayer, setup.token, &call);
        let error = refusal::<ERC3009InvalidAuthorizationTime>(result);
        let expected = ERC3009InvalidAuthorizationTime {
            validAfter: U256::from(after),
            validBefore: U256::from(before),
        };
        assert_eq!(error, expected);
    }
    assert!(!setup.is_used());
    let call = authorization.transfer(&setup.holder, &setup.domain);
    setup.world.send(setup.relayer, setup.token, &call).unwrap();
}

#[test]
fn ends_with_openzeppelins_flag_are_blocks() {
    let mut setup = Setup::new();
    let flag = U256::from(1u64 << 47);
    let block = setup.world.session.block_number();
    let authorization = setup.authorization();
    let between = |after: u32, before: u32| Authorization {
        valid_after: flag | U256::from(after),
        valid_before: flag | U256::from(before),
        ..authorization.clone()
    };
    for wrong in [between(block, block + 5), between(block - 1, block)] {
        let call = wrong.transfer(&setup.holder, &setup.domain);
        let result = setup.world.send(setup.relayer, setup.token, &call);
        assert_eq!(
            refusal::<ERC3009InvalidAuthorizationTime>(result).validAfter,
            wrong.valid_after
        );
    }
    let call = between(block - 1, block + 1).transfer(&setup.holder, &setup.domain);
    setup.world.send(setup.relayer, setup.token, &call).unwrap();
}

#[test]
fn the_payee_hands_in_what_is_for_the_payee() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let call = authorization.receive(&setup.holder, &setup.domain);
    let payee = account(PAYEE);
    let done = setup.world.send(payee, setup.token, &call).unwrap();
    assert_eq!(done.logs.len(), 2);
    assert_eq!(balance(&mut setup.world, setup.token, payee), authorization.value);
    assert!(setup.is_used());
}

#[test]
fn nobody_comes_before_the_payee() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let call = authorization.receive(&setup.holder, &setup.domain);
    for thief in [setup.relayer, account(3)] {
        let error = refusal::<ERC20InvalidReceiver>(setup.world.send(thief, setup.token, &call));
        assert_eq!(error.receiver, account(PAYEE));
    }
    // Neither under the other message, nor with their own name in it.
    let receiveWithAuthorizationCall {
        from,
        to,
        value,
        validAfter,
        validBefore,
        nonce,
        v,
        r,
        s,
    } = call;
    let as_transfer = transferWithAuthorizationCall {
        from,
        to,
        value,
        validAfter,
        validBefore,
        nonce,
        v,
        r,
        s,
    };
    refusal::<ERC3009InvalidSignature>(setup.world.send(setup.relayer, setup.token, &as_transfer));
    let renamed = receiveWithAuthorizationCall {
        to: setup.relayer,
        ..call
    };
    refusal::<ERC3009InvalidSignature>(setup.world.send(setup.relayer, setup.token, &renamed));
    setup.world.send(account(PAYEE), setup.token, &call).unwrap();
}

#[test]
fn what_is_for_anybody_is_not_received() {
    let mut setup = Setup::new();
    let call = setup.authorization().transfer(&setup.holder, &setup.domain);
    let call = receiveWithAuthorizationCall {
        from: call.from,
        to: call.to,
        value: call.value,
        validAfter: call.validAfter,
        validBefore: call.validBefore,
        nonce: call.nonce,
        v: call.v,
        r: call.r,
        s: call.s,
    };
    refusal::<ERC3009InvalidSignature>(setup.world.send(account(PAYEE), setup.token, &call));
}

#[test]
fn a_cancelled_transfer_is_not_carried_out() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let cancel = authorization.cancel(&setup.holder, &setup.domain);
    let done = setup.world.send(setup.relayer, setup.token, &cancel).unwrap();
    let canceled = AuthorizationCanceled {
        authorizer: authorization.from,
        nonce: NONCE,
    };
    assert_eq!(events::<AuthorizationCanceled>(setup.token, &done.logs), [canceled]);
    assert_eq!(done.logs.len(), 1);
    assert!(setup.is_used());
    let transfer = authorization.transfer(&setup.holder, &setup.domain);
    refusal::<ERC3009UsedAuthorization>(setup.world.send(setup.relayer, setup.token, &transfer));
    let receive = authorization.receive(&setup.holder, &setup.domain);
    refusal::<ERC3009UsedAuthorization>(setup.world.send(account(PAYEE), setup.token, &receive));
    refusal::<ERC3009UsedAuthorization>(setup.world.send(setup.relayer, setup.token, &cancel));
    assert_eq!(balance(&mut setup.world, setup.token, account(PAYEE)), U256::ZERO);
}

#[test]
fn what_was_used_is_not_cancelled() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let transfer = authorization.transfer(&setup.holder, &setup.domain);
    setup.world.send(setup.relayer, setup.token, &transfer).unwrap();
    let cancel = authorization.cancel(&setup.holder, &setup.domain);
    refusal::<ERC3009UsedAuthorization>(setup.world.send(setup.relayer, setup.token, &cancel));
}

#[test]
fn somebody_elses_transfer_is_not_cancelled() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let stranger = Wallet::new(8);
    let cancel = authorization.cancel(&stranger, &setup.domain);
    refusal::<ERC3009InvalidSignature>(setup.world.send(setup.relayer, setup.token, &cancel));
    // The same nonce of their own is another one.
    let own = Authorization {
        from: stranger.address(),
        ..authorization.clone()
    };
    let cancel = own.cancel(&stranger, &setup.domain);
    setup.world.send(setup.relayer, setup.token, &cancel).unwrap();
    assert!(!setup.is_used());
    let call = authorization.transfer(&setup.holder, &setup.domain);
    setup.world.send(setup.relayer, setup.token, &call).unwrap();
}

#[test]
fn a_signature_by_somebody_else_is_refused() {
    let mut setup = Setup::new();
    let call = setup.authorization().transfer(&Wallet::new(8), &setup.domain);
    refusal::<ERC3009InvalidSignature>(setup.world.send(setup.relayer, setup.token, &call));
    assert!(!setup.is_used());
}

#[test]
fn a_signature_for_another_chain_contract_or_version_is_refused() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let domains = [
        Eip712Domain {
            chain_id: Some(U256::ONE),
            ..setup.domain.clone()
        },
        Eip712Domain {
            verifying_contract: Some(account(3)),
            ..setup.domain.clone()
        },
        Eip712Domain {
            version: Some("2".into()),
            ..setup.domain.clone()
        },
    ];
    for domain in domains {
        let call = authorization.transfer(&setup.holder, &domain);
        refusal::<ERC3009InvalidSignature>(setup.world.send(setup.relayer, setup.token, &call));
        let call = authorization.cancel(&setup.holder, &domain);
        refusal::<ERC3009InvalidSignature>(setup.world.send(setup.relayer, setup.token, &call));
    }
    assert!(!setup.is_used());
}

#[test]
fn whatever_is_changed_is_refused() {
    let mut setup = Setup::new();
    let call = setup.authorization().transfer(&setup.holder, &setup.domain);
    let changes: [fn(&mut transferWithAuthorizationCall); 6] = [
        |call| call.from = account(3),
        |call| call.to = account(3),
        |call| call.value += U256::ONE,
        |call| call.validAfter -= U256::ONE,
        |call| call.validBefore += U256::ONE,
        |call| call.nonce = B256::ZERO,
    ];
    for change in changes {
        let mut changed = call.clone();
        change(&mut changed);
        refusal::<ERC3009InvalidSignature>(setup.world.send(setup.relayer, setup.token, &changed));
    }
    setup.world.send(setup.relayer, setup.token, &call).unwrap();
}

#[test]
fn the_twin_of_a_signature_is_refused() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    let transfer = authorization.transfer(&setup.holder, &setup.domain);
    let high = |s: B256| B256::from(ORDER - U256::from_be_bytes(s.0));
    let twin = transferWithAuthorizationCall {
        s: high(transfer.s),
        v: 27 + 28 - transfer.v,
        ..transfer
    };
    let error = refusal::<ECDSAInvalidSignatureS>(setup.world.send(setup.relayer, setup.token, &twin));
    assert_eq!(error.s, twin.s);
    let cancel = authorization.cancel(&setup.holder, &setup.domain);
    let twin = cancelAuthorizationCall {
        s: high(cancel.s),
        v: 27 + 28 - cancel.v,
        ..cancel
    };
    refusal::<ECDSAInvalidSignatureS>(setup.world.send(setup.relayer, setup.token, &twin));
}

#[test]
fn nobody_signs_for_the_zero_address() {
    let mut setup = Setup::new();
    let authorization = Authorization {
        from: Address::ZERO,
        value: U256::ZERO,
        ..setup.authorization()
    };
    let call = authorization.transfer(&setup.holder, &setup.domain);
    refusal::<ERC3009InvalidSignature>(setup.world.send(setup.relayer, setup.token, &call));
    for (v, r) in [(0, call.r), (26, call.r), (29, call.r), (27, B256::ZERO)] {
        let call = transferWithAuthorizationCall { v, r, ..call };
        refusal::<ECDSAInvalidSignature>(setup.world.send(setup.relayer, setup.token, &call));
    }
}

#[test]
fn a_signed_transfer_of_what_is_not_there_uses_nothing_up() {
    let mut setup = Setup::new();
    let authorization = Authorization {
        value: SUPPLY + U256::ONE,
        ..setup.authorization()
    };
    let call = authorization.transfer(&setup.holder, &setup.domain);
    let error = refusal::<ERC20InsufficientBalance>(setup.world.send(setup.relayer, setup.token, &call));
    assert_eq!((error.balance, error.needed), (SUPPLY, authorization.value));
    assert!(!setup.is_used());
    let nobody = Authorization {
        to: Address::ZERO,
        value: U256::ZERO,
        ..authorization
    };
    let call = nobody.transfer(&setup.holder, &setup.domain);
    refusal::<ERC20InvalidReceiver>(setup.world.send(setup.relayer, setup.token, &call));
}

#[test]
fn a_signed_transfer_of_nothing_uses_the_nonce_up() {
    let mut setup = Setup::new();
    let authorization = Authorization {
        value: U256::ZERO,
        ..setup.authorization()
    };
    let call = authorization.transfer(&setup.holder, &setup.domain);
    let done = setup.world.send(setup.relayer, setup.token, &call).unwrap();
    assert_eq!(done.logs.len(), 2);
    assert!(setup.is_used());
}

#[test]
fn a_pause_holds_signed_transfers_back_and_lets_them_be_cancelled() {
    let mut setup = Setup::new();
    let authorization = setup.authorization();
    setup.world.send(account(PAUSER), setup.token, &pauseCall {}).unwrap();
    let transfer = authorization.transfer(&setup.holder, &setup.domain);
    refusal::<EnforcedPause>(setup.world.send(setup.relayer, setup.token, &transfer));
    let receive = authorization.receive(&setup.holder, &setup.domain);
    refusal::<EnforcedPause>(setup.world.send(account(PAYEE), setup.token, &receive));
    assert!(!setup.is_used());
    let cancel = authorization.cancel(&setup.holder, &setup.domain);
    setup.world.send(setup.relayer, setup.token, &cancel).unwrap();
    assert!(setup.is_used());
}
