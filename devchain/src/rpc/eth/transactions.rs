//! Transactions and receipts by hash and by place.

use jsonrpsee::proc_macros::rpc;
use pallet_revive::pallet_revive_types::runtime_api::{TransactionInfoV1, TransactionSignedV1};
use serde::Serialize;
use sp_core::{H160, H256, U256};
use sp_runtime::Weight;

use super::{
    Eth,
    block_id::{BlockId, BlockTag},
    blocks::Located,
    error::{EthError, Result},
    queue::QueuedEthereum,
    receipts::{Included, Receipt},
};

/// A transaction in a block or, with `null` for its place, in the queue.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Transaction {
    Included(TransactionInfoV1),
    Queued(QueuedInfo),
}

/// [`TransactionInfoV1`] without a place.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueuedInfo {
    block_hash: Option<H256>,
    block_number: Option<U256>,
    from: H160,
    hash: H256,
    transaction_index: Option<U256>,
    #[serde(flatten)]
    transaction_signed: TransactionSignedV1,
}

impl From<&QueuedEthereum> for QueuedInfo {
    fn from(queued: &QueuedEthereum) -> Self {
        Self {
            block_hash: None,
            block_number: None,
            from: queued.from,
            hash: queued.hash,
            transaction_index: None,
            transaction_signed: queued.shown().into(),
        }
    }
}

impl From<TransactionInfoV1> for QueuedInfo {
    /// Forgets the place.
    fn from(info: TransactionInfoV1) -> Self {
        Self {
            block_hash: None,
            block_number: None,
            from: info.from,
            hash: info.hash,
            transaction_index: None,
            transaction_signed: info.transaction_signed,
        }
    }
}

impl Eth {
    /// The block and the outcome of an Ethereum transaction on the best chain.
    pub(super) fn included(&self, hash: H256) -> Result<Option<(Located, Included)>> {
        let Some((block, index)) = self.chain.eth_transaction(hash)? else {
            return Ok(None);
        };
        let located = self.stored(block)?;
        let mut outcomes = self.outcomes(&located)?;
        let index = usize::try_from(index).map_err(|_| EthError::Inconsistent("an index of transactions"))?;
        if index >= outcomes.len() {
            return Err(EthError::Inconsistent("an index of transactions"));
        }
        Ok(Some((located, outcomes.swap_remove(index))))
    }

    fn by_place(&self, found: Option<Located>, index: U256) -> Result<Option<TransactionInfoV1>> {
        let index = u32::try_from(index).map_err(|_| EthError::InvalidParams("the index is too large".to_owned()))?;
        let Some(located) = found else { return Ok(None) };
        let outcomes = self.outcomes(&located)?;
        let at = outcomes.iter().find(|included| included.extrinsic == index);
        at.map(Included::info).transpose()
    }
}

#[rpc(server)]
pub(super) trait TransactionsApi {
    /// Answers queued transactions too, which the official server does not.
    #[method(name = "eth_getTransactionByHash", blocking)]
    fn transaction_by_hash(&self, hash: H256) -> Result<Option<Transaction>>;

    /// The index is that of receipts' `transactionIndex`: the index of the extrinsic.
    #[method(name = "eth_getTransactionByBlockHashAndIndex", blocking)]
    fn transaction_by_block_hash(&self, block: H256, index: U256) -> Result<Option<TransactionInfoV1>>;

    #[method(name = "eth_getTransactionByBlockNumberAndIndex", blocking)]
    fn transaction_by_block_number(&self, block: BlockTag, index: U256) -> Result<Option<TransactionInfoV1>>;

    #[method(name = "eth_getTransactionReceipt", blocking)]
    fn receipt(&self, hash: H256) -> Result<Option<Receipt>>;

    #[method(name = "eth_getBlockReceipts", blocking)]
    fn block_receipts(&self, block: BlockId) -> Result<Option<Vec<Receipt>>>;

    /// What a transaction took of its block: picoseconds of computation and bytes of proof.
    #[method(name = "polkadot_postDispatchWeight", blocking)]
    fn post_dispatch_weight(&self, hash: H256) -> Result<Option<Weight>>;
}

impl TransactionsApiServer for Eth {
    fn transaction_by_hash(&self, hash: H256) -> Result<Option<Transaction>> {
        // The queue first: a transaction that is sealed meanwhile is then found in its block.
        let queued = self.queue.ethereum(&self.chain, hash);
        if let Some((_, included)) = self.included(hash)? {
            return Ok(Some(Transaction::Included(included.info()?)));
        }
        Ok(queued.as_deref().map(|queued| Transaction::Queued(queued.into())))
    }

    fn transaction_by_block_hash(&self, block: H256, index: U256) -> Result<Option<TransactionInfoV1>> {
        self.by_place(self.by_hash(block)?, index)
    }

    fn transaction_by_block_number(&self, block: BlockTag, index: U256) -> Result<Option<TransactionInfoV1>> {
        self.by_place(self.by_tag(block)?, index)
    }

    fn receipt(&self, hash: H256) -> Result<Option<Receipt>> {
        self.included(hash)?.map(|(_, included)| included.receipt()).transpose()
    }

    fn block_receipts(&self, block: BlockId) -> Result<Option<Vec<Receipt>>> {
        let Some(located) = self.find(block)? else {
            return Ok(None);
        };
        self.outcomes(&located)?
            .iter()
            .map(Included::receipt)
            .collect::<Result<_>>()
            .map(Some)
    }

    fn post_dispatch_weight(&self, hash: H256) -> Result<Option<Weight>> {
        Ok(self.included(hash)?.map(|(_, included)| included.weight))
    }
}
