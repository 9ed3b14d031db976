//! Consultations through their binding, on the built contracts.

#![allow(non_snake_case, reason = "fields are called as in the ABI")]

use alloy_core::primitives::{B256, U256};
use salus_client::{
    chain::{Chain, ChainError},
    contracts::{
        ContractError, Suite,
        credentials::{Credentials, Issue},
        telehealth::{
            ITelehealth, NATIVE, Telehealth, Totals,
            convert::{account, address, amount, number},
        },
        token::Token,
    },
    keystore::SigningKey,
};
use salus_core::{
    codes::Role,
    consent::Period,
    telehealth::{Booking, Conditions, RefundStep, Side, Status, Terms},
};

use crate::{
    contracts::suite,
    node::{Node, in_block, key},
};

const FEE: U256 = U256::from_limbs([2_500, 0, 0, 0]);
const SERVICE: B256 = B256::with_last_byte(1);

struct World {
    node: Node,
    chain: Chain,
    token: Token,
    telehealth: Telehealth,
    credentials: Credentials,
    patient: SigningKey,
    provider: SigningKey,
    arbiter: SigningKey,
}

impl World {
    async fn new() -> Self {
        let node = Node::start().await;
        let chain = node.connect().await;
        let suite: Suite = suite(&chain).await;
        let world = Self {
            token: suite.token().await.unwrap(),
            telehealth: suite.telehealth().await.unwrap(),
            credentials: suite.credentials().await.unwrap(),
            // Who deployed has the tokens.
            patient: key("alice"),
            provider: key("baltathar"),
            arbiter: key("charleth"),
            node,
            chain,
        };
        world.publish().await;
        world
    }

    /// Terms, a fee, and a licence for the arbiter.
    async fn publish(&self) {
        let terms = Terms::default();
        let (version, _) = self
            .telehealth
            .set_terms(&self.provider, &terms, in_block())
            .await
            .unwrap();
        assert_eq!(version, 1);
        let fee = ITelehealth::setFeeCall {
            service: SERVICE,
            token: self.token.contract().address(),
            fee: FEE,
        };
        self.telehealth.act(&self.provider, &fee, in_block()).await.unwrap();
        let authority = self.patient.account().address();
        self.credentials
            .admit_issuer(&self.patient, authority, in_block())
            .await
            .unwrap();
        let issue = Issue {
            holder: self.arbiter.account().address(),
            role: Role::LIC,
            jurisdiction: B256::right_padding_from(b"CH"),
            licence: B256::repeat_byte(1),
            validity: Period {
                from: 0,
                until: u64::MAX,
            },
        };
        self.credentials.issue(&self.patient, &issue, in_block()).await.unwrap();
    }

    /// In ten minutes.
    async fn booking(&self) -> Booking {
        let now = self.chain.time().await.unwrap();
        Booking {
            provider: account(self.provider.account().address()),
            service: SERVICE.0,
            token: account(self.token.contract().address()),
            fee: number(FEE),
            terms_version: 1,
            start_time: now + 600,
            end_time: now + 1_200,
            confirm_by: now + 300,
            arbiter: account(self.arbiter.account().address()),
            conditions: Conditions {
                role: None,
                record: true,
                subject: [0; 32],
            },
            details_hash: [3; 32],
        }
    }

    async fn approve(&self) {
        let escrow = self.telehealth.contract().address();
        self.token
            .approve(&self.patient, escrow, FEE, in_block())
            .await
            .unwrap();
    }

    async fn act(&self, key: &SigningKey, call: &impl alloy_core::sol_types::SolCall) -> Result<(), ContractError> {
        self.telehealth.act(key, call, in_block()).await.map(|_| ())
    }

    async fn balance(&self, key: &SigningKey) -> U256 {
        self.token.balance_of(key.account().address()).await.unwrap()
    }

    async fn totals(&self) -> Totals {
        self.telehealth.totals(self.token.contract().address()).await.unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.node.chain.advance_time(seconds * 1_000);
        self.node.chain.seal().unwrap();
    }
}

fn name(error: &ContractError) -> &str {
    match error {
        ContractError::Chain(ChainError::Reverted(revert)) => revert.name().unwrap(),
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_known_by_its_hash_and_told_as_it_was_made() {
    let world = World::new().await;
    let booking = world.booking().await;
    let patient = world.patient.account();
    let tried = world.telehealth.try_request(patient, &booking).await.unwrap();
    world.approve().await;
    let (id, _) = world
        .telehealth
        .book(&world.patient, &booking, in_block())
        .await
        .unwrap();
    assert_eq!(id, tried);
    assert_eq!(id, world.telehealth.visit_id(patient.address(), &booking));
    let visit = world.telehealth.visit(id).await.unwrap();
    assert_eq!(
        (address(visit.patient), visit.provider, visit.arbiter),
        (patient.address(), booking.provider, booking.arbiter)
    );
    assert_eq!((visit.token, amount(visit.fee)), (booking.token, FEE));
    assert_eq!(
        (visit.start_time, visit.end_time, visit.confirm_by, visit.deadline),
        (booking.start_time, booking.end_time, booking.confirm_by, 0)
    );
    assert_eq!((visit.conditions, visit.terms_version), (booking.conditions, 1));
    assert_eq!(
        (visit.status, visit.started_by, visit.claim),
        (Status::Funded, None, None)
    );
    let again = world
        .telehealth
        .book(&world.patient, &booking, in_block())
        .await
        .unwrap_err();
    assert_eq!(name(&again), "VisitExists");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_takes_place_pays_the_provider() {
    let world = World::new().await;
    let booking = Booking {
        conditions: Conditions::default(),
        ..world.booking().await
    };
    world.approve().await;
    let (id, _) = world
        .telehealth
        .book(&world.patient, &booking, in_block())
        .await
        .unwrap();
    let visitId = id;
    world
        .act(&world.provider, &ITelehealth::confirmCall { visitId })
        .await
        .unwrap();
    let start = ITelehealth::startCall { visitId };
    let early = world.act(&world.provider, &start).await.unwrap_err();
    assert_eq!(name(&early), "TooEarly");
    world.pass(600);
    world.act(&world.provider, &start).await.unwrap();
    let complete = ITelehealth::completeCall {
        visitId,
        recordId: B256::ZERO,
    };
    world.act(&world.provider, &complete).await.unwrap();
    let visit = world.telehealth.visit(id).await.unwrap();
    assert_eq!(
        (visit.status, visit.started_by),
        (Status::Claimed, Some(Side::Provider))
    );
    assert_eq!(visit.claim, Some((Status::Completed, Side::Provider)));
    assert_eq!(visit.deadline, visit.end_time + 604_800);
    world
        .act(&world.patient, &ITelehealth::acceptCall { visitId })
        .await
        .unwrap();

    let token = world.token.contract().address();
    let (amount, _) = world
        .telehealth
        .withdraw(&world.provider, token, in_block())
        .await
        .unwrap();
    assert_eq!((amount, world.balance(&world.provider).await), (FEE, FEE));
    let totals = world.totals().await;
    assert_eq!((totals.paid_in, totals.paid_out, totals.held), (FEE, FEE, U256::ZERO));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_called_off_late_is_refunded_by_the_terms() {
    let world = World::new().await;
    let before = world.balance(&world.patient).await;
    let now = world.chain.time().await.unwrap();
    let booking = Booking {
        start_time: now + 7_200,
        end_time: now + 9_000,
        ..world.booking().await
    };
    let (visitId, _) = world
        .telehealth
        .request(&world.patient, &booking, in_block())
        .await
        .unwrap();
    world.approve().await;
    let payment = (world.token.contract().address(), FEE);
    world
        .telehealth
        .fund(&world.patient, visitId, payment, in_block())
        .await
        .unwrap();
    assert_eq!(world.balance(&world.patient).await, before - FEE);
    world
        .act(&world.provider, &ITelehealth::confirmCall { visitId })
        .await
        .unwrap();
    world
        .act(&world.patient, &ITelehealth::cancelCall { visitId })
        .await
        .unwrap();
    let half = FEE / U256::from(2);
    let patient = world.patient.account().address();
    assert_eq!(world.telehealth.withdrawable(patient, payment.0).await.unwrap(), half);
    let (amount, _) = world
        .telehealth
        .withdraw(&world.patient, payment.0, in_block())
        .await
        .unwrap();
    assert_eq!((amount, world.balance(&world.patient).await), (half, before - half));
    let visit = world.telehealth.visit(visitId).await.unwrap();
    assert_eq!(visit.status, Status::CancelledLate);
    assert_eq!(world.totals().await.held, half);
}

#[tokio::test(flavor = "multi_thread")]
async fn native_coin_goes_with_the_call_and_comes_back() {
    let world = World::new().await;
    // One coin of 18 decimals.
    let fee = U256::from(10).pow(U256::from(18));
    let set = ITelehealth::setFeeCall {
        service: SERVICE,
        token: NATIVE,
        fee,
    };
    world.act(&world.provider, &set).await.unwrap();
    let booking = Booking {
        token: account(NATIVE),
        fee: number(fee),
        ..world.booking().await
    };
    let (visitId, _) = world
        .telehealth
        .book(&world.patient, &booking, in_block())
        .await
        .unwrap();
    assert_eq!(world.telehealth.totals(NATIVE).await.unwrap().held, fee);
    world
        .act(&world.provider, &ITelehealth::declineCall { visitId })
        .await
        .unwrap();
    let before = world.chain.balance(world.patient.account()).await.unwrap();
    world
        .telehealth
        .withdraw(&world.patient, NATIVE, in_block())
        .await
        .unwrap();
    let after = world.chain.balance(world.patient.account()).await.unwrap();
    // Less what the transaction cost.
    assert!(
        after > before + fee / U256::from(2) && after < before + fee,
        "{before} {after}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_providers_publish_is_told_and_a_quote_counts_until_it_is_over() {
    let world = World::new().await;
    let (provider, patient) = (world.provider.account().address(), world.patient.account().address());
    let token = world.token.contract().address();
    let mut terms = Terms::default();
    terms.refunds[2] = RefundStep { notice: 60, refund: 1 };
    let (version, _) = world
        .telehealth
        .set_terms(&world.provider, &terms, in_block())
        .await
        .unwrap();
    assert_eq!(world.telehealth.terms_version(provider).await.unwrap(), version);
    assert_eq!(world.telehealth.terms(provider, version).await.unwrap(), Some(terms));
    assert_eq!(
        world.telehealth.terms(provider, 1).await.unwrap(),
        Some(Terms::default())
    );
    assert_eq!(world.telehealth.terms(provider, 3).await.unwrap(), None);
    assert_eq!(world.telehealth.registries().await.unwrap().arbiter_role, Role::LIC);

    let now = world.chain.time().await.unwrap();
    let quote = ITelehealth::setQuoteCall {
        patient,
        service: SERVICE,
        token,
        fee: U256::from(7),
        validUntil: now + 100,
    };
    world.act(&world.provider, &quote).await.unwrap();
    let telehealth = &world.telehealth;
    let offer = async |patient, now| {
        telehealth
            .offer((provider, patient), SERVICE, token, 1, now)
            .await
            .unwrap()
    };
    let quoted = offer(Some(patient), now + 100).await;
    assert_eq!((quoted.fee, quoted.quoted_until), (U256::from(7), Some(now + 100)));
    assert_eq!((quoted.terms, quoted.platform_fee.fee), (Some((2, terms)), 0));
    for (whom, when) in [(Some(patient), now + 101), (Some(provider), now), (None, now)] {
        let listed = offer(whom, when).await;
        assert_eq!((listed.fee, listed.quoted_until), (FEE, None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permit_is_one_that_the_token_accepts_and_sr25519_keys_sign_none() {
    let world = World::new().await;
    let holder = key("alith");
    let to = holder.account().address();
    world.token.transfer(&world.patient, to, FEE, in_block()).await.unwrap();
    let (booking, escrow) = (world.booking().await, world.telehealth.contract().address());
    let stale = world
        .token
        .permit(&holder, escrow, FEE, U256::from(1))
        .await
        .unwrap()
        .unwrap();
    let refused = world
        .telehealth
        .book_with_permit(&holder, &booking, &stale, in_block())
        .await
        .unwrap_err();
    assert_eq!(name(&refused), "TokenCallFailed");
    let permit = world
        .token
        .permit(&holder, escrow, FEE, U256::MAX)
        .await
        .unwrap()
        .unwrap();
    let booked = world
        .telehealth
        .book_with_permit(&holder, &booking, &permit, in_block())
        .await;
    let (id, _) = booked.unwrap();
    assert_eq!(world.telehealth.visit(id).await.unwrap().status, Status::Funded);
    assert_eq!(world.balance(&holder).await, U256::ZERO);
    assert_eq!(
        world
            .token
            .permit(&world.patient, escrow, FEE, U256::MAX)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_does_not_exist_is_named() {
    let world = World::new().await;
    let id = B256::repeat_byte(7);
    let error = world.telehealth.visit(id).await.unwrap_err();
    assert!(
        error.to_string().contains(&format!("UnknownVisit(visitId: {id})")),
        "{error}"
    );
}
