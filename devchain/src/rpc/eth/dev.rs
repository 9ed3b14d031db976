//! Development methods with the names and conventions of anvil and Hardhat: mining, time, snapshots; and forced
//! re-organisations. An official server has none of them.

use std::time::Duration;

use jsonrpsee::proc_macros::rpc;
use serde::{Deserialize, Serialize};
use sp_core::{H256, U256};

use super::{
    Eth,
    error::{EthError, Result},
    quantity::Quantity,
};
use crate::{
    chain::{Finality, Head, Millis, Sealing, SnapshotId},
    runtime::BlockNumber,
};

/// Most blocks mined by one request.
const MAX_BLOCKS: u64 = 100_000;
/// The latest time that a block may be given, in milliseconds: the last one that a JavaScript `Date` can hold.
const MAX_TIME: Millis = 8_640_000_000_000_000;
/// Shortest pace of interval mining, in milliseconds.
const MIN_INTERVAL: u64 = 10;

/// The argument of `evm_mine`: nothing, a timestamp, or an object with a timestamp and a number of blocks.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum MineOptions {
    Timestamp(Quantity),
    Options {
        timestamp: Option<Quantity>,
        blocks: Option<Quantity>,
    },
}

/// The best block after a re-organisation.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct NewHead {
    hash: H256,
    number: U256,
}

#[rpc(server)]
pub(super) trait DevApi {
    /// Mines one block, or as many as the options say, the first of them at the given timestamp (seconds).
    #[method(name = "evm_mine", blocking)]
    fn mine(&self, options: Option<MineOptions>) -> Result<U256>;

    /// Mines `count` blocks (1 if not given), `interval` seconds apart.
    #[method(name = "hardhat_mine", aliases = ["anvil_mine"], blocking)]
    fn mine_many(&self, count: Option<Quantity>, interval: Option<Quantity>) -> Result<bool>;

    /// Moves the clock ahead by so many seconds. Answers by how many it is ahead of the wall clock in all.
    #[method(name = "evm_increaseTime", aliases = ["anvil_increaseTime"], blocking)]
    fn increase_time(&self, seconds: Quantity) -> Result<i64>;

    /// Gives the next block this timestamp (seconds); it must be after the last block's.
    #[method(name = "evm_setNextBlockTimestamp", aliases = ["anvil_setNextBlockTimestamp"], blocking)]
    fn set_next_block_timestamp(&self, seconds: Quantity) -> Result<()>;

    /// Moves the clock to this time (seconds), which must be after the last block's.
    #[method(name = "evm_setTime", aliases = ["anvil_setTime"], blocking)]
    fn set_time(&self, seconds: Quantity) -> Result<i64>;

    /// Whether each transaction gets a block at once.
    #[method(name = "evm_setAutomine", aliases = ["anvil_setAutomine"], blocking)]
    fn set_automine(&self, on: bool) -> Result<bool>;

    #[method(name = "hardhat_getAutomine", aliases = ["anvil_getAutomine", "debug_getAutomine"], blocking)]
    fn get_automine(&self) -> Result<bool>;

    /// Mines a block every so many milliseconds, as in Hardhat; with 0, not any more.
    #[method(name = "evm_setIntervalMining", blocking)]
    fn set_interval_mining(&self, milliseconds: Quantity) -> Result<bool>;

    /// [`DevApiServer::set_interval_mining`] in seconds, as in anvil.
    #[method(name = "anvil_setIntervalMining", blocking)]
    fn set_interval_mining_seconds(&self, seconds: Quantity) -> Result<bool>;

    /// Remembers the chain as it is. Answers the snapshot's id.
    #[method(name = "evm_snapshot", aliases = ["anvil_snapshot"], blocking)]
    fn snapshot(&self) -> Result<U256>;

    /// Goes back to a snapshot, which is used up, as are all taken after it. `false` if there is none with this id.
    #[method(name = "evm_revert", aliases = ["anvil_revert"], blocking)]
    fn revert(&self, id: Quantity) -> Result<bool>;

    /// Takes a transaction out of the queue. `false` if it is not there.
    #[method(name = "hardhat_dropTransaction", aliases = ["anvil_dropTransaction"], blocking)]
    fn drop_transaction(&self, hash: H256) -> Result<bool>;

    /// Replaces the last `depth` blocks by `depth + 1` others, as when a longer fork appears. Their transactions go into the
    /// first of the new blocks, or are forgotten.
    #[method(name = "salus_reorg", blocking)]
    fn reorg(&self, depth: Quantity, keep_transactions: bool) -> Result<NewHead>;

    /// Blocks become final when this many are on top of them; with `null`, only by `salus_finalize`. What is final cannot
    /// be re-organised.
    #[method(name = "salus_setFinality", blocking)]
    fn set_finality(&self, depth: Option<Quantity>) -> Result<bool>;

    /// Makes the block with this number, and all below it, final.
    #[method(name = "salus_finalize", blocking)]
    fn finalize(&self, number: Quantity) -> Result<NewHead>;
}

impl DevApiServer for Eth {
    fn mine(&self, options: Option<MineOptions>) -> Result<U256> {
        let (timestamp, blocks) = match options {
            None => (None, None),
            Some(MineOptions::Timestamp(timestamp)) => (Some(timestamp), None),
            Some(MineOptions::Options { timestamp, blocks }) => (timestamp, blocks),
        };
        let blocks = count(blocks)?;
        if let Some(timestamp) = timestamp {
            self.set_next_block_timestamp(timestamp)?;
        }
        for _ in 0..blocks {
            self.chain.seal()?;
        }
        Ok(U256::zero())
    }

    fn mine_many(&self, blocks: Option<Quantity>, interval: Option<Quantity>) -> Result<bool> {
        let blocks = count(blocks)?;
        let interval = interval
            .map(|Quantity(seconds)| millis(seconds))
            .transpose()?
            .unwrap_or(0);
        let span = interval.saturating_mul(blocks.saturating_sub(1));
        check_time(self.chain.next_time()?.saturating_add(span))?;
        for index in 0..blocks {
            if index > 0 && interval > 0 {
                self.chain
                    .set_next_time(self.chain.best_time()?.saturating_add(interval))?;
            }
            self.chain.seal()?;
        }
        Ok(true)
    }

    fn increase_time(&self, Quantity(seconds): Quantity) -> Result<i64> {
        let by = millis(seconds)?;
        check_time(self.chain.next_time()?.saturating_add(by))?;
        Ok(whole_seconds(self.chain.advance_time(by)))
    }

    fn set_next_block_timestamp(&self, Quantity(seconds): Quantity) -> Result<()> {
        let wanted = millis(seconds)?;
        check_time(wanted)?;
        Ok(self.chain.set_next_time(wanted)?)
    }

    fn set_time(&self, Quantity(seconds): Quantity) -> Result<i64> {
        let wanted = millis(seconds)?;
        check_time(wanted)?;
        if wanted < self.chain.next_time()? {
            return Err(EthError::Dev(format!("time {seconds} s lies before the next block's")));
        }
        Ok(whole_seconds(self.chain.advance_time_to(wanted)))
    }

    fn set_automine(&self, on: bool) -> Result<bool> {
        match (on, self.chain.sealing()) {
            (true, _) => self.chain.set_sealing(Sealing::Instant)?,
            (false, Sealing::Instant) => self.chain.set_sealing(Sealing::Manual)?,
            (false, Sealing::Manual | Sealing::Interval(_)) => {}
        }
        Ok(true)
    }

    fn get_automine(&self) -> Result<bool> {
        Ok(self.chain.sealing() == Sealing::Instant)
    }

    fn set_interval_mining(&self, Quantity(milliseconds): Quantity) -> Result<bool> {
        match (milliseconds, self.chain.sealing()) {
            (0, Sealing::Interval(_)) => self.chain.set_sealing(Sealing::Manual)?,
            (0, Sealing::Instant | Sealing::Manual) => {}
            (pace, _) if (MIN_INTERVAL..=MAX_TIME).contains(&pace) => {
                self.chain.set_sealing(Sealing::Interval(Duration::from_millis(pace)))?;
            }
            (pace, _) => {
                let why = format!("an interval of {pace} ms; it must lie between {MIN_INTERVAL} and {MAX_TIME} ms");
                return Err(EthError::InvalidParams(why));
            }
        }
        Ok(true)
    }

    fn set_interval_mining_seconds(&self, Quantity(seconds): Quantity) -> Result<bool> {
        self.set_interval_mining(Quantity(millis(seconds)?))
    }

    fn snapshot(&self) -> Result<U256> {
        Ok(self.chain.snapshot().into())
    }

    fn revert(&self, Quantity(id): Quantity) -> Result<bool> {
        let id: SnapshotId = id;
        Ok(self.chain.revert(id)?)
    }

    fn drop_transaction(&self, hash: H256) -> Result<bool> {
        let queued = self.queue.extrinsic(&self.chain, hash);
        Ok(queued.is_some_and(|queued| self.chain.drop_transaction(queued)))
    }

    fn reorg(&self, Quantity(depth): Quantity, keep_transactions: bool) -> Result<NewHead> {
        // A depth beyond any chain is refused as too deep.
        let depth = BlockNumber::try_from(depth).unwrap_or(BlockNumber::MAX);
        self.new_head(self.chain.reorganise(depth, keep_transactions)?)
    }

    fn set_finality(&self, depth: Option<Quantity>) -> Result<bool> {
        let finality = match depth {
            None => Finality::Manual,
            Some(Quantity(depth)) => Finality::Depth(BlockNumber::try_from(depth).unwrap_or(BlockNumber::MAX)),
        };
        self.chain.set_finality(finality);
        Ok(true)
    }

    fn finalize(&self, Quantity(number): Quantity) -> Result<NewHead> {
        let best = self.chain.best().number;
        let number = BlockNumber::try_from(number).ok().filter(|number| *number <= best);
        let number = number.ok_or_else(|| EthError::Dev(format!("the best block has the number {best}")))?;
        self.new_head(self.chain.finalize(number)?)
    }
}

impl Eth {
    fn new_head(&self, head: Head) -> Result<NewHead> {
        let hash = self.stored(head.hash)?.block.eth_hash;
        Ok(NewHead {
            hash,
            number: head.number.into(),
        })
    }
}

fn count(blocks: Option<Quantity>) -> Result<u64> {
    let blocks = blocks.map_or(1, |Quantity(blocks)| blocks);
    if blocks > MAX_BLOCKS {
        return Err(EthError::InvalidParams(format!(
            "{blocks} blocks; at most {MAX_BLOCKS} can be mined at once"
        )));
    }
    Ok(blocks)
}

fn millis(seconds: u64) -> Result<Millis> {
    let millis = seconds.checked_mul(1_000);
    millis.ok_or_else(|| EthError::InvalidParams(format!("{seconds} seconds are too many")))
}

fn check_time(at: Millis) -> Result<()> {
    if at > MAX_TIME {
        return Err(EthError::InvalidParams(format!("time {} s is too late", at / 1_000)));
    }
    Ok(())
}

fn whole_seconds(millis: i128) -> i64 {
    let seconds = millis / 1_000;
    i64::try_from(seconds).unwrap_or(if seconds < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mining_takes_nothing_a_timestamp_or_an_object() {
        let read = |json: &str| serde_json::from_str::<Option<MineOptions>>(json).unwrap();
        assert!(read("null").is_none());
        assert!(matches!(read("12"), Some(MineOptions::Timestamp(Quantity(12)))));
        let object = read("{\"timestamp\":\"0x10\",\"blocks\":3}");
        let Some(MineOptions::Options {
            timestamp: Some(Quantity(16)),
            blocks: Some(Quantity(3)),
        }) = object
        else {
            panic!("{object:?}");
        };
    }

    #[test]
    fn more_blocks_than_anybody_wants_are_refused() {
        assert!(count(Some(Quantity(MAX_BLOCKS))).is_ok());
        assert!(count(Some(Quantity(MAX_BLOCKS + 1))).is_err());
    }

    #[test]
    fn times_that_overflow_are_refused() {
        assert!(millis(u64::MAX).is_err());
        assert!(check_time(MAX_TIME).is_ok());
        assert!(check_time(MAX_TIME + 1).is_err());
    }
}
