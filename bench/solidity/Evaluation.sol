// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Consent} from "./Consent.sol";
import {Policies} from "./Policies.sol";
import {Requests} from "./Requests.sol";

/// The twin of `evaluate` of contracts/consent: opens a consent's commitment and answers a request by the policy.
contract Evaluation is Consent {
    error CommitmentMismatch(bytes32 expected, bytes32 actual);

    function evaluate(bytes32 consentId, bytes32 salt, bytes calldata policy, bytes calldata request)
        external
        view
        returns (uint8 answer, uint64 redactLabels, bytes memory path)
    {
        Entry storage entry = entries[consentId];
        Status status = entry.status;
        if (status == Status.None) revert UnknownConsent(consentId);
        bytes32 expected = entry.commitment;
        bytes32 actual = keccak256(abi.encodePacked(bytes16("salus/policy"), uint8(1), salt, policy));
        if (actual != expected) revert CommitmentMismatch(expected, actual);
        Policies.check(policy);
        Requests.Request memory asked = Requests.decode(request);
        if (status != Status.Active || !_isNowWithin(entry.terms) || !Requests.names(asked, entry.grantee)) {
            return (NO_CONSENT, 0, path);
        }
        return Policies.evaluate(policy, asked);
    }
}
