//! What can go wrong, with the codes and words that Ethereum's tools recognise.

use jsonrpsee::types::{
    ErrorObjectOwned,
    error::{CALL_EXECUTION_FAILED_CODE, INTERNAL_ERROR_CODE, INVALID_PARAMS_CODE},
};
use pallet_revive::{EthTransactError, evm::decode_revert_reason};
use sp_core::{H160, H256};

use super::{block_id::BlockTag, refusal::Refusal};
use crate::chain::{ChainError, StateError};

/// Code of a call that reverted, as in go-ethereum; wallets decode the error's data then.
const REVERTED_CODE: i32 = 3;

/// Why a method has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum EthError {
    #[error("hash not found: there is no block {0}")]
    UnknownBlock(BlockTag),
    #[error("Ethereum block not found: {0:?}")]
    UnknownBlockHash(H256),
    #[error("{}", revert_message(.0))]
    Reverted(Vec<u8>),
    #[error("{0}")]
    Execution(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("Account not found for address {0:?}")]
    UnknownAccount(H160),
    #[error("Failed to filter logs: {0}")]
    LogRange(&'static str),
    #[error("filter not found")]
    UnknownFilter,
    #[error("too many filters: {0} are open")]
    TooManyFilters(usize),
    #[error("invalid reward percentile: {0}")]
    RewardPercentile(String),
    #[error("No Ethereum extrinsic found")]
    UnknownTransaction,
    #[error("trace unavailable: the transaction could not be replayed")]
    TraceUnavailable,
    #[error("execution timeout")]
    Timeout,
    #[error("{0}")]
    Dev(String),
    #[error("invalid params: {0}")]
    InvalidParams(String),
    #[error(transparent)]
    Chain(ChainError),
    #[error("the chain's records do not fit together: {0}")]
    Inconsistent(&'static str),
}

pub(super) type Result<T> = std::result::Result<T, EthError>;

impl From<ChainError> for EthError {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::TooDeep { .. } | ChainError::TimeBackwards { .. } => Self::Dev(error.to_string()),
            other => Self::Chain(other),
        }
    }
}

impl From<StateError> for EthError {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}

impl From<EthTransactError> for EthError {
    fn from(error: EthTransactError) -> Self {
        match error {
            EthTransactError::Data(data) => Self::Reverted(data),
            EthTransactError::Message(message) => Self::Execution(message),
        }
    }
}

impl From<EthError> for ErrorObjectOwned {
    fn from(error: EthError) -> Self {
        let message = error.to_string();
        match error {
            EthError::Reverted(data) => Self::owned(REVERTED_CODE, message, Some(format!("0x{}", hex::encode(data)))),
            EthError::InvalidParams(_) => Self::owned(INVALID_PARAMS_CODE, message, None::<()>),
            EthError::Chain(_) | EthError::Inconsistent(_) => {
                tracing::error!(%message, "an Ethereum JSON-RPC method failed");
                Self::owned(INTERNAL_ERROR_CODE, message, None::<()>)
            }
            _ => Self::owned(CALL_EXECUTION_FAILED_CODE, message, None::<()>),
        }
    }
}

fn revert_message(data: &[u8]) -> String {
    match decode_revert_reason(data) {
        Some(reason) if !reason.is_empty() => format!("execution reverted: {reason}"),
        _ => "execution reverted".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revert_carries_its_reason_and_its_bytes() {
        // Error("no") as Solidity encodes it.
        let mut data = hex::decode("08c379a0").unwrap();
        for word in [32u8, 2] {
            data.extend([0; 31]);
            data.push(word);
        }
        data.extend(b"no");
        data.extend([0; 30]);
        let object = ErrorObjectOwned::from(EthError::Reverted(data.clone()));
        assert_eq!((object.code(), object.message()), (3, "execution reverted: revert: no"));
        assert_eq!(object.data().unwrap().get(), format!("\"0x{}\"", hex::encode(data)));
    }

    #[test]
    fn a_custom_error_has_no_reason_but_its_bytes() {
        let object = ErrorObjectOwned::from(EthError::Reverted(vec![0xE4, 0x50, 0xD3, 0x8C]));
        assert_eq!((object.code(), object.message()), (3, "execution reverted"));
        assert_eq!(object.data().unwrap().get(), "\"0xe450d38c\"");
    }
}
