//! Dry runs: `eth_call` and `eth_estimateGas`, as pallet-revive does them.

use jsonrpsee::proc_macros::rpc;
use pallet_revive::{
    evm::Bytes,
    pallet_revive_types::runtime_api::{GenericTransactionV1, StateOverrideSetV1},
};
use sp_core::U256;

use super::{
    Eth,
    block_id::{BlockId, BlockTag},
    error::Result,
};
use crate::{chain::Millis, runtime::Revive};

#[rpc(server)]
pub(super) trait CallApi {
    /// With `pending`, contracts see the time that the next block would have.
    #[method(name = "eth_call", blocking)]
    fn call(
        &self,
        transaction: GenericTransactionV1,
        block: Option<BlockId>,
        state_overrides: Option<StateOverrideSetV1>,
    ) -> Result<Bytes>;

    /// `pending` by default. Takes block hashes and state overrides too, which the official server does not.
    #[method(name = "eth_estimateGas", blocking)]
    fn estimate_gas(
        &self,
        transaction: GenericTransactionV1,
        block: Option<BlockId>,
        state_overrides: Option<StateOverrideSetV1>,
    ) -> Result<U256>;
}

impl CallApiServer for Eth {
    fn call(
        &self,
        transaction: GenericTransactionV1,
        block: Option<BlockId>,
        state_overrides: Option<StateOverrideSetV1>,
    ) -> Result<Bytes> {
        let block = block.unwrap_or_default();
        let (state, now) = (self.state_at(block)?, self.time_override(block)?);
        let dry_run = state.execute(|| {
            let overrides = state_overrides.map(Into::into);
            Revive::dry_run_eth_transact(transaction.into(), now, true, overrides)
        })?;
        Ok(dry_run?.data.into())
    }

    fn estimate_gas(
        &self,
        transaction: GenericTransactionV1,
        block: Option<BlockId>,
        state_overrides: Option<StateOverrideSetV1>,
    ) -> Result<U256> {
        let block = block.unwrap_or(BlockId::Tag(BlockTag::Pending));
        let (state, now) = (self.state_at(block)?, self.time_override(block)?);
        let overrides = state_overrides.map(Into::into);
        Ok(state.execute(|| Revive::eth_estimate_gas(transaction.into(), now, overrides))??)
    }
}

impl Eth {
    fn time_override(&self, block: BlockId) -> Result<Option<Millis>> {
        Ok(if block.is_pending() {
            Some(self.chain.next_time()?)
        } else {
            None
        })
    }
}
