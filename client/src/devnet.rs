//! The embedded chain, behind its RPC ports and with the contracts deployed: what `salus up` runs.

mod error;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use alloy_core::primitives::{Address, U256};
use salus_devchain::{
    chain::{Chain as Engine, Config, Finality as BlockFinality, Sealing},
    rpc::{Origins, Server, ServerConfig},
    runtime::CHAIN_ID,
};

pub use error::DevnetError;

use crate::{
    Error,
    chain::{Chain, Finality, SubmitOptions},
    contracts::Suite,
    deploy::{self, Deployed, Settings, TokenSettings, USUAL_ARBITER, USUAL_EMERGENCIES},
    keystore::dev,
    network::{Network, address_book::AddressBook},
};

/// The name under which a chain keeps its own address book.
const OWN_NAME: &str = "local";

/// How to run the embedded chain.
#[derive(Debug, Clone)]
pub struct DevnetOptions {
    /// Keep the chain and its address book in this directory; `None` keeps the chain in memory.
    pub persist: Option<PathBuf>,
    /// The address to listen on.
    pub listen: IpAddr,
    /// Port of the Substrate RPC; 0 takes a free one.
    pub substrate_port: u16,
    /// Port of the Ethereum RPC; 0 takes a free one.
    pub ethereum_port: u16,
    /// When blocks are built, once the contracts are deployed.
    pub sealing: Sealing,
    /// When blocks become final, once the contracts are deployed.
    pub finality: BlockFinality,
    /// Web pages that may use the ports.
    pub origins: Origins,
}

impl Default for DevnetOptions {
    /// In memory, on free ports of the loopback address; a final block for each transaction.
    fn default() -> Self {
        Self {
            persist: None,
            listen: Ipv4Addr::LOCALHOST.into(),
            substrate_port: 0,
            ethereum_port: 0,
            sealing: Sealing::Instant,
            finality: BlockFinality::default(),
            origins: Origins::Any,
        }
    }
}

/// A running embedded chain. It stops when it is dropped.
pub struct Devnet {
    options: DevnetOptions,
    engine: Engine,
    server: Server,
}

impl Devnet {
    /// Starts the chain and its RPC ports. Until [`Devnet::settle`], each transaction gets its final block at once.
    ///
    /// # Errors
    /// [`DevnetError`] if the directory cannot be used or a port is taken.
    pub async fn start(options: DevnetOptions) -> Result<Self, DevnetError> {
        if let Some(directory) = &options.persist {
            std::fs::create_dir_all(directory).map_err(|cause| DevnetError::Directory {
                path: directory.clone(),
                cause,
            })?;
        }
        let engine = Engine::start(&Config {
            path: options.persist.as_ref().map(|directory| directory.join("chain.redb")),
            ..Config::default()
        })?;
        let config = ServerConfig {
            substrate: (options.listen, options.substrate_port).into(),
            ethereum: Some((options.listen, options.ethereum_port).into()),
            origins: options.origins.clone(),
            ..ServerConfig::default()
        };
        let server = Server::start(engine.clone(), &config).await?;
        Ok(Self {
            options,
            engine,
            server,
        })
    }

    /// A chain in memory, with the contracts on it and their address book in `deployments`, and these.
    ///
    /// # Errors
    /// What [`Devnet::start`] and [`Devnet::deploy`] can fail with.
    pub async fn with_contracts(deployments: &Path) -> Result<(Self, Suite), Error> {
        let devnet = Self::start(DevnetOptions::default()).await?;
        let network = devnet.network();
        devnet.deploy(&network.name, deployments, false).await?;
        devnet.settle()?;
        let suite = Suite::open(&Chain::connect(&network).await?, deployments)?;
        Ok((devnet, suite))
    }

    /// The chain itself: time and blocks can be moved here.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Where the Substrate RPC is.
    pub fn substrate_rpc(&self) -> String {
        format!("ws://{}", reachable(self.server.substrate_addr()))
    }

    /// Where the Ethereum RPC is.
    pub fn ethereum_rpc(&self) -> Option<String> {
        let address = self.server.ethereum_addr()?;
        Some(format!("http://{}", reachable(address)))
    }

    /// The network that it is, for [`Chain::connect`].
    pub fn network(&self) -> Network {
        Network {
            name: OWN_NAME.into(),
            substrate_rpc: self.substrate_rpc(),
            ethereum_rpc: self.ethereum_rpc(),
            chain_id: Some(CHAIN_ID),
            genesis_hash: Some(self.engine.genesis_hash().0.into()),
            development: true,
        }
    }

    /// Deploys what is not there yet, and writes the address book of the network `name` in `deployments`.
    ///
    /// A chain that is kept has its own address book beside it, and goes on with that one; so its contracts stay where
    /// they are, whatever has become of the one in `deployments`. `fresh` deploys anew what is of another version.
    ///
    /// # Errors
    /// What [`deploy::deploy`] can fail with.
    pub async fn deploy(&self, name: &str, deployments: &Path, fresh: bool) -> Result<Vec<Deployed>, Error> {
        let own = self
            .options
            .persist
            .as_ref()
            .map(|directory| directory.join("deployments"));
        let mut network = self.network();
        if own.is_none() {
            network.name = name.into();
        }
        let chain = Chain::connect(&network).await?;
        let key = dev::deployer();
        let options = SubmitOptions {
            finality: Finality::InBlock,
            timeout: Duration::from_secs(60),
        };
        let settings = Settings::development(key.account().address());
        let Some(own) = own else {
            // A chain in memory begins with nothing: whatever the address book says was another one.
            return deploy::deploy(&chain, &key, deployments, &settings, true, options, |_| {}).await;
        };
        let deployed = deploy::deploy(&chain, &key, &own, &settings, fresh, options, |_| {}).await?;
        if let Some(book) = AddressBook::load(&own, OWN_NAME)? {
            let published = AddressBook {
                network: name.into(),
                ..book
            };
            published.save(deployments)?;
        }
        Ok(deployed)
    }

    /// Goes over to the sealing and finality of the options.
    ///
    /// # Errors
    /// [`DevnetError::Chain`] if a block cannot be built.
    pub fn settle(&self) -> Result<(), DevnetError> {
        self.engine.set_finality(self.options.finality);
        Ok(self.engine.set_sealing(self.options.sealing)?)
    }

    /// Closes the ports, and waits a little for those who are connected.
    pub async fn stop(self) {
        self.server.stop();
        // A client that keeps its connection open does not keep the program.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.server.stopped()).await;
    }
}

impl Settings {
    /// What the contracts of a development chain are given: a million tokens for `holder`, who has all roles, hands them over without
    /// a delay, admits issuers of credentials and may announce a platform fee; a thousand times as many tokens at most.
    pub fn development(holder: Address) -> Self {
        Self {
            token: TokenSettings {
                name: "Salus Credit".into(),
                symbol: "SALUS".into(),
                decimals: 6,
                cap: U256::from(1_000_000_000_000_000_u64),
                supply: U256::from(1_000_000_000_000_u64),
                holder,
                admin: holder,
                admin_delay: 0,
                minter: holder,
                pauser: holder,
            },
            credentials_owner: holder,
            platform_owner: holder,
            arbiter_role: USUAL_ARBITER,
            emergencies: USUAL_EMERGENCIES,
        }
    }
}

/// An address that a program on this machine can connect to, where the server listens on all of them.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
