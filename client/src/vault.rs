//! What is encrypted off chain: openings that are given to their grantee, and openings at rest.
//!
//! Both are sealed by HPKE (RFC 9180) to an X25519 key: whoever writes needs only its public half. [`SharedOpening`] is what
//! travels, bound to the consent on its chain; [`Envelope`] is the ciphertext itself; [`VaultKey`] is the key of a
//! directory of openings. `docs/wallet.md` describes the formats byte by byte.

mod envelope;
mod key_file;
mod share;

use std::{io, path::PathBuf};

pub use envelope::{DecryptionKey, EncryptionKey, Envelope};
pub use key_file::VaultKey;
pub use share::{Binding, Place, SharedOpening};

use crate::{
    error::{Exit, Fault},
    keystore::KeystoreError,
};

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// Not the public half of an X25519 key.
    #[error("an encryption key is 0x and 64 hexadecimal digits, of which not all points are keys")]
    EncryptionKey,
    /// A document that is none, or is damaged.
    #[error("cannot use {}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. Never a part of its content.
        reason: String,
    },
    /// Sealed by other algorithms than those of this version.
    #[error("the envelope is sealed by {found}, this version opens {expected}")]
    Algorithm {
        /// What it names.
        found: String,
        /// What can be opened.
        expected: &'static str,
    },
    /// The key is another's, or the envelope or what it is bound to was changed: the three look the same.
    #[error("the key does not open the envelope: it was sealed for another one or for another consent, or was changed")]
    NotOpened,
    /// It says that it belongs elsewhere.
    #[error("the envelope is for {field} {found}, not {expected}")]
    Elsewhere {
        /// What differs: `chain_id`, `genesis` or `contract`.
        field: &'static str,
        /// What it says.
        found: String,
        /// What was asked for.
        expected: String,
    },
    /// What is in it is not the opening of the consent.
    #[error("the opening is not that of the consent: its {0} is another one")]
    Mismatch(&'static str),
    /// The password does not open the vault's key, or the key's file was changed.
    #[error("wrong password for the vault, or its key file is damaged")]
    WrongPassword,
    /// The password could not be had, or there is no randomness.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// A file cannot be read or written.
    #[error("cannot access {}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Fault for VaultError {
    fn code(&self) -> &'static str {
        match self {
            Self::EncryptionKey => "encryption_key",
            Self::Malformed { .. } => "envelope_malformed",
            Self::Algorithm { .. } => "envelope_algorithm",
            Self::NotOpened => "envelope_not_opened",
            Self::Elsewhere { .. } => "envelope_elsewhere",
            Self::Mismatch(_) => "opening_mismatch",
            Self::WrongPassword => "wrong_password",
            Self::Keystore(error) => error.code(),
            Self::Io { .. } => "vault_io",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::EncryptionKey => Exit::Usage,
            Self::Malformed { .. } | Self::Algorithm { .. } | Self::NotOpened | Self::Mismatch(_) => Exit::Document,
            Self::Elsewhere { .. } => Exit::WrongChain,
            Self::WrongPassword => Exit::Keystore,
            Self::Keystore(error) => error.exit(),
            Self::Io { .. } => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Keystore(KeystoreError::Password(_)) => {
                Some("without a terminal, use --vault-password-file or --vault-password-fd".into())
            }
            Self::Keystore(error) => error.hint(),
            _ => None,
        }
    }
}
