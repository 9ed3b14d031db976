use ink::{
    Address, H256,
    sol::{Revert as _, refuse},
};
use salus_core::consent::{Malformed, OpenError, TermsError, registry::RegistryError};

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
        /// Only the subject's controller may do that.
        NotController {
            /// The subject.
            subject: H256,
            /// Who tried.
            caller: Address,
        },
        /// The control of the subject was not offered to the caller.
        NotPendingController {
            /// The subject.
            subject: H256,
            /// Who tried.
            caller: Address,
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
        /// The salt and the policy are not those that were committed to.
        CommitmentMismatch {
            /// What the consent commits to.
            expected: H256,
            /// What was handed in gives.
            actual: H256,
        },
        /// What was committed to is no policy.
        MalformedPolicy {
            /// The rule that is broken, by its number in the consent model.
            rule: u8,
            /// The byte at which that was seen.
            offset: u32,
        },
        /// The request is none.
        MalformedRequest {
            /// The rule that is broken, by its number in the consent model.
            rule: u8,
            /// The byte at which that was seen.
            offset: u32,
        },
    }
}

impl Error {
    pub(crate) fn malformed_request(malformed: Malformed) -> Self {
        let (rule, offset) = rule_and_offset(malformed);
        refuse(Self::MalformedRequest { rule, offset })
    }
}

fn rule_and_offset(malformed: Malformed) -> (u8, u32) {
    // What a contract is called with is much shorter than 4 GiB.
    (
        malformed.kind as u8,
        u32::try_from(malformed.offset).unwrap_or(u32::MAX),
    )
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

impl From<OpenError> for Refused {
    #[inline(always)]
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::CommitmentMismatch { expected, actual } => ErrorRef::CommitmentMismatch {
                expected: &H256(expected),
                actual: &H256(actual),
            }
            .revert(),
            OpenError::MalformedPolicy(malformed) => {
                let (rule, offset) = rule_and_offset(malformed);
                ErrorRef::MalformedPolicy {
                    rule: &rule,
                    offset: &offset,
                }
                .revert()
            }
        }
    }
}
