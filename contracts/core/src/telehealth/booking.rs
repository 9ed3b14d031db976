//! What a patient asks for.

use core::fmt;

use super::{Address, U256};
use crate::{
    codes::Role,
    hash::{Domain, Hash, concat},
};

/// How far ahead a consultation may begin, in seconds: two years.
pub const MAX_LEAD: u64 = 2 * 365 * 86_400;

/// How long one may last, in seconds: a week.
pub const MAX_DURATION: u64 = 7 * 86_400;

/// The first byte behind the domain of a visit's identifier.
const VERSION: u8 = 1;

/// One consultation, as it is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Who shall give it, and gets the fee.
    pub provider: Address,
    /// Which of the provider's services it is; the provider says what the number means.
    pub service: Hash,
    /// The ERC-20 token of the fee; the zero address is the chain's native coin.
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
    /// Under which of the provider's terms.
    pub terms_version: u32,
    /// When it begins.
    pub start_time: u64,
    /// When it ends.
    pub end_time: u64,
    /// The second from which the provider can no longer confirm it: at latest `start_time`.
    pub confirm_by: u64,
    /// Who decides if the sides do not agree.
    pub arbiter: Address,
    /// What has to be when the provider claims the fee.
    pub conditions: Conditions,
    /// A salted hash of what else was agreed; the chain does not know what.
    pub details_hash: Hash,
}

/// What has to be when the provider says that a consultation took place. The patient can do without, and leave the fee to the provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The provider had an active credential in this role when the consultation began.
    pub role: Option<Role>,
    /// The provider has anchored a record since it began.
    pub record: bool,
    /// This subject has a consent in force for the provider. 32 zero bytes: none is needed.
    pub subject: Hash,
}

/// What is wrong with a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookingError {
    /// The provider is nobody, or the patient.
    InvalidProvider(Address),
    /// The arbiter is nobody, or one of the two sides.
    InvalidArbiter(Address),
    /// There is nothing to escrow.
    ZeroFee,
    /// The beginning is not after now, or too far ahead.
    InvalidStartTime(u64),
    /// The end is not after the beginning, or too long after it.
    InvalidEndTime(u64),
    /// The time to confirm does not end after now and by the beginning.
    InvalidConfirmBy(u64),
}

impl fmt::Display for BookingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidProvider(_) => formatter.write_str("the provider is somebody, and not the patient"),
            Self::InvalidArbiter(_) => formatter.write_str("the arbiter is somebody, and neither patient nor provider"),
            Self::ZeroFee => formatter.write_str("a fee is more than nothing"),
            Self::InvalidStartTime(time) => write!(formatter, "it cannot begin at {time}"),
            Self::InvalidEndTime(time) => write!(formatter, "it cannot end at {time}"),
            Self::InvalidConfirmBy(time) => write!(formatter, "it cannot be confirmed until {time}"),
        }
    }
}

impl core::error::Error for BookingError {}

impl Booking {
    /// Refuses what nobody could keep, asked for at `now`.
    ///
    /// # Errors
    /// [`BookingError`]: the first one that is wrong.
    pub fn check(&self, patient: &Address, now: u64) -> Result<(), BookingError> {
        let Self {
            provider,
            arbiter,
            start_time,
            end_time,
            confirm_by,
            ..
        } = *self;
        if provider.is_zero() || provider == *patient {
            return Err(BookingError::InvalidProvider(provider));
        }
        if arbiter.is_zero() || arbiter == *patient || arbiter == provider {
            return Err(BookingError::InvalidArbiter(arbiter));
        }
        if self.fee.is_zero() {
            return Err(BookingError::ZeroFee);
        }
        if start_time <= now || start_time > now.saturating_add(MAX_LEAD) {
            return Err(BookingError::InvalidStartTime(start_time));
        }
        if end_time <= start_time || end_time > start_time.saturating_add(MAX_DURATION) {
            return Err(BookingError::InvalidEndTime(end_time));
        }
        if confirm_by <= now || confirm_by > start_time {
            return Err(BookingError::InvalidConfirmBy(confirm_by));
        }
        Ok(())
    }
}

/// The identifier of a patient's booking with a contract on a chain. It is a hash of all that was booked: whoever signs it signs that,
/// and two bookings are the same only if they are by their salted `details_hash`, too.
///
/// `H("salus/visit-id" || 1 || chain id || contract || patient || provider || service || token || fee || terms || start || end ||
/// confirm by || arbiter || role || record || subject || details)` of 16 (padded), 1, 32, 20, 20, 20, 32, 20, 32, 4, 8, 8, 8, 20, 1, 1,
/// 32 and 32 bytes; integers big-endian, the role 255 if none is demanded.
pub fn visit_id(
    chain_id: &[u8; 32],
    contract: &[u8; 20],
    patient: &Address,
    booking: &Booking,
    keccak256: impl Fn(&[u8]) -> Hash,
) -> Hash {
    let Booking {
        provider,
        service,
        token,
        fee,
        terms_version,
        start_time,
        end_time,
        confirm_by,
        arbiter,
        conditions,
        details_hash,
    } = booking;
    keccak256(&concat(&[
        &Domain::VISIT_ID.0,
        &[VERSION],
        chain_id,
        contract,
        &patient.0,
        &provider.0,
        service,
        &token.0,
        &fee.to_big_endian(),
        &terms_version.to_be_bytes(),
        &start_time.to_be_bytes(),
        &end_time.to_be_bytes(),
        &confirm_by.to_be_bytes(),
        &arbiter.0,
        &[conditions.role.map_or(u8::MAX, Role::bit), u8::from(conditions.record)],
        &conditions.subject,
        details_hash,
    ]))
}
