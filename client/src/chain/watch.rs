//! Offering a transaction to the node, and following it into a block.

use std::time::Duration;

use alloy_core::primitives::B256;
use subxt::utils::H256;
use subxt_rpcs::{
    client::RpcSubscription,
    methods::legacy::{NumberOrHex, TransactionStatus},
};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    Chain, ChainError,
    error::{Context, is_transport},
};

/// How often new blocks are looked through for a transaction that the node no longer tells about.
const POLL: Duration = Duration::from_millis(300);

/// What the node says of a transaction that it is offered.
pub(super) enum Offer {
    /// It took it and will tell what becomes of it.
    Taken(RpcSubscription<TransactionStatus<H256>>),
    /// It has it already.
    Known,
    /// Its nonce is spent, or taken by another transaction in the queue.
    WrongNonce(String),
    /// Not now.
    Busy(String),
    /// The account cannot pay the fee.
    Unfunded(String),
    /// Never.
    Refused(String),
    /// The connection broke: it may or may not have taken it.
    Unknown(String),
}

/// Where a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Included {
    pub(super) block_hash: H256,
    pub(super) finalized: bool,
}

impl Chain {
    /// Offers a transaction to the node.
    pub(super) async fn offer(&self, extrinsic: &[u8]) -> Offer {
        let error = match self.inner.methods.author_submit_and_watch_extrinsic(extrinsic).await {
            Ok(statuses) => return Offer::Taken(statuses),
            Err(error) => error,
        };
        let subxt_rpcs::Error::User(refusal) = &error else {
            let reason = error.to_string();
            return if is_transport(&error) {
                Offer::Unknown(reason)
            } else {
                Offer::Refused(reason)
            };
        };
        let detail = refusal
            .data
            .as_ref()
            .map(|data| data.get().trim_matches('"'))
            .unwrap_or_default();
        let reason = match detail {
            "" => refusal.message.clone(),
            detail => format!("{}: {detail}", refusal.message),
        };
        // The codes of `sc-rpc-api`'s author module; 1010 covers every kind of invalidity, told apart by its words.
        match refusal.code {
            1013 => Offer::Known,
            1014 => Offer::WrongNonce(reason),
            1012 | 1016 => Offer::Busy(reason),
            1010 if detail.contains("outdated") || detail.contains("Stale") => Offer::WrongNonce(reason),
            1010 if detail.contains("Inability to pay") || detail.contains("Payment") => Offer::Unfunded(reason),
            _ => Offer::Refused(reason),
        }
    }

    /// Waits until the node reports the transaction in a block, or in a final one.
    ///
    /// # Errors
    /// `Ok(Err(reason))` if the node stopped telling; [`ChainError::Discarded`] if it threw the transaction out.
    pub(super) async fn follow(
        &self,
        mut statuses: RpcSubscription<TransactionStatus<H256>>,
        tx_hash: B256,
        wait_for_finality: bool,
        deadline: Instant,
    ) -> Result<Result<Included, String>, ChainError> {
        let discarded = |fate| Err(ChainError::Discarded { tx_hash, fate });
        loop {
            let status = match timeout_at(deadline, statuses.next()).await {
                Ok(Some(Ok(status))) => status,
                Ok(Some(Err(error))) => return Ok(Err(error.to_string())),
                Ok(None) => return Ok(Err("the node ended the subscription".into())),
                Err(_) => return Ok(Err("it is not in a block yet".into())),
            };
            match status {
                TransactionStatus::InBlock(block_hash) if !wait_for_finality => {
                    return Ok(Ok(Included {
                        block_hash,
                        finalized: false,
                    }));
                }
                TransactionStatus::Finalized(block_hash) => {
                    return Ok(Ok(Included {
                        block_hash,
                        finalized: true,
                    }));
                }
                TransactionStatus::FinalityTimeout(_) => return Ok(Err("its block was not finalized in time".into())),
                TransactionStatus::Usurped(_) => return discarded("replaced by another with the same nonce"),
                TransactionStatus::Dropped => return discarded("dropped from the queue"),
                TransactionStatus::Invalid => return discarded("found invalid"),
                TransactionStatus::Future
                | TransactionStatus::Ready
                | TransactionStatus::Broadcast(_)
                | TransactionStatus::InBlock(_)
                | TransactionStatus::Retracted(_) => {}
            }
        }
    }

    /// Looks for the transaction in the blocks after `from`, until `deadline`: for when the node does not tell.
    pub(super) async fn search(
        &self,
        extrinsic: &[u8],
        from: u64,
        wait_for_finality: bool,
        deadline: Instant,
    ) -> Result<Option<Included>, ChainError> {
        let mut next = from + 1;
        let mut found = None;
        loop {
            let head = if wait_for_finality {
                self.at_finalized().await
            } else {
                self.at_best().await
            };
            match head {
                Ok(head) => {
                    let number = head.block_number();
                    // A replaced block may have been looked through in vain: the newest are looked through again.
                    next = next.min(number.saturating_sub(8)).max(from + 1);
                    while next <= number && found.is_none() {
                        found = self.block_with(next, &|bytes| bytes == extrinsic).await?;
                        next += 1;
                    }
                }
                Err(error @ ChainError::Disconnected { .. }) => tracing::debug!(%error, "still looking"),
                Err(error) => return Err(error),
            }
            if let Some(block_hash) = found {
                return Ok(Some(Included {
                    block_hash,
                    finalized: wait_for_finality,
                }));
            }
            if Instant::now() + POLL > deadline {
                return Ok(None);
            }
            sleep(POLL).await;
        }
    }

    /// The block of this number, if one of its extrinsics is the one.
    pub(super) async fn block_with(
        &self,
        number: u64,
        is: &(dyn Fn(&[u8]) -> bool + Sync),
    ) -> Result<Option<H256>, ChainError> {
        let what = "looking for the transaction";
        let methods = &self.inner.methods;
        let Some(hash) = methods
            .chain_get_block_hash(Some(NumberOrHex::Number(number)))
            .await
            .context(what)?
        else {
            return Ok(None);
        };
        let block = methods.chain_get_block(Some(hash)).await.context(what)?;
        let contains = block.is_some_and(|found| found.block.extrinsics.iter().any(|bytes| is(&bytes.0)));
        Ok(contains.then_some(hash))
    }

    /// The place of the transaction in a block.
    pub(super) async fn index_in(&self, block_hash: H256, tx_hash: B256) -> Result<u32, ChainError> {
        let missing = ChainError::Missing {
            what: "the transaction in the block that should carry it",
        };
        let block = self
            .inner
            .methods
            .chain_get_block(Some(block_hash))
            .await
            .context("reading the block")?;
        let extrinsics = block
            .ok_or(ChainError::Missing {
                what: "the transaction's block",
            })?
            .block
            .extrinsics;
        let index = extrinsics
            .iter()
            .position(|bytes| hash_of(&bytes.0) == tx_hash)
            .ok_or(missing)?;
        u32::try_from(index).context("reading the block")
    }
}

/// The hash by which an extrinsic is known.
pub(super) fn hash_of(extrinsic: &[u8]) -> B256 {
    sp_crypto_hashing::blake2_256(extrinsic).into()
}
