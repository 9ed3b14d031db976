use core::fmt;

use super::{Address, Subject};
use crate::{
    consent::entry::{InvalidTransition, TermsError},
    hash::Hash,
};

/// Why the registry refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// The subject of 32 zero bytes stands for none.
    InvalidSubject,
    /// Somebody has registered the subject before.
    SubjectAlreadyRegistered(Subject),
    /// Nobody has registered the subject.
    UnknownSubject(Subject),
    /// Neither the subject's controller nor a delegate who may do that.
    NotController(Subject, Address),
    /// A delegate would go beyond what they have themselves: the last second, and the purposes.
    BeyondDelegation(u64, u64),
    /// Nobody, the controller and whoever acts cannot be made a delegate.
    InvalidDelegate(Address),
    /// Bits that stand for no power.
    UnknownPowers(u8),
    /// A successor who is the controller, or a time of no seconds.
    InvalidSuccession,
    /// The account is not the one that is to follow the controller.
    NotSuccessor(Subject, Address),
    /// The control is claimed already.
    ControlClaimed(Subject),
    /// The successor may do that from this second on.
    TooEarly(u64),
    /// The control of the subject was not offered to this account, nor claimed by it.
    NotPendingController(Subject, Address),
    /// A consent cannot be given to nobody.
    InvalidGrantee,
    /// The commitment of 32 zero bytes commits to nothing.
    InvalidCommitment,
    /// The terms are ones that a consent cannot have.
    Terms(TermsError),
    /// The subject has a live consent for the grantee: this one. Supersede or revoke it.
    ConsentActive(Hash),
    /// There is no such consent.
    UnknownConsent(Hash),
    /// The consent's status does not allow that.
    Transition(Hash, InvalidTransition),
    /// The consent has expired: there is nothing to supersede, grant a new one.
    ConsentExpired(Hash, u64),
    /// This subject cannot give this grantee any more consents.
    TooManyConsents,
}

impl fmt::Display for RegistryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidSubject => formatter.write_str("the zero subject stands for nobody"),
            Self::SubjectAlreadyRegistered(_) => formatter.write_str("the subject is registered already"),
            Self::UnknownSubject(_) => formatter.write_str("the subject is not registered"),
            Self::NotController(..) => {
                formatter.write_str("neither the subject's controller nor a delegate who may do that")
            }
            Self::BeyondDelegation(until, purposes) => {
                write!(
                    formatter,
                    "the delegation ends at {until} and is for the purposes {purposes:#x}"
                )
            }
            Self::InvalidDelegate(_) => formatter.write_str("this account cannot be made a delegate"),
            Self::UnknownPowers(bits) => write!(formatter, "bits without a power: {bits:#x}"),
            Self::InvalidSuccession => {
                formatter.write_str("a successor is somebody else, and follows after some silence and grace")
            }
            Self::NotSuccessor(..) => formatter.write_str("the account is not the controller's successor"),
            Self::ControlClaimed(_) => formatter.write_str("the control is claimed already"),
            Self::TooEarly(at) => write!(formatter, "the successor may do that from {at} on"),
            Self::NotPendingController(..) => {
                formatter.write_str("the control was neither offered to the account nor claimed by it")
            }
            Self::InvalidGrantee => formatter.write_str("the zero address cannot be given consent"),
            Self::InvalidCommitment => formatter.write_str("the zero commitment commits to nothing"),
            Self::Terms(error) => error.fmt(formatter),
            Self::ConsentActive(_) => formatter.write_str("the grantee has a live consent of this subject"),
            Self::UnknownConsent(_) => formatter.write_str("there is no such consent"),
            Self::Transition(_, error) => error.fmt(formatter),
            Self::ConsentExpired(_, until) => write!(formatter, "the consent expired at {until}"),
            Self::TooManyConsents => formatter.write_str("the subject cannot give this grantee more consents"),
        }
    }
}

impl core::error::Error for RegistryError {}

impl From<TermsError> for RegistryError {
    fn from(error: TermsError) -> Self {
        Self::Terms(error)
    }
}
