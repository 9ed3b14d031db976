//! Batches by Merkle root.

use alloy_core::primitives::{B256, keccak256};
use salus_core::records::merkle::MerkleTree;
use salus_devchain::session::Actor;

use super::Company;
use crate::{meter::word, records::IRecords};

const AUTHOR: usize = 1;

fn tree(count: u32) -> (Vec<[u8; 32]>, MerkleTree) {
    let commitments: Vec<[u8; 32]> = (0..count).map(|number| keccak256(number.to_be_bytes()).0).collect();
    let tree = MerkleTree::new(&commitments, |bytes| keccak256(bytes).0).unwrap();
    (commitments, tree)
}

fn anchor(tree: &MerkleTree) -> IRecords::anchorBatchCall {
    IRecords::anchorBatchCall {
        root: tree.root().into(),
        leafCount: tree.count(),
        reference: B256::repeat_byte(7),
    }
}

#[test]
fn trees_of_any_shape_are_verified_alike() {
    let mut batches = Company::new("records", "Batches");
    for count in [1, 2, 3, 5, 6, 7, 8, 11] {
        let (commitments, tree) = tree(count);
        batches
            .call(AUTHOR, &anchor(&tree))
            .answer::<IRecords::anchorBatchCall>();
        for index in 0..u64::from(count) {
            let proof: Vec<B256> = tree.proof(index).unwrap().into_iter().map(B256::from).collect();
            let right = IRecords::verifyInBatchCall {
                author: word(Actor::ethereum(AUTHOR).address()),
                root: tree.root().into(),
                leaf: commitments[index as usize].into(),
                index,
                proof,
            };
            let mut is_in = |call: &_| batches.ask(2, call).answer::<IRecords::verifyInBatchCall>();
            assert!(is_in(&right));
            // Every other index but those that the proof's length does not tell apart, and they are told apart by the order.
            for wrong in (0..u64::from(count) + 2).filter(|wrong| *wrong != index) {
                assert!(!is_in(&IRecords::verifyInBatchCall {
                    index: wrong,
                    ..right.clone()
                }));
            }
            let mut longer = right.clone();
            longer.proof.push(B256::ZERO);
            assert!(!is_in(&longer));
            let mut shorter = right.clone();
            if shorter.proof.pop().is_some() {
                assert!(!is_in(&shorter));
            }
            let mut other = right.clone();
            other.leaf[31] ^= 1;
            assert!(!is_in(&other));
            let mut other = right.clone();
            other.author[19] ^= 1;
            assert!(!is_in(&other));
        }
    }
}

#[test]
fn batches_are_kept_and_refused_alike() {
    let mut batches = Company::new("records", "Batches");
    let batch = anchor(&tree(3).1);
    let asked = IRecords::batchOfCall {
        author: word(Actor::ethereum(AUTHOR).address()),
        root: batch.root,
    };
    assert_eq!(batches.ask(2, &asked).answer::<IRecords::batchOfCall>().leafCount, 0);
    batches.call(AUTHOR, &batch).answer::<IRecords::anchorBatchCall>();
    let kept = batches.ask(2, &asked).answer::<IRecords::batchOfCall>();
    assert_eq!((kept.leafCount, kept.reference), (batch.leafCount, batch.reference));
    assert_eq!(kept.anchoredAt, batches.now());
    let refused = [
        batch.clone(),
        IRecords::anchorBatchCall {
            root: B256::ZERO,
            ..batch.clone()
        },
        IRecords::anchorBatchCall {
            root: B256::repeat_byte(1),
            leafCount: 0,
            ..batch.clone()
        },
    ];
    for call in refused {
        assert!(batches.call(AUTHOR, &call).refusal().len() >= 4);
    }
    // Another author's is another batch.
    batches.call(2, &batch).answer::<IRecords::anchorBatchCall>();
}
