use ink::{Address, U256, sol::DynBytes, sol::refuse};
use salus_core::telehealth::{Refusal, escrow};
use salus_env::erc20::TokenCallFailed;

ink::errors! {
    /// Why a call was refused. Times are seconds since the epoch.
    pub enum Error {
        /// No visit has this number.
        UnknownVisit {
            /// The number.
            visit_id: U256,
        },
        /// The provider is nobody, or the patient.
        InvalidProvider {
            /// Who was named.
            provider: Address,
        },
        /// The token is the zero address.
        InvalidToken {
            /// The zero address.
            token: Address,
        },
        /// A fee is more than nothing.
        ZeroFee,
        /// A consultation begins after now.
        InvalidStartTime {
            /// What was asked for.
            start_time: u64,
            /// The block's time.
            current_time: u64,
        },
        /// The time to confirm ends after now, and not after the consultation begins.
        InvalidConfirmBy {
            /// What was asked for.
            confirm_by: u64,
            /// The block's time.
            current_time: u64,
            /// When the consultation begins.
            start_time: u64,
        },
        /// The time to complete is at least a second and at most `limit`.
        InvalidCompletionWindow {
            /// What was asked for, in seconds.
            completion_window: u64,
            /// The longest allowed, in seconds.
            limit: u64,
        },
        /// Only the patient may do this.
        NotPatient {
            /// Who tried.
            caller: Address,
            /// Who may.
            patient: Address,
        },
        /// Only the provider may do this.
        NotProvider {
            /// Who tried.
            caller: Address,
            /// Who may.
            provider: Address,
        },
        /// Only the patient or the provider may do this.
        NotParty {
            /// Who tried.
            caller: Address,
        },
        /// In this status the visit does not allow this. 1 requested, 2 funded, 3 confirmed, 4 completed, 5 cancelled,
        /// 6 declined, 7 expired.
        WrongStatus {
            /// How far it has come.
            status: u8,
        },
        /// This could be done before `deadline`.
        TooLate {
            /// The second from which it cannot be done.
            deadline: u64,
            /// The block's time.
            current_time: u64,
        },
        /// This can be done from `earliest` on.
        TooEarly {
            /// The first second at which it can be done.
            earliest: u64,
            /// The block's time.
            current_time: u64,
        },
        /// A token did not do what was asked of it.
        TokenCallFailed {
            /// The token.
            token: Address,
            /// What it reverted with, at most 256 bytes of it, to be decoded by the token's ABI; empty if it did not revert.
            reason: DynBytes,
        },
        /// A token moved another amount than it was told to: such tokens cannot be escrowed.
        UnexpectedAmount {
            /// The token.
            token: Address,
            /// What it was told to move.
            expected: U256,
            /// What arrived.
            received: U256,
        },
        /// There is nothing to withdraw.
        NothingToWithdraw {
            /// Whose it would be.
            account: Address,
            /// The ERC-20 token.
            token: Address,
        },
        /// A sum would pass 2^256 - 1.
        AmountOverflow,
    }
}

impl Error {
    /// What the caller is told when `token` failed.
    pub(crate) fn of_token(token: Address, failure: TokenCallFailed) -> Self {
        Self::TokenCallFailed {
            token,
            reason: DynBytes(failure.reason),
        }
    }
}

impl From<escrow::Error> for Error {
    #[inline(never)]
    fn from(error: escrow::Error) -> Self {
        refuse(match error {
            escrow::Error::UnknownVisit(visit_id) => Self::UnknownVisit { visit_id },
            escrow::Error::Refused(refusal) => refusal.into(),
            escrow::Error::NothingToWithdraw { account, token } => Self::NothingToWithdraw { account, token },
            escrow::Error::Overflow => Self::AmountOverflow,
        })
    }
}

impl From<Refusal> for Error {
    #[inline(never)]
    fn from(refusal: Refusal) -> Self {
        refuse(match refusal {
            Refusal::InvalidProvider(provider) => Self::InvalidProvider { provider },
            Refusal::InvalidToken(token) => Self::InvalidToken { token },
            Refusal::ZeroFee => Self::ZeroFee,
            Refusal::InvalidStartTime { start_time, now } => Self::InvalidStartTime {
                start_time,
                current_time: now,
            },
            Refusal::InvalidConfirmBy {
                confirm_by,
                now,
                start_time,
            } => Self::InvalidConfirmBy {
                confirm_by,
                current_time: now,
                start_time,
            },
            Refusal::NotPatient { actor, patient } => Self::NotPatient { caller: actor, patient },
            Refusal::NotProvider { actor, provider } => Self::NotProvider {
                caller: actor,
                provider,
            },
            Refusal::NotParty { actor } => Self::NotParty { caller: actor },
            Refusal::WrongStatus(status) => Self::WrongStatus { status: status as u8 },
            Refusal::TooLate { deadline, now } => Self::TooLate {
                deadline,
                current_time: now,
            },
            Refusal::TooEarly { earliest, now } => Self::TooEarly {
                earliest,
                current_time: now,
            },
        })
    }
}
