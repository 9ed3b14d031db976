//! Visits that are booked together.

use alloy_core::primitives::U256;
use anyhow::{Result, ensure};
use salus_tests_contracts::{authorizations::Authorization, permits::domain_of};

use super::{DAY, FEE, ITelehealth::*, People, SERVICE};
use crate::{
    meter::{Meter, word},
    token::NAME,
};

/// What a series costs, beside so many times `book`.
pub(super) fn measure(visits: &mut Meter, people: &People, booking: &Booking) -> Result<()> {
    let fee = setSeriesFeeCall {
        service: SERVICE,
        token: booking.token,
        visits: 4,
        fee: U256::from(FEE),
    };
    visits.measure_aside("setSeriesFee", &people.provider, &fee)?;
    for (message, count) in [
        ("bookSeries, of 2", 2),
        ("bookSeries, of 4", 4),
        ("bookSeries, of 16", 16),
    ] {
        let call = bookSeriesCall {
            bookings: daily(booking, count),
        };
        let booked = visits.measure_aside(message, &people.patient, &call)?;
        ensure!(booked.visitIds.len() as u64 == count, "{message}");
    }
    signed(visits, people, daily(booking, 4))?;
    let asked = seriesFeeOfCall {
        provider: booking.provider,
        service: SERVICE,
        token: booking.token,
        visits: 4,
    };
    visits.measure_aside("seriesFeeOf", &people.patient, &asked)?;
    Ok(())
}

/// A series of four, which anybody sends.
fn signed(visits: &mut Meter, people: &People, bookings: Vec<Booking>) -> Result<()> {
    let patient = word(people.patient.address());
    let (token, value) = (word(people.token), U256::from(4 * FEE));
    let asked = seriesIdOfCall {
        patient,
        bookings: bookings.clone(),
    };
    let authorization = Authorization {
        from: patient,
        to: visits.address(),
        value,
        valid_after: U256::ZERO,
        valid_before: U256::MAX,
        nonce: visits.measure_aside("seriesIdOf, of 4", &people.patient, &asked)?,
    };
    let received = authorization.receive(&people.wallet, &domain_of(NAME, token));
    let call = bookSeriesWithAuthorizationCall {
        patient,
        bookings,
        validAfter: received.validAfter,
        validBefore: received.validBefore,
        v: received.v,
        r: received.r,
        s: received.s,
    };
    visits.measure_aside("bookSeriesWithAuthorization, of 4", &people.passer_by, &call)?;
    Ok(())
}

/// This visit, on each of so many days.
fn daily(first: &Booking, count: u64) -> Vec<Booking> {
    let on = |day: u64| Booking {
        startTime: first.startTime + day * DAY,
        endTime: first.endTime + day * DAY,
        ..first.clone()
    };
    (0..count).map(on).collect()
}
