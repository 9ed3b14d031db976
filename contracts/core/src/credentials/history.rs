//! What was the case when: checkpoints in the order of time.

/// What is the case from a second on, until the next checkpoint.
pub trait Checkpoint: Copy {
    /// The first second, since the epoch.
    fn since(&self) -> u64;
}

/// Checkpoints, of which the last one is at hand: most questions are about now. The earlier ones are numbered from 0 and kept
/// wherever the asker keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History<C> {
    /// How many there are before the last one.
    pub earlier: u32,
    /// The last one.
    pub last: C,
}

impl<C: Checkpoint> History<C> {
    /// A history that begins.
    pub const fn new(first: C) -> Self {
        Self {
            earlier: 0,
            last: first,
        }
    }

    /// The history that goes on with `next`, and the checkpoint that is now an earlier one, with its number, if there is one
    /// more. A second has one checkpoint: what happened last in it. `None` if there are 2^32 already.
    pub fn then(self, next: C) -> Option<(Self, Option<(u32, C)>)> {
        let Self { earlier, last } = self;
        if last.since() == next.since() {
            return Some((Self { earlier, last: next }, None));
        }
        let history = Self {
            earlier: earlier.checked_add(1)?,
            last: next,
        };
        Some((history, Some((earlier, last))))
    }

    /// The last checkpoint that had begun at `time`; `None` if none had. Asks for as many earlier ones as their number has bits,
    /// and for none if the last one had begun.
    pub fn at(&self, time: u64, earlier: impl Fn(u32) -> Option<C>) -> Option<C> {
        if self.last.since() <= time {
            return Some(self.last);
        }
        let mut found = None;
        // Those before `low` had begun, those from `high` on had not.
        let (mut low, mut high) = (0, self.earlier);
        while low < high {
            let middle = low.midpoint(high);
            let checkpoint = earlier(middle)?;
            if checkpoint.since() <= time {
                found = Some(checkpoint);
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;
    use proptest::{collection::btree_set, prelude::*};
    use std::vec::Vec;

    impl Checkpoint for (u64, u8) {
        fn since(&self) -> u64 {
            self.0
        }
    }

    type Kept = (History<(u64, u8)>, Vec<(u64, u8)>);

    /// All checkpoints, one after the other.
    fn kept(checkpoints: &[(u64, u8)]) -> Kept {
        let (first, others) = checkpoints.split_first().unwrap();
        let (mut history, mut earlier) = (History::new(*first), Vec::new());
        for next in others {
            let (longer, put_away) = history.then(*next).unwrap();
            history = longer;
            if let Some((number, checkpoint)) = put_away {
                assert_eq!(number as usize, earlier.len());
                earlier.push(checkpoint);
            }
        }
        (history, earlier)
    }

    fn at((history, earlier): &Kept, time: u64) -> Option<(u64, u8)> {
        history.at(time, |number| earlier.get(number as usize).copied())
    }

    #[test]
    fn what_happens_last_in_a_second_counts_for_all_of_it() {
        let history = kept(&[(5, 1), (5, 2), (7, 3), (7, 4)]);
        assert_eq!(history.0.earlier, 1);
        assert_eq!(at(&history, 4), None);
        assert_eq!(at(&history, 5), Some((5, 2)));
        assert_eq!(at(&history, 6), Some((5, 2)));
        assert_eq!(at(&history, 7), Some((7, 4)));
        assert_eq!(at(&history, u64::MAX), Some((7, 4)));
    }

    #[test]
    fn a_full_history_takes_no_more() {
        let full = History {
            earlier: u32::MAX,
            last: (5, 1),
        };
        assert_eq!(full.then((6, 2)), None);
        assert!(full.then((5, 2)).is_some());
    }

    proptest! {
        #[test]
        fn bisection_finds_what_a_walk_finds_in_as_many_steps_as_the_number_has_bits(
            times in btree_set(0u64..200, 1..60),
            time in 0u64..210,
        ) {
            let checkpoints: Vec<(u64, u8)> = times.iter().map(|since| (*since, *since as u8)).collect();
            let (history, earlier) = kept(&checkpoints);
            let steps = Cell::new(0u32);
            let found = history.at(time, |number| {
                steps.set(steps.get().strict_add(1));
                earlier.get(number as usize).copied()
            });
            let walked = checkpoints.iter().rev().find(|checkpoint| checkpoint.0 <= time).copied();
            prop_assert_eq!(found, walked);
            prop_assert!(steps.get() <= u32::BITS.strict_sub(history.earlier.leading_zeros()));
        }
    }
}
