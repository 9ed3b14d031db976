//! An embedded chain with a token on it, served over real connections.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use alloy_core::{
    primitives::{Address, B256, U256, aliases::U48},
    sol,
    sol_types::{SolCall, SolConstructor},
};
use salus_client::{
    chain::{Chain, Finality, Message, SubmitOptions},
    contracts::{artifact, token::IToken},
    indexer::{Catalogue, Extent, Followed, IndexError, Indexer, Location, Patience, Reader, Source, Status, Summary},
    keystore::dev,
    network::{
        Network,
        address_book::{AddressBook, Deployment},
    },
};
use salus_devchain::{
    chain as devchain,
    rpc::{Server, ServerConfig},
};
use tokio::sync::watch;

sol! {
    function transfer(address to, uint256 value) external returns (bool);
    function balanceOf(address account) external view returns (uint256);
}

/// The token's supply, all of it first the deployer's.
pub(crate) const SUPPLY: u64 = 1_000_000;

pub(crate) struct World {
    pub(crate) node: salus_devchain::Chain,
    pub(crate) server: Server,
    pub(crate) chain: Chain,
    pub(crate) token: Address,
    pub(crate) deploy_block: u64,
    contracts: Vec<Followed>,
    pub(crate) home: tempfile::TempDir,
}

pub(crate) async fn serve(node: &salus_devchain::Chain, port: u16) -> Server {
    let substrate = (Ipv4Addr::LOCALHOST, port).into();
    let config = ServerConfig {
        substrate,
        ethereum: None,
        ..ServerConfig::default()
    };
    Server::start(node.clone(), &config).await.unwrap()
}

pub(crate) fn network(server: &Server) -> Network {
    let substrate_rpc = format!("ws://{}", server.substrate_addr());
    Network {
        name: "test".into(),
        substrate_rpc,
        ethereum_rpc: None,
        chain_id: None,
        genesis_hash: None,
        development: true,
    }
}

pub(crate) fn options() -> SubmitOptions {
    SubmitOptions {
        finality: Finality::InBlock,
        ..SubmitOptions::default()
    }
}

impl World {
    /// A chain whose token was deployed a few blocks after the first.
    pub(crate) async fn start() -> Self {
        let node = salus_devchain::Chain::start(&devchain::Config::default()).unwrap();
        let server = serve(&node, 0).await;
        let chain = Chain::connect(&network(&server)).await.unwrap();
        seal(&node, 3);
        let mut world = Self {
            node,
            server,
            chain,
            token: Address::ZERO,
            deploy_block: 0,
            contracts: Vec::new(),
            home: tempfile::tempdir().unwrap(),
        };
        let holder = dev::find("dev:alice").unwrap().key.account().address();
        let arguments = IToken::constructorCall {
            name: "Salus".into(),
            symbol: "SAL".into(),
            decimals: 0,
            cap: U256::MAX,
            initialSupply: U256::from(SUPPLY),
            initialHolder: holder,
            initialDelay: U48::ZERO,
            initialDefaultAdmin: holder,
            minter: Address::ZERO,
            pauser: Address::ZERO,
        }
        .abi_encode();
        world.token = world.deploy("token", arguments).await;
        world.deploy_block = world.contracts[0].first_block;
        world
    }

    /// Deploys a contract, to be followed by the index.
    pub(crate) async fn deploy(&mut self, name: &str, arguments: Vec<u8>) -> Address {
        let deployer = dev::find("dev:alice").unwrap().key;
        let create = Message::create(artifact(name).unwrap().code.to_vec(), arguments);
        let receipt = self.chain.submit(&deployer, &create, options()).await.unwrap();
        let address = receipt.created.unwrap();
        self.contracts.push(Followed {
            name: name.into(),
            address,
            first_block: receipt.block_number,
        });
        address
    }

    /// Pays `count` times one token more than the last time, to accounts in turn, each in a block of its own.
    pub(crate) async fn pay(&self, count: u8) {
        let payer = dev::find("dev:alice").unwrap().key;
        for turn in 1..=count {
            let call = transferCall {
                to: holder(turn),
                value: U256::from(turn),
            };
            self.chain
                .submit(&payer, &Message::call(self.token, call.abi_encode()), options())
                .await
                .unwrap();
        }
    }

    /// What the contract says that an account holds.
    pub(crate) async fn balance(&self, account: Address) -> U256 {
        let from = dev::find("dev:alice").unwrap().key.account();
        let answer = self
            .chain
            .view(from, self.token, balanceOfCall { account }.abi_encode())
            .await
            .unwrap();
        U256::from_be_slice(&answer)
    }

    pub(crate) fn location(&self, name: &str) -> Location {
        Location::from(&*self.home.path().join(name))
    }

    pub(crate) fn source(&self, patience: Patience) -> Arc<Source> {
        Source::new(&network(&self.server).substrate_rpc, patience)
    }

    pub(crate) fn followed(&self) -> Vec<Followed> {
        self.contracts.clone()
    }

    pub(crate) async fn open(&self, name: &str) -> Result<Indexer, IndexError> {
        let catalogue = Arc::new(Catalogue::built_in().unwrap());
        Indexer::open(self.source(brief()), &self.location(name), catalogue, &self.followed()).await
    }

    /// Indexes all there is.
    pub(crate) async fn index(&self, name: &str) -> Summary {
        let mut indexer = self.open(name).await.unwrap();
        let summary = indexer.run(Extent::default(), unstopped(), |_| ()).await.unwrap();
        indexer.close().await.unwrap();
        summary
    }

    pub(crate) async fn status(&self, name: &str) -> Status {
        Reader::open(&self.location(name))
            .await
            .unwrap()
            .status()
            .await
            .unwrap()
    }

    /// Writes the address book for the program, and answers the network's name there.
    pub(crate) fn write_address_book(&self) -> String {
        let url = network(&self.server).substrate_rpc;
        let name = url.trim_start_matches("ws://").replace(':', "-");
        let mut book = AddressBook::new(&name, 420_420_420, self.chain.genesis_hash());
        for contract in &self.contracts {
            let deployment = Deployment {
                address: contract.address,
                code_hash: B256::ZERO,
                deployer: Address::ZERO,
                deploy_block: contract.first_block,
                tx_hash: B256::ZERO,
            };
            book.contracts.insert(contract.name.clone(), deployment);
        }
        book.save(&self.home.path().join("deployments")).unwrap();
        url
    }
}

/// Blocks without transactions.
pub(crate) fn seal(node: &salus_devchain::Chain, count: u32) {
    for _ in 0..count {
        node.seal().unwrap();
    }
}

/// Whom a turn pays.
pub(crate) fn holder(turn: u8) -> Address {
    Address::repeat_byte(turn % 5 + 1)
}

/// Gives up soon: the chain is on the same machine.
pub(crate) fn brief() -> Patience {
    let (first, longest) = (Duration::from_millis(20), Duration::from_millis(200));
    Patience {
        first,
        longest,
        limit: Some(Duration::from_secs(5)),
    }
}

/// Nobody stops the run.
pub(crate) fn unstopped() -> watch::Receiver<bool> {
    watch::channel(false).1
}
