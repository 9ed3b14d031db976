//! Envelopes: RFC 9180 (HPKE) in its base mode, to one X25519 key, for one message.

use std::{fmt, str::FromStr};

use alloy_core::primitives::B256;
use hpke::{
    Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256, single_shot_open, single_shot_seal,
};
use rand::{
    RngCore as _, SeedableRng as _,
    rngs::{OsRng, StdRng},
};
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::VaultError;
use crate::keystore::KeystoreError;

type Kem = X25519HkdfSha256;
type PublicKey = <Kem as hpke::Kem>::PublicKey;
type PrivateKey = <Kem as hpke::Kem>::PrivateKey;

/// The algorithms, by the names of RFC 9180, section 7: KEM, KDF, AEAD.
const SUITE: [&str; 3] = ["DHKEM(X25519, HKDF-SHA256)", "HKDF-SHA256", "ChaCha20Poly1305"];
const SUITE_IN_WORDS: &str = "DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305";

/// HPKE's `info`: it keeps Salus's envelopes apart from whatever else the key may open.
const INFO: &[u8] = b"salus/envelope\x01";

/// The public half of an X25519 key: to whom an envelope is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncryptionKey(B256);

/// The secret half of an X25519 key. It is never shown, and wiped when it is dropped.
pub struct DecryptionKey(Zeroizing<[u8; 32]>);

/// A ciphertext for one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    kem: String,
    kdf: String,
    aead: String,
    /// The encapsulated key.
    enc: B256,
    #[serde(with = "hex::serde")]
    ciphertext: Vec<u8>,
}

impl EncryptionKey {
    /// The key with these 32 bytes (RFC 7748, section 5).
    pub const fn new(bytes: B256) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> B256 {
        self.0
    }
}

impl FromStr for EncryptionKey {
    type Err = VaultError;

    fn from_str(text: &str) -> Result<Self, VaultError> {
        let digits = text.strip_prefix("0x").ok_or(VaultError::EncryptionKey)?;
        let mut bytes = B256::ZERO;
        hex::decode_to_slice(digits, bytes.as_mut_slice()).map_err(|_| VaultError::EncryptionKey)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for EncryptionKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DecryptionKey").field(&self.encryption_key()).finish()
    }
}

impl DecryptionKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    /// [`VaultError::Keystore`] if there is none.
    pub fn generate() -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0; 32]);
        OsRng.try_fill_bytes(bytes.as_mut()).map_err(no_randomness)?;
        Ok(Self(bytes))
    }

    /// The key with these 32 bytes. Any will do: which bits count is settled when they are used (RFC 7748, section 5).
    pub const fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The secret bytes, for encryption.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public half.
    pub fn encryption_key(&self) -> EncryptionKey {
        EncryptionKey(B256::from_slice(&Kem::sk_to_pk(&self.private()).to_bytes()))
    }

    fn private(&self) -> PrivateKey {
        PrivateKey::from_bytes(self.0.as_slice()).expect("any 32 bytes are an X25519 secret")
    }
}

impl Envelope {
    /// Seals a message to a key. Whoever opens it has to know `associated`, which is not in it.
    ///
    /// # Errors
    /// [`VaultError::EncryptionKey`] for a point that would give no secret; [`VaultError::Keystore`] without randomness.
    pub fn seal(to: &EncryptionKey, associated: &[u8], message: &[u8]) -> Result<Self, VaultError> {
        let public = PublicKey::from_bytes(to.0.as_slice()).map_err(|_| VaultError::EncryptionKey)?;
        // The operating system is asked once, where it may refuse; what HPKE draws from cannot.
        let mut random = StdRng::from_rng(OsRng).map_err(no_randomness)?;
        let (enc, ciphertext) = single_shot_seal::<ChaCha20Poly1305, HkdfSha256, Kem, _>(
            &OpModeS::Base,
            &public,
            INFO,
            message,
            associated,
            &mut random,
        )
        .map_err(|_| VaultError::EncryptionKey)?;
        let [kem, kdf, aead] = SUITE.map(str::to_owned);
        Ok(Self {
            kem,
            kdf,
            aead,
            enc: B256::from_slice(&enc.to_bytes()),
            ciphertext,
        })
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`VaultError::Algorithm`]; [`VaultError::NotOpened`] if the key or `associated` is another one, or the envelope was
    /// changed.
    pub fn open(&self, key: &DecryptionKey, associated: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if [&self.kem, &self.kdf, &self.aead] != SUITE {
            return Err(VaultError::Algorithm {
                found: format!("{}, {}, {}", self.kem, self.kdf, self.aead),
                expected: SUITE_IN_WORDS,
            });
        }
        let enc =
            <Kem as hpke::Kem>::EncappedKey::from_bytes(self.enc.as_slice()).map_err(|_| VaultError::NotOpened)?;
        single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeR::Base,
            &key.private(),
            &enc,
            INFO,
            &self.ciphertext,
            associated,
        )
        .map(Zeroizing::new)
        .map_err(|_| VaultError::NotOpened)
    }
}

fn no_randomness(error: rand::Error) -> VaultError {
    KeystoreError::Randomness(error.to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> DecryptionKey {
        DecryptionKey::from_bytes(Zeroizing::new([byte; 32]))
    }

    fn sealed() -> Envelope {
        Envelope::seal(&key(1).encryption_key(), b"bound to", b"message").unwrap()
    }

    #[test]
    fn a_public_half_is_that_of_rfc_7748() {
        // Section 6.1: Bob's key.
        let secret = hex::decode("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb").unwrap();
        let key = DecryptionKey::from_bytes(Zeroizing::new(secret.try_into().unwrap()));
        assert_eq!(
            key.encryption_key().to_string(),
            "0xde9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
        );
    }

    #[test]
    fn what_is_sealed_is_opened_after_json() {
        let json = serde_json::to_string(&sealed()).unwrap();
        let read: Envelope = serde_json::from_str(&json).unwrap();
        assert_eq!(*read.open(&key(1), b"bound to").unwrap(), b"message");
        assert!(!json.contains(&hex::encode("message")));
    }

    #[test]
    fn the_same_message_is_sealed_differently_each_time() {
        let (one, two) = (sealed(), sealed());
        assert_ne!(one.enc, two.enc);
        assert_ne!(one.ciphertext, two.ciphertext);
    }

    #[test]
    fn another_key_or_another_binding_opens_nothing() {
        for (key, associated) in [(key(2), &b"bound to"[..]), (key(1), b"bound t0"), (key(1), b"")] {
            assert!(matches!(sealed().open(&key, associated), Err(VaultError::NotOpened)));
        }
    }

    #[test]
    fn every_changed_byte_is_found_out() {
        let whole = sealed();
        for i in 0..whole.ciphertext.len() {
            let mut changed = whole.clone();
            changed.ciphertext[i] ^= 1;
            assert!(
                matches!(changed.open(&key(1), b"bound to"), Err(VaultError::NotOpened)),
                "{i}"
            );
        }
        for length in 0..whole.ciphertext.len() {
            let mut cut = whole.clone();
            cut.ciphertext.truncate(length);
            assert!(
                matches!(cut.open(&key(1), b"bound to"), Err(VaultError::NotOpened)),
                "{length}"
            );
        }
        let mut other = whole;
        other.enc[0] ^= 1;
        assert!(matches!(other.open(&key(1), b"bound to"), Err(VaultError::NotOpened)));
    }

    #[test]
    fn other_algorithms_are_named() {
        let mut other = sealed();
        other.aead = "AES-128-GCM".into();
        let error = other.open(&key(1), b"bound to").unwrap_err();
        assert!(error.to_string().contains("AES-128-GCM"), "{error}");
    }

    #[test]
    fn a_point_without_a_secret_is_no_key() {
        // The points of low order: a shared secret with them is all zeros (RFC 7748, section 6.1).
        let mut one = B256::ZERO;
        one[0] = 1;
        for bytes in [B256::ZERO, one] {
            let error = Envelope::seal(&EncryptionKey::new(bytes), b"", b"m").unwrap_err();
            assert!(matches!(error, VaultError::EncryptionKey), "{bytes}");
        }
        for text in ["", "0x", "0x12", &"ab".repeat(32), &format!("0x{}", "zz".repeat(32))] {
            assert!(
                matches!(text.parse::<EncryptionKey>(), Err(VaultError::EncryptionKey)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let shown = format!("{:?}", key(0xAB));
        assert!(!shown.contains("abab"), "{shown}");
    }
}
