//! Approval by signature, EIP-2612: whoever holds tokens needs no native coin to let somebody spend them.

use super::{Address, U256};
use crate::eip712::{Words, type_hash};

/// The version in a token's EIP-712 domain.
pub const DOMAIN_VERSION: &str = "1";

/// Its hash.
pub const DOMAIN_VERSION_HASH: [u8; 32] = type_hash(DOMAIN_VERSION);

const PERMIT_TYPE_HASH: [u8; 32] =
    type_hash("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

/// What an owner signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit<'a> {
    /// Whose tokens may be spent, and whose signature counts.
    pub owner: &'a Address,
    /// Who may spend them.
    pub spender: &'a Address,
    /// How many, replacing what was allowed before.
    pub value: &'a U256,
    /// The number of permits that `owner` has used so far: each can be used once, in order.
    pub nonce: &'a U256,
    /// The last second since the epoch at which the permit can be used.
    pub deadline: &'a U256,
}

impl Permit<'_> {
    /// Whether it is too late at `now`, in seconds since the epoch. The deadline itself is still in time.
    #[must_use]
    pub fn is_expired(&self, now: u64) -> bool {
        U256::from(now) > *self.deadline
    }

    /// The struct's hash, to be signed under a domain (see [`crate::eip712::digest`]).
    pub fn struct_hash(&self, keccak256: impl Fn(&[u8]) -> [u8; 32]) -> [u8; 32] {
        let mut preimage = Words::<6>::new();
        preimage.set(0, &PERMIT_TYPE_HASH);
        preimage.set_address(1, self.owner);
        preimage.set_address(2, self.spender);
        preimage.set(3, &self.value.to_big_endian());
        preimage.set(4, &self.nonce.to_big_endian());
        preimage.set(5, &self.deadline.to_big_endian());
        preimage.hash(keccak256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERMIT: Permit<'_> = Permit {
        owner: &Address::repeat_byte(1),
        spender: &Address::repeat_byte(2),
        value: &U256([3, 0, 0, 0]),
        nonce: &U256([4, 0, 0, 0]),
        deadline: &U256([5, 0, 0, 0]),
    };

    fn hash(permit: &Permit<'_>) -> [u8; 32] {
        permit.struct_hash(|input| keccak_const::Keccak256::new().update(input).finalize())
    }

    #[test]
    fn the_type_hash_is_the_one_that_everybody_uses() {
        assert_eq!(
            U256::from_big_endian(&PERMIT_TYPE_HASH),
            U256::from_str_radix("6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9", 16).unwrap()
        );
    }

    #[test]
    fn every_member_counts() {
        let (other, nine) = (Address::repeat_byte(9), U256::from(9));
        let changed = [
            Permit {
                owner: &other,
                ..PERMIT
            },
            Permit {
                spender: &other,
                ..PERMIT
            },
            Permit { value: &nine, ..PERMIT },
            Permit { nonce: &nine, ..PERMIT },
            Permit {
                deadline: &nine,
                ..PERMIT
            },
        ];
        for permit in changed {
            assert_ne!(hash(&permit), hash(&PERMIT), "{permit:?}");
        }
    }

    #[test]
    fn a_permit_expires_after_its_deadline_and_not_at_it() {
        assert!(!PERMIT.is_expired(5));
        assert!(PERMIT.is_expired(6));
        assert!(
            !Permit {
                deadline: &U256::MAX,
                ..PERMIT
            }
            .is_expired(u64::MAX)
        );
    }
}
