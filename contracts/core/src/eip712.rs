//! Typed structured data as EIP-712 hashes and signs it.
//!
//! Every preimage here has a fixed size, so nothing is allocated. The hash function is passed in: on chain it is a host
//! function, off chain a crate.

use primitive_types::{H160, U256};

/// Half the order of secp256k1, rounded down: the highest `s` that EIP-2 accepts.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, //
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// The type of the domain's separator: the four fields that every contract of Salus uses, without a salt.
const DOMAIN_TYPE_HASH: [u8; 32] =
    type_hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

/// The bits of [`Domain`]'s fields as `eip712Domain()` of EIP-5267 reports them.
pub const DOMAIN_FIELDS: u8 = 0b0000_1111;

/// What a signature is bound to, so that it is of no use elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Domain {
    /// The hash of the name that a wallet shows (see [`type_hash`] for one that is known).
    pub name_hash: [u8; 32],
    /// The hash of the version of the signed types.
    pub version_hash: [u8; 32],
    /// The chain (EIP-155).
    pub chain_id: U256,
    /// The contract that will check the signature.
    pub verifying_contract: H160,
}

impl Domain {
    /// The domain separator.
    pub fn separator(&self, keccak256: impl Fn(&[u8]) -> [u8; 32]) -> [u8; 32] {
        let mut preimage = Words::<5>::new();
        preimage.set(0, &DOMAIN_TYPE_HASH);
        preimage.set(1, &self.name_hash);
        preimage.set(2, &self.version_hash);
        preimage.set(3, &self.chain_id.to_big_endian());
        preimage.set_address(4, &self.verifying_contract);
        preimage.hash(keccak256)
    }
}

/// The digest that is signed: `keccak256(0x19 0x01 || separator || struct_hash)`.
pub fn digest(separator: &[u8; 32], struct_hash: &[u8; 32], keccak256: impl Fn(&[u8]) -> [u8; 32]) -> [u8; 32] {
    let mut preimage = [0u8; 66];
    preimage[..2].copy_from_slice(&[0x19, 0x01]);
    preimage[2..34].copy_from_slice(separator);
    preimage[34..].copy_from_slice(struct_hash);
    keccak256(&preimage)
}

/// Keccak-256 of a type's description, or of another text that is known, computed by the compiler.
#[must_use]
pub const fn type_hash(description: &str) -> [u8; 32] {
    keccak_const::Keccak256::new().update(description.as_bytes()).finalize()
}

/// Whether `s` is the lower of the two values that make the same signature valid. Only it is accepted (EIP-2), so that
/// nobody can turn one valid signature into another.
#[must_use]
pub fn is_low_s(s: &[u8; 32]) -> bool {
    *s <= HALF_ORDER
}

/// The encoding of a struct whose members all take one word: the type hash and the members. It is written member by member,
/// where it is hashed, because an array that is put together from its members is copied.
#[derive(Debug)]
pub struct Words<const N: usize>([[u8; 32]; N]);

#[allow(clippy::new_without_default, reason = "it is where something is written")]
impl<const N: usize> Words<N> {
    /// Room for the type's hash and `N - 1` members, all zero.
    #[must_use]
    #[inline(always)]
    pub const fn new() -> Self {
        Self([[0; 32]; N])
    }

    /// Sets the type's hash, which is at 0, or a member, from 1 on. Nothing happens if there is none.
    #[inline(always)]
    pub fn set(&mut self, index: usize, word: &[u8; 32]) {
        if let Some(place) = self.0.get_mut(index) {
            *place = *word;
        }
    }

    /// As [`set`](Self::set), for an address: the last twenty bytes of its word.
    #[inline(always)]
    pub fn set_address(&mut self, index: usize, address: &H160) {
        if let Some(place) = self.0.get_mut(index).and_then(|word| word.last_chunk_mut()) {
            *place = address.0;
        }
    }

    /// The struct's hash.
    #[inline(always)]
    pub fn hash(&self, keccak256: impl Fn(&[u8]) -> [u8; 32]) -> [u8; 32] {
        keccak256(self.0.as_flattened())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keccak256(input: &[u8]) -> [u8; 32] {
        keccak_const::Keccak256::new().update(input).finalize()
    }

    #[test]
    fn the_domains_type_hash_is_the_one_that_everybody_uses() {
        assert_eq!(
            U256::from_big_endian(&DOMAIN_TYPE_HASH),
            U256::from_str_radix("8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f", 16).unwrap()
        );
    }

    // The example of EIP-712 itself: "Ether Mail", whose separator, struct hash and digest the standard's test prints.
    #[test]
    fn the_example_of_the_standard_is_reproduced() {
        let word = |hex: &str| U256::from_str_radix(hex, 16).unwrap().to_big_endian();
        let domain = Domain {
            name_hash: type_hash("Ether Mail"),
            version_hash: type_hash("1"),
            chain_id: U256::one(),
            verifying_contract: H160::from_slice(&word("cccccccccccccccccccccccccccccccccccccccc")[12..]),
        };
        let separator = domain.separator(keccak256);
        assert_eq!(
            separator,
            word("f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f")
        );
        let mail = word("c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
        assert_eq!(
            digest(&separator, &mail, keccak256),
            word("be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2")
        );
    }

    #[test]
    fn another_chain_or_contract_gives_another_separator() {
        let domain = Domain {
            name_hash: type_hash("a"),
            version_hash: type_hash("1"),
            chain_id: U256::one(),
            verifying_contract: H160::zero(),
        };
        let separator = domain.separator(keccak256);
        assert_ne!(
            separator,
            Domain {
                chain_id: U256::from(2),
                ..domain
            }
            .separator(keccak256)
        );
        assert_ne!(
            separator,
            Domain {
                verifying_contract: H160::repeat_byte(1),
                ..domain
            }
            .separator(keccak256)
        );
        assert_ne!(
            separator,
            Domain {
                name_hash: type_hash("b"),
                ..domain
            }
            .separator(keccak256)
        );
        assert_ne!(
            separator,
            Domain {
                version_hash: type_hash("2"),
                ..domain
            }
            .separator(keccak256)
        );
    }

    #[test]
    fn s_is_low_up_to_half_the_order_and_high_from_there() {
        let mut above = HALF_ORDER;
        above[31] += 1;
        assert!(is_low_s(&[0; 32]));
        assert!(is_low_s(&HALF_ORDER));
        assert!(!is_low_s(&above));
        assert!(!is_low_s(&[0xff; 32]));
    }
}
