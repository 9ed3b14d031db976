//! Filters that a client polls: `eth_newFilter` and its kin. The official server has none; clients then poll `eth_getLogs`.
//!
//! A filter remembers how far its client has seen, so nothing is lost between two polls, however far they lie apart; after
//! a re-organisation, logs of blocks that left the chain come again with `removed: true`, as in go-ethereum.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, Hasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jsonrpsee::proc_macros::rpc;
use serde::Serialize;
use sp_core::H256;

use super::{
    Eth,
    cursor::{Cursor, Path},
    error::{EthError, Result},
    logs::{Blocks, Filter},
    receipts::Log,
};

/// A filter that nobody polls for so long is forgotten.
const IDLE: Duration = Duration::from_secs(5 * 60);
/// Most filters at a time.
const CAPACITY: usize = 10_000;

/// What a filter answers: hashes of blocks or transactions, or logs.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Changes {
    Hashes(Vec<H256>),
    Logs(Vec<Log>),
}

#[derive(Debug)]
enum Kind {
    Logs(Filter),
    Blocks,
    Transactions(Seen),
}

#[derive(Debug)]
struct Open {
    kind: Kind,
    cursor: Cursor,
}

#[derive(Debug)]
struct Slot {
    open: Arc<Mutex<Open>>,
    used: Instant,
}

/// The open filters by their ids.
#[derive(Debug, Default)]
pub(super) struct Filters {
    open: Mutex<HashMap<String, Slot>>,
}

impl Filters {
    fn add(&self, open: Open, now: Instant) -> Result<String> {
        let mut slots = self.slots();
        slots.retain(|_, slot| now.saturating_duration_since(slot.used) < IDLE);
        if slots.len() >= CAPACITY {
            return Err(EthError::TooManyFilters(CAPACITY));
        }
        let id = loop {
            // Seeded by the system; hard to guess, so one client does not drain another's filter by mistake.
            let id = format!("{:#018x}", RandomState::new().build_hasher().finish());
            if !slots.contains_key(&id) {
                break id;
            }
        };
        slots.insert(
            id.clone(),
            Slot {
                open: Arc::new(Mutex::new(open)),
                used: now,
            },
        );
        Ok(id)
    }

    fn get(&self, id: &str, now: Instant) -> Result<Arc<Mutex<Open>>> {
        let mut slots = self.slots();
        let slot = slots.get_mut(id).ok_or(EthError::UnknownFilter)?;
        if now.saturating_duration_since(slot.used) >= IDLE {
            slots.remove(id);
            return Err(EthError::UnknownFilter);
        }
        slot.used = now;
        Ok(slot.open.clone())
    }

    fn remove(&self, id: &str) -> bool {
        self.slots().remove(id).is_some()
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which queued transactions somebody has been told of.
#[derive(Debug, Default)]
pub(super) struct Seen {
    queued: HashSet<H256>,
}

impl Seen {
    /// All that wait now count as seen.
    pub(super) fn now(eth: &Eth) -> Self {
        let queued = eth.queue.all_ethereum(&eth.chain);
        Self {
            queued: queued.iter().map(|queued| queued.hash).collect(),
        }
    }

    /// Transactions that came since the last time, those included that were sealed in the meantime: with instant sealing,
    /// none is ever seen waiting.
    pub(super) fn advance(&mut self, eth: &Eth, path: &Path) -> Result<Vec<H256>> {
        let mut old = std::mem::take(&mut self.queued);
        for head in &path.retracted {
            old.extend(eth.stored(head.hash)?.block.eth_transactions);
        }
        let mut new = Vec::new();
        for head in &path.enacted {
            new.extend(eth.stored(head.hash)?.block.eth_transactions);
        }
        for queued in eth.queue.all_ethereum(&eth.chain) {
            self.queued.insert(queued.hash);
            new.push(queued.hash);
        }
        new.retain(|hash| old.insert(*hash));
        Ok(new)
    }
}

impl Eth {
    fn open(&self, kind: Kind) -> Result<String> {
        let open = Open {
            kind,
            cursor: Cursor::new(&self.chain),
        };
        self.filters.add(open, Instant::now())
    }
}

#[rpc(server)]
pub(super) trait FiltersApi {
    /// For logs to come; `fromBlock` and `toBlock` bound them if they are numbers.
    #[method(name = "eth_newFilter", blocking)]
    fn new_filter(&self, filter: Option<Filter>) -> Result<String>;

    #[method(name = "eth_newBlockFilter", blocking)]
    fn new_block_filter(&self) -> Result<String>;

    #[method(name = "eth_newPendingTransactionFilter", blocking)]
    fn new_pending_transaction_filter(&self) -> Result<String>;

    /// What came since the last poll.
    #[method(name = "eth_getFilterChanges", blocking)]
    fn filter_changes(&self, id: String) -> Result<Changes>;

    /// All logs that a log filter asks for, as `eth_getLogs` answers them.
    #[method(name = "eth_getFilterLogs", blocking)]
    fn filter_logs(&self, id: String) -> Result<Vec<Log>>;

    #[method(name = "eth_uninstallFilter")]
    fn uninstall_filter(&self, id: String) -> Result<bool>;
}

impl FiltersApiServer for Eth {
    fn new_filter(&self, filter: Option<Filter>) -> Result<String> {
        let filter = filter.unwrap_or_default();
        if let Blocks::At(_) = filter.blocks {
            let why = "a single block has no changes; use eth_getLogs with blockHash";
            return Err(EthError::InvalidParams(why.to_owned()));
        }
        self.open(Kind::Logs(filter))
    }

    fn new_block_filter(&self) -> Result<String> {
        self.open(Kind::Blocks)
    }

    fn new_pending_transaction_filter(&self) -> Result<String> {
        self.open(Kind::Transactions(Seen::now(self)))
    }

    fn filter_changes(&self, id: String) -> Result<Changes> {
        let open = self.filters.get(&id, Instant::now())?;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        let Open { kind, cursor } = &mut *open;
        // Moved only if all goes well, so that a failed poll can be repeated.
        let mut next = *cursor;
        let path = next.advance(self)?;
        let changes = match kind {
            Kind::Logs(filter) => Changes::Logs(path.logs(self, filter)?),
            Kind::Blocks => {
                let hashes = path
                    .enacted
                    .iter()
                    .map(|head| Ok(self.stored(head.hash)?.block.eth_hash));
                Changes::Hashes(hashes.collect::<Result<_>>()?)
            }
            Kind::Transactions(seen) => Changes::Hashes(seen.advance(self, &path)?),
        };
        *cursor = next;
        Ok(changes)
    }

    fn filter_logs(&self, id: String) -> Result<Vec<Log>> {
        let open = self.filters.get(&id, Instant::now())?;
        let filter = match &open.lock().unwrap_or_else(PoisonError::into_inner).kind {
            Kind::Logs(filter) => filter.clone(),
            Kind::Blocks | Kind::Transactions(_) => return Err(EthError::UnknownFilter),
        };
        self.logs(&filter)
    }

    fn uninstall_filter(&self, id: String) -> Result<bool> {
        Ok(self.filters.remove(&id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Config;

    fn filters_with_one() -> (Filters, String, Instant) {
        let chain = crate::Chain::start(&Config::default()).unwrap();
        let (filters, start) = (Filters::default(), Instant::now());
        let id = filters
            .add(
                Open {
                    kind: Kind::Blocks,
                    cursor: Cursor::new(&chain),
                },
                start,
            )
            .unwrap();
        (filters, id, start)
    }

    #[test]
    fn an_idle_filter_expires() {
        let (filters, id, start) = filters_with_one();
        assert!(matches!(filters.get(&id, start + IDLE), Err(EthError::UnknownFilter)));
        assert!(!filters.remove(&id));
    }

    #[test]
    fn polling_keeps_a_filter_open() {
        let (filters, id, start) = filters_with_one();
        let almost = IDLE - Duration::from_secs(1);
        assert!(filters.get(&id, start + almost).is_ok());
        assert!(filters.get(&id, start + almost * 2).is_ok());
    }
}
