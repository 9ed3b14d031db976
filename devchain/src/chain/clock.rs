//! What time the next block gets.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the epoch.
pub type Millis = u64;

/// Wall-clock time plus an offset that tests and rehearsals move.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    ahead: i128,
    next: Option<Millis>,
}

impl Clock {
    /// Time for a block on a parent of time `parent`: later than it, always.
    pub(super) fn take(&mut self, parent: Millis) -> Millis {
        let wanted = match self.next.take() {
            Some(next) => {
                // Later blocks go on from the time that was forced.
                self.ahead = i128::from(next) - i128::from(wall());
                next
            }
            None => self.now(),
        };
        wanted.max(parent.saturating_add(1))
    }

    /// Time for the next block, as far as the clock knows.
    pub(super) fn now(&self) -> Millis {
        self.next
            .unwrap_or_else(|| Millis::try_from(i128::from(wall()) + self.ahead).unwrap_or_default())
    }

    /// Moves the clock ahead.
    pub(super) fn advance(&mut self, by: Millis) {
        self.ahead = self.ahead.saturating_add(i128::from(by));
        self.next = self.next.map(|next| next.saturating_add(by));
    }

    /// How far the clock is ahead of the wall clock, in milliseconds; negative when behind.
    pub(super) fn ahead(&self) -> i128 {
        self.ahead
    }

    /// Forces the time of the next block.
    pub(super) fn set_next(&mut self, at: Millis) {
        self.next = Some(at);
    }
}

fn wall() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forced_time_is_used_once_and_carried_on() {
        let mut clock = Clock::default();
        clock.set_next(wall() + 1_000_000);
        let forced = clock.take(0);
        let after = clock.take(forced);
        assert!(after > forced && after < forced + 60_000, "{forced} then {after}");
    }

    #[test]
    fn a_block_is_later_than_its_parent_even_if_the_clock_is_behind() {
        let mut clock = Clock::default();
        assert_eq!(clock.take(u64::MAX - 1), u64::MAX);
    }

    #[test]
    fn advancing_adds_up() {
        let mut clock = Clock::default();
        let before = clock.now();
        clock.advance(5_000);
        clock.advance(7_000);
        assert!(clock.now() >= before + 12_000);
        assert_eq!(clock.ahead(), 12_000);
    }
}
