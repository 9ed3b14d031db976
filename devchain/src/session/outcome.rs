//! What a call gave, or why it failed.

use frame_support::weights::Weight;
use pallet_revive::{ContractResult, ExecReturnValue, InstantiateReturnValue, StorageDeposit};
use sp_core::{H160, H256};
use sp_runtime::DispatchError;

use crate::runtime::Balance;

/// What an execution used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// `ref_time` in picoseconds of reference hardware and `proof_size` in bytes, without the extrinsic's own base weight.
    pub weight: Weight,
    /// Native coins (12 decimals) put down for new storage; negative when storage was freed.
    pub deposit: i128,
    /// Ethereum gas.
    pub gas: Balance,
}

/// An event that a contract emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The contract.
    pub address: H160,
    /// At most four; the first is the hash of the event's signature, unless it is anonymous.
    pub topics: Vec<H256>,
    /// ABI encoding of what is not indexed.
    pub data: Vec<u8>,
}

/// A call that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// ABI encoding of the return value.
    pub output: Vec<u8>,
    /// In the order of emission, all contracts that took part.
    pub logs: Vec<Log>,
    /// What it used.
    pub cost: Cost,
}

/// A deployment that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The new contract.
    pub address: H160,
    /// What the constructor emitted.
    pub logs: Vec<Log>,
    /// What it used, the upload of the code included.
    pub cost: Cost,
}

/// A call or deployment that failed and changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The contract refused.
    #[error("the contract reverted with 0x{}", hex::encode(data))]
    Reverted {
        /// The ABI encoding of a custom error, of `Error(string)`, of `Panic(uint256)`, or nothing.
        data: Vec<u8>,
        /// What was used until then.
        cost: Cost,
    },
    /// The contract could not run: out of weight, trapped, not there.
    #[error("the execution failed: {error:?}")]
    Failed {
        /// The pallet's error.
        error: DispatchError,
        /// What was used until then.
        cost: Cost,
    },
}

impl CallError {
    /// The revert data, when the contract itself refused.
    pub fn revert_data(&self) -> Option<&[u8]> {
        match self {
            Self::Reverted { data, .. } => Some(data),
            Self::Failed { .. } => None,
        }
    }
}

pub(super) fn called(result: ContractResult<ExecReturnValue, Balance>, logs: Vec<Log>) -> Result<Outcome, CallError> {
    let (cost, value) = split(result)?;
    let output = returned(value, cost)?;
    Ok(Outcome { output, logs, cost })
}

pub(super) fn deployed(
    result: ContractResult<InstantiateReturnValue, Balance>,
    logs: Vec<Log>,
) -> Result<Deployed, CallError> {
    let (cost, value) = split(result)?;
    returned(value.result, cost)?;
    Ok(Deployed {
        address: value.addr,
        logs,
        cost,
    })
}

fn split<R>(result: ContractResult<R, Balance>) -> Result<(Cost, R), CallError> {
    let deposit = match result.storage_deposit {
        StorageDeposit::Charge(amount) => i128::try_from(amount).unwrap_or(i128::MAX),
        StorageDeposit::Refund(amount) => -i128::try_from(amount).unwrap_or(i128::MAX),
    };
    let cost = Cost {
        weight: result.weight_consumed,
        deposit,
        gas: result.gas_consumed,
    };
    let value = result.result.map_err(|error| CallError::Failed { error, cost })?;
    Ok((cost, value))
}

fn returned(value: ExecReturnValue, cost: Cost) -> Result<Vec<u8>, CallError> {
    if value.did_revert() {
        return Err(CallError::Reverted { data: value.data, cost });
    }
    Ok(value.data)
}
