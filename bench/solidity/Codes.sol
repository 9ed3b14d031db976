// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Bits that stand for a code, and the rules of the consent model's encodings by their numbers.
library Codes {
    uint256 internal constant PURPOSES = (1 << 59) - 1;
    uint256 internal constant CLASSES = (1 << 59) - 1;
    uint256 internal constant LABELS = (1 << 45) - 1;
    uint256 internal constant CONFIDENTIALITY = (1 << 6) - 1;
    uint256 internal constant ACTIONS = (1 << 5) - 1;
    uint256 internal constant ROLES = (1 << 29) - 1;
    uint256 internal constant CATEGORIES = (1 << 22) - 1;
    uint256 internal constant MEANINGS = (1 << 5) - 1;

    uint256 internal constant UNEXPECTED_END = 1;
    uint256 internal constant TRAILING_BYTES = 2;
    uint256 internal constant UNKNOWN_VERSION = 3;
    uint256 internal constant UNKNOWN_BASE_DECISION = 4;
    uint256 internal constant UNKNOWN_CRITERION = 5;
    uint256 internal constant UNKNOWN_CODE = 6;
    uint256 internal constant EMPTY_CRITERION = 7;
    uint256 internal constant UNORDERED_LIST = 8;
    uint256 internal constant REVERSED_PERIOD = 9;
    uint256 internal constant UNBOUNDED_PERIOD = 10;
    uint256 internal constant WRONG_LENGTH = 11;
    uint256 internal constant TOO_DEEP = 12;
    uint256 internal constant TOO_MANY_PROVISIONS = 13;
    uint256 internal constant TOO_LONG = 14;
    uint256 internal constant TOO_MANY_ITEMS = 15;
    uint256 internal constant UNSTATED_MEANING = 16;

    /// The big-endian number of `width` bytes at `at` in the call data.
    function load(uint256 at, uint256 width) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, width)), calldataload(at))
        }
    }

    /// The 32 bytes at `at` in the call data.
    function word(uint256 at) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(at)
        }
    }

    /// Whether `count` items of `width` bytes, up to 32, are in strictly ascending order.
    function isAscending(uint256 at, uint256 count, uint256 width) internal pure returns (bool) {
        unchecked {
            if (count < 2) return true;
            uint256 previous = load(at, width);
            for (uint256 i = 1; i < count; ++i) {
                at += width;
                uint256 item = load(at, width);
                if (item <= previous) return false;
                previous = item;
            }
            return true;
        }
    }

    /// The rule that a list of references to data breaks, 0 if none: known meanings, then the order.
    function checkData(uint256 at, uint256 count) internal pure returns (uint256) {
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                if (MEANINGS >> load(at + i * 33, 1) & 1 == 0) return UNKNOWN_CODE;
            }
            for (uint256 i = 1; i < count; ++i) {
                uint256 left = at + i * 33 - 33;
                uint256 right = left + 33;
                if (word(right) < word(left) || (word(right) == word(left) && word(right + 1) <= word(left + 1))) {
                    return UNORDERED_LIST;
                }
            }
            return 0;
        }
    }

    /// Whether a list has an item of `width` bytes, up to 32.
    function has(uint256 at, uint256 count, uint256 width, uint256 item) internal pure returns (bool) {
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                if (load(at + i * width, width) == item) return true;
            }
            return false;
        }
    }
}
