//! The chain at one block, and from one block to the next.

use alloy_core::primitives::{B256, U64};
use serde::{Deserialize, de::IgnoredAny};
use subxt::utils::H256;
use subxt_rpcs::{client::RpcSubscription, rpc_params};

use super::{AtBlock, Chain, ChainError, Finality, Log, dry_run, error::Context, receipt};

/// Which block something was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
}

impl Block {
    /// The block that is looked at.
    pub fn of(at: &AtBlock) -> Self {
        Self {
            number: at.block_number(),
            hash: at.block_hash().0.into(),
        }
    }
}

/// A header, as far as it is needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    number: U64,
    parent_hash: B256,
}

impl Chain {
    /// The chain at its newest block, or at its newest final one.
    pub async fn newest(&self, finality: Finality) -> Result<AtBlock, ChainError> {
        match finality {
            Finality::InBlock => self.at_best().await,
            Finality::Finalized => self.at_finalized().await,
        }
    }

    /// The chain at the block with this hash.
    ///
    /// # Errors
    /// [`ChainError::Rpc`] if the node does not have the block, or its state no longer.
    pub async fn at_hash(&self, hash: B256) -> Result<AtBlock, ChainError> {
        self.api().at_block(H256(hash.0)).await.context("asking for a block")
    }

    /// The hash of the block of this number; `None` if the chain has none.
    ///
    /// # Errors
    /// The node was not reached.
    pub async fn block_hash(&self, number: u64) -> Result<Option<B256>, ChainError> {
        let hash = self
            .rpc()
            .request("chain_getBlockHash", rpc_params![number])
            .await
            .context("asking for a block")?;
        Ok(hash)
    }

    /// The time of a block, in seconds since the epoch: what contracts see as now there.
    pub async fn time_of(&self, at: &AtBlock) -> Result<u64, ChainError> {
        Ok(dry_run::time_of(at).await? / 1_000)
    }

    /// The events of contracts in a block, in order.
    pub async fn logs_of(&self, at: &AtBlock) -> Result<Vec<Log>, ChainError> {
        receipt::logs(at).await
    }

    /// The block before another one; of block 0, itself.
    ///
    /// # Errors
    /// [`ChainError::Missing`] if the node does not have the block.
    pub async fn parent_of(&self, block: Block) -> Result<Block, ChainError> {
        let header: Option<Header> = self
            .rpc()
            .request("chain_getHeader", rpc_params![block.hash])
            .await
            .context("asking for a block's header")?;
        let header = header.ok_or(ChainError::Missing { what: "the block" })?;
        let number: u64 = header.number.to();
        match number.checked_sub(1) {
            None => Ok(block),
            Some(number) => Ok(Block {
                number,
                hash: header.parent_hash,
            }),
        }
    }

    /// Tells that there is a newer block. It ends with the connection, and may pass over blocks.
    pub(crate) async fn newer_blocks(&self, finality: Finality) -> Result<RpcSubscription<IgnoredAny>, ChainError> {
        let (subscribe, unsubscribe) = match finality {
            Finality::InBlock => ("chain_subscribeNewHeads", "chain_unsubscribeNewHeads"),
            Finality::Finalized => ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads"),
        };
        let heads = self.rpc().subscribe(subscribe, rpc_params![], unsubscribe).await;
        heads.context("subscribing to new blocks")
    }
}
