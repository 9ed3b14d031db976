//! Development accounts: well known to everybody, so they hold worthless coins and nothing else.
//!
//! The sr25519 ones are Substrate's (`//Alice` ...); the secp256k1 ones come from the mnemonic that Polkadot's Ethereum
//! tools share (`bottom drive obey lake curtain smoke basket hold race lonely fit walk`, path `m/44'/60'/0'/0/i`).

use pallet_revive::AddressMapper;
use sp_core::H160;
use sp_keyring::Sr25519Keyring;

use crate::runtime::{AccountId, Runtime};

/// Names and addresses of the secp256k1 development accounts.
pub const ETHEREUM: [(&str, H160); 5] = [
    ("alith", H160(hex_literal("f24ff3a9cf04c71dbc94d0b566f7a27b94566cac"))),
    (
        "baltathar",
        H160(hex_literal("3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0")),
    ),
    (
        "charleth",
        H160(hex_literal("798d4ba9baf0064ec19eb4f0a1a45785ae9d6dfc")),
    ),
    ("dorothy", H160(hex_literal("773539d4ac0e786233d90a233654ccee26a613d9"))),
    ("ethan", H160(hex_literal("ff64d3f6efe2317ee2807d223a0bdc4c0c49dfdb"))),
];

/// The sr25519 development accounts: `//Alice` to `//Ferdie`.
pub const SR25519: [(&str, Sr25519Keyring); 6] = [
    ("alice", Sr25519Keyring::Alice),
    ("bob", Sr25519Keyring::Bob),
    ("charlie", Sr25519Keyring::Charlie),
    ("dave", Sr25519Keyring::Dave),
    ("eve", Sr25519Keyring::Eve),
    ("ferdie", Sr25519Keyring::Ferdie),
];

/// The account of an Ethereum address that has no other: the address followed by twelve bytes `0xEE`.
pub fn fallback_account(address: H160) -> AccountId {
    let mut bytes = [0xEE; 32];
    bytes[..20].copy_from_slice(address.as_bytes());
    bytes.into()
}

/// The Ethereum address of an account, as `pallet-revive` derives it.
pub fn address_of(account: &AccountId) -> H160 {
    <Runtime as pallet_revive::Config>::AddressMapper::to_address(account)
}

/// Every development account.
pub fn all() -> Vec<AccountId> {
    let sr25519 = SR25519.iter().map(|(_, key)| key.to_account_id());
    sr25519
        .chain(ETHEREUM.iter().map(|(_, address)| fallback_account(*address)))
        .collect()
}

/// Decodes a literal of forty lower-case hexadecimal digits while compiling.
const fn hex_literal(text: &str) -> [u8; 20] {
    const fn digit(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => panic!("not a lower-case hexadecimal digit"),
        }
    }
    let text = text.as_bytes();
    let mut out = [0; 20];
    let mut i = 0;
    while i < 20 {
        out[i] = (digit(text[2 * i]) << 4) | digit(text[2 * i + 1]);
        i += 1;
    }
    out
}
