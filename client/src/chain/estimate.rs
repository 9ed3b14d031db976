//! What a message would cost, before anything is signed for good.

use alloy_core::primitives::{B256, Bytes, U256};
use codec::{Compact, Decode, Encode};
use serde::Serialize;
use subxt::{
    config::DefaultExtrinsicParamsBuilder,
    dynamic,
    ext::scale_encode::EncodeAsFields,
    tx::DynamicPayload,
    utils::{H160, MultiSignature},
};
use subxt_rpcs::rpc_params;

use super::{
    AtBlock, Chain, ChainError, Config, DryRun, Message, Weight, error::Context, scale::ScaleWeight,
    sign::MORTAL_BLOCKS,
};
use crate::{account::Account, keystore::SigningKey};

/// What sending a message would cost now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// The execution weight that it needs.
    pub weight: Weight,
    /// The fee of a transaction of its own, in native units.
    pub fee: u128,
    /// The deposit for storage, at most, in native units. Whoever frees the storage gets it back.
    pub deposit: u128,
}

impl Estimate {
    /// What is paid for it at most, in native units.
    pub fn cost(&self) -> u128 {
        self.fee.saturating_add(self.deposit)
    }
}

impl Chain {
    /// Tries a message at the best block, and answers what sending it would cost. Nothing is sent.
    ///
    /// # Errors
    /// As [`Chain::dry_run`].
    pub async fn estimate(&self, key: &SigningKey, message: &Message) -> Result<Estimate, ChainError> {
        let needs = self.dry_run(key.account(), message).await?;
        let fee = match key {
            SigningKey::Sr25519(_) => self.fee_of(key.account(), message, &needs).await?,
            SigningKey::Ethereum(_) => {
                // Gas covers the deposit, too.
                let gas = self.dry_run_gas(key.account(), message).await?;
                let all = (gas.limit * gas.price).div_ceil(U256::from(self.inner.native_to_eth_ratio));
                u128::try_from(all).unwrap_or(u128::MAX).saturating_sub(needs.deposit)
            }
        };
        Ok(Estimate {
            weight: needs.weight,
            fee,
            deposit: needs.deposit,
        })
    }

    /// The chain's own answer, for a transaction that asks for no more than is needed.
    async fn fee_of(&self, account: Account, message: &Message, needs: &DryRun) -> Result<u128, ChainError> {
        let value = self.to_native(message.value())?;
        let (weight, deposit) = (ScaleWeight::from(needs.weight), needs.deposit);
        let at = self.at_best().await?;
        match message {
            Message::Call { to, input, .. } => {
                let arguments = (H160((*to).into()), value, weight, deposit, input.clone());
                let call = dynamic::transaction("Revive", "call", arguments);
                Ok(self.dispatch_info(&at, account, &call).await?.1)
            }
            Message::Create { code, input, .. } => {
                let arguments = (value, weight, deposit, code.clone(), input.clone(), None::<[u8; 32]>);
                let call = dynamic::transaction("Revive", "instantiate_with_code", arguments);
                Ok(self.dispatch_info(&at, account, &call).await?.1)
            }
        }
    }

    /// What the chain counts for a call of a contract beside what the contract needs.
    pub(super) async fn call_overhead(&self, account: Account) -> Result<Weight, ChainError> {
        let at = self.at_best().await?;
        let nothing = ScaleWeight::from(Weight::default());
        let arguments = (H160::zero(), 0_u128, nothing, 0_u128, Vec::<u8>::new());
        let call = dynamic::transaction("Revive", "call", arguments);
        Ok(self.dispatch_info(&at, account, &call).await?.0)
    }

    /// What the chain says of a call before it is sent: its weight with all limits and overhead, and the fee for that. Both go by the call
    /// alone, so the signature is left empty: nothing that could be sent leaves the program.
    async fn dispatch_info<C: EncodeAsFields>(
        &self,
        at: &AtBlock,
        account: Account,
        call: &DynamicPayload<C>,
    ) -> Result<(Weight, u128), ChainError> {
        let what = "asking for a fee";
        let params = DefaultExtrinsicParamsBuilder::<Config>::new()
            .mortal_from_unchecked(MORTAL_BLOCKS, at.block_number(), at.block_hash())
            .build();
        let mut signable = at.tx().create_signable_offline(call, params).context(what)?;
        let transaction = signable
            .sign_with_account_and_signature(&account.into(), &MultiSignature::Sr25519([0; 64]))
            .context(what)?;
        let mut arguments = transaction.into_encoded();
        let length = u32::try_from(arguments.len()).context(what)?;
        length.encode_to(&mut arguments);
        let block = B256::from(at.block_hash().0);
        let params = rpc_params!["TransactionPaymentApi_query_info", Bytes::from(arguments), block];
        let answer: Bytes = self.rpc().request("state_call", params).await.context(what)?;
        // `RuntimeDispatchInfo`: weight, class, fee.
        let decoded = <(Compact<u64>, Compact<u64>, u8, u128)>::decode(&mut answer.as_ref()).context(what)?;
        let weight = Weight {
            ref_time: decoded.0.0,
            proof_size: decoded.1.0,
        };
        Ok((weight, decoded.3))
    }
}
