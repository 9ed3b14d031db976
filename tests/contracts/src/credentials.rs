//! The credentials contract as its users know it, for tests. Nothing here is generated from our ABI: a difference makes
//! tests fail.
#![allow(clippy::too_many_arguments, reason = "the bindings have Solidity's parameter lists")]

use crate::{Done, World, account};
use alloy_core::{
    primitives::{Address, B256, keccak256},
    sol,
    sol_types::{SolCall, SolValue},
};
use salus_core::codes::Role;
use salus_devchain::session::CallError;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface ICredentials {
        constructor(address initialOwner);

        event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);
        event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);
        event IssuerAdmitted(address indexed issuer, address indexed actor);
        event IssuerRemoved(address indexed issuer, address indexed actor);
        event CredentialIssued(bytes32 indexed credentialId, address indexed holder, address indexed issuer, uint8 role, bytes32 jurisdiction, bytes32 licenceHash, uint64 validFrom, uint64 validUntil);
        event CredentialSuperseded(bytes32 indexed credentialId, bytes32 indexed newCredentialId, address indexed holder);
        event CredentialSuspended(bytes32 indexed credentialId, address indexed holder, address indexed actor);
        event CredentialReinstated(bytes32 indexed credentialId, address indexed holder, address indexed actor);
        event CredentialRevoked(bytes32 indexed credentialId, address indexed holder, address indexed actor);

        error OwnableUnauthorizedAccount(address account);
        error OwnableInvalidOwner(address owner);
        error InvalidIssuer(address issuer);
        error AlreadyIssuer(address issuer);
        error NotIssuer(address account);
        error InvalidHolder(address holder);
        error UnknownRole(uint8 role);
        error InvalidJurisdiction();
        error InvalidLicence();
        error InvalidValidity(uint64 validFrom, uint64 validUntil);
        error CredentialLive(bytes32 credentialId);
        error UnknownCredential(bytes32 credentialId);
        error NotIssuerOfCredential(bytes32 credentialId, address caller);
        error WrongStatus(bytes32 credentialId, uint8 status);
        error CredentialExpired(bytes32 credentialId, uint64 validUntil);
        error TooManyChanges();

        function owner() external view returns (address);
        function pendingOwner() external view returns (address);
        function transferOwnership(address newOwner) external;
        function acceptOwnership() external;
        function admitIssuer(address issuer) external;
        function removeIssuer(address issuer) external;
        function isIssuerAt(address issuer, uint64 time) external view returns (bool);
        function issueCredential(address holder, uint8 role, bytes32 jurisdiction, bytes32 licenceHash, uint64 validFrom, uint64 validUntil) external returns (bytes32 credentialId);
        function suspendCredential(bytes32 credentialId) external;
        function reinstateCredential(bytes32 credentialId) external;
        function revokeCredential(bytes32 credentialId) external;
        function credentialOf(bytes32 credentialId) external view returns (address holder, address issuer, uint8 role, bytes32 jurisdiction, bytes32 licenceHash, uint64 validFrom, uint64 validUntil, uint64 issuedAt, uint8 status, uint32 sequence);
        function statusAt(address holder, uint8 role, uint64 time) external view returns (uint8 status, uint64 since, bytes32 credentialId);
        function isActiveAt(address holder, uint8 role, uint64 time) external view returns (bool);
    }
}

use ICredentials::*;

/// Statuses, as the contract numbers them.
pub mod status {
    /// None, or not valid yet.
    pub const NONE: u8 = 0;
    /// In force.
    pub const ACTIVE: u8 = 1;
    /// Out of force for a time.
    pub const SUSPENDED: u8 = 2;
    /// Withdrawn.
    pub const REVOKED: u8 = 3;
    /// Over.
    pub const EXPIRED: u8 = 4;
    /// Renewed.
    pub const SUPERSEDED: u8 = 5;
}

/// How long the credentials here are valid, in seconds.
pub const YEAR: u64 = 365 * 86_400;

/// A chain with the contract, on which [`board`] may issue.
pub struct Register {
    /// The chain.
    pub world: World,
    /// The contract.
    pub contract: Address,
}

/// Who admits and removes issuers.
pub fn owner() -> Address {
    account(0)
}

/// Who issues.
pub fn board() -> Address {
    account(3)
}

impl Default for Register {
    fn default() -> Self {
        Self::new()
    }
}

impl Register {
    /// The contract, and [`board`] admitted.
    ///
    /// # Panics
    /// When that fails.
    pub fn new() -> Self {
        Self::on(World::new())
    }

    /// [`Register::new`] on a chain that has other contracts.
    ///
    /// # Panics
    /// As [`Register::new`].
    pub fn on(mut world: World) -> Self {
        let deployed = world.deploy("credentials", owner(), &constructorCall { initialOwner: owner() });
        let contract = deployed.expect("the contract deploys").value;
        let mut register = Self { world, contract };
        let admit = admitIssuerCall { issuer: board() };
        register.send(owner(), &admit).expect("the owner admits");
        register
    }

    /// Sends a message to the contract.
    ///
    /// # Errors
    /// [`CallError`]: the contract refused.
    pub fn send<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Done<C::Return>, CallError> {
        self.world.send(from, self.contract, call)
    }

    /// The time of the current block, in seconds.
    pub fn now(&mut self) -> u64 {
        self.world.session.timestamp()
    }

    /// What makes `holder` a physician for a [`YEAR`] from now on.
    pub fn physician(&mut self, holder: Address) -> issueCredentialCall {
        let now = self.now();
        let mut jurisdiction = B256::ZERO;
        jurisdiction[..5].copy_from_slice(b"DE-BY");
        issueCredentialCall {
            holder,
            role: Role::PHYS.bit(),
            jurisdiction,
            licenceHash: B256::repeat_byte(0x11),
            validFrom: now,
            validUntil: now + YEAR,
        }
    }

    /// Issues [`Register::physician`] as the board.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn license(&mut self, holder: Address) -> B256 {
        let call = self.physician(holder);
        self.send(board(), &call).expect("the board issues").value
    }

    /// What a physician's credential was at `time`, see [`status`], since when, and which it was.
    pub fn status_at(&mut self, holder: Address, time: u64) -> (u8, u64, B256) {
        let role = Role::PHYS.bit();
        let found = self.world.view(self.contract, &statusAtCall { holder, role, time });
        (found.status, found.since, found.credentialId)
    }

    /// Whether somebody was a physician at `time`.
    pub fn is_active_at(&mut self, holder: Address, time: u64) -> bool {
        let role = Role::PHYS.bit();
        self.world.view(self.contract, &isActiveAtCall { holder, role, time })
    }
}

/// A credential's identifier, computed here from the words of the documentation.
pub fn credential_id(chain_id: u64, contract: Address, holder: Address, role: u8, sequence: u32) -> B256 {
    let chain_id = alloy_core::primitives::U256::from(chain_id);
    keccak256(
        (
            *b"salus/credential",
            [1u8],
            chain_id,
            contract,
            holder,
            [role],
            sequence,
        )
            .abi_encode_packed(),
    )
}
