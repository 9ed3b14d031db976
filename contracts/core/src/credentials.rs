//! Credentials: who has which role, licensed by whom, from when until when.
//!
//! They are asked *as of* a time, since an access is judged by what its author was when it was made. So nothing is overwritten
//! that was true in an earlier second: a [`history::History`] keeps each standing with the second in which it began, and finds
//! the one of a given time by bisection.

mod credential;
pub mod history;
pub mod ownership;
pub mod registry;

pub use credential::{Authority, Credential, InvalidTransition, Standing, Status, credential_id};

use crate::hash::{Domain, Hash, commit};

/// The version of the way in which licences are committed to.
pub const LICENCE_VERSION: u8 = 1;

/// The commitment to the number of a licence: `H("salus/licence" || 1 || salt || number)`, the number in UTF-8, as its issuer
/// writes it. Such numbers are short and can be guessed, so the salt is random, and known to holder and issuer.
pub fn licence_commitment(salt: &[u8; 32], number: &str, keccak256: impl Fn(&[u8]) -> Hash) -> Hash {
    commit(Domain::LICENCE, LICENCE_VERSION, salt, number.as_bytes(), keccak256)
}
