//! Substrate JSON-RPC: the legacy methods, and those of the JSON-RPC interface specification
//! (<https://paritytech.github.io/json-rpc-interface-spec>), one family a module.
//!
//! The runtime is native: what stands under `:code` is only its name, and it never changes. What others read from the code comes
//! from runtime APIs here.

mod archive;
mod author;
mod chain;
mod chain_head;
mod chain_spec;
mod child_state;
mod diff;
mod error;
mod payment;
mod query;
mod runtime_spec;
mod state;
mod storage_query;
mod subscription;
mod system;
mod transaction;
mod transaction_watch;
mod watch;

use jsonrpsee::{RpcModule, core::RegisterMethodError};

use crate::Chain;

/// Every method of the Substrate port.
pub(super) fn module(chain: &Chain) -> Result<RpcModule<()>, RegisterMethodError> {
    let mut module = RpcModule::new(());
    module.merge(system::module(chain.clone()))?;
    module.merge(chain::module(chain.clone()))?;
    module.merge(state::module(chain.clone()))?;
    module.merge(child_state::module(chain.clone()))?;
    module.merge(author::module(chain.clone()))?;
    module.merge(payment::module(chain.clone()))?;
    module.merge(archive::module(chain.clone()))?;
    module.merge(chain_head::module(chain.clone()))?;
    module.merge(chain_spec::module(chain.clone()))?;
    module.merge(transaction::module(chain.clone()))?;
    module.merge(transaction_watch::module(chain.clone()))?;
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
