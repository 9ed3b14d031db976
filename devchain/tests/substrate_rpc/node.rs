//! A served chain and a connection to it.

use std::{future::Future, net::Ipv4Addr, time::Duration};

use salus_devchain::{
    Chain,
    chain::{Config, Finality, Sealing},
    rpc::{Server, ServerConfig},
};
use serde_json::Value;
use sp_keyring::Sr25519Keyring;
use subxt::rpcs::{
    Error, RpcClient,
    client::{RpcParams, RpcSubscription},
};

use crate::support;

/// Longest wait for anything; the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Node {
    pub(crate) chain: Chain,
    pub(crate) server: Server,
    pub(crate) rpc: RpcClient,
}

impl Node {
    /// Seals at once, finalizes at once.
    pub(crate) async fn instant() -> Self {
        Self::start(Config::default()).await
    }

    /// Seals by hand, finalizes `depth` blocks behind.
    pub(crate) async fn manual(depth: u32) -> Self {
        Self::start(Config {
            sealing: Sealing::Manual,
            finality: Finality::Depth(depth),
            ..Default::default()
        })
        .await
    }

    pub(crate) async fn start(config: Config) -> Self {
        let chain = Chain::start(&config).unwrap();
        let server = Server::start(chain.clone(), &local()).await.unwrap();
        let rpc = connect(&server).await;
        Self { chain, server, rpc }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.server.substrate_addr())
    }

    /// Another connection to the same server.
    pub(crate) async fn second_connection(&self) -> RpcClient {
        connect(&self.server).await
    }

    /// The result of a method.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        let answer = soon(self.rpc.request(method, list(params))).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The code and the data of the error that a method answers.
    pub(crate) async fn refused(&self, method: &str, params: Value) -> (i32, Option<Value>) {
        refused(&self.rpc, method, params).await
    }

    pub(crate) async fn subscribe(&self, method: &str, params: Value, stop: &str) -> Events {
        subscribe(&self.rpc, method, params, stop).await
    }

    /// A transfer of one coin from Alice to Bob.
    pub(crate) fn transfer(&self, nonce: u32) -> Vec<u8> {
        self.transfer_with_tip(nonce, 0)
    }

    pub(crate) fn transfer_with_tip(&self, nonce: u32, tip: u128) -> Vec<u8> {
        let (alice, bob) = (Sr25519Keyring::Alice, Sr25519Keyring::Bob);
        support::transfer(&self.chain, alice, nonce, tip, bob, salus_devchain::runtime::UNIT)
    }
}

async fn connect(server: &Server) -> RpcClient {
    let url = format!("ws://{}", server.substrate_addr());
    RpcClient::from_insecure_url(url).await.unwrap()
}

/// The Substrate port alone, wherever there is room.
pub(crate) fn local() -> ServerConfig {
    ServerConfig {
        substrate: (Ipv4Addr::LOCALHOST, 0).into(),
        ethereum: None,
        ..Default::default()
    }
}

/// The notifications of one subscription.
pub(crate) struct Events(RpcSubscription<Value>);

impl Events {
    pub(crate) fn id(&self) -> String {
        self.0.subscription_id().unwrap().to_owned()
    }

    pub(crate) async fn next(&mut self) -> Value {
        soon(self.0.next()).await.expect("the subscription goes on").unwrap()
    }

    /// The next one, with which the value of `event` has to be this.
    pub(crate) async fn expect(&mut self, event: &str) -> Value {
        let next = self.next().await;
        assert_eq!(next["event"], event, "{next}");
        next
    }

    /// Whether nothing more comes for a while.
    pub(crate) async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(300), self.0.next())
            .await
            .is_err()
    }
}

pub(crate) async fn subscribe(rpc: &RpcClient, method: &str, params: Value, stop: &str) -> Events {
    let started = soon(rpc.subscribe(method, list(params), stop)).await;
    Events(started.unwrap_or_else(|error| panic!("{method}: {error}")))
}

pub(crate) async fn refused(rpc: &RpcClient, method: &str, params: Value) -> (i32, Option<Value>) {
    match soon(rpc.request::<Value>(method, list(params.clone()))).await {
        Ok(answer) => panic!("{method} {params} answers {answer}"),
        Err(error) => code_and_data(&error),
    }
}

pub(crate) fn code_and_data(error: &Error) -> (i32, Option<Value>) {
    let Error::User(error) = error else {
        panic!("no answer of the server: {error}");
    };
    let data = error
        .data
        .as_ref()
        .map(|data| serde_json::from_str(data.get()).unwrap());
    (error.code, data)
}

fn list(params: Value) -> RpcParams {
    let mut list = RpcParams::new();
    for param in params.as_array().expect("parameters are given as a list") {
        list.push(param).unwrap();
    }
    list
}

/// Waits, but not for ever.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("in time")
}

pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

pub(crate) fn unhex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap_or_else(|| panic!("no string: {value}"));
    hex::decode(text.strip_prefix("0x").unwrap()).unwrap()
}
