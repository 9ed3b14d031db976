//! The contracts of one network, found by its address book.

use std::path::Path;

use alloy_core::primitives::Address;

use super::{
    access::Access, consent::Consent, credentials::Credentials, policies::Policies, records::Records,
    telehealth::Telehealth, token::Token,
};
use crate::{
    Error,
    chain::Chain,
    network::address_book::{AddressBook, AddressBookError, path},
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

    /// The chain.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The token, if it is there.
    pub async fn token(&self) -> Result<Token, Error> {
        let address = self.deployed(Token::NAME).await?;
        Ok(Token::new(self.chain.clone(), address))
    }

    /// The consent registry, if it is there.
    pub async fn consent(&self) -> Result<Consent, Error> {
        let address = self.deployed(Consent::NAME).await?;
        Ok(Consent::new(self.chain.clone(), address))
    }

    /// What answers by policies, if it is there.
    pub async fn policies(&self) -> Result<Policies, Error> {
        let address = self.deployed(Policies::NAME).await?;
        Ok(Policies::new(self.chain.clone(), address))
    }

    /// The registry of records, if it is there.
    pub async fn records(&self) -> Result<Records, Error> {
        let address = self.deployed(Records::NAME).await?;
        Ok(Records::new(self.chain.clone(), address))
    }

    /// The escrow of consultations, if it is there.
    pub async fn telehealth(&self) -> Result<Telehealth, Error> {
        let address = self.deployed(Telehealth::NAME).await?;
        Ok(Telehealth::new(self.chain.clone(), address))
    }

    /// The address of the contract with this name, if it is there.
    pub async fn address_of(&self, name: &str) -> Result<Address, Error> {
        self.deployed(name).await
    }

    /// The registry of credentials, if it is there.
    pub async fn credentials(&self) -> Result<Credentials, Error> {
        let address = self.deployed(Credentials::NAME).await?;
        Ok(Credentials::new(self.chain.clone(), address))
    }

    /// The contract of requests, emergencies and logs, if it is there.
    pub async fn access(&self) -> Result<Access, Error> {
        let address = self.deployed(Access::NAME).await?;
        Ok(Access::new(self.chain.clone(), address))
    }

    /// The address of a contract, once the chain has confirmed that this very code is there. Without that, a call to
    /// an address where nothing is would succeed and do nothing.
    async fn deployed(&self, name: &str) -> Result<Address, Error> {
        let deployment = self.book.contract(&self.deployments, name)?;
        let found = match self.chain.code_hash(deployment.address).await? {
            Some(hash) if hash == deployment.code_hash => return Ok(deployment.address),
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
