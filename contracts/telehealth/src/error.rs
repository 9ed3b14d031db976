use ink::{
    Address, U256,
    sol::{DynBytes, Revert as _, refuse},
};
use salus_core::telehealth::{Refusal, escrow};
use salus_env::erc20::TokenCallFailed;

ink::errors! {
    /// Why a call was refused. Times are seconds since the epoch.
    pub enum Error, by reference ErrorRef {
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
        refuse(Self::TokenCallFailed {
            token,
            reason: DynBytes(failure.reason),
        })
    }
}

/// A refusal of the rules, which ends the call where it is made: there is none to be carried on.
#[derive(Debug)]
pub enum Refused {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {}
    }
}

impl From<escrow::Error> for Refused {
    #[inline(always)]
    fn from(error: escrow::Error) -> Self {
        match &error {
            escrow::Error::UnknownVisit(visit_id) => ErrorRef::UnknownVisit { visit_id },
            escrow::Error::Refused(refusal) => return Self::visit(refusal),
            escrow::Error::NothingToWithdraw { account, token } => ErrorRef::NothingToWithdraw { account, token },
            escrow::Error::Overflow => ErrorRef::AmountOverflow,
        }
        .revert()
    }
}

impl Refused {
    #[inline(never)]
    fn visit(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::InvalidProvider(provider) => ErrorRef::InvalidProvider { provider },
            Refusal::InvalidToken(token) => ErrorRef::InvalidToken { token },
            Refusal::ZeroFee => ErrorRef::ZeroFee,
            Refusal::InvalidStartTime { start_time, now } => ErrorRef::InvalidStartTime {
                start_time,
                current_time: now,
            },
            Refusal::InvalidConfirmBy {
                confirm_by,
                now,
                start_time,
            } => ErrorRef::InvalidConfirmBy {
                confirm_by,
                current_time: now,
                start_time,
            },
            Refusal::NotPatient { actor, patient } => ErrorRef::NotPatient { caller: actor, patient },
            Refusal::NotProvider { actor, provider } => ErrorRef::NotProvider {
                caller: actor,
                provider,
            },
            Refusal::NotParty { actor } => ErrorRef::NotParty { caller: actor },
            Refusal::WrongStatus(status) => ErrorRef::WrongStatus {
                status: &(*status as u8),
            }
            .revert(),
            Refusal::TooLate { deadline, now } => ErrorRef::TooLate {
                deadline,
                current_time: now,
            },
            Refusal::TooEarly { earliest, now } => ErrorRef::TooEarly {
                earliest,
                current_time: now,
            },
        }
        .revert()
    }
}
