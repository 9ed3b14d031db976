// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Codes} from "./Codes.sol";
import {Requests} from "./Requests.sol";

/// A policy in the consent model's canonical encoding: is it one, and how does it answer? It is read where it lies, in the
/// call data.
library Policies {
    error MalformedPolicy(uint8 rule, uint32 offset);

    uint256 private constant MAX_BYTES = 14_336;
    uint256 private constant MAX_PROVISIONS = 128;
    uint256 private constant MAX_DEPTH = 8;

    /// Bits of a node's first field: which criteria follow.
    uint256 private constant ACTORS = 1;
    uint256 private constant PURPOSES = 1 << 1;
    uint256 private constant CLASSES = 1 << 2;
    uint256 private constant LABELS = 1 << 3;
    uint256 private constant CONFIDENTIALITY = 1 << 4;
    uint256 private constant ACTIONS = 1 << 5;
    uint256 private constant PERIOD = 1 << 6;
    uint256 private constant DATA_PERIOD = 1 << 7;
    uint256 private constant DATA = 1 << 8;
    uint256 private constant KNOWN = (1 << 9) - 1;

    uint8 private constant NO_CONSENT = 0;
    uint8 private constant PERMIT = 1;
    uint8 private constant DENY = 2;

    /// Bit n below 63: the data that are asked for, were they to carry label n too. Bit 63: those data as they are.
    uint256 private constant AS_ASKED = 1 << 63;

    /// Where the root node's length is: after version, base decision, date and categories.
    uint256 private constant ROOT = 14;

    /// Refuses whatever is not canonical.
    function check(bytes calldata policy) internal pure {
        uint256 start = _offset(policy);
        uint256 length = policy.length;
        unchecked {
            uint256 end = start + length;
            if (length > MAX_BYTES) _refuse(Codes.TOO_LONG, 0);
            if (length == 0) _refuse(Codes.UNEXPECTED_END, 0);
            if (Codes.load(start, 1) != 1) _refuse(Codes.UNKNOWN_VERSION, 1);
            if (length == 1) _refuse(Codes.UNEXPECTED_END, 0);
            if (Codes.load(start + 1, 1) > DENY) _refuse(Codes.UNKNOWN_BASE_DECISION, 2);
            if (length < ROOT) _refuse(Codes.UNEXPECTED_END, 0);
            if (Codes.load(start + 10, 4) & ~Codes.CATEGORIES != 0) _refuse(Codes.UNKNOWN_CODE, ROOT);
            if (length < ROOT + 2) _refuse(Codes.UNEXPECTED_END, ROOT);
            uint256 root = start + ROOT + 2;
            uint256 rootEnd = root + Codes.load(start + ROOT, 2);
            if (rootEnd > end) _refuse(Codes.UNEXPECTED_END, ROOT + 2);
            _checkNode(root, rootEnd, start, 0, 0);
            if (rootEnd != end) _refuse(Codes.TRAILING_BYTES, rootEnd - start);
        }
    }

    /// Answers a request now, by a policy that was checked.
    function evaluate(bytes calldata policy, Requests.Request memory request)
        internal
        view
        returns (uint8 answer, uint64 redactLabels, bytes memory path)
    {
        uint256 start = _offset(policy);
        uint256 base = Codes.load(start + 1, 1);
        uint256 categories = Codes.load(start + 10, 4);
        if (categories != 0 && request.categories != 0 && categories & request.categories == 0) {
            return (NO_CONSENT, 0, path);
        }
        (uint256 covered, bool isPart, uint256 at, uint256 children) =
            _match(start + ROOT + 2, AS_ASKED | Codes.LABELS, request);
        if (covered & AS_ASKED == 0 || base == 0) return (NO_CONSENT, 0, path);
        if (isPart) return (DENY, 0, path);
        (uint256 stands, uint256 way) = _settle(at, children, covered, base == PERMIT, 0, request);
        uint256 permitted = base == PERMIT ? stands : covered & ~stands;
        path = _unpack(way);
        if (permitted & AS_ASKED == 0) return (DENY, 0, path);
        return (PERMIT, uint64(Codes.LABELS & ~permitted), path);
    }

    /// Checks a node and what is nested in it; answers how many provisions there are so far.
    function _checkNode(uint256 at, uint256 end, uint256 start, uint256 depth, uint256 count)
        private
        pure
        returns (uint256)
    {
        unchecked {
            uint256 node = at;
            uint256 children;
            (at, children) = _checkCriteria(at, end, start);
            count += children;
            if (count > MAX_PROVISIONS) _refuse(Codes.TOO_MANY_PROVISIONS, at - start);
            if (depth > MAX_DEPTH) _refuse(Codes.TOO_DEEP, node - start);
            for (; children != 0; --children) {
                if (at + 2 > end) _refuse(Codes.UNEXPECTED_END, at - start);
                uint256 childEnd = at + 2 + Codes.load(at, 2);
                if (childEnd > end) _refuse(Codes.UNEXPECTED_END, at - start);
                count = _checkNode(at + 2, childEnd, start, depth + 1, count);
                at = childEnd;
            }
            if (at != end) _refuse(Codes.WRONG_LENGTH, at - start);
            return count;
        }
    }

    /// Checks a node up to its first child; answers where that is, and how many there are.
    function _checkCriteria(uint256 at, uint256 end, uint256 start) private pure returns (uint256, uint256) {
        unchecked {
            // What breaks a rule is named when the node has been read to its end: an end too early comes first. Of several
            // rules, the one with the lowest number is named.
            uint256 rule;
            uint256 stated = _take(at, 2, end, start);
            at += 2;
            if (stated & ~KNOWN != 0) rule = Codes.UNKNOWN_CRITERION;
            if (stated & ACTORS != 0) (at, rule) = _checkActors(at, end, start, rule);
            if (stated & PURPOSES != 0) (at, rule) = _checkMask(at, 8, end, start, Codes.PURPOSES, rule);
            if (stated & CLASSES != 0) (at, rule) = _checkMask(at, 8, end, start, Codes.CLASSES, rule);
            if (stated & LABELS != 0) (at, rule) = _checkMask(at, 8, end, start, Codes.LABELS, rule);
            if (stated & CONFIDENTIALITY != 0) {
                (at, rule) = _checkMask(at, 1, end, start, Codes.CONFIDENTIALITY, rule);
            }
            if (stated & ACTIONS != 0) (at, rule) = _checkMask(at, 2, end, start, Codes.ACTIONS, rule);
            if (stated & PERIOD != 0) (at, rule) = _checkPeriod(at, end, start, 0, rule);
            if (stated & DATA_PERIOD != 0) (at, rule) = _checkPeriod(at, end, start, 1 << 63, rule);
            if (stated & DATA != 0) {
                uint256 items = at + 1;
                uint256 count;
                (at, count) = _skipList(at, 33, end, start);
                rule = _lower(rule, count == 0 ? Codes.EMPTY_CRITERION : Codes.checkData(items, count));
            }
            uint256 children = _take(at, 1, end, start);
            at += 1;
            if (rule != 0) _refuse(rule, at - start);
            return (at, children);
        }
    }

    function _checkActors(uint256 at, uint256 end, uint256 start, uint256 rule)
        private
        pure
        returns (uint256, uint256)
    {
        unchecked {
            uint256 roles = _take(at, 8, end, start);
            uint256 addresses = at + 9;
            (uint256 communities, uint256 addressCount) = _skipList(at + 8, 20, end, start);
            (uint256 next, uint256 communityCount) = _skipList(communities, 32, end, start);
            if (roles | addressCount | communityCount == 0) rule = _lower(rule, Codes.EMPTY_CRITERION);
            if (roles & ~Codes.ROLES != 0) rule = _lower(rule, Codes.UNKNOWN_CODE);
            if (
                !Codes.isAscending(addresses, addressCount, 20)
                    || !Codes.isAscending(communities + 1, communityCount, 32)
            ) {
                rule = _lower(rule, Codes.UNORDERED_LIST);
            }
            return (next, rule);
        }
    }

    function _checkMask(uint256 at, uint256 width, uint256 end, uint256 start, uint256 known, uint256 rule)
        private
        pure
        returns (uint256, uint256)
    {
        unchecked {
            uint256 mask = _take(at, width, end, start);
            if (mask == 0) rule = _lower(rule, Codes.EMPTY_CRITERION);
            else if (mask & ~known != 0) rule = _lower(rule, Codes.UNKNOWN_CODE);
            return (at + width, rule);
        }
    }

    /// Times are compared by their distance from the first one, `first`, modulo 2^64: signed ones as well.
    function _checkPeriod(uint256 at, uint256 end, uint256 start, uint64 first, uint256 rule)
        private
        pure
        returns (uint256, uint256)
    {
        unchecked {
            uint64 from = uint64(_take(at, 8, end, start)) - first;
            uint64 until = uint64(_take(at + 8, 8, end, start)) - first;
            if (until < from) rule = _lower(rule, Codes.REVERSED_PERIOD);
            else if (until - from == type(uint64).max) rule = _lower(rule, Codes.UNBOUNDED_PERIOD);
            return (at + 16, rule);
        }
    }

    /// The lower number of two rules; 0 is none.
    function _lower(uint256 rule, uint256 other) private pure returns (uint256) {
        return rule == 0 || (other != 0 && other < rule) ? other : rule;
    }

    /// Finds where a node's own decision stands: where it matches, less where a provision overrules it; and the path to
    /// what had the last word on the data as they are asked for. `denies`: whether the provisions right in it deny.
    function _settle(
        uint256 at,
        uint256 children,
        uint256 matched,
        bool denies,
        uint256 here,
        Requests.Request memory request
    ) private view returns (uint256 stands, uint256 way) {
        unchecked {
            stands = matched;
            way = here;
            bool isExplained;
            for (uint256 position = 0; position < children && stands != 0; ++position) {
                uint256 node = at + 2;
                at = node + Codes.load(at, 2);
                (uint256 lanes, bool isPart, uint256 nested, uint256 count) = _match(node, stands, request);
                if (lanes == 0 || (isPart && !denies)) continue;
                uint256 stood = lanes;
                uint256 led = _step(here, position);
                if (count != 0) (stood, led) = _settle(nested, count, lanes, !denies, led, request);
                stands &= ~stood;
                // The first provision that overrules explains it; failing that, the first that was overruled itself.
                if (stood & AS_ASKED != 0 || (lanes & AS_ASKED != 0 && !isExplained)) {
                    way = led;
                    isExplained = true;
                }
            }
        }
    }

    /// Those of `within` that a node matches, and whether it does so in part only, or perhaps; where its provisions are,
    /// and how many. No match: 0 four times.
    function _match(uint256 at, uint256 within, Requests.Request memory request)
        private
        view
        returns (uint256, bool, uint256, uint256)
    {
        unchecked {
            bool isPart;
            uint256 stated = Codes.load(at, 2);
            at += 2;
            if (stated & ACTORS != 0) {
                bool isActor;
                (isActor, at) = _matchActors(at, request);
                if (!isActor) return (0, false, 0, 0);
            }
            if (stated & PURPOSES != 0) {
                if (Codes.load(at, 8) & request.purpose == 0) return (0, false, 0, 0);
                at += 8;
            }
            if (stated & CLASSES != 0) {
                if (Codes.load(at, 8) & request.class == 0) return (0, false, 0, 0);
                at += 8;
            }
            if (stated & LABELS != 0) {
                uint256 labels = Codes.load(at, 8);
                if (labels & request.labels == 0) {
                    within &= labels;
                    if (within == 0) return (0, false, 0, 0);
                }
                at += 8;
            }
            if (stated & CONFIDENTIALITY != 0) {
                if (Codes.load(at, 1) & request.confidentiality == 0) return (0, false, 0, 0);
                at += 1;
            }
            if (stated & ACTIONS != 0) {
                if (Codes.load(at, 2) & request.action == 0) return (0, false, 0, 0);
                at += 2;
            }
            if (stated & PERIOD != 0) {
                if (block.timestamp < Codes.load(at, 8) || Codes.load(at + 8, 8) < block.timestamp) {
                    return (0, false, 0, 0);
                }
                at += 16;
            }
            if (stated & DATA_PERIOD != 0) {
                int256 from = int64(uint64(Codes.load(at, 8)));
                int256 until = int64(uint64(Codes.load(at + 8, 8)));
                if (request.dataUntil < from || until < request.dataFrom) return (0, false, 0, 0);
                isPart = request.dataFrom < from || until < request.dataUntil;
                at += 16;
            }
            if (stated & DATA != 0) {
                uint256 count = Codes.load(at, 1);
                if (!_hasCommon(at + 1, count, request)) {
                    if (!_hasUnstated(at + 1, count, request)) return (0, false, 0, 0);
                    isPart = true;
                }
                at += 1 + count * 33;
            }
            return (within, isPart, at + 1, Codes.load(at, 1));
        }
    }

    /// Whether the requester is one of a node's actors; and what comes after them.
    function _matchActors(uint256 at, Requests.Request memory request) private pure returns (bool isActor, uint256) {
        unchecked {
            isActor = Codes.load(at, 8) & request.roles != 0;
            uint256 count = Codes.load(at += 8, 1);
            at += 1;
            for (uint256 i = 0; i < count && !isActor; ++i) {
                isActor = Codes.has(request.addressesAt, request.addressCount, 20, Codes.load(at + i * 20, 20));
            }
            at += count * 20;
            count = Codes.load(at, 1);
            at += 1;
            for (uint256 i = 0; i < count && !isActor; ++i) {
                isActor = Codes.has(request.communitiesAt, request.communityCount, 32, Codes.word(at + i * 32));
            }
            return (isActor, at + count * 32);
        }
    }

    /// Whether one of a node's references to data is one of the request's.
    function _hasCommon(uint256 at, uint256 count, Requests.Request memory request) private pure returns (bool) {
        unchecked {
            uint256 end = at + count * 33;
            uint256 othersEnd = request.dataAt + request.dataCount * 33;
            for (; at < end; at += 33) {
                for (uint256 other = request.dataAt; other < othersEnd; other += 33) {
                    if (Codes.word(at) == Codes.word(other) && Codes.word(at + 1) == Codes.word(other + 1)) return true;
                }
            }
            return false;
        }
    }

    /// Whether one of a node's references is of a meaning of which the request does not name all.
    function _hasUnstated(uint256 at, uint256 count, Requests.Request memory request) private pure returns (bool) {
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                if (request.dataStated >> Codes.load(at + i * 33, 1) & 1 == 0) return true;
            }
            return false;
        }
    }

    /// A path: its length in the lowest byte, its steps in those above.
    function _step(uint256 path, uint256 position) private pure returns (uint256) {
        unchecked {
            return (path + 1) | (position << (8 + 8 * (path & 0xff)));
        }
    }

    function _unpack(uint256 path) private pure returns (bytes memory steps) {
        unchecked {
            uint256 length = path & 0xff;
            steps = new bytes(length);
            for (uint256 i = 0; i < length; ++i) {
                steps[i] = bytes1(uint8(path >> (8 + 8 * i)));
            }
        }
    }

    function _take(uint256 at, uint256 width, uint256 end, uint256 start) private pure returns (uint256) {
        unchecked {
            if (at + width > end) _refuse(Codes.UNEXPECTED_END, at - start);
            return Codes.load(at, width);
        }
    }

    /// What comes after a list, and how long it is.
    function _skipList(uint256 at, uint256 width, uint256 end, uint256 start)
        private
        pure
        returns (uint256 next, uint256 count)
    {
        unchecked {
            count = _take(at, 1, end, start);
            next = at + 1 + count * width;
            if (next > end) _refuse(Codes.UNEXPECTED_END, at + 1 - start);
        }
    }

    function _offset(bytes calldata policy) private pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := policy.offset
        }
    }

    function _refuse(uint256 rule, uint256 offset) private pure {
        revert MalformedPolicy(uint8(rule), uint32(offset));
    }
}
