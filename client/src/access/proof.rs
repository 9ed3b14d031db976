//! That an entry is in a batch of a log, or that it is not, as a document.

use std::{fs, path::Path};

use alloy_core::primitives::{Address, B256};
use salus_core::{
    access::log::{Batch, Proof},
    hash::Hash,
    records::merkle::MAX_PROOF,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AccessError, Logged, log::anchored};
use crate::{Error, contracts::access::Access, fhir::Salt, openings::salt};

/// The schema of the proofs that this version writes and reads.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// What shows whoever has it that an entry is in a batch, or that it is not. It opens the entry: it is for them alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogProof {
    /// The schema of this document.
    pub schema_version: u32,
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The contract.
    pub contract: Address,
    /// Who anchored the batch.
    pub author: Address,
    /// Which of the author's batches it is.
    pub batch: u64,
    /// The entry, or the AuditEvent.
    pub entry: Value,
    /// The salt of its leaf.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// The way to the root, or the ways of its neighbours.
    pub proof: Ways,
}

/// A [`Proof`] in a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ways {
    /// The entry is there.
    Logged {
        /// The number of its leaf, from 0.
        index: u64,
        /// The siblings on the way to the root.
        path: Vec<B256>,
    },
    /// It is not.
    NotLogged {
        /// How many leaves come before it.
        position: u64,
        /// The leaf before it, if there is one.
        left: Option<Neighbour>,
        /// The leaf after it, if there is one.
        right: Option<Neighbour>,
    },
}

/// A leaf beside the place where another one would be.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// Its value.
    pub leaf: B256,
    /// The siblings on its way to the root.
    pub path: Vec<B256>,
}

impl LogProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`AccessError::Io`], [`AccessError::Malformed`].
    pub fn from_file(path: &Path) -> Result<Self, AccessError> {
        let malformed = |reason: String| AccessError::Malformed {
            path: path.into(),
            reason,
        };
        let text = fs::read(path).map_err(|source| AccessError::Io {
            path: path.into(),
            source,
        })?;
        // The words of the parser may quote what is in the file: only the place is told.
        let proof: Self = serde_json::from_slice(&text)
            .map_err(|error| malformed(format!("wrong at line {}, column {}", error.line(), error.column())))?;
        if proof.schema_version != SCHEMA_VERSION {
            return Err(malformed(format!(
                "its schema_version is {}, this version reads {SCHEMA_VERSION}",
                proof.schema_version
            )));
        }
        if proof.proof.paths().any(|path| path.len() > MAX_PROOF) {
            return Err(malformed(format!("a path has at most {MAX_PROOF} hashes")));
        }
        Ok(proof)
    }

    /// Has the contract verify it. Answers the batch as the chain has it; what is proved, the proof says: that the entry is there, or that
    /// it is not.
    ///
    /// # Errors
    /// [`AccessError::Elsewhere`], [`AccessError::NotAnchored`]; [`AccessError::NotProved`] if it does not hold.
    pub async fn verify(&self, access: &Access) -> Result<Batch, Error> {
        let (contract, chain_id) = (access.contract().address(), access.contract().chain().chain_id());
        if (self.contract, self.chain_id) != (contract, chain_id) {
            return Err(AccessError::Elsewhere {
                contract: self.contract,
                chain_id: self.chain_id,
            }
            .into());
        }
        let (logged, _) = Logged::from_json(&self.entry)?;
        let batch = anchored(access, self.author, self.batch).await?;
        let (leaf, proof) = (logged.leaf(&self.salt), Proof::from(&self.proof));
        if access.holds(self.author, self.batch, leaf.0, &proof).await? {
            Ok(batch)
        } else {
            Err(AccessError::NotProved.into())
        }
    }

    /// Whether it shows that the entry is there, or that it is not.
    pub fn is_logged(&self) -> bool {
        matches!(self.proof, Ways::Logged { .. })
    }
}

impl Ways {
    fn paths(&self) -> impl Iterator<Item = &Vec<B256>> {
        let (own, left, right) = match self {
            Self::Logged { path, .. } => (Some(path), None, None),
            Self::NotLogged { left, right, .. } => (None, left.as_ref(), right.as_ref()),
        };
        let beside = left.into_iter().chain(right).map(|neighbour| &neighbour.path);
        own.into_iter().chain(beside)
    }
}

impl From<Proof> for Ways {
    fn from(proof: Proof) -> Self {
        let words = |path: Vec<Hash>| path.into_iter().map(B256::from).collect();
        let neighbour = |(leaf, path): (Hash, Vec<Hash>)| Neighbour {
            leaf: leaf.into(),
            path: words(path),
        };
        match proof {
            Proof::Logged { index, proof } => Self::Logged {
                index,
                path: words(proof),
            },
            Proof::NotLogged { position, left, right } => Self::NotLogged {
                position,
                left: left.map(neighbour),
                right: right.map(neighbour),
            },
        }
    }
}

impl From<&Ways> for Proof {
    fn from(ways: &Ways) -> Self {
        let hashes = |path: &[B256]| path.iter().map(|hash| hash.0).collect();
        let neighbour = |known: &Neighbour| (known.leaf.0, hashes(&known.path));
        match ways {
            Ways::Logged { index, path } => Self::Logged {
                index: *index,
                proof: hashes(path),
            },
            Ways::NotLogged { position, left, right } => Self::NotLogged {
                position: *position,
                left: left.as_ref().map(neighbour),
                right: right.as_ref().map(neighbour),
            },
        }
    }
}
