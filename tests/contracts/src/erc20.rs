//! Tokens as the standards describe them, for tests of the token and of what is paid in it. Nothing here is generated
//! from our ABI: a difference between it and the standards makes tests fail.

use crate::{Done, World};
use alloy_core::{
    primitives::{Address, U256, uint},
    sol,
};
use salus_devchain::session::CallError;

sol! {
    /// ERC-20 with its metadata, EIP-2612, EIP-5267 and ERC-165; the errors of EIP-6093 and of OpenZeppelin's
    /// `ERC20Permit` and `ECDSA`.
    #[derive(Debug, PartialEq, Eq)]
    interface IERC20 {
        constructor(string name, string symbol, uint8 decimals, uint256 initialSupply, address initialHolder);

        event Transfer(address indexed from, address indexed to, uint256 value);
        event Approval(address indexed owner, address indexed spender, uint256 value);

        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        error ERC20InvalidSender(address sender);
        error ERC20InvalidReceiver(address receiver);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        error ERC20InvalidApprover(address approver);
        error ERC20InvalidSpender(address spender);
        error ERC2612ExpiredSignature(uint256 deadline);
        error ERC2612InvalidSigner(address signer, address owner);
        error ECDSAInvalidSignature();
        error ECDSAInvalidSignatureS(bytes32 s);
        error TokenTextTooLong(uint256 length, uint256 limit);
        error TokenSupplyOverflow();

        function name() external view returns (string);
        function symbol() external view returns (string);
        function decimals() external view returns (uint8);
        function totalSupply() external view returns (uint256);
        function balanceOf(address account) external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        function transfer(address to, uint256 value) external returns (bool);
        function transferFrom(address from, address to, uint256 value) external returns (bool);
        function approve(address spender, uint256 value) external returns (bool);

        function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
        function nonces(address owner) external view returns (uint256);
        function DOMAIN_SEPARATOR() external view returns (bytes32);

        function eip712Domain() external view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions);

        function supportsInterface(bytes4 interfaceId) external view returns (bool);
    }
}

/// The supply of [`deploy`]: a million tokens of 18 decimals.
pub const SUPPLY: U256 = uint!(1_000_000_000_000_000_000_000_000_U256);

/// Deploys our token, with all of [`SUPPLY`] for `holder`.
///
/// # Errors
/// [`CallError`]: the constructor refused.
pub fn deploy(world: &mut World, from: Address, holder: Address) -> Result<Done<Address>, CallError> {
    let constructor = IERC20::constructorCall {
        name: "Salus Test".to_owned(),
        symbol: "SALT".to_owned(),
        decimals: 18,
        initialSupply: SUPPLY,
        initialHolder: holder,
    };
    world.deploy("token", from, &constructor)
}

/// What `account` has of `token`.
pub fn balance(world: &mut World, token: Address, account: Address) -> U256 {
    world.view(token, &IERC20::balanceOfCall { account })
}
