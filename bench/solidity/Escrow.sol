// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EscrowTypes} from "./EscrowTypes.sol";

interface ICredentials {
    function isActiveAt(address holder, uint8 role, uint64 time) external view returns (bool);
}

/// The twin of contracts/telehealth, as far as a plain escrow goes, by the same ABI: a consultation is booked by an allowance or with
/// coin, confirmed, called off or held, claimed, accepted, settled, and withdrawn from.
///
/// It leaves out disputes and claims of absence, requests without payment, quotes and packages, conditions, what a platform keeps, the sums
/// of all that came and went, and whatever is signed: less code than ours, and fewer entries, to its own advantage.
contract Escrow is EscrowTypes {
    ICredentials internal immutable credentials;
    uint8 internal immutable arbiterRole;

    mapping(bytes32 visitId => Visit) internal visits;
    mapping(address provider => uint32) public termsVersion;
    mapping(address provider => mapping(uint32 version => Terms)) internal terms;
    mapping(address provider => mapping(bytes32 service => mapping(address token => uint256))) public feeOf;
    mapping(address account => mapping(address token => uint256)) public withdrawable;

    constructor(address, address, address credentials_, address, uint8 arbiterRole_) {
        credentials = ICredentials(credentials_);
        arbiterRole = arbiterRole_;
    }

    function setTerms(
        uint32[] calldata notices,
        uint16[] calldata refunds,
        uint32 grace,
        uint16 noShowShare,
        uint32 claimWindow,
        uint32 objectionWindow,
        uint32 decisionWindow,
        uint16 defaultShare
    ) external returns (uint32 version) {
        uint256 steps = notices.length;
        if (steps != refunds.length || steps > STEPS) revert InvalidSchedule(uint32(steps), uint32(refunds.length));
        Terms memory given;
        for (uint256 i = 0; i < steps; ++i) {
            (given.notices[i], given.refunds[i]) = (notices[i], refunds[i]);
        }
        (given.grace, given.noShowShare, given.defaultShare) = (grace, noShowShare, defaultShare);
        (given.claimWindow, given.objectionWindow, given.decisionWindow) =
            (claimWindow, objectionWindow, decisionWindow);
        _check(given);
        version = ++termsVersion[msg.sender];
        terms[msg.sender][version] = given;
        emit TermsSet(msg.sender, version);
    }

    function setFee(bytes32 service, address token, uint256 fee) external {
        feeOf[msg.sender][service][token] = fee;
        emit FeeSet(msg.sender, service, token, fee);
    }

    function book(Booking calldata booking) external payable returns (bytes32 visitId) {
        _check(booking);
        uint32 version = termsVersion[booking.provider];
        if (version == 0 || version != booking.termsVersion) revert TermsChanged(version);
        uint256 asked = feeOf[booking.provider][booking.service][booking.token];
        if (asked != booking.fee) revert WrongFee(asked);
        if (!credentials.isActiveAt(booking.arbiter, arbiterRole, uint64(block.timestamp))) {
            revert InvalidArbiter(booking.arbiter);
        }
        visitId = _idOf(booking);
        Visit storage visit_ = visits[visitId];
        if (visit_.patient != address(0)) revert VisitExists(visitId);
        (visit_.patient, visit_.startTime, visit_.status) = (msg.sender, booking.startTime, Status.Funded);
        (visit_.provider, visit_.endTime, visit_.termsVersion) = (booking.provider, booking.endTime, version);
        (visit_.arbiter, visit_.confirmBy) = (booking.arbiter, booking.confirmBy);
        (visit_.token, visit_.fee) = (booking.token, booking.fee);
        emit VisitRequested(
            visitId,
            msg.sender,
            booking.provider,
            booking.service,
            booking.token,
            booking.fee,
            version,
            booking.startTime,
            booking.endTime,
            booking.confirmBy,
            booking.arbiter,
            booking.detailsHash
        );
        _take(booking.token, booking.fee);
        emit VisitFunded(visitId, booking.token, booking.fee);
    }

    function confirm(bytes32 visitId) external {
        Visit storage visit_ = _in(visitId, Status.Funded);
        if (msg.sender != visit_.provider) revert NotProvider(msg.sender);
        _until(visit_.confirmBy);
        visit_.status = Status.Confirmed;
        emit VisitConfirmed(visitId);
    }

    function cancel(bytes32 visitId) external {
        Visit storage visit_ = _known(visitId);
        Status status = visit_.status;
        if (status == Status.Funded) {
            if (msg.sender != visit_.patient) revert NotPatient(msg.sender);
            return _close(visitId, visit_, Status.CancelledEarly, 0);
        }
        if (status > Status.Claimed) revert WrongStatus(uint8(status));
        if (msg.sender == visit_.provider) return _close(visitId, visit_, Status.CancelledByProvider, 0);
        if (status != Status.Confirmed) revert NotProvider(msg.sender);
        if (msg.sender != visit_.patient) revert NotParty(msg.sender);
        _until(visit_.startTime);
        uint256 refund = _refund(_termsOf(visit_), visit_.startTime - block.timestamp);
        _close(visitId, visit_, refund == WHOLE ? Status.CancelledEarly : Status.CancelledLate, WHOLE - refund);
    }

    function start(bytes32 visitId) external {
        Visit storage visit_ = _in(visitId, Status.Confirmed);
        Side side = _side(visit_);
        if (side == Side.None) revert NotParty(msg.sender);
        _from(visit_.startTime);
        _until(visit_.endTime + _termsOf(visit_).claimWindow);
        (visit_.status, visit_.startedBy) = (Status.InSession, side);
        emit VisitStarted(visitId, msg.sender);
    }

    /// Who says so, and what was anchored for it; the second is not looked at.
    function complete(bytes32 visitId, bytes32 recordId) external {
        Visit storage visit_ = _known(visitId);
        Status status = visit_.status;
        if (status < Status.Confirmed || status > Status.Claimed) revert WrongStatus(uint8(status));
        Side side = _side(visit_);
        if (side == Side.Patient) {
            if (status == Status.Confirmed) _from(visit_.startTime);
            return _close(visitId, visit_, Status.Completed, WHOLE);
        }
        if (status != Status.InSession) revert NotPatient(msg.sender);
        if (side == Side.None) revert NotParty(msg.sender);
        Terms storage terms_ = _termsOf(visit_);
        uint64 ended = visit_.endTime;
        _until(ended + terms_.claimWindow);
        if (ended < block.timestamp) ended = uint64(block.timestamp);
        uint64 contestBy = ended + terms_.objectionWindow;
        (visit_.status, visit_.claimedBy, visit_.deadline) = (Status.Claimed, side, contestBy);
        emit OutcomeClaimed(visitId, msg.sender, uint8(Status.Completed), contestBy, recordId);
    }

    function accept(bytes32 visitId) external {
        Visit storage visit_ = _in(visitId, Status.Claimed);
        Side side = _side(visit_);
        if (side == Side.None || side == visit_.claimedBy) revert NotOtherSide(msg.sender);
        _close(visitId, visit_, Status.Completed, WHOLE);
    }

    function settle(bytes32 visitId) external {
        Visit storage visit_ = _known(visitId);
        Status status = visit_.status;
        if (status > Status.Claimed) revert WrongStatus(uint8(status));
        if (status == Status.Claimed) {
            _from(visit_.deadline);
            return _close(visitId, visit_, Status.Completed, WHOLE);
        }
        _from(status == Status.Funded ? visit_.confirmBy : visit_.endTime + _termsOf(visit_).claimWindow);
        _close(visitId, visit_, Status.Expired, 0);
    }

    function withdraw(address token) external returns (uint256 amount) {
        amount = withdrawable[msg.sender][token];
        if (amount == 0) revert NothingToWithdraw(msg.sender, token);
        withdrawable[msg.sender][token] = 0;
        if (token == address(0)) {
            (bool sent,) = msg.sender.call{value: amount}("");
            if (!sent) revert TransferFailed(msg.sender, amount);
        } else {
            _call(token, abi.encodeWithSignature("transfer(address,uint256)", msg.sender, amount));
        }
        emit Withdrawn(msg.sender, token, amount);
    }

    function visit(bytes32 visitId)
        external
        view
        returns (
            address patient,
            address provider,
            address arbiter,
            address token,
            uint256 fee,
            uint64 startTime,
            uint64 endTime,
            uint64 confirmBy,
            uint64 deadline,
            uint32 version,
            uint16 platformFee,
            uint8 status
        )
    {
        Visit memory found = _known(visitId);
        return (
            found.patient,
            found.provider,
            found.arbiter,
            found.token,
            found.fee,
            found.startTime,
            found.endTime,
            found.confirmBy,
            found.deadline,
            found.termsVersion,
            0,
            uint8(found.status)
        );
    }

    function _known(bytes32 visitId) private view returns (Visit storage visit_) {
        visit_ = visits[visitId];
        if (visit_.patient == address(0)) revert UnknownVisit(visitId);
    }

    function _in(bytes32 visitId, Status status) private view returns (Visit storage visit_) {
        visit_ = _known(visitId);
        if (visit_.status != status) revert WrongStatus(uint8(visit_.status));
    }

    function _side(Visit storage visit_) private view returns (Side) {
        if (msg.sender == visit_.patient) return Side.Patient;
        return msg.sender == visit_.provider ? Side.Provider : Side.None;
    }

    function _termsOf(Visit storage visit_) private view returns (Terms storage) {
        return terms[visit_.provider][visit_.termsVersion];
    }

    /// Ends a visit: of the fee, the provider earns this share, rounded down.
    function _close(bytes32 visitId, Visit storage visit_, Status status, uint256 share) private {
        (uint256 fee, address token) = (visit_.fee, visit_.token);
        uint256 earned = fee / WHOLE * share + fee % WHOLE * share / WHOLE;
        visit_.status = status;
        if (fee != earned) withdrawable[visit_.patient][token] += fee - earned;
        if (earned != 0) withdrawable[visit_.provider][token] += earned;
        emit VisitClosed(visitId, uint8(status), msg.sender, fee - earned, earned, 0);
    }

    function _take(address token, uint256 fee) private {
        uint256 due = token == address(0) ? fee : 0;
        if (msg.value != due) revert WrongValue(msg.value, due);
        if (token == address(0)) return;
        uint256 before = _balance(token);
        _call(token, abi.encodeWithSignature("transferFrom(address,address,uint256)", msg.sender, address(this), fee));
        uint256 afterwards = _balance(token);
        uint256 received = afterwards < before ? 0 : afterwards - before;
        if (received != fee) revert UnexpectedAmount(token, fee, received);
    }

    function _balance(address token) private view returns (uint256) {
        (bool done, bytes memory answer) =
            token.staticcall(abi.encodeWithSignature("balanceOf(address)", address(this)));
        if (!done) revert TokenCallFailed(token, answer);
        if (answer.length != 32) revert TokenCallFailed(token, "");
        return abi.decode(answer, (uint256));
    }

    /// Success is `true`, or nothing from where somebody could have spoken.
    function _call(address token, bytes memory input) private {
        (bool done, bytes memory answer) = token.call(input);
        if (!done) revert TokenCallFailed(token, answer);
        bool isTrue = answer.length == 0 ? token.code.length != 0 : answer.length == 32 && uint256(bytes32(answer)) == 1;
        if (!isTrue) revert TokenCallFailed(token, "");
    }
}
