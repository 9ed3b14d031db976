//! Actions that one signs and another sends: whoever acts needs no native coin, and need not be seen by the chain.
//!
//! What is signed is typed data of EIP-712: the action's own arguments, each one word, then a nonce and a deadline. The type is
//! the message's name with a capital, and its parameters: `RevokeConsent(bytes32 consentId,uint256 nonce,uint256 deadline)`.
//!
//! Nonces have no order, as in Permit2: the upper 248 bits of a nonce name a word of the signer's, and the lower 8 a bit in it,
//! which is set when the nonce is used. So one who signs ten actions for ten relayers need not care which comes first, and
//! one action that is lost holds up no other.

use alloc::vec::Vec;

pub use primitive_types::U256;

use crate::eip712;

/// The version in the EIP-712 domain of contracts that take signed actions.
pub const DOMAIN_VERSION: &str = "1";

/// Its hash.
pub const DOMAIN_VERSION_HASH: [u8; 32] = eip712::type_hash(DOMAIN_VERSION);

/// Where a nonce is: the number of its word, and its bit in that word.
#[must_use]
#[allow(clippy::arithmetic_side_effects, reason = "both shifts are by less than 256")]
pub fn bitmap_position(nonce: &U256) -> (U256, U256) {
    (*nonce >> 8, U256::one() << nonce.byte(0))
}

/// The word with the bit of a nonce set; `None` if it is set, and the nonce used or cancelled.
#[must_use]
pub fn use_nonce(bitmap: &U256, bit: &U256) -> Option<U256> {
    (*bitmap & *bit).is_zero().then(|| *bitmap | *bit)
}

/// Whether it is too late at `now`, in seconds since the epoch. The deadline itself is still in time.
#[must_use]
pub fn is_expired(deadline: &U256, now: u64) -> bool {
    U256::from(now) > *deadline
}

/// The struct's hash of a signed action. `arguments` are those of its message, a word each.
pub fn struct_hash(
    type_hash: &[u8; 32],
    arguments: &[u8],
    nonce: &U256,
    deadline: &U256,
    keccak256: impl Fn(&[u8]) -> [u8; 32],
) -> [u8; 32] {
    let mut preimage = Vec::with_capacity(arguments.len().saturating_add(96));
    preimage.extend_from_slice(type_hash);
    preimage.extend_from_slice(arguments);
    preimage.extend_from_slice(&nonce.to_big_endian());
    preimage.extend_from_slice(&deadline.to_big_endian());
    keccak256(&preimage)
}

/// What an sr25519 key signs for a digest: its bytes between `<Bytes>` and `</Bytes>`, as wallets of Polkadot do whenever they
/// sign something that is no transaction.
#[must_use]
pub fn wrapped(digest: &[u8; 32]) -> [u8; 47] {
    let mut message = *b"<Bytes>********************************</Bytes>";
    message[7..39].copy_from_slice(digest);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keccak256(input: &[u8]) -> [u8; 32] {
        keccak_const::Keccak256::new().update(input).finalize()
    }

    #[test]
    fn a_nonce_is_a_bit_of_a_word() {
        assert_eq!(bitmap_position(&U256::zero()), (U256::zero(), U256::one()));
        assert_eq!(bitmap_position(&U256::from(255)), (U256::zero(), U256::one() << 255));
        assert_eq!(bitmap_position(&U256::from(256)), (U256::one(), U256::one()));
        assert_eq!(bitmap_position(&U256::MAX), (U256::MAX >> 8, U256::one() << 255));
    }

    #[test]
    fn a_nonce_is_used_once_and_its_neighbours_stay() {
        let (_, bit) = bitmap_position(&U256::from(7));
        let (_, other) = bitmap_position(&U256::from(8));
        let used = use_nonce(&U256::zero(), &bit).unwrap();
        assert_eq!(use_nonce(&used, &bit), None);
        let both = use_nonce(&used, &other).unwrap();
        assert_eq!(both, bit | other);
        assert_eq!(use_nonce(&U256::MAX, &bit), None);
    }

    #[test]
    fn a_deadline_is_in_time_and_the_second_after_it_is_not() {
        assert!(!is_expired(&U256::from(5), 5));
        assert!(is_expired(&U256::from(5), 6));
        assert!(!is_expired(&U256::MAX, u64::MAX));
    }

    #[test]
    fn every_part_of_a_struct_counts() {
        let one = |type_hash: u8, arguments: &[u8], nonce: u64, deadline: u64| {
            let (nonce, deadline) = (U256::from(nonce), U256::from(deadline));
            struct_hash(&[type_hash; 32], arguments, &nonce, &deadline, keccak256)
        };
        let hash = one(1, &[2; 32], 3, 4);
        for other in [
            one(9, &[2; 32], 3, 4),
            one(1, &[9; 32], 3, 4),
            one(1, &[2; 32], 9, 4),
            one(1, &[2; 32], 3, 9),
        ] {
            assert_ne!(hash, other);
        }
    }

    #[test]
    fn polkadots_wallets_wrap_what_they_sign() {
        let message = wrapped(&[b'x'; 32]);
        assert_eq!(&message, b"<Bytes>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</Bytes>");
    }
}
