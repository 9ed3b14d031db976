//! What the contract keeps. The layout of slots is described in `salus_slots`.

use ink::{Address, U256};
use salus_core::telehealth::{Status, Visit, escrow::Books};
use salus_slots::{EntryMap, Immutable, WordMap, WordSlot};

/// Seconds that providers have to complete a consultation.
pub(crate) const COMPLETION_WINDOW: Immutable<u64> = Immutable::new();
/// By number.
pub(crate) const VISITS: EntryMap<U256, StoredVisit> = EntryMap::new(1);
/// How many visits there are.
pub(crate) const VISIT_COUNT: WordSlot<U256> = WordSlot::new(2);
/// By account and token.
pub(crate) const WITHDRAWABLE: WordMap<(Address, Address), U256> = WordMap::new(3);
/// By token: paid in, paid out, in escrow, owed.
pub(crate) const BOOKS: EntryMap<Address, (U256, U256, U256, U256)> = EntryMap::new(4);

/// A visit: patient, provider, token, fee, the times it begins, is to be confirmed and to be completed by, status, hash of the
/// details.
pub(crate) type StoredVisit = (Address, Address, Address, U256, u64, u64, u64, u8, [u8; 32]);

pub(crate) fn store(visit: &Visit) -> StoredVisit {
    (
        visit.patient,
        visit.provider,
        visit.token,
        visit.fee,
        visit.start_time,
        visit.confirm_by,
        visit.complete_by,
        visit.status as u8,
        visit.details_hash,
    )
}

/// `None` if the status is a number that [`store`] does not write.
pub(crate) fn load(stored: StoredVisit) -> Option<Visit> {
    let (patient, provider, token, fee, start_time, confirm_by, complete_by, status, details_hash) = stored;
    Some(Visit {
        patient,
        provider,
        token,
        fee,
        start_time,
        confirm_by,
        complete_by,
        status: Status::from_number(status)?,
        details_hash,
    })
}

pub(crate) fn load_books((paid_in, paid_out, escrowed, owed): (U256, U256, U256, U256)) -> Books {
    Books {
        paid_in,
        paid_out,
        escrowed,
        owed,
    }
}
