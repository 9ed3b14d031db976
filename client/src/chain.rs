//! Talking to a chain that runs `pallet_revive`.
//!
//! Everything is resolved by name against the chain's own metadata, so that the same program serves the embedded
//! chain, a Polkadot SDK node and Polkadot Hub. A [`Message`] (call or deployment) is dry-run first; what would fail is
//! refused with the contract's own error before anything is signed or paid.

mod batch;
mod block;
mod dry_run;
mod error;
mod estimate;
mod ethereum;
mod mapping;
mod message;
mod nonce;
mod receipt;
mod rpc;
mod scale;
mod sign;
mod submit;
mod watch;

use std::sync::Arc;

use alloy_core::primitives::{Address, B256, U256};
use subxt::{OnlineClient, PolkadotConfig, client::OnlineClientAtBlock, config::RpcConfigFor, dynamic, utils::H160};
use subxt_rpcs::{LegacyRpcMethods, RpcClient};

pub(crate) use batch::{Fate, Member};
pub use block::Block;
pub use dry_run::DryRun;
pub use error::ChainError;
pub use estimate::Estimate;
pub use mapping::Mapping;
pub use message::Message;
pub use receipt::{Log, Receipt, Weight};
pub(crate) use submit::Signed;
pub use submit::{Finality, SubmitOptions};

use crate::{Error, account::Account, network::Network};
use error::Context as _;
use nonce::Nonces;

/// How extrinsics and headers are encoded: as on Polkadot and its hubs.
pub type Config = PolkadotConfig;
/// A view of the chain at one block.
pub type AtBlock = OnlineClientAtBlock<Config>;

/// A connection to a chain. Clones share the connection and the nonces.
#[derive(Clone)]
pub struct Chain {
    inner: Arc<Inner>,
}

struct Inner {
    network: Network,
    rpc: RpcClient,
    methods: LegacyRpcMethods<RpcConfigFor<Config>>,
    api: OnlineClient<Config>,
    chain_id: u64,
    genesis_hash: B256,
    /// How many of the smallest Ethereum units (18 decimals) make one of the smallest native units.
    native_to_eth_ratio: u32,
    limits: Limits,
    nonces: Nonces,
}

/// What bounds a transaction, from the chain's constants.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// The most weight of one ordinary extrinsic, if the chain bounds it.
    max_weight: Option<Weight>,
    /// Deposit to allow beyond what a dry run needed, in native units: another transaction may get in between.
    deposit_slack: u128,
}

impl Limits {
    fn read(at: &AtBlock) -> Result<Self, ChainError> {
        let what = "reading the chain's limits";
        let constants = at.constants();
        let weights: scale::BlockWeights = constants
            .entry(dynamic::constant("System", "BlockWeights"))
            .context(what)?;
        let item: u128 = constants
            .entry(dynamic::constant("Revive", "DepositPerItem"))
            .context(what)?;
        let byte: u128 = constants
            .entry(dynamic::constant("Revive", "DepositPerByte"))
            .context(what)?;
        // Two more storage entries of ordinary size.
        Ok(Self {
            max_weight: weights.max_extrinsic(),
            deposit_slack: 2 * item + 512 * byte,
        })
    }
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chain")
            .field("network", &self.inner.network.name)
            .field("chain_id", &self.inner.chain_id)
            .finish_non_exhaustive()
    }
}

impl Chain {
    /// Connects to a network and makes sure that it is the chain that the configuration means.
    ///
    /// # Errors
    /// [`ChainError::Unreachable`] if nothing answers; [`crate::network::NetworkError`] if it is another chain;
    /// [`ChainError::NoRevive`] if it cannot run contracts.
    pub async fn connect(network: &Network) -> Result<Self, Error> {
        let rpc = rpc::connect(&network.substrate_rpc).await?;
        let what = "connecting";
        let api = rpc::client(rpc.clone()).await.context(what)?;
        let at = api.at_current_block().await.context(what)?;
        let constants = at.constants();
        let no_revive = |_| ChainError::NoRevive {
            network: network.name.clone(),
        };
        let chain_id: u64 = constants
            .entry(dynamic::constant("Revive", "ChainId"))
            .map_err(no_revive)?;
        let ratio: u32 = constants
            .entry(dynamic::constant("Revive", "NativeToEthRatio"))
            .map_err(no_revive)?;
        let genesis_hash = B256::from(api.genesis_hash().0);
        network.check_chain(chain_id, genesis_hash)?;
        tracing::info!(network = network.name, chain_id, %genesis_hash, "connected");
        let inner = Inner {
            network: network.clone(),
            methods: LegacyRpcMethods::new(rpc.clone()),
            rpc,
            api,
            chain_id,
            genesis_hash,
            native_to_eth_ratio: ratio,
            limits: Limits::read(&at)?,
            nonces: Nonces::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Connects to the same chain anew, for when the connection is gone for good. Its nonces are asked for anew, too.
    ///
    /// # Errors
    /// As [`Chain::connect`]; another chain in its place is refused, whatever the configuration says.
    pub async fn connect_again(&self) -> Result<Self, Error> {
        let network = Network {
            chain_id: Some(self.chain_id()),
            genesis_hash: Some(self.genesis_hash()),
            ..self.network().clone()
        };
        Self::connect(&network).await
    }

    /// The network that was connected to.
    pub fn network(&self) -> &Network {
        &self.inner.network
    }

    /// The EIP-155 chain id.
    pub fn chain_id(&self) -> u64 {
        self.inner.chain_id
    }

    /// The hash of block 0.
    pub fn genesis_hash(&self) -> B256 {
        self.inner.genesis_hash
    }

    /// The client library beneath, for what has no method here.
    pub fn api(&self) -> &OnlineClient<Config> {
        &self.inner.api
    }

    /// The JSON-RPC connection beneath.
    pub fn rpc(&self) -> &RpcClient {
        &self.inner.rpc
    }

    /// The chain at its best block: newest, but it may still be replaced.
    pub async fn at_best(&self) -> Result<AtBlock, ChainError> {
        let what = "asking for the best block";
        let hash = self.inner.methods.chain_get_block_hash(None).await.context(what)?;
        let hash = hash.ok_or(ChainError::Missing { what: "the best block" })?;
        self.inner.api.at_block(hash).await.context(what)
    }

    /// The chain at its last finalized block.
    pub async fn at_finalized(&self) -> Result<AtBlock, ChainError> {
        self.inner
            .api
            .at_current_block()
            .await
            .context("asking for the finalized block")
    }

    /// What contracts see as now, in seconds since the epoch: the time of the best block, or the present if the chain has
    /// been idle since.
    pub async fn time(&self) -> Result<u64, ChainError> {
        let at = self.at_best().await?;
        let milliseconds = match self.idle_until(&at).await? {
            Some(now) => now,
            None => dry_run::time_of(&at).await?,
        };
        Ok(milliseconds / 1_000)
    }

    /// What an account can spend, in the smallest unit of 18 decimals, at the best block.
    pub async fn balance(&self, account: Account) -> Result<U256, ChainError> {
        let at = self.at_best().await?;
        let address = H160(account.address().into());
        let call = dynamic::runtime_api_call::<_, scale::Word>("ReviveApi", "balance", (address,));
        Ok(at
            .runtime_apis()
            .call(call)
            .await
            .context("asking for a balance")?
            .value())
    }

    /// The hash of the code of a contract at the best block; `None` if there is no contract.
    pub async fn code_hash(&self, contract: Address) -> Result<Option<B256>, ChainError> {
        let what = "asking for a contract";
        let at = self.at_best().await?;
        let address = dynamic::storage::<(H160,), scale::AccountInfo>("Revive", "AccountInfoOf");
        let found = at
            .storage()
            .try_fetch(address, (H160(contract.into()),))
            .await
            .context(what)?;
        let info = found.map(|value| value.decode()).transpose().context(what)?;
        Ok(info.and_then(scale::AccountInfo::code_hash))
    }

    /// An amount of 18 decimals in native units.
    ///
    /// # Errors
    /// [`ChainError::Amount`] if it is not a whole number of them, or beyond what a balance holds.
    pub fn to_native(&self, value: U256) -> Result<u128, ChainError> {
        let (native, rest) = value.div_rem(U256::from(self.inner.native_to_eth_ratio));
        match u128::try_from(native) {
            Ok(native) if rest.is_zero() => Ok(native),
            _ => Err(ChainError::Amount {
                value,
                ratio: self.inner.native_to_eth_ratio,
            }),
        }
    }

    /// An amount of native units in the smallest unit of 18 decimals.
    pub fn from_native(&self, native: u128) -> U256 {
        U256::from(native) * U256::from(self.inner.native_to_eth_ratio)
    }
}
