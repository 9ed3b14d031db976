//! The records contract as its users know it, for tests. Nothing here is generated from our ABI: a difference makes
//! tests fail.

use crate::{World, account};
use alloy_core::{
    primitives::{Address, B256},
    sol,
};

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface IRecords {
        constructor();

        event RecordAnchored(bytes32 indexed recordId, address indexed author, bytes32 commitment);
        event RecordVersionAdded(bytes32 indexed recordId, address indexed author, uint32 version, bytes32 commitment);
        event RecordEnteredInError(bytes32 indexed recordId, address indexed author, uint32 version);
        event BatchAnchored(bytes32 indexed root, address indexed author, uint64 leafCount, bytes32 reference);

        error InvalidRecord();
        error InvalidCommitment();
        error RecordAlreadyAnchored(bytes32 recordId);
        error CommitmentAlreadyAnchored(bytes32 commitment, bytes32 recordId);
        error UnknownRecord(bytes32 recordId);
        error UnknownVersion(bytes32 recordId, uint32 version);
        error NotAuthor(bytes32 recordId, address caller);
        error NotLatestVersion(bytes32 recordId, uint32 latest, uint32 named);
        error TooManyVersions(bytes32 recordId);
        error AlreadyEnteredInError(bytes32 recordId);
        error InvalidRoot();
        error EmptyBatch(bytes32 root);
        error BatchAlreadyAnchored(address author, bytes32 root);

        function anchor(bytes32 recordId, bytes32 commitment) external;
        function addVersion(bytes32 recordId, uint32 previousVersion, bytes32 commitment) external returns (uint32 version);
        function markEnteredInError(bytes32 recordId, uint32 version) external;
        function verify(bytes32 recordId, uint32 version, bytes32 commitment) external view returns (uint8 status);
        function recordOf(bytes32 recordId) external view returns (address author, uint32 latestVersion);
        function versionOf(bytes32 recordId, uint32 version) external view returns (bytes32 commitment, uint64 anchoredAt, bool enteredInError);
        function anchorBatch(bytes32 root, uint64 leafCount, bytes32 reference) external;
        function batchOf(address author, bytes32 root) external view returns (uint64 leafCount, bytes32 reference, uint64 anchoredAt);
        function verifyInBatch(address author, bytes32 root, bytes32 leaf, uint64 index, bytes32[] proof) external view returns (bool);
    }
}

/// What `verify` answers.
pub mod status {
    /// No such record or version.
    pub const UNKNOWN: u8 = 0;
    /// The latest version.
    pub const CURRENT: u8 = 1;
    /// An earlier version.
    pub const SUPERSEDED: u8 = 2;
    /// Declared wrong by its author.
    pub const ENTERED_IN_ERROR: u8 = 3;
    /// Altered: the version has another commitment.
    pub const MISMATCH: u8 = 4;
}

/// The contract on a fresh chain.
///
/// # Panics
/// When it does not deploy.
pub fn deploy() -> (World, Address) {
    let mut world = World::new();
    let deployed = world.deploy("records", account(0), &IRecords::constructorCall {});
    let contract = deployed.expect("the contract deploys").value;
    (world, contract)
}

/// What `verify` answers.
pub fn verify(world: &mut World, contract: Address, record_id: B256, version: u32, commitment: B256) -> u8 {
    world.view(
        contract,
        &IRecords::verifyCall {
            recordId: record_id,
            version,
            commitment,
        },
    )
}
