//! The blocks above the finalized one, as one subscription was told of them.

use std::collections::{HashMap, HashSet};

use crate::runtime::{BlockNumber, Hash};

/// What was reported and is not final.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    finalized: Hash,
    best: Hash,
    blocks: HashMap<Hash, Node>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    parent: Hash,
    number: BlockNumber,
}

/// Blocks of which it is decided whether they are final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decided {
    /// They are; the lowest first.
    pub(super) finalized: Vec<Hash>,
    /// They never will be.
    pub(super) pruned: Vec<Hash>,
}

impl Tree {
    /// Nothing is known but the finalized block.
    pub(super) fn new(finalized: Hash) -> Self {
        Self {
            finalized,
            best: finalized,
            blocks: HashMap::new(),
        }
    }

    /// Adds a block. `false` if it is known or does not descend from the finalized block.
    pub(super) fn add(&mut self, hash: Hash, parent: Hash, number: BlockNumber) -> bool {
        let connected = parent == self.finalized || self.blocks.contains_key(&parent);
        let new = connected && hash != self.finalized && !self.blocks.contains_key(&hash);
        if new {
            self.blocks.insert(hash, Node { parent, number });
        }
        new
    }

    /// Makes a known block the best one. `false` if it is not known or is the best one already.
    pub(super) fn set_best(&mut self, hash: Hash) -> bool {
        let changed = hash != self.best && (hash == self.finalized || self.blocks.contains_key(&hash));
        if changed {
            self.best = hash;
        }
        changed
    }

    /// Makes blocks final, the lowest first; what does not descend from the last is pruned. `None` if none of them is known.
    pub(super) fn finalize(&mut self, hashes: impl IntoIterator<Item = Hash>) -> Option<Decided> {
        let finalized: Vec<Hash> = hashes
            .into_iter()
            .filter(|hash| self.blocks.remove(hash).is_some())
            .collect();
        self.finalized = *finalized.last()?;
        let mut nodes: Vec<(Hash, Node)> = self.blocks.iter().map(|(hash, node)| (*hash, *node)).collect();
        nodes.sort_by_key(|(_, node)| node.number);
        let mut kept = HashSet::from([self.finalized]);
        let mut pruned = Vec::new();
        for (hash, node) in nodes {
            if kept.contains(&node.parent) {
                kept.insert(hash);
            } else {
                self.blocks.remove(&hash);
                pruned.push(hash);
            }
        }
        Some(Decided { finalized, pruned })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(byte: u8) -> Hash {
        Hash::repeat_byte(byte)
    }

    /// Finalized 0; above it 1 <- 2 <- 3 and the fork 1 <- 12 <- 13.
    fn forked() -> Tree {
        let mut tree = Tree::new(block(0));
        for (hash, parent, number) in [(1, 0, 1), (2, 1, 2), (3, 2, 3), (12, 1, 2), (13, 12, 3)] {
            assert!(tree.add(block(hash), block(parent), number));
        }
        tree
    }

    #[test]
    fn a_block_is_reported_once_and_only_above_the_finalized_one() {
        let mut tree = forked();
        assert!(!tree.add(block(2), block(1), 2), "known");
        assert!(!tree.add(block(0), block(9), 0), "the finalized one");
        assert!(!tree.add(block(7), block(6), 5), "of an unknown parent");
    }

    #[test]
    fn the_best_block_changes_only_to_another_known_block() {
        let mut tree = forked();
        assert!(tree.set_best(block(3)));
        assert!(!tree.set_best(block(3)));
        assert!(!tree.set_best(block(99)));
        assert!(tree.set_best(block(13)));
    }

    #[test]
    fn finality_prunes_whole_forks_at_once() {
        let mut tree = forked();
        let decided = tree.finalize([block(1), block(2)]).unwrap();
        assert_eq!(decided.finalized, [block(1), block(2)]);
        assert_eq!(decided.pruned, [block(12), block(13)], "the fork's higher block too");
        assert!(!tree.add(block(14), block(13), 4), "nothing grows on a pruned fork");
        assert!(tree.add(block(4), block(3), 4));
    }

    #[test]
    fn blocks_that_were_not_reported_are_not_finalized() {
        let mut tree = forked();
        assert_eq!(tree.finalize([block(0)]), None);
        assert_eq!(
            tree.finalize([block(0), block(1)]),
            Some(Decided {
                finalized: vec![block(1)],
                pruned: vec![]
            })
        );
    }
}
