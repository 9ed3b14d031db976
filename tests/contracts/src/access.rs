//! The access contract as its users know it, for tests, among a patient, a physician and a reviewer. Nothing here is generated from
//! our ABI: a difference makes tests fail.
#![allow(clippy::too_many_arguments, reason = "the bindings have Solidity's parameter lists")]

use crate::{
    Done, World, account,
    consent::{Clinic, IConsent},
    credentials::{ICredentials, Register, board},
};
use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol,
    sol_types::{SolCall, SolValue},
};
use salus_core::codes::{Purpose, Role};
use salus_devchain::session::CallError;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface IAccess {
        constructor(address consent, address credentials, uint64 emergencyRoles, uint8 reviewerRole, uint64 maxDuration, uint32 maxUses, uint64 usesWindow, uint64 reviewPeriod, uint64 maxVetoWindow);

        event AccessRequested(bytes32 indexed requestId, bytes32 indexed subject, address indexed requester, bytes32 commitment, uint64 until);
        event RequestApproved(bytes32 indexed requestId, bytes32 indexed subject, address indexed requester, bytes32 consentId, address actor);
        event RequestRefused(bytes32 indexed requestId, bytes32 indexed subject, address indexed requester, address actor);
        event RequestWithdrawn(bytes32 indexed requestId, bytes32 indexed subject, address indexed requester);
        event VetoWindowSet(bytes32 indexed subject, address indexed actor, uint64 vetoWindow);
        event EmergencyKeySet(bytes32 indexed subject, address indexed actor, address emergencyKey);
        event GlassBroken(bytes32 indexed accessId, bytes32 indexed subject, address indexed actor, uint8 role, uint8 purpose, address reviewer, bytes32 evidence, uint64 vetoWindow, uint64 opensAt, uint64 endsAt, uint64 reviewBy, bool isAuthorized);
        event AccessVetoed(bytes32 indexed accessId, bytes32 indexed subject, address indexed actor, address vetoedBy);
        event AccessEnded(bytes32 indexed accessId, bytes32 indexed subject, address indexed actor);
        event AccessReviewed(bytes32 indexed accessId, bytes32 indexed subject, address indexed actor, address reviewer, uint8 outcome);
        event UnorderedNonceInvalidation(address indexed owner, uint256 word, uint256 mask);
        event LogAnchored(bytes32 indexed root, address indexed author, uint64 batch, uint64 count, uint64 from, uint64 until);

        error NoContract(address account);
        error NoAnswer(address contract);
        error InvalidEmergencyRoles(uint64 roles);
        error InvalidMaxDuration(uint64 seconds);
        error InvalidMaxUses(uint32 count);
        error InvalidUsesWindow(uint64 seconds);
        error InvalidReviewPeriod(uint64 seconds);
        error InvalidMaxVetoWindow(uint64 seconds);
        error UnknownSubject(bytes32 subject);
        error NotController(bytes32 subject, address caller);
        error MayNotAct(bytes32 subject, address caller);
        error InvalidCommitment();
        error InvalidUntil(uint64 until, uint64 currentTime);
        error RequestOpen(bytes32 requestId);
        error UnknownRequest(bytes32 requestId);
        error RequestNotOpen(bytes32 requestId, uint8 status);
        error NotRequester(bytes32 requestId, address caller);
        error UnsuitableConsent(bytes32 consentId);
        error TooManyRequests();
        error VetoWindowTooLong(uint64 seconds, uint64 limit);
        error UnknownRole(uint8 role);
        error NotAnEmergency(uint8 purpose);
        error RoleNotAdmitted(uint8 role);
        error MissingEvidence();
        error InvalidDuration(uint64 duration, uint64 limit);
        error InvalidReviewer(address reviewer);
        error MissingCredential(address account, uint8 role);
        error NoEmergencyKey(bytes32 subject);
        error AccessLive(bytes32 accessId);
        error ReviewOverdue(bytes32 accessId, uint64 reviewBy);
        error TooManyUnreviewed();
        error TooManyUses(uint64 windowEnds);
        error TooManyAccesses();
        error UnknownAccess(bytes32 accessId);
        error NotActor(bytes32 accessId, address caller);
        error NotReviewer(bytes32 accessId, address caller);
        error WrongStatus(bytes32 accessId, uint8 status);
        error AlreadyReviewed(bytes32 accessId);
        error InvalidOutcome(uint8 outcome);
        error InvalidRoot();
        error EmptyBatch(bytes32 root);
        error InvalidRange(uint64 from, uint64 until, uint64 currentTime);
        error BatchAlreadyAnchored(bytes32 root, uint64 batch);
        error TooManyBatches();
        error SignatureExpired(uint256 signatureDeadline);
        error InvalidNonce(address signer, uint256 nonce);
        error InvalidSigner(address recovered, address signer);
        error ECDSAInvalidSignatureS(bytes32 s);
        error NotSignable(bytes4 selector);

        function parameters() external view returns (address consent, address credentials, uint64 emergencyRoles, uint8 reviewerRole, uint64 maxDuration, uint32 maxUses, uint64 usesWindow, uint64 reviewPeriod, uint64 maxVetoWindow);
        function requestAccess(bytes32 subject, bytes32 commitment, uint64 until) external returns (bytes32 requestId);
        function approveRequest(bytes32 requestId, bytes32 consentId) external;
        function refuseRequest(bytes32 requestId) external;
        function withdrawRequest(bytes32 requestId) external;
        function requestOf(bytes32 requestId) external view returns (bytes32 subject, address requester, bytes32 commitment, uint64 until, uint8 status, bytes32 consentId);
        function openRequest(bytes32 subject, address requester) external view returns (bytes32 requestId);
        function setVetoWindow(bytes32 subject, uint64 vetoWindow) external;
        function setEmergencyKey(bytes32 subject, address emergencyKey) external;
        function safeguardsOf(bytes32 subject) external view returns (uint64 vetoWindow, address emergencyKey);
        function breakGlass(bytes32 subject, uint8 role, uint8 purpose, address reviewer, bytes32 evidence, uint64 duration) external returns (bytes32 accessId);
        function breakGlassWithKey(bytes32 subject, uint8 role, uint8 purpose, address reviewer, bytes32 evidence, uint64 duration, uint256 nonce, uint256 deadline, uint256 v, bytes32 r, bytes32 s) external returns (bytes32 accessId);
        function veto(bytes32 accessId) external;
        function endAccess(bytes32 accessId) external;
        function review(bytes32 accessId, uint8 outcome) external;
        function isOpen(bytes32 subject, address actor) external view returns (bool);
        function accessOf(bytes32 accessId) external view returns (bytes32 subject, address actor, uint8 role, uint8 purpose, address reviewer, bytes32 evidence, uint64 opensAt, uint64 endsAt, uint64 reviewBy, uint8 status, uint8 outcome);
        function unreviewedOf(address actor) external view returns (bytes32[] accessIds);
        function anchorLog(bytes32 root, uint64 count, uint64 from, uint64 until) external returns (uint64 batch);
        function batchCount(address author) external view returns (uint64);
        function batchOf(address author, uint64 batch) external view returns (bytes32 root, uint64 count, uint64 from, uint64 until, uint64 anchoredAt);
        function isLogged(address author, uint64 batch, bytes32 leaf, uint64 index, bytes32[] proof) external view returns (bool);
        function isNotLogged(address author, uint64 batch, bytes32 leaf, uint64 position, bytes32 left, bytes32[] leftProof, bytes32 right, bytes32[] rightProof) external view returns (bool);
        function actBySig(address signer, bytes call, uint256 nonce, uint256 deadline, uint256 v, bytes32 r, bytes32 s) external;
        function invalidateUnorderedNonces(uint256 wordPos, uint256 mask) external;
        function nonceBitmap(address owner, uint256 wordPos) external view returns (uint256);
        function DOMAIN_SEPARATOR() external view returns (bytes32);
        function eip712Domain() external view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions);
    }
}

use IAccess::*;

/// Statuses of requests, as the contract numbers them.
pub mod request_status {
    /// It waits for an answer.
    pub const OPEN: u8 = 1;
    /// Answered with a consent.
    pub const APPROVED: u8 = 2;
    /// Answered with no.
    pub const REFUSED: u8 = 3;
    /// Taken back.
    pub const WITHDRAWN: u8 = 4;
    /// Not answered in time.
    pub const LAPSED: u8 = 5;
}

/// Statuses of emergency accesses, as the contract numbers them.
pub mod status {
    /// It can be vetoed.
    pub const WAITING: u8 = 1;
    /// It is open.
    pub const OPEN: u8 = 2;
    /// It was vetoed.
    pub const VETOED: u8 = 3;
    /// It is over.
    pub const ENDED: u8 = 4;
}

/// What reviews come to, as the contract numbers it.
pub mod outcome {
    /// It was an emergency.
    pub const JUSTIFIED: u8 = 1;
    /// It was not.
    pub const NOT_JUSTIFIED: u8 = 2;
}

/// How long an emergency access may last, in seconds.
pub const MAX_DURATION: u64 = 4 * 3_600;
/// How many an actor may open in a [`WINDOW`].
pub const MAX_USES: u32 = 3;
/// In seconds.
pub const WINDOW: u64 = 3_600;
/// How many seconds there are to review.
pub const REVIEW_PERIOD: u64 = 3 * 86_400;
/// The longest veto window, in seconds.
pub const MAX_VETO_WINDOW: u64 = 900;

/// A chain with the contract and those that it asks, a patient with a subject, a [`doctor`] and a [`reviewer`].
pub struct Ward {
    /// The chain.
    pub world: World,
    /// The contract.
    pub contract: Address,
    /// The consent contract.
    pub consent: Address,
    /// The credentials contract.
    pub credentials: Address,
}

pub use crate::consent::{SUBJECT, doctor, patient};

/// Who reviews.
pub fn reviewer() -> Address {
    account(4)
}

/// Somebody without a role.
pub fn stranger() -> Address {
    account(0)
}

/// What the contract is created with here.
pub fn constructor(consent: Address, credentials: Address) -> constructorCall {
    constructorCall {
        consent,
        credentials,
        emergencyRoles: Role::PHYS.mask() | Role::NURS.mask(),
        reviewerRole: Role::PROV.bit(),
        maxDuration: MAX_DURATION,
        maxUses: MAX_USES,
        usesWindow: WINDOW,
        reviewPeriod: REVIEW_PERIOD,
        maxVetoWindow: MAX_VETO_WINDOW,
    }
}

impl Default for Ward {
    fn default() -> Self {
        Self::new()
    }
}

impl Ward {
    /// All contracts, a registered subject, and two credentials.
    ///
    /// # Panics
    /// When that fails.
    pub fn new() -> Self {
        let clinic = Clinic::new();
        let consent = clinic.contract;
        let register = Register::on(clinic.world);
        let (mut world, credentials) = (register.world, register.contract);
        let deployed = world.deploy("access", account(0), &constructor(consent, credentials));
        let mut ward = Self {
            contract: deployed.expect("the contract deploys").value,
            world,
            consent,
            credentials,
        };
        ward.license(doctor(), Role::PHYS);
        ward.license(reviewer(), Role::PROV);
        ward
    }

    /// Gives somebody a credential that does not end; answers it.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn license(&mut self, holder: Address, role: Role) -> B256 {
        let call = ICredentials::issueCredentialCall {
            holder,
            role: role.bit(),
            jurisdiction: B256::repeat_byte(1),
            licenceHash: B256::repeat_byte(2),
            validFrom: 0,
            validUntil: u64::MAX,
        };
        let issued = self.world.send(board(), self.credentials, &call);
        issued.expect("the board issues").value
    }

    /// Withdraws a credential.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn unlicense(&mut self, credential: B256) {
        let call = ICredentials::revokeCredentialCall {
            credentialId: credential,
        };
        self.world
            .send(board(), self.credentials, &call)
            .expect("the board revokes");
    }

    /// Registers another subject of the patient.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn register(&mut self, subject: B256) {
        let call = IConsent::registerSubjectCall { subject };
        self.world
            .send(patient(), self.consent, &call)
            .expect("the subject is new");
    }

    /// Sends a message to the contract.
    ///
    /// # Errors
    /// [`CallError`]: the contract refused.
    pub fn send<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Done<C::Return>, CallError> {
        self.world.send(from, self.contract, call)
    }

    /// Reads from the contract.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn view<C: SolCall>(&mut self, call: &C) -> C::Return {
        self.world.view(self.contract, call)
    }

    /// The time of the current block, in seconds.
    pub fn now(&mut self) -> u64 {
        self.world.session.timestamp()
    }

    /// Goes ahead to this second.
    ///
    /// # Panics
    /// When it has passed.
    pub fn until(&mut self, time: u64) {
        let seconds = time.checked_sub(self.now()).expect("time goes ahead");
        self.world.session.advance_time(seconds);
    }

    /// The doctor's emergency access to [`SUBJECT`] for an hour.
    pub fn emergency(&self) -> breakGlassCall {
        breakGlassCall {
            subject: SUBJECT,
            role: Role::PHYS.bit(),
            purpose: Purpose::ETREAT.bit(),
            reviewer: reviewer(),
            evidence: B256::repeat_byte(0xe1),
            duration: 3_600,
        }
    }

    /// Has the doctor break the glass.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn broken(&mut self) -> B256 {
        let call = self.emergency();
        self.send(doctor(), &call).expect("the doctor breaks the glass").value
    }

    /// Has the patient set a veto window.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn with_veto_window(&mut self, seconds: u64) {
        let call = setVetoWindowCall {
            subject: SUBJECT,
            vetoWindow: seconds,
        };
        self.send(patient(), &call).expect("the patient sets it");
    }

    /// Whether the doctor has an open emergency access.
    pub fn doctor_sees(&mut self) -> bool {
        self.view(&isOpenCall {
            subject: SUBJECT,
            actor: doctor(),
        })
    }

    /// An emergency access.
    pub fn access(&mut self, id: B256) -> accessOfReturn {
        self.view(&accessOfCall { accessId: id })
    }

    /// What of the doctor's waits for a review.
    pub fn unreviewed(&mut self) -> Vec<B256> {
        self.view(&unreviewedOfCall { actor: doctor() })
    }
}

/// An identifier of this contract, computed here from the words of the documentation.
pub fn identifier(
    domain: [u8; 16],
    chain_id: u64,
    contract: Address,
    subject: B256,
    account: Address,
    sequence: u32,
) -> B256 {
    let chain_id = U256::from(chain_id);
    keccak256((domain, [1u8], chain_id, contract, subject, account, sequence).abi_encode_packed())
}
