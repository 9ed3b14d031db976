//! Seals blocks at the pace that the chain asks for.

use std::{
    io,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use crate::{Chain, chain::Sealing};

/// How soon a change of the chain's sealing is noticed.
const POLL: Duration = Duration::from_millis(20);

/// A thread that calls [`Chain::seal`] as long as the chain's sealing is [`Sealing::Interval`]. It is a thread and no task
/// because building a block blocks.
#[derive(Debug)]
pub(super) struct SealingDriver {
    stop: Sender<()>,
}

impl SealingDriver {
    pub(super) fn start(chain: Chain) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        thread::Builder::new()
            .name("salus-sealing".into())
            .spawn(move || drive(&chain, &stopped))?;
        Ok(Self { stop })
    }

    /// Tells the thread to end after the block that it may be building. Dropping the driver does the same.
    pub(super) fn stop(&self) {
        // It has ended already, which is as well.
        let _ = self.stop.send(());
    }
}

fn drive(chain: &Chain, stopped: &Receiver<()>) {
    let mut schedule: Option<Schedule> = None;
    loop {
        schedule = match chain.sealing() {
            Sealing::Interval(pace) => Some(Schedule::at_pace(pace, schedule)),
            _ => None,
        };
        let wait = schedule.map_or(POLL, |schedule| {
            POLL.min(schedule.due.saturating_duration_since(Instant::now()))
        });
        match stopped.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
        if let Some(schedule) = &mut schedule
            && schedule.is_due()
            && matches!(chain.sealing(), Sealing::Interval(pace) if pace == schedule.pace)
            && let Err(error) = chain.seal()
        {
            tracing::error!(%error, "no block could be sealed");
        }
    }
}

#[derive(Clone, Copy)]
struct Schedule {
    pace: Duration,
    due: Instant,
}

impl Schedule {
    /// Goes on with `current` if the pace is the same, else starts anew.
    fn at_pace(pace: Duration, current: Option<Self>) -> Self {
        let fresh = || Self {
            pace,
            due: Instant::now() + pace.max(Duration::from_millis(1)),
        };
        current.filter(|current| current.pace == pace).unwrap_or_else(fresh)
    }

    /// Whether it is time; then the next time is set. Blocks that came too late are not caught up on.
    fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let due = now >= self.due;
        if due {
            self.due = (self.due + self.pace).max(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_its_schedule_while_the_pace_stays_and_drops_it_when_it_changes() {
        let first = Schedule::at_pace(Duration::from_secs(6), None);
        assert_eq!(Schedule::at_pace(Duration::from_secs(6), Some(first)).due, first.due);
        assert!(Schedule::at_pace(Duration::from_secs(1), Some(first)).due < first.due);
    }

    #[test]
    fn missed_blocks_are_not_caught_up_on() {
        let pace = Duration::from_millis(10);
        let mut schedule = Schedule {
            pace,
            due: Instant::now().checked_sub(pace * 50).unwrap(),
        };
        assert!(schedule.is_due());
        assert!(
            schedule.due + pace > Instant::now(),
            "the next block is due now, not fifty paces ago"
        );
    }
}
