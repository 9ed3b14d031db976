//! One entry of a log of accesses.

use crate::{
    codes::{Action, Purpose, ResourceClass},
    consent::registry::{Address, Subject},
    hash::{Domain, Hash, commit},
};

/// The version of an entry's encoding.
pub const LOG_VERSION: u8 = 1;
/// How long an encoded entry is.
pub const ENTRY_BYTES: usize = 96;

/// What an access was decided by. The numbers are those of the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Basis {
    /// No consent applied; nothing was given.
    NoConsent = 0,
    /// A consent permitted it.
    Permit = 1,
    /// A consent denied it; nothing was given.
    Deny = 2,
    /// An emergency access opened it.
    Emergency = 3,
}

/// What was asked for, by whom, and what was decided: denials are logged as permits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose data it was about.
    pub subject: Subject,
    /// Who asked.
    pub actor: Address,
    /// When, in seconds since the epoch.
    pub at: u64,
    /// Why.
    pub purpose: Purpose,
    /// For what.
    pub class: ResourceClass,
    /// To do what.
    pub action: Action,
    /// What decided.
    pub basis: Basis,
    /// The consent or the emergency access that decided; zero if none did.
    pub decided_by: Hash,
}

impl Entry {
    /// The entry's bytes: subject (32), actor (20), time (8, big-endian), the numbers of purpose, class, action and basis (1 each),
    /// what decided (32).
    pub fn encode(&self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        let codes = [
            self.purpose.bit(),
            self.class.bit(),
            self.action.bit(),
            self.basis as u8,
        ];
        let mut rest = &mut bytes[..];
        for part in [
            &self.subject[..],
            &self.actor,
            &self.at.to_be_bytes(),
            &codes,
            &self.decided_by,
        ] {
            // The parts are as long as all of it.
            let Some((place, others)) = rest.split_at_mut_checked(part.len()) else {
                break;
            };
            place.copy_from_slice(part);
            rest = others;
        }
        bytes
    }

    /// The value of the entry's leaf: `H("salus/access-log" || 1 || salt || entry)`. The salt is random and new for each entry, and
    /// is given to the patient with it; without it, the leaf says nothing.
    pub fn leaf(&self, salt: &[u8; 32], keccak256: impl Fn(&[u8]) -> Hash) -> Hash {
        commit(Domain::ACCESS_LOG, LOG_VERSION, salt, &self.encode(), keccak256)
    }
}
