//! The key file: Web3 Secret Storage with an object `salus` that says what the standard cannot.

use std::path::Path;

use alloy_core::primitives::Address;
use rand::{RngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};

use super::{
    KeystoreError,
    key::{KeyKind, SecretKey},
    web3::{Cost, Crypto, DecryptError},
};
use crate::account::Account;

/// The schema of the object `salus`.
const SCHEMA_VERSION: u32 = 1;

/// A key file in memory. Nothing in it is secret to who lacks the password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyFile {
    version: u32,
    id: String,
    /// Without `0x`, as geth writes it; Ethereum keys only.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    crypto: Crypto,
    /// Absent in files of other programs, which hold Ethereum keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    salus: Option<Extension>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Extension {
    schema_version: u32,
    kind: KeyKind,
    public_key: String,
    ss58: String,
    address: Address,
}

/// What is public about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyInfo {
    /// Which kind it is.
    pub kind: KeyKind,
    /// The account that it signs for.
    pub account: Account,
    /// The public key in hexadecimal with `0x`; files of other programs do not have it.
    pub public_key: Option<String>,
}

/// Why a file was not decrypted; the caller knows its name.
#[derive(Debug)]
pub(super) enum OpenError {
    WrongPassword,
    Malformed(String),
    Key(KeystoreError),
}

impl OpenError {
    pub(super) fn named(self, name: &str, path: &Path) -> KeystoreError {
        match self {
            Self::WrongPassword => KeystoreError::WrongPassword(name.into()),
            Self::Malformed(reason) => KeystoreError::Malformed {
                path: path.into(),
                reason,
            },
            Self::Key(error) => error,
        }
    }
}

impl KeyFile {
    pub(super) fn encrypt(key: &SecretKey, password: &str, cost: Cost) -> Result<Self, KeystoreError> {
        let randomness = |error: rand::Error| KeystoreError::Randomness(error.to_string());
        let signing_key = key.signing_key()?;
        let account = signing_key.account();
        let crypto = Crypto::encrypt(key.bytes(), password.as_bytes(), cost).map_err(randomness)?;
        let extension = Extension {
            schema_version: SCHEMA_VERSION,
            kind: key.kind(),
            public_key: format!("0x{}", hex::encode(signing_key.public_key())),
            ss58: account.ss58(),
            address: account.address(),
        };
        Ok(Self {
            version: 3,
            id: random_uuid().map_err(randomness)?,
            // With an address in it, other programs would take an sr25519 key for an Ethereum key.
            address: (key.kind() == KeyKind::Ethereum).then(|| hex::encode(account.address())),
            crypto,
            salus: Some(extension),
        })
    }

    pub(super) fn from_json(json: &[u8]) -> Result<Self, String> {
        let file: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if file.version != 3 {
            return Err(format!("its version is {}, not 3", file.version));
        }
        if let Some(extension) = file
            .salus
            .as_ref()
            .filter(|found| found.schema_version != SCHEMA_VERSION)
        {
            return Err(format!("its salus.schema_version is {}", extension.schema_version));
        }
        file.info()?;
        Ok(file)
    }

    /// The file's content.
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("strings and numbers always serialise");
        json.push(b'\n');
        json
    }

    /// What the file says about its key. It is checked against the key only when that is decrypted.
    pub fn info(&self) -> Result<PublicKeyInfo, String> {
        if let Some(extension) = &self.salus {
            let account = Account::parse(&extension.ss58).map_err(|error| format!("salus.ss58: {error}"))?;
            let public_key = Some(extension.public_key.clone());
            return Ok(PublicKeyInfo {
                kind: extension.kind,
                account,
                public_key,
            });
        }
        let address = self.address.as_deref().ok_or("it says no address")?;
        let digits = address.strip_prefix("0x").unwrap_or(address);
        let address: Address = digits.parse().map_err(|_| "its address is not 40 hexadecimal digits")?;
        Ok(PublicKeyInfo {
            kind: KeyKind::Ethereum,
            account: Account::from_ethereum(address),
            public_key: None,
        })
    }

    pub(super) fn decrypt(&self, password: &str) -> Result<SecretKey, OpenError> {
        let secret = self.crypto.decrypt(password.as_bytes()).map_err(|error| match error {
            DecryptError::WrongPassword => OpenError::WrongPassword,
            DecryptError::Unsupported(reason) => OpenError::Malformed(reason),
        })?;
        let info = self.info().map_err(OpenError::Malformed)?;
        let key = SecretKey::from_bytes(info.kind, &secret).map_err(OpenError::Key)?;
        if key.signing_key().map_err(OpenError::Key)?.account() != info.account {
            // Else a payment could be sent to, or a grant made by, an account other than the one shown.
            return Err(OpenError::Malformed(
                "its key is not that of the address it says".into(),
            ));
        }
        Ok(key)
    }
}

/// A version 4 UUID, which the standard wants as the file's id.
fn random_uuid() -> Result<String, rand::Error> {
    let mut bytes = [0; 16];
    OsRng.try_fill_bytes(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let digits = hex::encode(bytes);
    let (a, b, c, d, e) = (
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    );
    Ok(format!("{a}-{b}-{c}-{d}-{e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Cost = Cost { log_n: 4, r: 8, p: 1 };

    /// The scrypt vector of the Web3 Secret Storage definition: a file as another program writes it.
    const FOREIGN: &str = r#"{"address":"008aeeda4d805471df9b2a5b0f38a0c3bcba786b","version":3,
        "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","crypto":{"cipher":"aes-128-ctr",
        "cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
        "kdf":"scrypt","kdfparams":{"dklen":32,"n":262144,"p":8,"r":1,
        "salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"}}"#;

    #[test]
    fn a_file_of_another_program_is_an_ethereum_key() {
        let file = KeyFile::from_json(FOREIGN.as_bytes()).unwrap();
        let key = file.decrypt("testpassword").unwrap();
        assert_eq!(key.kind(), KeyKind::Ethereum);
        let account = key.signing_key().unwrap().account();
        assert_eq!(
            account.to_string().to_lowercase(),
            "0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b"
        );
    }

    #[test]
    fn a_file_that_shows_another_address_is_refused() {
        let changed = FOREIGN.replace("008aeeda", "118aeeda");
        let file = KeyFile::from_json(changed.as_bytes()).unwrap();
        assert!(matches!(file.decrypt("testpassword"), Err(OpenError::Malformed(_))));
    }

    #[test]
    fn an_ethereum_file_has_the_standards_fields() {
        let key = SecretKey::generate(KeyKind::Ethereum).unwrap();
        let file = KeyFile::encrypt(&key, "p", LIGHT).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&file.to_json()).unwrap();
        assert_eq!(json["version"], 3);
        assert_eq!(json["address"].as_str().unwrap().len(), 40);
        assert_eq!(json["crypto"]["cipher"], "aes-128-ctr");
        assert_eq!(json["crypto"]["kdf"], "scrypt");
        assert_eq!(json["crypto"]["kdfparams"]["dklen"], 32);
        assert_eq!(
            json["id"]
                .as_str()
                .unwrap()
                .split('-')
                .map(str::len)
                .collect::<Vec<_>>(),
            [8, 4, 4, 4, 12]
        );
    }

    #[test]
    fn an_sr25519_file_shows_no_ethereum_address_to_other_programs() {
        let key = SecretKey::generate(KeyKind::Sr25519).unwrap();
        let file = KeyFile::encrypt(&key, "p", LIGHT).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&file.to_json()).unwrap();
        assert!(json.get("address").is_none());
        assert_eq!(json["salus"]["kind"], "sr25519");
    }

    #[test]
    fn another_version_is_refused() {
        let error = KeyFile::from_json(FOREIGN.replace("\"version\":3", "\"version\":1").as_bytes()).unwrap_err();
        assert_eq!(error, "its version is 1, not 3");
    }
}
