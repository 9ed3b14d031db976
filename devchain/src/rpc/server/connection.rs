//! What a method knows about the connection that called it.

use jsonrpsee::{
    Extensions, MethodResponse,
    core::middleware::{Batch, Notification},
    server::middleware::rpc::RpcServiceT,
    types::Request,
};
use tokio::sync::watch;

/// A client's connection, in the [`Extensions`] of each request that came over it. Over HTTP, each request is one.
#[allow(dead_code, reason = "for subscriptions that outlive their calls, which come next")]
#[derive(Clone, Debug)]
pub(in crate::rpc) struct Connection {
    open: watch::Receiver<()>,
}

#[allow(dead_code, reason = "for subscriptions that outlive their calls, which come next")]
impl Connection {
    /// The connection of a request.
    pub(in crate::rpc) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// Waits until the connection is closed.
    pub(in crate::rpc) async fn closed(mut self) {
        // Nothing is ever sent: this ends when the sender is dropped with the service below.
        while self.open.changed().await.is_ok() {}
    }
}

/// Puts the [`Connection`] into each request that `service` gets. There is one service a connection.
pub(super) fn with_connection<S>(service: S) -> WithConnection<S> {
    WithConnection {
        service,
        open: watch::Sender::new(()),
    }
}

pub(super) struct WithConnection<S> {
    service: S,
    open: watch::Sender<()>,
}

impl<S> WithConnection<S> {
    fn mark(&self, extensions: &mut Extensions) {
        extensions.insert(Connection {
            open: self.open.subscribe(),
        });
    }
}

impl<S> RpcServiceT for WithConnection<S>
where
    S: RpcServiceT<
            MethodResponse = MethodResponse,
            BatchResponse = MethodResponse,
            NotificationResponse = MethodResponse,
        >,
{
    type MethodResponse = MethodResponse;
    type NotificationResponse = MethodResponse;
    type BatchResponse = MethodResponse;

    fn call<'a>(&self, mut request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        self.mark(request.extensions_mut());
        self.service.call(request)
    }

    fn batch<'a>(&self, mut requests: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        for entry in requests.iter_mut().flatten() {
            self.mark(entry.extensions_mut());
        }
        self.service.batch(requests)
    }

    fn notification<'a>(&self, notification: Notification<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        self.service.notification(notification)
    }
}
