//! Substrate JSON-RPC.

use jsonrpsee::{RpcModule, core::RegisterMethodError};

use crate::Chain;

/// Every method of the Substrate port.
pub(super) fn module(_chain: &Chain) -> Result<RpcModule<()>, RegisterMethodError> {
    let mut module = RpcModule::new(());
    add_rpc_methods(&mut module)?;
    Ok(module)
}

/// `rpc_methods`: the names of all methods, read off the module itself.
fn add_rpc_methods(module: &mut RpcModule<()>) -> Result<(), RegisterMethodError> {
    let own = "rpc_methods";
    let mut names: Vec<&'static str> = module.method_names().chain([own]).collect();
    names.sort_unstable();
    let answer = serde_json::json!({ "methods": names });
    module.register_method(own, move |_, _, _| answer.clone())?;
    Ok(())
}
