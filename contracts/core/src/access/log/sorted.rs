//! A batch as its author makes it, and as whoever gets the whole of it checks it.

use alloc::vec::Vec;

use crate::{hash::Hash, records::merkle::MerkleTree};

/// The tree of a batch: over the leaf values, each once, in ascending order.
#[derive(Clone, Debug)]
pub struct SortedTree {
    values: Vec<Hash>,
    tree: MerkleTree,
}

/// What a batch says of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It is there.
    Logged {
        /// The number of its leaf, from 0.
        index: u64,
        /// The siblings of its way to the root.
        proof: Vec<Hash>,
    },
    /// It is not.
    NotLogged {
        /// How many leaves come before it.
        position: u64,
        /// The leaf before it, and its proof, if there is one.
        left: Option<(Hash, Vec<Hash>)>,
        /// The leaf after it, and its proof, if there is one.
        right: Option<(Hash, Vec<Hash>)>,
    },
}

impl SortedTree {
    /// The tree over these values, in whatever order they are, and however often each; `None` if there are none.
    pub fn new(mut values: Vec<Hash>, keccak256: impl Fn(&[u8]) -> Hash) -> Option<Self> {
        values.sort_unstable();
        values.dedup();
        let tree = MerkleTree::new(&values, keccak256)?;
        Some(Self { values, tree })
    }

    /// The root.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// How many leaves there are.
    pub fn count(&self) -> u64 {
        self.tree.count()
    }

    /// The proof that a value is in the batch, or that it is not.
    pub fn prove(&self, value: &Hash) -> Proof {
        match self.values.binary_search(value) {
            Ok(index) => Proof::Logged {
                index: index as u64,
                proof: self.tree.proof(index as u64).unwrap_or_default(),
            },
            Err(position) => Proof::NotLogged {
                position: position as u64,
                left: position.checked_sub(1).and_then(|index| self.leaf(index)),
                right: self.leaf(position),
            },
        }
    }

    fn leaf(&self, index: usize) -> Option<(Hash, Vec<Hash>)> {
        Some((*self.values.get(index)?, self.tree.proof(index as u64)?))
    }
}
