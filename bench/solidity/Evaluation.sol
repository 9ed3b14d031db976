// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Codes} from "./Codes.sol";
import {Consent} from "./Consent.sol";
import {Policies} from "./Policies.sol";
import {Requests} from "./Requests.sol";

/// The twin of `evaluate` of contracts/policies: opens a consent's commitment and answers a request by the policy.
contract Evaluation {
    error UnknownConsent(bytes32 consentId);
    error CommitmentMismatch(bytes32 expected, bytes32 actual);

    uint8 private constant NO_CONSENT = 0;
    address private constant EVERYONE = address(bytes20("salus/everyone"));
    /// How the address of a role begins; its last byte is the role's number.
    uint160 private constant ROLE = uint160(bytes20("salus/role"));

    Consent private immutable CONSENTS;

    constructor(Consent consents) {
        CONSENTS = consents;
    }

    struct Entry {
        address grantee;
        bytes32 commitment;
        uint64 validFrom;
        uint64 validUntil;
        uint8 status;
        uint64 limit;
    }

    function evaluate(bytes32 consentId, bytes32 salt, bytes calldata policy, bytes calldata request)
        external
        view
        returns (uint8 answer, uint64 redactLabels, bytes memory path)
    {
        Entry memory entry;
        (, entry.grantee, entry.commitment, entry.validFrom, entry.validUntil,,, entry.status,,, entry.limit) =
            CONSENTS.consentOf(consentId);
        if (entry.status == uint8(Consent.Status.None)) revert UnknownConsent(consentId);
        Requests.Request memory asked = Requests.decode(request);
        bytes32 actual = keccak256(abi.encodePacked(bytes16("salus/policy"), uint8(1), salt, policy));
        if (actual != entry.commitment) revert CommitmentMismatch(entry.commitment, actual);
        Policies.check(policy);
        if (
            entry.status != uint8(Consent.Status.Active) || block.timestamp < entry.validFrom
                || entry.validUntil < block.timestamp || !_isGrantedTo(entry.grantee, asked)
                || asked.purpose & entry.limit == 0
        ) {
            return (NO_CONSENT, 0, path);
        }
        return Policies.evaluate(policy, asked);
    }

    /// Whether who asks is the grantee: an account, everybody, a role, or a community.
    function _isGrantedTo(address grantee, Requests.Request memory asked) private pure returns (bool) {
        if (Requests.names(asked, grantee) || grantee == EVERYONE) return true;
        if (uint160(grantee) & ~uint160(0xff) == ROLE) return asked.roles >> (uint160(grantee) & 0xff) & 1 != 0;
        unchecked {
            for (uint256 i = 0; i < asked.communityCount; ++i) {
                bytes32 id = bytes32(Codes.load(asked.communitiesAt + i * 32, 32));
                bytes32 hash = keccak256(abi.encodePacked(bytes16("salus/community"), uint8(1), id));
                if (address(uint160(uint256(hash))) == grantee) return true;
            }
        }
        return false;
    }
}
