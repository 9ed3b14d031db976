//! Actions that one signs and another sends. The rules are in [`salus_core::signed`].

use ink::{Address, H256, U256, dispatch::Signable};
use salus_core::{
    eip712::{self, Domain},
    signed::{self, DOMAIN_VERSION_HASH},
};
use salus_host::keccak256;
use salus_slots::WordMap;

use crate::{chain_id, ecrecover, sr25519_verify};

/// The nonces of each signer, a bit each.
pub type Nonces = WordMap<(Address, U256), U256>;

/// An action, as whoever sends it hands it in.
#[derive(Debug)]
pub struct Action<'a> {
    /// Whose it is said to be.
    pub signer: &'a Address,
    /// The call that is signed for: a selector and the arguments.
    pub call: &'a [u8],
    /// Which of the signer's nonces it uses.
    pub nonce: &'a U256,
    /// The last second since the epoch at which it can be sent.
    pub deadline: &'a U256,
    /// 27 or 28 with a signature of secp256k1; else the public key, of sr25519.
    pub v: &'a U256,
    /// The first half of the signature.
    pub r: &'a [u8; 32],
    /// The second half of the signature.
    pub s: &'a [u8; 32],
}

/// Why an action is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is too late.
    Expired,
    /// The nonce is used or cancelled.
    InvalidNonce,
    /// The higher of the two values of `s` that make a signature valid.
    HighS,
    /// It is no signature, or another's: that of the account here, or nobody's.
    InvalidSigner(Address),
}

impl Action<'_> {
    /// The selector of the call; `None` if it is too short for one.
    #[must_use]
    pub fn selector(&self) -> Option<u32> {
        self.call.first_chunk().map(|selector| u32::from_ne_bytes(*selector))
    }

    /// Takes the action as its signer's, whose nonce is used by that.
    ///
    /// # Errors
    /// [`Refusal`], and then nothing is changed. A call that is not as long as its message takes is not the one that was signed:
    /// [`Refusal::InvalidSigner`].
    pub fn authenticate(
        &self,
        signable: &Signable,
        domain_name: &[u8; 32],
        now: u64,
        nonces: &Nonces,
    ) -> Result<(), Refusal> {
        if signed::is_expired(self.deadline, now) {
            return Err(Refusal::Expired);
        }
        let (word, bit) = signed::bitmap_position(self.nonce);
        let place = (*self.signer, word);
        let used = signed::use_nonce(&nonces.get(&place), &bit).ok_or(Refusal::InvalidNonce)?;
        let recovered = self.recovered(signable, domain_name)?;
        if recovered != *self.signer {
            return Err(Refusal::InvalidSigner(recovered));
        }
        nonces.set(&place, &used);
        Ok(())
    }

    /// Whose signature it is; the zero address if nobody's.
    fn recovered(&self, signable: &Signable, domain_name: &[u8; 32]) -> Result<Address, Refusal> {
        let arguments = match self.call.split_at_checked(4) {
            Some((_, arguments)) if self.call.len() == signable.size => arguments,
            _ => return Ok(Address::zero()),
        };
        let hash = signed::struct_hash(&signable.type_hash, arguments, self.nonce, self.deadline, keccak256);
        let digest = eip712::digest(&separator(domain_name).0, &hash, keccak256);
        if *self.v > U256::from(u8::MAX) {
            let key = self.v.to_big_endian();
            let is_signed = sr25519_verify(&key, self.r, self.s, &digest);
            return Ok(if is_signed { address_of(&key) } else { Address::zero() });
        }
        if !eip712::is_low_s(self.s) {
            return Err(Refusal::HighS);
        }
        Ok(ecrecover(&digest, self.v.byte(0), self.r, self.s).unwrap_or_default())
    }
}

/// The account of an sr25519 key, as pallet-revive derives it.
fn address_of(key: &[u8; 32]) -> Address {
    let hash = keccak256(key);
    hash.last_chunk()
        .map_or_else(Address::zero, |address| ink::primitives::H160(*address))
}

/// The separator of the domain that actions are signed in, by the hash of the name that wallets show.
#[must_use]
pub fn separator(domain_name: &[u8; 32]) -> H256 {
    let domain = Domain {
        name_hash: *domain_name,
        version_hash: DOMAIN_VERSION_HASH,
        chain_id: chain_id(),
        verifying_contract: salus_host::address().into(),
    };
    H256(domain.separator(keccak256))
}
