//! Blocks: looking them up by number, tag and hash, and what pallet-revive made of them.

use jsonrpsee::proc_macros::rpc;
use pallet_revive::pallet_revive_types::runtime_api::{BlockV1, HashesOrTransactionInfosV1};
use sp_core::{H256, U256};

use super::{
    Eth,
    block_id::{BlockId, BlockTag},
    error::{EthError, Result},
};
use crate::{
    chain::{State, StoredBlock},
    runtime::{BlockNumber, Hash, Revive},
};

/// A block on the best chain with its Substrate hash.
#[derive(Clone, Debug)]
pub(super) struct Located {
    pub(super) hash: Hash,
    pub(super) block: StoredBlock,
}

impl Located {
    pub(super) fn number(&self) -> BlockNumber {
        self.block.header.number
    }
}

impl Eth {
    /// The block that a tag or number names; `None` when the chain is not that high.
    pub(super) fn by_tag(&self, tag: BlockTag) -> Result<Option<Located>> {
        let hash = match tag {
            BlockTag::Latest | BlockTag::Pending => Some(self.chain.best().hash),
            BlockTag::Finalized | BlockTag::Safe => Some(self.chain.finalized().hash),
            BlockTag::Earliest => Some(self.chain.genesis_hash()),
            BlockTag::Number(number) => match BlockNumber::try_from(number) {
                Ok(number) => self.chain.hash_at(number)?,
                Err(_) => None,
            },
        };
        hash.map(|hash| self.stored(hash)).transpose()
    }

    /// The block with this Ethereum hash on the best chain.
    pub(super) fn by_hash(&self, eth_hash: H256) -> Result<Option<Located>> {
        let Some(hash) = self.chain.hash_by_eth_hash(eth_hash)? else {
            return Ok(None);
        };
        // Blocks on two forks may look the same to Ethereum, so what counts is the one at that height.
        let number = self.stored(hash)?.number();
        let Some(canonical) = self.chain.hash_at(number)? else {
            return Ok(None);
        };
        let located = self.stored(canonical)?;
        Ok((located.block.eth_hash == eth_hash).then_some(located))
    }

    pub(super) fn find(&self, id: BlockId) -> Result<Option<Located>> {
        match id {
            BlockId::Tag(tag) => self.by_tag(tag),
            BlockId::Hash(hash) => self.by_hash(hash),
        }
    }

    /// [`Eth::find`] where a block has to be there.
    pub(super) fn require(&self, id: BlockId) -> Result<Located> {
        self.find(id)?.ok_or(match id {
            BlockId::Tag(tag) => EthError::UnknownBlock(tag),
            BlockId::Hash(hash) => EthError::UnknownBlockHash(hash),
        })
    }

    /// The state after a block.
    pub(super) fn state_at(&self, id: BlockId) -> Result<State> {
        let located = self.require(id)?;
        Ok(self.chain.state(located.hash)?)
    }

    /// A block by its Substrate hash, on whatever fork; it must be there.
    pub(super) fn stored(&self, hash: Hash) -> Result<Located> {
        let block = self
            .chain
            .block(hash)?
            .ok_or(EthError::Inconsistent("a block is missing"))?;
        Ok(Located { hash, block })
    }

    /// The Ethereum block that pallet-revive made, with the hashes of its transactions.
    pub(super) fn ethereum_block(&self, located: &Located) -> Result<BlockV1> {
        let state = self.chain.state(located.hash)?;
        Ok(state.execute(|| Revive::eth_block().into())?)
    }

    fn hydrated(&self, found: Option<Located>, full: bool) -> Result<Option<BlockV1>> {
        let Some(located) = found else { return Ok(None) };
        let mut block = self.ethereum_block(&located)?;
        if full {
            let outcomes = self.outcomes(&located)?;
            let infos = outcomes.iter().map(|included| included.info()).collect::<Result<_>>()?;
            block.transactions = HashesOrTransactionInfosV1::TransactionInfos(infos);
        }
        Ok(Some(block))
    }

    fn transaction_count(found: Option<Located>) -> Option<U256> {
        found.map(|located| located.block.eth_transactions.len().into())
    }
}

#[rpc(server)]
pub(super) trait BlocksApi {
    #[method(name = "eth_blockNumber", blocking)]
    fn block_number(&self) -> Result<U256>;

    /// `pending` is answered as `latest`: a block is not built before it is sealed.
    #[method(name = "eth_getBlockByNumber", blocking)]
    fn block_by_number(&self, block: BlockTag, full_transactions: bool) -> Result<Option<BlockV1>>;

    #[method(name = "eth_getBlockByHash", blocking)]
    fn block_by_hash(&self, hash: H256, full_transactions: bool) -> Result<Option<BlockV1>>;

    #[method(name = "eth_getBlockTransactionCountByNumber", blocking)]
    fn transaction_count_by_number(&self, block: Option<BlockTag>) -> Result<Option<U256>>;

    #[method(name = "eth_getBlockTransactionCountByHash", blocking)]
    fn transaction_count_by_hash(&self, hash: Option<H256>) -> Result<Option<U256>>;

    /// There are no uncles: 0 for every known block.
    #[method(name = "eth_getUncleCountByBlockNumber", blocking)]
    fn uncle_count_by_number(&self, block: BlockTag) -> Result<Option<U256>>;

    #[method(name = "eth_getUncleCountByBlockHash", blocking)]
    fn uncle_count_by_hash(&self, hash: H256) -> Result<Option<U256>>;

    #[method(name = "eth_getUncleByBlockNumberAndIndex")]
    fn uncle_by_number(&self, block: BlockTag, index: U256) -> Result<Option<BlockV1>>;

    #[method(name = "eth_getUncleByBlockHashAndIndex")]
    fn uncle_by_hash(&self, hash: H256, index: U256) -> Result<Option<BlockV1>>;
}

impl BlocksApiServer for Eth {
    fn block_number(&self) -> Result<U256> {
        Ok(self.chain.best().number.into())
    }

    fn block_by_number(&self, block: BlockTag, full_transactions: bool) -> Result<Option<BlockV1>> {
        self.hydrated(self.by_tag(block)?, full_transactions)
    }

    fn block_by_hash(&self, hash: H256, full_transactions: bool) -> Result<Option<BlockV1>> {
        self.hydrated(self.by_hash(hash)?, full_transactions)
    }

    fn transaction_count_by_number(&self, block: Option<BlockTag>) -> Result<Option<U256>> {
        Ok(Self::transaction_count(self.by_tag(block.unwrap_or_default())?))
    }

    fn transaction_count_by_hash(&self, hash: Option<H256>) -> Result<Option<U256>> {
        let id = hash.map_or_else(BlockId::default, BlockId::Hash);
        Ok(Self::transaction_count(self.find(id)?))
    }

    fn uncle_count_by_number(&self, block: BlockTag) -> Result<Option<U256>> {
        Ok(self.by_tag(block)?.map(|_| U256::zero()))
    }

    fn uncle_count_by_hash(&self, hash: H256) -> Result<Option<U256>> {
        Ok(self.by_hash(hash)?.map(|_| U256::zero()))
    }

    fn uncle_by_number(&self, _block: BlockTag, _index: U256) -> Result<Option<BlockV1>> {
        Ok(None)
    }

    fn uncle_by_hash(&self, _hash: H256, _index: U256) -> Result<Option<BlockV1>> {
        Ok(None)
    }
}
