//! Transfers by signature, EIP-3009: whoever holds tokens needs no native coin to send them.
//!
//! Nonces are random: authorizations can be used in any order, and one that is lost holds up no other. As in OpenZeppelin's
//! `ERC3009`, bit 47 in both ends of the validity makes them numbers of blocks instead of times.

use super::{Address, U256};
use crate::eip712::{Words, type_hash};

/// The type of a transfer that anybody may hand in.
pub const TRANSFER_TYPE_HASH: [u8; 32] = type_hash(
    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)",
);

/// The type of a transfer that its payee alone hands in, so that nobody else can pick the moment.
pub const RECEIVE_TYPE_HASH: [u8; 32] = type_hash(
    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)",
);

const CANCEL_TYPE_HASH: [u8; 32] = type_hash("CancelAuthorization(address authorizer,bytes32 nonce)");

/// The bit that, in both ends of a validity, makes them numbers of blocks (ERC-4337's clock).
const BLOCK_RANGE_FLAG: u64 = 1 << 47;

/// Which nonces were used or cancelled.
pub trait Nonces {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<AuthorizationError>;

    /// Adds a nonce of `authorizer`; whether it was not there before.
    fn insert(&mut self, authorizer: &Address, nonce: &[u8; 32]) -> bool;
}

/// Why an authorization is not accepted: the errors of OpenZeppelin's `ERC3009`, with the same data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationError {
    /// It was signed by somebody else, or something else was signed.
    InvalidSignature,
    /// It is too early or too late.
    InvalidTime {
        /// It can be used after this second.
        valid_after: U256,
        /// It can be used before this second.
        valid_before: U256,
    },
    /// The nonce was used or cancelled.
    Used {
        /// Whose it is.
        authorizer: Address,
        /// The nonce.
        nonce: [u8; 32],
    },
    /// Only the payee may hand it in.
    NotPayee(Address),
}

/// What the holder of tokens signs to send them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// Whose tokens are sent, and whose signature counts.
    pub from: &'a Address,
    /// To whom.
    pub to: &'a Address,
    /// How many.
    pub value: &'a U256,
    /// The last second since the epoch at which it is too early.
    pub valid_after: &'a U256,
    /// The first second since the epoch at which it is too late.
    pub valid_before: &'a U256,
    /// Any number that `from` has not used before.
    pub nonce: &'a [u8; 32],
}

impl Authorization<'_> {
    /// The struct's hash, to be signed under a domain (see [`crate::eip712::digest`]). `type_hash` is [`TRANSFER_TYPE_HASH`]
    /// or [`RECEIVE_TYPE_HASH`].
    pub fn struct_hash(&self, type_hash: &[u8; 32], keccak256: impl Fn(&[u8]) -> [u8; 32]) -> [u8; 32] {
        let mut preimage = Words::<7>::new();
        preimage.set(0, type_hash);
        preimage.set_address(1, self.from);
        preimage.set_address(2, self.to);
        preimage.set(3, &self.value.to_big_endian());
        preimage.set(4, &self.valid_after.to_big_endian());
        preimage.set(5, &self.valid_before.to_big_endian());
        preimage.set(6, self.nonce);
        preimage.hash(keccak256)
    }

    /// Uses the authorization up, whose `signer` was recovered. Events `AuthorizationUsed(from, nonce)` and that of
    /// [`transfer`](super::transfer) stand for it and the transfer that follows.
    ///
    /// `payee` is who may hand it in, if not anybody; `now` is in seconds since the epoch, `block` the number of the block.
    ///
    /// # Errors
    /// [`AuthorizationError`], in the order of its use here.
    pub fn use_up<N: Nonces>(
        &self,
        nonces: &mut N,
        signer: &Address,
        payee: Option<&Address>,
        now: u64,
        block: impl FnOnce() -> u64,
    ) -> Result<(), N::Refusal> {
        if signer != self.from {
            return Err(AuthorizationError::InvalidSignature.into());
        }
        if payee.is_some_and(|payee| payee != self.to) {
            return Err(AuthorizationError::NotPayee(*self.to).into());
        }
        if !self.is_valid(now, block) {
            return Err(AuthorizationError::InvalidTime {
                valid_after: *self.valid_after,
                valid_before: *self.valid_before,
            }
            .into());
        }
        insert(nonces, self.from, self.nonce)
    }

    fn is_valid(&self, now: u64, block: impl FnOnce() -> u64) -> bool {
        let (mut after, mut before) = (*self.valid_after, *self.valid_before);
        let flag = after.0[0] & before.0[0] & BLOCK_RANGE_FLAG;
        after.0[0] &= !flag;
        before.0[0] &= !flag;
        let current = U256::from(if flag == 0 { now } else { block() });
        after < current && current < before
    }
}

/// What the holder of tokens signs to make a nonce useless: the struct's hash.
pub fn cancellation_hash(authorizer: &Address, nonce: &[u8; 32], keccak256: impl Fn(&[u8]) -> [u8; 32]) -> [u8; 32] {
    let mut preimage = Words::<3>::new();
    preimage.set(0, &CANCEL_TYPE_HASH);
    preimage.set_address(1, authorizer);
    preimage.set(2, nonce);
    preimage.hash(keccak256)
}

/// Makes a nonce useless, by the `signer` that was recovered from a signature over [`cancellation_hash`]. An event
/// `AuthorizationCanceled(authorizer, nonce)` stands for it.
///
/// # Errors
/// [`AuthorizationError::InvalidSignature`], [`AuthorizationError::Used`]
pub fn cancel<N: Nonces>(
    nonces: &mut N,
    signer: &Address,
    authorizer: &Address,
    nonce: &[u8; 32],
) -> Result<(), N::Refusal> {
    if signer != authorizer {
        return Err(AuthorizationError::InvalidSignature.into());
    }
    insert(nonces, authorizer, nonce)
}

fn insert<N: Nonces>(nonces: &mut N, authorizer: &Address, nonce: &[u8; 32]) -> Result<(), N::Refusal> {
    if nonces.insert(authorizer, nonce) {
        return Ok(());
    }
    let (authorizer, nonce) = (*authorizer, *nonce);
    Err(AuthorizationError::Used { authorizer, nonce }.into())
}

#[cfg(test)]
mod tests;
