// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// What a consent takes in storage if its policy lies there in clear, in place of the commitment and of what is disclosed: a
/// yardstick for contracts/consent. It checks nothing.
contract ClearConsent {
    struct Entry {
        bytes32 subject;
        address grantee;
        uint8 status;
        uint32 sequence;
        uint64 validFrom;
        uint64 validUntil;
        bytes policy;
    }

    uint8 private constant ACTIVE = 1;

    mapping(bytes32 consentId => Entry) public entries;
    mapping(bytes32 relation => bytes32 consentId) public current;

    function grantInClear(
        bytes32 consentId,
        bytes32 subject,
        address grantee,
        uint64 validFrom,
        uint64 validUntil,
        bytes calldata policy
    ) external {
        entries[consentId] = Entry(subject, grantee, ACTIVE, 0, validFrom, validUntil, policy);
        current[keccak256(abi.encodePacked(subject, grantee))] = consentId;
    }
}
