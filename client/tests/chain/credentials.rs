//! Credentials by way of the client, over the real RPC ports.

use alloy_core::primitives::B256;
use salus_client::{
    chain::ChainError,
    contracts::{
        ContractError,
        credentials::{CredentialChange, Issue},
    },
};
use salus_core::{
    codes::Role,
    consent::Period,
    credentials::{Status, licence_commitment},
};

use crate::{
    contracts::suite,
    node::{Node, in_block, key},
};

const PHYSICIAN: Role = Role::PHYS;

// In the second of the last change another one is cheaper than in the next: it is tried in the one and may be carried out in the other.
#[tokio::test(flavor = "multi_thread")]
async fn changes_that_follow_each_other_closely_have_weight_enough() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let credentials = suite(&chain).await.credentials().await.unwrap();
    let owner = key("alice");
    let issuer = owner.account().address();
    credentials.admit_issuer(&owner, issuer, in_block()).await.unwrap();
    let issue = Issue {
        holder: key("bob").account().address(),
        role: PHYSICIAN,
        jurisdiction: B256::right_padding_from(b"DE"),
        licence: B256::repeat_byte(1),
        validity: Period {
            from: 0,
            until: u64::MAX,
        },
    };
    let (id, _) = credentials.issue(&owner, &issue, in_block()).await.unwrap();
    for _ in 0..4 {
        for change in [CredentialChange::Suspend, CredentialChange::Reinstate] {
            let changed = credentials.change(&owner, id, change, in_block()).await;
            changed.unwrap_or_else(|error| panic!("{change:?}: {error}"));
        }
        credentials.remove_issuer(&owner, issuer, in_block()).await.unwrap();
        credentials.admit_issuer(&owner, issuer, in_block()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_issued_asked_as_of_a_time_and_revoked() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let credentials = suite(&chain).await.credentials().await.unwrap();
    let (owner, board, doctor) = (key("alice"), key("alith"), key("bob").account().address());
    assert_eq!(credentials.contract().owner().await.unwrap(), owner.account().address());
    let issue = Issue {
        holder: doctor,
        role: PHYSICIAN,
        jurisdiction: B256::right_padding_from(b"DE-BY"),
        licence: licence_commitment(&[1; 32], "BY-123", |bytes| alloy_core::primitives::keccak256(bytes).0).into(),
        validity: Period {
            from: 0,
            until: u64::MAX,
        },
    };
    let early = credentials.issue(&board, &issue, in_block()).await.unwrap_err();
    assert!(
        matches!(&early, ContractError::Chain(ChainError::Reverted(revert)) if revert.name() == Some("NotIssuer")),
        "{early}"
    );

    let issuer = board.account().address();
    credentials.admit_issuer(&owner, issuer, in_block()).await.unwrap();
    assert!(credentials.is_issuer_at(issuer, u64::MAX).await.unwrap());
    let (id, _) = credentials.issue(&board, &issue, in_block()).await.unwrap();
    let credential = credentials.credential(id).await.unwrap().unwrap();
    assert_eq!((credential.holder, credential.issuer), (doctor.into(), issuer.into()));
    assert_eq!((credential.role, credential.status), (PHYSICIAN, Status::Active));
    assert_eq!(credential.licence, issue.licence.0);
    assert_eq!(credentials.credential(B256::ZERO).await.unwrap(), None);

    node.chain.advance_time(60_000);
    node.chain.seal().unwrap();
    credentials
        .change(&board, id, CredentialChange::Suspend, in_block())
        .await
        .unwrap();
    let now = credentials.standing_at(doctor, PHYSICIAN, u64::MAX).await.unwrap();
    assert_eq!((now.status, now.credential_id), (Status::Suspended, id));
    assert!(now.since > credential.issued_at);
    let then = credential.issued_at;
    assert!(credentials.is_active_at(doctor, PHYSICIAN, then).await.unwrap());
    assert!(!credentials.is_active_at(doctor, PHYSICIAN, now.since).await.unwrap());

    for change in [CredentialChange::Reinstate, CredentialChange::Revoke] {
        credentials.change(&board, id, change, in_block()).await.unwrap();
    }
    let now = credentials.standing_at(doctor, PHYSICIAN, u64::MAX).await.unwrap();
    assert_eq!(now.status, Status::Revoked);
    credentials.remove_issuer(&owner, issuer, in_block()).await.unwrap();
    assert!(credentials.issue(&board, &issue, in_block()).await.is_err());
}
