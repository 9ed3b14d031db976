//! Merkle trees over commitments, in the shape of RFC 6962 (certificate transparency), section 2.1.
//!
//! Leaves and inner nodes are hashed with different prefixes, so that a node cannot be passed off as a leaf. A tree whose
//! number of leaves is no power of two is split at the largest power of two below it; no leaf is ever repeated, so no two
//! lists of leaves have the same root. A proof is checked against the index *and* the number of leaves.

use alloc::vec::Vec;

use crate::hash::Hash;

/// The longest proof that can be: one hash for each bit of a leaf's index.
pub const MAX_PROOF: usize = 64;

/// `H(0x00 || commitment)`.
pub fn leaf_hash(commitment: &Hash, hash: impl Fn(&[u8]) -> Hash) -> Hash {
    let mut bytes = [0; 33];
    bytes[1..].copy_from_slice(commitment);
    hash(&bytes)
}

/// `H(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash, hash: impl Fn(&[u8]) -> Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    hash(&bytes)
}

/// Whether `proof` shows that the leaf number `index`, from 0, of a tree of `count` leaves with this `root` has this hash
/// (RFC 9162, section 2.1.3.2). Allocates nothing.
pub fn verify(root: &Hash, leaf: Hash, index: u64, count: u64, proof: &[Hash], hash: impl Fn(&[u8]) -> Hash) -> bool {
    if index >= count {
        return false;
    }
    // The path from the leaf to the root, and from the last leaf to the root, as numbers within each level.
    let (mut position, mut last) = (index, count.saturating_sub(1));
    let mut node = leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if position & 1 == 1 || position == last {
            node = node_hash(sibling, &node, &hash);
            // A node without a sibling to its right is its own parent, until it has one to its left.
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, sibling, &hash);
        }
        position >>= 1;
        last >>= 1;
    }
    last == 0 && node == *root
}

/// A tree with all its nodes, to take proofs from. Holds about twice as many hashes as there are leaves.
#[derive(Clone, Debug)]
pub struct MerkleTree {
    /// From the leaves to the root. A level of odd length hands its last node on as it is.
    levels: Vec<Vec<Hash>>,
}

impl MerkleTree {
    /// The tree over these commitments, in their order; `None` if there are none.
    pub fn new(commitments: &[Hash], hash: impl Fn(&[u8]) -> Hash) -> Option<Self> {
        Self::from_leaf_hashes(
            commitments
                .iter()
                .map(|commitment| leaf_hash(commitment, &hash))
                .collect(),
            hash,
        )
    }

    /// The tree over leaves that are hashed already; `None` if there are none.
    pub fn from_leaf_hashes(leaves: Vec<Hash>, hash: impl Fn(&[u8]) -> Hash) -> Option<Self> {
        if leaves.is_empty() {
            return None;
        }
        let mut levels = Vec::new();
        let mut level = leaves;
        while level.len() > 1 {
            let above = level
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => node_hash(left, right, &hash),
                    // `chunks` gives no empty chunk: what is left over is one node.
                    rest => rest.first().copied().unwrap_or_default(),
                })
                .collect();
            levels.push(core::mem::replace(&mut level, above));
        }
        levels.push(level);
        Some(Self { levels })
    }

    /// The root.
    pub fn root(&self) -> Hash {
        // There is at least one level, and the last one holds the root alone.
        self.levels
            .last()
            .and_then(|level| level.first())
            .copied()
            .unwrap_or_default()
    }

    /// How many leaves there are.
    pub fn count(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The proof that the leaf number `index`, from 0, is in the tree; `None` if there is no such leaf.
    pub fn proof(&self, index: u64) -> Option<Vec<Hash>> {
        let mut position = usize::try_from(index).ok()?;
        self.levels.first()?.get(position)?;
        let mut proof = Vec::new();
        for level in &self.levels {
            // A last node without a sibling is handed on, and adds nothing to the proof.
            if let Some(sibling) = level.get(position ^ 1) {
                proof.push(*sibling);
            }
            position >>= 1;
        }
        Some(proof)
    }
}
