//! `payment`: what an extrinsic will cost.

use codec::{Decode, Encode};
use jsonrpsee::{RpcModule, proc_macros::rpc};
use pallet_transaction_payment::{FeeDetails, InclusionFee, RuntimeDispatchInfo};
use serde_json::{Value, json};
use sp_core::{Bytes, U256};

use super::{
    error::{self, Result},
    query,
};
use crate::{
    Chain,
    runtime::{Balance, Hash, UncheckedExtrinsic},
};

/// Methods of the family `payment`.
#[rpc(server)]
trait Payment {
    /// Weight, class and fee (in the native coin's smallest unit, without tip).
    #[method(name = "payment_queryInfo", blocking)]
    fn query_info(&self, extrinsic: Bytes, at: Option<Hash>) -> Result<RuntimeDispatchInfo<Balance>>;

    /// The parts of the fee.
    #[method(name = "payment_queryFeeDetails", blocking)]
    fn query_fee_details(&self, extrinsic: Bytes, at: Option<Hash>) -> Result<Value>;
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api { chain }.into_rpc().remove_context()
}

struct Api {
    chain: Chain,
}

impl PaymentServer for Api {
    fn query_info(&self, extrinsic: Bytes, at: Option<Hash>) -> Result<RuntimeDispatchInfo<Balance>> {
        self.ask("TransactionPaymentApi_query_info", &extrinsic, at)
    }

    fn query_fee_details(&self, extrinsic: Bytes, at: Option<Hash>) -> Result<Value> {
        let details: FeeDetails<Balance> = self.ask("TransactionPaymentApi_query_fee_details", &extrinsic, at)?;
        Ok(json!({ "inclusionFee": details.inclusion_fee.as_ref().map(inclusion_fee) }))
    }
}

impl Api {
    /// Calls a method of the runtime that takes an extrinsic and its length.
    fn ask<T: Decode>(&self, method: &str, extrinsic: &[u8], at: Option<Hash>) -> Result<T> {
        UncheckedExtrinsic::decode(&mut &*extrinsic).map_err(error::invalid_params)?;
        let length = u32::try_from(extrinsic.len()).map_err(error::invalid_params)?;
        let mut arguments = extrinsic.to_vec();
        length.encode_to(&mut arguments);
        let answer = query::state_at(&self.chain, at)?
            .call(method, &arguments)
            .map_err(|error| error::execution(&error))?;
        T::decode(&mut &answer[..]).map_err(error::internal)
    }
}

/// Amounts as hexadecimal numbers, which JavaScript cannot round.
fn inclusion_fee(fee: &InclusionFee<Balance>) -> Value {
    json!({
        "baseFee": U256::from(fee.base_fee),
        "lenFee": U256::from(fee.len_fee),
        "adjustedWeightFee": U256::from(fee.adjusted_weight_fee),
    })
}
