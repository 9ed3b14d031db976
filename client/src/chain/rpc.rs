//! The connection: made with a few attempts, kept alive, and made anew when it breaks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use subxt::{
    OnlineClient, PolkadotConfig,
    backend::{ArchiveBackend, CombinedBackend, LegacyBackend},
};
use subxt_rpcs::{
    RpcClient,
    client::{RawRpcFuture, RawRpcSubscription, RawValue, ReconnectingRpcClient, RpcClientT, rpc_params},
};

use super::{ChainError, Config};

/// One attempt to connect takes at most this long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// One request takes at most this long. A dry run of a large deployment is the slowest.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a request is repeated that was under way when the connection broke.
const MAX_REPEATS: u32 = 3;

/// Connects to a Substrate RPC.
pub(super) async fn connect(url: &str) -> Result<RpcClient, ChainError> {
    let backoff = Backoff::default();
    let connected = backoff.connected.clone();
    let client = ReconnectingRpcClient::builder()
        .connection_timeout(CONNECT_TIMEOUT)
        .request_timeout(REQUEST_TIMEOUT)
        .retry_policy(backoff)
        .build(url)
        .await
        .map_err(|error| ChainError::Unreachable {
            url: url.into(),
            reason: reason(&error),
        })?;
    connected.store(true, Ordering::Relaxed);
    Ok(RpcClient::new(Persistent(client)))
}

/// A connection that asks again what was under way when it broke.
///
/// What is asked for later waits for the new connection by itself. Every request here is a question, and can be asked
/// twice; transactions are offered by a subscription, which is left to who knows whether it may be repeated.
struct Persistent(ReconnectingRpcClient);

impl RpcClientT for Persistent {
    fn request_raw<'a>(&'a self, method: &'a str, params: Option<Box<RawValue>>) -> RawRpcFuture<'a, Box<RawValue>> {
        Box::pin(async move {
            for _ in 0..MAX_REPEATS {
                match self.0.request_raw(method, params.clone()).await {
                    Err(error) if error.is_disconnected_will_reconnect() => {
                        tracing::debug!(method, %error, "asking again");
                    }
                    answer => return answer,
                }
            }
            self.0.request_raw(method, params).await
        })
    }

    fn subscribe_raw<'a>(
        &'a self,
        sub: &'a str,
        params: Option<Box<RawValue>>,
        unsub: &'a str,
    ) -> RawRpcFuture<'a, RawRpcSubscription> {
        self.0.subscribe_raw(sub, params, unsub)
    }
}

/// The client library over a connection.
///
/// Where the node has the legacy methods, those and the archive serve: they need no standing subscription that pins
/// blocks, and they tell in the node's own words why a transaction is not accepted.
pub(super) async fn client(rpc: RpcClient) -> Result<OnlineClient<Config>, subxt::Error> {
    #[derive(serde::Deserialize)]
    struct Methods {
        methods: Vec<String>,
    }
    let known: Methods = rpc.request("rpc_methods", rpc_params![]).await?;
    let has = |name: &str| known.methods.iter().any(|known| known == name);
    let mut builder = CombinedBackend::builder();
    if has("state_call") && has("author_submitAndWatchExtrinsic") && has("chain_getBlockHash") {
        builder = builder
            .no_default_backends()
            .with_legacy_backend(LegacyBackend::builder().build(rpc.clone()));
        if has("archive_v1_call") {
            builder = builder.with_archive_backend(ArchiveBackend::new(rpc.clone()));
        }
    }
    let backend = builder.build_with_background_driver(rpc).await?;
    // Types from before metadata described itself are Polkadot's alone, and long past.
    let config = PolkadotConfig::builder().use_historic_types(false).build();
    Ok(OnlineClient::from_backend_with_config(config, Arc::new(backend)).await?)
}

/// The waits between attempts: few at first, since a node that is not there should be told of at once; then, when a
/// connection broke, enough for a node to be started again.
#[derive(Debug, Clone, Default)]
struct Backoff {
    connected: Arc<AtomicBool>,
    attempt: u32,
}

impl Iterator for Backoff {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let attempts = if self.connected.load(Ordering::Relaxed) { 9 } else { 3 };
        if self.attempt >= attempts {
            return None;
        }
        let wait = Duration::from_millis(100 << self.attempt.min(6));
        self.attempt += 1;
        Some(wait)
    }
}

/// The innermost cause: "Connection refused" rather than "transport error".
fn reason(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_connection_is_given_longer_than_a_first_one() {
        let backoff = Backoff::default();
        let first: Duration = backoff.clone().sum();
        backoff.connected.store(true, Ordering::Relaxed);
        let again: Duration = backoff.clone().sum();
        assert!(first < Duration::from_secs(1), "{first:?}");
        assert!(again > Duration::from_secs(20), "{again:?}");
        assert!(again < Duration::from_secs(60), "{again:?}");
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_unreachable() {
        // Bound and closed again, so that the port is free.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let error = connect(&format!("ws://127.0.0.1:{port}")).await.err().unwrap();
        assert!(
            matches!(&error, ChainError::Unreachable { reason, .. } if reason.contains("refused")),
            "{error}"
        );
    }
}
