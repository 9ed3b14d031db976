//! The key of a directory of openings: its public half lies open, its secret half under a password.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{DecryptionKey, EncryptionKey, VaultError};
use crate::{
    files::{self, Access},
    keystore::{Cost, DecryptError, KeystoreError, SecretFile},
};

/// What the file says it is.
const KIND: &str = "vault-key";

/// A vault's key as its file has it: who writes needs no password.
#[derive(Debug, Clone)]
pub struct VaultKey {
    path: PathBuf,
    file: SecretFile,
    encryption_key: EncryptionKey,
}

impl VaultKey {
    /// Makes a key and stores it under a password.
    ///
    /// # Errors
    /// [`VaultError::Io`], also if there is such a file already; [`VaultError::Keystore`] without randomness.
    pub fn create(path: &Path, password: &str, cost: Cost) -> Result<Self, VaultError> {
        let key = DecryptionKey::generate()?;
        let encryption_key = key.encryption_key();
        let file = SecretFile::encrypt(KIND, Some(encryption_key.bytes()), key.bytes(), password, cost)
            .map_err(|error| KeystoreError::Randomness(error.to_string()))?;
        files::create(path, &file.to_json(), Access::Private).map_err(|source| io_error(path, source))?;
        Ok(Self {
            path: path.into(),
            file,
            encryption_key,
        })
    }

    /// Reads a key's file; `None` if there is none.
    ///
    /// # Errors
    /// [`VaultError::Io`]; [`VaultError::Malformed`].
    pub fn load(path: &Path) -> Result<Option<Self>, VaultError> {
        let json = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            json => json.map_err(|source| io_error(path, source))?,
        };
        let malformed = |reason| VaultError::Malformed {
            path: path.into(),
            reason,
        };
        let file = SecretFile::from_json(KIND, &json).map_err(malformed)?;
        let public = file
            .public_key
            .ok_or_else(|| malformed("it says no public key".into()))?;
        Ok(Some(Self {
            path: path.into(),
            file,
            encryption_key: EncryptionKey::new(public),
        }))
    }

    /// To whom openings are sealed.
    pub fn encryption_key(&self) -> EncryptionKey {
        self.encryption_key
    }

    /// Decrypts the secret half.
    ///
    /// # Errors
    /// [`VaultError::WrongPassword`]; [`VaultError::Malformed`] if it is not that of the public half in the file.
    pub fn unlock(&self, password: &str) -> Result<DecryptionKey, VaultError> {
        let malformed = |reason| VaultError::Malformed {
            path: self.path.clone(),
            reason,
        };
        let secret = self.file.decrypt(password).map_err(|error| match error {
            DecryptError::WrongPassword => VaultError::WrongPassword,
            DecryptError::Unsupported(reason) => malformed(reason),
        })?;
        let mut bytes = Zeroizing::new([0; 32]);
        if secret.len() != bytes.len() {
            return Err(malformed("its secret is not 32 bytes long".into()));
        }
        bytes.copy_from_slice(&secret);
        let key = DecryptionKey::from_bytes(bytes);
        if key.encryption_key() != self.encryption_key {
            return Err(malformed("its secret is not that of the public key it says".into()));
        }
        Ok(key)
    }
}

fn io_error(path: &Path, source: io::Error) -> VaultError {
    VaultError::Io {
        path: path.into(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Cost = Cost { log_n: 4, r: 8, p: 1 };

    #[test]
    fn a_key_is_unlocked_by_its_password_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("vault.json");
        assert!(VaultKey::load(&path).unwrap().is_none());
        let made = VaultKey::create(&path, "right", LIGHT).unwrap();
        let loaded = VaultKey::load(&path).unwrap().unwrap();
        assert_eq!(loaded.encryption_key(), made.encryption_key());
        assert_eq!(loaded.unlock("right").unwrap().encryption_key(), made.encryption_key());
        assert!(matches!(loaded.unlock("wrong"), Err(VaultError::WrongPassword)));
        assert!(matches!(
            VaultKey::create(&path, "other", LIGHT),
            Err(VaultError::Io { .. })
        ));
    }

    #[test]
    fn a_file_that_shows_another_public_key_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("vault.json");
        let made = VaultKey::create(&path, "p", LIGHT).unwrap();
        let other = DecryptionKey::generate().unwrap().encryption_key();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(
            &path,
            text.replace(&made.encryption_key().to_string(), &other.to_string()),
        )
        .unwrap();
        let error = VaultKey::load(&path).unwrap().unwrap().unlock("p").unwrap_err();
        assert!(matches!(error, VaultError::Malformed { .. }));
    }

    #[test]
    fn another_version_or_half_a_file_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("vault.json");
        VaultKey::create(&path, "p", LIGHT).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for changed in [
            text.replace("\"schema_version\": 1", "\"schema_version\": 2"),
            text.replace(KIND, "wallet"),
            text[..text.len() / 2].into(),
        ] {
            fs::write(&path, changed).unwrap();
            assert!(matches!(VaultKey::load(&path), Err(VaultError::Malformed { .. })));
        }
    }
}
