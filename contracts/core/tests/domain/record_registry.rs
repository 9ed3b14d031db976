//! Who may anchor, add and flag, and what is verified.

use std::collections::HashMap;

use salus_core::{
    hash::Hash,
    records::{
        RecordStatus, RecordVersion, VersionError,
        merkle::MerkleTree,
        registry::{
            Address, Batch, Record, Registry, RegistryError, add_version, anchor, anchor_batch, enter_in_error, verify,
            verify_in_batch,
        },
    },
};

use crate::support::{DOCTOR, NOW, STRANGER, keccak256};

const RECORD: Hash = [1; 32];

#[derive(Default)]
struct Memory {
    records: HashMap<Hash, Record>,
    versions: HashMap<(Hash, u32), RecordVersion>,
    committed: HashMap<Hash, Hash>,
    batches: HashMap<(Address, Hash), Batch>,
}

impl Registry for Memory {
    type Refusal = RegistryError;

    fn record(&self, id: &Hash) -> Option<Record> {
        self.records.get(id).copied()
    }

    fn set_record(&mut self, id: &Hash, record: &Record) {
        self.records.insert(*id, *record);
    }

    fn version(&self, id: &Hash, number: u32) -> Option<RecordVersion> {
        self.versions.get(&(*id, number)).copied()
    }

    fn set_version(&mut self, id: &Hash, number: u32, version: &RecordVersion) {
        self.versions.insert((*id, number), *version);
    }

    fn committed(&self, commitment: &Hash) -> Option<Hash> {
        self.committed.get(commitment).copied()
    }

    fn set_committed(&mut self, commitment: &Hash, id: &Hash) {
        self.committed.insert(*commitment, *id);
    }

    fn batch(&self, author: &Address, root: &Hash) -> Option<Batch> {
        self.batches.get(&(*author, *root)).copied()
    }

    fn set_batch(&mut self, author: &Address, root: &Hash, batch: &Batch) {
        self.batches.insert((*author, *root), *batch);
    }
}

fn anchored() -> Memory {
    let mut memory = Memory::default();
    anchor(&mut memory, &DOCTOR, NOW, &RECORD, &[10; 32]).unwrap();
    memory
}

#[test]
fn an_anchored_record_is_verified() {
    let memory = anchored();
    assert_eq!(verify(&memory, &RECORD, 1, &[10; 32]), RecordStatus::Current);
    assert_eq!(verify(&memory, &RECORD, 1, &[11; 32]), RecordStatus::Mismatch);
    assert_eq!(verify(&memory, &RECORD, 2, &[10; 32]), RecordStatus::Unknown);
    assert_eq!(verify(&memory, &[2; 32], 1, &[10; 32]), RecordStatus::Unknown);
    assert_eq!(memory.version(&RECORD, 1).unwrap().anchored_at, NOW);
}

#[test]
fn duplicates_are_refused() {
    let mut memory = anchored();
    let mut again = |caller, id, commitment| anchor(&mut memory, &caller, NOW, &id, &commitment);
    for caller in [DOCTOR, STRANGER] {
        assert_eq!(
            again(caller, RECORD, [11; 32]),
            Err(RegistryError::RecordAlreadyAnchored(RECORD))
        );
        let duplicate = RegistryError::CommitmentAlreadyAnchored([10; 32], RECORD);
        assert_eq!(again(caller, [2; 32], [10; 32]), Err(duplicate));
    }
    assert_eq!(again(DOCTOR, [2; 32], [0; 32]), Err(RegistryError::InvalidCommitment));
    assert_eq!(again(DOCTOR, [0; 32], [11; 32]), Err(RegistryError::InvalidRecord));
    assert_eq!(again(DOCTOR, [2; 32], [11; 32]), Ok(()));
}

#[test]
fn a_new_version_supersedes_its_predecessor() {
    let mut memory = anchored();
    assert_eq!(add_version(&mut memory, &DOCTOR, NOW + 1, &RECORD, 1, &[11; 32]), Ok(2));
    assert_eq!(verify(&memory, &RECORD, 1, &[10; 32]), RecordStatus::Superseded);
    assert_eq!(verify(&memory, &RECORD, 2, &[11; 32]), RecordStatus::Current);
    assert_eq!(verify(&memory, &RECORD, 2, &[10; 32]), RecordStatus::Mismatch);
}

#[test]
fn a_new_version_comes_from_the_author_names_the_latest_and_is_new() {
    let mut memory = anchored();
    let mut add = |caller, id, previous, commitment| add_version(&mut memory, &caller, NOW, &id, previous, &commitment);
    assert_eq!(
        add(STRANGER, RECORD, 1, [11; 32]),
        Err(RegistryError::NotAuthor(RECORD, STRANGER))
    );
    assert_eq!(
        add(DOCTOR, [2; 32], 1, [11; 32]),
        Err(RegistryError::UnknownRecord([2; 32]))
    );
    for named in [0, 2] {
        let error = VersionError::NotLatestVersion { latest: 1, named };
        assert_eq!(
            add(DOCTOR, RECORD, named, [11; 32]),
            Err(RegistryError::Version(RECORD, error))
        );
    }
    let duplicate = RegistryError::CommitmentAlreadyAnchored([10; 32], RECORD);
    assert_eq!(add(DOCTOR, RECORD, 1, [10; 32]), Err(duplicate));
    assert_eq!(add(DOCTOR, RECORD, 1, [0; 32]), Err(RegistryError::InvalidCommitment));
    assert_eq!(add(DOCTOR, RECORD, 1, [11; 32]), Ok(2));
    assert_eq!(
        add(DOCTOR, RECORD, 1, [12; 32]),
        Err(RegistryError::Version(
            RECORD,
            VersionError::NotLatestVersion { latest: 2, named: 1 }
        )),
        "two versions cannot follow the same one"
    );
}

#[test]
fn a_wrong_version_is_flagged_by_its_author_once_and_can_be_followed() {
    let mut memory = anchored();
    let mut flag = |caller, id, number| enter_in_error(&mut memory, &caller, &id, number);
    assert_eq!(
        flag(STRANGER, RECORD, 1),
        Err(RegistryError::NotAuthor(RECORD, STRANGER))
    );
    assert_eq!(flag(DOCTOR, RECORD, 2), Err(RegistryError::UnknownVersion(RECORD, 2)));
    assert_eq!(flag(DOCTOR, [2; 32], 1), Err(RegistryError::UnknownRecord([2; 32])));
    assert_eq!(flag(DOCTOR, RECORD, 1), Ok(()));
    let again = RegistryError::Version(RECORD, VersionError::AlreadyEnteredInError);
    assert_eq!(flag(DOCTOR, RECORD, 1), Err(again));
    assert_eq!(verify(&memory, &RECORD, 1, &[10; 32]), RecordStatus::EnteredInError);
    assert_eq!(add_version(&mut memory, &DOCTOR, NOW, &RECORD, 1, &[11; 32]), Ok(2));
    assert_eq!(verify(&memory, &RECORD, 2, &[11; 32]), RecordStatus::Current);
}

#[test]
fn a_batch_proves_its_leaves_for_its_author_alone() {
    let leaves: Vec<Hash> = (0..5).map(|leaf| [leaf; 32]).collect();
    let tree = MerkleTree::new(&leaves, keccak256).unwrap();
    let batch = Batch {
        leaf_count: 5,
        reference: [7; 32],
        anchored_at: NOW,
    };
    let mut memory = Memory::default();
    anchor_batch(&mut memory, &DOCTOR, &tree.root(), &batch).unwrap();
    let proof = tree.proof(2).unwrap();
    let is_in = |author, leaf, index, proof: &[Hash]| {
        verify_in_batch(&memory, &author, &tree.root(), &leaf, index, proof, keccak256)
    };
    assert!(is_in(DOCTOR, leaves[2], 2, &proof));
    assert!(!is_in(STRANGER, leaves[2], 2, &proof), "no batch of this author");
    assert!(!is_in(DOCTOR, leaves[3], 2, &proof));
    assert!(!is_in(DOCTOR, leaves[2], 3, &proof));
    assert!(!is_in(DOCTOR, leaves[2], 2, &proof[1..]));
    assert!(
        !verify_in_batch(&memory, &DOCTOR, &[9; 32], &leaves[2], 2, &proof, keccak256),
        "no such root"
    );
}

#[test]
fn the_number_of_leaves_is_taken_from_the_batch() {
    // The last of five leaves, proved by one hash; in a tree of eight it would take three.
    let leaves: Vec<Hash> = (0..5).map(|leaf| [leaf; 32]).collect();
    let tree = MerkleTree::new(&leaves, keccak256).unwrap();
    for (leaf_count, proved) in [(5, true), (8, false), (4, false)] {
        let mut memory = Memory::default();
        let batch = Batch {
            leaf_count,
            reference: [7; 32],
            anchored_at: NOW,
        };
        anchor_batch(&mut memory, &DOCTOR, &tree.root(), &batch).unwrap();
        let proof = tree.proof(4).unwrap();
        let found = verify_in_batch(&memory, &DOCTOR, &tree.root(), &leaves[4], 4, &proof, keccak256);
        assert_eq!(found, proved, "{leaf_count} leaves");
    }
}

#[test]
fn a_batch_is_anchored_once_by_each_author_and_is_not_empty() {
    let mut memory = Memory::default();
    let batch = Batch {
        leaf_count: 5,
        reference: [7; 32],
        anchored_at: NOW,
    };
    let mut put = |author, root, leaf_count| anchor_batch(&mut memory, &author, &root, &Batch { leaf_count, ..batch });
    assert_eq!(put(DOCTOR, [0; 32], 5), Err(RegistryError::InvalidRoot));
    assert_eq!(put(DOCTOR, [9; 32], 0), Err(RegistryError::EmptyBatch([9; 32])));
    assert_eq!(put(DOCTOR, [9; 32], 5), Ok(()));
    assert_eq!(
        put(DOCTOR, [9; 32], 6),
        Err(RegistryError::BatchAlreadyAnchored(DOCTOR, [9; 32]))
    );
    assert_eq!(
        put(STRANGER, [9; 32], 6),
        Ok(()),
        "nobody stands in another author's way"
    );
}
