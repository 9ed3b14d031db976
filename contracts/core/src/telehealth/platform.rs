//! What the platform keeps of what providers earn: capped, and changed only after a time in which everybody can see it coming.

use core::fmt;

use super::{Address, share::BasisPoints};

/// The most that the platform may keep: a tenth.
pub const MAX_PLATFORM_FEE: BasisPoints = 1_000;

/// How many seconds after it was announced a change is made: seven days.
pub const FEE_DELAY: u64 = 604_800;

/// What is kept, and for whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlatformFee {
    /// The part of what a provider earns.
    pub fee: BasisPoints,
    /// Whose it is. The zero address if there is no fee.
    pub collector: Address,
}

/// What is kept now, and what from a second on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeChange {
    /// Until then.
    pub before: PlatformFee,
    /// From then on.
    pub after: PlatformFee,
    /// That second.
    pub effective_at: u64,
}

/// Why a fee cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeeError {
    /// It is more than [`MAX_PLATFORM_FEE`].
    TooHigh(BasisPoints),
    /// There is a fee and nobody to have it, or somebody and no fee.
    InvalidCollector(Address),
}

impl fmt::Display for FeeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooHigh(fee) => write!(formatter, "{fee} basis points are more than {MAX_PLATFORM_FEE}"),
            Self::InvalidCollector(_) => formatter.write_str("a fee is somebody's, and no fee is nobody's"),
        }
    }
}

impl core::error::Error for FeeError {}

impl PlatformFee {
    /// Refuses fees that cannot be.
    ///
    /// # Errors
    /// [`FeeError`]
    pub fn check(&self) -> Result<(), FeeError> {
        if self.fee > MAX_PLATFORM_FEE {
            return Err(FeeError::TooHigh(self.fee));
        }
        if (self.fee == 0) != self.collector.is_zero() {
            return Err(FeeError::InvalidCollector(self.collector));
        }
        Ok(())
    }
}

impl FeeChange {
    /// What is kept at a time.
    #[must_use]
    pub fn at(&self, now: u64) -> PlatformFee {
        if now < self.effective_at {
            self.before
        } else {
            self.after
        }
    }

    /// The change to another fee that is announced now. One that was announced before and is not made yet never is.
    ///
    /// # Errors
    /// [`FeeError`]
    pub fn announce(&self, after: PlatformFee, now: u64) -> Result<Self, FeeError> {
        after.check()?;
        Ok(Self {
            before: self.at(now),
            after,
            effective_at: now.saturating_add(FEE_DELAY),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Address = Address::zero();
    const COLLECTOR: Address = Address::repeat_byte(7);

    fn of(fee: u16, collector: Address) -> PlatformFee {
        PlatformFee { fee, collector }
    }

    #[test]
    fn a_change_comes_after_the_delay_and_not_before() {
        let none = FeeChange::default();
        let announced = none.announce(of(250, COLLECTOR), 100).unwrap();
        assert_eq!(announced.at(100 + FEE_DELAY - 1), of(0, NOBODY));
        assert_eq!(announced.at(100 + FEE_DELAY), of(250, COLLECTOR));
    }

    #[test]
    fn a_second_announcement_replaces_the_first() {
        let first = FeeChange::default().announce(of(250, COLLECTOR), 100).unwrap();
        let second = first.announce(of(0, NOBODY), 200).unwrap();
        assert_eq!(second.at(100 + FEE_DELAY), of(0, NOBODY), "the first is never made");
        let later = first.announce(of(100, COLLECTOR), 100 + FEE_DELAY).unwrap();
        assert_eq!(
            later.at(100 + FEE_DELAY),
            of(250, COLLECTOR),
            "what is made stays until the next"
        );
    }

    #[test]
    fn a_fee_is_capped_and_somebodys() {
        assert_eq!(of(1_000, COLLECTOR).check(), Ok(()));
        assert_eq!(of(1_001, COLLECTOR).check(), Err(FeeError::TooHigh(1_001)));
        assert_eq!(of(1, NOBODY).check(), Err(FeeError::InvalidCollector(NOBODY)));
        assert_eq!(of(0, COLLECTOR).check(), Err(FeeError::InvalidCollector(COLLECTOR)));
    }
}
