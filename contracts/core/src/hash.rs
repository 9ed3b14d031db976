//! Hashing as the domain needs it: salted, domain-separated commitments over canonical bytes.
//!
//! Core brings no hash function: whoever calls passes Keccak-256. A contract has the host function of its chain, the
//! client a crate.

use alloc::vec::Vec;

/// A 32-byte digest.
pub type Hash = [u8; 32];

/// What a hash is about. Sixteen bytes of ASCII, padded with zeros, so that no two preimages of different
/// kinds can be equal, whatever follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain(pub [u8; 16]);

impl Domain {
    /// A consent's policy, see [`crate::consent`].
    pub const POLICY: Self = Self(*b"salus/policy\0\0\0\0");
    /// One version of a health record, see [`crate::records`].
    pub const RECORD: Self = Self(*b"salus/record\0\0\0\0");
    /// A community as a grantee, see [`crate::consent::Grantee`].
    pub const COMMUNITY: Self = Self(*b"salus/community\0");
    /// The identifier of a consent, see [`crate::consent::consent_id`].
    pub const CONSENT_ID: Self = Self(*b"salus/consent-id");
    /// What somebody asks access to, see [`crate::access::request::request_commitment`].
    pub const REQUEST: Self = Self(*b"salus/request\0\0\0");
    /// The identifier of a request for access, see [`crate::access::request::request_id`].
    pub const REQUEST_ID: Self = Self(*b"salus/request-id");
    /// The identifier of an emergency access, see [`crate::access::emergency::access_id`].
    pub const ACCESS_ID: Self = Self(*b"salus/access-id\0");
    /// One entry of a log of accesses, see [`crate::access::log::Entry`].
    pub const ACCESS_LOG: Self = Self(*b"salus/access-log");
    /// The number of a licence, see [`crate::credentials::licence_commitment`].
    pub const LICENCE: Self = Self(*b"salus/licence\0\0\0");
    /// The identifier of a credential, see [`crate::credentials::credential_id`].
    pub const CREDENTIAL_ID: Self = Self(*b"salus/credential");
    /// The identifier of a consultation, see [`crate::telehealth::visit_id`].
    pub const VISIT_ID: Self = Self(*b"salus/visit-id\0\0");
    /// The identifier of a series of consultations, see [`crate::telehealth::series_id`].
    pub const SERIES_ID: Self = Self(*b"salus/series-id\0");
    /// A code of any system, see [`crate::consent::code_ref`].
    pub const CODE: Self = Self(*b"salus/code\0\0\0\0\0\0");
}

/// `H(domain || version || salt || bytes)`: 16, 1, 32 and any number of bytes.
///
/// The salt has to be 32 random bytes, used once. Without it whoever can guess `bytes` can confirm the guess;
/// once it is destroyed, nobody can.
pub fn commit(domain: Domain, version: u8, salt: &[u8; 32], bytes: &[u8], keccak256: impl Fn(&[u8]) -> Hash) -> Hash {
    keccak256(&concat(&[&domain.0, &[version], salt, bytes]))
}

/// The parts in one piece, as the host function wants them.
pub(crate) fn concat(parts: &[&[u8]]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(parts.iter().fold(0, |length, part| length.saturating_add(part.len())));
    parts.iter().for_each(|part| whole.extend_from_slice(part));
    whole
}
