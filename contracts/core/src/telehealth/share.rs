//! Parts of a fee, and who gets what a division leaves over.

use super::U256;

/// Ten thousandths.
pub type BasisPoints = u16;

/// All of a fee.
pub const WHOLE: BasisPoints = 10_000;

/// What becomes of a fee. The three are the fee, to the last unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// What the patient gets back, with what the division of the provider's share leaves over.
    pub to_patient: U256,
    /// What the provider earns, with what the division of the platform's fee leaves over.
    pub to_provider: U256,
    /// The platform's fee: a part of what the provider earns.
    pub to_platform: U256,
}

impl Split {
    /// Divides a fee. Shares beyond the whole are the whole.
    #[must_use]
    pub fn of(fee: U256, provider_share: BasisPoints, platform_fee: BasisPoints) -> Self {
        let earned = part(fee, provider_share);
        let to_platform = part(earned, platform_fee);
        Self {
            // No part is more than what it is a part of.
            to_patient: fee.saturating_sub(earned),
            to_provider: earned.saturating_sub(to_platform),
            to_platform,
        }
    }
}

/// A part of an amount, rounded down. Never more than the amount, and without an overflow on the way.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "the divisor is not zero; a quotient by it times less than it, and a remainder of it times less than it, both fit"
)]
fn part(amount: U256, share: BasisPoints) -> U256 {
    if share >= WHOLE {
        return amount;
    }
    let (quotient, remainder) = amount.div_mod(U256::from(WHOLE));
    let share = U256::from(share);
    quotient * share + remainder * share / U256::from(WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_rounded_down_and_the_patient_gets_what_is_left() {
        let split = Split::of(U256::from(999), 3_333, 100);
        // 332.9667, of which 3.32.
        assert_eq!(split.to_patient, U256::from(667));
        assert_eq!(split.to_provider, U256::from(329));
        assert_eq!(split.to_platform, U256::from(3));
    }

    #[test]
    fn every_split_is_the_whole_fee() {
        let fees = [
            U256::zero(),
            U256::one(),
            U256::from(9_999),
            U256::from(10_001),
            U256::MAX - 1,
            U256::MAX,
        ];
        for fee in fees {
            for share in [0, 1, 4_999, 9_999, WHOLE, u16::MAX] {
                for platform in [0, 1, 250, 1_000, WHOLE] {
                    let split = Split::of(fee, share, platform);
                    let sum = split.to_patient.checked_add(split.to_provider);
                    let sum = sum.and_then(|sum| sum.checked_add(split.to_platform));
                    assert_eq!(sum, Some(fee), "{fee} {share} {platform}");
                }
            }
        }
    }

    #[test]
    fn parts_of_the_largest_amount_are_exact() {
        let half = Split::of(U256::MAX, 5_000, 0);
        assert_eq!(half.to_provider, U256::MAX / 2);
        assert_eq!(half.to_patient, U256::MAX / 2 + 1);
    }
}
