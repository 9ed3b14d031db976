//! What can be wrong with a wallet.

use std::{io, path::PathBuf};

use super::MAX_LABEL;
use crate::{
    error::{Exit, Fault},
    keystore::KeystoreError,
};

/// Why a wallet cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalletError {
    /// No wallet of this name.
    #[error("there is no wallet `{name}` in {}", directory.display())]
    NotFound {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// The name is taken.
    #[error("there is a wallet `{0}` already")]
    Exists(String),
    /// The name cannot be a file name.
    #[error("`{0}` is no wallet name: use 1 to 64 of a-z, 0-9, `-`, `_`")]
    Name(String),
    /// Not the name of a relationship.
    #[error("`{0}` names no relationship: write wallet:NAME/INDEX")]
    Reference(String),
    /// The password does not open the file, or the file was changed.
    #[error("wrong password for wallet `{0}`, or its file is damaged")]
    WrongPassword(String),
    /// A file that is not a wallet, or one of another version.
    #[error("cannot use the wallet file {}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. Never a part of its content.
        reason: String,
    },
    /// What was to be imported is no mnemonic of a wallet. The words are not repeated.
    #[error("this is no wallet's mnemonic: {0}")]
    Mnemonic(String),
    /// A relationship that was not begun.
    #[error("the wallet has no relationship {index}: it has {count}, numbered from 0")]
    Unused {
        /// What was asked for.
        index: u32,
        /// How many there are.
        count: u32,
    },
    /// The wallet was imported, and it is not known which relationships it has.
    #[error("it is not known yet which relationships the imported wallet has")]
    NotRecovered,
    /// Every number is taken.
    #[error("the wallet has as many relationships as can be numbered")]
    Full,
    /// A label that cannot be one.
    #[error("a label is 1 to {MAX_LABEL} characters, none of them a control character")]
    Label,
    /// A label that is taken.
    #[error("relationship {0} has this label already")]
    LabelTaken(u32),
    /// A label that no relationship has.
    #[error("no relationship of the wallet is labelled `{0}`")]
    UnknownLabel(String),
    /// A file cannot be read or written.
    #[error("cannot access {}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A key cannot be made.
    #[error(transparent)]
    Key(#[from] KeystoreError),
}

impl Fault for WalletError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "wallet_not_found",
            Self::Exists(_) => "wallet_exists",
            Self::Name(_) => "wallet_name",
            Self::Reference(_) => "relationship_name",
            Self::WrongPassword(_) => "wrong_password",
            Self::Malformed { .. } => "wallet_malformed",
            Self::Mnemonic(_) => "mnemonic",
            Self::Unused { .. } => "relationship_unused",
            Self::NotRecovered => "wallet_not_recovered",
            Self::Full => "wallet_full",
            Self::Label | Self::LabelTaken(_) | Self::UnknownLabel(_) => "label",
            Self::Io { .. } => "wallet_io",
            Self::Key(error) => error.code(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Reference(_) | Self::Unused { .. } | Self::Label | Self::LabelTaken(_) | Self::UnknownLabel(_) => {
                Exit::Usage
            }
            _ => Exit::Keystore,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { .. } => Some("`salus wallet list` shows what is there".into()),
            Self::Unused { .. } => Some("`salus wallet relationship NAME --new` begins the next one".into()),
            Self::NotRecovered => Some(
                "`salus wallet recover NAME` looks for them on the chain; a used number must not be given twice".into(),
            ),
            Self::Key(error) => error.hint(),
            _ => None,
        }
    }
}
