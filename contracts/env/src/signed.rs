//! Actions that one signs and another sends. The rules are in [`salus_core::signed`].

mod error;

pub use error::SignatureError;

use ink::{
    Address, H256, U256,
    dispatch::Signable,
    prelude::vec::Vec,
    sol::{FixedBytes, Revert as _, Text},
};
use salus_core::{
    eip712::{self, Domain},
    signed::{self, DOMAIN_VERSION, DOMAIN_VERSION_HASH},
};
use salus_host::keccak256;
use salus_slots::WordMap;

use self::error::SignatureErrorRef;
use crate::{chain_id, ecrecover, sr25519_verify};

/// What EIP-5267 answers: the fields that count, name, version, the chain's id, the contract, salt, extensions.
pub type DomainFields = (FixedBytes<1>, Text, Text, U256, Address, H256, Vec<U256>);

/// The signed actions of a contract: the domain that they are signed in, and where their nonces are.
#[derive(Debug)]
pub struct Actions {
    name: &'static str,
    name_hash: [u8; 32],
    /// By signer and the upper 248 bits of a nonce: which of the 256 are used.
    nonces: WordMap<(Address, U256), U256>,
}

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
    pub r: &'a H256,
    /// The second half of the signature.
    pub s: &'a H256,
}

impl Actions {
    /// Wallets show `name`; the nonces are in the contract's slot `slot`.
    #[must_use]
    pub const fn new(name: &'static str, slot: u8) -> Self {
        Self {
            name,
            name_hash: eip712::type_hash(name),
            nonces: WordMap::new(slot),
        }
    }

    /// Takes the action as its signer's, whose nonce is used by that; or reverts with a [`SignatureError`]. `signable` is what the
    /// contract knows of the message that is called.
    ///
    /// A call that is not as long as its message takes is not the one that was signed: `InvalidSigner`.
    #[inline(never)]
    pub fn authenticate(&self, action: &Action<'_>, signable: Option<&Signable>) {
        let Some(signable) = signable else {
            let selector = FixedBytes(action.call.first_chunk().copied().unwrap_or_default());
            SignatureErrorRef::NotSignable { selector: &selector }.revert()
        };
        if signed::is_expired(action.deadline, salus_host::now()) {
            SignatureErrorRef::SignatureExpired {
                signature_deadline: action.deadline,
            }
            .revert()
        }
        let (word, bit) = signed::bitmap_position(action.nonce);
        let place = (*action.signer, word);
        let Some(used) = signed::use_nonce(&self.nonces.get(&place), &bit) else {
            SignatureErrorRef::InvalidNonce {
                signer: action.signer,
                nonce: action.nonce,
            }
            .revert()
        };
        let recovered = action.recovered(signable, &self.separator());
        // Nobody signs as the zero address, which is what comes of no signature.
        if recovered != Some(*action.signer) {
            SignatureErrorRef::InvalidSigner {
                recovered: &recovered.unwrap_or_default(),
                signer: action.signer,
            }
            .revert()
        }
        self.nonces.set(&place, &used);
    }

    /// Uses the nonces of `owner` up that are the bits of `mask` in the word `word`.
    pub fn invalidate(&self, owner: Address, word: U256, mask: U256) {
        let place = (owner, word);
        self.nonces.set(&place, &(self.nonces.get(&place) | mask));
    }

    /// The used nonces of `owner` in the word `word`.
    #[must_use]
    pub fn bitmap(&self, owner: Address, word: U256) -> U256 {
        self.nonces.get(&(owner, word))
    }

    /// The separator of the domain.
    #[must_use]
    pub fn separator(&self) -> H256 {
        let domain = Domain {
            name_hash: self.name_hash,
            version_hash: DOMAIN_VERSION_HASH,
            chain_id: chain_id(),
            verifying_contract: salus_host::address().into(),
        };
        H256(domain.separator(keccak256))
    }

    /// The domain.
    #[must_use]
    pub fn domain(&self) -> DomainFields {
        (
            FixedBytes([eip712::DOMAIN_FIELDS]),
            Text(self.name.into()),
            Text(DOMAIN_VERSION.into()),
            chain_id(),
            salus_host::address().into(),
            H256::zero(),
            Vec::new(),
        )
    }
}

impl Action<'_> {
    /// The selector of the call; `None` if it is too short for one.
    #[must_use]
    pub fn selector(&self) -> Option<u32> {
        self.call.first_chunk().map(|selector| u32::from_ne_bytes(*selector))
    }

    /// Whose signature it is, if anybody's. One of the higher of the two values of `s` that make it valid reverts.
    fn recovered(&self, signable: &Signable, separator: &H256) -> Option<Address> {
        let arguments = match self.call.split_at_checked(4) {
            Some((_, arguments)) if self.call.len() == signable.size => arguments,
            _ => return None,
        };
        let hash = signed::struct_hash(&signable.type_hash, arguments, self.nonce, self.deadline, keccak256);
        let digest = eip712::digest(&separator.0, &hash, keccak256);
        if *self.v > U256::from(u8::MAX) {
            let key = self.v.to_big_endian();
            let is_signed = sr25519_verify(&key, &self.r.0, &self.s.0, &digest);
            return is_signed.then(|| address_of(&key));
        }
        if !eip712::is_low_s(&self.s.0) {
            SignatureErrorRef::ECDSAInvalidSignatureS { s: self.s }.revert()
        }
        ecrecover(&digest, self.v.byte(0), &self.r.0, &self.s.0)
    }
}

/// The account of an sr25519 key, as pallet-revive derives it.
fn address_of(key: &[u8; 32]) -> Address {
    let hash = keccak256(key);
    hash.last_chunk()
        .map_or_else(Address::zero, |address| ink::primitives::H160(*address))
}
