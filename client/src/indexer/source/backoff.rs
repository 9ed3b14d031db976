//! How long to wait before trying again.

use std::time::{Duration, Instant};

/// When to try again, and when to stop trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The wait after the first failure; each further one doubles it.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// How long failures may last before they are reported; `None`: for ever.
    pub limit: Option<Duration>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(10),
            limit: Some(Duration::from_secs(60)),
        }
    }
}

/// A row of failures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failures {
    patience: Patience,
    count: u32,
    since: Instant,
}

impl Failures {
    /// None so far.
    pub(super) fn new(patience: Patience) -> Self {
        Self {
            patience,
            count: 0,
            since: Instant::now(),
        }
    }

    /// Counts a failure and answers how long to wait; `None`: it is time to give up.
    pub(super) fn another(&mut self) -> Option<Duration> {
        if self.count == 0 {
            self.since = Instant::now();
        }
        let doubled = 1_u32.checked_shl(self.count).unwrap_or(u32::MAX);
        self.count = self.count.saturating_add(1);
        let wait = self.patience.first.saturating_mul(doubled).min(self.patience.longest);
        match self.patience.limit {
            Some(limit) => {
                let left = limit.checked_sub(self.since.elapsed()).filter(|left| !left.is_zero())?;
                // The last attempt is at the limit, not a full wait behind it.
                Some(wait.min(left))
            }
            None => Some(wait),
        }
    }

    /// For how long there have been failures.
    pub(super) fn lasted(&self) -> Duration {
        self.since.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(limit: Option<Duration>) -> Vec<u128> {
        let patience = Patience {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(1),
            limit,
        };
        let mut failures = Failures::new(patience);
        (0..5)
            .map_while(|_| failures.another())
            .map(|wait| wait.as_millis())
            .collect()
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        assert_eq!(waits(None), [200, 400, 800, 1_000, 1_000]);
    }

    #[test]
    fn patience_ends_at_its_limit() {
        assert!(waits(Some(Duration::ZERO)).is_empty());
        let waits = waits(Some(Duration::from_millis(300)));
        assert!(waits[0] == 200 && waits[1] <= 300, "{waits:?}");
    }

    #[test]
    fn very_many_failures_still_have_a_wait() {
        let patience = Patience {
            limit: None,
            ..Patience::default()
        };
        let mut failures = Failures::new(patience);
        let last = (0..100).filter_map(|_| failures.another()).last();
        assert_eq!(last, Some(patience.longest));
    }
}
