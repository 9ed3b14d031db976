//! What opens the commitments of credentials, and of access beside consent.

use alloy_core::primitives::{Address, B256, keccak256};
use salus_core::{
    access::request::request_commitment,
    credentials::licence_commitment,
    hash::{Domain, Hash, commit},
};
use serde::{Deserialize, Serialize};

use super::{
    Opening,
    kinds::{hex_list, salt},
};
use crate::fhir::Salt;

/// What shows an emergency: known to its actor and its reviewer, and to no contract.
const EVIDENCE: Domain = Domain(*b"salus/evidence\0\0");
/// The version of the way in which evidence is committed to.
const EVIDENCE_VERSION: u8 = 1;

/// What opens the commitment to the number of a licence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceOpening {
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// The licence's number, as its issuer writes it.
    pub number: String,
    /// Whose licence it is.
    pub holder: Address,
}

/// What opens the commitment to a request for access.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestOpening {
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// What is asked: the canonical encodings of one or several requests of the consent model.
    #[serde(with = "hex_list")]
    pub requests: Vec<Vec<u8>>,
    /// Whose data it is about.
    pub subject: B256,
    /// Who asks.
    pub requester: Address,
}

/// What opens the commitment to the evidence of an emergency. The evidence itself is kept elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceOpening {
    /// What is on chain.
    pub commitment: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// Whose data were accessed.
    pub subject: B256,
}

/// What opens the leaves of a batch of accesses. The entries themselves are kept elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogOpening {
    /// The Merkle root, which is on chain.
    pub root: B256,
    /// Who anchors it.
    pub author: Address,
    /// The leaves, in the order of the entries.
    pub leaves: Vec<LogLeaf>,
}

/// One entry of a batch of accesses.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLeaf {
    /// The leaf's value.
    pub leaf: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
}

fn keccak(bytes: &[u8]) -> Hash {
    keccak256(bytes).0
}

impl EvidenceOpening {
    /// Commits to evidence with a new salt.
    pub fn new(evidence: &[u8], subject: B256) -> Self {
        let mut made = Self {
            commitment: B256::ZERO,
            salt: Salt::random(),
            subject,
        };
        made.commitment = made.commitment_to(evidence);
        made
    }

    /// The commitment to evidence with this salt.
    pub fn commitment_to(&self, evidence: &[u8]) -> B256 {
        commit(EVIDENCE, EVIDENCE_VERSION, self.salt.as_bytes(), evidence, keccak).into()
    }
}

impl Opening for LicenceOpening {
    const KIND: &'static str = "licence";

    fn opens(&self) -> B256 {
        licence_commitment(self.salt.as_bytes(), &self.number, keccak).into()
    }
}

impl Opening for RequestOpening {
    const KIND: &'static str = "request";

    fn opens(&self) -> B256 {
        request_commitment(self.salt.as_bytes(), &self.requests.concat(), keccak).into()
    }
}

impl Opening for EvidenceOpening {
    const KIND: &'static str = "evidence";

    fn opens(&self) -> B256 {
        self.commitment
    }
}

impl Opening for LogOpening {
    const KIND: &'static str = "log";

    fn opens(&self) -> B256 {
        self.root
    }
}
