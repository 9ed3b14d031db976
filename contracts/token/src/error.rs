use ink::{
    Address, H256, U256,
    sol::{Revert as _, Uint48},
};

ink::errors! {
    /// Why a call was refused: the errors of EIP-6093 and of OpenZeppelin's `ERC20Capped`, `Pausable`, `ERC20Permit`, `ERC3009`,
    /// `ECDSA` and `AccessControlDefaultAdminRules`, and one of our own.
    ///
    /// What does not fit its type (the supply, or a schedule) is refused by Solidity's `Panic(uint256)` with 0x11.
    pub enum Error, by reference ErrorRef {
        /// `sender` has `balance` tokens, and `needed` is more.
        ERC20InsufficientBalance {
            /// Whose tokens were to be moved.
            sender: Address,
            /// What they have.
            balance: U256,
            /// What was asked for.
            needed: U256,
        },
        /// Tokens cannot come from this address.
        ERC20InvalidSender {
            /// The zero address.
            sender: Address,
        },
        /// Tokens cannot go to this address.
        ERC20InvalidReceiver {
            /// The zero address.
            receiver: Address,
        },
        /// `spender` may move `allowance` tokens, and `needed` is more.
        ERC20InsufficientAllowance {
            /// The caller.
            spender: Address,
            /// What they may move.
            allowance: U256,
            /// What was asked for.
            needed: U256,
        },
        /// Nobody can approve anything for this address.
        ERC20InvalidApprover {
            /// The zero address.
            approver: Address,
        },
        /// This address cannot be approved.
        ERC20InvalidSpender {
            /// The zero address.
            spender: Address,
        },
        /// The permit could be used until `deadline`.
        ERC2612ExpiredSignature {
            /// Seconds since the epoch.
            deadline: U256,
        },
        /// The permit was signed by `signer`, or something else was signed than what was handed in.
        ERC2612InvalidSigner {
            /// Whose signature it would be.
            signer: Address,
            /// Whose signature was needed.
            owner: Address,
        },
        /// No key can have made this signature.
        ECDSAInvalidSignature,
        /// The signature has the higher of its two possible `s`, which EIP-2 rules out.
        ECDSAInvalidSignatureS {
            /// The value.
            s: H256,
        },
        /// There would be more tokens than there may be.
        ERC20ExceededCap {
            /// How many there would be.
            increased_supply: U256,
            /// How many there may be.
            cap: U256,
        },
        /// There have to be tokens.
        ERC20InvalidCap {
            /// Zero.
            cap: U256,
        },
        /// The token is paused.
        EnforcedPause,
        /// The token is not paused.
        ExpectedPause,
        /// The authorization was signed by somebody else, or something else was signed.
        ERC3009InvalidSignature,
        /// The authorization can be used after `validAfter` and before `validBefore`, and at neither.
        ERC3009InvalidAuthorizationTime {
            /// Seconds since the epoch.
            valid_after: U256,
            /// Seconds since the epoch.
            valid_before: U256,
        },
        /// The authorization was used or cancelled.
        ERC3009UsedAuthorization {
            /// Whose it is.
            authorizer: Address,
            /// Its nonce.
            nonce: H256,
        },
        /// The caller lacks a role.
        AccessControlUnauthorizedAccount {
            /// The caller.
            account: Address,
            /// The role.
            needed_role: H256,
        },
        /// Whoever gives up a role has to name themselves.
        AccessControlBadConfirmation,
        /// This account is not the one to become the default admin.
        AccessControlInvalidDefaultAdmin {
            /// The account.
            default_admin: Address,
        },
        /// The default admin's role is given and taken in two steps only.
        AccessControlEnforcedDefaultAdminRules,
        /// It is too early.
        AccessControlEnforcedDefaultAdminDelay {
            /// The last second since the epoch at which it is; 0 if nothing is scheduled.
            schedule: Uint48,
        },
        /// A name or symbol has more than `limit` bytes.
        TokenTextTooLong {
            /// Its length in bytes.
            length: U256,
            /// The longest allowed.
            limit: U256,
        },
    }
}

/// Refuses `text` of more than `limit` bytes.
#[inline(never)]
pub(crate) fn check_length(text: &[u8], limit: usize) {
    if text.len() > limit {
        ErrorRef::TokenTextTooLong {
            length: &text.len().into(),
            limit: &limit.into(),
        }
        .revert();
    }
}
