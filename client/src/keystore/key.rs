//! Secret keys of both kinds, and what is public about them.

use std::{fmt, str::FromStr};

use alloy_core::primitives::Address;
use hmac::Hmac;
use rand::{RngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use sha2::Sha512;
use subxt_signer::{
    bip39::Mnemonic,
    eth::{self, DerivationPath},
    sr25519,
};
use zeroize::{Zeroize, Zeroizing};

use crate::{account::Account, keystore::KeystoreError};

/// The two kinds of key that sign for Salus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// secp256k1: wallets such as MetaMask.
    Ethereum,
    /// sr25519: Polkadot wallets.
    Sr25519,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ethereum => "ethereum",
            Self::Sr25519 => "sr25519",
        })
    }
}

/// A secret key: the secp256k1 scalar, or the sr25519 mini secret ("secret seed" in Polkadot tools).
///
/// The bytes are wiped when it is dropped. They are never shown: not by `Debug`, not in an error.
pub struct SecretKey {
    kind: KeyKind,
    bytes: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl SecretKey {
    /// A new key from the operating system's randomness.
    pub fn generate(kind: KeyKind) -> Result<Self, KeystoreError> {
        loop {
            let mut bytes = Zeroizing::new([0; 32]);
            OsRng
                .try_fill_bytes(bytes.as_mut())
                .map_err(|error| KeystoreError::Randomness(error.to_string()))?;
            // One in 2^128 drawings is no secp256k1 scalar.
            if let Ok(key) = Self::from_bytes(kind, bytes.as_slice()) {
                return Ok(key);
            }
        }
    }

    /// The key with these 32 bytes.
    pub fn from_bytes(kind: KeyKind, bytes: &[u8]) -> Result<Self, KeystoreError> {
        let array: [u8; 32] = bytes
            .try_into()
            .map_err(|_| KeystoreError::InvalidSecret("it is not 32 bytes long"))?;
        let key = Self {
            kind,
            bytes: Zeroizing::new(array),
        };
        key.signing_key()?;
        Ok(key)
    }

    /// Reads what a user imports: 64 hexadecimal digits (with or without `0x`) or a BIP-39 mnemonic of 12 to 24 words.
    ///
    /// A mnemonic stands for `m/44'/60'/0'/0/0` (Ethereum, as MetaMask's first account) or for the root key (sr25519,
    /// as Polkadot wallets do it without a derivation path).
    pub fn from_text(kind: KeyKind, text: &str) -> Result<Self, KeystoreError> {
        let text = text.trim();
        if text.split_whitespace().count() > 1 {
            return Self::from_mnemonic(kind, text);
        }
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(digits, bytes.as_mut())
            .map_err(|_| KeystoreError::InvalidSecret("it is neither 64 hexadecimal digits nor a mnemonic"))?;
        Self::from_bytes(kind, bytes.as_ref())
    }

    fn from_mnemonic(kind: KeyKind, phrase: &str) -> Result<Self, KeystoreError> {
        let mnemonic =
            Mnemonic::from_str(phrase).map_err(|_| KeystoreError::InvalidSecret("it is not a BIP-39 mnemonic"))?;
        match kind {
            KeyKind::Ethereum => {
                let pair = eth::Keypair::from_phrase(&mnemonic, None, DerivationPath::eth(0, 0))
                    .map_err(|_| KeystoreError::InvalidSecret("no key can be derived from this mnemonic"))?;
                let mut secret = pair.secret_key();
                let key = Self::from_bytes(kind, &secret);
                secret.zeroize();
                key
            }
            KeyKind::Sr25519 => {
                // Polkadot's variant of BIP-39 stretches the entropy, not the words.
                let (mut entropy, length) = mnemonic.to_entropy_array();
                let mut seed = Zeroizing::new([0; 64]);
                let stretched = pbkdf2::pbkdf2::<Hmac<Sha512>>(&entropy[..length], b"mnemonic", 2048, seed.as_mut());
                entropy.zeroize();
                stretched.map_err(|_| KeystoreError::InvalidSecret("no key can be derived from this mnemonic"))?;
                Self::from_bytes(kind, &seed[..32])
            }
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The 32 secret bytes, for encryption.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The key in the form that signs.
    pub fn signing_key(&self) -> Result<SigningKey, KeystoreError> {
        let invalid = KeystoreError::InvalidSecret("it is not a key of this kind");
        match self.kind {
            KeyKind::Ethereum => eth::Keypair::from_secret_key(*self.bytes)
                .map(SigningKey::Ethereum)
                .map_err(|_| invalid),
            KeyKind::Sr25519 => sr25519::Keypair::from_secret_key(*self.bytes)
                .map(SigningKey::Sr25519)
                .map_err(|_| invalid),
        }
    }
}

/// A key ready to sign transactions.
#[derive(Clone)]
pub enum SigningKey {
    /// Signs Ethereum transactions.
    Ethereum(eth::Keypair),
    /// Signs Substrate extrinsics.
    Sr25519(sr25519::Keypair),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey")
            .field(&self.kind())
            .field(&self.account())
            .finish()
    }
}

impl SigningKey {
    /// Which kind it is.
    pub fn kind(&self) -> KeyKind {
        match self {
            Self::Ethereum(_) => KeyKind::Ethereum,
            Self::Sr25519(_) => KeyKind::Sr25519,
        }
    }

    /// The account that it signs for.
    pub fn account(&self) -> Account {
        match self {
            Self::Ethereum(pair) => Account::from_ethereum(Address::from(pair.public_key().to_account_id().0)),
            Self::Sr25519(pair) => Account::new(pair.public_key().0),
        }
    }

    /// The public key: 65 bytes uncompressed (secp256k1) or 32 bytes (sr25519).
    pub fn public_key(&self) -> Vec<u8> {
        match self {
            Self::Ethereum(pair) => pair.public_key().0.to_vec(),
            Self::Sr25519(pair) => pair.public_key().0.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The phrase of Polkadot's development keys: public knowledge.
    const DEVELOPMENT_PHRASE: &str = subxt_signer::DEV_PHRASE;

    #[test]
    fn a_mnemonic_gives_the_key_that_wallets_give() {
        let ethereum = SecretKey::from_text(KeyKind::Ethereum, DEVELOPMENT_PHRASE).unwrap();
        assert_eq!(
            ethereum.signing_key().unwrap().account().to_string(),
            "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac"
        );
        let sr25519 = SecretKey::from_text(KeyKind::Sr25519, DEVELOPMENT_PHRASE).unwrap();
        // What `subkey inspect` says of the development phrase.
        assert_eq!(
            hex::encode(sr25519.bytes()),
            "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e"
        );
        assert_eq!(
            sr25519.signing_key().unwrap().account().to_string(),
            "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV"
        );
    }

    #[test]
    fn hexadecimal_is_read_with_and_without_prefix() {
        let digits = "5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133";
        for text in [digits.to_string(), format!("0x{digits}\n")] {
            let key = SecretKey::from_text(KeyKind::Ethereum, &text).unwrap();
            let account = key.signing_key().unwrap().account();
            assert_eq!(account.to_string(), "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let zero = "00".repeat(32);
        let wrong_checksum = DEVELOPMENT_PHRASE.replace("walk", "ozone");
        for text in ["", "0x12", &zero, &wrong_checksum, &"zz".repeat(32)] {
            let error = SecretKey::from_text(KeyKind::Ethereum, text).unwrap_err();
            assert!(matches!(error, KeystoreError::InvalidSecret(_)), "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let key = SecretKey::from_bytes(KeyKind::Sr25519, &[0xAB; 32]).unwrap();
        assert!(!format!("{key:?}").to_lowercase().contains("abab"));
        assert!(
            !format!("{:?}", key.signing_key().unwrap())
                .to_lowercase()
                .contains("abab")
        );
    }

    #[test]
    fn generated_keys_differ() {
        let one = SecretKey::generate(KeyKind::Ethereum).unwrap();
        let two = SecretKey::generate(KeyKind::Ethereum).unwrap();
        assert_ne!(one.bytes(), two.bytes());
    }
}
