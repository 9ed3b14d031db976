//! A chain behind its server, with a client.

use std::net::{Ipv4Addr, SocketAddr};

use jsonrpsee::{
    core::{
        ClientError,
        client::{ClientT, Subscription, SubscriptionClientT},
        params::ArrayParams,
    },
    types::ErrorObjectOwned,
    ws_client::{WsClient, WsClientBuilder},
};
use salus_devchain::{
    Chain,
    chain::{Config, Finality, Sealing},
    rpc::{Server, ServerConfig},
};
use serde_json::{Value, json};
use sp_core::{H256, U256};

pub(crate) struct Node {
    pub(crate) chain: Chain,
    pub(crate) address: SocketAddr,
    client: WsClient,
    _server: Server,
}

impl Node {
    /// Seals a block for each transaction.
    pub(crate) async fn start() -> Self {
        Self::sealing(Sealing::Instant).await
    }

    /// Seals only when told to.
    pub(crate) async fn manual() -> Self {
        Self::sealing(Sealing::Manual).await
    }

    async fn sealing(sealing: Sealing) -> Self {
        let config = Config {
            sealing,
            finality: Finality::Depth(3),
            ..Config::default()
        };
        let chain = Chain::start(&config).unwrap();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = ServerConfig {
            substrate: any,
            ethereum: Some(any),
            ..ServerConfig::default()
        };
        let server = Server::start(chain.clone(), &config).await.unwrap();
        let address = server.ethereum_addr().unwrap();
        let client = WsClientBuilder::default()
            .max_response_size(config.max_response_bytes)
            .max_buffer_capacity_per_subscription(100_000)
            .build(format!("ws://{address}"))
            .await
            .unwrap();
        Self {
            chain,
            address,
            client,
            _server: server,
        }
    }

    pub(crate) async fn try_call(&self, method: &str, params: Value) -> Result<Value, ErrorObjectOwned> {
        let mut positional = ArrayParams::new();
        for param in params.as_array().unwrap() {
            positional.insert(param).unwrap();
        }
        match self.client.request(method, positional).await {
            Ok(answer) => Ok(answer),
            Err(ClientError::Call(error)) => Err(error),
            Err(other) => panic!("{method}: {other}"),
        }
    }

    /// The answer of a method; it must not be an error.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        self.try_call(method, params)
            .await
            .unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The error of a method; it must not have an answer.
    pub(crate) async fn refused(&self, method: &str, params: Value) -> ErrorObjectOwned {
        self.try_call(method, params).await.expect_err(method)
    }

    pub(crate) async fn number(&self, method: &str, params: Value) -> U256 {
        quantity(&self.call(method, params).await)
    }

    pub(crate) async fn receipt(&self, hash: H256) -> Value {
        self.call("eth_getTransactionReceipt", json!([hash])).await
    }

    pub(crate) async fn block(&self, tag: impl Into<Value>) -> Value {
        self.call("eth_getBlockByNumber", json!([tag.into(), false])).await
    }

    pub(crate) async fn mine(&self) {
        self.call("evm_mine", json!([])).await;
    }

    pub(crate) async fn subscribe(&self, params: Value) -> Result<Subscription<Value>, ErrorObjectOwned> {
        let mut positional = ArrayParams::new();
        for param in params.as_array().unwrap() {
            positional.insert(param).unwrap();
        }
        match self
            .client
            .subscribe("eth_subscribe", positional, "eth_unsubscribe")
            .await
        {
            Ok(subscription) => Ok(subscription),
            Err(ClientError::Call(error)) => Err(error),
            Err(other) => panic!("eth_subscribe: {other}"),
        }
    }
}

/// A number in a JSON answer.
pub(crate) fn quantity(value: &Value) -> U256 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no quantity"));
    U256::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}

/// A hash in a JSON answer.
pub(crate) fn hash(value: &Value) -> H256 {
    serde_json::from_value(value.clone()).unwrap()
}

/// A number as requests carry it.
pub(crate) fn hex(number: impl Into<U256>) -> String {
    format!("{:#x}", number.into())
}
