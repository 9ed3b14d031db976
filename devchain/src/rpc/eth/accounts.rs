//! Keys of the secp256k1 development accounts, with which `eth_sendTransaction` signs.
//!
//! These secrets are public knowledge. They come from the mnemonic that [`crate::accounts`] names.

use pallet_revive::evm::Account;
use sp_core::H160;

/// Well-known development keys, in the order of [`crate::accounts::ETHEREUM`]: alith, baltathar, charleth, dorothy, ethan.
const WELL_KNOWN_DEVELOPMENT_KEYS: [[u8; 32]; 5] = [
    key("5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133"),
    key("8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b"),
    key("0b6e18cafb6ed99687ec547bd28139cafdd2bffe70e6b688025de6b445aa5c5b"),
    key("39539ab1876910bbf3a223d84a29e28f1cb4e2e456503e7e91ed39b2e7223d68"),
    key("7dce9bc8babb68fec1409be38c8e1a52650206a7ed90ff956ae8a6d15eeaaef4"),
];

/// Addresses of the development accounts.
pub(super) fn addresses() -> Vec<H160> {
    crate::accounts::ETHEREUM.iter().map(|(_, address)| *address).collect()
}

/// The development account with this address.
pub(super) fn find(address: H160) -> Option<Account> {
    let at = crate::accounts::ETHEREUM
        .iter()
        .position(|(_, known)| *known == address)?;
    Some(Account::from_secret_key(WELL_KNOWN_DEVELOPMENT_KEYS[at]))
}

/// Decodes a literal of 64 lower-case hexadecimal digits while compiling.
const fn key(text: &str) -> [u8; 32] {
    const fn digit(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => panic!("not a lower-case hexadecimal digit"),
        }
    }
    let text = text.as_bytes();
    let mut out = [0; 32];
    let mut i = 0;
    while i < 32 {
        out[i] = (digit(text[2 * i]) << 4) | digit(text[2 * i + 1]);
        i += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_belongs_to_its_address() {
        for address in addresses() {
            assert_eq!(find(address).unwrap().address(), address);
        }
    }

    #[test]
    fn nobody_else_is_signed_for() {
        assert!(find(H160::repeat_byte(1)).is_none());
    }
}
