//! `system`: the node and its accounts. There is no network, so whatever asks for peers gets none.

use std::str::FromStr;

use codec::{Decode, Encode};
use frame_support::traits::InherentBuilder;
use jsonrpsee::{RpcModule, proc_macros::rpc};
use serde_json::{Value, json};
use sp_core::Bytes;
use sp_runtime::{generic::Digest, traits::Header as _};

use super::{
    chain_spec,
    error::{self, Result},
    query,
};
use crate::{
    Chain,
    chain::{ChainError, Millis},
    runtime::{AccountId, Executive, Hash, Header, Nonce, RuntimeCall, UncheckedExtrinsic},
};

/// Methods of the family `system`.
#[rpc(server)]
trait System {
    /// Name of the node's software.
    #[method(name = "system_name")]
    fn name(&self) -> String;

    /// Version of the node's software.
    #[method(name = "system_version")]
    fn version(&self) -> String;

    /// Name of the chain.
    #[method(name = "system_chain")]
    fn chain(&self) -> String;

    /// `Development`.
    #[method(name = "system_chainType")]
    fn chain_type(&self) -> String;

    /// See [`chain_spec::properties`].
    #[method(name = "system_properties")]
    fn properties(&self) -> Value;

    /// Never syncing, no peers and none needed.
    #[method(name = "system_health")]
    fn health(&self) -> Value;

    /// Empty: there is no network identity.
    #[method(name = "system_localPeerId")]
    fn local_peer_id(&self) -> String;

    /// None.
    #[method(name = "system_localListenAddresses")]
    fn local_listen_addresses(&self) -> Vec<String>;

    /// None.
    #[method(name = "system_peers")]
    fn peers(&self) -> Vec<Value>;

    /// `Authority`: this node builds the blocks.
    #[method(name = "system_nodeRoles")]
    fn node_roles(&self) -> Vec<String>;

    /// The best block, which is all there is to sync.
    #[method(name = "system_syncState", blocking)]
    fn sync_state(&self) -> Value;

    /// The nonce for the account's next transaction, counting those that wait. The account is an SS58 address or 32 bytes in
    /// hexadecimal.
    #[method(name = "system_accountNextIndex", aliases = ["account_nextIndex"], blocking)]
    fn account_next_index(&self, account: String) -> Result<Nonce>;

    /// Applies an extrinsic to the next block on the one given, and throws the block away. Answers the SCALE-encoded
    /// `ApplyExtrinsicResult`.
    #[method(name = "system_dryRun", aliases = ["system_dryRunAt"], blocking)]
    fn dry_run(&self, extrinsic: Bytes, at: Option<Hash>) -> Result<Bytes>;
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api { chain }.into_rpc().remove_context()
}

struct Api {
    chain: Chain,
}

impl SystemServer for Api {
    fn name(&self) -> String {
        env!("CARGO_PKG_NAME").to_owned()
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn chain(&self) -> String {
        chain_spec::CHAIN_NAME.to_owned()
    }

    fn chain_type(&self) -> String {
        "Development".to_owned()
    }

    fn properties(&self) -> Value {
        chain_spec::properties()
    }

    fn health(&self) -> Value {
        json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false })
    }

    fn local_peer_id(&self) -> String {
        String::new()
    }

    fn local_listen_addresses(&self) -> Vec<String> {
        Vec::new()
    }

    fn peers(&self) -> Vec<Value> {
        Vec::new()
    }

    fn node_roles(&self) -> Vec<String> {
        vec!["Authority".to_owned()]
    }

    fn sync_state(&self) -> Value {
        let best = self.chain.best().number;
        json!({ "startingBlock": 0, "currentBlock": best, "highestBlock": best })
    }

    fn account_next_index(&self, account: String) -> Result<Nonce> {
        let account = AccountId::from_str(&account).map_err(error::invalid_params)?;
        self.chain.next_nonce(&account).map_err(|error| error::client(&error))
    }

    fn dry_run(&self, extrinsic: Bytes, at: Option<Hash>) -> Result<Bytes> {
        let extrinsic = UncheckedExtrinsic::decode(&mut &extrinsic[..]).map_err(error::invalid_params)?;
        let at = query::hash_or_best(&self.chain, at);
        self.apply(extrinsic, at)
            .map(Bytes)
            .map_err(|error| error::client(&error))
    }
}

impl Api {
    /// As a block would apply it: after the initialisation of the block and its timestamp.
    fn apply(&self, extrinsic: UncheckedExtrinsic, parent: Hash) -> std::result::Result<Vec<u8>, ChainError> {
        let block = self.chain.block(parent)?.ok_or(ChainError::UnknownBlock(parent))?;
        let number = block.header.number.saturating_add(1);
        let template = Header::new(number, Hash::zero(), Hash::zero(), parent, Digest::default());
        let now: Millis = self.chain.next_time()?;
        let result = self.chain.state(parent)?.execute(|| {
            Executive::initialize_block(&template);
            let timestamp = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
            // On an old block, too, the clock shows the time of now; a refusal would show in the result below.
            let _ = Executive::apply_extrinsic(UncheckedExtrinsic::new_inherent(timestamp));
            Executive::apply_extrinsic(extrinsic).encode()
        })?;
        Ok(result)
    }
}
