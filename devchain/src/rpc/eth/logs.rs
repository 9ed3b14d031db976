//! `eth_getLogs`: which logs a filter asks for, and finding them. There is no limit on how many are answered.

mod criteria;

use jsonrpsee::proc_macros::rpc;
use serde::Deserialize;
use sp_core::{H160, H256};

pub(super) use criteria::Criteria;
use criteria::OneOrMany;

use super::{
    Eth,
    block_id::BlockTag,
    error::{EthError, Result},
    receipts::Log,
};
use crate::runtime::{BlockNumber, Hash};

/// Which logs are asked for, of which blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawFilter")]
pub(super) struct Filter {
    pub(super) blocks: Blocks,
    pub(super) criteria: Criteria,
}

/// The blocks that a filter covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blocks {
    /// One block by its Ethereum hash (EIP-234).
    At(H256),
    /// The best chain between two blocks, both included. Without a lower bound from genesis on, without an upper one to the
    /// latest block, without both just that one.
    Range {
        from: Option<BlockTag>,
        to: Option<BlockTag>,
    },
}

impl Default for Blocks {
    fn default() -> Self {
        Self::Range { from: None, to: None }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawFilter {
    from_block: Option<BlockTag>,
    to_block: Option<BlockTag>,
    block_hash: Option<H256>,
    address: Option<OneOrMany<H160>>,
    topics: Option<Vec<Option<OneOrMany<Option<H256>>>>>,
}

impl TryFrom<RawFilter> for Filter {
    type Error = &'static str;

    fn try_from(raw: RawFilter) -> std::result::Result<Self, Self::Error> {
        let blocks = match (raw.block_hash, raw.from_block, raw.to_block) {
            (Some(hash), None, None) => Blocks::At(hash),
            (None, from, to) => Blocks::Range { from, to },
            _ => return Err("cannot specify both blockHash and fromBlock/toBlock, choose one or the other"),
        };
        let criteria = Criteria::new(raw.address, raw.topics)?;
        Ok(Self { blocks, criteria })
    }
}

impl Eth {
    pub(super) fn logs(&self, filter: &Filter) -> Result<Vec<Log>> {
        match filter.blocks {
            Blocks::At(hash) => {
                let located = self.by_hash(hash)?.ok_or(EthError::UnknownBlockHash(hash))?;
                self.logs_of(located.hash, &filter.criteria)
            }
            Blocks::Range { from, to } => {
                let (first, last) = self.range(from, to)?;
                let mut logs = Vec::new();
                for number in first..=last {
                    // Only gone if the chain was set back meanwhile.
                    let block = self.chain.hash_at(number)?;
                    let block = block.ok_or(EthError::UnknownBlock(BlockTag::Number(number.into())))?;
                    logs.append(&mut self.logs_of(block, &filter.criteria)?);
                }
                Ok(logs)
            }
        }
    }

    /// The logs of one block, on whatever fork, that meet the criteria.
    pub(super) fn logs_of(&self, block: Hash, criteria: &Criteria) -> Result<Vec<Log>> {
        let may_match = self.bloom(block)?.is_some_and(|bloom| criteria.may_match(&bloom));
        if !may_match {
            return Ok(Vec::new());
        }
        let outcomes = self.outcomes(&self.stored(block)?)?;
        let logs = outcomes.into_iter().flat_map(|included| included.logs);
        Ok(logs.filter(|log| criteria.matches(log)).collect())
    }

    fn range(&self, from: Option<BlockTag>, to: Option<BlockTag>) -> Result<(BlockNumber, BlockNumber)> {
        let from = from.map(|tag| self.number_of(tag));
        let to = to.map(|tag| self.number_of(tag));
        // After the tags, so that none of them is above it.
        let latest = u64::from(self.chain.best().number);
        let (first, last) = match (from, to) {
            (None, None) => (latest, latest),
            (from, to) => (from.unwrap_or(0), to.unwrap_or(latest)),
        };
        if first > latest || last > latest {
            return Err(EthError::LogRange("block number exceeds latest block"));
        }
        if first > last {
            return Err(EthError::LogRange("invalid block range params"));
        }
        let narrow = |number| BlockNumber::try_from(number).map_err(|_| EthError::Inconsistent("a block number"));
        Ok((narrow(first)?, narrow(last)?))
    }

    pub(super) fn number_of(&self, tag: BlockTag) -> u64 {
        match tag {
            BlockTag::Number(number) => number,
            BlockTag::Earliest => 0,
            BlockTag::Finalized | BlockTag::Safe => self.chain.finalized().number.into(),
            BlockTag::Latest | BlockTag::Pending => self.chain.best().number.into(),
        }
    }
}

#[rpc(server)]
pub(super) trait LogsApi {
    /// In the order of blocks and events. A range with blocks that are not there is an error.
    #[method(name = "eth_getLogs", blocking)]
    fn get_logs(&self, filter: Option<Filter>) -> Result<Vec<Log>>;
}

impl LogsApiServer for Eth {
    fn get_logs(&self, filter: Option<Filter>) -> Result<Vec<Log>> {
        self.logs(&filter.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(json: &serde_json::Value) -> std::result::Result<Filter, String> {
        serde_json::from_str(&json.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn takes_a_block_hash_or_a_range_but_not_both() {
        let hash = H256::repeat_byte(1);
        let at = filter(&serde_json::json!({ "blockHash": hash })).unwrap();
        assert_eq!(at.blocks, Blocks::At(hash));
        let range = filter(&serde_json::json!({ "fromBlock": "0x1", "toBlock": "latest" })).unwrap();
        assert_eq!(
            range.blocks,
            Blocks::Range {
                from: Some(BlockTag::Number(1)),
                to: Some(BlockTag::Latest)
            }
        );
        let both = filter(&serde_json::json!({ "blockHash": hash, "toBlock": "latest" })).unwrap_err();
        assert!(both.contains("choose one or the other"), "{both}");
    }

    #[test]
    fn null_is_the_same_as_nothing() {
        let nulls = serde_json::json!({ "fromBlock": null, "toBlock": null, "blockHash": null, "address": null, "topics": null });
        assert_eq!(filter(&nulls).unwrap(), Filter::default());
    }

    #[test]
    fn refuses_garbage() {
        for json in [
            serde_json::json!({ "address": "0x12" }),
            serde_json::json!({ "topics": "0x00" }),
            serde_json::json!({ "topics": [null, null, null, null, null] }),
            serde_json::json!({ "fromBlock": 5 }),
            serde_json::json!([1]),
        ] {
            assert!(filter(&json).is_err(), "{json}");
        }
    }
}
