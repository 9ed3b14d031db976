//! The subscriptions that are alive, with their pinned blocks and running operations.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use jsonrpsee::ConnectionId;
use tokio::sync::mpsc;

use super::{
    ChainHeadError, Response,
    event::{FollowEvent, Started},
    operation::{Handle, Operation},
};
use crate::runtime::Hash;

/// Subscriptions that one connection may have; the specification wants two at least.
const MAX_SESSIONS: usize = 8;
/// Operations of one subscription that may run at a time; the specification wants 16 at least.
const MAX_OPERATIONS: usize = 128;
/// Blocks that may stay pinned after it is decided whether they are final. Others do not count: a chain that is slow to finalize
/// has to stay usable.
const MAX_DECIDED: usize = 4_096;

type Key = (ConnectionId, String);

/// All subscriptions.
#[derive(Clone, Default)]
pub(super) struct Sessions(Arc<Mutex<HashMap<Key, Arc<Session>>>>);

impl Sessions {
    /// Adds one.
    ///
    /// # Errors
    /// When the connection has too many.
    pub(super) fn open(
        &self,
        connection: ConnectionId,
        id: String,
        session: Session,
    ) -> Result<Opened, ChainHeadError> {
        let mut sessions = lock(&self.0);
        if sessions.keys().filter(|(of, _)| *of == connection).count() >= MAX_SESSIONS {
            return Err(ChainHeadError::TooManySubscriptions);
        }
        let key = (connection, id);
        let session = Arc::new(session);
        sessions.insert(key.clone(), session.clone());
        Ok(Opened {
            session,
            key,
            all: self.clone(),
        })
    }

    /// One of a connection's, if it is alive.
    pub(super) fn get(&self, connection: ConnectionId, id: &str) -> Option<Arc<Session>> {
        lock(&self.0).get(&(connection, id.to_owned())).cloned()
    }
}

/// A subscription that is alive until this is dropped.
pub(super) struct Opened {
    pub(super) session: Arc<Session>,
    key: Key,
    all: Sessions,
}

impl Drop for Opened {
    fn drop(&mut self) {
        lock(&self.all.0).remove(&self.key);
        lock(&self.session.operations).clear();
    }
}

/// A subscription.
pub(super) struct Session {
    with_runtime: bool,
    pins: Mutex<Pins>,
    operations: Mutex<HashMap<String, Handle>>,
    next_operation: AtomicU64,
    /// What operations tell goes through the subscription's task, so that nothing is told after `stop`.
    events: mpsc::Sender<FollowEvent>,
}

impl Session {
    pub(super) fn new(with_runtime: bool, events: mpsc::Sender<FollowEvent>) -> Self {
        Self {
            with_runtime,
            pins: Mutex::default(),
            operations: Mutex::default(),
            next_operation: AtomicU64::new(0),
            events,
        }
    }

    pub(super) fn with_runtime(&self) -> bool {
        self.with_runtime
    }

    /// Pins a block that is about to be reported.
    pub(super) fn pin(&self, hash: Hash) {
        lock(&self.pins).open.insert(hash);
    }

    /// Notes that it is decided whether these blocks are final. `false` if too many such blocks stay pinned.
    #[must_use]
    pub(super) fn decide<'a>(&self, hashes: impl IntoIterator<Item = &'a Hash>) -> bool {
        let mut pins = lock(&self.pins);
        for hash in hashes {
            if pins.open.remove(hash) {
                pins.decided.insert(*hash);
            }
        }
        pins.decided.len() <= MAX_DECIDED
    }

    pub(super) fn check_pinned(&self, hash: Hash) -> Result<(), ChainHeadError> {
        if lock(&self.pins).holds(&hash) {
            Ok(())
        } else {
            Err(ChainHeadError::UnknownBlock)
        }
    }

    /// Unpins all of them or none.
    pub(super) fn unpin(&self, hashes: &[Hash]) -> Result<(), ChainHeadError> {
        let unique: HashSet<&Hash> = hashes.iter().collect();
        if unique.len() < hashes.len() {
            return Err(ChainHeadError::DuplicateHashes);
        }
        let mut pins = lock(&self.pins);
        if !hashes.iter().all(|hash| pins.holds(hash)) {
            return Err(ChainHeadError::UnknownBlock);
        }
        for hash in hashes {
            let _ = pins.open.remove(hash) || pins.decided.remove(hash);
        }
        Ok(())
    }

    /// Starts an operation once its id was sent.
    pub(super) fn start<F>(
        self: &Arc<Self>,
        discarded_items: Option<usize>,
        run: impl FnOnce(Operation) -> F,
    ) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut operations = lock(&self.operations);
        if operations.len() >= MAX_OPERATIONS {
            return Response::success(Started::LimitReached);
        }
        let id = self.next_operation.fetch_add(1, Ordering::Relaxed).to_string();
        let (response, sent) = Response::success(Started::Started {
            operation_id: id.clone(),
            discarded_items,
        })
        .notify_on_completion();
        let (operation, waiting) = Operation::new(id.clone(), self.events.clone());
        let (work, session, own) = (run(operation), self.clone(), id.clone());
        let task = tokio::spawn(async move {
            // In a batch it is not told when the response is sent; the operation runs all the same.
            let _ = sent.await;
            work.await;
            lock(&session.operations).remove(&own);
        });
        operations.insert(id, Handle::new(&task, waiting));
        response
    }

    /// Lets an operation that waits go on.
    pub(super) fn go_on(&self, operation: &str) -> Result<(), ChainHeadError> {
        match lock(&self.operations).get(operation) {
            Some(handle) if !handle.go_on() => Err(ChainHeadError::NotWaiting),
            _ => Ok(()),
        }
    }

    /// Stops an operation.
    pub(super) fn stop(&self, operation: &str) {
        lock(&self.operations).remove(operation);
    }
}

#[derive(Default)]
struct Pins {
    /// Not final yet.
    open: HashSet<Hash>,
    /// Final or pruned.
    decided: HashSet<Hash>,
}

impl Pins {
    fn holds(&self, hash: &Hash) -> bool {
        self.open.contains(hash) || self.decided.contains(hash)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that holds one of these locks can panic half-way.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session::new(true, mpsc::channel(1).0)
    }

    fn block(number: usize) -> Hash {
        Hash::from_low_u64_be(number as u64)
    }

    #[test]
    fn unpins_all_or_none() {
        let session = session();
        session.pin(block(1));
        session.pin(block(2));
        assert_eq!(session.unpin(&[block(1), block(3)]), Err(ChainHeadError::UnknownBlock));
        assert_eq!(
            session.unpin(&[block(1), block(1)]),
            Err(ChainHeadError::DuplicateHashes)
        );
        assert_eq!(session.check_pinned(block(1)), Ok(()));
        assert_eq!(session.unpin(&[block(1), block(2)]), Ok(()));
        assert_eq!(session.check_pinned(block(1)), Err(ChainHeadError::UnknownBlock));
    }

    #[test]
    fn only_blocks_that_are_decided_count_against_the_limit() {
        let session = session();
        let blocks: Vec<Hash> = (0..=MAX_DECIDED).map(block).collect();
        for hash in &blocks {
            session.pin(*hash);
        }
        assert!(session.decide(&blocks[1..]));
        assert!(!session.decide(&blocks[..1]));
    }

    #[test]
    fn a_connection_has_its_own_limit_and_its_own_subscriptions() {
        let sessions = Sessions::default();
        let open = |connection, id: usize| sessions.open(ConnectionId(connection), id.to_string(), session());
        let mut alive: Vec<Opened> = (0..MAX_SESSIONS).map(|id| open(1, id).unwrap()).collect();
        assert_eq!(open(1, 99).err(), Some(ChainHeadError::TooManySubscriptions));
        assert!(open(2, 0).is_ok());
        assert!(sessions.get(ConnectionId(1), "0").is_some());
        assert!(sessions.get(ConnectionId(3), "0").is_none());
        alive.remove(0);
        assert!(sessions.get(ConnectionId(1), "0").is_none());
        assert!(open(1, 99).is_ok());
    }
    #[tokio::test]
    async fn only_an_operation_that_waits_can_be_continued() {
        let session = Arc::new(session());
        session.start(None, |_| std::future::pending());
        assert_eq!(session.go_on("0"), Err(ChainHeadError::NotWaiting));
        assert_eq!(session.go_on("1"), Ok(()), "there is none");
        session.stop("0");
        assert_eq!(session.go_on("0"), Ok(()), "there is none any more");
    }
}
