//! Fees. pallet-revive takes no tips: everybody pays the base fee.

use jsonrpsee::proc_macros::rpc;
use serde::Serialize;
use sp_core::U256;

use super::{
    Eth,
    block_id::{BlockId, BlockTag},
    blocks::Located,
    error::{EthError, Result},
};
use crate::runtime::Revive;

/// Most blocks in one answer, as in go-ethereum.
const MAX_BLOCKS: u32 = 1_024;
/// Most percentiles in one question, as in go-ethereum.
const MAX_PERCENTILES: usize = 100;

/// Fees of a range of blocks.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeeHistory {
    oldest_block: U256,
    /// One more than there are blocks: the last is that of the next block.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    base_fee_per_gas: Vec<U256>,
    gas_used_ratio: Vec<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reward: Vec<Vec<U256>>,
}

#[rpc(server)]
pub(super) trait FeesApi {
    /// The base fee.
    #[method(name = "eth_gasPrice", blocking)]
    fn gas_price(&self) -> Result<U256>;

    /// Always 0.
    #[method(name = "eth_maxPriorityFeePerGas")]
    fn max_priority_fee_per_gas(&self) -> Result<U256>;

    #[method(name = "eth_feeHistory", blocking)]
    fn fee_history(
        &self,
        block_count: U256,
        newest_block: BlockTag,
        reward_percentiles: Option<Vec<f64>>,
    ) -> Result<FeeHistory>;
}

impl FeesApiServer for Eth {
    fn gas_price(&self) -> Result<U256> {
        Ok(self.state_at(BlockId::default())?.execute(Revive::evm_base_fee)?)
    }

    fn max_priority_fee_per_gas(&self) -> Result<U256> {
        Ok(U256::zero())
    }

    fn fee_history(
        &self,
        block_count: U256,
        newest_block: BlockTag,
        reward_percentiles: Option<Vec<f64>>,
    ) -> Result<FeeHistory> {
        let count = u32::try_from(block_count)
            .map_err(|_| EthError::InvalidParams("the number of blocks is too large".to_owned()))?;
        if count == 0 {
            return Ok(FeeHistory::default());
        }
        let percentiles = reward_percentiles.unwrap_or_default();
        check_percentiles(&percentiles)?;

        let newest = self.require(newest_block.into())?;
        let oldest = newest.number().saturating_sub(count.min(MAX_BLOCKS) - 1);
        let mut history = FeeHistory {
            oldest_block: oldest.into(),
            ..FeeHistory::default()
        };
        for number in oldest..=newest.number() {
            let located = self.require(BlockTag::Number(number.into()).into())?;
            self.add_fees(&mut history, &located, &percentiles)?;
        }
        let next = self.chain.state(newest.hash)?.execute(Revive::evm_base_fee)?;
        history.base_fee_per_gas.push(next);
        Ok(history)
    }
}

impl Eth {
    fn add_fees(&self, history: &mut FeeHistory, located: &Located, percentiles: &[f64]) -> Result<()> {
        let block = self.ethereum_block(located)?;
        history.base_fee_per_gas.push(block.base_fee_per_gas);
        history.gas_used_ratio.push(ratio(block.gas_used, block.gas_limit));
        if percentiles.is_empty() {
            return Ok(());
        }
        let mut paid: Vec<(U256, U256)> = Vec::new();
        for included in self.outcomes(located)? {
            let gas = included.gas();
            let reward = gas.effective_gas_price.saturating_sub(block.base_fee_per_gas);
            paid.push((reward, gas.gas_used));
        }
        paid.sort_unstable();
        history.reward.push(
            percentiles
                .iter()
                .map(|percentile| reward_at(*percentile, &paid, block.gas_used))
                .collect(),
        );
        Ok(())
    }
}

/// The reward, among `(reward, gas)` in ascending order, below which lie `percentile` per cent of the block's gas.
fn reward_at(percentile: f64, paid: &[(U256, U256)], gas_used: U256) -> U256 {
    // Ten digits of a percentile are more than anybody asks for.
    const SCALE: f64 = 1e10;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "percentiles lie between 0 and 100"
    )]
    let scaled = (percentile * SCALE) as u64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a constant below 2^64"
    )]
    let whole = (100.0 * SCALE) as u64;
    let threshold = gas_used.saturating_mul(scaled.into()) / whole;
    let mut sum = U256::zero();
    for (reward, gas) in paid {
        sum = sum.saturating_add(*gas);
        if sum >= threshold {
            return *reward;
        }
    }
    paid.last().map_or_else(U256::zero, |(reward, _)| *reward)
}

fn ratio(part: U256, whole: U256) -> f64 {
    // A quotient of 64-bit numbers; more digits than an `f64` has do not matter here.
    #[expect(clippy::cast_precision_loss, reason = "a ratio is an approximation")]
    let float = |value: U256| value.min(u64::MAX.into()).as_u64() as f64;
    if whole.is_zero() {
        0.0
    } else {
        float(part) / float(whole)
    }
}

/// go-ethereum's rules, and its words.
fn check_percentiles(percentiles: &[f64]) -> Result<()> {
    if percentiles.len() > MAX_PERCENTILES {
        return Err(EthError::RewardPercentile(format!(
            "over the query limit {MAX_PERCENTILES}"
        )));
    }
    for (index, percentile) in percentiles.iter().enumerate() {
        if !(0.0..=100.0).contains(percentile) {
            return Err(EthError::RewardPercentile(percentile.to_string()));
        }
        if index > 0 && *percentile <= percentiles[index - 1] {
            let before = percentiles[index - 1];
            return Err(EthError::RewardPercentile(format!(
                "#{}:{before} >= #{index}:{percentile}",
                index - 1
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewards_are_weighted_by_gas() {
        let paid = [
            (1.into(), 10_000.into()),
            (5.into(), 80_000.into()),
            (9.into(), 10_000.into()),
        ];
        let at = |percentile| reward_at(percentile, &paid, 100_000.into()).as_u64();
        assert_eq!(
            [at(0.0), at(10.0), at(10.1), at(90.0), at(90.5), at(100.0)],
            [1, 1, 5, 5, 9, 9]
        );
    }

    #[test]
    fn an_empty_block_has_no_rewards() {
        assert_eq!(reward_at(50.0, &[], U256::zero()), U256::zero());
    }

    #[test]
    fn percentiles_must_rise_from_0_to_100() {
        assert!(check_percentiles(&[0.0, 20.5, 100.0]).is_ok());
        for bad in [&[-0.1][..], &[100.1], &[f64::NAN], &[20.0, 20.0], &[50.0, 20.0]] {
            assert!(check_percentiles(bad).is_err(), "{bad:?}");
        }
        let many: Vec<f64> = (0..=100u8).map(|n| f64::from(n) / 2.0).collect();
        assert!(check_percentiles(&many).is_err());
    }
}
