use ink::{Address, H256, U256, sol::refuse};
use salus_core::token;

ink::errors! {
    /// Why a call was refused: the errors of EIP-6093 and of OpenZeppelin's `ERC20Permit` and `ECDSA`, and one of our own.
    pub enum Error {
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

impl From<token::Error> for Error {
    #[inline(never)]
    fn from(error: token::Error) -> Self {
        refuse(match error {
            token::Error::InsufficientBalance {
                sender,
                balance,
                needed,
            } => Self::ERC20InsufficientBalance {
                sender,
                balance,
                needed,
            },
            token::Error::InvalidSender(sender) => Self::ERC20InvalidSender { sender },
            token::Error::InvalidReceiver(receiver) => Self::ERC20InvalidReceiver { receiver },
            token::Error::InsufficientAllowance {
                spender,
                allowance,
                needed,
            } => Self::ERC20InsufficientAllowance {
                spender,
                allowance,
                needed,
            },
            token::Error::InvalidApprover(approver) => Self::ERC20InvalidApprover { approver },
            token::Error::InvalidSpender(spender) => Self::ERC20InvalidSpender { spender },
            token::Error::SupplyOverflow => Self::TokenSupplyOverflow,
        })
    }
}

/// Refuses `text` of more than `limit` bytes.
pub(crate) fn checked_length(text: &[u8], limit: usize) -> Result<(), Error> {
    if text.len() > limit {
        return Err(Error::TokenTextTooLong {
            length: text.len().into(),
            limit: limit.into(),
        });
    }
    Ok(())
}
