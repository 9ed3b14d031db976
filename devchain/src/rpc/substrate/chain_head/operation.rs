//! What runs after `chainHead_v1_body`, `_call` and `_storage` answered.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sp_core::Bytes;
use tokio::{
    sync::{Notify, mpsc},
    task::{AbortHandle, JoinHandle},
};

use super::{StorageItem, event::FollowEvent};
use crate::{
    Chain,
    chain::ChainError,
    rpc::substrate::{
        storage_query::{Queries, Query},
        subscription::blocking,
    },
    runtime::Hash,
};

/// A running operation, seen from itself.
pub(super) struct Operation {
    id: String,
    events: mpsc::Sender<FollowEvent>,
    waiting: Arc<Waiting>,
}

/// Whether an operation waits for `chainHead_v1_continue`.
#[derive(Default)]
pub(super) struct Waiting {
    is_waiting: AtomicBool,
    go_on: Notify,
}

/// A running operation, seen from outside. Dropping it stops the operation.
pub(super) struct Handle {
    task: AbortHandle,
    waiting: Arc<Waiting>,
}

impl Handle {
    pub(super) fn new(task: &JoinHandle<()>, waiting: Arc<Waiting>) -> Self {
        Self {
            task: task.abort_handle(),
            waiting,
        }
    }

    /// `false` if it does not wait.
    pub(super) fn go_on(&self) -> bool {
        let waited = self.waiting.is_waiting.swap(false, Ordering::AcqRel);
        if waited {
            self.waiting.go_on.notify_one();
        }
        waited
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Operation {
    pub(super) fn new(id: String, events: mpsc::Sender<FollowEvent>) -> (Self, Arc<Waiting>) {
        let waiting = Arc::new(Waiting::default());
        let operation = Self {
            id,
            events,
            waiting: waiting.clone(),
        };
        (operation, waiting)
    }

    async fn tell(&self, event: impl FnOnce(String) -> FollowEvent) {
        // When the subscription is over, so is this task.
        let _ = self.events.send(event(self.id.clone())).await;
    }

    async fn fail(&self, error: String) {
        self.tell(|operation_id| FollowEvent::OperationError { operation_id, error })
            .await;
    }

    /// Asks the client to let the operation go on, and waits until it does.
    async fn wait_for_continue(&self) {
        // Before the client can know of it: its answer may come at once.
        self.waiting.is_waiting.store(true, Ordering::Release);
        self.tell(|operation_id| FollowEvent::OperationWaitingForContinue { operation_id })
            .await;
        self.waiting.go_on.notified().await;
    }
}

pub(super) async fn body(operation: Operation, chain: Chain, hash: Hash) {
    match blocking(move || chain.block(hash)).await {
        Ok(Ok(Some(block))) => {
            let value = block.extrinsics.into_iter().map(Bytes).collect();
            operation
                .tell(|operation_id| FollowEvent::OperationBodyDone { operation_id, value })
                .await;
        }
        Ok(Ok(None)) => operation.fail(ChainError::UnknownBlock(hash).to_string()).await,
        Ok(Err(error)) => operation.fail(error.to_string()).await,
        Err(error) => operation.fail(error.message().to_owned()).await,
    }
}

pub(super) async fn call(operation: Operation, chain: Chain, hash: Hash, function: String, arguments: Vec<u8>) {
    let call = move || Ok::<_, ChainError>(chain.state(hash)?.call(&function, &arguments)?);
    match blocking(call).await {
        Ok(Ok(output)) => {
            let output = Bytes(output);
            operation
                .tell(|operation_id| FollowEvent::OperationCallDone { operation_id, output })
                .await;
        }
        Ok(Err(error)) => operation.fail(error.to_string()).await,
        Err(error) => operation.fail(error.message().to_owned()).await,
    }
}

pub(super) async fn storage(
    operation: Operation,
    chain: Chain,
    hash: Hash,
    items: Vec<StorageItem>,
    child: Option<Bytes>,
) {
    let queries = items.into_iter().map(|item| Query {
        key: item.key.0,
        kind: item.kind,
        start_after: None,
    });
    let mut queries = match chain.state(hash) {
        Ok(state) => Queries::new(state, child.as_deref(), queries),
        Err(error) => return operation.fail(error.to_string()).await,
    };
    while !queries.is_done() {
        let page = blocking(move || {
            let page = queries.next_page();
            (queries, page)
        });
        let items = match page.await {
            Ok((rest, Ok(items))) => {
                queries = rest;
                items
            }
            Ok((_, Err(error))) => return operation.fail(error.to_string()).await,
            Err(error) => return operation.fail(error.message().to_owned()).await,
        };
        if !items.is_empty() {
            operation
                .tell(|operation_id| FollowEvent::OperationStorageItems { operation_id, items })
                .await;
        }
        if queries.is_among_descendants() {
            operation.wait_for_continue().await;
        }
    }
    operation
        .tell(|operation_id| FollowEvent::OperationStorageDone { operation_id })
        .await;
}
