// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// What EIP-712 hashes for a permit (EIP-2612), and nothing else: domain separator, struct hash, digest. Nothing is
/// cached.
contract TypedData {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant PERMIT_TYPE =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant NAME = keccak256("Salus Token");
    bytes32 private constant VERSION = keccak256("1");

    function permitDigest(address owner, address spender, uint256 value, uint256 nonce, uint256 deadline)
        external
        view
        returns (bytes32)
    {
        bytes32 separator = keccak256(abi.encode(DOMAIN_TYPE, NAME, VERSION, block.chainid, address(this)));
        bytes32 permit = keccak256(abi.encode(PERMIT_TYPE, owner, spender, value, nonce, deadline));
        return keccak256(abi.encodePacked(hex"1901", separator, permit));
    }
}
