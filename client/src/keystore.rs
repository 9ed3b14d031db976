//! Encrypted key files.
//!
//! A key is one file `<name>.json` in Web3 Secret Storage, version 3, so that a secp256k1 key moves to and from geth,
//! MetaMask and the like. The object `salus` beside the standard's fields says which kind of key it is, since the
//! standard knows one kind only, and what is public about it. Passwords never come from the command line.

pub mod dev;
mod file;
mod key;
pub mod password;
mod scrypt_small_block;
mod secret_file;
mod web3;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub use file::{KeyFile, PublicKeyInfo};
pub use key::{KeyKind, SecretKey, SigningKey};
pub(crate) use secret_file::SecretFile;
pub use web3::Cost;
pub(crate) use web3::DecryptError;

use crate::{
    error::{Exit, Fault},
    files::{self, Access},
};

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
    /// No key of this name.
    #[error("there is no account `{name}` in {}", directory.display())]
    NotFound {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// The name is taken.
    #[error("there is an account `{0}` already")]
    Exists(String),
    /// The name cannot be a file name, or would be taken for something else.
    #[error("`{0}` is no account name: use 1 to 64 of a-z, 0-9, `-`, `_`")]
    Name(String),
    /// The password does not open the file, or the file was changed.
    #[error("wrong password for account `{0}`, or its file is damaged")]
    WrongPassword(String),
    /// A file that is not a key file, or one of a kind that is not supported.
    #[error("cannot use the key file {}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// What was to be imported is no key. The text itself is not repeated.
    #[error("this is no secret key: {0}")]
    InvalidSecret(&'static str),
    /// The password could not be had.
    #[error("cannot read the password: {0}")]
    Password(String),
    /// A development key on a network that is not for development.
    #[error("`{name}` is a development key that everybody knows; network `{network}` is not for development")]
    DevelopmentKey {
        /// The key.
        name: String,
        /// The network.
        network: String,
    },
    /// A key file cannot be read or written.
    #[error("cannot access {}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The operating system gave no randomness.
    #[error("the operating system gives no randomness: {0}")]
    Randomness(String),
}

impl Fault for KeystoreError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "account_not_found",
            Self::Exists(_) => "account_exists",
            Self::Name(_) => "account_name",
            Self::WrongPassword(_) => "wrong_password",
            Self::Malformed { .. } => "key_file_malformed",
            Self::InvalidSecret(_) => "invalid_secret",
            Self::Password(_) => "no_password",
            Self::DevelopmentKey { .. } => "development_key",
            Self::Io { .. } => "keystore_io",
            Self::Randomness(_) => "no_randomness",
        }
    }

    fn exit(&self) -> Exit {
        Exit::Keystore
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { .. } => {
                Some("`salus account list` shows what is there; development keys are written `dev:alice`".into())
            }
            Self::Password(_) => Some("without a terminal, use --password-file or --password-fd".into()),
            _ => None,
        }
    }
}

/// An account found in a directory.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its file, or why that cannot be used.
    pub file: Result<KeyFile, KeystoreError>,
}

/// A directory of key files.
#[derive(Debug, Clone)]
pub struct Keystore {
    directory: PathBuf,
    cost: Cost,
}

impl Keystore {
    /// The key files in `directory`, which is made when the first key is stored.
    pub fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            cost: Cost::STANDARD,
        }
    }

    /// Stores new keys with another cost of guessing. Less than [`Cost::STANDARD`] is for tests.
    #[must_use]
    pub fn with_cost(mut self, cost: Cost) -> Self {
        self.cost = cost;
        self
    }

    /// Where the file of an account is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.json"))
    }

    /// Encrypts a key and stores it under a new name. An existing file is never replaced.
    pub fn store(&self, name: &str, key: &SecretKey, password: &str) -> Result<KeyFile, KeystoreError> {
        check_name(name)?;
        let path = self.path(name);
        if path.exists() {
            return Err(KeystoreError::Exists(name.into()));
        }
        let file = KeyFile::encrypt(key, password, self.cost)?;
        files::create(&path, &file.to_json(), Access::Private).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KeystoreError::Exists(name.into()),
            _ => KeystoreError::Io { path, source },
        })?;
        Ok(file)
    }

    /// Reads what is public about an account, and the encrypted key. No password is needed.
    pub fn load(&self, name: &str) -> Result<KeyFile, KeystoreError> {
        check_name(name)?;
        let path = self.path(name);
        match fs::read(&path) {
            Ok(json) => KeyFile::from_json(&json).map_err(|reason| KeystoreError::Malformed { path, reason }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(KeystoreError::NotFound {
                name: name.into(),
                directory: self.directory.clone(),
            }),
            Err(source) => Err(KeystoreError::Io { path, source }),
        }
    }

    /// Decrypts an account's key.
    pub fn unlock(&self, name: &str, password: &str) -> Result<SecretKey, KeystoreError> {
        self.load(name)?
            .decrypt(password)
            .map_err(|error| error.named(name, &self.path(name)))
    }

    /// Every account, sorted by name.
    pub fn list(&self) -> Result<Vec<Listed>, KeystoreError> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                return Err(KeystoreError::Io {
                    path: self.directory.clone(),
                    source,
                });
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| KeystoreError::Io {
                path: self.directory.clone(),
                source,
            })?;
            let file_name = entry.file_name();
            if let Some(name) = file_name.to_str().and_then(|name| name.strip_suffix(".json"))
                && check_name(name).is_ok()
            {
                names.push(name.to_string());
            }
        }
        names.sort();
        Ok(names
            .into_iter()
            .map(|name| Listed {
                file: self.load(&name),
                name,
            })
            .collect())
    }
}

/// Reads and decrypts a key file from anywhere, for an import.
pub fn read_key_file(path: &Path, password: &str) -> Result<SecretKey, KeystoreError> {
    let json = fs::read(path).map_err(|source| KeystoreError::Io {
        path: path.into(),
        source,
    })?;
    let file = KeyFile::from_json(&json).map_err(|reason| KeystoreError::Malformed {
        path: path.into(),
        reason,
    })?;
    file.decrypt(password)
        .map_err(|error| error.named(&path.display().to_string(), path))
}

fn check_name(name: &str) -> Result<(), KeystoreError> {
    if is_name(name) {
        Ok(())
    } else {
        Err(KeystoreError::Name(name.into()))
    }
}

/// Whether a key, or a wallet, may have this name: 1 to 64 of a-z, 0-9, `-`, `_`.
pub(crate) fn is_name(name: &str) -> bool {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    // A name that reads as an address would be taken for one.
    !name.is_empty() && name.len() <= 64 && name.chars().all(valid) && !name.starts_with("0x")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Cost = Cost { log_n: 4, r: 8, p: 1 };

    fn keystore(directory: &tempfile::TempDir) -> Keystore {
        Keystore::new(directory.path().join("keystore")).with_cost(LIGHT)
    }

    #[test]
    fn both_kinds_of_key_are_stored_and_unlocked() {
        let directory = tempfile::tempdir().unwrap();
        let keystore = keystore(&directory);
        for (name, kind) in [("patient", KeyKind::Sr25519), ("provider", KeyKind::Ethereum)] {
            let key = SecretKey::generate(kind).unwrap();
            let stored = keystore.store(name, &key, "correct horse").unwrap();
            let unlocked = keystore.unlock(name, "correct horse").unwrap();
            let account = unlocked.signing_key().unwrap().account();
            assert_eq!(account, key.signing_key().unwrap().account());
            assert_eq!(stored.info().unwrap().account, account);
            assert_eq!(keystore.load(name).unwrap().info().unwrap().kind, kind);
        }
        let names: Vec<_> = keystore.list().unwrap().into_iter().map(|listed| listed.name).collect();
        assert_eq!(names, ["patient", "provider"]);
    }

    #[test]
    fn a_wrong_password_is_an_error_of_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let keystore = keystore(&directory);
        keystore
            .store("patient", &SecretKey::generate(KeyKind::Sr25519).unwrap(), "right")
            .unwrap();
        let error = keystore.unlock("patient", "wrong").unwrap_err();
        assert!(matches!(&error, KeystoreError::WrongPassword(name) if name == "patient"));
        assert_eq!(error.exit(), Exit::Keystore);
    }

    #[test]
    fn an_account_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let keystore = keystore(&directory);
        let key = SecretKey::generate(KeyKind::Ethereum).unwrap();
        keystore.store("patient", &key, "p").unwrap();
        let before = fs::read(keystore.path("patient")).unwrap();
        let other = SecretKey::generate(KeyKind::Ethereum).unwrap();
        assert!(matches!(
            keystore.store("patient", &other, "p"),
            Err(KeystoreError::Exists(_))
        ));
        assert_eq!(fs::read(keystore.path("patient")).unwrap(), before);
    }

    #[test]
    fn names_that_are_paths_or_addresses_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let keystore = keystore(&directory);
        let key = SecretKey::generate(KeyKind::Ethereum).unwrap();
        for name in ["", "../x", "a/b", "Alice", "dev:alice", "0xab", &"a".repeat(65)] {
            assert!(
                matches!(keystore.store(name, &key, "p"), Err(KeystoreError::Name(_))),
                "{name}"
            );
            assert!(matches!(keystore.load(name), Err(KeystoreError::Name(_))), "{name}");
        }
    }

    #[test]
    fn a_missing_account_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let error = keystore(&directory).unlock("nobody", "p").unwrap_err();
        assert!(
            error.to_string().starts_with("there is no account `nobody` in "),
            "{error}"
        );
    }

    #[test]
    fn a_damaged_file_is_listed_as_such() {
        let directory = tempfile::tempdir().unwrap();
        let keystore = keystore(&directory);
        keystore
            .store("good", &SecretKey::generate(KeyKind::Ethereum).unwrap(), "p")
            .unwrap();
        fs::write(keystore.path("bad"), b"{\"version\":3").unwrap();
        let list = keystore.list().unwrap();
        assert_eq!([list[0].name.as_str(), list[1].name.as_str()], ["bad", "good"]);
        assert!(matches!(list[0].file, Err(KeystoreError::Malformed { .. })));
        assert!(list[1].file.is_ok());
    }
}
