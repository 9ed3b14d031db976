//! An embedded chain for one test.

use salus_client::{
    chain::{Chain, Finality, SubmitOptions},
    keystore::{SigningKey, dev},
    network::Network,
};
use salus_devchain::{
    chain as devchain,
    rpc::{Server, ServerConfig},
};

/// A running node. It stops when it is dropped.
pub(crate) struct Node {
    pub(crate) chain: salus_devchain::Chain,
    pub(crate) server: Server,
}

impl Node {
    /// A node that seals a block for each transaction and finalizes it at once.
    pub(crate) async fn start() -> Self {
        Self::start_with(&devchain::Config::default(), 0).await
    }

    pub(crate) async fn start_with(config: &devchain::Config, port: u16) -> Self {
        let chain = salus_devchain::Chain::start(config).unwrap();
        let server = serve(&chain, port).await;
        Self { chain, server }
    }

    /// The network that a user would configure for it.
    pub(crate) fn network(&self) -> Network {
        Network {
            name: "test".into(),
            substrate_rpc: format!("ws://{}", self.server.substrate_addr()),
            ethereum_rpc: None,
            chain_id: Some(420_420_420),
            genesis_hash: None,
            development: true,
        }
    }

    pub(crate) async fn connect(&self) -> Chain {
        Chain::connect(&self.network()).await.unwrap()
    }
}

/// Serves a chain on a port; 0 takes a free one.
pub(crate) async fn serve(chain: &salus_devchain::Chain, port: u16) -> Server {
    let config = ServerConfig {
        substrate: (std::net::Ipv4Addr::LOCALHOST, port).into(),
        ethereum: None,
        ..ServerConfig::default()
    };
    Server::start(chain.clone(), &config).await.unwrap()
}

/// A development key.
pub(crate) fn key(name: &str) -> SigningKey {
    dev::find(&format!("dev:{name}")).unwrap().key
}

/// Waits for a block only.
pub(crate) fn in_block() -> SubmitOptions {
    SubmitOptions {
        finality: Finality::InBlock,
        ..SubmitOptions::default()
    }
}
