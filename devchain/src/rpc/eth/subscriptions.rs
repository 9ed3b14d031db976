//! `eth_subscribe` over WebSocket.

use jsonrpsee::{
    PendingSubscriptionSink, SubscriptionMessage,
    core::SubscriptionResult,
    proc_macros::rpc,
    types::{ErrorObjectOwned, error::INVALID_PARAMS_CODE},
};
use pallet_revive::{
    evm::{Bytes, Bytes8, Bytes256},
    pallet_revive_types::runtime_api::BlockV1,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::to_raw_value};
use sp_core::{H160, H256, U256};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    Eth,
    cursor::{Cursor, Path},
    error::Result,
    filters::Seen,
    logs::Filter,
    receipts::Log,
    transactions::QueuedInfo,
};
use crate::chain::ChainEvent;

/// What can be subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    NewHeads,
    Logs,
    NewPendingTransactions,
}

/// A block's header, without transactions.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BlockHeader {
    number: U256,
    hash: H256,
    parent_hash: H256,
    nonce: Bytes8,
    difficulty: U256,
    mix_hash: H256,
    sha_3_uncles: H256,
    logs_bloom: Bytes256,
    transactions_root: H256,
    state_root: H256,
    receipts_root: H256,
    miner: H160,
    extra_data: Bytes,
    gas_limit: U256,
    gas_used: U256,
    timestamp: U256,
    base_fee_per_gas: U256,
}

impl From<BlockV1> for BlockHeader {
    fn from(block: BlockV1) -> Self {
        Self {
            number: block.number,
            hash: block.hash,
            parent_hash: block.parent_hash,
            nonce: block.nonce,
            difficulty: block.difficulty,
            mix_hash: block.mix_hash,
            sha_3_uncles: block.sha_3_uncles,
            logs_bloom: block.logs_bloom,
            transactions_root: block.transactions_root,
            state_root: block.state_root,
            receipts_root: block.receipts_root,
            miner: block.miner,
            extra_data: block.extra_data,
            gas_limit: block.gas_limit,
            gas_used: block.gas_used,
            timestamp: block.timestamp,
            base_fee_per_gas: block.base_fee_per_gas,
        }
    }
}

/// What is sent to a subscriber.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Item {
    Header(Box<BlockHeader>),
    Log(Log),
    Hash(H256),
    Transaction(Box<QueuedInfo>),
}

/// What somebody subscribed to.
#[derive(Debug)]
enum Topic {
    Heads,
    Logs(Filter),
    Transactions { seen: Seen, full: bool },
}

impl Topic {
    fn new(eth: &Eth, kind: Kind, options: Option<Value>) -> Option<Self> {
        match (kind, options) {
            (Kind::NewHeads, None) => Some(Self::Heads),
            (Kind::Logs, options) => {
                let filter = options.map_or_else(
                    || Some(Filter::default()),
                    |options| serde_json::from_value(options).ok(),
                );
                // Subscriptions are about what is to come; a range in the options is ignored.
                filter.map(|filter: Filter| {
                    Self::Logs(Filter {
                        criteria: filter.criteria,
                        ..Filter::default()
                    })
                })
            }
            (Kind::NewPendingTransactions, None) => Some(Self::Transactions {
                seen: Seen::now(eth),
                full: false,
            }),
            (Kind::NewPendingTransactions, Some(Value::Bool(full))) => Some(Self::Transactions {
                seen: Seen::now(eth),
                full,
            }),
            _ => None,
        }
    }

    fn items(&mut self, eth: &Eth, path: &Path) -> Result<Vec<Item>> {
        match self {
            Self::Heads => {
                let header = |hash| Ok(Item::Header(Box::new(eth.ethereum_block(&eth.stored(hash)?)?.into())));
                path.enacted.iter().map(|head| header(head.hash)).collect()
            }
            Self::Logs(filter) => Ok(path.logs(eth, filter)?.into_iter().map(Item::Log).collect()),
            Self::Transactions { seen, full } => {
                let hashes = seen.advance(eth, path)?;
                if !*full {
                    return Ok(hashes.into_iter().map(Item::Hash).collect());
                }
                let infos = hashes.into_iter().map(|hash| eth.pending_info(hash));
                infos
                    .filter_map(Result::transpose)
                    .map(|info| Ok(Item::Transaction(Box::new(info?))))
                    .collect()
            }
        }
    }
}

#[rpc(server)]
pub(super) trait SubscriptionsApi {
    /// `newHeads`; `logs` with a filter, from best blocks, and again with `removed: true` when a block leaves the best chain
    /// (the official server sends those of finalized blocks only); `newPendingTransactions`, which the official server does
    /// not have.
    #[subscription(name = "eth_subscribe" => "eth_subscription", unsubscribe = "eth_unsubscribe", item = Value)]
    async fn subscribe(&self, kind: Kind, options: Option<Value>) -> SubscriptionResult;
}

#[jsonrpsee::core::async_trait]
impl SubscriptionsApiServer for Eth {
    async fn subscribe(
        &self,
        pending: PendingSubscriptionSink,
        kind: Kind,
        options: Option<Value>,
    ) -> SubscriptionResult {
        // Before the answer, so that nothing that happens after it is missed.
        let mut events = self.chain.subscribe();
        let mut cursor = Cursor::new(&self.chain);
        let Some(mut topic) = Topic::new(self, kind, options) else {
            let error = ErrorObjectOwned::owned(INVALID_PARAMS_CODE, "Invalid subscription parameters", None::<()>);
            pending.reject(error).await;
            return Ok(());
        };
        let sink = pending.accept().await?;
        loop {
            tokio::select! {
                () = sink.closed() => return Ok(()),
                open = changed(&mut events) => if !open { return Ok(()) },
            }
            let eth = self.clone();
            let step = move || -> Result<_> {
                let path = cursor.advance(&eth)?;
                let items = topic.items(&eth, &path)?;
                Ok((cursor, topic, items))
            };
            let items;
            (cursor, topic, items) = tokio::task::spawn_blocking(step).await??;
            for item in items {
                if sink
                    .send(SubscriptionMessage::from(to_raw_value(&item)?))
                    .await
                    .is_err()
                {
                    return Ok(());
                }
            }
        }
    }
}

impl Eth {
    /// A transaction as it was in the queue, even if it is in a block by now.
    fn pending_info(&self, hash: H256) -> Result<Option<QueuedInfo>> {
        if let Some(queued) = self.queue.ethereum(&self.chain, hash) {
            return Ok(Some((&*queued).into()));
        }
        match self.included(hash)? {
            Some((_, included)) => Ok(Some(QueuedInfo::from(included.info()?))),
            None => Ok(None),
        }
    }
}

/// Waits until something happened that may concern a subscriber, and takes all that happened by then as one. `false` when
/// the chain is gone.
async fn changed(events: &mut Receiver<ChainEvent>) -> bool {
    loop {
        match events.recv().await {
            Ok(ChainEvent::Best { .. } | ChainEvent::Reset { .. } | ChainEvent::Transaction { .. }) => break,
            // Which ones were lost does not matter: the cursor finds the way.
            Err(RecvError::Lagged(_)) => break,
            Ok(_) => {}
            Err(RecvError::Closed) => return false,
        }
    }
    while events.try_recv().is_ok() {}
    true
}
