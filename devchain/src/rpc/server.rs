//! Sockets, limits and life time of the JSON-RPC servers.

mod connection;
mod origin;
mod sealing;

use std::net::{Ipv4Addr, SocketAddr};

use jsonrpsee::{
    RpcModule,
    core::RegisterMethodError,
    server::{
        BatchRequestConfig, IdProvider, RandomStringIdProvider, ServerBuilder, ServerConfig as Limits, ServerHandle,
        middleware::rpc::RpcServiceBuilder,
    },
    types::SubscriptionId,
};

pub(in crate::rpc) use connection::Connection;
pub use origin::Origins;

use crate::Chain;
use origin::OriginLayer;
use sealing::SealingDriver;

/// How to serve a chain.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where Substrate JSON-RPC listens; with port 0, the system chooses.
    pub substrate: SocketAddr,
    /// Where Ethereum JSON-RPC listens, if at all; with port 0, the system chooses.
    pub ethereum: Option<SocketAddr>,
    /// Which web pages may use the servers.
    pub origins: Origins,
    /// Most connections at a time, on each port.
    pub max_connections: u32,
    /// Most subscriptions of one connection.
    pub max_subscriptions_per_connection: u32,
    /// Most bytes of one request. A contract's code is sent as hexadecimal digits: two bytes for each of its own.
    pub max_request_bytes: u32,
    /// Most bytes of one response.
    pub max_response_bytes: u32,
    /// Most requests of one batch.
    pub max_batch: u32,
}

impl Default for ServerConfig {
    /// Both servers on this machine only, on the ports that tools expect (9944 and 8545), open to any web page.
    fn default() -> Self {
        Self {
            substrate: (Ipv4Addr::LOCALHOST, 9944).into(),
            ethereum: Some((Ipv4Addr::LOCALHOST, 8545).into()),
            origins: Origins::Any,
            max_connections: 512,
            max_subscriptions_per_connection: 1_024,
            max_request_bytes: 32 * 1024 * 1024,
            max_response_bytes: 128 * 1024 * 1024,
            max_batch: 4_096,
        }
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The thread that seals blocks could not be started.
    #[error("cannot start the sealing thread: {0}")]
    Thread(std::io::Error),
    /// Two methods have the same name.
    #[error(transparent)]
    Register(#[from] RegisterMethodError),
}

/// Running servers. They stop when this is dropped.
///
/// One [`Server`] a chain: it also seals blocks at the pace of [`Sealing::Interval`](crate::chain::Sealing::Interval).
#[derive(Debug)]
pub struct Server {
    substrate_addr: SocketAddr,
    ethereum_addr: Option<SocketAddr>,
    handles: Vec<ServerHandle>,
    sealing: SealingDriver,
}

impl Server {
    /// Serves `chain`. Needs a Tokio runtime, which then runs the servers.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub async fn start(chain: Chain, config: &ServerConfig) -> Result<Self, ServerError> {
        let ids = RandomStringIdProvider::new(16);
        let substrate = super::substrate::module(&chain)?;
        let (substrate_addr, handle) = serve(config, config.substrate, ids, substrate).await?;
        let mut handles = vec![handle];
        let mut ethereum_addr = None;
        if let Some(address) = config.ethereum {
            let (bound, handle) = serve(config, address, HexIds, super::eth::module(&chain)?).await?;
            ethereum_addr = Some(bound);
            handles.push(handle);
        }
        let sealing = SealingDriver::start(chain).map_err(ServerError::Thread)?;
        Ok(Self {
            substrate_addr,
            ethereum_addr,
            handles,
            sealing,
        })
    }

    /// Where Substrate JSON-RPC listens.
    pub fn substrate_addr(&self) -> SocketAddr {
        self.substrate_addr
    }

    /// Where Ethereum JSON-RPC listens.
    pub fn ethereum_addr(&self) -> Option<SocketAddr> {
        self.ethereum_addr
    }

    /// Tells the servers to stop: no new connection or request is taken, what runs is finished. Does not wait.
    pub fn stop(&self) {
        self.sealing.stop();
        for handle in &self.handles {
            // It has stopped already, which is as well.
            let _ = handle.stop();
        }
    }

    /// Waits until the servers have stopped.
    pub async fn stopped(&self) {
        for handle in &self.handles {
            handle.clone().stopped().await;
        }
    }
}

async fn serve(
    config: &ServerConfig,
    address: SocketAddr,
    ids: impl IdProvider + 'static,
    module: RpcModule<()>,
) -> Result<(SocketAddr, ServerHandle), ServerError> {
    let limits = Limits::builder()
        .max_connections(config.max_connections)
        .max_subscriptions_per_connection(config.max_subscriptions_per_connection)
        .max_request_body_size(config.max_request_bytes)
        .max_response_body_size(config.max_response_bytes)
        .set_batch_request_config(BatchRequestConfig::Limit(config.max_batch))
        .set_id_provider(ids)
        .build();
    let bind = |cause| ServerError::Bind { address, cause };
    let server = ServerBuilder::with_config(limits)
        .set_http_middleware(tower::ServiceBuilder::new().layer(OriginLayer::new(config.origins.clone())))
        .set_rpc_middleware(RpcServiceBuilder::new().layer_fn(connection::with_connection))
        .build(address)
        .await
        .map_err(bind)?;
    let bound = server.local_addr().map_err(bind)?;
    Ok((bound, server.start(module)))
}

/// Subscription ids as Ethereum clients expect them: `0x` and hexadecimal digits.
#[derive(Debug)]
struct HexIds;

impl IdProvider for HexIds {
    fn next_id(&self) -> SubscriptionId<'static> {
        match RandomStringIdProvider::new(16).next_id() {
            SubscriptionId::Str(id) => format!("0x{}", hex::encode(id.as_bytes())).into(),
            SubscriptionId::Num(id) => format!("{id:#x}").into(),
        }
    }
}
