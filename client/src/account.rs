//! The two names of an account: its 32 bytes on the Substrate side and its 20 bytes on the Ethereum side.
//!
//! `pallet_revive` derives one from the other (`AccountId32Mapper`): an account that belongs to an Ethereum key is its
//! address followed by twelve bytes `0xEE`; any other account has as address the last 20 bytes of the keccak-256 of
//! its 32 bytes, and needs a mapping on chain for the way back.

use std::fmt;

use alloy_core::primitives::{Address, keccak256};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use subxt::utils::AccountId32;

/// What fills the last twelve bytes of an account that belongs to an Ethereum key.
const ETHEREUM_SUFFIX: [u8; 12] = [0xEE; 12];

/// An account, known by its 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account([u8; 32]);

impl Account {
    /// The account with these 32 bytes.
    pub const fn new(id: [u8; 32]) -> Self {
        Self(id)
    }

    /// The account of an Ethereum address for which the chain holds no mapping: that of an Ethereum key or a contract.
    pub fn from_ethereum(address: Address) -> Self {
        let mut id = [0; 32];
        id[..20].copy_from_slice(address.as_slice());
        id[20..].copy_from_slice(&ETHEREUM_SUFFIX);
        Self(id)
    }

    /// The 32 bytes.
    pub const fn id(&self) -> [u8; 32] {
        self.0
    }

    /// The 20 bytes by which contracts know the account.
    pub fn address(&self) -> Address {
        if self.is_ethereum() {
            Address::from_slice(&self.0[..20])
        } else {
            Address::from_slice(&keccak256(self.0)[12..])
        }
    }

    /// Whether the account belongs to an Ethereum key (or a contract), so that it needs no mapping.
    pub fn is_ethereum(&self) -> bool {
        self.0[20..] == ETHEREUM_SUFFIX
    }

    /// The account in the form Polkadot tools show, with the generic network prefix 42.
    pub fn ss58(&self) -> String {
        AccountId32(self.0).to_string()
    }

    /// Reads an SS58 string of any network, or 20 bytes of hexadecimal with `0x`.
    ///
    /// A mixed-case Ethereum address must have the right EIP-55 checksum. The account of a 20-byte address is the one
    /// without a mapping; where only [`Self::address`] is used, that makes no difference.
    pub fn parse(text: &str) -> Result<Self, ParseAccountError> {
        if let Some(hex) = text.strip_prefix("0x") {
            let address: Address = text.parse().map_err(|_| ParseAccountError::Address)?;
            let one_case =
                !hex.contains(|c: char| c.is_ascii_uppercase()) || !hex.contains(|c: char| c.is_ascii_lowercase());
            if !one_case && Address::parse_checksummed(text, None).is_err() {
                return Err(ParseAccountError::Checksum);
            }
            return Ok(Self::from_ethereum(address));
        }
        text.parse::<AccountId32>()
            .map(|id| Self(id.0))
            .map_err(|_| ParseAccountError::Ss58)
    }
}

impl From<Account> for AccountId32 {
    fn from(account: Account) -> Self {
        Self(account.0)
    }
}

/// Shown in the form that its owner's tools use: EIP-55 for Ethereum keys, SS58 for the others.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ethereum() {
            self.address().fmt(f)
        } else {
            f.write_str(&self.ss58())
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Account", 2)?;
        out.serialize_field("ss58", &self.ss58())?;
        out.serialize_field("address", &self.address().to_checksum(None))?;
        out.end()
    }
}

/// Why a text is no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseAccountError {
    /// Starts with `0x` but is not 20 bytes of hexadecimal.
    #[error("an Ethereum address is 0x and 40 hexadecimal digits")]
    Address,
    /// Mixed case that is not the EIP-55 checksum: most likely a mistyped digit.
    #[error("the upper and lower case digits do not match the address (EIP-55 checksum)")]
    Checksum,
    /// Not SS58, or its checksum is wrong.
    #[error("not an SS58 address, nor an Ethereum address (0x...)")]
    Ss58,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const ALITH: &str = "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac";

    #[test]
    fn an_ethereum_address_is_padded_and_cut_back() {
        let alith = Account::parse(ALITH).unwrap();
        assert!(alith.is_ethereum());
        assert_eq!(alith.id()[20..], [0xEE; 12]);
        assert_eq!(alith.address().to_checksum(None), ALITH);
        assert_eq!(alith.to_string(), ALITH);
    }

    #[test]
    fn another_account_is_known_to_contracts_by_its_hash() {
        let alice = Account::parse(ALICE).unwrap();
        assert!(!alice.is_ethereum());
        // As the development chains of pallet-revive show it for //Alice.
        assert_eq!(
            alice.address().to_checksum(None),
            "0x9621DDe636dE098B43Efb0fA9b61fAcFE328F99D"
        );
        assert_eq!(alice.to_string(), ALICE);
    }

    #[test]
    fn mistyped_accounts_are_refused() {
        let lower = ALITH.to_lowercase();
        assert!(Account::parse(&lower).is_ok());
        assert_eq!(
            Account::parse(&ALITH.replace("f24F", "f24f")),
            Err(ParseAccountError::Checksum)
        );
        assert_eq!(Account::parse(&lower[..41]), Err(ParseAccountError::Address));
        assert_eq!(
            Account::parse(&ALICE.replace("5Grw", "5Grv")),
            Err(ParseAccountError::Ss58)
        );
        assert_eq!(Account::parse(""), Err(ParseAccountError::Ss58));
    }
}
