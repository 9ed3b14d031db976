//! How much of a window is used.
//!
//! A window begins with the first message and lasts as long as the policy says; the first message behind it begins another one. So
//! within any time as long as a window, no more is used than two windows allow.

use super::Policy;

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Messages of the signer.
    SignerMessages,
    /// What the signer's messages cost.
    SignerCost,
    /// The signer's messages that were refused when they were tried.
    SignerRefusals,
    /// What all messages cost.
    TotalCost,
}

impl Limit {
    /// In words, behind "the most".
    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::SignerMessages => "messages of one signer",
            Self::SignerCost => "that the messages of one signer may cost",
            Self::SignerRefusals => "messages of one signer that the contracts refuse",
            Self::TotalCost => "that all messages may cost",
        }
    }
}

/// What was used of a window. Times are seconds since the epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) window_start: u64,
    pub(super) messages: u32,
    pub(super) cost: u64,
    pub(super) refusals: u32,
}

impl Usage {
    /// What is used of the window that `now` is in: nothing, if the last one is over.
    pub(super) fn at(self, now: u64, window: u64) -> Self {
        // A clock that was set back does not begin a new one.
        if now < self.end(window) {
            return self;
        }
        Self {
            window_start: now,
            ..Self::default()
        }
    }

    /// The first second behind the window.
    pub(super) fn end(&self, window: u64) -> u64 {
        self.window_start.saturating_add(window)
    }

    /// Whether a signer's message of this cost has room.
    pub(super) fn signer_allows(&self, cost: u64, policy: &Policy) -> Result<(), Limit> {
        if self.messages >= policy.messages_per_signer {
            Err(Limit::SignerMessages)
        } else if self.refusals >= policy.refusals_per_signer {
            Err(Limit::SignerRefusals)
        } else if self.cost.saturating_add(cost) > policy.cost_per_signer {
            Err(Limit::SignerCost)
        } else {
            Ok(())
        }
    }

    /// Whether a message of this cost has room among all of them.
    pub(super) fn all_allow(&self, cost: u64, policy: &Policy) -> Result<(), Limit> {
        if self.cost.saturating_add(cost) > policy.cost_in_total {
            return Err(Limit::TotalCost);
        }
        Ok(())
    }

    /// Counts a message.
    pub(super) fn count(&mut self, cost: u64) {
        self.messages = self.messages.saturating_add(1);
        self.cost = self.cost.saturating_add(cost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy {
            window: 100,
            messages_per_signer: 3,
            cost_per_signer: 50,
            refusals_per_signer: 2,
            cost_in_total: 80,
            ..Policy::default()
        }
    }

    /// Counts a message at a time, if it has room.
    fn take(usage: &mut Usage, now: u64, cost: u64) -> Result<(), Limit> {
        *usage = usage.at(now, policy().window);
        usage.signer_allows(cost, &policy())?;
        usage.count(cost);
        Ok(())
    }

    #[test]
    fn a_limit_is_reached_and_free_again_behind_its_window() {
        let mut usage = Usage::default();
        for second in [1_000, 1_050, 1_099] {
            take(&mut usage, second, 1).unwrap();
        }
        assert_eq!((usage.window_start, usage.end(100)), (1_000, 1_100));
        assert_eq!(take(&mut usage, 1_099, 1), Err(Limit::SignerMessages));
        take(&mut usage, 1_100, 1).unwrap();
        assert_eq!((usage.window_start, usage.messages, usage.cost), (1_100, 1, 1));
    }

    #[test]
    fn a_budget_may_be_used_to_the_last_unit_and_no_further() {
        let mut usage = Usage::default();
        take(&mut usage, 1_000, 30).unwrap();
        assert_eq!(take(&mut usage, 1_001, 21), Err(Limit::SignerCost));
        take(&mut usage, 1_001, 20).unwrap();
        assert_eq!(take(&mut usage, 1_002, 1), Err(Limit::SignerCost));
        assert_eq!(usage.cost, 50);
        assert_eq!(usage.all_allow(30, &policy()), Ok(()));
        assert_eq!(usage.all_allow(31, &policy()), Err(Limit::TotalCost));
        assert_eq!(usage.all_allow(u64::MAX, &policy()), Err(Limit::TotalCost));
        assert_eq!(usage.signer_allows(u64::MAX, &policy()), Err(Limit::SignerCost));
    }

    #[test]
    fn refusals_stop_a_signer_until_the_window_is_over() {
        let usage = Usage {
            window_start: 1_000,
            refusals: 2,
            ..Usage::default()
        };
        assert_eq!(usage.signer_allows(1, &policy()), Err(Limit::SignerRefusals));
        assert_eq!(usage.at(1_100, 100).signer_allows(1, &policy()), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_frees_nothing() {
        let mut usage = Usage::default();
        for _ in 0..3 {
            take(&mut usage, 1_000, 1).unwrap();
        }
        assert_eq!(take(&mut usage, 500, 1), Err(Limit::SignerMessages));
        assert_eq!(usage.at(u64::MAX - 1, u64::MAX).messages, 3, "it does not end");
    }
}
