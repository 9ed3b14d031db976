use ink::{Address, H256};

/// The first version of a record is anchored.
#[ink::event]
pub struct RecordAnchored {
    /// The record.
    #[ink(topic)]
    pub record_id: H256,
    /// Who anchored it, and alone may add to it.
    #[ink(topic)]
    pub author: Address,
    /// To the record's canonical bytes.
    pub commitment: H256,
}

/// A new version of a record is anchored.
#[ink::event]
pub struct RecordVersionAdded {
    /// The record.
    #[ink(topic)]
    pub record_id: H256,
    /// Who anchored it.
    #[ink(topic)]
    pub author: Address,
    /// The number of the new version; that of its predecessor is one less.
    pub version: u32,
    /// To the new version's canonical bytes.
    pub commitment: H256,
}

/// A version of a record is wrong.
#[ink::event]
pub struct RecordEnteredInError {
    /// The record.
    #[ink(topic)]
    pub record_id: H256,
    /// Who says so: its author.
    #[ink(topic)]
    pub author: Address,
    /// The version's number.
    pub version: u32,
}

/// Many commitments are anchored at once.
#[ink::event]
pub struct BatchAnchored {
    /// The root of their Merkle tree.
    #[ink(topic)]
    pub root: H256,
    /// Who anchored it.
    #[ink(topic)]
    pub author: Address,
    /// How many there are.
    pub leaf_count: u64,
    /// Whatever the author finds them by, off chain.
    pub reference: H256,
}
