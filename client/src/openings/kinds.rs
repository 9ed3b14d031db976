//! The kinds of openings.

use alloy_core::primitives::{Address, B256};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use crate::fhir::Salt;

/// What opens the commitment to a consent's policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyOpening {
    /// What is on chain.
    pub commitment: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// The policy's canonical encoding.
    #[serde(with = "hex::serde")]
    pub policy: Vec<u8>,
    /// Whose data it is about.
    pub subject: B256,
    /// To whom consent is given.
    pub grantee: Address,
}

/// What opens the commitment to one version of a record. The record itself is kept elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordOpening {
    /// What is on chain.
    pub commitment: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// The record's identifier on chain.
    pub record_id: B256,
    /// The resource: `Type/id`.
    pub resource: String,
}

/// What opens the commitments of a batch. The records themselves are kept elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchOpening {
    /// The Merkle root, which is on chain.
    pub root: B256,
    /// Who anchors it.
    pub author: Address,
    /// The leaves, in the tree's order.
    pub leaves: Vec<Leaf>,
}

/// One record of a batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The resource: `Type/id`, or its entry's `fullUrl`.
    pub resource: String,
    /// The commitment to it.
    pub commitment: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
}

/// A document that is kept under what it opens.
pub trait Opening: Serialize + DeserializeOwned {
    /// The first part of its file's name.
    const KIND: &'static str;

    /// What it opens.
    fn opens(&self) -> B256;
}

impl Opening for PolicyOpening {
    const KIND: &'static str = "policy";

    fn opens(&self) -> B256 {
        self.commitment
    }
}

impl Opening for RecordOpening {
    const KIND: &'static str = "record";

    fn opens(&self) -> B256 {
        self.commitment
    }
}

impl Opening for BatchOpening {
    const KIND: &'static str = "batch";

    fn opens(&self) -> B256 {
        self.root
    }
}

/// Lists of bytes, each as hexadecimal digits.
pub(super) mod hex_list {
    use alloy_core::primitives::hex;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

    pub(in crate::openings) fn serialize<S: Serializer>(list: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
        let texts: Vec<String> = list.iter().map(hex::encode).collect();
        texts.serialize(serializer)
    }

    pub(in crate::openings) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Vec<u8>>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts
            .iter()
            .map(|text| hex::decode(text).map_err(D::Error::custom))
            .collect()
    }
}

/// Salts as `0x` and 64 hexadecimal digits.
pub(crate) mod salt {
    use super::{B256, Deserialize, Deserializer, Salt, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(salt: &Salt, serializer: S) -> Result<S::Ok, S::Error> {
        B256::from(*salt.as_bytes()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Salt, D::Error> {
        Ok(Salt::from_bytes(B256::deserialize(deserializer)?.0))
    }
}
