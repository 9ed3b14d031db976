//! What every command shares: the global arguments and what they stand for.

use std::path::PathBuf;

use alloy_core::primitives::B256;
use clap::{ArgAction, Args};
use zeroize::Zeroizing;

use salus_client::{
    account::Account,
    dirs,
    error::Error,
    keystore::{Keystore, KeystoreError, SigningKey, dev, password::PasswordSource},
    network::{Network, Networks},
    openings::Openings,
    wallet::{Relationship, RelationshipName, Wallets},
};

/// Arguments that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Print the result as one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// The network: a name (see `salus network`) or a WebSocket URL
    #[arg(
        long,
        short,
        global = true,
        env = "SALUS_NETWORK",
        default_value = "local",
        value_name = "NAME|URL"
    )]
    pub network: String,
    /// Directory of the address books [default: `deployments`; for development networks, in the user's data directory]
    #[arg(long, global = true, env = "SALUS_DEPLOYMENTS", value_name = "DIR")]
    pub deployments: Option<PathBuf>,
    /// Directory of the encrypted key files [default: the user's data directory]
    #[arg(long, global = true, env = "SALUS_KEYSTORE", value_name = "DIR")]
    pub keystore: Option<PathBuf>,
    /// Directory of the private openings (salts) [default: in the user's data directory]
    #[arg(long, global = true, env = "SALUS_OPENINGS", value_name = "DIR")]
    pub openings: Option<PathBuf>,
    /// Read the key's password from the first line of this file, instead of asking
    #[arg(long, global = true, env = "SALUS_PASSWORD_FILE", value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Read the key's password from this open file descriptor
    #[arg(long, global = true, value_name = "N", conflicts_with = "password_file")]
    pub password_fd: Option<u32>,
    /// Read the password of the openings' vault from the first line of this file [default: as the key's]
    #[arg(long, global = true, env = "SALUS_VAULT_PASSWORD_FILE", value_name = "FILE")]
    pub vault_password_file: Option<PathBuf>,
    /// Read the password of the openings' vault from this open file descriptor
    #[arg(long, global = true, value_name = "N", conflicts_with = "vault_password_file")]
    pub vault_password_fd: Option<u32>,
    /// Log more to standard error; repeat for still more
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// Who signs.
#[derive(Debug)]
pub struct Signer {
    /// The key.
    pub key: SigningKey,
    /// The subject that the key is meant to control, if it is a wallet's.
    pub subject: Option<B256>,
}

/// The global arguments at work.
#[derive(Debug)]
pub struct Context {
    global: Global,
}

impl Context {
    /// A context of these arguments.
    pub fn new(global: Global) -> Self {
        Self { global }
    }

    /// The directory of the network's address book.
    ///
    /// What is deployed on a development chain concerns this machine alone, and is kept with what else this user has
    /// here; what is deployed on a live network is published with the sources.
    pub fn deployments(&self, network: &Network) -> PathBuf {
        match &self.global.deployments {
            Some(directory) => directory.clone(),
            None if network.development => dirs::data().join("deployments"),
            None => PathBuf::from("deployments"),
        }
    }

    /// All networks that can be named.
    pub fn networks(&self) -> Result<Networks, Error> {
        Ok(Networks::load(&dirs::config())?)
    }

    /// The network of `--network`.
    pub fn network(&self) -> Result<Network, Error> {
        Ok(self.networks()?.resolve(&self.global.network)?)
    }

    /// The key files.
    pub fn keystore(&self) -> Keystore {
        Keystore::new(
            self.global
                .keystore
                .clone()
                .unwrap_or_else(|| dirs::data().join("keystore")),
        )
    }

    /// What opens commitments.
    pub fn openings(&self) -> Openings {
        let default = || dirs::data().join("openings");
        let password = match (&self.global.vault_password_file, self.global.vault_password_fd) {
            (None, None) => self.password(),
            (file, descriptor) => source(file.as_ref(), descriptor),
        };
        Openings::new(self.global.openings.clone().unwrap_or_else(default)).with_password(password)
    }

    /// The wallets.
    pub fn wallets(&self) -> Wallets {
        Wallets::new(dirs::data().join("wallets"))
    }

    /// Where the password comes from.
    pub fn password(&self) -> PasswordSource {
        source(self.global.password_file.as_ref(), self.global.password_fd)
    }

    /// The password of a wallet, which has to be there.
    pub fn wallet_password(&self, name: &str) -> Result<Zeroizing<String>, Error> {
        self.wallets().check(name)?;
        Ok(self.password().read(&format!("Password of wallet `{name}`: "))?)
    }

    /// The relationship that a name stands for. It has to have been begun.
    pub fn relationship(&self, name: &RelationshipName) -> Result<Relationship, Error> {
        let password = self.wallet_password(&name.wallet)?;
        let wallet = self.wallets().unlock(&name.wallet, &password)?;
        Ok(wallet.relationship(name.index)?)
    }

    /// Who signs as `name`: a key of the keystore, `wallet:NAME/INDEX`, or `dev:NAME` on a development network.
    pub fn signer(&self, name: &str, network: &Network) -> Result<Signer, Error> {
        if RelationshipName::is_meant_by(name) {
            let relationship = self.relationship(&name.parse()?)?;
            return Ok(Signer {
                key: relationship.controller.signing_key()?,
                subject: Some(relationship.subject),
            });
        }
        Ok(Signer {
            key: self.signing_key(name, network)?,
            subject: None,
        })
    }

    fn signing_key(&self, name: &str, network: &Network) -> Result<SigningKey, Error> {
        if let Some(known) = dev::find(name) {
            if !network.development {
                return Err(KeystoreError::DevelopmentKey {
                    name: name.into(),
                    network: network.name.clone(),
                }
                .into());
            }
            return Ok(known.key);
        }
        let keystore = self.keystore();
        // Before a password is asked for: a mistyped name needs none.
        keystore.load(name)?;
        let password = self.password().read(&format!("Password of account `{name}`: "))?;
        Ok(keystore.unlock(name, &password)?.signing_key()?)
    }

    /// The account that `text` stands for: a key's name, `dev:NAME`, an SS58 or an Ethereum address. For `wallet:NAME/INDEX`
    /// the wallet's password is needed.
    pub fn account(&self, text: &str) -> Result<Account, Error> {
        if RelationshipName::is_meant_by(text) {
            return Ok(self.relationship(&text.parse()?)?.controller.signing_key()?.account());
        }
        if let Some(known) = dev::find(text) {
            return Ok(known.key.account());
        }
        match self.keystore().load(text) {
            Ok(file) => {
                let malformed = |reason| KeystoreError::Malformed {
                    path: self.keystore().path(text),
                    reason,
                };
                Ok(file.info().map_err(malformed)?.account)
            }
            // An address is no name, and a name that is not there may still be meant as an address.
            Err(missing @ (KeystoreError::Name(_) | KeystoreError::NotFound { .. })) => match Account::parse(text) {
                Ok(account) => Ok(account),
                Err(_) if matches!(missing, KeystoreError::NotFound { .. }) => Err(missing.into()),
                Err(error) => Err(Error::Usage(format!("`{text}` is no account: {error}"))),
            },
            Err(error) => Err(error.into()),
        }
    }
}

fn source(file: Option<&PathBuf>, descriptor: Option<u32>) -> PasswordSource {
    match (file, descriptor) {
        (_, Some(descriptor)) => PasswordSource::Descriptor(descriptor),
        (Some(path), None) => PasswordSource::File(path.clone()),
        (None, None) => PasswordSource::Prompt,
    }
}
