//! The registry of subjects and consents: who may change what, and when. Storage is whoever calls.
//!
//! Every function reads and writes a fixed number of entries.

use core::fmt;

use super::{
    decision::Answer,
    entry::{Entry, InvalidTransition, Status, Terms, TermsError, check},
};
use crate::{
    codes::{Purpose, ResourceClass},
    hash::Hash,
};

/// A 20-byte address; all zero stands for nobody.
pub type Address = [u8; 20];
/// A subject: the pseudonym of a patient in one relationship.
pub type Subject = [u8; 32];

/// The zero address.
pub const NOBODY: Address = [0; 20];

/// Who controls a subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Control {
    /// Who grants and withdraws consent for it.
    pub controller: Address,
    /// To whom the control is offered; [`NOBODY`] if to nobody.
    pub pending: Address,
}

/// What the registry is stored in.
pub trait Registry {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<RegistryError>;

    /// Who controls a subject, if it is registered.
    fn control(&self, subject: &Subject) -> Option<Control>;
    /// Sets who controls a subject, whose control was read before.
    fn set_control(&mut self, subject: &Subject, control: &Control);
    /// A consent.
    fn consent(&self, id: &Hash) -> Option<Entry>;
    /// Sets a consent.
    fn set_consent(&mut self, id: &Hash, entry: &Entry);
    /// The last consent of a subject for a grantee, live or not.
    fn current(&self, subject: &Subject, grantee: &Address) -> Option<Hash>;
    /// Sets the last consent of a subject for a grantee.
    fn set_current(&mut self, subject: &Subject, grantee: &Address, id: &Hash);
    /// The identifier of a consent, see [`super::consent_id`].
    fn consent_id(&self, subject: &Subject, grantee: &Address, sequence: u32) -> Hash;
}

/// Why the registry refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// The subject of 32 zero bytes stands for none.
    InvalidSubject,
    /// Somebody has registered the subject before.
    SubjectAlreadyRegistered(Subject),
    /// Nobody has registered the subject.
    UnknownSubject(Subject),
    /// Only the subject's controller may do that.
    NotController(Subject, Address),
    /// The control of the subject was not offered to this caller.
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
            Self::NotController(..) => formatter.write_str("only the subject's controller may do that"),
            Self::NotPendingController(..) => formatter.write_str("the control was not offered to the caller"),
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

/// Registers a subject, which `caller` controls from now on.
///
/// # Errors
/// [`RegistryError::InvalidSubject`], [`RegistryError::SubjectAlreadyRegistered`].
pub fn register<R: Registry>(registry: &mut R, caller: &Address, subject: &Subject) -> Result<(), R::Refusal> {
    if subject == &[0; 32] {
        return Err(RegistryError::InvalidSubject.into());
    }
    if registry.control(subject).is_some() {
        return Err(RegistryError::SubjectAlreadyRegistered(*subject).into());
    }
    let control = Control {
        controller: *caller,
        pending: NOBODY,
    };
    registry.set_control(subject, &control);
    Ok(())
}

/// Offers the control of a subject to `heir`, who has to accept it; offers it to nobody if that is the zero address,
/// which takes an earlier offer back.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotController`].
pub fn offer_control<R: Registry>(
    registry: &mut R,
    caller: &Address,
    subject: &Subject,
    heir: &Address,
) -> Result<(), R::Refusal> {
    let control = only_controller(registry, caller, subject)?;
    registry.set_control(
        subject,
        &Control {
            pending: *heir,
            ..control
        },
    );
    Ok(())
}

/// Takes the control of a subject over, as it was offered. Answers who had it before.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotPendingController`].
pub fn accept_control<R: Registry>(
    registry: &mut R,
    caller: &Address,
    subject: &Subject,
) -> Result<Address, R::Refusal> {
    let previous = registered(registry, subject)?;
    if *caller == NOBODY || previous.pending != *caller {
        return Err(RegistryError::NotPendingController(*subject, *caller).into());
    }
    let control = Control {
        controller: *caller,
        pending: NOBODY,
    };
    registry.set_control(subject, &control);
    Ok(previous.controller)
}

/// Grants a consent; answers its identifier.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotController`], [`RegistryError::InvalidGrantee`],
/// [`RegistryError::InvalidCommitment`], [`RegistryError::Terms`], and [`RegistryError::ConsentActive`] while the grantee
/// has a live consent of this subject.
pub fn grant<R: Registry>(
    registry: &mut R,
    caller: &Address,
    now: u64,
    subject: &Subject,
    grantee: &Address,
    commitment: &Hash,
    terms: Terms,
) -> Result<Hash, R::Refusal> {
    only_controller(registry, caller, subject)?;
    if grantee == &NOBODY {
        return Err(RegistryError::InvalidGrantee.into());
    }
    check_content(commitment, &terms)?;
    let sequence = match registry.current(subject, grantee) {
        None => 0,
        Some(id) => {
            let last = consent(registry, &id)?;
            if last.is_live(now) {
                return Err(RegistryError::ConsentActive(id).into());
            }
            next_sequence(&last)?
        }
    };
    let status = Status::Active;
    Ok(put(
        registry,
        &Entry {
            subject: *subject,
            grantee: *grantee,
            status,
            sequence,
            terms,
            commitment: *commitment,
        },
    ))
}

/// Puts a new consent, with new terms and a new policy, in the place of a live one; answers the subject and the new
/// identifier. Subject and grantee stay.
///
/// # Errors
/// [`RegistryError::UnknownConsent`], [`RegistryError::NotController`], [`RegistryError::InvalidCommitment`],
/// [`RegistryError::Terms`], [`RegistryError::Transition`], [`RegistryError::ConsentExpired`].
pub fn supersede<R: Registry>(
    registry: &mut R,
    caller: &Address,
    now: u64,
    id: &Hash,
    commitment: &Hash,
    terms: Terms,
) -> Result<(Entry, Hash), R::Refusal> {
    let old = consent(registry, id)?;
    only_controller(registry, caller, &old.subject)?;
    check_content(commitment, &terms)?;
    let status = change(id, &old, Status::Superseded)?;
    if !old.is_live(now) {
        return Err(RegistryError::ConsentExpired(*id, old.terms.validity.until).into());
    }
    let new = Entry {
        sequence: next_sequence(&old)?,
        terms,
        commitment: *commitment,
        ..old
    };
    registry.set_consent(id, &Entry { status, ..old });
    Ok((new, put(registry, &new)))
}

/// Revokes a consent, for good; answers its subject.
///
/// # Errors
/// [`RegistryError::UnknownConsent`], [`RegistryError::NotController`], [`RegistryError::Transition`].
pub fn revoke<R: Registry>(registry: &mut R, caller: &Address, id: &Hash) -> Result<Subject, R::Refusal> {
    end(registry, caller, id, Status::Revoked)
}

/// Marks a consent as one that should never have been recorded; answers its subject. It stays readable.
///
/// # Errors
/// [`RegistryError::UnknownConsent`], [`RegistryError::NotController`], [`RegistryError::Transition`].
pub fn enter_in_error<R: Registry>(registry: &mut R, caller: &Address, id: &Hash) -> Result<Subject, R::Refusal> {
    end(registry, caller, id, Status::EnteredInError)
}

/// The coarse question about a subject's consent for a grantee, see [`check`].
pub fn check_current(
    registry: &impl Registry,
    now: u64,
    subject: &Subject,
    grantee: &Address,
    purpose: Purpose,
    class: ResourceClass,
) -> Answer {
    let entry = registry.current(subject, grantee).and_then(|id| registry.consent(&id));
    entry.map_or(Answer::NoConsent, |entry| check(&entry, purpose, class, now))
}

fn end<R: Registry>(registry: &mut R, caller: &Address, id: &Hash, to: Status) -> Result<Subject, R::Refusal> {
    let entry = consent(registry, id)?;
    only_controller(registry, caller, &entry.subject)?;
    registry.set_consent(
        id,
        &Entry {
            status: change(id, &entry, to)?,
            ..entry
        },
    );
    Ok(entry.subject)
}

fn put(registry: &mut impl Registry, entry: &Entry) -> Hash {
    let id = registry.consent_id(&entry.subject, &entry.grantee, entry.sequence);
    registry.set_consent(&id, entry);
    registry.set_current(&entry.subject, &entry.grantee, &id);
    id
}

fn only_controller<R: Registry>(registry: &R, caller: &Address, subject: &Subject) -> Result<Control, R::Refusal> {
    let control = registered(registry, subject)?;
    if control.controller == *caller {
        Ok(control)
    } else {
        Err(RegistryError::NotController(*subject, *caller).into())
    }
}

fn registered<R: Registry>(registry: &R, subject: &Subject) -> Result<Control, R::Refusal> {
    let control = registry.control(subject);
    Ok(control.ok_or_else(|| RegistryError::UnknownSubject(*subject))?)
}

fn consent<R: Registry>(registry: &R, id: &Hash) -> Result<Entry, R::Refusal> {
    registry
        .consent(id)
        .ok_or_else(|| RegistryError::UnknownConsent(*id).into())
}

fn check_content(commitment: &Hash, terms: &Terms) -> Result<(), RegistryError> {
    if commitment == &[0; 32] {
        return Err(RegistryError::InvalidCommitment);
    }
    terms.check().map_err(RegistryError::Terms)
}

fn change(id: &Hash, entry: &Entry, to: Status) -> Result<Status, RegistryError> {
    entry
        .status
        .change(to)
        .map_err(|error| RegistryError::Transition(*id, error))
}

fn next_sequence(entry: &Entry) -> Result<u32, RegistryError> {
    entry
        .sequence
        .checked_add(1)
        .ok_or_else(|| RegistryError::TooManyConsents)
}
