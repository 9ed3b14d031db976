//! The chain's types, as far as they are looked at. They are matched by field name against the chain's metadata, so that
//! fields that a newer runtime adds do no harm.

use alloy_core::primitives::{B256, U256};
use subxt::{
    Metadata,
    dynamic::Value,
    ext::{
        scale_decode::{self, DecodeAsType},
        scale_encode::{self, EncodeAsType},
        scale_value::{At, ValueDef},
    },
    utils::{H160, H256},
};

use super::{ChainError, Weight};

/// A 256-bit number: four words, the lowest first.
#[derive(Debug, Clone, Copy, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) struct Word([u64; 4]);

impl Word {
    pub(super) fn value(self) -> U256 {
        U256::from_limbs(self.0)
    }
}

/// `sp_weights::Weight`.
#[derive(Debug, Clone, Copy, EncodeAsType, DecodeAsType)]
#[encode_as_type(crate_path = "scale_encode")]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) struct ScaleWeight {
    pub(super) ref_time: u64,
    pub(super) proof_size: u64,
}

impl From<ScaleWeight> for Weight {
    fn from(weight: ScaleWeight) -> Self {
        Self {
            ref_time: weight.ref_time,
            proof_size: weight.proof_size,
        }
    }
}

impl From<Weight> for ScaleWeight {
    fn from(weight: Weight) -> Self {
        Self {
            ref_time: weight.ref_time,
            proof_size: weight.proof_size,
        }
    }
}

/// `frame_system::limits::BlockWeights`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) struct BlockWeights {
    per_class: PerClass,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct PerClass {
    normal: ClassWeights,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct ClassWeights {
    max_extrinsic: Option<ScaleWeight>,
}

impl BlockWeights {
    pub(super) fn max_extrinsic(&self) -> Option<Weight> {
        self.per_class.normal.max_extrinsic.map(Weight::from)
    }
}

/// `pallet_revive::ContractResult`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) struct ContractResult<Returned> {
    pub(super) weight_required: ScaleWeight,
    pub(super) max_storage_deposit: StorageDeposit,
    pub(super) result: Result<Returned, Value>,
}

/// `pallet_revive::StorageDeposit`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) enum StorageDeposit {
    Refund(#[allow(dead_code, reason = "a refund limits nothing")] u128),
    Charge(u128),
}

impl StorageDeposit {
    pub(super) fn charge(&self) -> u128 {
        match self {
            Self::Refund(_) => 0,
            Self::Charge(amount) => *amount,
        }
    }
}

/// `pallet_revive::ExecReturnValue`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) struct ExecReturnValue {
    flags: u32,
    pub(super) data: Vec<u8>,
}

impl ExecReturnValue {
    /// `ReturnFlags::REVERT`.
    pub(super) fn did_revert(&self) -> bool {
        self.flags & 1 != 0
    }
}

/// `pallet_revive::InstantiateReturnValue`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) struct InstantiateReturnValue {
    pub(super) result: ExecReturnValue,
}

/// `pallet_revive::EthTransactInfo`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) struct EthTransactInfo {
    pub(super) weight_required: ScaleWeight,
    pub(super) max_storage_deposit: u128,
    pub(super) eth_gas: Word,
    pub(super) data: Vec<u8>,
}

/// `pallet_revive::EthTransactError`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) enum EthTransactError {
    Data(Vec<u8>),
    Message(String),
}

/// `pallet_revive::Code`.
#[derive(Debug, EncodeAsType)]
#[encode_as_type(crate_path = "scale_encode")]
pub(super) enum Code {
    Upload(Vec<u8>),
}

/// A call of the runtime, as far as batches carry it.
#[derive(Debug, EncodeAsType)]
#[encode_as_type(crate_path = "scale_encode")]
pub(super) enum RuntimeCall {
    Revive(ReviveCall),
}

/// `pallet_revive::Call`.
#[derive(Debug, EncodeAsType)]
#[encode_as_type(crate_path = "scale_encode")]
#[allow(non_camel_case_types, reason = "the runtime's name")]
pub(super) enum ReviveCall {
    call {
        dest: H160,
        value: u128,
        weight_limit: ScaleWeight,
        storage_deposit_limit: u128,
        data: Vec<u8>,
    },
}

/// `pallet_revive::storage::AccountInfo`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub(super) struct AccountInfo {
    account_type: AccountType,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
enum AccountType {
    Contract(ContractInfo),
    #[allow(clippy::upper_case_acronyms, reason = "the runtime's name")]
    EOA,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
struct ContractInfo {
    code_hash: H256,
}

impl AccountInfo {
    pub(super) fn code_hash(self) -> Option<B256> {
        match self.account_type {
            AccountType::Contract(info) => Some(info.code_hash.0.into()),
            AccountType::EOA => None,
        }
    }
}

/// Names a `DispatchError` by the chain's metadata: the pallet and its error, or the kind of error and its detail.
pub(super) fn dispatch_error(error: &Value, metadata: &Metadata) -> ChainError {
    let ValueDef::Variant(variant) = &error.value else {
        return ChainError::Dispatch {
            pallet: "Runtime".into(),
            error: error.to_string(),
            docs: String::new(),
        };
    };
    let inner = variant.values.values().next();
    if variant.name == "Module"
        && let Some(named) = inner.and_then(|module| module_error(module, metadata))
    {
        return named;
    }
    let detail = match inner.map(|value| &value.value) {
        Some(ValueDef::Variant(detail)) => detail.name.clone(),
        Some(_) => error.to_string(),
        None => "failed".into(),
    };
    ChainError::Dispatch {
        pallet: variant.name.clone(),
        error: detail,
        docs: String::new(),
    }
}

fn module_error(module: &Value, metadata: &Metadata) -> Option<ChainError> {
    let byte = |value: &Value| u8::try_from(value.as_u128()?).ok();
    let pallet = metadata.pallet_by_error_index(byte(module.at("index")?)?)?;
    let known = pallet.error_variant_by_index(byte(module.at("error")?.at(0)?)?)?;
    let docs = known
        .docs
        .first()
        .map(|line| line.trim().to_string())
        .unwrap_or_default();
    Some(ChainError::Dispatch {
        pallet: pallet.name().into(),
        error: known.name.clone(),
        docs,
    })
}
