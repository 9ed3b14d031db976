//! A policy's opening on its way to the grantee.

use std::{fs::File, io::Read as _, path::Path};

use alloy_core::primitives::{Address, B256, U256, keccak256};
use salus_core::consent::{Entry, policy_commitment};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{DecryptionKey, EncryptionKey, Envelope, VaultError};
use crate::{contracts::consent::Consent, openings::PolicyOpening};

/// The schema of the documents that this version writes and reads.
const SCHEMA_VERSION: u32 = 1;
/// What the document says it is.
const KIND: &str = "shared-opening";
/// The largest policy has a document of about 60 kB.
const MAX_LENGTH: u64 = 128 * 1024;

/// A consent registry on its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The hash of block 0.
    pub genesis: B256,
    /// The contract.
    pub contract: Address,
}

impl Place {
    /// That of a registry.
    pub fn of(registry: &Consent) -> Self {
        let contract = registry.contract();
        Self {
            chain_id: contract.chain().chain_id(),
            genesis: contract.chain().genesis_hash(),
            contract: contract.address(),
        }
    }
}

/// What an opening is bound to when it is shared: a consent on its chain, with what the contract holds of it. The
/// receiver takes it from the chain, not from the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where the consent is.
    pub place: Place,
    /// The consent.
    pub consent: B256,
    /// What the policy is committed to.
    pub commitment: B256,
    /// Whose data it is about.
    pub subject: B256,
    /// To whom consent is given.
    pub grantee: Address,
}

impl Binding {
    /// That of a consent that a registry holds.
    pub fn of(registry: &Consent, consent: B256, entry: &Entry) -> Self {
        Self {
            place: Place::of(registry),
            consent,
            commitment: entry.commitment.into(),
            subject: entry.subject.into(),
            grantee: entry.grantee.into(),
        }
    }

    /// HPKE's associated data.
    fn bytes(&self) -> Vec<u8> {
        [
            b"salus/shared-opening\x01".as_slice(),
            &U256::from(self.place.chain_id).to_be_bytes::<32>(),
            self.place.genesis.as_slice(),
            self.place.contract.as_slice(),
            self.consent.as_slice(),
            self.commitment.as_slice(),
            self.subject.as_slice(),
            self.grantee.as_slice(),
        ]
        .concat()
    }

    /// Whether an opening is that of the consent.
    ///
    /// # Errors
    /// [`VaultError::Mismatch`] with what differs.
    pub fn check(&self, opening: &PolicyOpening) -> Result<(), VaultError> {
        let keccak = |bytes: &[u8]| keccak256(bytes).0;
        let commitment = B256::from(policy_commitment(opening.salt.as_bytes(), &opening.policy, keccak));
        if commitment != self.commitment || opening.commitment != commitment {
            return Err(VaultError::Mismatch("commitment"));
        }
        if opening.subject != self.subject {
            return Err(VaultError::Mismatch("subject"));
        }
        if opening.grantee != self.grantee {
            return Err(VaultError::Mismatch("grantee"));
        }
        Ok(())
    }
}

/// The document that travels. It says in clear which consent it opens, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedOpening {
    schema_version: u32,
    kind: String,
    place: Place,
    /// The consent that it opens.
    pub consent: B256,
    envelope: Envelope,
}

impl SharedOpening {
    /// Seals an opening to its grantee's key.
    ///
    /// # Errors
    /// [`VaultError::Mismatch`] if it is not that of the consent; [`VaultError::EncryptionKey`].
    pub fn seal(binding: &Binding, opening: &PolicyOpening, to: &EncryptionKey) -> Result<Self, VaultError> {
        binding.check(opening)?;
        let message = Zeroizing::new(serde_json::to_vec(opening).expect("plain data always serialise"));
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            kind: KIND.into(),
            place: binding.place,
            consent: binding.consent,
            envelope: Envelope::seal(to, &binding.bytes(), &message)?,
        })
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`VaultError::Io`]; [`VaultError::Malformed`].
    pub fn from_file(path: &Path) -> Result<Self, VaultError> {
        let malformed = |reason: String| VaultError::Malformed {
            path: path.into(),
            reason,
        };
        let mut text = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_LENGTH + 1).read_to_end(&mut text))
            .map_err(|source| VaultError::Io {
                path: path.into(),
                source,
            })?;
        if text.len() as u64 > MAX_LENGTH {
            return Err(malformed(format!("it is longer than {MAX_LENGTH} bytes")));
        }
        let shared: Self = serde_json::from_slice(&text)
            .map_err(|error| malformed(format!("wrong at line {}, column {}", error.line(), error.column())))?;
        if shared.schema_version != SCHEMA_VERSION {
            let found = shared.schema_version;
            let reason = format!("its schema_version is {found}, this version reads {SCHEMA_VERSION}");
            return Err(malformed(reason));
        }
        if shared.kind != KIND {
            return Err(malformed(format!("it is not of kind `{KIND}`")));
        }
        Ok(shared)
    }

    /// Whether it says that it belongs here. [`Self::open`] asks again; before that, nothing on this chain is its consent.
    ///
    /// # Errors
    /// [`VaultError::Elsewhere`].
    pub fn check_place(&self, here: &Place) -> Result<(), VaultError> {
        let there = &self.place;
        let differences = [
            ("chain_id", there.chain_id.to_string(), here.chain_id.to_string()),
            ("genesis", there.genesis.to_string(), here.genesis.to_string()),
            ("contract", there.contract.to_string(), here.contract.to_string()),
        ];
        match differences.into_iter().find(|(_, found, expected)| found != expected) {
            Some((field, found, expected)) => Err(VaultError::Elsewhere { field, found, expected }),
            None => Ok(()),
        }
    }

    /// Opens it, and makes sure that what is in it is the consent's opening.
    ///
    /// # Errors
    /// [`VaultError::Elsewhere`]; [`VaultError::NotOpened`]; [`VaultError::Mismatch`].
    pub fn open(&self, binding: &Binding, key: &DecryptionKey) -> Result<PolicyOpening, VaultError> {
        self.check_place(&binding.place)?;
        let message = self.envelope.open(key, &binding.bytes())?;
        let opening = serde_json::from_slice(&message).map_err(|_| VaultError::Mismatch("form"))?;
        binding.check(&opening)?;
        Ok(opening)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::fhir::Salt;

    fn key(byte: u8) -> DecryptionKey {
        DecryptionKey::from_bytes(Zeroizing::new([byte; 32]))
    }

    fn opening() -> PolicyOpening {
        let (salt, policy) = (Salt::from_bytes([0xab; 32]), vec![1, 2, 3]);
        let commitment = policy_commitment(salt.as_bytes(), &policy, |bytes| keccak256(bytes).0).into();
        PolicyOpening {
            commitment,
            salt,
            policy,
            subject: B256::repeat_byte(2),
            grantee: Address::repeat_byte(3),
        }
    }

    fn binding() -> Binding {
        Binding {
            place: Place {
                chain_id: 420_420_420,
                genesis: B256::repeat_byte(4),
                contract: Address::repeat_byte(5),
            },
            consent: B256::repeat_byte(6),
            commitment: opening().commitment,
            subject: opening().subject,
            grantee: opening().grantee,
        }
    }

    fn shared() -> SharedOpening {
        SharedOpening::seal(&binding(), &opening(), &key(1).encryption_key()).unwrap()
    }

    #[test]
    fn the_grantee_opens_what_was_shared() {
        let opened = shared().open(&binding(), &key(1)).unwrap();
        assert_eq!((opened.salt, opened.policy), (opening().salt, opening().policy));
        let text = serde_json::to_string(&shared()).unwrap();
        for private in ["abab", &binding().subject.to_string(), &binding().grantee.to_string()] {
            assert!(!text.contains(private), "{private}");
        }
    }

    #[test]
    fn the_wrong_key_opens_nothing() {
        assert!(matches!(shared().open(&binding(), &key(2)), Err(VaultError::NotOpened)));
    }

    #[test]
    fn an_envelope_for_another_chain_or_contract_is_named_as_such() {
        let here = binding().place;
        for (field, place) in [
            ("chain_id", Place { chain_id: 1, ..here }),
            (
                "genesis",
                Place {
                    genesis: B256::ZERO,
                    ..here
                },
            ),
            (
                "contract",
                Place {
                    contract: Address::ZERO,
                    ..here
                },
            ),
        ] {
            let there = Binding { place, ..binding() };
            let error = shared().open(&there, &key(1)).unwrap_err();
            assert!(
                matches!(error, VaultError::Elsewhere { field: named, .. } if named == field),
                "{error}"
            );
            // Rewriting what it says helps nobody: the ciphertext is bound to it.
            let rewritten = SharedOpening { place, ..shared() };
            assert!(
                matches!(rewritten.open(&there, &key(1)), Err(VaultError::NotOpened)),
                "{field}"
            );
        }
    }

    #[test]
    fn an_envelope_for_another_consent_grantee_subject_or_commitment_is_not_opened() {
        let here = binding();
        for there in [
            Binding {
                consent: B256::ZERO,
                ..here.clone()
            },
            Binding {
                grantee: Address::ZERO,
                ..here.clone()
            },
            Binding {
                subject: B256::ZERO,
                ..here.clone()
            },
            Binding {
                commitment: B256::ZERO,
                ..here.clone()
            },
        ] {
            assert!(matches!(shared().open(&there, &key(1)), Err(VaultError::NotOpened)));
        }
    }

    #[test]
    fn an_opening_of_something_else_is_neither_sealed_nor_taken() {
        let mut other = opening();
        other.policy = vec![9];
        let mut elsewhere = opening();
        elsewhere.grantee = Address::ZERO;
        let mut strange = opening();
        strange.subject = B256::ZERO;
        for (wrong, what) in [(other, "commitment"), (elsewhere, "grantee"), (strange, "subject")] {
            let to = key(1).encryption_key();
            let error = SharedOpening::seal(&binding(), &wrong, &to).unwrap_err();
            assert!(matches!(error, VaultError::Mismatch(found) if found == what), "{error}");
            // A sender who does not ask gets no further.
            let mut forged = shared();
            let message = serde_json::to_vec(&wrong).unwrap();
            forged.envelope = Envelope::seal(&to, &binding().bytes(), &message).unwrap();
            let error = forged.open(&binding(), &key(1)).unwrap_err();
            assert!(matches!(error, VaultError::Mismatch(found) if found == what), "{error}");
        }
    }

    #[test]
    fn a_truncated_or_foreign_document_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("shared.json");
        let text = serde_json::to_string(&shared()).unwrap();
        fs::write(&path, &text).unwrap();
        assert_eq!(SharedOpening::from_file(&path).unwrap(), shared_from(&text));
        for changed in [
            text[..text.len() - 40].to_owned(),
            String::new(),
            text.replace("\"schema_version\":1", "\"schema_version\":2"),
            text.replace(KIND, "policy"),
            text.replace("\"consent\"", "\"konsent\""),
            format!("{text}{}", " ".repeat(200_000)),
        ] {
            fs::write(&path, changed).unwrap();
            assert!(matches!(
                SharedOpening::from_file(&path),
                Err(VaultError::Malformed { .. })
            ));
        }
        let missing = directory.path().join("missing.json");
        assert!(matches!(SharedOpening::from_file(&missing), Err(VaultError::Io { .. })));
    }

    fn shared_from(text: &str) -> SharedOpening {
        serde_json::from_str(text).unwrap()
    }

    /// What an earlier version of this program, or another program, wrote.
    #[test]
    fn the_golden_envelope_is_opened() {
        let text = include_str!("../../tests/fixtures/shared-opening-v1.json");
        let opened = shared_from(text).open(&binding(), &key(1)).unwrap();
        assert_eq!((opened.salt, opened.policy), (opening().salt, opening().policy));
    }
}
