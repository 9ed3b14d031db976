//! What the commands show. Never a secret.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use salus_client::{
    vault::EncryptionKey,
    wallet::{Relationship, Wallet, WalletError},
};

#[derive(Serialize)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// Where the mnemonic was written, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mnemonic_file: Option<PathBuf>,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "wallet       {}", self.name)?;
        writeln!(f, "file         {}", self.path.display())?;
        if let Some(file) = &self.mnemonic_file {
            writeln!(f, "mnemonic     {} (whoever has it has the wallet)", file.display())?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
pub(super) struct List {
    pub(super) wallets: Vec<Made>,
    pub(super) unusable: Vec<Unusable>,
}

#[derive(Serialize)]
pub(super) struct Unusable {
    pub(super) name: String,
    pub(super) reason: String,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for wallet in &self.wallets {
            writeln!(f, "{:<16} {}", wallet.name, wallet.path.display())?;
        }
        for unusable in &self.unusable {
            writeln!(f, "{:<16} unusable: {}", unusable.name, unusable.reason)?;
        }
        Ok(())
    }
}

/// A relationship: what others see of it, and its label, which they do not.
#[derive(Serialize)]
pub(super) struct Row {
    index: u32,
    /// How it is named where a key is.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    subject: B256,
    controller: Address,
    encryption_key: EncryptionKey,
    /// Who controls the subject on chain, if that was asked and is somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) controlled_by: Option<Address>,
}

impl Row {
    pub(super) fn new(name: &str, wallet: &Wallet, index: u32) -> Result<Self, WalletError> {
        Self::of(name, wallet, &wallet.relationship(index)?)
    }

    pub(super) fn of(name: &str, wallet: &Wallet, relationship: &Relationship) -> Result<Self, WalletError> {
        let index = relationship.index;
        Ok(Self {
            index,
            name: format!("wallet:{name}/{index}"),
            label: wallet.label(index).map(str::to_owned),
            subject: relationship.subject,
            controller: relationship.controller.signing_key()?.account().address(),
            encryption_key: relationship.encryption.encryption_key(),
            controlled_by: None,
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self
            .label
            .as_ref()
            .map(|label| format!("  {label}"))
            .unwrap_or_default();
        writeln!(f, "{}{label}", self.name)?;
        writeln!(f, "  subject         {}", self.subject)?;
        writeln!(f, "  controller      {}", self.controller)?;
        writeln!(f, "  encryption key  {}", self.encryption_key)?;
        if let Some(other) = self.controlled_by {
            writeln!(f, "  on chain, {other} controls the subject")?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) wallet: String,
    pub(super) relationships: Vec<Row>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.relationships.is_empty() {
            return writeln!(f, "wallet `{}` has no relationships", self.wallet);
        }
        self.relationships.iter().try_for_each(|row| row.fmt(f))
    }
}

#[derive(Serialize)]
pub(super) struct Recovered {
    pub(super) wallet: String,
    /// How many numbers were looked for.
    pub(super) searched: u32,
    /// The number that the next relationship gets.
    pub(super) next: u32,
    /// Those that exist on chain.
    pub(super) relationships: Vec<Row>,
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.relationships.iter().try_for_each(|row| row.fmt(f))?;
        writeln!(
            f,
            "{} found among the first {}; the next one is {}",
            self.relationships.len(),
            self.searched,
            self.next
        )
    }
}
