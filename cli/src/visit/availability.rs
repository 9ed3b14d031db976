//! When a provider can be booked: a hash on chain of what the provider publishes elsewhere.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use alloy_core::primitives::{Address, B256, keccak256};
use clap::Subcommand;
use serde::Serialize;

use super::desk::Desk;
use crate::{
    Context, Output,
    document::read_json,
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{error::Error, fhir::Canonical};

#[derive(Debug, Subcommand)]
pub(super) enum Availability {
    /// Publish a hash of when you can be booked; for a provider
    #[command(after_help = "\
The file is JSON, such as a FHIR Bundle of a Schedule and its Slots. Its hash is keccak-256 of its canonical form (RFC 8785), without a
salt: everybody shall be able to check it.

Examples:
  salus visit availability set --file slots.json --from clinic
  salus visit availability show clinic --file slots.json")]
    Set {
        /// The hash (32 bytes in hexadecimal); zero: none any more
        #[arg(required_unless_present = "file", conflicts_with = "file")]
        hash: Option<B256>,
        /// Publish the hash of this JSON document
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Show the hash that a provider published
    Show {
        /// The provider: a key's name, `dev:NAME`, an SS58 or Ethereum address
        provider: String,
        /// Say whether it is the hash of this JSON document
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

impl Availability {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Set { .. } => "visit availability set",
            Self::Show { .. } => "visit availability show",
        }
    }

    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        match self {
            Self::Set {
                hash,
                file,
                transaction,
            } => {
                let hash = match (hash, file) {
                    (Some(hash), _) => hash,
                    (None, Some(file)) => hash_of(&file)?,
                    (None, None) => return Err(Error::Usage("write a hash or --file".into())),
                };
                let (desk, key) = Desk::start(&transaction, context).await?;
                let options = transaction.options();
                let receipt = desk.telehealth.set_availability(&key, hash, options).await?;
                out.result(&Shown {
                    provider: key.account().address(),
                    availability: Some(hash).filter(|hash| !hash.is_zero()),
                    matches: None,
                    transaction: Some(receipt.into()),
                })
            }
            Self::Show { provider, file } => {
                let provider = context.account(&provider)?.address();
                let given = file.as_deref().map(hash_of).transpose()?;
                let desk = Desk::connect(context).await?;
                let availability = desk.telehealth.availability(provider).await?;
                out.result(&Shown {
                    provider,
                    availability,
                    matches: given.map(|given| availability == Some(given)),
                    transaction: None,
                })
            }
        }
    }
}

fn hash_of(file: &Path) -> Result<B256, Error> {
    let document = read_json(file)?;
    Ok(keccak256(Canonical::of(&document)?.as_bytes()))
}

#[derive(Serialize)]
struct Shown {
    provider: Address,
    /// Null: the provider published none.
    availability: Option<B256>,
    /// Whether it is that of the file that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<Transaction>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "provider     {}", self.provider)?;
        match self.availability {
            Some(hash) => write!(f, "availability {hash}")?,
            None => write!(f, "availability none")?,
        }
        match self.matches {
            Some(true) => write!(f, "\nthe file     is what it is of")?,
            Some(false) => write!(f, "\nthe file     is another one")?,
            None => {}
        }
        match &self.transaction {
            Some(transaction) => write!(f, "\n{transaction}"),
            None => Ok(()),
        }
    }
}
