use ink::{Address, H256, U256, sol::Revert as _};
use salus_core::token;

ink::errors! {
    /// Why a call was refused: the errors of EIP-6093 and of OpenZeppelin's `ERC20Permit` and `ECDSA`, and one of our own.
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
        /// There can be no more than 2^256 - 1 tokens.
        TokenSupplyOverflow,
        /// A name or symbol has more than `limit` bytes.
        TokenTextTooLong {
            /// Its length in bytes.
            length: U256,
            /// The longest allowed.
            limit: U256,
        },
    }
}

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
            token::Error::SupplyOverflow => ErrorRef::TokenSupplyOverflow,
        }
        .revert()
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
