//! What is sent to contracts.

use alloy_core::primitives::{Address, U256};

/// A call of a contract, or a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Call a contract; with empty input, send coin to any address.
    Call {
        /// The contract.
        to: Address,
        /// The selector and ABI-encoded arguments.
        input: Vec<u8>,
        /// The native coin to send, in the smallest unit of 18 decimals.
        value: U256,
    },
    /// Deploy a contract.
    Create {
        /// Its PolkaVM or EVM code.
        code: Vec<u8>,
        /// The ABI-encoded arguments of its constructor.
        input: Vec<u8>,
        /// The native coin to send, in the smallest unit of 18 decimals.
        value: U256,
    },
}

impl Message {
    /// A call that sends no coin.
    pub fn call(to: Address, input: Vec<u8>) -> Self {
        Self::Call {
            to,
            input,
            value: U256::ZERO,
        }
    }

    /// A deployment that sends no coin.
    pub fn create(code: Vec<u8>, input: Vec<u8>) -> Self {
        Self::Create {
            code,
            input,
            value: U256::ZERO,
        }
    }

    /// The native coin that it sends, in the smallest unit of 18 decimals.
    pub fn value(&self) -> U256 {
        match self {
            Self::Call { value, .. } | Self::Create { value, .. } => *value,
        }
    }
}
