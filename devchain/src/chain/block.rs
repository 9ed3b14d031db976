//! Blocks as they are kept, and what the chain tells about them.

use codec::{Decode, Encode};
use sp_runtime::traits::{BlakeTwo256, Hash as _};

use crate::runtime::{BlockNumber, Hash, Header};

/// Hash and number of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Head {
    /// Blake2b-256 of the header.
    pub hash: Hash,
    /// Number of the block.
    pub number: BlockNumber,
}

/// A block with what is looked up about it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StoredBlock {
    /// The Substrate header.
    pub header: Header,
    /// SCALE-encoded extrinsics, each with its length prefix, as they are hashed and sent.
    pub extrinsics: Vec<Vec<u8>>,
    /// Keccak-256 of the Ethereum header that pallet-revive made of this block.
    pub eth_hash: Hash,
    /// Hashes of the Ethereum transactions in it, in order.
    pub eth_transactions: Vec<Hash>,
}

impl StoredBlock {
    /// Hash and number.
    pub fn head(&self) -> Head {
        Head {
            hash: self.header.hash(),
            number: self.header.number,
        }
    }
}

/// Hash of an encoded extrinsic, which names a transaction on the Substrate side.
pub fn extrinsic_hash(extrinsic: &[u8]) -> Hash {
    BlakeTwo256::hash(extrinsic)
}

/// What happens to the chain, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainEvent {
    /// A block was added, perhaps on a fork. [`ChainEvent::Best`] follows if it became the best one.
    Block(Head),
    /// The best block changed.
    Best {
        /// The best block now.
        best: Head,
        /// Blocks that left the best chain, the highest first.
        retracted: Vec<Hash>,
        /// Blocks that joined it, the lowest first; `best` is the last.
        enacted: Vec<Hash>,
    },
    /// Blocks became final, the lowest first; `pruned` are blocks on forks that can no longer become final.
    Finalized {
        /// The finalized blocks.
        finalized: Vec<Head>,
        /// Abandoned blocks.
        pruned: Vec<Hash>,
    },
    /// The chain was set back to a snapshot: even finalized blocks above `best` are gone.
    Reset {
        /// Best and finalized block now.
        best: Head,
    },
    /// The queue took, moved or dropped a transaction.
    Transaction {
        /// [`extrinsic_hash`].
        hash: Hash,
        /// What happened.
        status: TransactionStatus,
    },
}

/// Where a transaction is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    /// In the queue and ready for the next block.
    Ready,
    /// In the queue, waiting for a transaction before it.
    Future,
    /// In the block with this hash, as the extrinsic with this index.
    InBlock(Hash, u32),
    /// The block with this hash, which held it, left the best chain.
    Retracted(Hash),
    /// Replaced by the transaction with this hash.
    Usurped(Hash),
    /// No longer valid.
    Invalid,
    /// Removed from the queue.
    Dropped,
}
