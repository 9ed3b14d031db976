//! The relayer, on the built contracts.

mod memory;
mod refusals;
mod sending;
mod speed;

use std::collections::BTreeSet;

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::SolCall,
};
use salus_client::{
    authorization::{Authorization, Payment},
    chain::{Chain, Finality, SubmitOptions},
    contracts::{
        Suite,
        consent::{Consent, IConsent},
        token::Token,
    },
    indexer::Location,
    keystore::{KeyKind, SecretKey, SigningKey},
    relayer::{Policy, RelayError, Relayer, SignedMessage, Status, Ticket},
};

use crate::{
    contracts::suite,
    node::{Node, key},
};

/// How many seconds a message can be sent.
const SENDABLE: u64 = 3_600;

/// A chain with the contracts on it, and a place for memories.
struct World {
    node: Node,
    chain: Chain,
    suite: Suite,
    consent: Consent,
    token: Token,
    home: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let node = Node::start().await;
        let chain = node.connect().await;
        let suite = suite(&chain).await;
        Self {
            consent: suite.consent().await.unwrap(),
            token: suite.token().await.unwrap(),
            suite,
            node,
            chain,
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn memory(&self, name: &str) -> Location {
        Location::from(&*self.home.path().join(name))
    }

    async fn open(&self, who: &str, policy: Policy) -> Result<Relayer, RelayError> {
        let options = SubmitOptions {
            finality: Finality::Finalized,
            ..SubmitOptions::default()
        };
        Relayer::open(self.suite.clone(), key(who), policy, &self.memory(who), options).await
    }

    async fn relayer(&self, who: &str) -> Relayer {
        self.open(who, Policy::default()).await.unwrap()
    }

    async fn now(&self) -> u64 {
        self.chain.time().await.unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.node.chain.advance_time(seconds * 1_000);
        self.node.chain.seal().unwrap();
    }

    async fn sign(&self, signer: &SigningKey, call: &impl SolCall) -> SignedMessage {
        let deadline = U256::from(self.now().await + SENDABLE);
        SignedMessage::Action(self.consent.action(call).unwrap().sign(signer, deadline))
    }

    /// The registration of a subject.
    async fn registration(&self, signer: &SigningKey, subject: B256) -> SignedMessage {
        self.sign(signer, &IConsent::registerSubjectCall { subject }).await
    }

    /// A registration that nothing stands against.
    async fn fresh(&self) -> SignedMessage {
        self.registration(&patient(), random()).await
    }

    /// What the contract refuses.
    async fn in_vain(&self, signer: &SigningKey) -> SignedMessage {
        let consent_id = random();
        self.sign(signer, &IConsent::revokeConsentCall { consentId: consent_id })
            .await
    }

    async fn controller(&self, subject: B256) -> Option<Address> {
        self.consent.controller_of(subject).await.unwrap()
    }

    /// A payment of tokens of `dev:alith`, who has none, unless they are sent.
    async fn payment(&self, to: Address, value: u64) -> SignedMessage {
        let payer = key("alith");
        let payment = Payment {
            from: payer.account().address(),
            to,
            value: U256::from(value),
            valid_after: 0,
            valid_before: self.now().await + SENDABLE,
            nonce: random(),
        };
        let signed = Authorization::Transfer(payment)
            .sign(&payer, &self.token)
            .await
            .unwrap();
        SignedMessage::Authorization(signed)
    }

    async fn balance(&self, account: Address) -> U256 {
        self.token.balance_of(account).await.unwrap()
    }

    /// How many blocks there are: each transaction gets its own.
    fn blocks(&self) -> u32 {
        self.node.chain.best().number
    }
}

/// A key without coins.
fn patient() -> SigningKey {
    let secret = SecretKey::generate(KeyKind::Ethereum).unwrap();
    secret.signing_key().unwrap()
}

/// What nobody else has.
fn random() -> B256 {
    rand::random::<[u8; 32]>().into()
}

fn transaction(ticket: &Ticket) -> B256 {
    match &ticket.status {
        Status::Done { transaction } => transaction.tx_hash,
        other => panic!("{other:?}"),
    }
}

/// The name of the contract's error with which a message failed.
fn failure(ticket: &Ticket) -> (&str, bool) {
    match &ticket.status {
        Status::Failed { reason, tx_hash, .. } => (reason, tx_hash.is_some()),
        other => panic!("{other:?}"),
    }
}

fn distinct(tickets: &[Ticket]) -> usize {
    tickets.iter().map(transaction).collect::<BTreeSet<_>>().len()
}
