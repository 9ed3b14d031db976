//! What the rules refuse, as the contract's errors.

use ink::{
    H256, U256,
    sol::{OVERFLOW, Revert as _, Uint48, panic},
};
use salus_core::token::{self, authorization::AuthorizationError, roles::RoleError};

use crate::error::{Error, ErrorRef};

/// A refusal of the token's rules, which ends the call where it is made: there is none to be carried on.
#[derive(Debug)]
pub enum Refused {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {}
    }
}

impl From<token::Error> for Refused {
    #[inline(always)]
    fn from(error: token::Error) -> Self {
        match &error {
            token::Error::InsufficientBalance {
                sender,
                balance,
                needed,
            } => ErrorRef::ERC20InsufficientBalance {
                sender,
                balance,
                needed,
            },
            token::Error::InvalidSender(sender) => ErrorRef::ERC20InvalidSender { sender },
            token::Error::InvalidReceiver(receiver) => ErrorRef::ERC20InvalidReceiver { receiver },
            token::Error::InsufficientAllowance {
                spender,
                allowance,
                needed,
            } => ErrorRef::ERC20InsufficientAllowance {
                spender,
                allowance,
                needed,
            },
            token::Error::InvalidApprover(approver) => ErrorRef::ERC20InvalidApprover { approver },
            token::Error::InvalidSpender(spender) => ErrorRef::ERC20InvalidSpender { spender },
            token::Error::SupplyOverflow => panic(OVERFLOW),
            token::Error::ExceededCap { increased_supply, cap } => ErrorRef::ERC20ExceededCap { increased_supply, cap },
            token::Error::InvalidCap => ErrorRef::ERC20InvalidCap { cap: &U256([0; 4]) }.revert(),
            token::Error::EnforcedPause => ErrorRef::EnforcedPause,
            token::Error::ExpectedPause => ErrorRef::ExpectedPause,
        }
        .revert()
    }
}

impl From<AuthorizationError> for Refused {
    #[inline(always)]
    fn from(error: AuthorizationError) -> Self {
        match &error {
            AuthorizationError::InvalidSignature => ErrorRef::ERC3009InvalidSignature.revert(),
            AuthorizationError::InvalidTime {
                valid_after,
                valid_before,
            } => ErrorRef::ERC3009InvalidAuthorizationTime {
                valid_after,
                valid_before,
            }
            .revert(),
            AuthorizationError::Used { authorizer, nonce } => ErrorRef::ERC3009UsedAuthorization {
                authorizer,
                nonce: &H256(*nonce),
            }
            .revert(),
            AuthorizationError::NotPayee(receiver) => ErrorRef::ERC20InvalidReceiver { receiver }.revert(),
        }
    }
}

impl From<RoleError> for Refused {
    #[inline(always)]
    fn from(error: RoleError) -> Self {
        match &error {
            RoleError::UnauthorizedAccount { account, needed_role } => ErrorRef::AccessControlUnauthorizedAccount {
                account,
                needed_role: &H256(*needed_role),
            }
            .revert(),
            RoleError::BadConfirmation => ErrorRef::AccessControlBadConfirmation.revert(),
            RoleError::InvalidDefaultAdmin(default_admin) => {
                ErrorRef::AccessControlInvalidDefaultAdmin { default_admin }.revert()
            }
            RoleError::EnforcedDefaultAdminRules => ErrorRef::AccessControlEnforcedDefaultAdminRules.revert(),
            RoleError::EnforcedDefaultAdminDelay(schedule) => ErrorRef::AccessControlEnforcedDefaultAdminDelay {
                schedule: &Uint48(*schedule),
            }
            .revert(),
            RoleError::ScheduleOverflow => panic(OVERFLOW),
        }
    }
}
