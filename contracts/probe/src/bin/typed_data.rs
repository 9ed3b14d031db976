//! A message that only hashes: the digest of a permit (EIP-2612) as EIP-712 says, domain separator and all.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// The probe.
#[ink::contract]
#[allow(missing_docs, reason = "ink! generates undocumented items here")]
mod typed_data {
    use ink::{H256, U256};
    use salus_core::{
        eip712::{self, Domain, type_hash},
        token::permit::{DOMAIN_VERSION_HASH, Permit},
    };
    use salus_env::{chain_id, keccak256};

    const NAME_HASH: [u8; 32] = type_hash("Salus Token");

    /// Nothing is kept.
    #[ink(storage)]
    #[derive(Default)]
    pub struct TypedData {}

    impl TypedData {
        /// Creates the contract.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// What `owner` signs to let `spender` spend `value`.
        #[ink(message, name = "permitDigest")]
        pub fn permit_digest(
            &self,
            owner: Address,
            spender: Address,
            value: U256,
            nonce: U256,
            deadline: U256,
        ) -> H256 {
            let domain = Domain {
                name_hash: NAME_HASH,
                version_hash: DOMAIN_VERSION_HASH,
                chain_id: chain_id(),
                verifying_contract: self.env().address(),
            };
            let permit = Permit {
                owner: &owner,
                spender: &spender,
                value: &value,
                nonce: &nonce,
                deadline: &deadline,
            };
            H256(eip712::digest(
                &domain.separator(keccak256),
                &permit.struct_hash(keccak256),
                keccak256,
            ))
        }
    }
}

/// A contract runs on chain only.
#[cfg(feature = "std")]
fn main() {}
