// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// The twin of the batches of contracts/records, by the same ABI: commitments anchored by the root of their Merkle tree,
/// which has the shape of RFC 6962.
contract Batches {
    event BatchAnchored(bytes32 indexed root, address indexed author, uint64 leafCount, bytes32 noted);

    error InvalidRoot();
    error EmptyBatch(bytes32 root);
    error BatchAlreadyAnchored(address author, bytes32 root);

    struct Batch {
        uint64 leafCount;
        uint64 anchoredAt;
        bytes32 noted;
    }

    mapping(address author => mapping(bytes32 root => Batch)) private batches;

    function anchorBatch(bytes32 root, uint64 leafCount, bytes32 noted) external {
        if (root == 0) revert InvalidRoot();
        if (leafCount == 0) revert EmptyBatch(root);
        Batch storage batch = batches[msg.sender][root];
        if (batch.leafCount != 0) revert BatchAlreadyAnchored(msg.sender, root);
        batch.leafCount = leafCount;
        batch.anchoredAt = uint64(block.timestamp);
        batch.noted = noted;
        emit BatchAnchored(root, msg.sender, leafCount, noted);
    }

    function batchOf(address author, bytes32 root)
        external
        view
        returns (uint64 leafCount, bytes32 noted, uint64 anchoredAt)
    {
        Batch storage batch = batches[author][root];
        return (batch.leafCount, batch.noted, batch.anchoredAt);
    }

    function verifyInBatch(address author, bytes32 root, bytes32 leaf, uint64 index, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        uint256 count = batches[author][root].leafCount;
        return count != 0 && _verify(root, _leafHash(leaf), index, count, proof);
    }

    /// RFC 9162, section 2.1.3.2.
    function _verify(bytes32 root, bytes32 node, uint256 position, uint256 count, bytes32[] calldata proof)
        private
        pure
        returns (bool)
    {
        if (position >= count) return false;
        uint256 length = proof.length;
        unchecked {
            // The path from the last leaf to the root, as numbers within each level.
            uint256 last = count - 1;
            for (uint256 i = 0; i < length; ++i) {
                if (last == 0) return false;
                if (position & 1 == 1 || position == last) {
                    node = _nodeHash(proof[i], node);
                    // A node without a sibling to its right is its own parent, until it has one to its left.
                    while (position & 1 == 0 && position != 0) {
                        position >>= 1;
                        last >>= 1;
                    }
                } else {
                    node = _nodeHash(node, proof[i]);
                }
                position >>= 1;
                last >>= 1;
            }
            return last == 0 && node == root;
        }
    }

    /// keccak256(0x00 || commitment), beyond the memory that is in use.
    function _leafHash(bytes32 commitment) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 0)
            mstore(add(free, 1), commitment)
            hash := keccak256(free, 33)
        }
    }

    /// keccak256(0x01 || left || right), beyond the memory that is in use.
    function _nodeHash(bytes32 left, bytes32 right) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 1)
            mstore(add(free, 1), left)
            mstore(add(free, 33), right)
            hash := keccak256(free, 65)
        }
    }
}
