//! A secret that signs nothing, under a password: encrypted as a key file is, in a document of Salus's own.

use alloy_core::primitives::B256;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::web3::{Cost, Crypto, DecryptError};

/// The schema of the documents that this version writes and reads.
const SCHEMA_VERSION: u32 = 1;

/// The document. Nothing in it is secret to who lacks the password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretFile {
    schema_version: u32,
    kind: String,
    /// What belongs to the secret and is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) public_key: Option<B256>,
    crypto: Crypto,
}

impl SecretFile {
    /// Encrypts a secret of any length.
    pub(crate) fn encrypt(
        kind: &str,
        public_key: Option<B256>,
        secret: &[u8],
        password: &str,
        cost: Cost,
    ) -> Result<Self, rand::Error> {
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            kind: kind.into(),
            public_key,
            crypto: Crypto::encrypt(secret, password.as_bytes(), cost)?,
        })
    }

    /// Reads a document of this kind, or says why it is none.
    pub(crate) fn from_json(kind: &str, json: &[u8]) -> Result<Self, String> {
        let file: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if file.schema_version != SCHEMA_VERSION {
            return Err(format!(
                "its schema_version is {}, this version reads {SCHEMA_VERSION}",
                file.schema_version
            ));
        }
        if file.kind != kind {
            return Err(format!("it is not of kind `{kind}`"));
        }
        Ok(file)
    }

    /// The file's content.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("strings and numbers always serialise");
        json.push(b'\n');
        json
    }

    /// Decrypts the secret.
    pub(crate) fn decrypt(&self, password: &str) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        self.crypto.decrypt(password.as_bytes())
    }
}
