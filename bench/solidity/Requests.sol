// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Codes} from "./Codes.sol";

/// A request for access, in the consent model's canonical encoding.
library Requests {
    error MalformedRequest(uint8 rule, uint32 offset);

    uint256 private constant MAX_ITEMS = 16;

    /// Codes as masks of one bit; lists by their place in the call data.
    struct Request {
        uint256 purpose;
        uint256 class;
        uint256 action;
        uint256 confidentiality;
        uint256 categories;
        uint256 labels;
        int256 dataFrom;
        int256 dataUntil;
        uint256 roles;
        uint256 addressesAt;
        uint256 addressCount;
        uint256 communitiesAt;
        uint256 communityCount;
        uint256 dataStated;
        uint256 dataAt;
        uint256 dataCount;
    }

    /// Accepts the canonical encoding and nothing else.
    function decode(bytes calldata encoded) internal pure returns (Request memory request) {
        uint256 start;
        assembly ("memory-safe") {
            start := encoded.offset
        }
        unchecked {
            uint256 end = start + encoded.length;
            if (end == start) _refuse(Codes.UNEXPECTED_END, 0);
            if (Codes.load(start, 1) != 1) _refuse(Codes.UNKNOWN_VERSION, 1);
            if (encoded.length < 5) _refuse(Codes.UNEXPECTED_END, 1);
            request.purpose = 1 << Codes.load(start + 1, 1);
            request.class = 1 << Codes.load(start + 2, 1);
            request.action = 1 << Codes.load(start + 3, 1);
            request.confidentiality = 1 << Codes.load(start + 4, 1);
            if (
                request.purpose & Codes.PURPOSES == 0 || request.class & Codes.CLASSES == 0
                    || request.action & Codes.ACTIONS == 0 || request.confidentiality & Codes.CONFIDENTIALITY == 0
            ) {
                _refuse(Codes.UNKNOWN_CODE, 5);
            }
            uint256 at = start + 5;
            request.categories = _take(at, 4, end, start);
            request.labels = _take(at += 4, 8, end, start);
            request.dataFrom = int64(uint64(_take(at += 8, 8, end, start)));
            request.dataUntil = int64(uint64(_take(at += 8, 8, end, start)));
            request.roles = _take(at += 8, 8, end, start);
            at += 8;
            (request.addressesAt, request.addressCount, at) = _list(at, 20, end, start);
            (request.communitiesAt, request.communityCount, at) = _list(at, 32, end, start);
            request.dataStated = _take(at, 1, end, start);
            (request.dataAt, request.dataCount, at) = _list(at + 1, 33, end, start);
            uint256 rule = _brokenRule(request);
            if (rule != 0) _refuse(rule, at - start);
            if (at != end) _refuse(Codes.TRAILING_BYTES, at - start);
        }
    }

    /// Whether `account` is one of the requester's.
    function names(Request memory request, address account) internal pure returns (bool) {
        return Codes.has(request.addressesAt, request.addressCount, 20, uint160(account));
    }

    function _brokenRule(Request memory request) private pure returns (uint256) {
        if (
            (request.categories & ~Codes.CATEGORIES) | (request.labels & ~Codes.LABELS)
                | (request.roles & ~Codes.ROLES) | (request.dataStated & ~Codes.MEANINGS) != 0
        ) return Codes.UNKNOWN_CODE;
        if (request.dataUntil < request.dataFrom) return Codes.REVERSED_PERIOD;
        if (
            request.addressCount > MAX_ITEMS || request.communityCount > MAX_ITEMS || request.dataCount > MAX_ITEMS
        ) return Codes.TOO_MANY_ITEMS;
        if (
            !Codes.isAscending(request.addressesAt, request.addressCount, 20)
                || !Codes.isAscending(request.communitiesAt, request.communityCount, 32)
        ) return Codes.UNORDERED_LIST;
        uint256 rule = Codes.checkData(request.dataAt, request.dataCount);
        if (rule != 0) return rule;
        unchecked {
            for (uint256 i = 0; i < request.dataCount; ++i) {
                if (request.dataStated >> Codes.load(request.dataAt + i * 33, 1) & 1 == 0) {
                    return Codes.UNSTATED_MEANING;
                }
            }
        }
        return 0;
    }

    function _take(uint256 at, uint256 width, uint256 end, uint256 start) private pure returns (uint256) {
        unchecked {
            if (at + width > end) _refuse(Codes.UNEXPECTED_END, at - start);
            return Codes.load(at, width);
        }
    }

    /// A list's place, its length, and what comes after it.
    function _list(uint256 at, uint256 width, uint256 end, uint256 start)
        private
        pure
        returns (uint256 items, uint256 count, uint256 next)
    {
        unchecked {
            count = _take(at, 1, end, start);
            items = at + 1;
            next = items + count * width;
            if (next > end) _refuse(Codes.UNEXPECTED_END, items - start);
        }
    }

    function _refuse(uint256 rule, uint256 offset) private pure {
        revert MalformedRequest(uint8(rule), uint32(offset));
    }
}
