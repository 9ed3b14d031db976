//! The chain behind its Substrate RPC: a connection that comes back, and requests that are tried again.
//!
//! Only the old, universal methods are used: `chain_getBlockHash` answers many blocks at once, and one
//! `state_queryStorageAt` brings all that is needed of a block.

mod backoff;
mod error;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_core::primitives::{B256, Bytes};
use jsonrpsee::{core::client::async_client::PingConfig, ws_client::WsClientBuilder};
use serde::{Deserialize, de::DeserializeOwned};
use subxt::Metadata;
use subxt_rpcs::{
    Error as RpcError, RpcClient,
    client::{RpcParams, RpcSubscription},
    rpc_params,
};
use tokio::sync::Mutex;

use backoff::Failures;
pub use backoff::Patience;
pub use error::SourceError;

/// A request that takes longer has failed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Events of a full block, in hexadecimal, and then some.
const MAX_RESPONSE: u32 = 256 << 20;
/// JSON-RPC's own codes for what no repetition makes right: parse error, invalid request, no such method, invalid
/// parameters.
const FINAL_CODES: [i32; 4] = [-32_700, -32_600, -32_601, -32_602];
/// How often a request that the RPC answers with an error is made.
const REFUSALS: u32 = 3;

/// Number and hash of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
}

/// A chain to read from. Requests may be made from many tasks at once.
#[derive(Debug)]
pub struct Source {
    url: String,
    patience: Patience,
    connection: Mutex<Connection>,
}

#[derive(Debug)]
struct Connection {
    client: Option<RpcClient>,
    /// Counts connections, so that of many tasks whose requests fail together one alone drops the connection.
    generation: u64,
    /// When, after how long and why the last attempts to connect ended.
    gave_up: Option<(Instant, Duration, String)>,
}

/// A header, as far as it is needed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header {
    number: alloy_core::primitives::U64,
}

impl Header {
    pub(super) fn number(&self) -> u64 {
        self.number.to()
    }
}

/// The values of some keys at a block.
#[derive(Debug, Deserialize)]
struct ChangeSet {
    changes: Vec<(Bytes, Option<Bytes>)>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuntimeVersion {
    spec_version: u32,
}

impl Source {
    /// The chain whose Substrate RPC is at this WebSocket URL. It connects with the first request.
    pub fn new(url: &str, patience: Patience) -> Arc<Self> {
        let connection = Mutex::new(Connection {
            client: None,
            generation: 0,
            gave_up: None,
        });
        Arc::new(Self {
            url: url.into(),
            patience,
            connection,
        })
    }

    /// The RPC's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How often a connection was made. Another number means that another chain may have answered since.
    pub(super) async fn generation(&self) -> u64 {
        self.connection.lock().await.generation
    }

    /// The hash of block 0.
    ///
    /// # Errors
    /// [`SourceError`]: the RPC does not answer, or not that.
    pub async fn genesis_hash(&self) -> Result<B256, SourceError> {
        Ok(self.hashes(&[0]).await?[0])
    }

    /// The highest finalized block.
    ///
    /// # Errors
    /// [`SourceError`]: the RPC does not answer, or not that.
    pub async fn finalized(&self) -> Result<Head, SourceError> {
        let hash: B256 = self.request("chain_getFinalizedHead", rpc_params![]).await?;
        let header: Option<Header> = self.request("chain_getHeader", rpc_params![hash]).await?;
        let header = header.ok_or_else(|| self.malformed("chain_getHeader", "the finalized block has no header"))?;
        Ok(Head {
            number: header.number(),
            hash,
        })
    }

    /// The hashes of finalized blocks.
    ///
    /// # Errors
    /// [`SourceError`]: the RPC does not answer, or not that.
    pub async fn hashes(&self, numbers: &[u64]) -> Result<Vec<B256>, SourceError> {
        let method = "chain_getBlockHash";
        let mut failures = Failures::new(self.patience);
        loop {
            let hashes: Vec<Option<B256>> = self.request(method, rpc_params![numbers]).await?;
            if hashes.len() != numbers.len() {
                return Err(self.malformed(method, "the number of hashes is not the number of blocks"));
            }
            match hashes.into_iter().collect() {
                Some(hashes) => return Ok(hashes),
                // Behind one URL there may be several nodes, and this one lags.
                None => match failures.another() {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(self.malformed(method, "a finalized block has no hash")),
                },
            }
        }
    }

    /// The values of storage keys in the state after a block, in the order of the keys.
    ///
    /// # Errors
    /// [`SourceError`]: the RPC does not answer, or no longer has this state.
    pub(super) async fn state(&self, block: B256, keys: &[Bytes]) -> Result<Vec<Option<Bytes>>, SourceError> {
        let method = "state_queryStorageAt";
        let sets: Vec<ChangeSet> = self.request(method, rpc_params![keys, block]).await?;
        let mut values = vec![None; keys.len()];
        for (key, value) in sets.into_iter().flat_map(|set| set.changes) {
            let position = keys.iter().position(|asked| *asked == key);
            let position = position.ok_or_else(|| self.malformed(method, "a value of another key"))?;
            values[position] = value;
        }
        Ok(values)
    }

    /// The version of the runtime in the state after a block: the one that makes the next block.
    ///
    /// # Errors
    /// [`SourceError`]: the RPC does not answer, or no longer has this state.
    pub(super) async fn spec_version(&self, block: B256) -> Result<u32, SourceError> {
        let version: RuntimeVersion = self.request("state_getRuntimeVersion", rpc_params![block]).await?;
        Ok(version.spec_version)
    }

    /// The metadata of that runtime.
    ///
    /// # Errors
    /// [`SourceError`]: the RPC does not answer, or no longer has this state.
    pub(super) async fn metadata(&self, block: B256) -> Result<Metadata, SourceError> {
        let method = "state_getMetadata";
        let bytes: Bytes = self.request(method, rpc_params![block]).await?;
        Metadata::decode_from(&bytes).map_err(|error| self.malformed(method, &error.to_string()))
    }

    /// Headers of blocks as they are finalized. The stream ends with the connection, and may leave out blocks.
    ///
    /// # Errors
    /// [`SourceError`]: the RPC does not answer.
    pub(super) async fn finalized_heads(&self) -> Result<RpcSubscription<Header>, SourceError> {
        let (subscribe, unsubscribe) = ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads");
        let attempt = |client: RpcClient| async move { client.subscribe(subscribe, rpc_params![], unsubscribe).await };
        self.retried(subscribe, attempt).await
    }

    async fn request<R: DeserializeOwned>(&self, method: &'static str, params: RpcParams) -> Result<R, SourceError> {
        let attempt = |client: RpcClient| {
            let params = params.clone();
            async move { client.request(method, params).await }
        };
        self.retried(method, attempt).await
    }

    /// Makes a request until it is answered, or patience or the answer says that it will not be.
    async fn retried<R, F>(&self, method: &str, attempt: impl Fn(RpcClient) -> F) -> Result<R, SourceError>
    where
        F: Future<Output = Result<R, RpcError>>,
    {
        let mut failures = Failures::new(self.patience);
        let mut refusals = 0;
        loop {
            let (client, generation) = self.client().await?;
            let reason = match attempt(client).await {
                Ok(answer) => return Ok(answer),
                Err(RpcError::User(error)) => {
                    refusals += 1;
                    if error.message.contains("State already discarded") {
                        let block = error.message.rsplit(' ').next().unwrap_or_default().into();
                        return Err(SourceError::Pruned {
                            url: self.url.clone(),
                            block,
                        });
                    }
                    if FINAL_CODES.contains(&error.code) || refusals == REFUSALS {
                        return Err(SourceError::Refused {
                            url: self.url.clone(),
                            method: method.into(),
                            reason: error.message,
                        });
                    }
                    error.message
                }
                Err(error @ (RpcError::Client(_) | RpcError::DisconnectedWillReconnect(_))) => {
                    self.disconnect(generation).await;
                    error.to_string()
                }
                Err(error) => return Err(self.malformed(method, &error.to_string())),
            };
            tracing::debug!(method, %reason, "request failed");
            match failures.another() {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(self.unreachable(failures.lasted(), reason)),
            }
        }
    }

    /// The connection, made anew if need be. Whoever else needs it waits for the same attempts, and shares their fate.
    async fn client(&self) -> Result<(RpcClient, u64), SourceError> {
        let asked = Instant::now();
        let mut connection = self.connection.lock().await;
        if let Some(client) = &connection.client {
            return Ok((client.clone(), connection.generation));
        }
        if let Some((_, lasted, reason)) = connection.gave_up.as_ref().filter(|(at, ..)| *at > asked) {
            return Err(self.unreachable(*lasted, reason.clone()));
        }
        let mut failures = Failures::new(self.patience);
        loop {
            let attempt = WsClientBuilder::new()
                .request_timeout(REQUEST_TIMEOUT)
                .connection_timeout(REQUEST_TIMEOUT)
                .max_response_size(MAX_RESPONSE)
                // Without it a connection that died silently would be noticed by nobody who only listens.
                .enable_ws_ping(PingConfig::new())
                .build(&self.url)
                .await;
            let reason = match attempt {
                Ok(client) => {
                    let client = RpcClient::new(client);
                    connection.client = Some(client.clone());
                    connection.generation += 1;
                    return Ok((client, connection.generation));
                }
                Err(error) => error.to_string(),
            };
            tracing::debug!(url = self.url, %reason, "connection failed");
            match failures.another() {
                Some(wait) => tokio::time::sleep(wait).await,
                None => {
                    connection.gave_up = Some((Instant::now(), failures.lasted(), reason.clone()));
                    return Err(self.unreachable(failures.lasted(), reason));
                }
            }
        }
    }

    async fn disconnect(&self, generation: u64) {
        let mut connection = self.connection.lock().await;
        if connection.generation == generation {
            connection.client = None;
        }
    }

    fn unreachable(&self, lasted: Duration, reason: String) -> SourceError {
        SourceError::Unreachable {
            url: self.url.clone(),
            lasted,
            reason,
        }
    }

    fn malformed(&self, method: &str, reason: &str) -> SourceError {
        SourceError::Malformed {
            url: self.url.clone(),
            method: method.into(),
            reason: reason.into(),
        }
    }
}
