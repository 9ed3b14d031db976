//! Ethereum JSON-RPC.

use jsonrpsee::{RpcModule, core::RegisterMethodError};

use crate::Chain;

/// Every method of the Ethereum port.
pub(super) fn module(_chain: &Chain) -> Result<RpcModule<()>, RegisterMethodError> {
    Ok(RpcModule::new(()))
}
