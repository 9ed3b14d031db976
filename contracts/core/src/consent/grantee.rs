//! To whom a consent can be given. A contract knows grantees by addresses; those that are no account have one that no key has.

use super::{registry::Address, request::Request};
use crate::{
    codes::Role,
    hash::{Domain, Hash, concat},
};

/// To whom a consent is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grantee {
    /// One account.
    Account(Address),
    /// Whoever has a role.
    Role(Role),
    /// Whoever belongs to a community.
    Community([u8; 32]),
    /// Everybody.
    Everyone,
}

/// How the address of a role begins; its last byte is the role's number, and the others are zero.
const ROLE: [u8; 19] = *b"salus/role\0\0\0\0\0\0\0\0\0";

/// The address of everybody.
const EVERYONE: Address = *b"salus/everyone\0\0\0\0\0\0";

impl Grantee {
    /// The address that a contract knows the grantee by. A community's is the last twenty bytes of
    /// `H("salus/community" || 1 || id)`: 16, 1 and 32 bytes.
    pub fn address(&self, keccak256: impl Fn(&[u8]) -> Hash) -> Address {
        match self {
            Self::Account(address) => *address,
            Self::Role(role) => {
                let mut address = [role.bit(); 20];
                address[..19].copy_from_slice(&ROLE);
                address
            }
            Self::Community(id) => {
                let hash = keccak256(&concat(&[&Domain::COMMUNITY.0, &[1], id]));
                hash.last_chunk().copied().unwrap_or_default()
            }
            Self::Everyone => EVERYONE,
        }
    }
}

/// All that whoever makes a request is: their accounts, then everybody, their roles in the order of the numbers, their
/// communities. At most 97, since a request lists 16 of a kind.
pub fn grantees<'r>(request: &Request<'r>) -> impl Iterator<Item = Grantee> + use<'r> {
    let roles = request.roles;
    let has = move |role: &Role| roles & role.mask() != 0;
    let accounts = request.addresses.iter().copied().map(Grantee::Account);
    let roles = (0..64).filter_map(Role::from_bit).filter(has).map(Grantee::Role);
    let communities = request.communities.iter().copied().map(Grantee::Community);
    accounts.chain([Grantee::Everyone]).chain(roles).chain(communities)
}

/// Whether who asks is the grantee with this address.
pub(super) fn is_granted_to(grantee: &Address, request: &Request<'_>, keccak256: impl Fn(&[u8]) -> Hash) -> bool {
    grantees(request).any(|one| one.address(&keccak256) == *grantee)
}
