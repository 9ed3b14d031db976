//! A consent as it stands in a contract's state, and what can be answered from that alone.

use core::fmt;

use super::{decision::Answer, policy::Period};
use crate::{
    codes::{Purpose, ResourceClass},
    hash::{Domain, Hash, concat},
};

/// Where a consent is in its life. The numbers are those of the contract's ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// There is no such consent.
    #[default]
    None = 0,
    /// In force within its period.
    Active = 1,
    /// Another consent took its place.
    Superseded = 2,
    /// Withdrawn, for good.
    Revoked = 3,
    /// It should never have been recorded.
    EnteredInError = 4,
}

/// A change of status that the model does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTransition {
    /// The status that the consent has.
    pub from: Status,
    /// The one that it was to get.
    pub to: Status,
}

impl fmt::Display for InvalidTransition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "a consent that is {:?} cannot become {:?}",
            self.from, self.to
        )
    }
}

impl core::error::Error for InvalidTransition {}

impl Status {
    /// The status with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 => Some(Self::Active),
            2 => Some(Self::Superseded),
            3 => Some(Self::Revoked),
            4 => Some(Self::EnteredInError),
            _ => None,
        }
    }

    /// The status after a change.
    ///
    /// An active consent may be superseded, revoked or marked as entered in error; a superseded one may be marked
    /// as entered in error. Revocation and entered-in-error are final.
    ///
    /// # Errors
    /// [`InvalidTransition`] for every other change.
    pub const fn change(self, to: Self) -> Result<Self, InvalidTransition> {
        match (self, to) {
            (Self::None, Self::Active)
            | (Self::Active, Self::Superseded | Self::Revoked | Self::EnteredInError)
            | (Self::Superseded, Self::EnteredInError) => Ok(to),
            _ => Err(InvalidTransition { from: self, to }),
        }
    }
}

/// What a patient states in the open about a consent: its validity and, if they choose to, a coarse scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// When it is in force. Seconds since the epoch, both ends inclusive; `u64::MAX` leaves the end open.
    pub validity: Period,
    /// Disclosed purposes: a mask over [`Purpose`].
    pub purposes: u64,
    /// Disclosed classes of data: a mask over [`ResourceClass`].
    pub classes: u64,
}

/// Terms that a consent cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermsError {
    /// The consent would end before it begins.
    ReversedValidity(Period),
    /// Bits that stand for no code, in the mask of purposes and in that of classes.
    UnknownBits(u64, u64),
    /// Only one of the two masks is disclosed, so that the coarse check could never use it.
    HalfDisclosed(u64, u64),
}

impl fmt::Display for TermsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReversedValidity(period) => {
                write!(
                    formatter,
                    "valid until {}, which is before valid from, {}",
                    period.until, period.from
                )
            }
            Self::UnknownBits(purposes, classes) => {
                write!(
                    formatter,
                    "bits without a code: {purposes:#x} in purposes, {classes:#x} in classes"
                )
            }
            Self::HalfDisclosed(purposes, classes) => {
                write!(
                    formatter,
                    "disclose both masks or none: purposes {purposes:#x}, classes {classes:#x}"
                )
            }
        }
    }
}

impl core::error::Error for TermsError {}

impl Terms {
    /// Accepts terms that a consent can have.
    ///
    /// # Errors
    /// [`TermsError`] names the rule that is broken.
    pub const fn check(&self) -> Result<(), TermsError> {
        if self.validity.until < self.validity.from {
            return Err(TermsError::ReversedValidity(self.validity));
        }
        let (purposes, classes) = (self.purposes & !Purpose::KNOWN, self.classes & !ResourceClass::KNOWN);
        if purposes != 0 || classes != 0 {
            return Err(TermsError::UnknownBits(purposes, classes));
        }
        if (self.purposes == 0) != (self.classes == 0) {
            return Err(TermsError::HalfDisclosed(self.purposes, self.classes));
        }
        Ok(())
    }
}

/// A consent as a contract holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose data it is about: a pseudonym, another one for each relationship.
    pub subject: [u8; 32],
    /// To whom it is given.
    pub grantee: [u8; 20],
    /// Its status.
    pub status: Status,
    /// How many consents this subject gave this grantee before.
    pub sequence: u32,
    /// Its validity and disclosed scope.
    pub terms: Terms,
    /// What the policy is committed to, see [`super::policy_commitment`].
    pub commitment: Hash,
    /// Who granted it: the subject's controller then, or a delegate.
    pub grantor: [u8; 20],
    /// Purposes beyond which it does not speak, whatever its policy says: a mask over [`Purpose`]. All bits, unless a delegate
    /// granted it within a limit.
    pub limit: u64,
}

impl Entry {
    /// Whether the consent is in force.
    pub fn is_in_force(&self, at: u64) -> bool {
        self.status == Status::Active && self.terms.validity.contains(at)
    }

    /// Whether the consent is in force or will be: no other one may be granted beside it.
    pub fn is_live(&self, at: u64) -> bool {
        self.status == Status::Active && at <= self.terms.validity.until
    }
}

/// The coarse question: does a consent, by what is disclosed of it, permit access to a class of data for a purpose?
///
/// NO_CONSENT if it is not in force, if nothing is disclosed, or if the purpose is not among the disclosed ones; DENY if
/// the purpose is, but not the class. NO_CONSENT where nothing is disclosed means "open the policy and ask again".
pub fn check(entry: &Entry, purpose: Purpose, class: ResourceClass, at: u64) -> Answer {
    if !entry.is_in_force(at) || entry.terms.purposes & entry.limit & purpose.mask() == 0 {
        Answer::NoConsent
    } else if entry.terms.classes & class.mask() == 0 {
        Answer::Deny
    } else {
        Answer::Permit
    }
}

/// The identifier of a consent: no two consents have the same, on no chain, in no contract.
///
/// `H("salus/consent-id" || 1 || chain id || contract || subject || grantee || sequence)`: 16, 1, 32, 20, 32, 20 and 4
/// bytes, numbers big-endian.
pub fn consent_id(
    chain_id: &[u8; 32],
    contract: &[u8; 20],
    subject: &[u8; 32],
    grantee: &[u8; 20],
    sequence: u32,
    keccak256: impl Fn(&[u8]) -> Hash,
) -> Hash {
    keccak256(&concat(&[
        &Domain::CONSENT_ID.0,
        &[1],
        chain_id,
        contract,
        subject,
        grantee,
        &sequence.to_be_bytes(),
    ]))
}
