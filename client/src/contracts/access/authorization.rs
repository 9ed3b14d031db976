//! What the holder of a subject's emergency key signs: that somebody may break the glass at once.

use std::{fs, io, path::Path};

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolStruct as _},
};
use serde::{Deserialize, Serialize};

use super::Access;
use crate::{
    keystore::SigningKey,
    signed::{SignedError, sign_digest},
};

/// The version of the file's format.
const SCHEMA_VERSION: u32 = 1;

sol! {
    /// As EIP-712 has it.
    struct EmergencyAccess { bytes32 subject; address actor; uint256 nonce; uint256 deadline; }
}

/// What was signed for one actor and one subject, to be used once. It is no secret: nobody but the actor can use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    /// The format's version.
    pub schema_version: u32,
    /// The chain's id (EIP-155).
    pub chain_id: u64,
    /// Where the contract is.
    pub address: Address,
    /// Whose data may be accessed.
    pub subject: B256,
    /// Who may access them.
    pub actor: Address,
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
            schema_version: SCHEMA_VERSION,
            chain_id,
            address: contract,
            subject,
            actor,
            nonce,
            deadline,
            v,
            r,
            s,
        }
    }

    /// Reads one from a file.
    ///
    /// # Errors
    /// [`SignedError::File`], [`SignedError::Malformed`], [`SignedError::Version`].
    pub fn from_file(path: &Path) -> Result<Self, SignedError> {
        let json = fs::read(path).map_err(|source| SignedError::File {
            path: path.into(),
            source,
        })?;
        let read: Self = serde_json::from_slice(&json).map_err(|error: serde_json::Error| SignedError::Malformed {
            path: path.into(),
            reason: error.to_string(),
        })?;
        match read.schema_version {
            SCHEMA_VERSION => Ok(read),
            other => Err(SignedError::Version(other)),
        }
    }

    /// The file that [`Self::from_file`] reads.
    ///
    /// # Errors
    /// None that plain data have.
    pub fn to_json(&self) -> io::Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }

    /// Whether it is for this contract, subject and actor. Whether the key has signed it, the contract says.
    ///
    /// # Errors
    /// [`SignedError::Elsewhere`], [`SignedError::ForAnother`], with the first that differs.
    pub fn check(&self, access: &Access, subject: B256, actor: Address) -> Result<(), SignedError> {
        let contract = access.contract();
        let (chain_id, address) = (contract.chain().chain_id(), contract.address());
        let places = [
            ("chain_id", self.chain_id.to_string(), chain_id.to_string()),
            ("address", self.address.to_string(), address.to_string()),
        ];
        if let Some((field, found, expected)) = places.into_iter().find(|(_, found, here)| found != here) {
            return Err(SignedError::Elsewhere { field, found, expected });
        }
        let uses = [
            ("subject", self.subject.to_string(), subject.to_string()),
            ("actor", self.actor.to_string(), actor.to_string()),
        ];
        match uses.into_iter().find(|(_, found, meant)| found != meant) {
            Some((field, found, expected)) => Err(SignedError::ForAnother { field, found, expected }),
            None => Ok(()),
        }
    }
}
