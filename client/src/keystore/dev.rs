//! Development keys: everybody knows them, so they sign on development networks only.
//!
//! The sr25519 ones are Substrate's (`//Alice` ...); the secp256k1 ones come from the mnemonic that Polkadot's Ethereum
//! tools share.

use subxt_signer::{eth, sr25519};

use super::SigningKey;

/// The prefix that tells a development key from a stored one.
pub const PREFIX: &str = "dev:";

/// A development key with its name.
#[derive(Debug, Clone)]
pub struct DevelopmentKey {
    /// Without the prefix `dev:`.
    pub name: &'static str,
    /// The key.
    pub key: SigningKey,
}

/// All development keys that the embedded chain funds.
pub fn all() -> Vec<DevelopmentKey> {
    use SigningKey::{Ethereum, Sr25519};
    let key = |name, key| DevelopmentKey { name, key };
    vec![
        key("alice", Sr25519(sr25519::dev::alice())),
        key("bob", Sr25519(sr25519::dev::bob())),
        key("charlie", Sr25519(sr25519::dev::charlie())),
        key("dave", Sr25519(sr25519::dev::dave())),
        key("eve", Sr25519(sr25519::dev::eve())),
        key("ferdie", Sr25519(sr25519::dev::ferdie())),
        key("alith", Ethereum(eth::dev::alith())),
        key("baltathar", Ethereum(eth::dev::baltathar())),
        key("charleth", Ethereum(eth::dev::charleth())),
        key("dorothy", Ethereum(eth::dev::dorothy())),
        key("ethan", Ethereum(eth::dev::ethan())),
    ]
}

/// The key that deploys the contracts on the embedded chain, and has all tokens at first: `dev:alice`.
pub fn deployer() -> SigningKey {
    SigningKey::Sr25519(sr25519::dev::alice())
}

/// The development key called `name`: `dev:alice`, or `//Alice` as Substrate tools write it.
pub fn find(name: &str) -> Option<DevelopmentKey> {
    let short = match name.strip_prefix("//") {
        Some(substrate) => substrate.to_lowercase(),
        None => name.strip_prefix(PREFIX)?.to_string(),
    };
    all()
        .into_iter()
        .find(|known| known.name == short && (name.starts_with(PREFIX) || matches!(known.key, SigningKey::Sr25519(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_keys_have_their_well_known_accounts() {
        let account = |name: &str| find(name).unwrap().key.account().to_string();
        assert_eq!(account("dev:alice"), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
        assert_eq!(account("//Alice"), account("dev:alice"));
        assert_eq!(account("dev:alith"), "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac");
    }

    #[test]
    fn other_names_are_no_development_keys() {
        for name in ["alice", "dev:", "dev:mallory", "//Alith", "//"] {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
