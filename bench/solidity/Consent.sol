// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// The twin of contracts/consent: a registry of subjects and of the consents that they give, by the same ABI.
///
/// It has what a consent's life takes and leaves out supersession, the transfer of control, delegates, signed actions and the
/// views that nothing here is compared by: less code than ours, to its own advantage.
contract Consent {
    event SubjectRegistered(bytes32 indexed subject, address indexed controller);
    event ConsentGranted(
        bytes32 indexed consentId,
        bytes32 indexed subject,
        address indexed grantee,
        bytes32 commitment,
        uint64 validFrom,
        uint64 validUntil,
        uint64 purposes,
        uint64 classes,
        address grantor,
        uint64 limit
    );
    event ConsentRevoked(bytes32 indexed consentId, bytes32 indexed subject, address actor);

    error InvalidSubject();
    error SubjectAlreadyRegistered(bytes32 subject);
    error UnknownSubject(bytes32 subject);
    error NotController(bytes32 subject, address caller);
    error InvalidGrantee(address grantee);
    error InvalidCommitment();
    error InvalidValidity(uint64 validFrom, uint64 validUntil);
    error UnknownBits(uint64 purposes, uint64 classes);
    error HalfDisclosed(uint64 purposes, uint64 classes);
    error ConsentActive(bytes32 consentId);
    error UnknownConsent(bytes32 consentId);
    error ConsentNotActive(bytes32 consentId, uint8 status);
    error TooManyConsents();
    error UnknownPurpose(uint8 purpose);
    error UnknownClass(uint8 class);

    enum Status {
        None,
        Active,
        Superseded,
        Revoked,
        EnteredInError
    }

    /// One slot, to be loaded once.
    struct Terms {
        uint64 validFrom;
        uint64 validUntil;
        uint64 purposes;
        uint64 classes;
    }

    /// Five slots: what `check` asks for is in the second to fourth.
    struct Entry {
        bytes32 subject;
        address grantee;
        Status status;
        uint32 sequence;
        Terms terms;
        address grantor;
        uint64 limit;
        bytes32 commitment;
    }

    uint8 internal constant NO_CONSENT = 0;
    uint8 internal constant PERMIT = 1;
    uint8 internal constant DENY = 2;

    /// Bits that stand for a code, of purposes and of classes of data.
    uint64 internal constant KNOWN_PURPOSES = (1 << 59) - 1;
    uint64 internal constant KNOWN_CLASSES = (1 << 59) - 1;

    /// Who controls a subject; the zero address if nobody has registered it.
    mapping(bytes32 subject => address) public controllerOf;
    mapping(bytes32 consentId => Entry) internal entries;
    /// The last consent of a subject for a grantee.
    mapping(bytes32 subject => mapping(address grantee => bytes32)) internal current;

    function registerSubject(bytes32 subject) external {
        if (subject == 0) revert InvalidSubject();
        if (controllerOf[subject] != address(0)) revert SubjectAlreadyRegistered(subject);
        controllerOf[subject] = msg.sender;
        emit SubjectRegistered(subject, msg.sender);
    }

    function grantConsent(
        bytes32 subject,
        address grantee,
        bytes32 commitment,
        uint64 validFrom,
        uint64 validUntil,
        uint64 purposes,
        uint64 classes
    ) external returns (bytes32 consentId) {
        _onlyController(subject);
        if (grantee == address(0)) revert InvalidGrantee(grantee);
        if (commitment == 0) revert InvalidCommitment();
        if (validUntil < validFrom) revert InvalidValidity(validFrom, validUntil);
        if ((purposes & ~KNOWN_PURPOSES) | (classes & ~KNOWN_CLASSES) != 0) {
            revert UnknownBits(purposes & ~KNOWN_PURPOSES, classes & ~KNOWN_CLASSES);
        }
        if ((purposes == 0) != (classes == 0)) revert HalfDisclosed(purposes, classes);

        mapping(address => bytes32) storage currentOfSubject = current[subject];
        uint32 sequence = _nextSequence(currentOfSubject[grantee]);
        consentId = keccak256(
            abi.encodePacked("salus/consent-id", uint8(1), block.chainid, address(this), subject, grantee, sequence)
        );
        Entry storage entry = entries[consentId];
        entry.subject = subject;
        entry.grantee = grantee;
        entry.status = Status.Active;
        entry.sequence = sequence;
        entry.terms.validFrom = validFrom;
        entry.terms.validUntil = validUntil;
        entry.terms.purposes = purposes;
        entry.terms.classes = classes;
        entry.grantor = msg.sender;
        entry.limit = type(uint64).max;
        entry.commitment = commitment;
        currentOfSubject[grantee] = consentId;
        emit ConsentGranted(
            consentId,
            subject,
            grantee,
            commitment,
            validFrom,
            validUntil,
            purposes,
            classes,
            msg.sender,
            type(uint64).max
        );
    }

    function revokeConsent(bytes32 consentId) external {
        Entry storage entry = entries[consentId];
        bytes32 subject = entry.subject;
        Status status = entry.status;
        if (status == Status.None) revert UnknownConsent(consentId);
        _onlyController(subject);
        if (status != Status.Active) revert ConsentNotActive(consentId, uint8(status));
        entry.status = Status.Revoked;
        emit ConsentRevoked(consentId, subject, msg.sender);
    }

    function check(bytes32 subject, address grantee, uint8 purpose, uint8 class) external view returns (uint8 answer) {
        if (!_isIn(KNOWN_PURPOSES, purpose)) revert UnknownPurpose(purpose);
        if (!_isIn(KNOWN_CLASSES, class)) revert UnknownClass(class);
        bytes32 consentId = current[subject][grantee];
        if (consentId == 0) return NO_CONSENT;
        Entry storage entry = entries[consentId];
        if (entry.status != Status.Active) return NO_CONSENT;
        Terms memory terms = entry.terms;
        if (!_isNowWithin(terms) || !_isIn(terms.purposes & entry.limit, purpose)) return NO_CONSENT;
        return _isIn(terms.classes, class) ? PERMIT : DENY;
    }

    function consentOf(bytes32 consentId)
        external
        view
        returns (
            bytes32 subject,
            address grantee,
            bytes32 commitment,
            uint64 validFrom,
            uint64 validUntil,
            uint64 purposes,
            uint64 classes,
            uint8 status,
            uint32 sequence,
            address grantor,
            uint64 limit
        )
    {
        Entry memory entry = entries[consentId];
        return (
            entry.subject,
            entry.grantee,
            entry.commitment,
            entry.terms.validFrom,
            entry.terms.validUntil,
            entry.terms.purposes,
            entry.terms.classes,
            uint8(entry.status),
            entry.sequence,
            entry.grantor,
            entry.limit
        );
    }

    function _isNowWithin(Terms memory terms) internal view returns (bool) {
        return terms.validFrom <= block.timestamp && block.timestamp <= terms.validUntil;
    }

    function _isIn(uint64 mask, uint8 bit) private pure returns (bool) {
        return (mask >> bit) & 1 != 0;
    }

    function _onlyController(bytes32 subject) private view {
        address controller = controllerOf[subject];
        if (controller == address(0)) revert UnknownSubject(subject);
        if (controller != msg.sender) revert NotController(subject, msg.sender);
    }

    /// The number of the consent after the one with this identifier, which is 0 if there is none; refuses if it is live.
    function _nextSequence(bytes32 consentId) private view returns (uint32) {
        if (consentId == 0) return 0;
        Entry storage last = entries[consentId];
        if (last.status == Status.Active && block.timestamp <= last.terms.validUntil) revert ConsentActive(consentId);
        if (last.sequence == type(uint32).max) revert TooManyConsents();
        unchecked {
            return last.sequence + 1;
        }
    }
}
