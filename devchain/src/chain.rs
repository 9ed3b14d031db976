//! A chain of blocks in process: queue, sealing, history, forks, persistence, time.
//!
//! Every method is synchronous and may be called from any thread; one lock orders all changes. Who wants to know what
//! happens subscribes to [`ChainEvent`]s.

mod block;
mod clock;
mod follow;
mod fork;
mod guard;
mod pool;
mod producer;
mod sealing;
mod state;
mod store;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use codec::{Decode, Encode};
use sp_core::storage::Storage;
use sp_runtime::{
    traits::{BlakeTwo256, Hash as _},
    transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError, UnknownTransaction,
    },
};
use sp_state_machine::BasicExternalities;
use tokio::sync::broadcast;

pub use block::{ChainEvent, Head, StoredBlock, TransactionStatus, extrinsic_hash};
pub use clock::Millis;
pub use follow::Follow;
pub use fork::SnapshotId;
pub use pool::{CAPACITY as POOL_CAPACITY, PoolError, Queued};
pub use sealing::{Finality, Sealing};
pub use state::{State, StateError};
pub use store::StoreError;

use crate::{
    genesis::Genesis,
    runtime::{AccountId, BlockNumber, Hash, Header, Nonce, Runtime, System, Timestamp},
};
use clock::Clock;
use pool::Pool;
use store::{Heads, Nodes, Store};

/// Events that a slow subscriber may be behind before it loses the oldest.
const EVENT_BACKLOG: usize = 16_384;

/// How to start a chain.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The first state.
    pub genesis: Genesis,
    /// When blocks are built.
    pub sealing: Sealing,
    /// When blocks become final.
    pub finality: Finality,
    /// The database file; `None` keeps everything in memory.
    pub path: Option<PathBuf>,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state or the runtime.
    #[error(transparent)]
    State(#[from] StateError),
    /// A pallet refused its part of the genesis.
    #[error("genesis: {0}")]
    Genesis(String),
    /// There is no such block.
    #[error("there is no block {0:?}")]
    UnknownBlock(Hash),
    /// A re-organisation would go below the finalized block or below genesis.
    #[error("cannot re-organise {depth} blocks: only {possible} are not finalized")]
    TooDeep {
        /// Blocks to be replaced.
        depth: BlockNumber,
        /// Blocks above the finalized one.
        possible: BlockNumber,
    },
    /// The time asked for is not after the last block's.
    #[error("time {wanted} ms is not after the last block's, {last} ms")]
    TimeBackwards {
        /// Time asked for.
        wanted: Millis,
        /// Time of the best block.
        last: Millis,
    },
}

/// Why a transaction was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The bytes are not an extrinsic of this runtime.
    #[error("the bytes are not an extrinsic of this chain")]
    Malformed,
    /// The runtime says that it never will be valid.
    #[error("invalid transaction: {0:?}")]
    Invalid(InvalidTransaction),
    /// The runtime cannot tell.
    #[error("unknown validity: {0:?}")]
    Unknown(UnknownTransaction),
    /// The queue refused it.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The chain failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// A handle to a chain; clones share it.
#[derive(Clone)]
pub struct Chain {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<Store>,
    genesis: Hash,
    tip: Mutex<Tip>,
    events: broadcast::Sender<ChainEvent>,
}

/// What changes.
struct Tip {
    heads: Heads,
    pool: Pool,
    clock: Clock,
    sealing: Sealing,
    finality: Finality,
    snapshots: Vec<fork::Snapshot>,
}

impl Chain {
    /// Starts a new chain, or goes on with the one in `config.path`.
    ///
    /// # Errors
    /// When the genesis is refused, or the database cannot be opened, or belongs to another chain or version.
    pub fn start(config: &Config) -> Result<Self, ChainError> {
        let store = Arc::new(match &config.path {
            None => Store::in_memory()?,
            Some(path) => Store::open(path)?,
        });
        let nodes = Nodes(store.clone());
        let storage = config.genesis.build().map_err(ChainError::Genesis)?;
        let identity = identity(&storage);
        let heads = match store.heads(identity)? {
            Some(heads) => heads,
            None => create_genesis(&store, &nodes, &storage)?,
        };
        let genesis = store.canonical(0)?.ok_or(StoreError::Corrupt("genesis"))?;
        let chain = Self {
            inner: Arc::new(Inner {
                store,
                genesis,
                tip: Mutex::new(Tip {
                    heads,
                    pool: Pool::default(),
                    clock: Clock::default(),
                    sealing: config.sealing,
                    finality: config.finality,
                    snapshots: Vec::new(),
                }),
                events: broadcast::channel(EVENT_BACKLOG).0,
            }),
        };
        chain.catch_up_clock()?;
        Ok(chain)
    }

    /// Hash of block 0, which names the chain.
    pub fn genesis_hash(&self) -> Hash {
        self.inner.genesis
    }

    /// The best block.
    pub fn best(&self) -> Head {
        self.tip().heads.best
    }

    /// The highest finalized block.
    pub fn finalized(&self) -> Head {
        self.tip().heads.finalized
    }

    /// A block by its Substrate hash, on whatever fork.
    ///
    /// # Errors
    /// [`ChainError::Store`], here and in the look-ups below.
    pub fn block(&self, hash: Hash) -> Result<Option<StoredBlock>, ChainError> {
        Ok(self.inner.store.block(hash)?)
    }

    /// Hash of the block with this number on the best chain.
    ///
    /// # Errors
    /// As [`Chain::block`].
    pub fn hash_at(&self, number: BlockNumber) -> Result<Option<Hash>, ChainError> {
        Ok(self.inner.store.canonical(number)?)
    }

    /// Hashes of all blocks with this number, on all forks.
    ///
    /// # Errors
    /// As [`Chain::block`].
    pub fn hashes_at(&self, number: BlockNumber) -> Result<Vec<Hash>, ChainError> {
        Ok(self.inner.store.at_number(number)?)
    }

    /// Whether the block is on the best chain.
    ///
    /// # Errors
    /// As [`Chain::block`].
    pub fn is_canonical(&self, head: Head) -> Result<bool, ChainError> {
        Ok(self.hash_at(head.number)? == Some(head.hash))
    }

    /// Substrate hash of the block with this Ethereum hash.
    ///
    /// # Errors
    /// As [`Chain::block`].
    pub fn hash_by_eth_hash(&self, eth_hash: Hash) -> Result<Option<Hash>, ChainError> {
        Ok(self.inner.store.by_eth_hash(eth_hash)?)
    }

    /// Where the Ethereum transaction with this hash is on the best chain: the block's Substrate hash and the index among the
    /// block's Ethereum transactions.
    ///
    /// # Errors
    /// As [`Chain::block`].
    pub fn eth_transaction(&self, hash: Hash) -> Result<Option<(Hash, u32)>, ChainError> {
        for (block, index) in self.inner.store.eth_transaction(hash)? {
            if self.is_canonical(self.known(block)?.head())? {
                return Ok(Some((block, index)));
            }
        }
        Ok(None)
    }

    /// The state after the block with this hash.
    ///
    /// # Errors
    /// [`ChainError::UnknownBlock`].
    pub fn state(&self, hash: Hash) -> Result<State, ChainError> {
        Ok(self.state_of(&self.known(hash)?.header))
    }

    /// Queues an encoded extrinsic (with its length prefix) and answers its hash. With [`Sealing::Instant`], the block that
    /// holds it exists when this returns.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing changed then.
    pub fn submit(&self, extrinsic: &[u8]) -> Result<Hash, SubmitError> {
        if !producer::is_extrinsic(extrinsic) {
            return Err(SubmitError::Malformed);
        }
        let hash = extrinsic_hash(extrinsic);
        let mut tip = self.tip();
        let best = self.known(tip.heads.best.hash)?;
        let validity = match self.validate(&best.header, extrinsic)? {
            Ok(validity) => validity,
            Err(TransactionValidityError::Invalid(why)) => return Err(SubmitError::Invalid(why)),
            Err(TransactionValidityError::Unknown(why)) => return Err(SubmitError::Unknown(why)),
        };
        let replaced = tip.pool.insert(hash, extrinsic.into(), validity, best.header.number)?;
        for usurped in replaced {
            self.emit(ChainEvent::Transaction {
                hash: usurped,
                status: TransactionStatus::Usurped(hash),
            });
        }
        let ready = tip.pool.ready().iter().any(|queued| queued.hash == hash);
        let status = if ready {
            TransactionStatus::Ready
        } else {
            TransactionStatus::Future
        };
        self.emit(ChainEvent::Transaction { hash, status });
        if ready && tip.sealing == Sealing::Instant {
            self.seal_ready(&mut tip)?;
        }
        Ok(hash)
    }

    /// The nonce for the next transaction of `account`, after those that wait in the queue without a gap.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn next_nonce(&self, account: &AccountId) -> Result<Nonce, ChainError> {
        let tip = self.tip();
        let best = self.known(tip.heads.best.hash)?;
        let mut nonce = self.state_of(&best.header).execute(|| System::account_nonce(account))?;
        // The tag that `CheckNonce` provides.
        while tip.pool.provides(&(account, nonce).encode()) {
            nonce = nonce.saturating_add(1);
        }
        Ok(nonce)
    }

    /// What the runtime says of a transaction on the block `at`, without queueing it.
    ///
    /// # Errors
    /// [`ChainError`] when the block is unknown or the state cannot be read.
    pub fn validity(&self, at: Hash, extrinsic: &[u8]) -> Result<TransactionValidity, ChainError> {
        self.validate(&self.known(at)?.header, extrinsic)
    }

    /// What waits, ready and future.
    pub fn pending(&self) -> Vec<Queued> {
        self.tip().pool.queued()
    }

    /// Takes a transaction out of the queue; `false` if it was not there.
    pub fn drop_transaction(&self, hash: Hash) -> bool {
        let removed = self.tip().pool.remove(hash).is_some();
        if removed {
            self.emit(ChainEvent::Transaction {
                hash,
                status: TransactionStatus::Dropped,
            });
        }
        removed
    }

    fn validate(&self, at: &Header, extrinsic: &[u8]) -> Result<TransactionValidity, ChainError> {
        let mut arguments = TransactionSource::External.encode();
        arguments.extend_from_slice(extrinsic);
        at.hash().encode_to(&mut arguments);
        let answer = self
            .state_of(at)
            .call("TaggedTransactionQueue_validate_transaction", &arguments)?;
        TransactionValidity::decode(&mut &answer[..])
            .map_err(|error| StateError::Panicked(format!("undecodable validity: {error}")).into())
    }

    /// A block that must be there.
    fn known(&self, hash: Hash) -> Result<StoredBlock, ChainError> {
        self.inner.store.block(hash)?.ok_or(ChainError::UnknownBlock(hash))
    }

    fn state_of(&self, header: &Header) -> State {
        State::new(self.nodes(), header.state_root)
    }

    fn nodes(&self) -> Nodes {
        Nodes(self.inner.store.clone())
    }

    fn time_of(&self, header: &Header) -> Result<Millis, ChainError> {
        Ok(self.state_of(header).execute(Timestamp::get)?)
    }

    fn emit(&self, event: ChainEvent) {
        // Nobody may be listening, and that is fine.
        let _ = self.inner.events.send(event);
    }

    fn tip(&self) -> MutexGuard<'_, Tip> {
        // A panic elsewhere cannot leave the tip half changed: heads are set last, after the database took them.
        self.inner.tip.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn create_genesis(store: &Arc<Store>, nodes: &Nodes, storage: &Storage) -> Result<Heads, ChainError> {
    // Its state first, so that the runtime can be asked for the Ethereum side of it.
    let (mut block, genesis_nodes) = {
        store.insert_nodes([producer::empty_node()])?;
        producer::genesis(nodes, storage)?
    };
    store.insert_nodes(genesis_nodes)?;
    block.eth_hash = producer::genesis_eth_hash(&State::new(nodes.clone(), block.header.state_root))?;
    let head = block.head();
    let heads = Heads {
        best: head,
        finalized: head,
    };
    store.insert(head.hash, &block, [], Some(&heads))?;
    Ok(heads)
}

/// Names what a database is for: the first state, and the runtime's version. Metadata stands for the latter, since it lists
/// every storage item, call and constant. Its defaults are read from storage, hence the externalities.
fn identity(genesis: &Storage) -> Hash {
    let metadata = BasicExternalities::new(genesis.clone()).execute_with(Runtime::metadata);
    BlakeTwo256::hash_of(&(metadata.encode(), &genesis.top))
}
