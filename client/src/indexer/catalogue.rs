//! The contracts whose events are known, by their names in the address book.

use std::collections::BTreeMap;

use alloy_core::{
    json_abi::JsonAbi,
    primitives::{B256, Keccak256},
};

use super::{
    abi::{AbiError, ContractAbi, Decoded, Undecoded},
    log::RawLog,
    project,
};
use crate::contracts::ARTIFACTS;

/// The events of all known contracts.
#[derive(Debug, Default)]
pub struct Catalogue {
    contracts: BTreeMap<String, ContractAbi>,
    fingerprint: B256,
}

/// Why a catalogue cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The text is no Solidity ABI.
    #[error("the ABI of contract `{contract}` is malformed: {source}")]
    Malformed {
        /// The contract.
        contract: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// An event of the ABI cannot be used.
    #[error("the ABI of contract `{contract}`: {source}")]
    Abi {
        /// The contract.
        contract: String,
        /// What is wrong with it.
        source: AbiError,
    },
}

impl Catalogue {
    /// The catalogue of this version's contracts, by the names that `salus deploy` gives them.
    ///
    /// # Errors
    /// [`CatalogueError`]: this version was built with an ABI that cannot be used.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::new(ARTIFACTS.map(|artifact| (artifact.name, artifact.abi)))
    }

    /// A catalogue of these contracts: names and Solidity ABIs (JSON arrays).
    ///
    /// # Errors
    /// [`CatalogueError`]: one of the ABIs cannot be used.
    pub fn new<'a>(abis: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, CatalogueError> {
        let abis: BTreeMap<_, _> = abis.into_iter().collect();
        let mut contracts = BTreeMap::new();
        let mut hash = Keccak256::new();
        hash.update(project::VERSION.to_be_bytes());
        for (name, text) in abis {
            let contract = || name.to_string();
            let abi: JsonAbi = serde_json::from_str(text).map_err(|source| CatalogueError::Malformed {
                contract: contract(),
                source,
            })?;
            // The signatures as the ABI orders them; what else it says, of functions and errors, does not matter here.
            for event in abi.events() {
                hash.update(format!("{name}\n{}\n", event.full_signature()));
            }
            let abi = ContractAbi::new(&abi).map_err(|source| CatalogueError::Abi {
                contract: contract(),
                source,
            })?;
            contracts.insert(contract(), abi);
        }
        Ok(Self {
            contracts,
            fingerprint: hash.finalize(),
        })
    }

    /// The events of the contract of that name.
    pub fn contract(&self, name: &str) -> Option<&ContractAbi> {
        self.contracts.get(name)
    }

    /// Another value whenever the same logs would be decoded or projected otherwise.
    pub fn fingerprint(&self) -> B256 {
        self.fingerprint
    }

    /// Decodes a log of the contract of that name.
    ///
    /// # Errors
    /// [`Undecoded`]: why it stays raw.
    pub fn decode(&self, contract: &str, log: &RawLog) -> Result<Decoded, Undecoded> {
        self.contracts.get(contract).ok_or(Undecoded::NoAbi)?.decode(log)
    }
}
