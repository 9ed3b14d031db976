use ink::{
    H256,
    sol::{Revert as _, refuse},
};
use salus_core::consent::{Malformed, OpenError};

ink::errors! {
    /// Why a call was refused.
    pub enum Error, by reference ErrorRef {
        /// There is no contract at the address.
        NoContract {
            /// The address.
            at: ink::Address,
        },
        /// What should be the contract of consents does not answer as it does.
        Unanswered,
        /// There is no such consent.
        UnknownConsent {
            /// What was asked for.
            consent_id: H256,
        },
        /// A consent that bears on the answer has not been opened.
        NotOpened {
            /// The consent.
            consent_id: H256,
        },
        /// Salts and policies come in pairs, one for each consent that bears on the answer.
        UnneededOpenings {
            /// How many are needed.
            needed: u32,
        },
        /// A list has more than 16 entries.
        TooManyGrantees {
            /// How many it has.
            count: u32,
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
