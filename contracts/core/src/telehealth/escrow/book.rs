//! Bookings: what a visit begins with.

use alloc::vec::Vec;

use super::{Error, Registries, Storage, pay_in};
use crate::{
    hash::Hash,
    telehealth::{Address, Booking, Series, Status, U256, Visit},
};

/// Records a visit that `patient` books without paying yet, and answers its identifier.
///
/// # Errors
/// [`Error::Booking`], [`Error::TermsChanged`], [`Error::WrongFee`], [`Error::VisitExists`], [`Error::NoArbiter`]
pub fn request<S: Registries>(
    storage: &mut S,
    patient: &Address,
    booking: &Booking,
    now: u64,
) -> Result<Hash, S::Refusal> {
    open(storage, patient, booking, Status::Requested, now)
}

/// Records a visit that `patient` books and pays for, and answers its identifier. The caller has to take the fee, all of it, or to undo
/// everything.
///
/// # Errors
/// Those of [`request`]; [`Error::Overflow`]
pub fn book<S: Registries>(
    storage: &mut S,
    patient: &Address,
    booking: &Booking,
    now: u64,
) -> Result<Hash, S::Refusal> {
    let id = open(storage, patient, booking, Status::Funded, now)?;
    pay_in(storage, &booking.token, booking.fee)?;
    Ok(id)
}

/// Records the visits of a series that `patient` books and pays for, and answers its identifier, theirs, and what they are together. The
/// caller has to take the sum of the fees, all of it, or to undo everything.
///
/// # Errors
/// [`Error::Series`]; those of [`book`] of each booking
pub fn book_series<S: Registries>(
    storage: &mut S,
    patient: &Address,
    bookings: &[Booking],
    now: u64,
) -> Result<(Hash, Vec<Hash>, Series), S::Refusal> {
    let series = Series::of(bookings).map_err(Error::Series)?;
    let mut ids = Vec::with_capacity(bookings.len());
    // Of the bookings before; nobody is none.
    let mut arbiter = Address::zero();
    for booking in bookings {
        ids.push(check(storage, patient, booking, series.visits, now)?);
        if booking.arbiter != arbiter {
            check_arbiter(storage, &booking.arbiter, now)?;
            arbiter = booking.arbiter;
        }
    }
    for (id, booking) in ids.iter().zip(bookings) {
        record(storage, id, patient, booking, Status::Funded, now);
    }
    pay_in(storage, &series.token, series.total)?;
    Ok((storage.series_id(&ids), ids, series))
}

fn open<S: Registries>(
    storage: &mut S,
    patient: &Address,
    booking: &Booking,
    status: Status,
    now: u64,
) -> Result<Hash, S::Refusal> {
    let id = check(storage, patient, booking, 1, now)?;
    check_arbiter(storage, &booking.arbiter, now)?;
    record(storage, &id, patient, booking, status, now);
    Ok(id)
}

/// Refuses a booking, one of `visits`, that is not at the price and under the terms of now; answers its identifier.
#[inline(never)]
fn check<S: Storage>(
    storage: &S,
    patient: &Address,
    booking: &Booking,
    visits: u32,
    now: u64,
) -> Result<Hash, S::Refusal> {
    booking.check(patient, now).map_err(Error::Booking)?;
    let current = storage.terms_version(&booking.provider);
    if current == 0 || current != booking.terms_version {
        return Err(Error::TermsChanged(current).into());
    }
    let asked = price(storage, patient, booking, visits, now);
    if asked != booking.fee {
        return Err(Error::WrongFee(asked).into());
    }
    let id = storage.visit_id(patient, booking);
    if storage.visit(&id).is_some() {
        return Err(Error::VisitExists(id).into());
    }
    Ok(id)
}

fn check_arbiter<S: Registries>(storage: &S, arbiter: &Address, now: u64) -> Result<(), S::Refusal> {
    if storage.is_active_at(arbiter, storage.arbiter_role(), now) {
        Ok(())
    } else {
        Err(Error::NoArbiter(*arbiter).into())
    }
}

/// What a service costs a patient now: what was quoted, or else what the provider asks for each of so many visits, or else what the
/// provider's list says.
fn price<S: Storage>(storage: &S, patient: &Address, booking: &Booking, visits: u32, now: u64) -> U256 {
    let Booking {
        provider,
        service,
        token,
        ..
    } = booking;
    let quote = storage.quote(provider, patient, service, token);
    if let Some(quote) = quote.filter(|quote| now <= quote.until) {
        return quote.fee;
    }
    if visits > 1 {
        let fee = storage.fee(provider, service, token, visits);
        if !fee.is_zero() {
            return fee;
        }
    }
    storage.fee(provider, service, token, 1)
}

#[inline(never)]
fn record<S: Storage>(storage: &mut S, id: &Hash, patient: &Address, booking: &Booking, status: Status, now: u64) {
    let visit = Visit {
        patient: *patient,
        provider: booking.provider,
        arbiter: booking.arbiter,
        token: booking.token,
        fee: booking.fee,
        start_time: booking.start_time,
        end_time: booking.end_time,
        confirm_by: booking.confirm_by,
        deadline: 0,
        terms_version: booking.terms_version,
        platform_fee: storage.platform_fee().at(now).fee,
        conditions: booking.conditions,
        status,
        started_by: None,
        claim: None,
    };
    storage.set_visit(id, &visit);
}
