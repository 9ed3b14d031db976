//! Hashing as the domain needs it: salted, domain-separated commitments over canonical bytes.
//!
//! Core brings no hash function. A contract passes the host function of its chain, the client a crate.

/// A 32-byte digest.
pub type Hash = [u8; 32];

/// A hash function with 32 bytes of output. Everything that goes on chain uses Keccak-256.
pub trait Hasher {
    /// The digest of the concatenation of `parts`.
    fn hash(parts: &[&[u8]]) -> Hash;
}

/// What a hash is about. Sixteen bytes of ASCII, padded with zeros, so that no two preimages of different
/// kinds can be equal, whatever follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain(pub [u8; 16]);

impl Domain {
    /// A consent's policy, see [`crate::consent`].
    pub const POLICY: Self = Self(*b"salus/policy\0\0\0\0");
    /// One version of a health record, see [`crate::records`].
    pub const RECORD: Self = Self(*b"salus/record\0\0\0\0");
    /// The identifier of a consent, see [`crate::consent::consent_id`].
    pub const CONSENT_ID: Self = Self(*b"salus/consent-id");
}

/// `H(domain || version || salt || bytes)`: 16, 1, 32 and any number of bytes.
///
/// The salt has to be 32 random bytes, used once. Without it whoever can guess `bytes` can confirm the guess;
/// once it is destroyed, nobody can.
pub fn commit<H: Hasher>(domain: Domain, version: u8, salt: &[u8; 32], bytes: &[u8]) -> Hash {
    H::hash(&[&domain.0, &[version], salt, bytes])
}
