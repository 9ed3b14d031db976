//! How far indexing has come, and how fast.

use std::{
    fmt,
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::indexer::store::Batch;

/// A range that was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Its first block.
    pub first: u64,
    /// Its last block.
    pub last: u64,
    /// The block to be reached.
    pub target: u64,
    /// Logs in the range.
    pub logs: usize,
    /// Blocks a second since the run began to catch up.
    pub rate: f64,
    /// How long it takes to the target at this rate.
    pub remaining: Duration,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            first,
            last,
            target,
            logs,
            rate,
            remaining,
        } = self;
        write!(f, "blocks {first}..{last} of {target}, {logs} logs, {rate:.0} blocks/s")?;
        match remaining.as_secs() {
            _ if last >= target => Ok(()),
            seconds @ 0..60 => write!(f, ", {seconds} s left"),
            seconds @ 60..3_600 => write!(f, ", {} min left", seconds.div_ceil(60)),
            seconds => write!(f, ", {} h {} min left", seconds / 3_600, seconds % 3_600 / 60),
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The last block up to which every contract is indexed; none if the chain has not come to the first yet.
    pub indexed_to: Option<u64>,
    /// Blocks that this run stored.
    pub blocks: u64,
    /// Logs that this run stored.
    pub logs: u64,
    /// Those of them that no ABI explains.
    pub undecoded: u64,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// Whether it was told to stop.
    pub stopped: bool,
}

/// Counts what a run does.
#[derive(Debug)]
pub(super) struct Meter {
    started: Instant,
    /// When the last range was stored, and how much time was spent on ranges. Waiting for new blocks does not count.
    busy: Duration,
    blocks: u64,
    logs: u64,
    undecoded: u64,
    mark: Instant,
}

impl Meter {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            started: now,
            busy: Duration::ZERO,
            blocks: 0,
            logs: 0,
            undecoded: 0,
            mark: now,
        }
    }

    /// Time from here on is spent on ranges.
    pub(super) fn resume(&mut self) {
        self.mark = Instant::now();
    }

    /// Whether a range was stored.
    pub(super) fn has_begun(&self) -> bool {
        self.blocks > 0
    }

    /// Counts a stored range.
    pub(super) fn count(&mut self, batch: &Batch, target: u64) -> Progress {
        let (first, last) = match (batch.blocks.first(), batch.blocks.last()) {
            (Some(first), Some(last)) => (first.number, last.number),
            _ => (target, target),
        };
        self.busy += self.mark.elapsed();
        self.mark = Instant::now();
        self.blocks += batch.blocks.len() as u64;
        self.logs += batch.logs.len() as u64;
        self.undecoded += batch.logs.iter().filter(|log| log.name().is_none()).count() as u64;
        // Precise enough for people, and never zero.
        #[allow(clippy::cast_precision_loss)]
        let (rate, left) = (
            self.blocks as f64 / self.busy.as_secs_f64().max(1e-6),
            target.saturating_sub(last) as f64,
        );
        let remaining = Duration::try_from_secs_f64(left / rate).unwrap_or(Duration::MAX);
        Progress {
            first,
            last,
            target,
            logs: batch.logs.len(),
            rate,
            remaining,
        }
    }

    pub(super) fn summary(&self, indexed_to: Option<u64>, stopped: bool) -> Summary {
        Summary {
            indexed_to,
            blocks: self.blocks,
            logs: self.logs,
            undecoded: self.undecoded,
            milliseconds: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_told_in_one_line() {
        let progress = Progress {
            first: 10,
            last: 19,
            target: 30,
            logs: 3,
            rate: 5.04,
            remaining: Duration::from_secs(7_320),
        };
        assert_eq!(
            progress.to_string(),
            "blocks 10..19 of 30, 3 logs, 5 blocks/s, 2 h 2 min left"
        );
        let soon = Progress {
            remaining: Duration::from_millis(2_900),
            ..progress.clone()
        };
        assert!(soon.to_string().ends_with("blocks/s, 2 s left"));
        let done = Progress { last: 30, ..progress };
        assert!(done.to_string().ends_with("blocks/s"));
    }
}
