//! Batches of records on chain: anchored by the root of a Merkle tree, and proved leaf by leaf.

use alloy_core::primitives::{Address, B256, keccak256};
use salus_core::records::merkle::MerkleTree;
use salus_tests_contracts::{
    account, events,
    records::{IRecords::*, deploy},
    refusal,
};

const REFERENCE: B256 = B256::repeat_byte(0x0a);
const OTHER: B256 = B256::repeat_byte(0x0b);

fn author() -> Address {
    account(1)
}

fn stranger() -> Address {
    account(2)
}

fn leaves(count: u64) -> Vec<[u8; 32]> {
    (0..count).map(|leaf| keccak256(leaf.to_be_bytes()).0).collect()
}

fn tree(count: u64) -> MerkleTree {
    MerkleTree::new(&leaves(count), |bytes| keccak256(bytes).0).expect("there are leaves")
}

fn proof(tree: &MerkleTree, index: u64) -> Vec<B256> {
    tree.proof(index)
        .expect("the leaf is in the tree")
        .into_iter()
        .map(B256::from)
        .collect()
}

/// A call that proves leaf `index` of `tree`, whose author is [`author`].
fn proving(tree: &MerkleTree, index: u64) -> verifyInBatchCall {
    verifyInBatchCall {
        author: author(),
        root: tree.root().into(),
        leaf: leaves(tree.count())[index as usize].into(),
        index,
        proof: proof(tree, index),
    }
}

fn batch(tree: &MerkleTree) -> anchorBatchCall {
    anchorBatchCall {
        root: tree.root().into(),
        leafCount: tree.count(),
        reference: REFERENCE,
    }
}

#[test]
fn a_batch_is_announced_readable_and_proves_each_of_its_leaves() {
    let (mut world, contract) = deploy();
    for count in [1, 2, 5, 8] {
        let tree = tree(count);
        assert!(
            !world.view(contract, &proving(&tree, 0)),
            "nothing is proved before it is anchored"
        );
        let done = world.send(author(), contract, &batch(&tree)).unwrap();
        let root = B256::from(tree.root());
        let expected = BatchAnchored {
            root,
            author: author(),
            leafCount: count,
            reference: REFERENCE,
        };
        assert_eq!(events::<BatchAnchored>(contract, &done.logs), [expected]);
        let read = world.view(contract, &batchOfCall { author: author(), root });
        let now = world.session.timestamp();
        assert_eq!(
            (read.leafCount, read.reference, read.anchoredAt),
            (count, REFERENCE, now)
        );
        for index in 0..count {
            assert!(world.view(contract, &proving(&tree, index)), "leaf {index} of {count}");
        }
    }
}

#[test]
fn what_is_not_in_the_batch_is_not_proved() {
    let (mut world, contract) = deploy();
    let tree = tree(7);
    world.send(author(), contract, &batch(&tree)).unwrap();
    let good = proving(&tree, 2);
    assert!(world.view(contract, &good));
    let mut altered = good.proof.clone();
    altered[1].0[31] ^= 1;
    let mut long = good.proof.clone();
    long.push(B256::ZERO);
    for (what, wrong) in [
        (
            "another leaf",
            verifyInBatchCall {
                leaf: OTHER,
                ..good.clone()
            },
        ),
        (
            "another index",
            verifyInBatchCall {
                index: 3,
                ..good.clone()
            },
        ),
        (
            "an index beyond the end",
            verifyInBatchCall {
                index: 7,
                ..good.clone()
            },
        ),
        (
            "the largest index",
            verifyInBatchCall {
                index: u64::MAX,
                ..good.clone()
            },
        ),
        (
            "an altered proof",
            verifyInBatchCall {
                proof: altered,
                ..good.clone()
            },
        ),
        (
            "too short a proof",
            verifyInBatchCall {
                proof: good.proof[1..].to_vec(),
                ..good.clone()
            },
        ),
        (
            "no proof",
            verifyInBatchCall {
                proof: vec![],
                ..good.clone()
            },
        ),
        (
            "too long a proof",
            verifyInBatchCall {
                proof: long,
                ..good.clone()
            },
        ),
        (
            "another author",
            verifyInBatchCall {
                author: stranger(),
                ..good.clone()
            },
        ),
        (
            "another root",
            verifyInBatchCall {
                root: OTHER,
                ..good.clone()
            },
        ),
    ] {
        assert!(!world.view(contract, &wrong), "{what}");
    }
}

#[test]
fn a_batch_is_anchored_once_by_each_author() {
    let (mut world, contract) = deploy();
    let tree = tree(3);
    world.send(author(), contract, &batch(&tree)).unwrap();
    let again = anchorBatchCall {
        leafCount: 4,
        ..batch(&tree)
    };
    let expected = BatchAlreadyAnchored {
        author: author(),
        root: tree.root().into(),
    };
    assert_eq!(
        refusal::<BatchAlreadyAnchored>(world.send(author(), contract, &again)),
        expected
    );
    // Whoever repeats somebody else's root with another count hinders nobody.
    world.send(stranger(), contract, &again).unwrap();
    assert!(world.view(contract, &proving(&tree, 1)));
    let root = tree.root().into();
    assert_eq!(
        world.view(contract, &batchOfCall { author: author(), root }).leafCount,
        3
    );
    assert_eq!(
        world
            .view(
                contract,
                &batchOfCall {
                    author: stranger(),
                    root
                }
            )
            .leafCount,
        4
    );
}

#[test]
fn a_batch_has_a_root_and_leaves() {
    let (mut world, contract) = deploy();
    let call = batch(&tree(3));
    let zero = anchorBatchCall {
        root: B256::ZERO,
        ..call.clone()
    };
    refusal::<InvalidRoot>(world.send(author(), contract, &zero));
    let empty = anchorBatchCall {
        leafCount: 0,
        ..call.clone()
    };
    assert_eq!(
        refusal::<EmptyBatch>(world.send(author(), contract, &empty)).root,
        call.root
    );
}

/// One transaction for a great many records; here as many as a test has time to hash.
#[test]
fn a_large_batch_costs_what_a_small_one_does() {
    let (mut world, contract) = deploy();
    let (small, large) = (tree(2), tree(5_000));
    let cheap = world.send(author(), contract, &batch(&small)).unwrap().cost.weight;
    let dear = world.send(author(), contract, &batch(&large)).unwrap().cost.weight;
    assert_eq!(cheap.proof_size(), dear.proof_size());
    assert!(dear.ref_time() < cheap.ref_time() * 11 / 10);
    assert!(world.view(contract, &proving(&large, 4_999)));
    assert_eq!(proof(&large, 0).len(), 13);
}
