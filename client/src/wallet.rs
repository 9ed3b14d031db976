//! The wallet: one secret, and from it a subject, a controller and an encryption key for each relationship.
//!
//! A patient appears on chain under another subject in each relationship, controlled by another account, so that nobody can tell
//! that two of them are one person. All are derived from one mnemonic, by number, and so can be found again from the mnemonic
//! alone; `docs/wallet.md` says how, byte by byte. Whoever only receives, a provider say, has a wallet for its encryption keys.

mod derive;
mod error;
mod mnemonic;
mod store;

use std::{collections::BTreeMap, fmt, str::FromStr};

use alloy_core::primitives::B256;
use rand::{RngCore as _, rngs::OsRng};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use derive::{MAX_INDEX, Relationship};
pub use error::WalletError;
pub use store::{Listed, Wallets};

use crate::keystore::{self, KeystoreError};

/// The prefix that tells a wallet's relationship from a stored key.
const PREFIX: &str = "wallet:";
/// The longest label, in characters.
const MAX_LABEL: usize = 64;

/// A relationship as it is named where a key is: `wallet:NAME/INDEX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationshipName {
    /// The wallet.
    pub wallet: String,
    /// The relationship's number.
    pub index: u32,
}

impl RelationshipName {
    /// Whether a text is meant as one.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with(PREFIX)
    }
}

impl FromStr for RelationshipName {
    type Err = WalletError;

    fn from_str(text: &str) -> Result<Self, WalletError> {
        let parse = || {
            let (wallet, digits) = text.strip_prefix(PREFIX)?.split_once('/')?;
            let index: u32 = digits.parse().ok()?;
            // One name for one relationship: no `+7`, no `007`.
            (keystore::is_name(wallet) && index <= MAX_INDEX && index.to_string() == digits).then(|| Self {
                wallet: wallet.into(),
                index,
            })
        };
        parse().ok_or_else(|| WalletError::Reference(text.into()))
    }
}

/// A wallet whose secret is in memory. It is wiped when it is dropped, and never shown.
pub struct Wallet {
    /// What the mnemonic says, and all there is to the secret.
    entropy: Zeroizing<[u8; 32]>,
    /// How many relationships there are, numbered from 0; `None` if that is not known.
    count: Option<u32>,
    /// Whom a relationship is with, in the owner's words. They stay in the wallet's file.
    labels: BTreeMap<u32, String>,
}

impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wallet")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// What is encrypted in a wallet's file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    entropy: B256,
    relationships: Option<u32>,
    labels: BTreeMap<u32, String>,
}

impl Wallet {
    /// A new wallet, without relationships.
    ///
    /// # Errors
    /// [`WalletError::Key`] if the operating system gives no randomness.
    pub fn generate() -> Result<Self, WalletError> {
        let mut entropy = Zeroizing::new([0; 32]);
        OsRng
            .try_fill_bytes(entropy.as_mut())
            .map_err(|error| KeystoreError::Randomness(error.to_string()))?;
        Ok(Self {
            entropy,
            count: Some(0),
            labels: BTreeMap::new(),
        })
    }

    /// The wallet of a mnemonic: 24 words of BIP-39's English list. Which relationships it has is not known.
    ///
    /// # Errors
    /// [`WalletError::Mnemonic`]
    pub fn from_mnemonic(phrase: &str) -> Result<Self, WalletError> {
        Ok(Self {
            entropy: mnemonic::parse(phrase)?,
            count: None,
            labels: BTreeMap::new(),
        })
    }

    /// The mnemonic, from which alone everything can be found again.
    pub fn mnemonic(&self) -> Zeroizing<String> {
        mnemonic::write(&self.entropy)
    }

    /// Derives a relationship, whether it was begun or not.
    ///
    /// # Errors
    /// [`WalletError::Full`] beyond [`MAX_INDEX`].
    pub fn derive(&self, index: u32) -> Result<Relationship, WalletError> {
        derive::relationship(&self.entropy, index)
    }

    /// A relationship that was begun.
    ///
    /// # Errors
    /// [`WalletError::Unused`]; [`WalletError::NotRecovered`].
    pub fn relationship(&self, index: u32) -> Result<Relationship, WalletError> {
        match self.count.ok_or(WalletError::NotRecovered)? {
            count if index < count => self.derive(index),
            count => Err(WalletError::Unused { index, count }),
        }
    }

    /// How many relationships there are, numbered from 0.
    ///
    /// # Errors
    /// [`WalletError::NotRecovered`] if that is not known.
    pub fn count(&self) -> Result<u32, WalletError> {
        self.count.ok_or(WalletError::NotRecovered)
    }

    /// Begins the next relationship; answers its number.
    ///
    /// # Errors
    /// [`WalletError::NotRecovered`], [`WalletError::Full`], [`WalletError::Label`], [`WalletError::LabelTaken`].
    pub fn begin(&mut self, label: Option<String>) -> Result<u32, WalletError> {
        let index = self.count()?;
        if index > MAX_INDEX {
            return Err(WalletError::Full);
        }
        if let Some(label) = label {
            let length = label.chars().count();
            if length == 0 || length > MAX_LABEL || label.chars().any(char::is_control) {
                return Err(WalletError::Label);
            }
            if let Ok(taken) = self.labelled(&label) {
                return Err(WalletError::LabelTaken(taken));
            }
            self.labels.insert(index, label);
        }
        self.count = Some(index + 1);
        Ok(index)
    }

    /// Notes that relationships were found, the first `found` numbers at least. None is given up for it.
    pub fn recover(&mut self, found: u32) {
        self.count = Some(self.count.unwrap_or(0).max(found));
    }

    /// The label of a relationship.
    pub fn label(&self, index: u32) -> Option<&str> {
        self.labels.get(&index).map(String::as_str)
    }

    /// The relationship with a label.
    ///
    /// # Errors
    /// [`WalletError::UnknownLabel`]
    pub fn labelled(&self, label: &str) -> Result<u32, WalletError> {
        let found = self.labels.iter().find(|(_, known)| *known == label);
        found
            .map(|(index, _)| *index)
            .ok_or_else(|| WalletError::UnknownLabel(label.into()))
    }

    fn to_content(&self) -> Zeroizing<Vec<u8>> {
        let content = Content {
            entropy: B256::from(*self.entropy),
            relationships: self.count,
            labels: self.labels.clone(),
        };
        Zeroizing::new(serde_json::to_vec(&content).expect("numbers and strings always serialise"))
    }

    fn from_content(json: &[u8]) -> Option<Self> {
        let content: Content = serde_json::from_slice(json).ok()?;
        Some(Self {
            entropy: Zeroizing::new(content.entropy.0),
            count: content.relationships,
            labels: content.labels,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relationship_has_one_name() {
        let name: RelationshipName = "wallet:me/7".parse().unwrap();
        assert_eq!((name.wallet.as_str(), name.index), ("me", 7));
        assert!("wallet:me/2147483647".parse::<RelationshipName>().is_ok());
        for text in [
            "me/7",
            "wallet:me",
            "wallet:me/",
            "wallet:/7",
            "wallet:me/07",
            "wallet:me/+7",
            "wallet:me/-1",
            "wallet:me/x",
            "wallet:me/2147483648",
            "wallet:../me/7",
            "wallet:Me/7",
        ] {
            let error = text.parse::<RelationshipName>().unwrap_err();
            assert!(matches!(error, WalletError::Reference(_)), "{text}");
        }
    }

    #[test]
    fn relationships_are_begun_in_order_and_found_by_label() {
        let mut wallet = Wallet::generate().unwrap();
        assert!(matches!(
            wallet.relationship(0),
            Err(WalletError::Unused { index: 0, count: 0 })
        ));
        assert_eq!(wallet.begin(None).unwrap(), 0);
        assert_eq!(wallet.begin(Some("Dr. House".into())).unwrap(), 1);
        assert_eq!((wallet.label(0), wallet.label(1)), (None, Some("Dr. House")));
        assert_eq!(wallet.labelled("Dr. House").unwrap(), 1);
        assert!(matches!(wallet.labelled("Dr. Who"), Err(WalletError::UnknownLabel(_))));
        assert_eq!(wallet.relationship(1).unwrap().index, 1);
        assert!(matches!(
            wallet.relationship(2),
            Err(WalletError::Unused { index: 2, count: 2 })
        ));
    }

    #[test]
    fn a_refused_label_begins_nothing() {
        let mut wallet = Wallet::generate().unwrap();
        wallet.begin(Some("one".into())).unwrap();
        assert!(matches!(
            wallet.begin(Some("one".into())),
            Err(WalletError::LabelTaken(0))
        ));
        for label in ["", "two\nlines", &"x".repeat(65)] {
            assert!(matches!(wallet.begin(Some(label.into())), Err(WalletError::Label)));
        }
        assert_eq!(wallet.count().unwrap(), 1);
    }

    #[test]
    fn the_last_number_is_given_and_none_after_it() {
        let mut wallet = Wallet::generate().unwrap();
        wallet.recover(MAX_INDEX);
        assert_eq!(wallet.begin(None).unwrap(), MAX_INDEX);
        assert!(matches!(wallet.begin(None), Err(WalletError::Full)));
        assert!(matches!(wallet.derive(MAX_INDEX + 1), Err(WalletError::Full)));
    }

    #[test]
    fn an_imported_wallet_gives_no_number_before_it_is_recovered() {
        let made = Wallet::generate().unwrap();
        let mut imported = Wallet::from_mnemonic(&made.mnemonic()).unwrap();
        assert!(matches!(imported.begin(None), Err(WalletError::NotRecovered)));
        assert!(matches!(imported.relationship(0), Err(WalletError::NotRecovered)));
        imported.recover(3);
        imported.recover(1);
        assert_eq!(imported.begin(None).unwrap(), 3);
        let subject = |wallet: &Wallet| wallet.derive(3).unwrap().subject;
        assert_eq!(subject(&imported), subject(&made));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let wallet = Wallet::from_content(
            br#"{"entropy":"0xabababababababababababababababababababababababababababababababab","relationships":1,"labels":{"0":"House"}}"#,
        )
        .unwrap();
        let shown = format!("{wallet:?} {:?}", wallet.derive(0).unwrap());
        assert!(
            !shown.contains("171") && !shown.contains("abab") && !shown.contains("House"),
            "{shown}"
        );
    }
}
