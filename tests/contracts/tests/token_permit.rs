//! EIP-2612: approval by a signature that is made here by alloy and a key, independently of the contract's own code.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{Eip712Domain, eip712_domain},
};
use salus_tests_contracts::{
    World, account,
    erc20::{self, IERC20::*, SUPPLY, balance},
    events,
    permits::{Permit, Wallet},
    refusal,
};

struct Setup {
    world: World,
    token: Address,
    domain: Eip712Domain,
    owner: Wallet,
    relayer: Address,
}

impl Setup {
    fn new() -> Self {
        let (mut world, owner) = (World::new(), Wallet::new(7));
        let deployed = erc20::deploy(&mut world, account(0), owner.address()).expect("the token deploys");
        let token = deployed.value;
        let domain = eip712_domain! {
            name: "Salus Test",
            version: "1",
            chain_id: salus_devchain::runtime::CHAIN_ID,
            verifying_contract: token,
        };
        Self {
            world,
            token,
            domain,
            owner,
            relayer: account(4),
        }
    }

    fn permit(&mut self, value: u64) -> Permit {
        Permit {
            owner: self.owner.address(),
            spender: account(2),
            value: U256::from(value),
            nonce: U256::ZERO,
            deadline: U256::from(self.world.session.timestamp()),
        }
    }
}

/// The order of secp256k1.
const ORDER: U256 = U256::from_limbs([0xBFD2_5E8C_D036_4141, 0xBAAE_DCE6_AF48_A03B, u64::MAX - 1, u64::MAX]);

#[test]
fn a_signed_permit_is_an_approval_that_anybody_may_hand_in() {
    let mut setup = Setup::new();
    let permit = setup.permit(500);
    let (owner, spender, value) = (permit.owner, permit.spender, permit.value);
    let call = setup.owner.sign(&permit, &setup.domain);
    let Setup {
        world, token, relayer, ..
    } = &mut setup;

    let done = world.send(*relayer, *token, &call).unwrap();
    assert_eq!(
        events::<Approval>(*token, &done.logs),
        [Approval { owner, spender, value }]
    );
    assert_eq!(world.view(*token, &allowanceCall { owner, spender }), value);
    assert_eq!(world.view(*token, &noncesCall { owner }), U256::ONE);

    world
        .send(
            spender,
            *token,
            &transferFromCall {
                from: owner,
                to: spender,
                value,
            },
        )
        .unwrap();
    assert_eq!(balance(world, *token, owner), SUPPLY - value);
}

#[test]
fn the_domain_separator_is_the_one_that_wallets_compute() {
    let Setup {
        mut world,
        token,
        domain,
        ..
    } = Setup::new();
    assert_eq!(world.view(token, &DOMAIN_SEPARATORCall {}), domain.separator());
}

#[test]
fn a_permit_works_once() {
    let mut setup = Setup::new();
    let permit = setup.permit(500);
    let call = setup.owner.sign(&permit, &setup.domain);
    let Setup {
        world,
        token,
        relayer,
        owner,
        ..
    } = &mut setup;
    world.send(*relayer, *token, &call).unwrap();
    let error = refusal::<ERC2612InvalidSigner>(world.send(*relayer, *token, &call));
    assert_eq!(error.owner, owner.address());
    assert_ne!(error.signer, owner.address());
}

#[test]
fn the_next_permit_needs_the_next_nonce() {
    let mut setup = Setup::new();
    let first = setup.permit(500);
    let second = Permit {
        nonce: U256::ONE,
        value: U256::from(9),
        ..setup.permit(0)
    };
    let calls = [&second, &first, &second].map(|permit| setup.owner.sign(permit, &setup.domain));
    let Setup {
        world, token, relayer, ..
    } = &mut setup;
    refusal::<ERC2612InvalidSigner>(world.send(*relayer, *token, &calls[0]));
    world.send(*relayer, *token, &calls[1]).unwrap();
    world.send(*relayer, *token, &calls[2]).unwrap();
    let allowance = allowanceCall {
        owner: first.owner,
        spender: first.spender,
    };
    assert_eq!(world.view(*token, &allowance), U256::from(9));
}

#[test]
fn a_permit_is_good_until_its_deadline_and_not_after() {
    let mut setup = Setup::new();
    let permit = setup.permit(500);
    let call = setup.owner.sign(&permit, &setup.domain);
    let Setup {
        world, token, relayer, ..
    } = &mut setup;
    let now = world.session.snapshot();
    world.session.advance_time(1);
    let error = refusal::<ERC2612ExpiredSignature>(world.send(*relayer, *token, &call));
    assert_eq!(error.deadline, permit.deadline);
    world.session.revert(&now);
    world.send(*relayer, *token, &call).unwrap();
}

#[test]
fn a_signature_by_somebody_else_is_refused() {
    let mut setup = Setup::new();
    let permit = setup.permit(500);
    let stranger = Wallet::new(8);
    let call = stranger.sign(&permit, &setup.domain);
    let error = refusal::<ERC2612InvalidSigner>(setup.world.send(setup.relayer, setup.token, &call));
    assert_eq!(
        error,
        ERC2612InvalidSigner {
            signer: stranger.address(),
            owner: permit.owner
        }
    );
}

#[test]
fn a_signature_for_another_chain_contract_or_version_is_refused() {
    let mut setup = Setup::new();
    let permit = setup.permit(500);
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
        let call = setup.owner.sign(&permit, &domain);
        let error = refusal::<ERC2612InvalidSigner>(setup.world.send(setup.relayer, setup.token, &call));
        assert_eq!(error.owner, permit.owner);
    }
}

#[test]
fn a_changed_value_is_refused() {
    let mut setup = Setup::new();
    let permit = setup.permit(500);
    let call = permitCall {
        value: U256::MAX,
        ..setup.owner.sign(&permit, &setup.domain)
    };
    refusal::<ERC2612InvalidSigner>(setup.world.send(setup.relayer, setup.token, &call));
}

#[test]
fn the_twin_of_a_signature_is_refused() {
    let mut setup = Setup::new();
    let permit = setup.permit(500);
    let call = setup.owner.sign(&permit, &setup.domain);
    let high = B256::from(ORDER - U256::from_be_bytes(call.s.0));
    let twin = permitCall {
        s: high,
        v: 27 + 28 - call.v,
        ..call
    };
    let error = refusal::<ECDSAInvalidSignatureS>(setup.world.send(setup.relayer, setup.token, &twin));
    assert_eq!(error.s, high);
}

#[test]
fn a_signature_that_no_key_made_is_refused() {
    let mut setup = Setup::new();
    let permit = setup.permit(500);
    let call = setup.owner.sign(&permit, &setup.domain);
    let broken = [
        permitCall { v: 26, ..call.clone() },
        permitCall { v: 0, ..call.clone() },
        permitCall {
            r: B256::ZERO,
            ..call.clone()
        },
        permitCall {
            s: B256::ZERO,
            ..call.clone()
        },
        permitCall {
            r: B256::repeat_byte(0xff),
            ..call
        },
    ];
    for call in broken {
        refusal::<ECDSAInvalidSignature>(setup.world.send(setup.relayer, setup.token, &call));
    }
}

#[test]
fn nobody_can_sign_for_the_zero_address() {
    let mut setup = Setup::new();
    let permit = Permit {
        owner: Address::ZERO,
        ..setup.permit(500)
    };
    let call = permitCall {
        v: 0,
        ..setup.owner.sign(&permit, &setup.domain)
    };
    refusal::<ECDSAInvalidSignature>(setup.world.send(setup.relayer, setup.token, &call));
}
