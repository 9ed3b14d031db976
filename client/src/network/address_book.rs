//! The address book of a network: `deployments/<network>.json`, written by `salus deploy`, read by everything else.
//!
//! It is a public document: dApps read it, too. It names the chain it belongs to, so that it is never used on another.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use alloy_core::primitives::{Address, B256};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Exit, Fault},
    files::{self, Access},
    network::{Network, NetworkError},
};

/// The schema of the files that this version writes and reads.
const SCHEMA_VERSION: u32 = 1;

/// What is deployed on one chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressBook {
    /// The schema of this document.
    pub schema_version: u32,
    /// The network's name, as in [`Network::name`].
    pub network: String,
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The hash of block 0.
    pub genesis_hash: B256,
    /// The contracts by name: `access`, `consent`, `credentials`, `records`, `telehealth`, `token`.
    pub contracts: BTreeMap<String, Deployment>,
}

/// One deployed contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Where it is.
    pub address: Address,
    /// keccak-256 of its code.
    pub code_hash: B256,
    /// The account that deployed it.
    pub deployer: Address,
    /// The block that carries its deployment: an indexer starts here.
    pub deploy_block: u64,
    /// The hash of the extrinsic that deployed it.
    pub tx_hash: B256,
}

/// Why an address book cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddressBookError {
    /// Nothing was deployed, or not this contract.
    #[error("contract `{contract}` is not deployed on network `{network}` according to {}", path.display())]
    NotDeployed {
        /// The contract's name.
        contract: String,
        /// The network's name.
        network: String,
        /// The address book, which may not exist.
        path: PathBuf,
    },
    /// The chain has no contract, or another one, where the address book says.
    #[error("there is {found} at {address}, where `{contract}` should be on network `{network}`")]
    CodeMismatch {
        /// The contract's name.
        contract: String,
        /// The network's name.
        network: String,
        /// Where it should be.
        address: Address,
        /// What is there instead: "no contract" or "other code".
        found: &'static str,
    },
    /// The file is damaged or was not written by Salus.
    #[error("cannot use the address book {}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file cannot be read or written.
    #[error("cannot access the address book {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Fault for AddressBookError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotDeployed { .. } => "not_deployed",
            Self::CodeMismatch { .. } => "code_mismatch",
            Self::Malformed { .. } => "address_book_malformed",
            Self::Io { .. } => "address_book_io",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotDeployed { .. } | Self::CodeMismatch { .. } => Exit::NotDeployed,
            Self::Malformed { .. } => Exit::Document,
            Self::Io { .. } => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotDeployed { network, .. } => Some(format!("run `salus deploy --network {network}`")),
            Self::CodeMismatch { network, .. } => Some(format!(
                "deploy anew: `salus deploy --network {network} --fresh`, or `salus up --fresh` for a chain that is kept"
            )),
            _ => None,
        }
    }
}

/// Where the address book of `network` is in `directory`.
pub fn path(directory: &Path, network: &str) -> PathBuf {
    directory.join(format!("{network}.json"))
}

impl AddressBook {
    /// An empty address book for a chain.
    pub fn new(network: &str, chain_id: u64, genesis_hash: B256) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            network: network.into(),
            chain_id,
            genesis_hash,
            contracts: BTreeMap::new(),
        }
    }

    /// Reads the address book of `network`; `None` if there is none.
    pub fn load(directory: &Path, network: &str) -> Result<Option<Self>, AddressBookError> {
        let path = path(directory, network);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(AddressBookError::Io { path, source }),
        };
        let malformed = |reason: String| AddressBookError::Malformed {
            path: path.clone(),
            reason,
        };
        // The version is looked at first: a newer file may well have other fields.
        let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?;
        let version = value.get("schema_version").and_then(serde_json::Value::as_u64);
        if version != Some(SCHEMA_VERSION.into()) {
            let found = version.map_or("missing".into(), |version| version.to_string());
            return Err(malformed(format!(
                "its schema_version is {found}, this version reads {SCHEMA_VERSION}"
            )));
        }
        let book: Self = serde_json::from_value(value).map_err(|error| malformed(error.to_string()))?;
        if book.network != network {
            return Err(malformed(format!("it is for network `{}`", book.network)));
        }
        Ok(Some(book))
    }

    /// Writes the address book; readers see the old one or the new one.
    pub fn save(&self, directory: &Path) -> Result<(), AddressBookError> {
        let path = path(directory, &self.network);
        let mut text = serde_json::to_vec_pretty(self).expect("string keys and plain data always serialise");
        text.push(b'\n');
        files::write(&path, &text, Access::Shared).map_err(|source| AddressBookError::Io { path, source })
    }

    /// The deployment of `contract`.
    pub fn contract(&self, directory: &Path, contract: &str) -> Result<&Deployment, AddressBookError> {
        self.contracts
            .get(contract)
            .ok_or_else(|| AddressBookError::NotDeployed {
                contract: contract.into(),
                network: self.network.clone(),
                path: path(directory, &self.network),
            })
    }

    /// Refuses a chain that this address book was not written for.
    pub fn check_chain(&self, chain_id: u64, genesis_hash: B256) -> Result<(), NetworkError> {
        check_chain(
            &self.network,
            Some(self.chain_id),
            Some(self.genesis_hash),
            chain_id,
            genesis_hash,
        )
    }
}

impl Network {
    /// Refuses a chain that this network's configuration does not mean.
    pub fn check_chain(&self, chain_id: u64, genesis_hash: B256) -> Result<(), NetworkError> {
        check_chain(&self.name, self.chain_id, self.genesis_hash, chain_id, genesis_hash)
    }
}

fn check_chain(
    network: &str,
    expected_id: Option<u64>,
    expected_genesis: Option<B256>,
    found_id: u64,
    found_genesis: B256,
) -> Result<(), NetworkError> {
    if let Some(expected) = expected_id.filter(|expected| *expected != found_id) {
        return Err(NetworkError::WrongChainId {
            network: network.into(),
            expected,
            found: found_id,
        });
    }
    if let Some(expected) = expected_genesis.filter(|expected| *expected != found_genesis) {
        return Err(NetworkError::WrongGenesis {
            network: network.into(),
            expected,
            found: found_genesis,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> AddressBook {
        let mut book = AddressBook::new("local", 420_420_420, B256::repeat_byte(7));
        let deployment = Deployment {
            address: Address::repeat_byte(1),
            code_hash: B256::repeat_byte(2),
            deployer: Address::repeat_byte(3),
            deploy_block: 4,
            tx_hash: B256::repeat_byte(5),
        };
        book.contracts.insert("consent".into(), deployment);
        book
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let directory = tempfile::tempdir().unwrap();
        book().save(directory.path()).unwrap();
        assert_eq!(AddressBook::load(directory.path(), "local").unwrap(), Some(book()));
        assert_eq!(AddressBook::load(directory.path(), "paseo").unwrap(), None);
    }

    #[test]
    fn a_contract_that_is_not_there_is_an_error_that_says_how_to_get_it() {
        let error = book().contract(Path::new("deployments"), "token").unwrap_err();
        assert_eq!(error.exit(), Exit::NotDeployed);
        assert_eq!(error.hint().unwrap(), "run `salus deploy --network local`");
    }

    #[test]
    fn another_chain_is_refused() {
        let book = book();
        assert!(book.check_chain(420_420_420, B256::repeat_byte(7)).is_ok());
        let id = book.check_chain(1, B256::repeat_byte(7)).unwrap_err();
        assert!(matches!(
            id,
            NetworkError::WrongChainId {
                expected: 420_420_420,
                found: 1,
                ..
            }
        ));
        let genesis = book.check_chain(420_420_420, B256::ZERO).unwrap_err();
        assert!(matches!(genesis, NetworkError::WrongGenesis { .. }));
        assert_eq!(genesis.exit(), Exit::WrongChain);
    }

    #[test]
    fn a_newer_address_book_is_refused_by_its_version() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(
            directory.path().join("local.json"),
            r#"{"schema_version":9,"new":true}"#,
        )
        .unwrap();
        let error = AddressBook::load(directory.path(), "local").unwrap_err();
        assert!(error.to_string().contains("schema_version is 9"), "{error}");
    }

    #[test]
    fn an_address_book_under_another_name_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        book().save(directory.path()).unwrap();
        fs::rename(directory.path().join("local.json"), directory.path().join("paseo.json")).unwrap();
        let error = AddressBook::load(directory.path(), "paseo").unwrap_err();
        assert!(error.to_string().contains("it is for network `local`"), "{error}");
    }
}
