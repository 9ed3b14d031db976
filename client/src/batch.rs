//! Many records under one Merkle root: made from FHIR resources, proved one by one.

use std::{fs, io, path::Path};

use alloy_core::primitives::{Address, B256, keccak256};
use salus_core::{
    hash::Hash,
    records::{
        merkle::{MAX_PROOF, MerkleTree, leaf_hash, verify},
        registry::Batch,
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    contracts::records::Records,
    error::{Exit, Fault},
    fhir::{Bundle, Canonical, FhirError, Salt},
    openings::{BatchOpening, Leaf, salt},
};

/// The schema of the proofs that this version writes and reads.
const SCHEMA_VERSION: u32 = 1;

/// Why a batch or a proof cannot be made or used, or why a record does not stand up to it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// There is nothing to anchor.
    #[error("a batch needs at least one record")]
    Empty,
    /// The batch does not have the record.
    #[error("the batch {root} has no record `{resource}`")]
    NoSuchRecord {
        /// The batch.
        root: B256,
        /// What was asked for.
        resource: String,
    },
    /// The leaves do not give the root that they are kept under.
    #[error("the openings of batch {root} give another root: the file was altered")]
    OpeningAltered {
        /// What is on chain.
        root: B256,
    },
    /// A record is not what was anchored.
    #[error("the record is not the one that was anchored: it was altered, or it is another one")]
    Altered,
    /// The chain knows nothing of what a record is claimed to be.
    #[error("{what} is not anchored here")]
    NotAnchored {
        /// What it is claimed to be.
        what: String,
    },
    /// A proof is for another chain or contract.
    #[error("the proof is for contract {contract} on the chain with id {chain_id}, not for this network's")]
    Elsewhere {
        /// The contract that it is for.
        contract: Address,
        /// The chain that it is for.
        chain_id: u64,
    },
    /// A proof is damaged, or was not written by Salus.
    #[error("cannot use the proof {path}: {reason}")]
    Proof {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A proof cannot be read.
    #[error("cannot read the proof {path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl Fault for RecordError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_batch",
            Self::NoSuchRecord { .. } => "no_such_record",
            Self::OpeningAltered { .. } => "opening_altered",
            Self::Altered => "record_altered",
            Self::NotAnchored { .. } => "record_not_anchored",
            Self::Elsewhere { .. } => "proof_for_another_chain",
            Self::Proof { .. } => "proof_malformed",
            Self::Io { .. } => "proof_io",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Empty | Self::NoSuchRecord { .. } => Exit::Usage,
            Self::OpeningAltered { .. } | Self::Proof { .. } => Exit::Document,
            Self::Altered | Self::NotAnchored { .. } | Self::Elsewhere { .. } | Self::Io { .. } => Exit::Failure,
        }
    }
}

/// Commitments to records with their tree.
#[derive(Debug, Clone)]
pub struct RecordBatch {
    opening: BatchOpening,
    tree: MerkleTree,
}

/// What proves one record of a batch to whoever is given it with the record. It opens the commitment: it is for them alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordProof {
    /// The schema of this document.
    pub schema_version: u32,
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The records contract.
    pub contract: Address,
    /// Who anchored the batch.
    pub author: Address,
    /// The batch.
    pub root: B256,
    /// The resource: `Type/id`.
    pub resource: String,
    /// The leaf's position, from 0.
    pub index: u64,
    /// The salt of the commitment.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// The siblings on the way from the leaf to the root.
    pub path: Vec<B256>,
}

fn keccak(bytes: &[u8]) -> Hash {
    keccak256(bytes).0
}

impl RecordBatch {
    /// Commits to records, each with a new salt, in their order, for `author` to anchor.
    ///
    /// # Errors
    /// [`RecordError::Empty`].
    pub fn commit(
        author: Address,
        records: impl IntoIterator<Item = (String, Canonical)>,
    ) -> Result<Self, RecordError> {
        let leaves = records.into_iter().map(|(resource, canonical)| {
            let salt = Salt::random();
            Leaf {
                resource,
                commitment: canonical.commit(&salt).into(),
                salt,
            }
        });
        Self::new(author, leaves.collect())
    }

    fn new(author: Address, leaves: Vec<Leaf>) -> Result<Self, RecordError> {
        let commitments: Vec<Hash> = leaves.iter().map(|leaf| leaf.commitment.0).collect();
        let tree = MerkleTree::new(&commitments, keccak).ok_or(RecordError::Empty)?;
        let root = tree.root().into();
        Ok(Self {
            opening: BatchOpening { root, author, leaves },
            tree,
        })
    }

    /// A batch from its kept openings.
    ///
    /// # Errors
    /// [`RecordError::OpeningAltered`] if they do not give the root any more.
    pub fn open(opening: BatchOpening) -> Result<Self, RecordError> {
        let batch = Self::new(opening.author, opening.leaves)?;
        if batch.opening.root == opening.root {
            Ok(batch)
        } else {
            Err(RecordError::OpeningAltered { root: opening.root })
        }
    }

    /// What to keep, before the root is anchored.
    pub fn opening(&self) -> &BatchOpening {
        &self.opening
    }

    /// The Merkle root.
    pub fn root(&self) -> B256 {
        self.opening.root
    }

    /// How many records there are.
    pub fn leaf_count(&self) -> u64 {
        self.tree.count()
    }

    /// The proof of a record, by its name, once the batch is anchored in this contract.
    ///
    /// # Errors
    /// [`RecordError::NoSuchRecord`].
    pub fn prove(&self, resource: &str, chain_id: u64, contract: Address) -> Result<RecordProof, RecordError> {
        let missing = || RecordError::NoSuchRecord {
            root: self.root(),
            resource: resource.into(),
        };
        let leaves = &self.opening.leaves;
        let position = leaves
            .iter()
            .position(|leaf| leaf.resource == resource)
            .ok_or_else(missing)?;
        let index = position as u64;
        let path = self.tree.proof(index).ok_or_else(missing)?;
        Ok(RecordProof {
            schema_version: SCHEMA_VERSION,
            chain_id,
            contract,
            author: self.opening.author,
            root: self.root(),
            resource: resource.into(),
            index,
            salt: leaves[position].salt.clone(),
            path: path.into_iter().map(B256::from).collect(),
        })
    }
}

impl RecordProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`RecordError::Io`], [`RecordError::Proof`].
    pub fn from_file(path: &Path) -> Result<Self, RecordError> {
        let name = path.display().to_string();
        let malformed = |reason: String| RecordError::Proof {
            path: name.clone(),
            reason,
        };
        let text = fs::read(path).map_err(|source| RecordError::Io {
            path: name.clone(),
            source,
        })?;
        let proof: Self = serde_json::from_slice(&text)
            .map_err(|error| malformed(format!("wrong at line {}, column {}", error.line(), error.column())))?;
        if proof.schema_version != SCHEMA_VERSION {
            return Err(malformed(format!(
                "its schema_version is {}, this version reads {SCHEMA_VERSION}",
                proof.schema_version
            )));
        }
        if proof.path.len() > MAX_PROOF {
            return Err(malformed(format!("a path has at most {MAX_PROOF} hashes")));
        }
        Ok(proof)
    }

    /// The commitment that a record has, if it is the one that was anchored.
    pub fn commitment(&self, canonical: &Canonical) -> B256 {
        canonical.commit(&self.salt).into()
    }

    /// Whether the proof leads from the record to the root, in a tree of this many leaves. The number is to be taken from
    /// the chain, and so is whether the root was anchored.
    pub fn leads_to_root(&self, canonical: &Canonical, leaf_count: u64) -> bool {
        let path: Vec<Hash> = self.path.iter().map(|hash| hash.0).collect();
        let leaf = leaf_hash(&self.commitment(canonical).0, keccak);
        verify(&self.root.0, leaf, self.index, leaf_count, &path, keccak)
    }

    /// Has the contract verify that a record is the one that was anchored, and verifies it here as well. Answers the batch
    /// as the chain has it.
    ///
    /// # Errors
    /// [`RecordError::Elsewhere`], [`RecordError::NotAnchored`]; [`RecordError::Altered`] for whatever is not the record.
    pub async fn verify(&self, records: &Records, canonical: &Canonical) -> Result<Batch, Error> {
        let (contract, chain_id) = (records.contract().address(), records.contract().chain().chain_id());
        if (self.contract, self.chain_id) != (contract, chain_id) {
            return Err(RecordError::Elsewhere {
                contract: self.contract,
                chain_id: self.chain_id,
            }
            .into());
        }
        let batch = records.batch(self.author, self.root).await?;
        let batch = batch.ok_or_else(|| RecordError::NotAnchored {
            what: format!("the batch {} of {}", self.root, self.author),
        })?;
        let commitment = self.commitment(canonical);
        let path: Vec<Hash> = self.path.iter().map(|hash| hash.0).collect();
        let proved = records
            .verify_in_batch(self.author, self.root, commitment, self.index, &path)
            .await?;
        if proved && self.leads_to_root(canonical, batch.leaf_count) {
            Ok(batch)
        } else {
            Err(RecordError::Altered.into())
        }
    }
}

/// The resources of a bundle with their names, for [`RecordBatch::commit`]: `Type/id`, or the entry's `fullUrl`, or its
/// place where it has neither. With `types`, only those of these types.
///
/// # Errors
/// [`FhirError::NotCanonical`]; not with a bundle that was read by this program.
pub fn records_of(bundle: &Bundle, types: &[String]) -> Result<Vec<(String, Canonical)>, FhirError> {
    let wanted = |kind: &str| types.is_empty() || types.iter().any(|wanted| wanted == kind);
    let resources = bundle.resources().iter().filter(|resource| wanted(resource.kind()));
    resources
        .map(|resource| {
            let name = match (resource.id(), resource.full_url()) {
                (Some(id), _) => format!("{}/{id}", resource.kind()),
                (None, Some(url)) => url.into(),
                (None, None) => format!("entry[{}]", resource.position()),
            };
            Ok((name, resource.canonical()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const AUTHOR: Address = Address::repeat_byte(4);

    fn observation(i: u32) -> Canonical {
        Canonical::of(&json!({"resourceType": "Observation", "id": i.to_string(), "valueInteger": i})).unwrap()
    }

    fn batch(count: u32) -> RecordBatch {
        RecordBatch::commit(AUTHOR, (0..count).map(|i| (format!("Observation/{i}"), observation(i)))).unwrap()
    }

    fn prove(batch: &RecordBatch, i: u32) -> RecordProof {
        batch.prove(&format!("Observation/{i}"), 1, Address::ZERO).unwrap()
    }

    #[test]
    fn each_record_is_proved_and_no_other_one_by_its_proof() {
        for count in [1, 2, 3, 7, 8, 9] {
            let batch = batch(count);
            let batch = RecordBatch::open(batch.opening().clone()).unwrap();
            for i in 0..count {
                let proof = prove(&batch, i);
                assert!(proof.leads_to_root(&observation(i), count.into()));
                assert!(!proof.leads_to_root(&observation(count), count.into()));
                assert!(!proof.leads_to_root(&observation(i), u64::from(count) * 2 + 1));
            }
        }
    }

    #[test]
    fn equal_records_have_different_commitments() {
        let twice = RecordBatch::commit(AUTHOR, [("a".into(), observation(1)), ("b".into(), observation(1))]).unwrap();
        let leaves = &twice.opening().leaves;
        assert_ne!(leaves[0].commitment, leaves[1].commitment);
    }

    #[test]
    fn a_proof_is_read_back_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("proof.json");
        let proof = prove(&batch(5), 3);
        fs::write(&path, serde_json::to_vec(&proof).unwrap()).unwrap();
        let read = RecordProof::from_file(&path).unwrap();
        assert!(read.leads_to_root(&observation(3), 5));
        fs::write(&path, "{}").unwrap();
        assert_eq!(RecordProof::from_file(&path).unwrap_err().exit(), Exit::Document);
    }

    #[test]
    fn altered_openings_are_found_out() {
        let mut opening = batch(4).opening().clone();
        opening.leaves.swap(0, 1);
        assert!(matches!(
            RecordBatch::open(opening),
            Err(RecordError::OpeningAltered { .. })
        ));
    }

    #[test]
    fn nothing_is_no_batch_and_a_missing_record_is_named() {
        assert!(matches!(RecordBatch::commit(AUTHOR, []), Err(RecordError::Empty)));
        let error = batch(2).prove("Patient/1", 1, Address::ZERO).unwrap_err();
        assert!(error.to_string().contains("no record `Patient/1`"), "{error}");
    }
}
