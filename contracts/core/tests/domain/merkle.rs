//! Merkle trees: their shape against RFC 6962's, and proofs that must not pass.

use proptest::{collection::vec, prelude::*};
use salus_core::{
    hash::Hash,
    records::merkle::{MAX_PROOF, MerkleTree, leaf_hash, node_hash, verify},
};

use crate::support::{keccak256, sha256};

/// The leaves and roots of the reference tests of certificate transparency (RFC 6962, with SHA-256).
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// The leaves are of any length there; ours are always commitments, so only the shape above the leaves is shared code.
fn reference_leaf_hashes(count: usize) -> Vec<Hash> {
    LEAVES[..count]
        .iter()
        .map(|leaf| sha256(&[vec![0], hex::decode(leaf).unwrap()].concat()))
        .collect()
}

fn reference_tree(count: usize) -> MerkleTree {
    MerkleTree::from_leaf_hashes(reference_leaf_hashes(count), sha256).unwrap()
}

fn commitments(count: u64) -> Vec<Hash> {
    (0..count).map(|number| keccak256(&number.to_be_bytes())).collect()
}

fn tree(count: u64) -> MerkleTree {
    MerkleTree::new(&commitments(count), keccak256).unwrap()
}

/// Whether leaf number `index` of `commitments(count)` is proved by `proof`.
fn is_proved(root: &Hash, leaf: u64, index: u64, count: u64, proof: &[Hash]) -> bool {
    let commitment = keccak256(&leaf.to_be_bytes());
    verify(root, leaf_hash(&commitment, keccak256), index, count, proof, keccak256)
}

#[test]
fn roots_are_those_of_certificate_transparency() {
    for count in 1..=8 {
        assert_eq!(
            hex::encode(reference_tree(count).root()),
            ROOTS[count - 1],
            "{count} leaves"
        );
        assert_eq!(reference_tree(count).count(), count as u64);
    }
}

/// RFC 6962, section 2.1.3: the tree over seven leaves, and the audit paths of the leaves 0, 3, 4 and 6.
#[test]
fn proofs_are_the_audit_paths_of_the_rfc() {
    let d = reference_leaf_hashes(7);
    let node = |left, right| node_hash(left, right, sha256);
    let (g, h, i, j) = (node(&d[0], &d[1]), node(&d[2], &d[3]), node(&d[4], &d[5]), d[6]);
    let (k, l) = (node(&g, &h), node(&i, &j));
    let tree = reference_tree(7);
    assert_eq!(tree.proof(0).unwrap(), [d[1], h, l]);
    assert_eq!(tree.proof(3).unwrap(), [d[2], g, l]);
    assert_eq!(tree.proof(4).unwrap(), [d[5], j, k]);
    assert_eq!(tree.proof(6).unwrap(), [i, k]);
    assert_eq!(tree.root(), node(&k, &l));
}

#[test]
fn leaves_and_nodes_are_hashed_with_their_prefix() {
    let (left, right) = ([7; 32], [8; 32]);
    assert_eq!(leaf_hash(&left, sha256), sha256(&[&[0][..], &left].concat()));
    assert_eq!(
        node_hash(&left, &right, sha256),
        sha256(&[&[1][..], &left, &right].concat())
    );
}

#[test]
fn every_leaf_of_every_small_tree_is_proved() {
    for count in 1..=65 {
        let tree = tree(count);
        for index in 0..count {
            assert!(is_proved(
                &tree.root(),
                index,
                index,
                count,
                &tree.proof(index).unwrap()
            ));
        }
        assert_eq!(tree.proof(count), None);
    }
}

#[test]
fn there_is_no_tree_without_leaves() {
    assert!(MerkleTree::new(&[], keccak256).is_none());
    assert!(!verify(&[0; 32], [0; 32], 0, 0, &[], keccak256));
}

#[test]
fn the_last_leaf_may_not_be_repeated() {
    let root = |leaves: &[Hash]| MerkleTree::new(leaves, keccak256).unwrap().root();
    assert_ne!(
        root(&[[1; 32], [2; 32], [3; 32]]),
        root(&[[1; 32], [2; 32], [3; 32], [3; 32]])
    );
}

#[test]
fn an_inner_node_is_no_leaf() {
    let (tree, leaves) = (tree(4), commitments(4));
    let [left, right] = [0, 1].map(|leaf: usize| leaf_hash(&leaves[leaf], keccak256));
    let inner = node_hash(&left, &right, keccak256);
    let proof = &tree.proof(0).unwrap()[1..];
    // The node lies on the way to the root, as in a tree of two leaves. As a leaf, it is hashed with the other prefix.
    assert!(verify(&tree.root(), inner, 0, 2, proof, keccak256));
    assert!(!verify(
        &tree.root(),
        leaf_hash(&inner, keccak256),
        0,
        2,
        proof,
        keccak256
    ));
    assert!(!verify(&tree.root(), inner, 0, 4, proof, keccak256));
}

/// How many hashes the longest proof of a tree of `count` leaves has.
fn longest_proof(count: u64) -> u32 {
    count.next_power_of_two().ilog2()
}

#[test]
fn proofs_grow_with_the_logarithm_and_stay_below_a_kibibyte_for_a_million() {
    for count in [1, 2, 3, 4, 5, 64, 65, 1_000, 20_001] {
        let (tree, last) = (tree(count), count - 1);
        assert_eq!(
            tree.proof(0).unwrap().len(),
            longest_proof(count) as usize,
            "{count} leaves"
        );
        let proof = tree.proof(last).unwrap();
        assert!(proof.len() <= longest_proof(count) as usize);
        assert!(is_proved(&tree.root(), last, last, count, &proof));
    }
    assert!(longest_proof(1_000_000) * 32 < 1024);
}

#[test]
fn the_largest_index_is_handled() {
    let proof = [[5; 32]; MAX_PROOF];
    assert!(!verify(&[0; 32], [1; 32], u64::MAX, u64::MAX, &proof, keccak256));
    assert!(!verify(&[0; 32], [1; 32], u64::MAX - 1, u64::MAX, &proof, keccak256));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_is_altered_is_not_proved(
        count in 1u64..200, seed in any::<u64>(), bit in 0usize..256, extra in vec(any::<[u8; 32]>(), 1..3),
    ) {
        let (tree, index) = (tree(count), seed % count);
        let root = tree.root();
        let proof = tree.proof(index).expect("the leaf exists");
        prop_assert!(is_proved(&root, index, index, count, &proof));

        prop_assert!(!is_proved(&root, count, index, count, &proof), "another leaf");
        for step in 0..proof.len() {
            let mut altered = proof.clone();
            altered[step][bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!is_proved(&root, index, index, count, &altered), "another proof");
        }
        let mut altered = root;
        altered[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!is_proved(&altered, index, index, count, &proof), "another root");
        for other in (0..count).filter(|other| *other != index) {
            prop_assert!(!is_proved(&root, index, other, count, &proof), "another index");
        }
        for length in 0..proof.len() {
            prop_assert!(!is_proved(&root, index, index, count, &proof[..length]), "too short");
        }
        let long: Vec<_> = proof.iter().copied().chain(extra).collect();
        prop_assert!(!is_proved(&root, index, index, count, &long), "too long");
        prop_assert!(!is_proved(&root, index, index, index, &proof), "fewer leaves than the index");
    }

    /// A proof does not say how many leaves there are, but a count that changes the way to the root is noticed.
    #[test]
    fn a_wrong_count_is_refused_where_it_changes_the_path(count in 2u64..200) {
        let (tree, last) = (tree(count), count - 1);
        let proof = tree.proof(last).expect("the leaf exists");
        prop_assert!(!is_proved(&tree.root(), last, last, count * 2, &proof));
        prop_assert!(!is_proved(&tree.root(), last, last, last, &proof));
    }
}
