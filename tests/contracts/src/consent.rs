//! The consent contract as its users know it, for tests. Nothing here is generated from our ABI: a difference makes
//! tests fail.
#![allow(clippy::too_many_arguments, reason = "the bindings have Solidity's parameter lists")]

use crate::{World, account};
use alloy_core::{
    primitives::{Address, B256, Bytes, keccak256},
    sol,
    sol_types::SolValue,
};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{Policy, Request, policy_commitment},
};
use salus_devchain::session::CallError;
use std::sync::LazyLock;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface IConsent {
        constructor();

        event SubjectRegistered(bytes32 indexed subject, address indexed controller);
        event ControllerTransferStarted(bytes32 indexed subject, address indexed controller, address indexed newController);
        event ControllerTransferred(bytes32 indexed subject, address indexed previousController, address indexed newController);
        event ControllerConfirmed(bytes32 indexed subject, address indexed controller);
        event SuccessorSet(bytes32 indexed subject, address indexed controller, address indexed successor, uint64 silence, uint64 grace);
        event ControlClaimed(bytes32 indexed subject, address indexed successor, uint64 acceptableFrom);
        event DelegateSet(bytes32 indexed subject, address indexed delegate, address indexed actor, uint8 powers, uint64 purposes, uint64 validUntil);
        event ConsentGranted(bytes32 indexed consentId, bytes32 indexed subject, address indexed grantee, bytes32 commitment, uint64 validFrom, uint64 validUntil, uint64 purposes, uint64 classes, address grantor, uint64 limit);
        event ConsentSuperseded(bytes32 indexed consentId, bytes32 indexed newConsentId, bytes32 indexed subject, address actor);
        event ConsentRevoked(bytes32 indexed consentId, bytes32 indexed subject, address actor);
        event ConsentEnteredInError(bytes32 indexed consentId, bytes32 indexed subject, address actor);
        event UnorderedNonceInvalidation(address indexed owner, uint256 word, uint256 mask);

        error InvalidSubject();
        error SubjectAlreadyRegistered(bytes32 subject);
        error UnknownSubject(bytes32 subject);
        error NotController(bytes32 subject, address caller);
        error NotPendingController(bytes32 subject, address caller);
        error BeyondDelegation(uint64 validUntil, uint64 purposes);
        error InvalidDelegate(address delegate);
        error UnknownPowers(uint8 powers);
        error InvalidSuccession();
        error NotSuccessor(bytes32 subject, address caller);
        error ControlAlreadyClaimed(bytes32 subject);
        error TooEarly(uint64 notBefore);
        error InvalidGrantee(address grantee);
        error InvalidCommitment();
        error InvalidValidity(uint64 validFrom, uint64 validUntil);
        error UnknownBits(uint64 purposes, uint64 classes);
        error HalfDisclosed(uint64 purposes, uint64 classes);
        error ConsentActive(bytes32 consentId);
        error UnknownConsent(bytes32 consentId);
        error ConsentNotActive(bytes32 consentId, uint8 status);
        error ConsentExpired(bytes32 consentId, uint64 validUntil);
        error TooManyConsents();
        error UnknownPurpose(uint8 purpose);
        error UnknownClass(uint8 class);
        error SignatureExpired(uint256 signatureDeadline);
        error InvalidNonce(address signer, uint256 nonce);
        error InvalidSigner(address recovered, address signer);
        error ECDSAInvalidSignatureS(bytes32 s);
        error NotSignable(bytes4 selector);

        function registerSubject(bytes32 subject) external;
        function controllerOf(bytes32 subject) external view returns (address);
        function pendingControllerOf(bytes32 subject) external view returns (address);
        function transferController(bytes32 subject, address newController) external;
        function acceptController(bytes32 subject) external;
        function confirmController(bytes32 subject) external;
        function setSuccessor(bytes32 subject, address successor, uint64 silence, uint64 grace) external;
        function claimController(bytes32 subject) external;
        function successionOf(bytes32 subject) external view returns (address successor, uint64 silence, uint64 grace, uint64 lastSign, uint64 claimedAt);
        function setDelegate(bytes32 subject, address delegate, uint8 powers, uint64 purposes, uint64 validUntil) external;
        function delegationOf(bytes32 subject, address delegate) external view returns (uint8 powers, uint64 purposes, uint64 validUntil);
        function mayAct(bytes32 subject, address account, uint8 powers) external view returns (bool);
        function grantConsent(bytes32 subject, address grantee, bytes32 commitment, uint64 validFrom, uint64 validUntil, uint64 purposes, uint64 classes) external returns (bytes32 consentId);
        function supersedeConsent(bytes32 consentId, bytes32 commitment, uint64 validFrom, uint64 validUntil, uint64 purposes, uint64 classes) external returns (bytes32 newConsentId);
        function revokeConsent(bytes32 consentId) external;
        function markEnteredInError(bytes32 consentId) external;
        function consentOf(bytes32 consentId) external view returns (bytes32 subject, address grantee, bytes32 commitment, uint64 validFrom, uint64 validUntil, uint64 purposes, uint64 classes, uint8 status, uint32 sequence, address grantor, uint64 limit);
        function currentConsent(bytes32 subject, address grantee) external view returns (bytes32 consentId);
        function check(bytes32 subject, address grantee, uint8 purpose, uint8 class) external view returns (uint8 answer);
        function actBySig(address signer, bytes call, uint256 nonce, uint256 deadline, uint256 v, bytes32 r, bytes32 s) external;
        function invalidateUnorderedNonces(uint256 wordPos, uint256 mask) external;
        function nonceBitmap(address owner, uint256 wordPos) external view returns (uint256);
        function DOMAIN_SEPARATOR() external view returns (bytes32);
        function eip712Domain() external view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IPolicies {
        constructor(address consents);

        error NoContract(address at);
        error Unanswered();
        error UnknownConsent(bytes32 consentId);
        error NotOpened(bytes32 consentId);
        error UnneededOpenings(uint32 needed);
        error TooManyGrantees(uint32 count);
        error CommitmentMismatch(bytes32 expected, bytes32 actual);
        error MalformedPolicy(uint8 rule, uint32 offset);
        error MalformedRequest(uint8 rule, uint32 offset);
        error UnknownPurpose(uint8 purpose);
        error UnknownClass(uint8 class);

        function consents() external view returns (address);
        function evaluate(bytes32 consentId, bytes32 salt, bytes policy, bytes request) external view returns (uint8 answer, uint64 redactLabels, bytes path);
        function evaluateAll(bytes32 subject, bytes32[] salts, bytes[] policies, bytes request) external view returns (uint8 answer, uint64 redactLabels, bytes path, bytes32 decidedBy);
        function checkAll(bytes32 subject, address[] grantees, uint8 purpose, uint8 class) external view returns (uint8 answer);
    }
}

/// Answers, as the contract numbers them.
pub mod answer {
    /// No consent.
    pub const NO_CONSENT: u8 = 0;
    /// Permitted.
    pub const PERMIT: u8 = 1;
    /// Denied.
    pub const DENY: u8 = 2;
}

/// Statuses, as the contract numbers them.
pub mod status {
    /// In force within its validity.
    pub const ACTIVE: u8 = 1;
    /// Replaced.
    pub const SUPERSEDED: u8 = 2;
    /// Withdrawn.
    pub const REVOKED: u8 = 3;
    /// Never meant.
    pub const ENTERED_IN_ERROR: u8 = 4;
}

/// The subject of most tests.
pub const SUBJECT: B256 = B256::repeat_byte(0x5b);
/// The salt of all commitments here; a real one is random.
pub const SALT: B256 = B256::repeat_byte(0xa5);

/// A chain with the contract, on which [`patient`] has registered [`SUBJECT`].
pub struct Clinic {
    /// The chain.
    pub world: World,
    /// The contract `consent`.
    pub contract: Address,
    /// The contract `policies` that opens its consents.
    pub policies: Address,
}

/// Who controls [`SUBJECT`].
pub fn patient() -> Address {
    account(1)
}

/// To whom consents are given.
pub fn doctor() -> Address {
    account(2)
}

/// Somebody who has nothing to do with it.
pub fn stranger() -> Address {
    account(3)
}

impl Default for Clinic {
    fn default() -> Self {
        Self::new()
    }
}

impl Clinic {
    /// The contract, and [`SUBJECT`] registered.
    ///
    /// # Panics
    /// When that fails.
    pub fn new() -> Self {
        let mut clinic = Self::without_subject();
        let call = IConsent::registerSubjectCall { subject: SUBJECT };
        clinic
            .world
            .send(patient(), clinic.contract, &call)
            .expect("the subject is new");
        clinic
    }

    /// The contracts alone.
    ///
    /// # Panics
    /// When it does not deploy.
    pub fn without_subject() -> Self {
        let mut world = World::new();
        let deployed = world.deploy("consent", account(0), &IConsent::constructorCall {});
        let contract = deployed.expect("the contract deploys").value;
        let deployed = world.deploy(
            "policies",
            account(0),
            &IPolicies::constructorCall { consents: contract },
        );
        Self {
            contract,
            policies: deployed.expect("the contract deploys").value,
            world,
        }
    }

    /// The time of the current block, in seconds.
    pub fn now(&mut self) -> u64 {
        self.world.session.timestamp()
    }

    /// A grant by the patient to the doctor, from now on without end, that discloses treatment and observations.
    pub fn terms(&mut self) -> IConsent::grantConsentCall {
        IConsent::grantConsentCall {
            subject: SUBJECT,
            grantee: doctor(),
            commitment: B256::repeat_byte(0xcc),
            validFrom: self.now(),
            validUntil: u64::MAX,
            purposes: Purpose::TREAT.mask(),
            classes: ResourceClass::OBSERVATION.mask(),
        }
    }

    /// Grants as the patient.
    ///
    /// # Errors
    /// [`CallError`]: the contract refused.
    pub fn grant(&mut self, call: &IConsent::grantConsentCall) -> Result<B256, CallError> {
        self.world.send(patient(), self.contract, call).map(|done| done.value)
    }

    /// Grants [`Clinic::terms`], with a commitment to `policy` salted with [`SALT`].
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn grant_policy(&mut self, policy: &[u8]) -> B256 {
        let call = IConsent::grantConsentCall {
            commitment: commitment(policy),
            ..self.terms()
        };
        self.grant(&call).expect("the consent is granted")
    }

    /// Asks the coarse question of the doctor, for treatment and observations.
    pub fn check(&mut self) -> u8 {
        let call = IConsent::checkCall {
            subject: SUBJECT,
            grantee: doctor(),
            purpose: Purpose::TREAT.bit(),
            class: ResourceClass::OBSERVATION.bit(),
        };
        self.world.view(self.contract, &call)
    }

    /// The status of a consent.
    pub fn status(&mut self, id: B256) -> u8 {
        self.world
            .view(self.contract, &IConsent::consentOfCall { consentId: id })
            .status
    }

    /// Opens a consent with [`SALT`] and asks.
    ///
    /// # Errors
    /// [`CallError`]: the contract refused.
    pub fn evaluate(
        &mut self,
        id: B256,
        policy: &[u8],
        request: &[u8],
    ) -> Result<IPolicies::evaluateReturn, CallError> {
        let call = IPolicies::evaluateCall {
            consentId: id,
            salt: SALT,
            policy: Bytes::copy_from_slice(policy),
            request: Bytes::copy_from_slice(request),
        };
        self.world.try_view(self.policies, &call)
    }
}

/// What a policy is committed to, salted with [`SALT`].
pub fn commitment(policy: &[u8]) -> B256 {
    B256::from(policy_commitment(&SALT.0, policy, |bytes| keccak256(bytes).0))
}

/// A policy's bytes.
///
/// # Panics
/// When it has none.
pub fn encoded(policy: &Policy) -> Vec<u8> {
    policy.encode().expect("the policy is valid")
}

/// The bytes of the doctor's request for observations for treatment, changed by `change`.
///
/// # Panics
/// When it has none.
pub fn asked<'a>(change: impl FnOnce(&mut Request<'a>)) -> Vec<u8> {
    // Whatever `change` borrows lives shorter than this.
    static ADDRESSES: LazyLock<[[u8; 20]; 1]> = LazyLock::new(|| [doctor().into_array()]);
    let mut request = Request::new(&*ADDRESSES, Purpose::TREAT, ResourceClass::OBSERVATION);
    change(&mut request);
    request.encode().expect("the request is valid")
}

/// A consent's identifier, computed here from the words of the documentation.
pub fn consent_id(chain_id: u64, contract: Address, subject: B256, grantee: Address, sequence: u32) -> B256 {
    let chain_id = alloy_core::primitives::U256::from(chain_id);
    keccak256(
        (
            *b"salus/consent-id",
            [1u8],
            chain_id,
            contract,
            subject,
            grantee,
            sequence,
        )
            .abi_encode_packed(),
    )
}
