//! From the secret to relationships. HKDF-SHA256 (RFC 5869) keeps subjects, controllers and encryption keys apart from each
//! other, and one relationship from the next: who knows all of one learns nothing of another.

use alloy_core::primitives::B256;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::WalletError;
use crate::{
    keystore::{KeyKind, SecretKey},
    vault::DecryptionKey,
};

/// The largest number of a relationship.
pub const MAX_INDEX: u32 = (1 << 31) - 1;

/// HKDF's salt when it extracts.
const SALT: &[u8] = b"salus/wallet";
/// The version of the derivation, a part of every `info`.
const VERSION: u8 = 1;

/// A relationship with one grantee: nothing in it, public or secret, shows that another one is of the same wallet.
#[derive(Debug)]
pub struct Relationship {
    /// Its number in the wallet, which is nobody else's business.
    pub index: u32,
    /// What the patient is called on chain.
    pub subject: B256,
    /// The secp256k1 key of the account that controls the subject.
    pub controller: SecretKey,
    /// The X25519 key that opens what is sealed for this relationship.
    pub encryption: DecryptionKey,
}

pub(super) fn relationship(entropy: &[u8; 32], index: u32) -> Result<Relationship, WalletError> {
    if index > MAX_INDEX {
        return Err(WalletError::Full);
    }
    let root = Hkdf::<Sha256>::new(Some(SALT), entropy);
    let expand = |purpose: &[u8], tail: &[u8]| {
        let info = [purpose, &[VERSION], &index.to_be_bytes(), tail];
        let mut bytes = Zeroizing::new([0; 32]);
        root.expand_multi_info(&info, bytes.as_mut())
            .expect("32 bytes are one block of SHA-256");
        bytes
    };
    Ok(Relationship {
        index,
        subject: B256::from(*expand(b"salus/subject", &[])),
        controller: first_scalar(|counter| expand(b"salus/controller", &[counter])),
        encryption: DecryptionKey::from_bytes(expand(b"salus/encryption", &[])),
    })
}

/// The first candidate that is a secret key of secp256k1: not zero, and below the group's order.
fn first_scalar(candidate: impl Fn(u8) -> Zeroizing<[u8; 32]>) -> SecretKey {
    (0..=u8::MAX)
        .find_map(|counter| SecretKey::from_bytes(KeyKind::Ethereum, candidate(counter).as_slice()).ok())
        .expect("a candidate is out of range once in 2^127 times: never 256 in a row")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde::Deserialize;

    use super::*;
    use crate::wallet::Wallet;

    /// Made by another implementation.
    const GOLDEN: &str = include_str!("../../tests/fixtures/wallet-v1.json");

    #[derive(Deserialize)]
    struct Golden {
        version: u8,
        wallets: Vec<GoldenWallet>,
    }

    #[derive(Deserialize)]
    struct GoldenWallet {
        mnemonic: String,
        entropy: B256,
        relationships: Vec<GoldenRelationship>,
    }

    #[derive(Deserialize)]
    struct GoldenRelationship {
        index: u32,
        subject: B256,
        controller_secret: B256,
        controller_public_key: String,
        controller: String,
        encryption_secret: B256,
        encryption_key: String,
    }

    #[test]
    fn the_golden_vectors_are_derived() {
        let golden: Golden = serde_json::from_str(GOLDEN).unwrap();
        assert_eq!(golden.version, VERSION);
        for golden in golden.wallets {
            let wallet = Wallet::from_mnemonic(&golden.mnemonic).unwrap();
            assert_eq!(*wallet.mnemonic(), golden.mnemonic);
            for expected in golden.relationships {
                let found = wallet.derive(expected.index).unwrap();
                assert_eq!(
                    relationship(&golden.entropy, expected.index).unwrap().subject,
                    expected.subject
                );
                assert_eq!(found.subject, expected.subject);
                let key = found.controller.signing_key().unwrap();
                let public_key = format!("0x{}", hex::encode(key.public_key()));
                assert_eq!(public_key, expected.controller_public_key);
                assert_eq!(key.account().to_string(), expected.controller);
                let secret = SecretKey::from_bytes(KeyKind::Ethereum, expected.controller_secret.as_slice()).unwrap();
                assert_eq!(secret.signing_key().unwrap().account(), key.account());
                assert_eq!(found.encryption.encryption_key().to_string(), expected.encryption_key);
                let secret = DecryptionKey::from_bytes(Zeroizing::new(expected.encryption_secret.0));
                assert_eq!(secret.encryption_key(), found.encryption.encryption_key());
            }
        }
    }

    #[test]
    fn a_candidate_out_of_range_is_passed_over() {
        const ORDER: [u8; 32] = [
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae,
            0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
        ];
        let candidates = [[0xff; 32], ORDER, [0; 32], [7; 32], [8; 32]];
        let found = first_scalar(|counter| Zeroizing::new(candidates[usize::from(counter)]));
        let seven = SecretKey::from_bytes(KeyKind::Ethereum, &[7; 32]).unwrap();
        let account = |key: &SecretKey| key.signing_key().unwrap().account();
        assert_eq!(account(&found), account(&seven));
    }

    /// All that others see of a relationship: subject, address, and the two public keys without their fixed first byte.
    fn shown(relationship: &Relationship) -> [Vec<u8>; 4] {
        let key = relationship.controller.signing_key().unwrap();
        [
            relationship.subject.to_vec(),
            key.account().address().to_vec(),
            key.public_key()[1..].to_vec(),
            relationship.encryption.encryption_key().bytes().to_vec(),
        ]
    }

    #[test]
    fn two_relationships_share_no_four_bytes() {
        let mut seen = HashSet::new();
        let spread = (0..200).chain((8..31).map(|bit| 1 << bit)).chain([MAX_INDEX]);
        for index in spread {
            let relationship = relationship(&[0x7f; 32], index).unwrap();
            for window in shown(&relationship).iter().flat_map(|bytes| bytes.chunks_exact(4)) {
                assert!(
                    seen.insert(window.to_vec()),
                    "relationship {index} shares {window:02x?}"
                );
            }
        }
        // Nor is there anything in common with the numbers themselves.
        assert!((0..200_u32).all(|index| !seen.contains(index.to_be_bytes().as_slice())));
    }

    #[test]
    fn each_bit_that_is_shown_is_as_often_one_as_zero() {
        const COUNT: u32 = 2048;
        // Six standard deviations of a fair coin: sqrt(n) / 2 each.
        let margin = 6.0 * f64::from(COUNT).sqrt() / 2.0;
        let mut ones = vec![0_u32; 8 * (32 + 20 + 64 + 32)];
        for index in 0..COUNT {
            let bytes = shown(&relationship(&[0; 32], index).unwrap()).concat();
            for (position, count) in ones.iter_mut().enumerate() {
                *count += u32::from(bytes[position / 8] >> (7 - position % 8) & 1);
            }
        }
        // The highest bit of an X25519 key is always 0 (RFC 7748, section 5).
        let fixed = ones.len() - 8;
        for (position, count) in ones.into_iter().enumerate() {
            if position == fixed {
                assert_eq!(count, 0);
            } else {
                let off = (f64::from(count) - f64::from(COUNT) / 2.0).abs();
                assert!(off < margin, "bit {position} is one {count} times of {COUNT}");
            }
        }
    }
}
