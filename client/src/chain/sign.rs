//! Signing, and the limits that are signed with a message.

use alloy_core::primitives::{B256, U256};
use subxt::{config::DefaultExtrinsicParamsBuilder, dynamic, ext::scale_encode::EncodeAsFields, tx::DynamicPayload};
use subxt_signer::{eth, sr25519};

use super::{AtBlock, Chain, ChainError, Config, Message, Weight, dry_run::Gas, error::Context, ethereum};

/// How long an sr25519-signed transaction may wait for a block, in blocks; a power of two.
pub(super) const MORTAL_BLOCKS: u64 = 256;

/// A signed transaction.
pub(super) struct Prepared {
    pub(super) bytes: Vec<u8>,
    pub(super) hash: B256,
    pub(super) eth_hash: Option<B256>,
}

impl Chain {
    pub(super) fn sign_ethereum(
        &self,
        pair: &eth::Keypair,
        message: &Message,
        gas: &Gas,
        at: &AtBlock,
        nonce: u64,
    ) -> Result<Prepared, ChainError> {
        let (to, input) = match message {
            Message::Call { to, input, .. } => (Some(*to), input.clone()),
            Message::Create { code, input, .. } => (None, [code.as_slice(), input].concat()),
        };
        let slack = self.from_native(self.inner.limits.deposit_slack) / gas.price.max(U256::ONE);
        let signed = ethereum::Transaction {
            chain_id: self.inner.chain_id,
            nonce,
            // What is paid is the chain's price; it may rise before the transaction is in a block.
            max_fee_per_gas: gas.price + gas.price / U256::from(2),
            gas_limit: gas.limit + gas.limit / U256::from(2) + slack,
            to,
            value: message.value(),
            input,
        }
        .sign(pair);
        let call = dynamic::transaction("Revive", "eth_transact", (signed.encoded,));
        let transaction = at.tx().create_unsigned(&call).context("preparing the transaction")?;
        Ok(Prepared {
            hash: transaction.hash().0.into(),
            bytes: transaction.into_encoded(),
            eth_hash: Some(signed.hash),
        })
    }

    /// Twice what the dry run needed, since state and second may be others in the block: an issuer that is removed in the second in which it
    /// was admitted costs half of what it does in the next one. Within what a block takes; what is not needed is not paid.
    pub(super) fn weight_limit(&self, needed: Weight) -> Weight {
        let most = self.inner.limits.max_weight.unwrap_or(Weight {
            ref_time: u64::MAX,
            proof_size: u64::MAX,
        });
        // The limit is for the contract's execution; the extrinsic itself needs some, too.
        let limit = |needed: u64, most: u64| needed.saturating_mul(2).min(most / 10 * 9).max(needed);
        Weight {
            ref_time: limit(needed.ref_time, most.ref_time),
            proof_size: limit(needed.proof_size, most.proof_size),
        }
    }

    pub(super) fn deposit_limit(&self, needed: u128) -> u128 {
        needed
            .saturating_add(needed / 4)
            .saturating_add(self.inner.limits.deposit_slack)
    }
}

/// Signs a runtime call with an sr25519 key.
pub(super) fn sign<C: EncodeAsFields>(
    pair: &sr25519::Keypair,
    call: &DynamicPayload<C>,
    at: &AtBlock,
    nonce: u64,
) -> Result<Prepared, ChainError> {
    let what = "signing the transaction";
    let params = DefaultExtrinsicParamsBuilder::<Config>::new()
        .nonce(nonce)
        .mortal_from_unchecked(MORTAL_BLOCKS, at.block_number(), at.block_hash())
        .build();
    let mut signable = at.tx().create_signable_offline(call, params).context(what)?;
    let transaction = signable.sign(pair).context(what)?;
    Ok(Prepared {
        hash: transaction.hash().0.into(),
        bytes: transaction.into_encoded(),
        eth_hash: None,
    })
}
