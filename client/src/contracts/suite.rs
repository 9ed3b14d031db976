//! The contracts of one network, found by its address book.

use std::path::Path;

use super::token::Token;
use crate::{
    Error,
    chain::Chain,
    network::address_book::{AddressBook, AddressBookError, Deployment, path},
};

/// What is deployed on the chain that one is connected to.
#[derive(Debug, Clone)]
pub struct Suite {
    chain: Chain,
    book: AddressBook,
    deployments: std::path::PathBuf,
}

impl Suite {
    /// Reads the address book of the chain's network and makes sure that it was written for this chain.
    ///
    /// # Errors
    /// [`AddressBookError::NotDeployed`] if there is none, [`crate::network::NetworkError`] if it is for another chain.
    pub fn open(chain: &Chain, deployments: &Path) -> Result<Self, Error> {
        let network = &chain.network().name;
        let book = AddressBook::load(deployments, network)?.ok_or_else(|| AddressBookError::NotDeployed {
            contract: "any".into(),
            network: network.clone(),
            path: path(deployments, network),
        })?;
        book.check_chain(chain.chain_id(), chain.genesis_hash())?;
        Ok(Self {
            chain: chain.clone(),
            book,
            deployments: deployments.into(),
        })
    }

    /// The address book.
    pub fn book(&self) -> &AddressBook {
        &self.book
    }

    /// The token, if it is there.
    pub async fn token(&self) -> Result<Token, Error> {
        Ok(Token::new(
            self.chain.clone(),
            self.deployed(Token::NAME).await?.address,
        ))
    }

    /// The deployment of a contract, once the chain has confirmed that this very code is there. Without that, a call to
    /// an address where nothing is would succeed and do nothing.
    async fn deployed(&self, name: &str) -> Result<&Deployment, Error> {
        let deployment = self.book.contract(&self.deployments, name)?;
        let found = match self.chain.code_hash(deployment.address).await? {
            Some(hash) if hash == deployment.code_hash => return Ok(deployment),
            Some(_) => "other code",
            None => "no contract",
        };
        Err(AddressBookError::CodeMismatch {
            contract: name.into(),
            network: self.book.network.clone(),
            address: deployment.address,
            found,
        }
        .into())
    }
}
