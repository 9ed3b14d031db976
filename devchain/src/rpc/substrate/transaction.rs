//! `transaction_v1`: submitting a transaction again and again until told to stop.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use jsonrpsee::{ConnectionId, Extensions, RpcModule, proc_macros::rpc};
use sp_core::Bytes;
use tokio::task::AbortHandle;

use super::{
    error::{self, Result},
    watch::{Update, Watch},
};
use crate::{
    Chain,
    chain::{ChainEvent, PoolError, SubmitError},
    rpc::server::Connection,
};

/// Transactions that one connection may broadcast at a time.
const MAX_BROADCASTS: usize = 64;

/// Methods of the family `transaction_v1`. An operation ends with its connection; over HTTP, that is with the request.
#[rpc(server)]
trait Transaction {
    /// Submits a transaction, and again whenever it is lost, until it is final, stopped or found invalid. Answers an id to stop
    /// it with, or `null` if the connection broadcasts too many.
    #[method(name = "transaction_v1_broadcast", with_extensions)]
    fn broadcast(&self, transaction: Bytes) -> Result<Option<String>>;

    /// Stops submitting.
    #[method(name = "transaction_v1_stop", with_extensions)]
    fn stop(&self, operation_id: String) -> Result<()>;
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api {
        chain,
        broadcasts: Arc::default(),
        ids: AtomicU64::new(0),
    }
    .into_rpc()
    .remove_context()
}

struct Api {
    chain: Chain,
    broadcasts: Arc<Broadcasts>,
    ids: AtomicU64,
}

#[derive(Default)]
struct Broadcasts(Mutex<HashMap<(ConnectionId, String), AbortHandle>>);

impl Broadcasts {
    fn lock(&self) -> MutexGuard<'_, HashMap<(ConnectionId, String), AbortHandle>> {
        // Nothing that holds the lock can panic half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TransactionServer for Api {
    fn broadcast(&self, extensions: &Extensions, transaction: Bytes) -> Result<Option<String>> {
        let (id, connection) = connection(extensions)?;
        let mut broadcasts = self.broadcasts.lock();
        if broadcasts.keys().filter(|(of, _)| *of == id).count() >= MAX_BROADCASTS {
            return Ok(None);
        }
        let operation = self.ids.fetch_add(1, Ordering::Relaxed).to_string();
        let key = (id, operation.clone());
        let task = {
            let (chain, key, all) = (self.chain.clone(), key.clone(), self.broadcasts.clone());
            tokio::spawn(async move {
                let broadcast = async {
                    submit_until_final(&chain, &transaction.0).await;
                    // Stays known, and counted, until it is stopped.
                    std::future::pending::<()>().await;
                };
                // The submission first: over HTTP, the connection may be closed by now.
                tokio::select! {
                    biased;
                    () = broadcast => {}
                    () = connection.closed() => {}
                }
                all.lock().remove(&key);
            })
        };
        broadcasts.insert(key, task.abort_handle());
        Ok(Some(operation))
    }

    fn stop(&self, extensions: &Extensions, operation_id: String) -> Result<()> {
        let (id, _) = connection(extensions)?;
        let task = self.broadcasts.lock().remove(&(id, operation_id));
        task.ok_or_else(|| error::invalid_params("there is no such operation"))?
            .abort();
        Ok(())
    }
}

fn connection(extensions: &Extensions) -> Result<(ConnectionId, Connection)> {
    extensions
        .get::<ConnectionId>()
        .copied()
        .zip(Connection::of(extensions))
        .ok_or_else(|| error::internal("the request has no connection"))
}

async fn submit_until_final(chain: &Chain, transaction: &[u8]) {
    loop {
        let mut events = chain.subscribe();
        let Ok((mut watch, outcome)) = Watch::submit(chain.clone(), transaction.to_vec()).await else {
            return;
        };
        match outcome {
            Ok(()) | Err(SubmitError::Pool(PoolError::AlreadyQueued)) => {
                while let Some(update) = watch.next().await {
                    if matches!(update, Update::Finalized(_)) {
                        return;
                    }
                }
            }
            // Room or a better chance may come with the next block.
            Err(SubmitError::Pool(_) | SubmitError::Chain(_)) => {}
            Err(_) => return,
        }
        while !matches!(
            events.recv().await,
            Ok(ChainEvent::Best { .. } | ChainEvent::Reset { .. })
        ) {}
    }
}
