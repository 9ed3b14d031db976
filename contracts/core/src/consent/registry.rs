//! The registry of subjects and consents: who may change what, and when. Storage is whoever calls.
//!
//! Every function reads and writes a fixed number of entries. The first argument after the registry is who acts: who called, or
//! who signed.

mod authority;
mod control;
mod error;

use super::{
    decision::Answer,
    entry::{Entry, Status, Terms, check},
};
use crate::{
    codes::{Purpose, ResourceClass},
    hash::Hash,
};
use authority::authority;

pub use authority::{Delegation, may_act, power, set_delegate};
pub use control::{
    Control, Succession, accept_control, claim_control, confirm_control, offer_control, register, set_successor,
};
pub use error::RegistryError;

/// A 20-byte address; all zero stands for nobody.
pub type Address = [u8; 20];
/// A subject: the pseudonym of a patient in one relationship.
pub type Subject = [u8; 32];

/// The zero address.
pub const NOBODY: Address = [0; 20];

/// What the registry is stored in.
pub trait Registry {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<RegistryError>;

    /// Who controls a subject, if it is registered.
    fn control(&self, subject: &Subject) -> Option<Control>;
    /// Sets who controls a subject, whose control was read before.
    fn set_control(&mut self, subject: &Subject, control: &Control);
    /// Who is to follow a subject's controller. Asked only if [`Control::has_successor`].
    fn succession(&self, subject: &Subject) -> Option<Succession>;
    /// Sets who is to follow a subject's controller.
    fn set_succession(&mut self, subject: &Subject, succession: &Succession);
    /// What an account may do for a subject's controller.
    fn delegation(&self, subject: &Subject, delegate: &Address) -> Option<Delegation>;
    /// Sets what an account may do for a subject's controller, which was read before.
    fn set_delegation(&mut self, subject: &Subject, delegate: &Address, delegation: &Delegation);
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

/// Grants a consent; answers it and its identifier. For the controller, or a delegate who may [grant](power::GRANT): then the
/// consent answers to none but the delegate's purposes, and ends with the delegation at the latest.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotController`], [`RegistryError::BeyondDelegation`],
/// [`RegistryError::InvalidGrantee`], [`RegistryError::InvalidCommitment`], [`RegistryError::Terms`], and
/// [`RegistryError::ConsentActive`] while the grantee has a live consent of this subject.
pub fn grant<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
    grantee: &Address,
    commitment: &Hash,
    terms: Terms,
) -> Result<(Entry, Hash), R::Refusal> {
    let limit = authority(registry, actor, now, subject, power::GRANT)?.limit_of(&terms)?;
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
    let entry = Entry {
        subject: *subject,
        grantee: *grantee,
        status: Status::Active,
        sequence,
        terms,
        commitment: *commitment,
        grantor: *actor,
        limit,
    };
    Ok((entry, put(registry, &entry)))
}

/// Puts a new consent, with new terms and a new policy, in the place of a live one; answers it and its identifier. Subject
/// and grantee stay. For the controller, or a delegate who may both [grant](power::GRANT) and [end](power::END) consents.
///
/// # Errors
/// [`RegistryError::UnknownConsent`], [`RegistryError::NotController`], [`RegistryError::BeyondDelegation`],
/// [`RegistryError::InvalidCommitment`], [`RegistryError::Terms`], [`RegistryError::Transition`],
/// [`RegistryError::ConsentExpired`].
pub fn supersede<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    id: &Hash,
    commitment: &Hash,
    terms: Terms,
) -> Result<(Entry, Hash), R::Refusal> {
    let old = consent(registry, id)?;
    let limit = authority(registry, actor, now, &old.subject, power::GRANT | power::END)?.limit_of(&terms)?;
    check_content(commitment, &terms)?;
    let status = change(id, &old, Status::Superseded)?;
    if !old.is_live(now) {
        return Err(RegistryError::ConsentExpired(*id, old.terms.validity.until).into());
    }
    let new = Entry {
        sequence: next_sequence(&old)?,
        terms,
        commitment: *commitment,
        grantor: *actor,
        limit,
        ..old
    };
    registry.set_consent(id, &Entry { status, ..old });
    Ok((new, put(registry, &new)))
}

/// Revokes a consent, for good; answers its subject. For the controller, or a delegate who may [end](power::END) consents.
///
/// # Errors
/// [`RegistryError::UnknownConsent`], [`RegistryError::NotController`], [`RegistryError::Transition`].
pub fn revoke<R: Registry>(registry: &mut R, actor: &Address, now: u64, id: &Hash) -> Result<Subject, R::Refusal> {
    end(registry, actor, now, id, Status::Revoked)
}

/// Marks a consent as one that should never have been recorded; answers its subject. It stays readable. For the controller,
/// or a delegate who may [end](power::END) consents.
///
/// # Errors
/// [`RegistryError::UnknownConsent`], [`RegistryError::NotController`], [`RegistryError::Transition`].
pub fn enter_in_error<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    id: &Hash,
) -> Result<Subject, R::Refusal> {
    end(registry, actor, now, id, Status::EnteredInError)
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

fn end<R: Registry>(registry: &mut R, actor: &Address, now: u64, id: &Hash, to: Status) -> Result<Subject, R::Refusal> {
    let entry = consent(registry, id)?;
    authority(registry, actor, now, &entry.subject, power::END)?;
    registry.set_consent(
        id,
        &Entry {
            status: change(id, &entry, to)?,
            ..entry
        },
    );
    Ok(entry.subject)
}

#[inline(never)]
fn put(registry: &mut impl Registry, entry: &Entry) -> Hash {
    let id = registry.consent_id(&entry.subject, &entry.grantee, entry.sequence);
    registry.set_consent(&id, entry);
    registry.set_current(&entry.subject, &entry.grantee, &id);
    id
}

#[inline(never)]
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
