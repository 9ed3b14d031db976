//! Balances, nonces, code and storage.

use jsonrpsee::proc_macros::rpc;
use pallet_revive::evm::Bytes;
use sp_core::{H160, U256};

use super::{Eth, block_id::BlockId, error::Result};
use crate::runtime::Revive;

#[rpc(server)]
pub(super) trait StateApi {
    /// In wei-like units (18 decimals), without the existential deposit.
    #[method(name = "eth_getBalance", blocking)]
    fn balance(&self, address: H160, block: BlockId) -> Result<U256>;

    /// `pending` counts queued transactions too, which the official server does not.
    #[method(name = "eth_getTransactionCount", blocking)]
    fn transaction_count(&self, address: H160, block: BlockId) -> Result<U256>;

    #[method(name = "eth_getCode", blocking)]
    fn code(&self, address: H160, block: BlockId) -> Result<Bytes>;

    /// Zero where nothing is stored, and where there is no contract.
    #[method(name = "eth_getStorageAt", blocking)]
    fn storage_at(&self, address: H160, slot: U256, block: BlockId) -> Result<Bytes>;
}

impl StateApiServer for Eth {
    fn balance(&self, address: H160, block: BlockId) -> Result<U256> {
        Ok(self.state_at(block)?.execute(|| Revive::evm_balance(&address))?)
    }

    fn transaction_count(&self, address: H160, block: BlockId) -> Result<U256> {
        let state = self.state_at(block)?;
        let nonce = if block.is_pending() {
            self.next_nonce(&state, address)?
        } else {
            state.execute(|| Revive::evm_nonce(&address))?
        };
        Ok(nonce.into())
    }

    fn code(&self, address: H160, block: BlockId) -> Result<Bytes> {
        Ok(self.state_at(block)?.execute(|| Revive::code(&address).into())?)
    }

    fn storage_at(&self, address: H160, slot: U256, block: BlockId) -> Result<Bytes> {
        let state = self.state_at(block)?;
        let found = state.execute(|| Revive::get_storage(address, slot.to_big_endian()))?;
        // An error says that there is no contract at the address.
        let value = found.ok().flatten().unwrap_or_else(|| vec![0; 32]);
        Ok(value.into())
    }
}
