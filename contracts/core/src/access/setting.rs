//! What the rules are given: parameters that are fixed for good, and others who can be asked.

use core::fmt;

use crate::{
    codes::Role,
    consent::{
        Entry,
        registry::{Address, Subject},
    },
    hash::Hash,
};

/// The longest that any period may be, in seconds: a year. So no sum of times comes near to what 64 bits hold.
pub const MAX_PERIOD: u64 = 365 * 86_400;

/// What is fixed for all emergencies. Periods are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Who may open an emergency access: a mask over [`Role`].
    pub emergency_roles: u64,
    /// Who may review one.
    pub reviewer_role: Role,
    /// How long one may last.
    pub max_duration: u64,
    /// How many an actor may open in one window.
    pub max_uses: u32,
    /// How long a window is. It begins with the first use after the last one.
    pub uses_window: u64,
    /// How long after its end one has to be reviewed.
    pub review_period: u64,
    /// How long a veto window a subject may have at most; 0 if none.
    pub max_veto_window: u64,
}

/// A parameter that nobody could live with. Periods are at most [`MAX_PERIOD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterError {
    /// No role may open an emergency access, or there are bits that stand for no role.
    EmergencyRoles(u64),
    /// No emergency access would last a second, or one too long.
    MaxDuration(u64),
    /// Nobody could ever use it.
    MaxUses(u32),
    /// No window at all, or one too long.
    UsesWindow(u64),
    /// No time to review, or too much.
    ReviewPeriod(u64),
    /// Too long.
    MaxVetoWindow(u64),
}

impl fmt::Display for ParameterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmergencyRoles(mask) => write!(formatter, "the mask of emergency roles cannot be {mask:#x}"),
            Self::MaxDuration(seconds) => write!(formatter, "the longest duration cannot be {seconds} seconds"),
            Self::MaxUses(count) => write!(formatter, "the number of uses in a window cannot be {count}"),
            Self::UsesWindow(seconds) => write!(formatter, "the window of uses cannot be {seconds} seconds"),
            Self::ReviewPeriod(seconds) => write!(formatter, "the review period cannot be {seconds} seconds"),
            Self::MaxVetoWindow(seconds) => write!(formatter, "the longest veto window cannot be {seconds} seconds"),
        }
    }
}

impl core::error::Error for ParameterError {}

impl Parameters {
    /// Refuses what nobody could live with.
    ///
    /// # Errors
    /// [`ParameterError`]: the first one that is wrong.
    pub fn check(&self) -> Result<(), ParameterError> {
        let is_period = |seconds| (1..=MAX_PERIOD).contains(&seconds);
        if self.emergency_roles == 0 || self.emergency_roles & !Role::KNOWN != 0 {
            Err(ParameterError::EmergencyRoles(self.emergency_roles))
        } else if !is_period(self.max_duration) {
            Err(ParameterError::MaxDuration(self.max_duration))
        } else if self.max_uses == 0 {
            Err(ParameterError::MaxUses(self.max_uses))
        } else if !is_period(self.uses_window) {
            Err(ParameterError::UsesWindow(self.uses_window))
        } else if !is_period(self.review_period) {
            Err(ParameterError::ReviewPeriod(self.review_period))
        } else if self.max_veto_window > MAX_PERIOD {
            Err(ParameterError::MaxVetoWindow(self.max_veto_window))
        } else {
            Ok(())
        }
    }
}

/// What the rules are set among.
pub trait Setting {
    /// What is fixed.
    fn parameters(&self) -> &Parameters;
    /// Who controls a subject; the zero address if nobody has registered it.
    fn controller_of(&self, subject: &Subject) -> Address;
    /// Whether an account controls a subject, or is a live delegate with all these powers, see
    /// [`power`](crate::consent::registry::power).
    fn may_act(&self, subject: &Subject, account: &Address, powers: u8) -> bool;
    /// A consent, if there is one.
    fn consent(&self, id: &Hash) -> Option<Entry>;
    /// Whether an account had an active credential in a role at a time.
    fn has_role(&self, account: &Address, role: Role, time: u64) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETERS: Parameters = Parameters {
        emergency_roles: Role::PHYS.mask(),
        reviewer_role: Role::PROV,
        max_duration: MAX_PERIOD,
        max_uses: 1,
        uses_window: MAX_PERIOD,
        review_period: MAX_PERIOD,
        max_veto_window: 0,
    };

    #[test]
    fn parameters_that_nobody_could_live_with_are_refused_by_name() {
        assert_eq!(PARAMETERS.check(), Ok(()));
        let too_long = MAX_PERIOD + 1;
        for mask in [0, 1 << 63] {
            let wrong = Parameters {
                emergency_roles: mask,
                ..PARAMETERS
            };
            assert_eq!(wrong.check(), Err(ParameterError::EmergencyRoles(mask)));
        }
        for seconds in [0, too_long] {
            let wrong = |change: fn(&mut Parameters, u64)| {
                let mut parameters = PARAMETERS;
                change(&mut parameters, seconds);
                parameters.check()
            };
            let duration = wrong(|parameters, seconds| parameters.max_duration = seconds);
            assert_eq!(duration, Err(ParameterError::MaxDuration(seconds)));
            let window = wrong(|parameters, seconds| parameters.uses_window = seconds);
            assert_eq!(window, Err(ParameterError::UsesWindow(seconds)));
            let review = wrong(|parameters, seconds| parameters.review_period = seconds);
            assert_eq!(review, Err(ParameterError::ReviewPeriod(seconds)));
        }
        let wrong = Parameters {
            max_uses: 0,
            ..PARAMETERS
        };
        assert_eq!(wrong.check(), Err(ParameterError::MaxUses(0)));
        let wrong = Parameters {
            max_veto_window: too_long,
            ..PARAMETERS
        };
        assert_eq!(wrong.check(), Err(ParameterError::MaxVetoWindow(too_long)));
    }
}
