//! What the rules refuse, as the contract's errors.

use ink::{Address, H256, sol::Revert as _};
use salus_core::{
    credentials::ownership::OwnershipError,
    telehealth::{BookingError, FeeError, Refusal, SeriesError, TermsError, escrow},
};

use crate::error::{Error, ErrorRef};

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
        Self::of(&error)
    }
}

impl From<OwnershipError> for Refused {
    fn from(error: OwnershipError) -> Self {
        match error {
            OwnershipError::Unauthorized(account) => ErrorRef::OwnableUnauthorizedAccount {
                account: &account.into(),
            }
            .revert(),
            OwnershipError::InvalidOwner => ErrorRef::OwnableInvalidOwner {
                owner: &Address::zero(),
            }
            .revert(),
        }
    }
}

impl Refused {
    #[inline(never)]
    fn of(error: &escrow::Error) -> Self {
        match error {
            escrow::Error::UnknownVisit(id) => ErrorRef::UnknownVisit { visit_id: &H256(*id) }.revert(),
            escrow::Error::VisitExists(id) => ErrorRef::VisitExists { visit_id: &H256(*id) }.revert(),
            escrow::Error::Booking(error) => Self::booking(error),
            escrow::Error::Series(error) => Self::series(error),
            escrow::Error::TermsChanged(version) => ErrorRef::TermsChanged { version }.revert(),
            escrow::Error::WrongFee(fee) => ErrorRef::WrongFee { fee }.revert(),
            escrow::Error::NoArbiter(arbiter) => ErrorRef::InvalidArbiter { arbiter }.revert(),
            escrow::Error::Terms(error) => Self::terms(error),
            escrow::Error::TooManyTerms => ErrorRef::TooManyTerms.revert(),
            escrow::Error::PlatformFee(error) => match error {
                FeeError::TooHigh(fee) => ErrorRef::PlatformFeeTooHigh { fee }.revert(),
                FeeError::InvalidCollector(collector) => ErrorRef::InvalidCollector { collector }.revert(),
            },
            escrow::Error::Refused(refusal) => Self::visit(refusal),
            escrow::Error::NoCredential(role) => ErrorRef::NoCredential { role: &role.bit() }.revert(),
            escrow::Error::NoRecord(id) => ErrorRef::NoRecord { record_id: &H256(*id) }.revert(),
            escrow::Error::NoConsent(subject) => ErrorRef::NoConsent {
                subject: &H256(*subject),
            }
            .revert(),
            escrow::Error::NothingToWithdraw { account, token } => {
                ErrorRef::NothingToWithdraw { account, token }.revert()
            }
            escrow::Error::Overflow => ErrorRef::AmountOverflow.revert(),
        }
    }

    fn booking(error: &BookingError) -> Self {
        match error {
            BookingError::InvalidProvider(provider) => ErrorRef::InvalidProvider { provider },
            BookingError::InvalidArbiter(arbiter) => ErrorRef::InvalidArbiter { arbiter },
            BookingError::ZeroFee => ErrorRef::ZeroFee,
            BookingError::InvalidStartTime(start_time) => ErrorRef::InvalidStartTime { start_time },
            BookingError::InvalidEndTime(end_time) => ErrorRef::InvalidEndTime { end_time },
            BookingError::InvalidConfirmBy(confirm_by) => ErrorRef::InvalidConfirmBy { confirm_by },
        }
        .revert()
    }

    fn series(error: &SeriesError) -> Self {
        match error {
            SeriesError::InvalidLength(visits) => ErrorRef::InvalidSeriesLength { visits },
            SeriesError::OtherProvider(provider) => ErrorRef::OtherProvider { provider },
            SeriesError::OtherToken(token) => ErrorRef::OtherToken { token },
            SeriesError::Overlap(start_time) => ErrorRef::OverlappingVisits { start_time },
            SeriesError::Overflow => ErrorRef::AmountOverflow,
        }
        .revert()
    }

    fn terms(error: &TermsError) -> Self {
        match error {
            TermsError::RefundStep(step) => ErrorRef::InvalidRefundStep { step },
            TermsError::Share(share) => ErrorRef::ShareTooLarge { share },
            TermsError::Period {
                seconds,
                shortest,
                longest,
            } => ErrorRef::InvalidPeriod {
                seconds,
                shortest,
                longest,
            },
        }
        .revert()
    }

    fn visit(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::WrongStatus(status) => ErrorRef::WrongStatus {
                status: &(*status as u8),
            }
            .revert(),
            Refusal::NotPatient(caller) => ErrorRef::NotPatient { caller },
            Refusal::NotProvider(caller) => ErrorRef::NotProvider { caller },
            Refusal::NotParty(caller) => ErrorRef::NotParty { caller },
            Refusal::NotAnswerer(caller) => ErrorRef::NotOtherSide { caller },
            Refusal::NotArbiter(caller) => ErrorRef::NotArbiter { caller },
            Refusal::SaidItBegan(caller) => ErrorRef::SaidItBegan { caller },
            Refusal::TooLate { deadline, now } => ErrorRef::TooLate {
                deadline,
                current_time: now,
            },
            Refusal::TooEarly { earliest, now } => ErrorRef::TooEarly {
                earliest,
                current_time: now,
            },
            Refusal::ShareTooLarge(share) => ErrorRef::ShareTooLarge { share },
        }
        .revert()
    }
}
