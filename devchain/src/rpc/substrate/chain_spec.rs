//! `chainSpec_v1`: what never changes about the chain. Names and properties are those of the legacy `system` methods too.

use jsonrpsee::{RpcModule, proc_macros::rpc};
use serde_json::{Value, json};

use super::error::Result;
use crate::{Chain, runtime::Hash};

/// Human-readable name of the chain.
pub(super) const CHAIN_NAME: &str = "Salus Development";

/// How wallets show accounts and amounts: addresses in the generic Substrate format (SS58 prefix 42), coins with 12 decimals.
pub(super) fn properties() -> Value {
    json!({ "ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "UNIT", "isEthereum": false })
}

/// Methods of the family `chainSpec_v1`.
#[rpc(server)]
trait ChainSpec {
    /// Name of the chain.
    #[method(name = "chainSpec_v1_chainName")]
    fn chain_name(&self) -> String;

    /// Hash of block 0.
    #[method(name = "chainSpec_v1_genesisHash")]
    fn genesis_hash(&self) -> Result<Hash>;

    /// See [`properties`].
    #[method(name = "chainSpec_v1_properties")]
    fn properties(&self) -> Value;
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api { chain }.into_rpc().remove_context()
}

struct Api {
    chain: Chain,
}

impl ChainSpecServer for Api {
    fn chain_name(&self) -> String {
        CHAIN_NAME.to_owned()
    }

    fn genesis_hash(&self) -> Result<Hash> {
        Ok(self.chain.genesis_hash())
    }

    fn properties(&self) -> Value {
        properties()
    }
}
