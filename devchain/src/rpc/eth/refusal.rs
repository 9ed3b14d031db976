//! Why a raw transaction was not taken, in go-ethereum's words, by which wallets tell the reasons apart.
//!
//! Whether a transaction is taken is for the runtime and the queue to say. Only when they refused it is it looked at here,
//! to find out which of the reasons behind their short answer it was.

use pallet_revive::evm::{GenericTransaction, TransactionSigned};
use sp_core::{H160, U256};
use sp_runtime::transaction_validity::InvalidTransaction;

use super::{Eth, block_id::BlockId, error::Result};
use crate::{
    chain::{PoolError, SubmitError},
    runtime::{CHAIN_ID, Revive},
};

/// Why a raw transaction was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("Invalid transaction: {0}")]
    Malformed(String),
    #[error("only replay-protected (EIP-155) transactions allowed over RPC")]
    Unprotected,
    #[error("transaction type not supported")]
    UnsupportedType,
    #[error("invalid chain id for signer: have {have} want {CHAIN_ID}")]
    WrongChain { have: U256 },
    #[error("invalid sender: the signature is not valid")]
    InvalidSender,
    #[error("nonce too low: next nonce {next}, tx nonce {nonce}")]
    NonceTooLow { next: u32, nonce: U256 },
    #[error("nonce too high: tx nonce {nonce}")]
    NonceTooHigh { nonce: U256 },
    #[error("max fee per gas less than block base fee: address {from:?}, maxFeePerGas: {offered}, baseFee: {base_fee}")]
    Underpriced { from: H160, offered: U256, base_fee: U256 },
    #[error("insufficient funds for gas * price + value: address {from:?} have {balance} want {cost}")]
    InsufficientFunds { from: H160, balance: U256, cost: U256 },
    #[error("intrinsic gas too low: {gas} gas do not pay for the transaction itself")]
    IntrinsicGas { gas: U256 },
    #[error("exceeds block gas limit")]
    TooHeavy,
    #[error("already known")]
    AlreadyKnown,
    #[error("replacement transaction underpriced")]
    Replacement,
    #[error("txpool is full")]
    PoolFull,
    #[error("Invalid transaction: the runtime refuses it: {0}")]
    Other(String),
}

impl Eth {
    /// The reason for which `signed` was not taken; or the failure that kept the chain from deciding.
    pub(super) fn refusal(&self, signed: TransactionSigned, error: SubmitError) -> Result<Refusal> {
        let invalid = match error {
            SubmitError::Chain(error) => return Err(error.into()),
            SubmitError::Pool(PoolError::AlreadyQueued) => return Ok(Refusal::AlreadyKnown),
            SubmitError::Pool(PoolError::TooLowPriority { .. }) => return Ok(Refusal::Replacement),
            SubmitError::Pool(PoolError::Full) => return Ok(Refusal::PoolFull),
            SubmitError::Invalid(invalid) => invalid,
            other => return Ok(Refusal::Other(other.to_string())),
        };
        if matches!(
            signed,
            TransactionSigned::Transaction7702Signed(_) | TransactionSigned::Transaction4844Signed(_)
        ) {
            return Ok(Refusal::UnsupportedType);
        }
        let Ok(from) = signed.recover_eth_address() else {
            return Ok(Refusal::InvalidSender);
        };
        let state = self.state_at(BlockId::default())?;
        let (base_fee, balance, next) = state.execute(|| {
            (
                Revive::evm_base_fee(),
                Revive::evm_balance(&from),
                Revive::evm_nonce(&from),
            )
        })?;
        let transaction = GenericTransaction::from_signed(signed, U256::MAX, Some(from));
        Ok(classify(&invalid, &transaction, from, base_fee, balance, next))
    }
}

/// `transaction.gas_price` is the most that the sender pays.
fn classify(
    invalid: &InvalidTransaction,
    transaction: &GenericTransaction,
    from: H160,
    base_fee: U256,
    balance: U256,
    next: u32,
) -> Refusal {
    let nonce = transaction.nonce.unwrap_or_default();
    let gas = transaction.gas.unwrap_or_default();
    let offered = transaction
        .max_fee_per_gas
        .or(transaction.gas_price)
        .unwrap_or_default();
    match invalid {
        InvalidTransaction::Call => match transaction.chain_id {
            Some(have) if have != CHAIN_ID.into() => Refusal::WrongChain { have },
            _ if nonce > u32::MAX.into() => Refusal::NonceTooHigh { nonce },
            _ => Refusal::Other("the call cannot be decoded".to_owned()),
        },
        InvalidTransaction::Stale => Refusal::NonceTooLow { next, nonce },
        InvalidTransaction::Future => Refusal::NonceTooHigh { nonce },
        InvalidTransaction::BadProof => Refusal::InvalidSender,
        InvalidTransaction::ExhaustsResources => Refusal::TooHeavy,
        InvalidTransaction::Payment => {
            // Nobody pays more than the base fee, whatever is offered.
            let price = offered.min(base_fee);
            let cost = price
                .saturating_mul(gas)
                .saturating_add(transaction.value.unwrap_or_default());
            if offered < base_fee {
                Refusal::Underpriced {
                    from,
                    offered,
                    base_fee,
                }
            } else if balance < cost {
                Refusal::InsufficientFunds { from, balance, cost }
            } else {
                Refusal::IntrinsicGas { gas }
            }
        }
        other => Refusal::Other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: H160 = H160::repeat_byte(0xF);

    fn transaction() -> GenericTransaction {
        GenericTransaction {
            chain_id: Some(CHAIN_ID.into()),
            gas: Some(21_000.into()),
            gas_price: Some(10.into()),
            nonce: Some(3.into()),
            value: Some(5.into()),
            ..GenericTransaction::default()
        }
    }

    fn payment(transaction: &GenericTransaction, balance: u64) -> Refusal {
        classify(
            &InvalidTransaction::Payment,
            transaction,
            FROM,
            10.into(),
            balance.into(),
            3,
        )
    }

    #[test]
    fn a_refused_payment_is_told_apart() {
        let cheap = GenericTransaction {
            gas_price: Some(9.into()),
            ..transaction()
        };
        assert!(
            payment(&cheap, u64::MAX)
                .to_string()
                .starts_with("max fee per gas less than block base fee")
        );
        assert!(
            payment(&transaction(), 210_004)
                .to_string()
                .starts_with("insufficient funds for gas * price + value")
        );
        assert_eq!(
            payment(&transaction(), 210_005),
            Refusal::IntrinsicGas { gas: 21_000.into() }
        );
    }

    #[test]
    fn a_refused_call_is_told_apart() {
        let call = |transaction: &GenericTransaction| {
            classify(&InvalidTransaction::Call, transaction, FROM, 10.into(), U256::MAX, 3)
        };
        let elsewhere = GenericTransaction {
            chain_id: Some(1.into()),
            ..transaction()
        };
        assert_eq!(
            call(&elsewhere).to_string(),
            format!("invalid chain id for signer: have 1 want {CHAIN_ID}")
        );
        let beyond = GenericTransaction {
            nonce: Some((1u64 << 32).into()),
            ..transaction()
        };
        assert!(matches!(call(&beyond), Refusal::NonceTooHigh { .. }));
        assert!(matches!(call(&transaction()), Refusal::Other(_)));
    }

    #[test]
    fn a_stale_nonce_is_too_low() {
        let refusal = classify(
            &InvalidTransaction::Stale,
            &transaction(),
            FROM,
            10.into(),
            U256::MAX,
            7,
        );
        assert_eq!(refusal.to_string(), "nonce too low: next nonce 7, tx nonce 3");
    }
}
