//! What is read from the chain and kept for ever: blocks, and the logs that contracts emitted in them.

use alloy_core::primitives::{Address, B256};

/// A finalized block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash, as the Substrate RPC knows it.
    pub hash: B256,
    /// The hash of the block before; zero for the first block.
    pub parent_hash: B256,
    /// Its time in milliseconds since the epoch. Contracts see whole seconds.
    pub timestamp: u64,
}

/// One log, exactly as the contract emitted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawLog {
    /// The number of its block.
    pub block: u64,
    /// Its position among all events of its block, those of pallets included. The Ethereum RPC calls it `logIndex`.
    pub index: u32,
    /// The position of its extrinsic in the block; `None` if no extrinsic caused it.
    pub extrinsic: Option<u32>,
    /// The contract.
    pub address: Address,
    /// Indexed fields; the first is usually the hash of the event's signature.
    pub topics: Vec<B256>,
    /// The other fields, ABI-encoded.
    pub data: Vec<u8>,
}
