//! Tokens as the standards and OpenZeppelin describe them, for tests of the token and of what is paid in it. Nothing here is
//! generated from our ABI: a difference between it and theirs makes tests fail.

use crate::{Done, World};
use alloy_core::{
    primitives::{Address, U256, aliases::U48, uint},
    sol,
};
use salus_devchain::session::CallError;

sol! {
    /// ERC-20 with its metadata, EIP-2612, EIP-3009, EIP-5267, ERC-165 and the errors of EIP-6093; OpenZeppelin's `ERC20Capped`,
    /// `ERC20Burnable`, `Pausable`, `ERC20Permit`, `ERC3009`, `ECDSA` and `AccessControlDefaultAdminRules`.
    #[derive(Debug, PartialEq, Eq)]
    interface IERC20 {
        constructor(string name, string symbol, uint8 decimals, uint256 cap, uint256 initialSupply, address initialHolder, uint48 initialDelay, address initialDefaultAdmin, address minter, address pauser);

        event Transfer(address indexed from, address indexed to, uint256 value);
        event Approval(address indexed owner, address indexed spender, uint256 value);
        event Paused(address account);
        event Unpaused(address account);
        event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);
        event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);
        event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
        event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);
        event DefaultAdminTransferScheduled(address indexed newAdmin, uint48 acceptSchedule);
        event DefaultAdminTransferCanceled();
        event DefaultAdminDelayChangeScheduled(uint48 newDelay, uint48 effectSchedule);
        event DefaultAdminDelayChangeCanceled();

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
        error ERC20ExceededCap(uint256 increasedSupply, uint256 cap);
        error ERC20InvalidCap(uint256 cap);
        error EnforcedPause();
        error ExpectedPause();
        error ERC3009InvalidSignature();
        error ERC3009InvalidAuthorizationTime(uint256 validAfter, uint256 validBefore);
        error ERC3009UsedAuthorization(address authorizer, bytes32 nonce);
        error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
        error AccessControlBadConfirmation();
        error AccessControlInvalidDefaultAdmin(address defaultAdmin);
        error AccessControlEnforcedDefaultAdminRules();
        error AccessControlEnforcedDefaultAdminDelay(uint48 schedule);

        function name() external view returns (string);
        function symbol() external view returns (string);
        function decimals() external view returns (uint8);
        function totalSupply() external view returns (uint256);
        function balanceOf(address account) external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        function transfer(address to, uint256 value) external returns (bool);
        function transferFrom(address from, address to, uint256 value) external returns (bool);
        function approve(address spender, uint256 value) external returns (bool);

        function cap() external view returns (uint256);
        function mint(address to, uint256 value) external;
        function burn(uint256 value) external;
        function burnFrom(address account, uint256 value) external;
        function paused() external view returns (bool);
        function pause() external;
        function unpause() external;

        function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
        function nonces(address owner) external view returns (uint256);
        function DOMAIN_SEPARATOR() external view returns (bytes32);

        function authorizationState(address authorizer, bytes32 nonce) external view returns (bool);
        function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;
        function receiveWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;
        function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;

        function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
        function MINTER_ROLE() external view returns (bytes32);
        function PAUSER_ROLE() external view returns (bytes32);
        function hasRole(bytes32 role, address account) external view returns (bool);
        function getRoleAdmin(bytes32 role) external view returns (bytes32);
        function grantRole(bytes32 role, address account) external;
        function revokeRole(bytes32 role, address account) external;
        function renounceRole(bytes32 role, address callerConfirmation) external;
        function owner() external view returns (address);
        function defaultAdmin() external view returns (address);
        function pendingDefaultAdmin() external view returns (address newAdmin, uint48 schedule);
        function defaultAdminDelay() external view returns (uint48);
        function pendingDefaultAdminDelay() external view returns (uint48 newDelay, uint48 schedule);
        function defaultAdminDelayIncreaseWait() external view returns (uint48);
        function beginDefaultAdminTransfer(address newAdmin) external;
        function cancelDefaultAdminTransfer() external;
        function acceptDefaultAdminTransfer() external;
        function changeDefaultAdminDelay(uint48 newDelay) external;
        function rollbackDefaultAdminDelay() external;

        function eip712Domain() external view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions);

        function supportsInterface(bytes4 interfaceId) external view returns (bool);
    }
}

/// The supply of [`deploy`]: a million tokens of 18 decimals.
pub const SUPPLY: U256 = uint!(1_000_000_000_000_000_000_000_000_U256);

/// What our token is created with: all of [`SUPPLY`] for `holder`, no cap that matters, `admin` without a delay, and nobody else in
/// a role.
pub fn constructor(admin: Address, holder: Address) -> IERC20::constructorCall {
    IERC20::constructorCall {
        name: "Salus Test".to_owned(),
        symbol: "SALT".to_owned(),
        decimals: 18,
        cap: U256::MAX,
        initialSupply: SUPPLY,
        initialHolder: holder,
        initialDelay: U48::ZERO,
        initialDefaultAdmin: admin,
        minter: Address::ZERO,
        pauser: Address::ZERO,
    }
}

/// Deploys our token as `from`, who is its admin, with all of [`SUPPLY`] for `holder`.
///
/// # Errors
/// [`CallError`]: the constructor refused.
pub fn deploy(world: &mut World, from: Address, holder: Address) -> Result<Done<Address>, CallError> {
    world.deploy("token", from, &constructor(from, holder))
}

/// What `account` has of `token`.
pub fn balance(world: &mut World, token: Address, account: Address) -> U256 {
    world.view(token, &IERC20::balanceOfCall { account })
}
