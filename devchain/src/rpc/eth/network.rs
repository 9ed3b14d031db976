//! Who answers, and on which network.

use jsonrpsee::proc_macros::rpc;
use pallet_revive::{
    evm::{Bytes, U64},
    keccak_256,
};
use serde::Serialize;
use sp_core::{H160, H256, U256};

use super::{Eth, accounts, error::Result};
use crate::runtime::CHAIN_ID;

/// How a node is: a chain in one process has no peers and misses none.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Health {
    peers: usize,
    is_syncing: bool,
    should_have_peers: bool,
}

#[rpc(server)]
pub(super) trait NetworkApi {
    #[method(name = "eth_chainId")]
    fn chain_id(&self) -> Result<U256>;

    #[method(name = "net_version")]
    fn network_id(&self) -> Result<String>;

    #[method(name = "net_listening")]
    fn listening(&self) -> Result<bool>;

    /// The chain has one node.
    #[method(name = "net_peerCount")]
    fn peer_count(&self) -> Result<U64>;

    #[method(name = "eth_syncing")]
    fn syncing(&self) -> Result<bool>;

    /// Substrate's question for load balancers, which the official server answers on this port too.
    #[method(name = "system_health")]
    fn health(&self) -> Result<Health>;

    #[method(name = "web3_clientVersion")]
    fn client_version(&self) -> Result<String>;

    /// Keccak-256.
    #[method(name = "web3_sha3", blocking)]
    fn sha3(&self, data: Bytes) -> Result<H256>;

    /// The development accounts, for which `eth_sendTransaction` signs.
    #[method(name = "eth_accounts")]
    fn accounts(&self) -> Result<Vec<H160>>;
}

impl NetworkApiServer for Eth {
    fn chain_id(&self) -> Result<U256> {
        Ok(CHAIN_ID.into())
    }

    fn network_id(&self) -> Result<String> {
        Ok(CHAIN_ID.to_string())
    }

    fn listening(&self) -> Result<bool> {
        Ok(true)
    }

    fn peer_count(&self) -> Result<U64> {
        Ok(U64::zero())
    }

    fn syncing(&self) -> Result<bool> {
        Ok(false)
    }

    fn health(&self) -> Result<Health> {
        Ok(Health::default())
    }

    fn client_version(&self) -> Result<String> {
        Ok(concat!(env!("CARGO_PKG_NAME"), "/v", env!("CARGO_PKG_VERSION")).to_owned())
    }

    fn sha3(&self, data: Bytes) -> Result<H256> {
        Ok(keccak_256(&data.0).into())
    }

    fn accounts(&self) -> Result<Vec<H160>> {
        Ok(accounts::addresses())
    }
}
