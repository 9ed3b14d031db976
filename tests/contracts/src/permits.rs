//! Permits, signed by alloy and a key, independently of the contract's own code.

use crate::erc20::IERC20::permitCall;
use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolStruct as _},
};
use salus_devchain::runtime::CHAIN_ID;
use sp_core::{Pair as _, ecdsa};

sol! {
    /// What is signed, EIP-2612.
    #[derive(Debug)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

/// The domain that the contract at `contract` has things signed in, under this name.
#[must_use]
pub fn domain_of(name: &'static str, contract: Address) -> Eip712Domain {
    Eip712Domain::new(
        Some(name.into()),
        Some("1".into()),
        Some(U256::from(CHAIN_ID)),
        Some(contract),
        None,
    )
}

/// A key of which the chain knows nothing: its owner has no coins and never sends a transaction.
pub struct Wallet(ecdsa::Pair);

impl Wallet {
    /// The one that `seed` stands for.
    #[must_use]
    pub fn new(seed: u8) -> Self {
        Self(ecdsa::Pair::from_seed(&[seed; 32]))
    }

    /// Its account.
    ///
    /// # Panics
    /// If its own signature cannot be recovered.
    #[must_use]
    pub fn address(&self) -> Address {
        let digest = [1; 32];
        let signature = self.0.sign_prehashed(&digest);
        let Ok(key) = sp_io::crypto::secp256k1_ecdsa_recover(&signature.0, &digest) else {
            panic!("a signature just made can be recovered");
        };
        Address::from_raw_public_key(&key)
    }

    /// The call that hands the signed permit in.
    #[must_use]
    pub fn sign(&self, permit: &Permit, domain: &Eip712Domain) -> permitCall {
        let (v, r, s) = self.sign_digest(&permit.eip712_signing_hash(domain));
        permitCall {
            owner: permit.owner,
            spender: permit.spender,
            value: permit.value,
            deadline: permit.deadline,
            v,
            r,
            s,
        }
    }

    /// A signature: `v`, `r` and `s`.
    #[must_use]
    pub fn sign_digest(&self, digest: &B256) -> (u8, B256, B256) {
        let signature = self.0.sign_prehashed(&digest.0).0;
        (
            signature[64] + 27,
            B256::from_slice(&signature[..32]),
            B256::from_slice(&signature[32..64]),
        )
    }
}
