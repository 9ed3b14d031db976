//! Consents and records through their bindings, on the built contracts.

use alloy_core::primitives::{Address, B256, keccak256};
use salus_client::{
    Fault,
    chain::{Chain, ChainError},
    contracts::{
        ContractError,
        consent::{Consent, Grant},
        records::Records,
    },
    fhir::{Canonical, Salt},
    keystore::SigningKey,
};
use salus_core::{
    codes::{Purpose, ResourceClass, Sensitivity},
    consent::{Answer, Criteria, Effect, Period, Policy, PolicyView, Provision, Request, Status, Terms, evaluate},
    records::{RecordStatus, merkle::MerkleTree},
};

use crate::{
    contracts::suite,
    node::{Node, in_block, key},
};

const SUBJECT: B256 = B256::repeat_byte(0x5a);
const ALWAYS: Period = Period {
    from: 0,
    until: u64::MAX,
};

async fn started() -> (Node, Chain, Consent, Records) {
    let node = Node::start().await;
    let chain = node.connect().await;
    let suite = suite(&chain).await;
    let (consent, records) = (suite.consent().await.unwrap(), suite.records().await.unwrap());
    (node, chain, consent, records)
}

fn keccak(bytes: &[u8]) -> [u8; 32] {
    keccak256(bytes).0
}

fn name(error: &ContractError) -> &str {
    match error {
        ContractError::Chain(ChainError::Reverted(revert)) => revert.name().unwrap(),
        other => panic!("{other}"),
    }
}

/// Permits treatment, but nothing about substance use.
fn policy() -> Policy {
    let mut policy = Policy::new(Effect::Permit, 1_700_000_000);
    policy.scope.purposes = Purpose::TREAT.mask();
    policy.provisions = vec![Provision {
        criteria: Criteria {
            labels: Sensitivity::ETHUD.mask(),
            ..Criteria::default()
        },
        provisions: Vec::new(),
    }];
    policy
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_granted_answered_superseded_and_revoked() {
    let (_node, _chain, consent, _) = started().await;
    let patient = key("charleth");
    let grantee = key("bob").account().address();
    assert_eq!(consent.controller_of(SUBJECT).await.unwrap(), None);
    consent.register(&patient, SUBJECT, in_block()).await.unwrap();
    let controller = consent.controller_of(SUBJECT).await.unwrap();
    assert_eq!(controller, Some(patient.account().address()));
    assert_eq!(consent.current(SUBJECT, grantee).await.unwrap(), None);

    let terms = Terms {
        validity: ALWAYS,
        purposes: Purpose::TREAT.mask(),
        classes: ResourceClass::OBSERVATION.mask(),
    };
    let grant = Grant {
        subject: SUBJECT,
        grantee,
        commitment: B256::repeat_byte(1),
        terms,
    };
    let (first, receipt) = consent.grant(&patient, &grant, in_block()).await.unwrap();
    assert_eq!(
        first,
        consent.consent_id(SUBJECT, grantee, 0),
        "client and contract agree"
    );
    assert_eq!(receipt.logs.len(), 1);
    let check = |class| consent.check(SUBJECT, grantee, Purpose::TREAT, class);
    assert_eq!(check(ResourceClass::OBSERVATION).await.unwrap(), Answer::Permit);
    assert_eq!(check(ResourceClass::ENCOUNTER).await.unwrap(), Answer::Deny);
    let other = key("dave").account().address();
    let stranger = consent.check(SUBJECT, other, Purpose::TREAT, ResourceClass::OBSERVATION);
    assert_eq!(stranger.await.unwrap(), Answer::NoConsent);

    let again = consent.grant(&patient, &grant, in_block()).await.unwrap_err();
    assert_eq!(name(&again), "ConsentActive");
    let (second, _) = consent
        .supersede(&patient, first, B256::repeat_byte(2), terms, in_block())
        .await
        .unwrap();
    assert_eq!(consent.current(SUBJECT, grantee).await.unwrap(), Some(second));
    let old = consent.entry(first).await.unwrap().unwrap();
    assert_eq!((old.status, old.sequence, old.terms), (Status::Superseded, 0, terms));

    let by_grantee = consent.revoke(&key("bob"), second, in_block()).await.unwrap_err();
    assert_eq!(name(&by_grantee), "NotController");
    consent.revoke(&patient, second, in_block()).await.unwrap();
    assert_eq!(check(ResourceClass::OBSERVATION).await.unwrap(), Answer::NoConsent);
    assert_eq!(consent.entry(B256::repeat_byte(9)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn contract_and_client_open_a_policy_alike() {
    let node = Node::start().await;
    let suite = suite(&node.connect().await).await;
    let (consent, policies) = (suite.consent().await.unwrap(), suite.policies().await.unwrap());
    let patient = key("alice");
    let grantee = key("baltathar").account().address();
    let encoded = policy().encode().unwrap();
    let salt = Salt::random();
    let commitment = salus_core::consent::policy_commitment(salt.as_bytes(), &encoded, keccak);
    consent.register(&patient, SUBJECT, in_block()).await.unwrap();
    let grant = Grant {
        subject: SUBJECT,
        grantee,
        commitment: commitment.into(),
        terms: Terms {
            validity: ALWAYS,
            purposes: 0,
            classes: 0,
        },
    };
    let (id, _) = consent.grant(&patient, &grant, in_block()).await.unwrap();

    let accounts = [grantee.into()];
    let mut asked = Request::new(&accounts, Purpose::TREAT, ResourceClass::CONDITION);
    let view = PolicyView::parse(&encoded).unwrap();
    for labels in [0, Sensitivity::ETHUD.mask()] {
        asked.labels = labels;
        let here = evaluate(&view, &asked, 1_800_000_000);
        let there = policies
            .evaluate(id, &salt, &encoded, &asked.encode().unwrap())
            .await
            .unwrap();
        assert_eq!(there.answer, here.answer);
        assert_eq!(there.redact_labels, here.obligations.redact_labels);
        assert_eq!(there.path, here.path.steps());
    }
    assert_eq!(evaluate(&view, &asked, 0).answer, Answer::Deny, "the labelled request");

    let wrong = policies
        .evaluate(id, &Salt::random(), &encoded, &asked.encode().unwrap())
        .await
        .unwrap_err();
    assert_eq!(name(&wrong), "CommitmentMismatch");
    assert_eq!(wrong.code(), "reverted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_records_versions_are_anchored_and_verified() {
    let (_node, _chain, _, records) = started().await;
    let author = key("baltathar");
    let id = B256::repeat_byte(0x11);
    let (first, second) = (B256::repeat_byte(1), B256::repeat_byte(2));
    records.anchor(&author, id, first, in_block()).await.unwrap();
    let (version, _) = records.add_version(&author, id, 1, second, in_block()).await.unwrap();
    assert_eq!(version, 2);
    let record = records.record(id).await.unwrap().unwrap();
    assert_eq!(
        (Address::from(record.author), record.latest),
        (author.account().address(), 2)
    );
    assert_eq!(records.verify(id, 1, first).await.unwrap(), RecordStatus::Superseded);
    assert_eq!(records.verify(id, 2, second).await.unwrap(), RecordStatus::Current);
    assert_eq!(records.verify(id, 2, first).await.unwrap(), RecordStatus::Mismatch);
    assert_eq!(records.verify(id, 3, first).await.unwrap(), RecordStatus::Unknown);
    records.mark_entered_in_error(&author, id, 2, in_block()).await.unwrap();
    assert_eq!(
        records.verify(id, 2, second).await.unwrap(),
        RecordStatus::EnteredInError
    );
    assert!(records.version(id, 2).await.unwrap().unwrap().is_entered_in_error);
    assert_eq!(records.version(id, 3).await.unwrap(), None);
    assert_eq!(records.record(B256::ZERO).await.unwrap(), None);
    let stranger = key("bob");
    let added = records
        .add_version(&stranger, id, 2, B256::repeat_byte(3), in_block())
        .await;
    assert_eq!(name(&added.unwrap_err()), "NotAuthor");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_record_of_a_batch_is_proved_and_an_altered_one_is_not() {
    let (_node, _chain, _, records) = started().await;
    let author: SigningKey = key("alice");
    let address = author.account().address();
    let kept: Vec<_> = (0..11)
        .map(|i| {
            let canonical =
                Canonical::of(&serde_json::json!({"resourceType": "Observation", "id": i.to_string()})).unwrap();
            let salt = Salt::random();
            (canonical.commit(&salt), salt)
        })
        .collect();
    let commitments: Vec<_> = kept.iter().map(|(commitment, _)| *commitment).collect();
    let tree = MerkleTree::new(&commitments, keccak).unwrap();
    let root = B256::from(tree.root());
    let receipt = records
        .anchor_batch(&author, root, tree.count(), B256::repeat_byte(7), in_block())
        .await
        .unwrap();
    assert_eq!(receipt.logs.len(), 1);
    let batch = records.batch(address, root).await.unwrap().unwrap();
    assert_eq!((batch.leaf_count, batch.reference), (11, [7; 32]));
    for (index, commitment) in commitments.iter().enumerate() {
        let index = index as u64;
        let proof = tree.proof(index).unwrap();
        let verify = |commitment: B256, index| records.verify_in_batch(address, root, commitment, index, &proof);
        assert!(verify(commitment.into(), index).await.unwrap());
        assert!(!verify(commitment.into(), (index + 1) % 11).await.unwrap());
    }
    let altered = Canonical::of(&serde_json::json!({"resourceType": "Observation", "id": "3 "})).unwrap();
    let commitment = altered.commit(&kept[3].1);
    let proof = tree.proof(3).unwrap();
    assert!(
        !records
            .verify_in_batch(address, root, commitment.into(), 3, &proof)
            .await
            .unwrap()
    );
    assert_eq!(records.batch(key("bob").account().address(), root).await.unwrap(), None);
}
