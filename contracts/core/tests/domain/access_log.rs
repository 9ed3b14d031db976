//! Logs of accesses: what is anchored, and what can be shown to be in a batch or not.

use std::collections::{BTreeSet, HashMap};

use proptest::{collection::btree_set, prelude::*};
use salus_core::{
    access::log::{
        Basis, Batch, Entry, LogError, Logs, Neighbour, Proof, SortedTree, anchor, is_logged, is_not_logged,
    },
    codes::{Action, Purpose, ResourceClass},
    consent::registry::Address,
    hash::{Domain, Hash, commit},
    records::merkle::{MAX_PROOF, MerkleTree},
};

use crate::support::{DOCTOR, NOW, STRANGER, keccak256};

const NO_LEAF: (Hash, Vec<Hash>) = ([0; 32], Vec::new());

#[derive(Default)]
struct Memory {
    counts: HashMap<Address, u64>,
    batches: HashMap<(Address, u64), Batch>,
    numbers: HashMap<(Address, Hash), u64>,
}

impl Logs for Memory {
    type Refusal = LogError;

    fn batch_count(&self, author: &Address) -> u64 {
        self.counts.get(author).copied().unwrap_or_default()
    }

    fn set_batch_count(&mut self, author: &Address, count: u64) {
        self.counts.insert(*author, count);
    }

    fn batch(&self, author: &Address, number: u64) -> Option<Batch> {
        self.batches.get(&(*author, number)).copied()
    }

    fn set_batch(&mut self, author: &Address, number: u64, batch: &Batch) {
        self.batches.insert((*author, number), *batch);
    }

    fn number_of(&self, author: &Address, root: &Hash) -> Option<u64> {
        self.numbers.get(&(*author, *root)).copied()
    }

    fn set_number_of(&mut self, author: &Address, root: &Hash, number: u64) {
        self.numbers.insert((*author, *root), number);
    }
}

fn batch(root: Hash, count: u64) -> Batch {
    Batch {
        root,
        count,
        from: NOW - 10,
        until: NOW,
        anchored_at: NOW,
    }
}

/// A batch with these leaves, anchored by the doctor.
fn anchored(tree: &SortedTree) -> Memory {
    let mut memory = Memory::default();
    anchor(&mut memory, &DOCTOR, &batch(tree.root(), tree.count())).unwrap();
    memory
}

fn values(bytes: impl IntoIterator<Item = u8>) -> Vec<Hash> {
    bytes.into_iter().map(|byte| [byte; 32]).collect()
}

fn sorted(bytes: impl IntoIterator<Item = u8>) -> SortedTree {
    SortedTree::new(values(bytes), keccak256).unwrap()
}

fn shows_absence(
    memory: &Memory,
    value: &Hash,
    position: u64,
    left: &(Hash, Vec<Hash>),
    right: &(Hash, Vec<Hash>),
) -> bool {
    let [left, right] = [left, right].map(|(value, proof)| Neighbour { value, proof });
    is_not_logged(memory, &DOCTOR, 0, value, position, &left, &right, keccak256)
}

/// What the contract's question comes to with what a tree answers: whether the value is shown to be in the batch, and not to be.
fn shown(memory: &Memory, tree: &SortedTree, value: &Hash) -> (bool, bool) {
    match tree.prove(value) {
        Proof::Logged { index, proof } => {
            let is_in = is_logged(memory, &DOCTOR, 0, value, index, &proof, keccak256);
            (is_in, false)
        }
        Proof::NotLogged { position, left, right } => {
            let (left, right) = (left.unwrap_or(NO_LEAF), right.unwrap_or(NO_LEAF));
            (false, shows_absence(memory, value, position, &left, &right))
        }
    }
}

#[test]
fn batches_are_numbered_for_each_author() {
    let mut memory = Memory::default();
    for number in 0..3 {
        assert_eq!(
            anchor(&mut memory, &DOCTOR, &batch([number as u8 + 1; 32], 1)),
            Ok(number)
        );
    }
    assert_eq!(
        anchor(&mut memory, &STRANGER, &batch([1; 32], 1)),
        Ok(0),
        "a root is nobody's"
    );
    assert_eq!(memory.batch_count(&DOCTOR), 3);
    assert_eq!(memory.batch(&DOCTOR, 2), Some(batch([3; 32], 1)));
}

#[test]
fn batches_that_say_nothing_or_too_much_are_refused() {
    let good = batch([1; 32], 1);
    let cases = [
        (batch([0; 32], 1), LogError::InvalidRoot),
        (batch([1; 32], 0), LogError::EmptyBatch([1; 32])),
        (
            Batch {
                from: NOW,
                until: NOW - 1,
                ..good
            },
            LogError::InvalidRange(NOW, NOW - 1, NOW),
        ),
        (
            Batch { until: NOW + 1, ..good },
            LogError::InvalidRange(NOW - 10, NOW + 1, NOW),
        ),
    ];
    let mut memory = Memory::default();
    for (batch, error) in cases {
        assert_eq!(anchor(&mut memory, &DOCTOR, &batch), Err(error));
    }
    assert!(memory.counts.is_empty() && memory.batches.is_empty() && memory.numbers.is_empty());
    let moment = Batch { from: NOW, ..good };
    anchor(&mut memory, &DOCTOR, &moment).unwrap();
}

#[test]
fn a_root_is_anchored_once_by_its_author() {
    let mut memory = Memory::default();
    anchor(&mut memory, &DOCTOR, &batch([1; 32], 1)).unwrap();
    let replayed = anchor(&mut memory, &DOCTOR, &batch([1; 32], 2));
    assert_eq!(replayed, Err(LogError::AlreadyAnchored([1; 32], 0)));
    assert_eq!(memory.batch_count(&DOCTOR), 1);
}

#[test]
fn every_value_is_shown_to_be_there_or_not_and_never_both() {
    for count in 1..=9u8 {
        let tree = sorted((1..=count).map(|number| number * 20));
        let memory = anchored(&tree);
        for byte in 0..=u8::MAX {
            let is_in = byte != 0 && byte % 20 == 0 && byte / 20 <= count;
            assert_eq!(shown(&memory, &tree, &[byte; 32]), (is_in, !is_in), "{byte} of {count}");
        }
    }
}

#[test]
fn the_order_and_number_of_times_in_which_entries_come_do_not_matter() {
    let tree = sorted([3, 1, 2, 3, 1]);
    assert_eq!(tree.count(), 3);
    assert_eq!(tree.root(), sorted([1, 2, 3]).root());
    assert!(SortedTree::new(Vec::new(), keccak256).is_none());
}

#[test]
fn leaves_that_are_not_neighbours_show_no_absence() {
    let tree = sorted([10, 20, 30, 40]);
    let memory = anchored(&tree);
    let leaf = |index: usize| {
        let value = [(index as u8 + 1) * 10; 32];
        match tree.prove(&value) {
            Proof::Logged { proof, .. } => (value, proof),
            other => panic!("{other:?}"),
        }
    };
    let value = [20; 32];
    for position in 0..=5 {
        for left in 0..4 {
            for right in 0..4 {
                let shows = shows_absence(&memory, &value, position, &leaf(left), &leaf(right));
                assert!(!shows, "{position} {left} {right}");
            }
        }
    }
    // 25 lies between 20 and 30, which are next to each other, and not between 10 and 30 or 20 and 40.
    let value = [25; 32];
    assert!(shows_absence(&memory, &value, 2, &leaf(1), &leaf(2)));
    for (position, left, right) in [
        (2, 0, 2),
        (1, 0, 2),
        (2, 1, 3),
        (3, 1, 3),
        (0, 1, 2),
        (4, 1, 2),
        (4, 3, 3),
    ] {
        let shows = shows_absence(&memory, &value, position, &leaf(left), &leaf(right));
        assert!(!shows, "{position} {left} {right}");
    }
}

#[test]
fn a_value_beyond_an_end_is_shown_absent_by_that_end_alone() {
    let tree = sorted([10, 20]);
    let memory = anchored(&tree);
    let Proof::NotLogged { position, left, right } = tree.prove(&[5; 32]) else {
        panic!("5 is not there");
    };
    assert_eq!((position, left), (0, None));
    let first = right.unwrap();
    assert!(shows_absence(&memory, &[5; 32], 0, &NO_LEAF, &first));
    assert!(
        !shows_absence(&memory, &[5; 32], 2, &NO_LEAF, &first),
        "nothing on the left"
    );
    let Proof::NotLogged { position, left, right } = tree.prove(&[25; 32]) else {
        panic!("25 is not there");
    };
    assert_eq!((position, right), (2, None));
    let last = left.unwrap();
    assert!(shows_absence(&memory, &[25; 32], 2, &last, &NO_LEAF));
    for position in [0, 1, 3, u64::MAX] {
        assert!(
            !shows_absence(&memory, &[25; 32], position, &last, &NO_LEAF),
            "{position}"
        );
    }
}

#[test]
fn of_a_batch_that_is_not_there_nothing_is_shown() {
    let tree = sorted([10, 20]);
    let memory = anchored(&tree);
    let Proof::Logged { index, proof } = tree.prove(&[10; 32]) else {
        panic!("10 is there");
    };
    let value = [10; 32];
    for (author, number) in [(STRANGER, 0), (DOCTOR, 1)] {
        assert!(!is_logged(&memory, &author, number, &value, index, &proof, keccak256));
        let leaf = Neighbour {
            value: &value,
            proof: &proof,
        };
        let shows = is_not_logged(&memory, &author, number, &[5; 32], 0, &leaf, &leaf, keccak256);
        assert!(!shows);
    }
    let long = vec![[0; 32]; MAX_PROOF + 1];
    assert!(!is_logged(&memory, &DOCTOR, 0, &value, index, &long, keccak256));
}

// What an auditor looks for: in a tree that is not sorted, neighbours stand in the wrong order, and show it.
#[test]
fn a_tree_that_is_not_sorted_convicts_its_author() {
    let leaves = values([10, 40, 20]);
    let tree = MerkleTree::new(&leaves, keccak256).unwrap();
    let mut memory = Memory::default();
    anchor(&mut memory, &DOCTOR, &batch(tree.root(), tree.count())).unwrap();
    let proof = |index: u64| tree.proof(index).unwrap();
    assert!(is_logged(&memory, &DOCTOR, 0, &[40; 32], 1, &proof(1), keccak256));
    assert!(is_logged(&memory, &DOCTOR, 0, &[20; 32], 2, &proof(2), keccak256));
    let of_auditor = SortedTree::new(leaves, keccak256).unwrap();
    assert_ne!(of_auditor.root(), tree.root(), "whoever has the whole batch sees it");
}

#[test]
fn entries_are_encoded_as_documented_and_hidden_by_their_salt() {
    let entry = Entry {
        subject: [1; 32],
        actor: [2; 20],
        at: 0x0304,
        purpose: Purpose::BTG,
        class: ResourceClass::OBSERVATION,
        action: Action::ACCESS,
        basis: Basis::Emergency,
        decided_by: [5; 32],
    };
    let codes = [2, ResourceClass::OBSERVATION.bit(), Action::ACCESS.bit(), 3];
    let expected = [&[1; 32][..], &[2; 20], &[0, 0, 0, 0, 0, 0, 3, 4], &codes, &[5; 32]].concat();
    assert_eq!(entry.encode()[..], expected);
    let domain = Domain(*b"salus/access-log");
    assert_eq!(
        entry.leaf(&[9; 32], keccak256),
        commit(domain, 1, &[9; 32], &expected, keccak256)
    );
    assert_ne!(entry.leaf(&[9; 32], keccak256), entry.leaf(&[8; 32], keccak256));
}

proptest! {
    #[test]
    fn any_batch_answers_for_any_value(
        leaves in btree_set(any::<[u8; 32]>(), 1..70),
        others in btree_set(any::<[u8; 32]>(), 1..8),
    ) {
        let tree = SortedTree::new(leaves.iter().copied().collect(), keccak256).unwrap();
        let memory = anchored(&tree);
        for value in leaves.union(&others).collect::<BTreeSet<_>>() {
            let is_in = leaves.contains(value);
            prop_assert_eq!(shown(&memory, &tree, value), (is_in, !is_in));
        }
    }
}
