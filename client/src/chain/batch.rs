//! Several messages in one transaction (`Utility.force_batch`): one fails, and the others do not care.

use alloy_core::primitives::B256;
use subxt::{dynamic, utils::H160};
use subxt_signer::sr25519;

use super::{
    Chain, ChainError, DryRun, Finality, Message, Receipt, SubmitOptions, Weight,
    dry_run::{refused_dispatch, time_of},
    error::Context,
    receipt,
    scale::{ReviveCall, RuntimeCall},
    sign::{MORTAL_BLOCKS, sign},
    submit::{Note, Signed},
    watch::{Included, hash_of},
};
use crate::{account::Account, keystore::SigningKey};

/// One message of a batch, with what its dry run said that it needs.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) message: Message,
    pub(crate) needs: DryRun,
}

/// What became of a transaction that somebody kept in mind.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is in a block.
    Included(Receipt),
    /// It is in a block, and failed there as a whole.
    Failed(ChainError),
    /// It can still be in one.
    Waiting,
    /// Its nonce went to another transaction, or the node does not have it.
    Lost,
}

impl Chain {
    /// Whether this key can send several messages in one transaction here: then, what each of them weighs there beside what its contract
    /// needs.
    ///
    /// # Errors
    /// The chain was not reached.
    pub(crate) async fn batching(&self, key: &SigningKey) -> Result<Option<Weight>, ChainError> {
        if matches!(key, SigningKey::Ethereum(_)) {
            return Ok(None);
        }
        let at = self.at_best().await?;
        let utility = at.metadata_ref().pallet_by_name("Utility");
        if utility.is_none_or(|pallet| pallet.call_variant_by_name("force_batch").is_none()) {
            return Ok(None);
        }
        self.call_overhead(key.account()).await.map(Some)
    }

    /// How many messages from the front of `members` go into one transaction by their weight; at least one.
    pub(crate) fn fitting(&self, members: &[Member], overhead: Weight) -> usize {
        let Some(most) = self.inner.limits.max_weight else {
            return members.len();
        };
        let mut sum = Weight::default();
        let fits = |sum: Weight| sum.ref_time <= most.ref_time / 10 * 9 && sum.proof_size <= most.proof_size / 10 * 9;
        let add = |sum: u64, limit: u64, overhead: u64| sum.saturating_add(limit).saturating_add(overhead);
        let fitting = members.iter().take_while(|member| {
            let limit = self.weight_limit(member.needs.weight);
            sum = Weight {
                ref_time: add(sum.ref_time, limit.ref_time, overhead.ref_time),
                proof_size: add(sum.proof_size, limit.proof_size, overhead.proof_size),
            };
            fits(sum)
        });
        fitting.count().max(1)
    }

    /// Sends messages in one transaction. Those that fail are told by [`Chain::items_of`].
    ///
    /// # Errors
    /// As [`Chain::submit`], for the transaction as a whole.
    pub(crate) async fn submit_batch(
        &self,
        pair: &sr25519::Keypair,
        members: &[Member],
        options: SubmitOptions,
        note: Option<&Note<'_>>,
    ) -> Result<Receipt, ChainError> {
        let account = Account::new(pair.public_key().0);
        let calls = members
            .iter()
            .map(|member| self.member_call(member))
            .collect::<Result<Vec<_>, _>>()?;
        let call = dynamic::transaction("Utility", "force_batch", (calls,));
        let sent = self
            .send_noted(account, &|at, nonce| sign(pair, &call, at, nonce), options, note)
            .await;
        sent.map_err(|error| match error {
            ChainError::Failed {
                tx_hash,
                block_number,
                cause,
            } => ChainError::Failed {
                tx_hash,
                block_number,
                cause: Box::new(refused_dispatch(account, *cause)),
            },
            other => other,
        })
    }

    fn member_call(&self, member: &Member) -> Result<RuntimeCall, ChainError> {
        let Message::Call { to, input, value } = &member.message else {
            return Err(ChainError::Missing {
                what: "deployments in batches",
            });
        };
        Ok(RuntimeCall::Revive(ReviveCall::call {
            dest: H160((*to).into()),
            value: self.to_native(*value)?,
            weight_limit: self.weight_limit(member.needs.weight).into(),
            storage_deposit_limit: self.deposit_limit(member.needs.deposit),
            data: input.clone(),
        }))
    }

    /// Why each message of a batch that is in a block failed, if it did; none, if the transaction is no batch.
    ///
    /// # Errors
    /// The block cannot be read.
    pub(crate) async fn items_of(&self, receipt: &Receipt) -> Result<Vec<Option<ChainError>>, ChainError> {
        receipt::items(&self.at_hash(receipt.block_hash).await?, receipt.extrinsic_index).await
    }

    /// Why a message of a batch failed. The block does not say, so it is tried on the state behind it, to which the messages before it
    /// belong, and on the one before.
    pub(crate) async fn explain_item(
        &self,
        receipt: &Receipt,
        account: Account,
        message: &Message,
        cause: ChainError,
    ) -> ChainError {
        let tried = async {
            let at = self.at_hash(receipt.block_hash).await?;
            let now = time_of(&at).await?;
            self.dry_run_at_time(&at, account, message, now).await
        };
        match tried.await {
            Err(reason @ ChainError::Reverted(_)) => reason,
            _ => match self.revert_before(receipt.block_number, account, message).await {
                Err(reason @ ChainError::Reverted(_)) => reason,
                _ => refused_dispatch(account, cause),
            },
        }
    }

    /// What became of a transaction of `account` that was signed, and perhaps sent, by a process that is no more.
    ///
    /// # Errors
    /// The chain was not reached, or does not have its blocks any more.
    pub(crate) async fn fate(&self, account: Account, signed: &Signed, finality: Finality) -> Result<Fate, ChainError> {
        let head = self.newest(finality).await?;
        let spent = dynamic::runtime_api_call::<_, u64>(
            "AccountNonceApi",
            "account_nonce",
            (subxt::utils::AccountId32::from(account),),
        );
        let spent = head.runtime_apis().call(spent).await.context("asking for a nonce")?;
        if spent <= signed.nonce {
            let waiting = self.next_nonce(account).await? > signed.nonce;
            return Ok(if waiting { Fate::Waiting } else { Fate::Lost });
        }
        match self.find(account, signed, head.block_number()).await? {
            None => Ok(Fate::Lost),
            Some(block_hash) => {
                let included = Included {
                    block_hash,
                    finalized: finality == Finality::Finalized,
                };
                match self.receipt(included, signed.tx_hash, None).await {
                    Ok(receipt) => Ok(Fate::Included(receipt)),
                    Err(failed @ ChainError::Failed { .. }) => Ok(Fate::Failed(failed)),
                    Err(error) => Err(error),
                }
            }
        }
    }

    /// The block with a transaction, up to block `head`. Those of sr25519 keys die after some blocks.
    async fn find(
        &self,
        account: Account,
        signed: &Signed,
        head: u64,
    ) -> Result<Option<subxt::utils::H256>, ChainError> {
        let last = if account.is_ethereum() {
            head
        } else {
            head.min(signed.block.saturating_add(MORTAL_BLOCKS))
        };
        let wanted: B256 = signed.tx_hash;
        for number in signed.block.saturating_add(1)..=last {
            if let Some(found) = self.block_with(number, &|bytes| hash_of(bytes) == wanted).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
