use ink::{Address, H256, sol::Revert as _};
use salus_core::consent::{TermsError, registry::RegistryError};

ink::errors! {
    /// Why a call was refused.
    pub enum Error, by reference ErrorRef {
        /// The subject of 32 zero bytes stands for nobody.
        InvalidSubject,
        /// Somebody has registered the subject before.
        SubjectAlreadyRegistered {
            /// The subject.
            subject: H256,
        },
        /// Nobody has registered the subject.
        UnknownSubject {
            /// The subject.
            subject: H256,
        },
        /// Neither the subject's controller nor a delegate who may do that.
        NotController {
            /// The subject.
            subject: H256,
            /// Who tried.
            caller: Address,
        },
        /// The control of the subject was not offered to who tried, nor claimed by them.
        NotPendingController {
            /// The subject.
            subject: H256,
            /// Who tried.
            caller: Address,
        },
        /// A delegate would go beyond what they may do themselves.
        BeyondDelegation {
            /// Their last second, since the epoch.
            valid_until: u64,
            /// Their purposes, a bit each.
            purposes: u64,
        },
        /// The zero address, the controller and who acts cannot be made a delegate.
        InvalidDelegate {
            /// Who was to be one.
            delegate: Address,
        },
        /// Bits that stand for no power.
        UnknownPowers {
            /// The bits.
            powers: u8,
        },
        /// A successor is somebody else than the controller, and follows after some silence and some grace.
        InvalidSuccession,
        /// The controller has declared no successor, or another one.
        NotSuccessor {
            /// The subject.
            subject: H256,
            /// Who tried.
            caller: Address,
        },
        /// The successor has claimed the control already.
        ControlAlreadyClaimed {
            /// The subject.
            subject: H256,
        },
        /// The controller may still act.
        TooEarly {
            /// From which second on, since the epoch, the successor may do that.
            not_before: u64,
        },
        /// Nobody can be given consent at the zero address.
        InvalidGrantee {
            /// The zero address.
            grantee: Address,
        },
        /// 32 zero bytes commit to nothing.
        InvalidCommitment,
        /// The consent would end before it begins.
        InvalidValidity {
            /// The first second, since the epoch.
            valid_from: u64,
            /// The last second.
            valid_until: u64,
        },
        /// Bits that stand for no code.
        UnknownBits {
            /// Those in the mask of purposes.
            purposes: u64,
            /// Those in the mask of classes.
            classes: u64,
        },
        /// Purposes and classes are disclosed together or not at all.
        HalfDisclosed {
            /// The mask of purposes.
            purposes: u64,
            /// The mask of classes.
            classes: u64,
        },
        /// The subject has this live consent for the grantee: supersede it or revoke it.
        ConsentActive {
            /// The consent.
            consent_id: H256,
        },
        /// There is no such consent.
        UnknownConsent {
            /// What was asked for.
            consent_id: H256,
        },
        /// The consent is superseded (2), revoked (3) or entered in error (4).
        ConsentNotActive {
            /// The consent.
            consent_id: H256,
            /// Its status.
            status: u8,
        },
        /// The consent has expired: grant a new one.
        ConsentExpired {
            /// The consent.
            consent_id: H256,
            /// Its last second, since the epoch.
            valid_until: u64,
        },
        /// The subject has given this grantee 2^32 consents.
        TooManyConsents,
        /// No purpose of use has this number.
        UnknownPurpose {
            /// The number.
            purpose: u8,
        },
        /// No class of data has this number.
        UnknownClass {
            /// The number.
            class: u8,
        },
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

impl From<RegistryError> for Refused {
    #[inline(always)]
    fn from(error: RegistryError) -> Self {
        match &error {
            RegistryError::InvalidSubject => ErrorRef::InvalidSubject.revert(),
            RegistryError::SubjectAlreadyRegistered(subject) => ErrorRef::SubjectAlreadyRegistered {
                subject: &H256(*subject),
            }
            .revert(),
            RegistryError::UnknownSubject(subject) => ErrorRef::UnknownSubject {
                subject: &H256(*subject),
            }
            .revert(),
            RegistryError::NotController(subject, caller) => ErrorRef::NotController {
                subject: &H256(*subject),
                caller: &(*caller).into(),
            }
            .revert(),
            RegistryError::NotPendingController(subject, caller) => ErrorRef::NotPendingController {
                subject: &H256(*subject),
                caller: &(*caller).into(),
            }
            .revert(),
            RegistryError::BeyondDelegation(valid_until, purposes) => {
                ErrorRef::BeyondDelegation { valid_until, purposes }.revert()
            }
            RegistryError::InvalidDelegate(delegate) => ErrorRef::InvalidDelegate {
                delegate: &(*delegate).into(),
            }
            .revert(),
            RegistryError::UnknownPowers(powers) => ErrorRef::UnknownPowers { powers }.revert(),
            RegistryError::InvalidSuccession => ErrorRef::InvalidSuccession.revert(),
            RegistryError::NotSuccessor(subject, caller) => ErrorRef::NotSuccessor {
                subject: &H256(*subject),
                caller: &(*caller).into(),
            }
            .revert(),
            RegistryError::ControlClaimed(subject) => ErrorRef::ControlAlreadyClaimed {
                subject: &H256(*subject),
            }
            .revert(),
            RegistryError::TooEarly(not_before) => ErrorRef::TooEarly { not_before }.revert(),
            RegistryError::InvalidGrantee => ErrorRef::InvalidGrantee {
                grantee: &Address::zero(),
            }
            .revert(),
            RegistryError::InvalidCommitment => ErrorRef::InvalidCommitment.revert(),
            RegistryError::Terms(error) => (*error).into(),
            RegistryError::ConsentActive(id) => ErrorRef::ConsentActive { consent_id: &H256(*id) }.revert(),
            RegistryError::UnknownConsent(id) => ErrorRef::UnknownConsent { consent_id: &H256(*id) }.revert(),
            RegistryError::Transition(id, error) => ErrorRef::ConsentNotActive {
                consent_id: &H256(*id),
                status: &(error.from as u8),
            }
            .revert(),
            RegistryError::ConsentExpired(id, valid_until) => ErrorRef::ConsentExpired {
                consent_id: &H256(*id),
                valid_until,
            }
            .revert(),
            RegistryError::TooManyConsents => ErrorRef::TooManyConsents.revert(),
        }
    }
}

impl From<TermsError> for Refused {
    #[inline(always)]
    fn from(error: TermsError) -> Self {
        match &error {
            TermsError::ReversedValidity(period) => ErrorRef::InvalidValidity {
                valid_from: &period.from,
                valid_until: &period.until,
            }
            .revert(),
            TermsError::UnknownBits(purposes, classes) => ErrorRef::UnknownBits { purposes, classes }.revert(),
            TermsError::HalfDisclosed(purposes, classes) => ErrorRef::HalfDisclosed { purposes, classes }.revert(),
        }
    }
}
