//! The encryption of [Web3 Secret Storage], version 3: AES-128-CTR under a key derived by scrypt or PBKDF2,
//! authenticated by keccak-256.
//!
//! [Web3 Secret Storage]: https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage

use aes::cipher::{KeyIvInit, StreamCipher};
use alloy_core::primitives::{B256, Keccak256};
use hmac::Hmac;
use rand::{RngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::scrypt_small_block::derive_with_block_size_1;

/// The `crypto` object of a key file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    #[serde(with = "hex::serde")]
    ciphertext: Vec<u8>,
    #[serde(flatten)]
    kdf: Kdf,
    #[serde(with = "hex::serde")]
    mac: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CipherParams {
    #[serde(with = "hex::serde")]
    iv: [u8; 16],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kdf", content = "kdfparams", rename_all = "lowercase")]
enum Kdf {
    Scrypt {
        n: u64,
        r: u32,
        p: u32,
        dklen: usize,
        #[serde(with = "hex::serde")]
        salt: Vec<u8>,
    },
    Pbkdf2 {
        c: u32,
        prf: String,
        dklen: usize,
        #[serde(with = "hex::serde")]
        salt: Vec<u8>,
    },
}

/// How much work scrypt makes of guessing a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The binary logarithm of `n`; memory is `128 * r * n` bytes.
    pub log_n: u8,
    /// The block size.
    pub r: u32,
    /// The parallelism.
    pub p: u32,
}

impl Cost {
    /// What OWASP recommends for scrypt: 128 MiB, under a second.
    pub const STANDARD: Self = Self { log_n: 17, r: 8, p: 1 };
}

/// Why a key was not decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecryptError {
    /// The password is wrong, or the file was changed: the two look the same.
    #[error("wrong password, or the file is damaged")]
    WrongPassword,
    /// A cipher or function that the standard does not have, or parameters that make no sense.
    #[error("{0}")]
    Unsupported(String),
}

/// A file may ask for this much memory and no more: a hostile one could else exhaust the machine.
const MAX_SCRYPT_MEMORY: u64 = 1 << 30;
/// The same for time.
const MAX_SCRYPT_PARALLELISM: u32 = 16;
const MAX_PBKDF2_ITERATIONS: u32 = 10_000_000;

impl Crypto {
    /// Encrypts `secret` under `password`.
    pub(super) fn encrypt(secret: &[u8], password: &[u8], cost: Cost) -> Result<Self, rand::Error> {
        let mut salt = vec![0; 32];
        let mut iv = [0; 16];
        OsRng.try_fill_bytes(&mut salt)?;
        OsRng.try_fill_bytes(&mut iv)?;
        let kdf = Kdf::Scrypt {
            n: 1 << cost.log_n,
            r: cost.r,
            p: cost.p,
            dklen: 32,
            salt,
        };
        let key = kdf
            .derive(password)
            .expect("the parameters are our own and within the limits");
        let mut ciphertext = secret.to_vec();
        apply_keystream(&key, &iv, &mut ciphertext);
        let mac = mac(&key, &ciphertext).0;
        Ok(Self {
            cipher: "aes-128-ctr".into(),
            cipherparams: CipherParams { iv },
            ciphertext,
            kdf,
            mac,
        })
    }

    /// Decrypts the secret.
    pub(super) fn decrypt(&self, password: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        if self.cipher != "aes-128-ctr" {
            return Err(DecryptError::Unsupported(format!(
                "cipher `{}` is not supported",
                self.cipher
            )));
        }
        let key = self.kdf.derive(password)?;
        if mac(&key, &self.ciphertext).0 != self.mac {
            return Err(DecryptError::WrongPassword);
        }
        let mut secret = Zeroizing::new(self.ciphertext.clone());
        apply_keystream(&key, &self.cipherparams.iv, &mut secret);
        Ok(secret)
    }
}

impl Kdf {
    /// The derived key. More than 32 bytes may be asked for; what follows them is not used by the standard.
    fn derive(&self, password: &[u8]) -> Result<Zeroizing<[u8; 32]>, DecryptError> {
        let refuse = |what: &str| Err(DecryptError::Unsupported(what.into()));
        let (Self::Scrypt { dklen, .. } | Self::Pbkdf2 { dklen, .. }) = self;
        if !(32..=64).contains(dklen) {
            return refuse("dklen is not 32 to 64");
        }
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Self::Scrypt { n, r, p, salt, .. } => {
                let memory = n.checked_mul(128 * u64::from(*r)).unwrap_or(u64::MAX);
                if !n.is_power_of_two() || *n < 2 || memory > MAX_SCRYPT_MEMORY || *p > MAX_SCRYPT_PARALLELISM {
                    return refuse("the scrypt parameters are invalid or beyond 1 GiB");
                }
                let log_n = u8::try_from(n.ilog2()).expect("a binary logarithm of 64 bits is at most 63");
                match scrypt::Params::new(log_n, *r, *p, 32) {
                    Ok(params) => {
                        scrypt::scrypt(password, salt, &params, key.as_mut()).expect("32 bytes is a valid length");
                    }
                    Err(_) if *r == 1 && *p > 0 => {
                        key = derive_with_block_size_1(password, salt, 1 << log_n, *p as usize);
                    }
                    Err(_) => return refuse("the scrypt parameters are invalid"),
                }
            }
            Self::Pbkdf2 { c, prf, salt, .. } => {
                if prf != "hmac-sha256" || *c == 0 || *c > MAX_PBKDF2_ITERATIONS {
                    return refuse("the PBKDF2 parameters are invalid or beyond 10,000,000 iterations");
                }
                pbkdf2::pbkdf2::<Hmac<Sha256>>(password, salt, *c, key.as_mut())
                    .expect("HMAC takes keys of any length");
            }
        }
        Ok(key)
    }
}

fn apply_keystream(key: &[u8; 32], iv: &[u8; 16], data: &mut [u8]) {
    let key = aes::cipher::Key::<aes::Aes128>::from_slice(&key[..16]);
    ctr::Ctr128BE::<aes::Aes128>::new(key, iv.into()).apply_keystream(data);
}

fn mac(key: &[u8; 32], ciphertext: &[u8]) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(&key[16..]);
    hasher.update(ciphertext);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Cost = Cost { log_n: 4, r: 8, p: 1 };

    /// The test vectors of the Web3 Secret Storage definition.
    const VECTOR_PASSWORD: &[u8] = b"testpassword";
    const VECTOR_SECRET: &str = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
    const VECTOR_PBKDF2: &str = r#"{
        "cipher": "aes-128-ctr", "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf": "pbkdf2", "kdfparams": {"c": 262144, "dklen": 32, "prf": "hmac-sha256",
            "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"}"#;
    const VECTOR_SCRYPT: &str = r#"{
        "cipher": "aes-128-ctr", "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
        "kdf": "scrypt", "kdfparams": {"dklen": 32, "n": 262144, "p": 8, "r": 1,
            "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"}"#;

    #[test]
    fn the_standards_test_vectors_are_decrypted() {
        for vector in [VECTOR_PBKDF2, VECTOR_SCRYPT] {
            let crypto: Crypto = serde_json::from_str(vector).unwrap();
            assert_eq!(hex::encode(crypto.decrypt(VECTOR_PASSWORD).unwrap()), VECTOR_SECRET);
            assert_eq!(
                crypto.decrypt(b"testpasswore").unwrap_err(),
                DecryptError::WrongPassword
            );
        }
    }

    #[test]
    fn what_is_encrypted_is_decrypted_after_json() {
        let crypto = Crypto::encrypt(&[7; 32], b"correct horse", LIGHT).unwrap();
        let json = serde_json::to_string(&crypto).unwrap();
        let read: Crypto = serde_json::from_str(&json).unwrap();
        assert_eq!(*read.decrypt(b"correct horse").unwrap(), [7; 32]);
        assert_eq!(read.decrypt(b"").unwrap_err(), DecryptError::WrongPassword);
    }

    #[test]
    fn salt_and_iv_are_fresh_each_time() {
        let encrypt = || Crypto::encrypt(&[7; 32], b"p", LIGHT).unwrap();
        assert_ne!(encrypt().ciphertext, encrypt().ciphertext);
    }

    #[test]
    fn a_changed_ciphertext_is_detected() {
        let mut crypto = Crypto::encrypt(&[7; 32], b"p", LIGHT).unwrap();
        crypto.ciphertext[31] ^= 1;
        assert_eq!(crypto.decrypt(b"p").unwrap_err(), DecryptError::WrongPassword);
    }

    #[test]
    fn parameters_that_would_exhaust_the_machine_are_refused() {
        let changed = |from: &str, to: &str| {
            let crypto: Crypto = serde_json::from_str(&VECTOR_SCRYPT.replace(from, to)).unwrap();
            crypto.decrypt(VECTOR_PASSWORD).unwrap_err()
        };
        for (from, to) in [
            ("262144", "1099511627776"),
            ("262144", "262143"),
            ("262144", "0"),
            (r#""r": 1"#, r#""r": 4294967295"#),
            (r#""p": 8"#, r#""p": 100000"#),
            (r#""dklen": 32"#, r#""dklen": 16"#),
            ("aes-128-ctr", "aes-128-cbc"),
        ] {
            assert!(matches!(changed(from, to), DecryptError::Unsupported(_)), "{to}");
        }
        let crypto: Crypto = serde_json::from_str(&VECTOR_PBKDF2.replace("262144", "4294967295")).unwrap();
        assert!(matches!(
            crypto.decrypt(VECTOR_PASSWORD).unwrap_err(),
            DecryptError::Unsupported(_)
        ));
    }
}
