//! What the holder of a subject's emergency key signs: that somebody may break the glass at once.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolStruct as _},
};

use crate::{keystore::SigningKey, signed::sign_digest};

sol! {
    /// As EIP-712 has it.
    struct EmergencyAccess { bytes32 subject; address actor; uint256 nonce; uint256 deadline; }
}

/// What was signed for one actor and one subject, to be used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authorization {
    /// Which of the key's nonces it uses.
    pub nonce: U256,
    /// The last second since the epoch at which it can be used.
    pub deadline: U256,
    /// 27 or 28 with a signature by secp256k1; the public key, with one by sr25519.
    pub v: U256,
    /// The first half of the signature.
    pub r: B256,
    /// The second half of the signature.
    pub s: B256,
}

impl Authorization {
    /// Signs for `actor` to open an emergency access to a subject at once, by the contract at `contract`, with a nonce that is drawn
    /// at random.
    pub fn sign(
        key: &SigningKey,
        chain_id: u64,
        contract: Address,
        subject: B256,
        actor: Address,
        deadline: U256,
    ) -> Self {
        let nonce = U256::from_be_bytes(rand::random::<[u8; 32]>());
        let domain = Eip712Domain::new(
            Some("Salus Access".into()),
            Some(salus_core::signed::DOMAIN_VERSION.into()),
            Some(U256::from(chain_id)),
            Some(contract),
            None,
        );
        let signed = EmergencyAccess {
            subject,
            actor,
            nonce,
            deadline,
        };
        let (v, r, s) = sign_digest(key, &signed.eip712_signing_hash(&domain));
        Self {
            nonce,
            deadline,
            v,
            r,
            s,
        }
    }
}
