//! Requests, emergencies and logs by way of the client, over the real RPC ports.

use alloy_core::primitives::{B256, U256, keccak256};
use salus_client::{
    chain::{Chain, ChainError},
    contracts::{
        ContractError, Suite,
        access::{Access, Authorization, Emergency, IAccess},
        credentials::Issue,
    },
    signed::Action,
};
use salus_core::{
    access::{
        emergency::{Outcome, Safeguards, Status},
        log::SortedTree,
        request,
    },
    codes::{Purpose, Role},
    consent::Period,
};

use crate::{
    contracts::suite,
    node::{Node, in_block, key},
};

const SUBJECT: B256 = B256::repeat_byte(0x5b);

fn hash(bytes: &[u8]) -> [u8; 32] {
    keccak256(bytes).0
}

/// The contract, a subject of `dev:bob`, and credentials of the physician `dev:alith` and the reviewer `dev:baltathar`.
async fn ward(chain: &Chain) -> (Suite, Access) {
    let suite = suite(chain).await;
    let (owner, patient) = (key("alice"), key("bob"));
    let consent = suite.consent().await.unwrap();
    consent.register(&patient, SUBJECT, in_block()).await.unwrap();
    let credentials = suite.credentials().await.unwrap();
    let issuer = owner.account().address();
    credentials.admit_issuer(&owner, issuer, in_block()).await.unwrap();
    for (holder, role) in [("alith", Role::PHYS), ("baltathar", Role::PROV)] {
        let issue = Issue {
            holder: key(holder).account().address(),
            role,
            jurisdiction: B256::right_padding_from(b"DE"),
            licence: B256::repeat_byte(1),
            validity: Period {
                from: 0,
                until: u64::MAX,
            },
        };
        credentials.issue(&owner, &issue, in_block()).await.unwrap();
    }
    let access = suite.access().await.unwrap();
    (suite, access)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_opened_vetoed_ended_and_reviewed() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let (_, access) = ward(&chain).await;
    let (patient, doctor, reviewer) = (key("bob"), key("alith"), key("baltathar"));
    let actor = doctor.account().address();
    let emergency = Emergency {
        subject: SUBJECT,
        role: Role::PHYS,
        purpose: Purpose::ETREAT,
        reviewer: reviewer.account().address(),
        evidence: B256::repeat_byte(0xe1),
        duration: 3_600,
    };
    access
        .set_veto_window(&patient, SUBJECT, 600, in_block())
        .await
        .unwrap();
    access
        .set_emergency_key(&patient, SUBJECT, actor, in_block())
        .await
        .unwrap();
    let expected = Safeguards {
        veto_window: 600,
        emergency_key: actor.into(),
    };
    assert_eq!(access.safeguards(SUBJECT).await.unwrap(), expected);
    let (vetoed, _) = access.break_glass(&doctor, &emergency, in_block()).await.unwrap();
    access.veto(&patient, vetoed, in_block()).await.unwrap();
    let found = access.access(vetoed).await.unwrap().unwrap();
    assert_eq!((found.status, found.emergency), (Status::Vetoed, emergency));

    let authorization = Authorization::sign(
        &doctor,
        chain.chain_id(),
        access.contract().address(),
        SUBJECT,
        actor,
        U256::MAX,
    );
    let opened = access
        .break_glass_with_key(&doctor, &emergency, &authorization, in_block())
        .await;
    let (at_once, _) = opened.unwrap();
    assert_eq!(access.access(at_once).await.unwrap().unwrap().status, Status::Open);
    access.end(&doctor, at_once, in_block()).await.unwrap();
    access
        .review(&reviewer, at_once, Outcome::Justified, in_block())
        .await
        .unwrap();

    let call = IAccess::setVetoWindowCall {
        subject: SUBJECT,
        vetoWindow: 0,
    };
    let address = access.contract().address();
    let signed = Action::new(Access::NAME, chain.chain_id(), address, &call).unwrap();
    let signed = signed.sign(&patient, U256::MAX);
    signed.relay(&chain, address, &reviewer, in_block()).await.unwrap();
    let (id, _) = access.break_glass(&doctor, &emergency, in_block()).await.unwrap();
    assert!(access.is_open(SUBJECT, actor).await.unwrap());
    let again = access.break_glass(&doctor, &emergency, in_block()).await.unwrap_err();
    assert!(
        matches!(&again, ContractError::Chain(ChainError::Reverted(revert)) if revert.name() == Some("AccessLive")),
        "{again}"
    );
    access.end(&doctor, id, in_block()).await.unwrap();
    assert!(!access.is_open(SUBJECT, actor).await.unwrap());
    assert_eq!(access.unreviewed(actor).await.unwrap(), [id]);
    access
        .review(&reviewer, id, Outcome::Justified, in_block())
        .await
        .unwrap();
    assert_eq!(access.unreviewed(actor).await.unwrap(), [B256::ZERO; 0]);
    let found = access.access(id).await.unwrap().unwrap();
    assert_eq!((found.status, found.outcome), (Status::Ended, Outcome::Justified));
    assert_eq!(access.access(B256::ZERO).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_or_withdrawn() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let (_, access) = ward(&chain).await;
    let (patient, doctor) = (key("bob"), key("alith"));
    let requester = doctor.account().address();
    let commitment = B256::repeat_byte(0xc0);
    let ends = [request::Status::Refused, request::Status::Withdrawn];
    for end in ends {
        let asked = access.request(&doctor, SUBJECT, commitment, u64::MAX, in_block()).await;
        let (id, _) = asked.unwrap();
        assert_eq!(access.open_request(SUBJECT, requester).await.unwrap(), Some(id));
        match end {
            request::Status::Refused => access.answer(&patient, id, None, in_block()).await.unwrap(),
            _ => access.withdraw(&doctor, id, in_block()).await.unwrap(),
        };
        assert_eq!(access.open_request(SUBJECT, requester).await.unwrap(), None);
        let found = access.request_of(id).await.unwrap().unwrap();
        assert_eq!((found.status, found.commitment), (end, commitment));
    }
    assert_eq!(access.request_of(B256::ZERO).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_logged_and_what_is_not_is_shown_by_the_proofs_of_the_tree() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let (_, access) = ward(&chain).await;
    let author = key("alith");
    let values: Vec<_> = (0..9u8).map(|number| hash(&[number])).collect();
    let tree = SortedTree::new(values.clone(), hash).unwrap();
    let anchored = access
        .anchor_log(&author, tree.root().into(), tree.count(), 1, 2, in_block())
        .await;
    let (batch, _) = anchored.unwrap();
    let author = author.account().address();
    assert_eq!(access.batch_count(author).await.unwrap(), 1);
    let found = access.batch(author, batch).await.unwrap().unwrap();
    assert_eq!((found.root, found.count), (tree.root(), 9));
    assert_eq!(access.batch(author, 1).await.unwrap(), None);
    for value in [values[3], hash(b"another"), [0; 32], [0xff; 32]] {
        let proof = tree.prove(&value);
        assert!(access.holds(author, batch, value, &proof).await.unwrap());
        let of_another = access.holds(author, batch, hash(b"some other"), &proof).await.unwrap();
        assert!(!of_another || !values.contains(&value), "{proof:?}");
    }
}
