//! Who may mint and pause: OpenZeppelin's `AccessControl` with `AccessControlDefaultAdminRules`.
//!
//! A role is 32 bytes, and has any number of members. One account, the default admin, gives and takes all roles but its own,
//! which is handed over in two steps with a delay between them ([`DefaultAdmin`]).
//!
//! As in [`Ledger`](super::Ledger), storage and events are the caller's: each function says which event stands for it.

mod default_admin;

pub use default_admin::{DELAY_INCREASE_WAIT, DefaultAdmin, MAX_TIME, Scheduled};

use super::{Address, is_zero};
use crate::eip712::type_hash;

/// A role.
pub type Role = [u8; 32];

/// The default admin's own.
pub const DEFAULT_ADMIN_ROLE: Role = [0; 32];
/// Who has it may create tokens.
pub const MINTER_ROLE: Role = type_hash("MINTER_ROLE");
/// Who has it may pause the token, and end the pause.
pub const PAUSER_ROLE: Role = type_hash("PAUSER_ROLE");

/// What the roles are stored in.
pub trait Roles {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<RoleError>;

    /// Who gives and takes roles, and who is to follow.
    fn default_admin(&self) -> DefaultAdmin;
    /// Sets what [`Roles::default_admin`] answers, which was read before.
    fn set_default_admin(&mut self, admin: &DefaultAdmin);
    /// Whether `account` has `role`, which is not [`DEFAULT_ADMIN_ROLE`].
    fn is_member(&self, role: &Role, account: &Address) -> bool;
    /// Writes what [`Roles::is_member`] answers.
    fn set_member(&mut self, role: &Role, account: &Address, is_member: bool);
}

/// Why a role is not given, taken or used: OpenZeppelin's errors, with the same data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleError {
    /// `account` lacks the role that this needs.
    UnauthorizedAccount {
        /// Who tried.
        account: Address,
        /// What they lack.
        needed_role: Role,
    },
    /// Whoever gives up a role has to name themselves.
    BadConfirmation,
    /// This account is not the one to follow, or the zero address.
    InvalidDefaultAdmin(Address),
    /// The default admin's role is given and taken in two steps only.
    EnforcedDefaultAdminRules,
    /// It is too early, or nothing is scheduled: the second after which it can be done, or 0.
    EnforcedDefaultAdminDelay(u64),
    /// The delay ends beyond [`MAX_TIME`].
    ScheduleOverflow,
}

/// Whether `account` has `role`.
pub fn has_role<R: Roles>(roles: &R, role: &Role, account: &Address) -> bool {
    if *role == DEFAULT_ADMIN_ROLE {
        // Nobody is the zero address, which stands for no admin.
        return !is_zero(account) && roles.default_admin().account == *account;
    }
    roles.is_member(role, account)
}

/// Refuses `account` without `role`.
///
/// # Errors
/// [`RoleError::UnauthorizedAccount`]
pub fn check_role<R: Roles>(roles: &R, role: &Role, account: &Address) -> Result<(), R::Refusal> {
    if has_role(roles, role, account) {
        return Ok(());
    }
    let (account, needed_role) = (*account, *role);
    Err(RoleError::UnauthorizedAccount { account, needed_role }.into())
}

/// Gives `role` to `account`. For the default admin. If it answers `true`, an event `RoleGranted(role, account, caller)` stands
/// for it; otherwise the account has the role, and nothing was done.
///
/// # Errors
/// [`RoleError::EnforcedDefaultAdminRules`], [`RoleError::UnauthorizedAccount`]
pub fn grant<R: Roles>(roles: &mut R, caller: &Address, role: &Role, account: &Address) -> Result<bool, R::Refusal> {
    change(roles, caller, role, account, true)
}

/// Takes `role` from `account`. For the default admin. If it answers `true`, an event `RoleRevoked(role, account, caller)` stands
/// for it; otherwise the account does not have the role, and nothing was done.
///
/// # Errors
/// As [`grant`].
pub fn revoke<R: Roles>(roles: &mut R, caller: &Address, role: &Role, account: &Address) -> Result<bool, R::Refusal> {
    change(roles, caller, role, account, false)
}

// Not once for each that calls it: on chain, code is paid for in every call.
#[inline(never)]
fn change<R: Roles>(
    roles: &mut R,
    caller: &Address,
    role: &Role,
    account: &Address,
    is_member: bool,
) -> Result<bool, R::Refusal> {
    if *role == DEFAULT_ADMIN_ROLE {
        return Err(RoleError::EnforcedDefaultAdminRules.into());
    }
    check_role(roles, &DEFAULT_ADMIN_ROLE, caller)?;
    Ok(replace(roles, role, account, is_member))
}

/// Gives up a role of the caller's, who confirms by naming themselves. If it answers `true`, an event
/// `RoleRevoked(role, caller, caller)` stands for it; otherwise the caller does not have the role, and nothing was done.
///
/// The default admin may, after the delay of a transfer to the zero address. Then there is none for ever.
///
/// # Errors
/// [`RoleError::EnforcedDefaultAdminDelay`], [`RoleError::BadConfirmation`]
pub fn renounce<R: Roles>(
    roles: &mut R,
    caller: &Address,
    now: u64,
    role: &Role,
    confirmation: &Address,
) -> Result<bool, R::Refusal> {
    let mut admin = (*role == DEFAULT_ADMIN_ROLE).then(|| roles.default_admin());
    // For the admin, the delay comes first, whoever calls.
    let is_admin = admin.as_ref().is_some_and(|admin| admin.account == *confirmation);
    if let Some(admin) = admin.as_mut().filter(|_| is_admin) {
        admin.renounce(now)?;
    }
    if caller != confirmation {
        return Err(RoleError::BadConfirmation.into());
    }
    match admin {
        Some(admin) if is_admin => {
            roles.set_default_admin(&admin);
            Ok(true)
        }
        Some(_) => Ok(false),
        None => Ok(replace(roles, role, caller, false)),
    }
}

#[inline(never)]
fn replace<R: Roles>(roles: &mut R, role: &Role, account: &Address, is_member: bool) -> bool {
    if roles.is_member(role, account) == is_member {
        return false;
    }
    roles.set_member(role, account, is_member);
    true
}

#[cfg(test)]
mod tests;
