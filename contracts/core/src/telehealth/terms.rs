//! What a provider's consultations are under.

use core::fmt;

use super::share::{BasisPoints, WHOLE};

/// How many steps a schedule of refunds has.
pub const REFUND_STEPS: usize = 4;

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// From how long before the beginning a patient who calls off gets how much back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefundStep {
    /// Seconds before the beginning, at least.
    pub notice: u32,
    /// What the patient gets back of the fee.
    pub refund: BasisPoints,
}

/// A provider's terms. They are numbered and never change; a visit keeps those that it was booked under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What a patient gets back who calls off a confirmed visit before it begins: what the first step says whose notice was kept, and
    /// nothing if none was. The notices descend, and so do the refunds. A step of zeros is none, and only such follow it.
    pub refunds: [RefundStep; REFUND_STEPS],
    /// How many seconds after the beginning a side counts as not there.
    pub grace: u32,
    /// What the provider earns if the patient does not come.
    pub no_show_share: BasisPoints,
    /// How many seconds after the end somebody may still say how it ended.
    pub claim_window: u32,
    /// For how many seconds the other side may contest that, from then on, but not before the end on.
    pub objection_window: u32,
    /// How many seconds the arbiter has to decide a dispute.
    pub decision_window: u32,
    /// What the provider earns if the arbiter does not decide in time.
    pub default_share: BasisPoints,
}

impl Default for Terms {
    /// Everything back until 24 hours before, half of it until one hour before; a quarter of an hour of grace; all of the fee for a
    /// patient who does not come; a day to say how it ended, seven days to contest that, 21 days (fifteen business days) to decide, and then
    /// one half each.
    fn default() -> Self {
        let step = |notice, refund| RefundStep { notice, refund };
        Self {
            refunds: [step(DAY, WHOLE), step(HOUR, WHOLE / 2), step(0, 0), step(0, 0)],
            grace: 900,
            no_show_share: WHOLE,
            claim_window: DAY,
            objection_window: 604_800,
            decision_window: 1_814_400,
            default_share: WHOLE / 2,
        }
    }
}

/// Why terms are none that anybody could book under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermsError {
    /// The step with this number, from 0, gives back more than all of the fee, has more notice or a larger refund than the one before, or
    /// follows one of zeros.
    RefundStep(u8),
    /// A share is more than the whole.
    Share(BasisPoints),
    /// A period is shorter or longer than allowed.
    Period {
        /// What it was to be, in seconds.
        seconds: u32,
        /// At least.
        shortest: u32,
        /// At most.
        longest: u32,
    },
}

impl fmt::Display for TermsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RefundStep(number) => write!(
                formatter,
                "step {number} of the refunds does not descend from the one before"
            ),
            Self::Share(share) => write!(formatter, "{share} basis points are more than the whole"),
            Self::Period {
                seconds,
                shortest,
                longest,
            } => write!(
                formatter,
                "a period of {seconds} seconds is not between {shortest} and {longest}"
            ),
        }
    }
}

impl core::error::Error for TermsError {}

impl Terms {
    /// The longest grace.
    pub const MAX_GRACE: u32 = 4 * HOUR;
    /// The shortest and the longest time to say how a consultation ended.
    pub const CLAIM_WINDOWS: (u32, u32) = (HOUR, 30 * DAY);
    /// The shortest and the longest time to contest that.
    pub const OBJECTION_WINDOWS: (u32, u32) = (HOUR, 30 * DAY);
    /// The shortest and the longest time to decide a dispute.
    pub const DECISION_WINDOWS: (u32, u32) = (DAY, 60 * DAY);

    /// Refuses terms that nobody could rely on: an objection that nobody has time for, money that waits for ever.
    ///
    /// # Errors
    /// [`TermsError`]: the first one that is wrong.
    pub fn check(&self) -> Result<(), TermsError> {
        let none = RefundStep::default();
        let mut above = RefundStep {
            notice: u32::MAX,
            refund: WHOLE,
        };
        for (number, step) in (0..).zip(self.refunds) {
            let descends = step == none || (step.notice < above.notice && step.refund <= above.refund && above != none);
            if !descends {
                return Err(TermsError::RefundStep(number));
            }
            above = step;
        }
        for share in [self.no_show_share, self.default_share] {
            if share > WHOLE {
                return Err(TermsError::Share(share));
            }
        }
        within(self.grace, (0, Self::MAX_GRACE))?;
        within(self.claim_window, Self::CLAIM_WINDOWS)?;
        within(self.objection_window, Self::OBJECTION_WINDOWS)?;
        within(self.decision_window, Self::DECISION_WINDOWS)
    }

    /// What a patient gets back who calls off a confirmed visit with so many seconds' notice.
    #[must_use]
    pub fn refund(&self, notice: u64) -> BasisPoints {
        let kept = self.refunds.iter().find(|step| notice >= u64::from(step.notice));
        kept.map_or(0, |step| step.refund)
    }
}

fn within(seconds: u32, (shortest, longest): (u32, u32)) -> Result<(), TermsError> {
    if (shortest..=longest).contains(&seconds) {
        return Ok(());
    }
    Err(TermsError::Period {
        seconds,
        shortest,
        longest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut Terms)) -> Result<(), TermsError> {
        let mut terms = Terms::default();
        change(&mut terms);
        terms.check()
    }

    fn steps(steps: [(u32, u16); 4]) -> Result<(), TermsError> {
        with(|terms| terms.refunds = steps.map(|(notice, refund)| RefundStep { notice, refund }))
    }

    #[test]
    fn usual_terms_are_allowed_and_refund_by_notice() {
        let terms = Terms::default();
        assert_eq!(terms.check(), Ok(()));
        let notices = [86_400, 86_399, 3_600, 3_599, 1, 0];
        assert_eq!(
            notices.map(|notice| terms.refund(notice)),
            [10_000, 5_000, 5_000, 0, 0, 0]
        );
    }

    #[test]
    fn a_schedule_may_be_empty_full_or_give_everything_back() {
        assert_eq!(steps([(0, 0); 4]), Ok(()));
        assert_eq!(steps([(4, 4), (3, 3), (2, 2), (1, 1)]), Ok(()));
        assert_eq!(steps([(0, 10_000), (0, 0), (0, 0), (0, 0)]), Ok(()));
    }

    #[test]
    fn a_schedule_that_does_not_descend_is_refused_by_its_step() {
        let refused = |given, number| assert_eq!(steps(given), Err(TermsError::RefundStep(number)));
        refused([(5, 10_001), (0, 0), (0, 0), (0, 0)], 0);
        refused([(5, 1), (5, 1), (0, 0), (0, 0)], 1);
        refused([(5, 1), (6, 1), (0, 0), (0, 0)], 1);
        refused([(5, 1), (4, 2), (0, 0), (0, 0)], 1);
        refused([(5, 1), (0, 0), (3, 1), (0, 0)], 2);
        refused([(0, 0), (0, 0), (0, 0), (0, 1)], 3);
    }

    #[test]
    fn shares_and_periods_have_bounds() {
        assert_eq!(
            with(|terms| terms.no_show_share = 10_001),
            Err(TermsError::Share(10_001))
        );
        assert_eq!(
            with(|terms| terms.default_share = 10_001),
            Err(TermsError::Share(10_001))
        );
        let refused = |change: fn(&mut Terms)| assert!(matches!(with(change), Err(TermsError::Period { .. })));
        refused(|terms| terms.grace = 14_401);
        refused(|terms| terms.claim_window = 3_599);
        refused(|terms| terms.claim_window = 2_592_001);
        refused(|terms| terms.objection_window = 3_599);
        refused(|terms| terms.objection_window = 2_592_001);
        refused(|terms| terms.decision_window = 86_399);
        refused(|terms| terms.decision_window = 5_184_001);
    }
}
