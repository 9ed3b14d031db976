//! What the contract keeps. The layout of slots is described in `salus_slots`.

use salus_core::consent::{Entry, Period, Status, Terms};
use salus_slots::EntryMap;

/// By subject: who controls it, and to whom its control is offered, which is the zero address when it is to nobody.
pub(crate) const CONTROL: EntryMap<[u8; 32], ([u8; 20], [u8; 20])> = EntryMap::new(1);
/// By identifier.
pub(crate) const CONSENTS: EntryMap<[u8; 32], StoredConsent> = EntryMap::new(2);
/// By subject and grantee: the last consent.
pub(crate) const CURRENT: EntryMap<([u8; 32], [u8; 20]), [u8; 32]> = EntryMap::new(3);

/// A consent: subject, grantee, status, sequence, the first and the last second in force, purposes, classes, commitment.
pub(crate) type StoredConsent = ([u8; 32], [u8; 20], u8, u32, u64, u64, u64, u64, [u8; 32]);

pub(crate) fn store(entry: &Entry) -> StoredConsent {
    let Terms {
        validity,
        purposes,
        classes,
    } = entry.terms;
    (
        entry.subject,
        entry.grantee,
        entry.status as u8,
        entry.sequence,
        validity.from,
        validity.until,
        purposes,
        classes,
        entry.commitment,
    )
}

pub(crate) fn load(stored: StoredConsent) -> Entry {
    let (subject, grantee, status, sequence, from, until, purposes, classes, commitment) = stored;
    Entry {
        subject,
        grantee,
        // Only `store` writes the number; an unknown one could permit nothing.
        status: Status::from_number(status).unwrap_or_default(),
        sequence,
        terms: Terms {
            validity: Period { from, until },
            purposes,
            classes,
        },
        commitment,
    }
}
