//! What a transaction did, read from the block that carries it.

use alloy_core::primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use subxt::{
    dynamic::Value,
    ext::scale_decode::{self, DecodeAsFields, DecodeAsType},
    utils::{H160, H256},
};

use super::{
    AtBlock, ChainError, Config,
    error::Context,
    scale::{self, ScaleWeight},
};

/// What fails if a block's events cannot be read.
const READING: &str = "reading the block's events";

/// Execution cost in the chain's two dimensions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Time on reference hardware, in picoseconds.
    pub ref_time: u64,
    /// Size of the storage proof that a validator needs, in bytes.
    pub proof_size: u64,
}

/// An event of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// The contract.
    pub address: Address,
    /// The event's signature hash and its indexed arguments.
    pub topics: Vec<B256>,
    /// The other arguments, ABI-encoded.
    #[serde(with = "hex::serde")]
    pub data: Vec<u8>,
}

/// What a transaction that succeeded did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The extrinsic's hash (blake2-256).
    pub tx_hash: B256,
    /// The Ethereum transaction's hash, if it was signed by an Ethereum key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eth_tx_hash: Option<B256>,
    /// The block that carries it.
    pub block_hash: B256,
    /// That block's number.
    pub block_number: u64,
    /// Its place in the block.
    pub extrinsic_index: u32,
    /// Whether the block was final when this was read.
    pub finalized: bool,
    /// What it cost in weight, overhead included.
    pub weight: Weight,
    /// The fee, in native units; storage deposits are not part of it. Of an Ethereum key, the chain takes it rounded up to
    /// whole gas.
    pub fee: u128,
    /// The events of contracts, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<Log>,
    /// The contract that was deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Address>,
}

/// What happened in one extrinsic.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) weight: Weight,
    pub(super) fee: u128,
    pub(super) logs: Vec<Log>,
    pub(super) created: Option<Address>,
    /// Set if the extrinsic failed or its Ethereum transaction reverted.
    pub(super) failure: Option<ChainError>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct DispatchInfo {
    weight: ScaleWeight,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct Success {
    dispatch_info: DispatchInfo,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct Failed {
    dispatch_error: Value,
    dispatch_info: DispatchInfo,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct FeePaid {
    actual_fee: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct ContractEmitted {
    contract: H160,
    data: Vec<u8>,
    topics: Vec<H256>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct Instantiated {
    contract: H160,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct EthReverted {
    dispatch_error: Value,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct ItemFailed {
    error: Value,
}

/// Reads what the extrinsic at `index` did in the block of `at`.
pub(super) async fn effects(at: &AtBlock, index: u32) -> Result<Effects, ChainError> {
    let events = at.events().fetch().await.context(READING)?;
    let mut effects = Effects::default();
    for event in events.iter() {
        let event = event.context(READING)?;
        if event.phase() == subxt::events::Phase::ApplyExtrinsic(index) {
            apply(&event, at, &mut effects)?;
        }
    }
    Ok(effects)
}

/// Reads why each call of a batch failed, if it did.
pub(super) async fn items(at: &AtBlock, index: u32) -> Result<Vec<Option<ChainError>>, ChainError> {
    let events = at.events().fetch().await.context(READING)?;
    let mut items = Vec::new();
    for event in events.iter() {
        let event = event.context(READING)?;
        if event.phase() != subxt::events::Phase::ApplyExtrinsic(index) {
            continue;
        }
        match (event.pallet_name(), event.event_name()) {
            ("Utility", "ItemCompleted") => items.push(None),
            ("Utility", "ItemFailed") => {
                let failed: ItemFailed = fields(&event)?;
                items.push(Some(scale::dispatch_error(&failed.error, at.metadata_ref())));
            }
            _ => {}
        }
    }
    Ok(items)
}

/// The events of contracts in the block of `at`, whatever extrinsic they are from.
pub(super) async fn logs(at: &AtBlock) -> Result<Vec<Log>, ChainError> {
    let events = at.events().fetch().await.context(READING)?;
    let mut effects = Effects::default();
    for event in events.iter() {
        let event = event.context(READING)?;
        if (event.pallet_name(), event.event_name()) == ("Revive", "ContractEmitted") {
            apply(&event, at, &mut effects)?;
        }
    }
    Ok(effects.logs)
}

fn apply(event: &subxt::events::Event<'_, Config>, at: &AtBlock, effects: &mut Effects) -> Result<(), ChainError> {
    match (event.pallet_name(), event.event_name()) {
        ("System", "ExtrinsicSuccess") => {
            effects.weight = fields::<Success>(event)?.dispatch_info.weight.into();
        }
        ("System", "ExtrinsicFailed") => {
            let failed: Failed = fields(event)?;
            effects.weight = failed.dispatch_info.weight.into();
            effects.failure = Some(scale::dispatch_error(&failed.dispatch_error, at.metadata_ref()));
        }
        ("TransactionPayment", "TransactionFeePaid") => {
            effects.fee = fields::<FeePaid>(event)?.actual_fee;
        }
        ("Revive", "ContractEmitted") => {
            let emitted: ContractEmitted = fields(event)?;
            effects.logs.push(Log {
                address: Address::from(emitted.contract.0),
                topics: emitted.topics.into_iter().map(|topic| B256::from(topic.0)).collect(),
                data: emitted.data,
            });
        }
        ("Revive", "Instantiated") => {
            // A contract may deploy others; the transaction's own is the last to be done.
            effects.created = Some(Address::from(fields::<Instantiated>(event)?.contract.0));
        }
        ("Revive", "EthExtrinsicRevert") => {
            let reverted: EthReverted = fields(event)?;
            effects.failure = Some(scale::dispatch_error(&reverted.dispatch_error, at.metadata_ref()));
        }
        _ => {}
    }
    Ok(())
}

fn fields<T: DecodeAsFields>(event: &subxt::events::Event<'_, Config>) -> Result<T, ChainError> {
    event.decode_fields_unchecked_as().context(READING)
}
