#![allow(
    clippy::unused_unit,
    reason = "ink! writes a unit for the fields of an event that has none"
)]

use ink::{Address, H256, U256, sol::Uint48};

/// `value` tokens went from `from` to `to`: from the zero address when they were created, to it when they were destroyed.
#[ink::event]
pub struct Transfer {
    /// Whose tokens they were.
    #[ink(topic)]
    pub from: Address,
    /// Whose tokens they are.
    #[ink(topic)]
    pub to: Address,
    /// How many, in the smallest unit.
    pub value: U256,
}

/// `spender` may move `value` of `owner`'s tokens.
#[ink::event]
pub struct Approval {
    /// Whose tokens may be moved.
    #[ink(topic)]
    pub owner: Address,
    /// Who may move them.
    #[ink(topic)]
    pub spender: Address,
    /// How many in all, in the smallest unit; 2^256 - 1 is without limit.
    pub value: U256,
}

/// A signed transfer of `authorizer`'s was carried out; its `Transfer` follows. EIP-3009.
#[ink::event]
pub struct AuthorizationUsed {
    /// Who signed it.
    #[ink(topic)]
    pub authorizer: Address,
    /// The nonce that it has used up.
    #[ink(topic)]
    pub nonce: H256,
}

/// No transfer with this nonce of `authorizer`'s will be carried out. EIP-3009.
#[ink::event]
pub struct AuthorizationCanceled {
    /// Who signed the cancellation.
    #[ink(topic)]
    pub authorizer: Address,
    /// The nonce.
    #[ink(topic)]
    pub nonce: H256,
}

/// No tokens are moved, created or destroyed from now on.
#[ink::event]
pub struct Paused {
    /// Who decided.
    pub account: Address,
}

/// Tokens are moved again.
#[ink::event]
pub struct Unpaused {
    /// Who decided.
    pub account: Address,
}

/// `account` has `role`.
#[ink::event]
pub struct RoleGranted {
    /// The role.
    #[ink(topic)]
    pub role: H256,
    /// Who has it.
    #[ink(topic)]
    pub account: Address,
    /// Who gave it: the default admin, who created the contract, or who accepted to be the default admin.
    #[ink(topic)]
    pub sender: Address,
}

/// `account` has `role` no longer.
#[ink::event]
pub struct RoleRevoked {
    /// The role.
    #[ink(topic)]
    pub role: H256,
    /// Who had it.
    #[ink(topic)]
    pub account: Address,
    /// Who took it: the default admin, the account itself, or the default admin who follows.
    #[ink(topic)]
    pub sender: Address,
}

/// `newAdmin` may become the default admin after `acceptSchedule`.
#[ink::event]
pub struct DefaultAdminTransferScheduled {
    /// Who may; the zero address when the role is to be given up.
    #[ink(topic)]
    pub new_admin: Address,
    /// The last second since the epoch at which it is too early.
    pub accept_schedule: Uint48,
}

/// Who was to become the default admin may not any more.
#[ink::event]
pub struct DefaultAdminTransferCanceled {}

/// The delay of a default admin's transfer will change.
#[ink::event]
pub struct DefaultAdminDelayChangeScheduled {
    /// The delay to come, in seconds.
    pub new_delay: Uint48,
    /// The last second since the epoch at which the old one counts.
    pub effect_schedule: Uint48,
}

/// A change of the delay that had not come will not come.
#[ink::event]
pub struct DefaultAdminDelayChangeCanceled {}
