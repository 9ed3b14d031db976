//! `transactionWatch_v1`: submitting a transaction and watching it.

use jsonrpsee::{PendingSubscriptionSink, RpcModule, core::async_trait, proc_macros::rpc};
use serde::Serialize;
use sp_core::Bytes;

use super::{
    author::invalid_reason,
    subscription,
    watch::{Place, Update, Watch},
};
use crate::{
    Chain,
    chain::{PoolError, SubmitError},
    runtime::Hash,
};

/// Methods of the family `transactionWatch_v1`.
#[rpc(server)]
trait TransactionWatch {
    /// Submits a transaction and tells what happens to it, until it is final or will never be. That it is refused is told by an
    /// event, too.
    #[subscription(
        name = "transactionWatch_v1_submitAndWatch" => "transactionWatch_v1_watchEvent",
        unsubscribe = "transactionWatch_v1_unwatch",
        item = Event
    )]
    async fn submit_and_watch(&self, transaction: Bytes);
}

/// What happens to a watched transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
enum Event {
    Validated,
    BestChainBlockIncluded { block: Option<Block> },
    Finalized { block: Block },
    Error { error: String },
    Invalid { error: String },
    Dropped { error: String },
}

/// A block, and which of its extrinsics the transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Block {
    hash: Hash,
    index: u32,
}

impl From<Place> for Block {
    fn from(place: Place) -> Self {
        Self {
            hash: place.block,
            index: place.index,
        }
    }
}

impl From<Update> for Event {
    fn from(update: Update) -> Self {
        match update {
            Update::Ready | Update::Future => Self::Validated,
            Update::InBlock(place) => Self::BestChainBlockIncluded {
                block: Some(place.into()),
            },
            Update::Retracted(_) => Self::BestChainBlockIncluded { block: None },
            Update::Finalized(place) => Self::Finalized { block: place.into() },
            Update::Usurped(by) => Self::Invalid {
                error: format!("replaced by the transaction {by:?}"),
            },
            Update::Invalid => Self::Invalid {
                error: "the transaction is no longer valid".into(),
            },
            Update::Dropped => Self::Dropped {
                error: "the transaction was taken out of the queue".into(),
            },
        }
    }
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api { chain }.into_rpc().remove_context()
}

struct Api {
    chain: Chain,
}

#[async_trait]
impl TransactionWatchServer for Api {
    async fn submit_and_watch(&self, pending: PendingSubscriptionSink, transaction: Bytes) {
        let Ok(sink) = pending.accept().await else {
            return;
        };
        let started = match Watch::submit(self.chain.clone(), transaction.0).await {
            Ok((watch, Ok(()))) => Ok((watch, None)),
            Ok((watch, Err(SubmitError::Pool(PoolError::AlreadyQueued)))) => Ok((watch, Some(Event::Validated))),
            Ok((_, Err(error))) => Err(refusal(&error)),
            Err(error) => Err(Event::Error {
                error: error.message().to_owned(),
            }),
        };
        let (mut watch, mut next) = match started {
            Ok(started) => started,
            Err(event) => {
                subscription::send(&sink, &event).await;
                return;
            }
        };
        loop {
            if let Some(event) = next
                && !subscription::send(&sink, &event).await
            {
                return;
            }
            let update = tokio::select! {
                () = sink.closed() => return,
                update = watch.next() => update,
            };
            let Some(update) = update else { return };
            next = Some(update.into());
        }
    }
}

fn refusal(error: &SubmitError) -> Event {
    match error {
        SubmitError::Pool(PoolError::Full) => Event::Dropped {
            error: error.to_string(),
        },
        SubmitError::Chain(error) => Event::Error {
            error: error.to_string(),
        },
        SubmitError::Invalid(why) => Event::Invalid {
            error: invalid_reason(*why),
        },
        other => Event::Invalid {
            error: other.to_string(),
        },
    }
}
