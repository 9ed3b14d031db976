use ink::{
    Address, H256, U256,
    sol::{DynBytes, refuse},
};
use salus_env::erc20::TokenCallFailed;

ink::errors! {
    /// Why a call was refused. Times are seconds since the epoch, shares ten thousandths.
    pub enum Error, by reference ErrorRef {
        /// There is no contract at the address.
        NoContract {
            /// The address.
            account: Address,
        },
        /// A contract that was asked did not answer.
        NoAnswer {
            /// Which.
            contract: Address,
        },
        /// No role has this number.
        UnknownRole {
            /// The number.
            role: u8,
        },
        /// The account is not the owner, or was not offered the office.
        OwnableUnauthorizedAccount {
            /// Who tried.
            account: Address,
        },
        /// The zero address cannot be the owner.
        OwnableInvalidOwner {
            /// The zero address.
            owner: Address,
        },
        /// There is no such visit.
        UnknownVisit {
            /// Which was named.
            visit_id: H256,
        },
        /// This very booking was made before.
        VisitExists {
            /// The visit that it is.
            visit_id: H256,
        },
        /// The provider is nobody, or the patient.
        InvalidProvider {
            /// Who was named.
            provider: Address,
        },
        /// The arbiter is nobody, one of the two sides, or has no active credential as an arbiter.
        InvalidArbiter {
            /// Who was named.
            arbiter: Address,
        },
        /// A fee is more than nothing.
        ZeroFee,
        /// A consultation begins after now, and in two years at latest.
        InvalidStartTime {
            /// What was asked for.
            start_time: u64,
        },
        /// A consultation ends after it begins, and in a week at latest.
        InvalidEndTime {
            /// What was asked for.
            end_time: u64,
        },
        /// The time to confirm ends after now, and not after the consultation begins.
        InvalidConfirmBy {
            /// What was asked for.
            confirm_by: u64,
        },
        /// A series has 2 to 16 visits.
        InvalidSeriesLength {
            /// How many were given.
            visits: u32,
        },
        /// All visits of a series are with one provider.
        OtherProvider {
            /// The one that is not the first visit's.
            provider: Address,
        },
        /// All visits of a series are paid in one token.
        OtherToken {
            /// The one that is not the first visit's.
            token: Address,
        },
        /// The visits of a series follow one another.
        OverlappingVisits {
            /// The beginning that is before the end of the visit before.
            start_time: u64,
        },
        /// The provider's terms have another number now; 0 if there are none.
        TermsChanged {
            /// The number.
            version: u32,
        },
        /// The service costs something else; 0: it is not offered in this token.
        WrongFee {
            /// What it costs, in the token's smallest unit.
            fee: U256,
        },
        /// A schedule of refunds has at most four steps, and as many notices as refunds.
        InvalidSchedule {
            /// How many notices were given.
            notices: u32,
            /// How many refunds.
            refunds: u32,
        },
        /// A step of a schedule has less notice and no larger refund than the one before, and a refund of 10000 at most.
        InvalidRefundStep {
            /// The step, from 0.
            step: u8,
        },
        /// A share is more than 10000.
        ShareTooLarge {
            /// The share.
            share: u16,
        },
        /// A period is shorter or longer than allowed.
        InvalidPeriod {
            /// What it was to be, in seconds.
            seconds: u32,
            /// At least.
            shortest: u32,
            /// At most.
            longest: u32,
        },
        /// The provider has had 2^32 - 1 terms.
        TooManyTerms,
        /// The platform keeps a tenth at most.
        PlatformFeeTooHigh {
            /// What it was to keep.
            fee: u16,
        },
        /// A fee is somebody's, and no fee is nobody's.
        InvalidCollector {
            /// Whose it was to be.
            collector: Address,
        },
        /// Only the patient may do this.
        NotPatient {
            /// Who tried.
            caller: Address,
        },
        /// Only the provider may do this.
        NotProvider {
            /// Who tried.
            caller: Address,
        },
        /// Only the patient or the provider may do this.
        NotParty {
            /// Who tried.
            caller: Address,
        },
        /// Only the side that did not claim the outcome may do this.
        NotOtherSide {
            /// Who tried.
            caller: Address,
        },
        /// Only the visit's arbiter may do this.
        NotArbiter {
            /// Who tried.
            caller: Address,
        },
        /// Who said that the consultation began cannot say that the other side did not come.
        SaidItBegan {
            /// Who tried.
            caller: Address,
        },
        /// In this status the visit does not allow this.
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
        /// The provider had no active credential in this role when the consultation began.
        NoCredential {
            /// The role that was demanded.
            role: u8,
        },
        /// The provider has anchored no such record since the consultation began.
        NoRecord {
            /// The record that was named.
            record_id: H256,
        },
        /// The subject has no consent in force for the provider.
        NoConsent {
            /// The subject.
            subject: H256,
        },
        /// The call brought another amount of native coin than is due; none is due where the fee is in a token.
        WrongValue {
            /// What it brought.
            sent: U256,
            /// What is due.
            due: U256,
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
        /// The account did not take the native coin that is its own.
        TransferFailed {
            /// The account.
            account: Address,
            /// How much it was.
            amount: U256,
        },
        /// There is nothing to withdraw.
        NothingToWithdraw {
            /// Whose it would be.
            account: Address,
            /// The ERC-20 token; the zero address is the native coin.
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
