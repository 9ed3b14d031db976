//! Fetching the blocks of a span in ranges, several at once.

use std::{
    collections::{HashMap, HashSet},
    ops::RangeInclusive,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use alloy_core::primitives::Address;
use futures::{Stream, StreamExt, stream};
use tokio::task::{JoinError, JoinHandle};

use crate::indexer::{
    catalogue::Catalogue,
    fetch::Fetcher,
    source::SourceError,
    store::{Batch, IndexedLog},
};

/// Ranges that are fetched at once.
const PARALLEL: usize = 4;
/// Blocks in the first range. Ranges grow while they are small and shrink when they are large.
const FIRST_RANGE: u64 = 64;
/// Blocks in the largest range.
const LONGEST_RANGE: u64 = 2_048;
/// Bytes of events in a range that is neither too small nor too large: this bounds the memory.
const GOOD_RANGE: RangeInclusive<usize> = 256 << 10..=2 << 20;

/// What is looked for, and with what.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) fetcher: Arc<Fetcher>,
    pub(super) catalogue: Arc<Catalogue>,
    /// The contracts' names.
    pub(super) names: Arc<HashMap<Address, Arc<str>>>,
    /// The contracts to look for.
    pub(super) contracts: Vec<Address>,
    pub(super) size: RangeSize,
}

/// What became of a range.
type Fetched = Result<Result<Batch, SourceError>, JoinError>;

impl Job {
    /// The blocks of a span in ranges, in order. They are fetched in tasks of their own, which end with the stream.
    pub(super) fn start(self: Arc<Self>, span: RangeInclusive<u64>) -> impl Stream<Item = Fetched> + Send + Unpin {
        let job = Arc::clone(&self);
        let fetching = move |range| Fetching(tokio::spawn(Arc::clone(&self).fetch(range)));
        Box::pin(
            stream::iter(ranges(span, move || job.size.get()))
                .map(fetching)
                .buffered(PARALLEL),
        )
    }

    async fn fetch(self: Arc<Self>, range: RangeInclusive<u64>) -> Result<Batch, SourceError> {
        let wanted: HashSet<Address> = self.contracts.iter().copied().collect();
        let fetched = self.fetcher.range(range, &wanted).await?;
        self.size.adapt(fetched.blocks.len() as u64, fetched.bytes);
        let mut logs = Vec::with_capacity(fetched.logs.len());
        for log in fetched.logs {
            // Only logs of contracts were asked for that have a name.
            if let Some(name) = self.names.get(&log.address) {
                logs.push(IndexedLog::new(&self.catalogue, name, log));
            }
        }
        Ok(Batch {
            contracts: self.contracts.clone(),
            blocks: fetched.blocks,
            logs,
        })
    }
}

/// How many blocks the next range has.
#[derive(Debug)]
pub(super) struct RangeSize(AtomicU64);

impl Default for RangeSize {
    fn default() -> Self {
        Self(AtomicU64::new(FIRST_RANGE))
    }
}

impl RangeSize {
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Makes the next ranges longer or shorter, by how much was in this one.
    fn adapt(&self, blocks: u64, bytes: usize) {
        let (small, large) = (bytes < *GOOD_RANGE.start(), bytes > *GOOD_RANGE.end());
        let wanted = if large { blocks / 2 } else { blocks * 2 }.clamp(1, LONGEST_RANGE);
        let current = self.get();
        // One range in several may have been planned with an older size, and the last of a span is short.
        if small && wanted > current || large && wanted < current {
            self.0.store(wanted, Ordering::Relaxed);
        }
    }
}

/// A span in ranges, each as long as `size` says when it is asked for.
fn ranges(span: RangeInclusive<u64>, size: impl Fn() -> u64) -> impl Iterator<Item = RangeInclusive<u64>> {
    let (mut next, end) = (Some(*span.start()), *span.end());
    std::iter::from_fn(move || {
        let start = next.filter(|start| *start <= end)?;
        let last = start.saturating_add(size() - 1).min(end);
        next = last.checked_add(1);
        Some(start..=last)
    })
}

/// A task that ends with whoever waits for it.
struct Fetching(JoinHandle<Result<Batch, SourceError>>);

impl Future for Fetching {
    type Output = Fetched;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Fetched> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_a_span_once_and_in_order() {
        for size in [1, 2, 7, 100] {
            let all: Vec<u64> = ranges(5..=33, || size).flatten().collect();
            assert_eq!(all, (5..=33).collect::<Vec<_>>(), "{size}");
        }
        assert_eq!(ranges(u64::MAX - 1..=u64::MAX, || 10).count(), 1);
    }

    #[test]
    fn ranges_grow_while_there_is_little_in_them_and_shrink_when_there_is_much() {
        let size = RangeSize::default();
        size.adapt(FIRST_RANGE, 0);
        assert_eq!(size.get(), 2 * FIRST_RANGE);
        // Planned before, and the end of a span: they say nothing new.
        size.adapt(FIRST_RANGE, 0);
        size.adapt(3, 0);
        assert_eq!(size.get(), 2 * FIRST_RANGE);
        size.adapt(2 * FIRST_RANGE, 1 << 20);
        assert_eq!(size.get(), 2 * FIRST_RANGE);
        size.adapt(2 * FIRST_RANGE, 100 << 20);
        size.adapt(FIRST_RANGE, 100 << 20);
        assert_eq!(size.get(), FIRST_RANGE / 2);
        for _ in 0..20 {
            size.adapt(size.get(), 100 << 20);
        }
        assert_eq!(size.get(), 1);
        for _ in 0..20 {
            size.adapt(size.get(), 0);
        }
        assert_eq!(size.get(), LONGEST_RANGE);
    }
}
