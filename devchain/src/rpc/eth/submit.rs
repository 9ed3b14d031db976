//! Sending transactions.

use codec::Encode;
use frame_support::traits::InherentBuilder;
use jsonrpsee::proc_macros::rpc;
use pallet_revive::{
    evm::{Bytes, GenericTransaction, TransactionSigned},
    keccak_256,
    pallet_revive_types::runtime_api::GenericTransactionV1,
};
use sp_core::{H256, U256};

use super::{
    Eth, accounts,
    block_id::{BlockId, BlockTag},
    call::CallApiServer,
    error::{EthError, Result},
    fees::FeesApiServer,
    refusal::Refusal,
    state::StateApiServer,
};
use crate::runtime::{CHAIN_ID, RuntimeCall, UncheckedExtrinsic};

#[rpc(server)]
pub(super) trait SubmitApi {
    /// Takes what pallet-revive takes: legacy, EIP-2930 and EIP-1559 transactions. With instant sealing, the transaction is in
    /// a block when this answers, if its nonce is the next one.
    #[method(name = "eth_sendRawTransaction", blocking)]
    fn send_raw_transaction(&self, transaction: Bytes) -> Result<H256>;

    /// Signs for the development accounts only. What is missing (gas, price, nonce, chain id) is filled in.
    #[method(name = "eth_sendTransaction", blocking)]
    fn send_transaction(&self, transaction: GenericTransactionV1) -> Result<H256>;
}

impl SubmitApiServer for Eth {
    fn send_raw_transaction(&self, transaction: Bytes) -> Result<H256> {
        let payload = transaction.0;
        let signed = TransactionSigned::decode(&payload).map_err(|error| Refusal::Malformed(error.to_string()))?;
        if !is_protected(&signed) {
            return Err(Refusal::Unprotected.into());
        }
        let hash = keccak_256(&payload).into();
        let call = RuntimeCall::Revive(pallet_revive::Call::eth_transact { payload });
        let extrinsic = UncheckedExtrinsic::new_inherent(call).encode();
        match self.chain.submit(&extrinsic) {
            Ok(_) => Ok(hash),
            Err(error) => Err(self.refusal(signed, error)?.into()),
        }
    }

    fn send_transaction(&self, mut transaction: GenericTransactionV1) -> Result<H256> {
        let from = transaction
            .from
            .ok_or_else(|| Refusal::Malformed("it has no sender".to_owned()))?;
        let account = accounts::find(from).ok_or(EthError::UnknownAccount(from))?;
        if transaction.gas.is_none() {
            transaction.gas = Some(self.estimate_gas(transaction.clone(), None, None)?);
        }
        if transaction.gas_price.is_none() {
            transaction.gas_price = Some(self.gas_price()?);
        }
        if transaction.nonce.is_none() {
            transaction.nonce = Some(self.transaction_count(from, BlockId::Tag(BlockTag::Pending))?);
        }
        if transaction.chain_id.is_none() {
            transaction.chain_id = Some(CHAIN_ID.into());
        }
        let unsigned = GenericTransaction::from(transaction).try_into_unsigned();
        let unsigned = unsigned.map_err(|()| Refusal::UnsupportedType)?;
        self.send_raw_transaction(account.sign_transaction(unsigned).signed_payload().into())
    }
}

/// Whether the signature covers a chain id, so that the transaction cannot be repeated on another chain.
fn is_protected(signed: &TransactionSigned) -> bool {
    let chain_id = match signed {
        TransactionSigned::TransactionLegacySigned(signed) => signed.transaction_legacy_unsigned.chain_id,
        TransactionSigned::Transaction2930Signed(signed) => Some(signed.transaction_2930_unsigned.chain_id),
        TransactionSigned::Transaction1559Signed(signed) => Some(signed.transaction_1559_unsigned.chain_id),
        TransactionSigned::Transaction4844Signed(signed) => Some(signed.transaction_4844_unsigned.chain_id),
        TransactionSigned::Transaction7702Signed(signed) => Some(signed.transaction_7702_unsigned.chain_id),
    };
    chain_id.is_some_and(|chain_id| chain_id != U256::zero())
}
