//! Ethereum JSON-RPC: the chain as ethers, viem and MetaMask see it.
//!
//! The shapes, errors and edge cases are those of `pallet-revive-eth-rpc`, the official server for chains with
//! pallet-revive. What an answer says comes from pallet-revive itself, in the runtime of the block that is asked about:
//! Ethereum blocks, gas of receipts, dry runs, estimates and traces. What is added to the official server is noted at each
//! method: filters (`eth_newFilter` and its kin), queued transactions, and the development methods of anvil and Hardhat.

mod accounts;
mod block_id;
mod blocks;
mod bloom;
mod call;
mod cursor;
mod dev;
mod error;
mod fees;
mod filters;
mod logs;
mod network;
mod quantity;
mod queue;
mod receipts;
mod refusal;
mod state;
mod submit;
mod subscriptions;
mod trace;
mod transactions;

use std::sync::Arc;

use jsonrpsee::{RpcModule, core::RegisterMethodError};

use self::{
    blocks::BlocksApiServer,
    bloom::Blooms,
    call::CallApiServer,
    dev::DevApiServer,
    fees::FeesApiServer,
    filters::{Filters, FiltersApiServer},
    logs::LogsApiServer,
    network::NetworkApiServer,
    queue::Queue,
    state::StateApiServer,
    submit::SubmitApiServer,
    subscriptions::SubscriptionsApiServer,
    trace::TraceApiServer,
    transactions::TransactionsApiServer,
};
use crate::Chain;

/// Every method of the Ethereum port.
///
/// # Errors
/// When two methods have the same name.
pub(super) fn module(chain: &Chain) -> Result<RpcModule<()>, RegisterMethodError> {
    let eth = Eth::new(chain.clone());
    let mut module = RpcModule::new(());
    module.merge(NetworkApiServer::into_rpc(eth.clone()))?;
    module.merge(BlocksApiServer::into_rpc(eth.clone()))?;
    module.merge(TransactionsApiServer::into_rpc(eth.clone()))?;
    module.merge(StateApiServer::into_rpc(eth.clone()))?;
    module.merge(CallApiServer::into_rpc(eth.clone()))?;
    module.merge(FeesApiServer::into_rpc(eth.clone()))?;
    module.merge(SubmitApiServer::into_rpc(eth.clone()))?;
    module.merge(LogsApiServer::into_rpc(eth.clone()))?;
    module.merge(FiltersApiServer::into_rpc(eth.clone()))?;
    module.merge(SubscriptionsApiServer::into_rpc(eth.clone()))?;
    module.merge(TraceApiServer::into_rpc(eth.clone()))?;
    module.merge(DevApiServer::into_rpc(eth))?;
    Ok(module)
}

/// A chain with what the methods remember between calls; clones share it.
#[derive(Clone)]
struct Eth {
    chain: Chain,
    blooms: Arc<Blooms>,
    queue: Arc<Queue>,
    filters: Arc<Filters>,
}

impl Eth {
    fn new(chain: Chain) -> Self {
        Self {
            chain,
            blooms: Arc::default(),
            queue: Arc::default(),
            filters: Arc::default(),
        }
    }
}
