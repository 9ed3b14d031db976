// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// What the twin of contracts/telehealth keeps, emits and refuses, and what it checks without its storage.
abstract contract EscrowTypes {
    event VisitRequested(
        bytes32 indexed visitId,
        address indexed patient,
        address indexed provider,
        bytes32 service,
        address token,
        uint256 fee,
        uint32 termsVersion,
        uint64 startTime,
        uint64 endTime,
        uint64 confirmBy,
        address arbiter,
        bytes32 detailsHash
    );
    event VisitFunded(bytes32 indexed visitId, address indexed token, uint256 fee);
    event VisitConfirmed(bytes32 indexed visitId);
    event VisitStarted(bytes32 indexed visitId, address startedBy);
    event OutcomeClaimed(
        bytes32 indexed visitId, address indexed claimedBy, uint8 outcome, uint64 contestBy, bytes32 evidence
    );
    event VisitClosed(
        bytes32 indexed visitId,
        uint8 status,
        address closedBy,
        uint256 toPatient,
        uint256 toProvider,
        uint256 toPlatform
    );
    event Withdrawn(address indexed account, address indexed token, uint256 amount);
    event TermsSet(address indexed provider, uint32 version);
    event FeeSet(address indexed provider, bytes32 indexed service, address indexed token, uint256 fee);

    error UnknownVisit(bytes32 visitId);
    error VisitExists(bytes32 visitId);
    error InvalidProvider(address provider);
    error InvalidArbiter(address arbiter);
    error ZeroFee();
    error InvalidStartTime(uint64 startTime);
    error InvalidEndTime(uint64 endTime);
    error InvalidConfirmBy(uint64 confirmBy);
    error TermsChanged(uint32 version);
    error WrongFee(uint256 fee);
    error InvalidSchedule(uint32 notices, uint32 refunds);
    error InvalidRefundStep(uint8 step);
    error ShareTooLarge(uint16 share);
    error InvalidPeriod(uint32 seconds_, uint32 shortest, uint32 longest);
    error NotPatient(address caller);
    error NotProvider(address caller);
    error NotParty(address caller);
    error NotOtherSide(address caller);
    error WrongStatus(uint8 status);
    error TooLate(uint64 deadline, uint64 currentTime);
    error TooEarly(uint64 earliest, uint64 currentTime);
    error WrongValue(uint256 sent, uint256 due);
    error TokenCallFailed(address token, bytes reason);
    error UnexpectedAmount(address token, uint256 expected, uint256 received);
    error TransferFailed(address account, uint256 amount);
    error NothingToWithdraw(address account, address token);
    error ConditionsNotSupported();

    enum Status {
        None,
        Requested,
        Funded,
        Confirmed,
        InSession,
        Claimed,
        Disputed,
        Completed,
        CancelledEarly,
        CancelledLate,
        CancelledByProvider,
        PatientNoShow,
        ProviderNoShow,
        TechnicalFailure,
        Declined,
        Expired,
        Resolved
    }

    enum Side {
        None,
        Patient,
        Provider
    }

    struct Conditions {
        uint8 role;
        bool record;
        bytes32 subject;
    }

    struct Booking {
        address provider;
        bytes32 service;
        address token;
        uint256 fee;
        uint32 termsVersion;
        uint64 startTime;
        uint64 endTime;
        uint64 confirmBy;
        address arbiter;
        Conditions conditions;
        bytes32 detailsHash;
    }

    /// Five slots; what a step asks for and changes is in as few as can be.
    struct Visit {
        address patient;
        uint64 startTime;
        Status status;
        Side startedBy;
        Side claimedBy;
        address provider;
        uint64 endTime;
        uint32 termsVersion;
        address arbiter;
        uint64 confirmBy;
        address token;
        uint64 deadline;
        uint256 fee;
    }

    /// Three slots: arrays have their own.
    struct Terms {
        uint32[4] notices;
        uint16[4] refunds;
        uint32 grace;
        uint16 noShowShare;
        uint16 defaultShare;
        uint32 claimWindow;
        uint32 objectionWindow;
        uint32 decisionWindow;
    }

    uint256 internal constant STEPS = 4;
    uint16 internal constant WHOLE = 10_000;
    uint64 internal constant MAX_LEAD = 2 * 365 days;
    uint64 internal constant MAX_DURATION = 7 days;

    function _check(Booking calldata booking) internal view {
        Conditions calldata conditions = booking.conditions;
        if (conditions.role != type(uint8).max || conditions.record || conditions.subject != 0) {
            revert ConditionsNotSupported();
        }
        (address provider, address arbiter) = (booking.provider, booking.arbiter);
        if (provider == address(0) || provider == msg.sender) revert InvalidProvider(provider);
        if (arbiter == address(0) || arbiter == msg.sender || arbiter == provider) revert InvalidArbiter(arbiter);
        if (booking.fee == 0) revert ZeroFee();
        (uint256 starts, uint256 ends, uint256 confirmBy) = (booking.startTime, booking.endTime, booking.confirmBy);
        if (starts <= block.timestamp || starts > block.timestamp + MAX_LEAD) revert InvalidStartTime(uint64(starts));
        if (ends <= starts || ends > starts + MAX_DURATION) revert InvalidEndTime(uint64(ends));
        if (confirmBy <= block.timestamp || confirmBy > starts) revert InvalidConfirmBy(uint64(confirmBy));
    }

    function _idOf(Booking calldata booking) internal view returns (bytes32) {
        bytes memory parties = abi.encodePacked(
            bytes16("salus/visit-id"),
            uint8(1),
            block.chainid,
            address(this),
            msg.sender,
            booking.provider,
            booking.service,
            booking.token,
            booking.fee
        );
        Conditions calldata conditions = booking.conditions;
        return keccak256(
            abi.encodePacked(
                parties,
                booking.termsVersion,
                booking.startTime,
                booking.endTime,
                booking.confirmBy,
                booking.arbiter,
                conditions.role,
                conditions.record,
                conditions.subject,
                booking.detailsHash
            )
        );
    }

    function _check(Terms memory given) internal pure {
        (uint256 notice, uint256 refund, bool isOver) = (type(uint32).max, WHOLE, false);
        for (uint256 i = 0; i < STEPS; ++i) {
            (uint256 nextNotice, uint256 nextRefund) = (given.notices[i], given.refunds[i]);
            if (nextNotice == 0 && nextRefund == 0) {
                isOver = true;
            } else if (isOver || nextNotice >= notice || nextRefund > refund) {
                revert InvalidRefundStep(uint8(i));
            }
            (notice, refund) = (nextNotice, nextRefund);
        }
        if (given.noShowShare > WHOLE) revert ShareTooLarge(given.noShowShare);
        if (given.defaultShare > WHOLE) revert ShareTooLarge(given.defaultShare);
        _within(given.grace, 0, 4 hours);
        _within(given.claimWindow, 1 hours, 30 days);
        _within(given.objectionWindow, 1 hours, 30 days);
        _within(given.decisionWindow, 1 days, 60 days);
    }

    /// What a patient gets back who calls off with this much notice.
    function _refund(Terms storage given, uint256 notice) internal view returns (uint256) {
        for (uint256 i = 0; i < STEPS; ++i) {
            if (notice >= given.notices[i]) return given.refunds[i];
        }
        return 0;
    }

    function _from(uint64 earliest) internal view {
        if (block.timestamp < earliest) revert TooEarly(earliest, uint64(block.timestamp));
    }

    function _until(uint64 deadline) internal view {
        if (block.timestamp >= deadline) revert TooLate(deadline, uint64(block.timestamp));
    }

    function _within(uint32 given, uint32 shortest, uint32 longest) private pure {
        if (given < shortest || given > longest) revert InvalidPeriod(given, shortest, longest);
    }
}
