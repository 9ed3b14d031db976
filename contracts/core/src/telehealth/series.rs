//! Several consultations that are booked and paid for together.

use core::fmt;

use super::{Address, Booking, U256};
use crate::hash::{Domain, Hash, concat};

/// How many visits a series has at most.
pub const MAX_VISITS: u32 = 16;

/// The first byte behind the domain of a series' identifier.
const VERSION: u8 = 1;

/// Why bookings are no series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesError {
    /// So many visits are not one: from 2 to [`MAX_VISITS`] are.
    InvalidLength(u32),
    /// One of the visits is with another provider than the first.
    OtherProvider(Address),
    /// One of the visits is paid in another token than the first.
    OtherToken(Address),
    /// The visit that begins then, begins before the one before it ends.
    Overlap(u64),
    /// The sum of the fees passes the largest number.
    Overflow,
}

impl fmt::Display for SeriesError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidLength(visits) => write!(formatter, "a series has 2 to {MAX_VISITS} visits, not {visits}"),
            Self::OtherProvider(_) => formatter.write_str("a series is with one provider"),
            Self::OtherToken(_) => formatter.write_str("a series is paid in one token"),
            Self::Overlap(start) => {
                write!(
                    formatter,
                    "the visit that begins at {start} begins before the one before it ends"
                )
            }
            Self::Overflow => formatter.write_str("the sum of the fees is too large"),
        }
    }
}

impl core::error::Error for SeriesError {}

/// What several bookings are together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// Who gives the consultations.
    pub provider: Address,
    /// The token of the fees; the zero address is the native coin.
    pub token: Address,
    /// The sum of the fees, in the token's smallest unit.
    pub total: U256,
    /// How many visits there are.
    pub visits: u32,
}

impl Series {
    /// The series that bookings make, in this order. Each of them is a booking in its own right, which this does not check.
    ///
    /// # Errors
    /// [`SeriesError`]: the first thing that is wrong.
    pub fn of(bookings: &[Booking]) -> Result<Self, SeriesError> {
        let visits = u32::try_from(bookings.len()).unwrap_or(u32::MAX);
        let [first, others @ ..] = bookings else {
            return Err(SeriesError::InvalidLength(visits));
        };
        if others.is_empty() || visits > MAX_VISITS {
            return Err(SeriesError::InvalidLength(visits));
        }
        let Booking { provider, token, .. } = *first;
        let (mut total, mut end) = (first.fee, first.end_time);
        for booking in others {
            if booking.provider != provider {
                return Err(SeriesError::OtherProvider(booking.provider));
            }
            if booking.token != token {
                return Err(SeriesError::OtherToken(booking.token));
            }
            if booking.start_time < end {
                return Err(SeriesError::Overlap(booking.start_time));
            }
            total = total.checked_add(booking.fee).ok_or(SeriesError::Overflow)?;
            end = booking.end_time;
        }
        Ok(Self {
            provider,
            token,
            total,
            visits,
        })
    }
}

/// The identifier of a series: a hash of its visits, and so of all that was booked, by whom, with which contract on which chain.
///
/// `H("salus/series-id" || 1 || visit || visit ...)` of 16 (padded), 1 and 32 bytes for each.
pub fn series_id(visits: &[Hash], keccak256: impl Fn(&[u8]) -> Hash) -> Hash {
    keccak256(&concat(&[&Domain::SERIES_ID.0, &[VERSION], visits.as_flattened()]))
}
