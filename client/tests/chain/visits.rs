//! Consultations through their binding, on the built contracts.

use alloy_core::primitives::{B256, U256};
use salus_client::{
    chain::{Chain, ChainError},
    contracts::{
        ContractError, Suite,
        telehealth::{Telehealth, Totals, VisitAction, VisitStatus, VisitTerms},
        token::Token,
    },
    keystore::SigningKey,
};

use crate::{
    contracts::suite,
    node::{Node, in_block, key},
};

const FEE: U256 = U256::from_limbs([2_500, 0, 0, 0]);

struct World {
    node: Node,
    chain: Chain,
    token: Token,
    telehealth: Telehealth,
    patient: SigningKey,
    provider: SigningKey,
}

impl World {
    async fn new() -> Self {
        let node = Node::start().await;
        let chain = node.connect().await;
        let suite: Suite = suite(&chain).await;
        Self {
            token: suite.token().await.unwrap(),
            telehealth: suite.telehealth().await.unwrap(),
            // Who deployed has the tokens.
            patient: key("alice"),
            provider: key("baltathar"),
            node,
            chain,
        }
    }

    /// A visit that begins in ten minutes and is paid for.
    async fn funded(&self) -> U256 {
        let now = self.chain.time().await.unwrap();
        let terms = VisitTerms {
            provider: self.provider.account().address(),
            token: self.token.contract().address(),
            fee: FEE,
            start_time: now + 600,
            confirm_by: now + 300,
            details_hash: B256::repeat_byte(3),
        };
        let (id, _) = self
            .telehealth
            .request(&self.patient, &terms, in_block())
            .await
            .unwrap();
        let escrow = self.telehealth.contract().address();
        self.token
            .approve(&self.patient, escrow, FEE, in_block())
            .await
            .unwrap();
        self.act(&self.patient, id, VisitAction::Fund).await.unwrap();
        id
    }

    async fn act(&self, key: &SigningKey, id: U256, action: VisitAction) -> Result<(), ContractError> {
        self.telehealth.act(key, id, action, in_block()).await.map(|_| ())
    }

    async fn balance(&self, key: &SigningKey) -> U256 {
        self.token.balance_of(key.account().address()).await.unwrap()
    }

    async fn withdraw(&self, key: &SigningKey) -> U256 {
        let token = self.token.contract().address();
        self.telehealth.withdraw(key, token, in_block()).await.unwrap().0
    }

    async fn totals(&self) -> Totals {
        self.telehealth.totals(self.token.contract().address()).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_takes_place_pays_the_provider() {
    let world = World::new().await;
    let id = world.funded().await;
    world.act(&world.provider, id, VisitAction::Confirm).await.unwrap();
    let early = world.act(&world.provider, id, VisitAction::Complete).await.unwrap_err();
    assert!(
        matches!(&early, ContractError::Chain(ChainError::Reverted(revert)) if revert.name() == Some("TooEarly")),
        "{early}"
    );
    world.node.chain.advance_time(600_000);
    world.node.chain.seal().unwrap();
    world.act(&world.provider, id, VisitAction::Complete).await.unwrap();
    let visit = world.telehealth.visit(id).await.unwrap();
    assert_eq!((visit.status, visit.fee), (VisitStatus::Completed, FEE));
    assert_eq!(visit.patient, world.patient.account().address());
    assert_eq!(visit.complete_by, visit.start_time + 3_600);

    assert_eq!(world.withdraw(&world.provider).await, FEE);
    assert_eq!(world.balance(&world.provider).await, FEE);
    let totals = world.totals().await;
    assert_eq!((totals.paid_in, totals.paid_out, totals.held), (FEE, FEE, U256::ZERO));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_called_off_is_refunded_in_full() {
    let world = World::new().await;
    let before = world.balance(&world.patient).await;
    let id = world.funded().await;
    assert_eq!(world.balance(&world.patient).await, before - FEE);
    world.act(&world.patient, id, VisitAction::Cancel).await.unwrap();
    let token = world.token.contract().address();
    let patient = world.patient.account().address();
    assert_eq!(world.telehealth.withdrawable(patient, token).await.unwrap(), FEE);
    assert_eq!(world.withdraw(&world.patient).await, FEE);
    assert_eq!(world.balance(&world.patient).await, before);
    assert_eq!(world.telehealth.visit(id).await.unwrap().status, VisitStatus::Cancelled);
    assert_eq!(world.telehealth.visit_count().await.unwrap(), U256::from(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_does_not_exist_is_named() {
    let world = World::new().await;
    let error = world.telehealth.visit(U256::from(7)).await.unwrap_err();
    assert!(error.to_string().contains("UnknownVisit(visitId: 7)"), "{error}");
}
