//! `chain`: blocks, and subscriptions to their headers.

use jsonrpsee::{PendingSubscriptionSink, RpcModule, core::async_trait, proc_macros::rpc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sp_core::{Bytes, U256};

use super::{
    error::{self, Result},
    query,
    subscription::{self, Next},
};
use crate::{
    Chain,
    chain::{ChainEvent, Head},
    runtime::{BlockNumber, Hash, Header},
};

/// Methods of the family `chain`.
#[rpc(server)]
trait ChainApi {
    /// The header of a block, or of the best one; `null` if there is no such block.
    #[method(name = "chain_getHeader", blocking)]
    fn header(&self, hash: Option<Hash>) -> Result<Option<Header>>;

    /// Header and extrinsics of a block, or of the best one; `null` if there is no such block.
    #[method(name = "chain_getBlock", blocking)]
    fn block(&self, hash: Option<Hash>) -> Result<Option<Value>>;

    /// Hash of the best chain's block with this number, or with each of these numbers; of the best block without one.
    #[method(name = "chain_getBlockHash", aliases = ["chain_getHead"], blocking)]
    fn block_hash(&self, number: Option<OneOrMany<BlockNumberParam>>) -> Result<OneOrMany<Option<Hash>>>;

    /// Hash of the highest finalized block.
    #[method(name = "chain_getFinalizedHead", aliases = ["chain_getFinalisedHead"], blocking)]
    fn finalized_head(&self) -> Result<Hash>;

    /// The header of the best block, then of every block on whatever fork.
    #[subscription(
        name = "chain_subscribeAllHeads" => "chain_allHead",
        unsubscribe = "chain_unsubscribeAllHeads",
        item = Header
    )]
    async fn subscribe_all_heads(&self);

    /// The header of the best block, then of every block that becomes the best one.
    #[subscription(
        name = "chain_subscribeNewHeads" => "chain_newHead",
        aliases = ["subscribe_newHead", "chain_subscribeNewHead"],
        unsubscribe = "chain_unsubscribeNewHeads",
        unsubscribe_aliases = ["unsubscribe_newHead", "chain_unsubscribeNewHead"],
        item = Header
    )]
    async fn subscribe_new_heads(&self);

    /// The header of the highest finalized block, then of every block that becomes final, in order.
    #[subscription(
        name = "chain_subscribeFinalizedHeads" => "chain_finalizedHead",
        aliases = ["chain_subscribeFinalisedHeads"],
        unsubscribe = "chain_unsubscribeFinalizedHeads",
        unsubscribe_aliases = ["chain_unsubscribeFinalisedHeads"],
        item = Header
    )]
    async fn subscribe_finalized_heads(&self);
}

/// One value or a list, in parameters and in answers to them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

/// A block number as a JSON number or in hexadecimal.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum BlockNumberParam {
    Number(u64),
    Hex(U256),
}

impl BlockNumberParam {
    /// # Errors
    /// When it is more than any block can have.
    fn get(self) -> Result<BlockNumber> {
        let number = match self {
            Self::Number(number) => Some(number),
            Self::Hex(number) => u64::try_from(number).ok(),
        };
        number
            .and_then(|number| BlockNumber::try_from(number).ok())
            .ok_or_else(|| error::invalid_params("the block number does not fit into 32 bits"))
    }
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api { chain }.into_rpc().remove_context()
}

#[derive(Clone)]
struct Api {
    chain: Chain,
}

#[async_trait]
impl ChainApiServer for Api {
    fn header(&self, hash: Option<Hash>) -> Result<Option<Header>> {
        let block = self.chain.block(query::hash_or_best(&self.chain, hash));
        Ok(block.map_err(|error| error::client(&error))?.map(|block| block.header))
    }

    fn block(&self, hash: Option<Hash>) -> Result<Option<Value>> {
        let block = self.chain.block(query::hash_or_best(&self.chain, hash));
        let block = block.map_err(|error| error::client(&error))?;
        Ok(block.map(|block| {
            let extrinsics: Vec<Bytes> = block.extrinsics.into_iter().map(Bytes).collect();
            json!({ "block": { "header": block.header, "extrinsics": extrinsics }, "justifications": null })
        }))
    }

    fn block_hash(&self, number: Option<OneOrMany<BlockNumberParam>>) -> Result<OneOrMany<Option<Hash>>> {
        let hash_of =
            |number: BlockNumberParam| self.chain.hash_at(number.get()?).map_err(|error| error::client(&error));
        Ok(match number {
            None => OneOrMany::One(Some(self.chain.best().hash)),
            Some(OneOrMany::One(number)) => OneOrMany::One(hash_of(number)?),
            Some(OneOrMany::Many(numbers)) => OneOrMany::Many(numbers.into_iter().map(hash_of).collect::<Result<_>>()?),
        })
    }

    fn finalized_head(&self) -> Result<Hash> {
        Ok(self.chain.finalized().hash)
    }

    async fn subscribe_all_heads(&self, pending: PendingSubscriptionSink) {
        let heads = |event| match event {
            ChainEvent::Block(head) | ChainEvent::Reset { best: head } => vec![head],
            _ => Vec::new(),
        };
        self.headers(pending, Start::Best, heads).await;
    }

    async fn subscribe_new_heads(&self, pending: PendingSubscriptionSink) {
        let heads = |event| match event {
            ChainEvent::Best { best, .. } | ChainEvent::Reset { best } => vec![best],
            _ => Vec::new(),
        };
        self.headers(pending, Start::Best, heads).await;
    }

    async fn subscribe_finalized_heads(&self, pending: PendingSubscriptionSink) {
        let heads = |event| match event {
            ChainEvent::Finalized { finalized, .. } => finalized,
            ChainEvent::Reset { best } => vec![best],
            _ => Vec::new(),
        };
        self.headers(pending, Start::Finalized, heads).await;
    }
}

/// Where a subscription to headers begins, and begins again after it missed events.
#[derive(Clone, Copy)]
enum Start {
    Best,
    Finalized,
}

impl Api {
    /// Sends the header of the block to start from, then those of the blocks that `heads` picks from each event.
    async fn headers(&self, pending: PendingSubscriptionSink, start: Start, heads: fn(ChainEvent) -> Vec<Head>) {
        let Some((sink, mut follow)) = subscription::begin(pending, &self.chain).await else {
            return;
        };
        loop {
            let mut next = match start {
                Start::Best => vec![follow.best],
                Start::Finalized => vec![follow.finalized],
            };
            loop {
                for head in next {
                    let Ok(Some(block)) = self.chain.block(head.hash) else {
                        return;
                    };
                    if !subscription::send(&sink, &block.header).await {
                        return;
                    }
                }
                next = match subscription::next(&sink, &mut follow.events).await {
                    Next::Event(event) => heads(event),
                    Next::Missed => break,
                    Next::Closed => return,
                };
            }
            follow = match subscription::follow(&self.chain).await {
                Ok(follow) => follow,
                Err(_) => return,
            };
        }
    }
}
