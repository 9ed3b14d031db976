//! What the contract keeps. The layout of slots is described in `salus_slots`.

use salus_core::{
    codes::Role,
    consent::Period,
    credentials::{Authority, Credential, Standing, Status, history::History},
};
use salus_slots::EntryMap;

/// The owner, and to whom the office is offered, which is the zero address when it is to nobody.
pub(crate) const OWNERSHIP: EntryMap<[u8; 0], ([u8; 20], [u8; 20])> = EntryMap::new(1);
/// By account: how many earlier checkpoints there are, and the last one.
pub(crate) const ISSUERS: EntryMap<[u8; 20], (u32, StoredAuthority)> = EntryMap::new(2);
/// By account and number.
pub(crate) const EARLIER_ISSUERS: EntryMap<([u8; 20], u32), StoredAuthority> = EntryMap::new(3);
/// By holder and role: how many earlier checkpoints there are, and the last one.
pub(crate) const STANDINGS: EntryMap<([u8; 20], u8), (u32, StoredStanding)> = EntryMap::new(4);
/// By holder, role and number.
pub(crate) const EARLIER_STANDINGS: EntryMap<([u8; 20], u8, u32), StoredStanding> = EntryMap::new(5);
/// By identifier.
pub(crate) const CREDENTIALS: EntryMap<[u8; 32], StoredCredential> = EntryMap::new(6);

/// The first second, and whether the account may issue.
pub(crate) type StoredAuthority = (u64, bool);
/// The first second, the status, the credential's sequence, and the first and the last second of its validity.
pub(crate) type StoredStanding = (u64, u8, u32, u64, u64);
/// A credential: holder, issuer, role, sequence, status, jurisdiction, licence, the first and the last second of its validity, and
/// when it was issued.
pub(crate) type StoredCredential = ([u8; 20], [u8; 20], u8, u32, u8, [u8; 32], [u8; 32], u64, u64, u64);

pub(crate) fn store_authority(authority: &Authority) -> StoredAuthority {
    (authority.since, authority.is_authorized)
}

pub(crate) fn load_authority((since, is_authorized): StoredAuthority) -> Authority {
    Authority { since, is_authorized }
}

pub(crate) fn store_standing(standing: &Standing) -> StoredStanding {
    let Period { from, until } = standing.validity;
    (standing.since, standing.status as u8, standing.sequence, from, until)
}

pub(crate) fn load_standing((since, status, sequence, from, until): StoredStanding) -> Standing {
    Standing {
        since,
        status: load_status(status),
        sequence,
        validity: Period { from, until },
    }
}

pub(crate) fn load_history<S, C>((earlier, last): (u32, S), load: impl Fn(S) -> C) -> History<C> {
    History {
        earlier,
        last: load(last),
    }
}

pub(crate) fn store_credential(credential: &Credential) -> StoredCredential {
    (
        credential.holder,
        credential.issuer,
        credential.role.bit(),
        credential.sequence,
        credential.status as u8,
        credential.jurisdiction,
        credential.licence,
        credential.validity.from,
        credential.validity.until,
        credential.issued_at,
    )
}

/// `None` if the role is a number that [`store_credential`] does not write.
pub(crate) fn load_credential(stored: StoredCredential) -> Option<Credential> {
    let (holder, issuer, role, sequence, status, jurisdiction, licence, from, until, issued_at) = stored;
    Some(Credential {
        holder,
        issuer,
        role: Role::from_bit(role)?,
        sequence,
        status: load_status(status),
        jurisdiction,
        licence,
        validity: Period { from, until },
        issued_at,
    })
}

/// Only known numbers are written; an unknown one would be no credential.
fn load_status(number: u8) -> Status {
    Status::from_number(number).unwrap_or_default()
}
