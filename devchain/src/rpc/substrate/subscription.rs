//! What all subscriptions share.

use jsonrpsee::{PendingSubscriptionSink, SubscriptionMessage, SubscriptionSink, types::ErrorObjectOwned};
use serde::Serialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::error;
use crate::{
    Chain,
    chain::{ChainEvent, Follow},
};

/// Accepts a subscription that follows the chain from the moment at which it was asked for: what the client causes after it got
/// the answer, it is told.
pub(super) async fn begin(pending: PendingSubscriptionSink, chain: &Chain) -> Option<(SubscriptionSink, Follow)> {
    match follow(chain).await {
        Ok(follow) => pending.accept().await.ok().map(|sink| (sink, follow)),
        Err(error) => {
            pending.reject(error).await;
            None
        }
    }
}

/// Where the chain is now, and what happens from here.
///
/// # Errors
/// An internal error when the chain panics.
pub(super) async fn follow(chain: &Chain) -> Result<Follow, ErrorObjectOwned> {
    let chain = chain.clone();
    blocking(move || chain.follow()).await
}

/// Sends one item. `false` when nobody listens any more.
pub(super) async fn send(sink: &SubscriptionSink, item: &impl Serialize) -> bool {
    match serde_json::value::to_raw_value(item) {
        Ok(json) => sink.send(SubscriptionMessage::from(json)).await.is_ok(),
        Err(error) => {
            tracing::error!(%error, method = sink.method_name(), "an item could not be serialized");
            false
        }
    }
}

/// What comes from the chain, seen by a subscription.
pub(super) enum Next<T = ChainEvent> {
    /// The next event.
    Event(T),
    /// The subscription was too slow: events were lost.
    Missed,
    /// The client left, or the chain is gone.
    Closed,
}

/// Waits for the next event or for the client to leave.
pub(super) async fn next(sink: &SubscriptionSink, events: &mut Receiver<ChainEvent>) -> Next {
    tokio::select! {
        () = sink.closed() => Next::Closed,
        event = events.recv() => match event {
            Ok(event) => Next::Event(event),
            Err(RecvError::Lagged(_)) => Next::Missed,
            Err(RecvError::Closed) => Next::Closed,
        },
    }
}

/// Runs what blocks (the chain's lock, the state, the runtime) off the threads that serve connections.
///
/// # Errors
/// An internal error when `f` panics.
pub(super) async fn blocking<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> Result<R, ErrorObjectOwned> {
    tokio::task::spawn_blocking(f).await.map_err(error::internal)
}
