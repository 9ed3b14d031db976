//! Who may open, veto, end and review.

use core::fmt;

use super::{
    super::setting::{Parameters, Setting},
    access::{Access, Outcome, Safeguards, Status},
    actor::{Actor, Unreviewed},
};
use crate::{
    codes::{Purpose, Role},
    consent::registry::{Address, NOBODY, Subject, power},
    hash::Hash,
};

/// The purposes of use that are emergencies.
const EMERGENCIES: u64 = Purpose::ETREAT.mask() | Purpose::BTG.mask();

/// What emergency accesses are stored in.
pub trait Emergencies {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<EmergencyError>;

    /// What is arranged for a subject.
    fn safeguards(&self, subject: &Subject) -> Safeguards;
    /// Sets what is arranged for a subject, which was read before.
    fn set_safeguards(&mut self, subject: &Subject, safeguards: &Safeguards);
    /// An access.
    fn access(&self, id: &Hash) -> Option<Access>;
    /// Sets an access.
    fn set_access(&mut self, id: &Hash, access: &Access);
    /// The last access of an actor to a subject, whatever became of it.
    fn latest_access(&self, subject: &Subject, actor: &Address) -> Option<Hash>;
    /// Sets the last access of an actor to a subject, which was read before.
    fn set_latest_access(&mut self, subject: &Subject, actor: &Address, id: &Hash);
    /// An actor's record.
    fn actor(&self, actor: &Address) -> Actor;
    /// Sets an actor's record, which was read before.
    fn set_actor(&mut self, actor: &Address, record: &Actor);
    /// The identifier of an access, see [`super::access_id`].
    fn access_id(&self, subject: &Subject, actor: &Address, sequence: u32) -> Hash;
}

/// Why an emergency access is not opened or not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmergencyError {
    /// Nobody has registered the subject, so nobody would hear of it.
    UnknownSubject(Subject),
    /// Only the subject's controller may do that.
    NotController(Subject, Address),
    /// Only the subject's controller, or a delegate who may, can do that.
    MayNotAct(Subject, Address),
    /// The veto window, the first, is longer than the second.
    VetoWindowTooLong(u64, u64),
    /// The purpose of use is no emergency.
    NotAnEmergency(Purpose),
    /// In this role nobody may open an emergency access.
    RoleNotAdmitted(Role),
    /// Nothing shows the emergency.
    MissingEvidence,
    /// The access would last no time, or longer than the second number, in seconds.
    InvalidDuration(u64, u64),
    /// Nobody reviews themselves.
    InvalidReviewer(Address),
    /// The account has no active credential in the role.
    MissingCredential(Address, Role),
    /// The subject has no emergency key, so that nobody can have signed.
    NoEmergencyKey(Subject),
    /// The actor has this access to the subject, which waits or is open.
    AccessLive(Hash),
    /// The review of this access of the actor is overdue since the second.
    ReviewOverdue(Hash, u64),
    /// As many accesses of the actor as may be wait for their review.
    TooManyUnreviewed,
    /// The actor can open no more before this second.
    TooManyUses(u64),
    /// No number is left for another access of the actor.
    TooManyAccesses,
    /// There is no such access.
    UnknownAccess(Hash),
    /// Only its actor may do that.
    NotActor(Hash, Address),
    /// Only its reviewer may do that, or, long after, somebody else in the reviewers' role.
    NotReviewer(Hash, Address),
    /// The access has this status, which does not allow that.
    WrongStatus(Hash, Status),
    /// The access was reviewed.
    AlreadyReviewed(Hash),
    /// A review comes to something.
    InvalidOutcome,
}

impl fmt::Display for EmergencyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSubject(_) => formatter.write_str("the subject is not registered"),
            Self::NotController(..) => formatter.write_str("only the subject's controller may do that"),
            Self::MayNotAct(..) => formatter.write_str("only the subject's controller or a delegate may do that"),
            Self::VetoWindowTooLong(_, limit) => write!(formatter, "a veto window has at most {limit} seconds"),
            Self::NotAnEmergency(purpose) => write!(formatter, "{purpose} is no emergency"),
            Self::RoleNotAdmitted(role) => write!(formatter, "as {role} nobody may open an emergency access"),
            Self::MissingEvidence => formatter.write_str("the zero hash is no evidence"),
            Self::InvalidDuration(_, limit) => write!(formatter, "a duration is from 1 to {limit} seconds"),
            Self::InvalidReviewer(_) => formatter.write_str("nobody reviews themselves"),
            Self::MissingCredential(_, role) => write!(formatter, "there is no active credential as {role}"),
            Self::NoEmergencyKey(_) => formatter.write_str("the subject has no emergency key"),
            Self::AccessLive(_) => formatter.write_str("the actor has an access to the subject already"),
            Self::ReviewOverdue(_, since) => write!(formatter, "a review is overdue since {since}"),
            Self::TooManyUnreviewed => formatter.write_str("too many accesses wait for their review"),
            Self::TooManyUses(until) => write!(formatter, "no more accesses before {until}"),
            Self::TooManyAccesses => formatter.write_str("no more accesses at all"),
            Self::UnknownAccess(_) => formatter.write_str("there is no such access"),
            Self::NotActor(..) => formatter.write_str("only its actor may do that"),
            Self::NotReviewer(..) => formatter.write_str("only its reviewer may do that"),
            Self::WrongStatus(_, status) => write!(formatter, "the access is {status:?}"),
            Self::AlreadyReviewed(_) => formatter.write_str("the access was reviewed"),
            Self::InvalidOutcome => formatter.write_str("a review finds it justified or not"),
        }
    }
}

impl core::error::Error for EmergencyError {}

/// Sets how long emergency accesses to a subject wait for a veto, from the next one on. For its controller.
///
/// # Errors
/// [`EmergencyError::NotController`], [`EmergencyError::VetoWindowTooLong`].
pub fn set_veto_window<E: Emergencies>(
    emergencies: &mut E,
    setting: &impl Setting,
    caller: &Address,
    subject: &Subject,
    seconds: u64,
) -> Result<(), E::Refusal> {
    only_controller::<E>(setting, caller, subject)?;
    let limit = setting.parameters().max_veto_window;
    if seconds > limit {
        return Err(EmergencyError::VetoWindowTooLong(seconds, limit).into());
    }
    let mut safeguards = emergencies.safeguards(subject);
    safeguards.veto_window = seconds;
    emergencies.set_safeguards(subject, &safeguards);
    Ok(())
}

/// Sets whose signature opens emergency accesses to a subject at once; nobody's, if that is the zero address. For its controller.
///
/// # Errors
/// [`EmergencyError::NotController`].
pub fn set_emergency_key<E: Emergencies>(
    emergencies: &mut E,
    setting: &impl Setting,
    caller: &Address,
    subject: &Subject,
    key: &Address,
) -> Result<(), E::Refusal> {
    only_controller::<E>(setting, caller, subject)?;
    let mut safeguards = emergencies.safeguards(subject);
    safeguards.emergency_key = *key;
    emergencies.set_safeguards(subject, &safeguards);
    Ok(())
}

/// Whose signature opens emergency accesses to a subject at once.
///
/// # Errors
/// [`EmergencyError::NoEmergencyKey`].
pub fn emergency_key<E: Emergencies>(emergencies: &E, subject: &Subject) -> Result<Address, E::Refusal> {
    let key = emergencies.safeguards(subject).emergency_key;
    if key == NOBODY {
        return Err(EmergencyError::NoEmergencyKey(*subject).into());
    }
    Ok(key)
}

/// What somebody demands in an emergency.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// Whose data.
    pub subject: &'a Subject,
    /// As what.
    pub role: Role,
    /// Why.
    pub purpose: Purpose,
    /// Who will review it.
    pub reviewer: &'a Address,
    /// A salted hash of what shows the emergency.
    pub evidence: &'a Hash,
    /// For how many seconds.
    pub duration: u64,
}

/// An access that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Its identifier.
    pub id: Hash,
    /// It.
    pub access: Access,
    /// How many seconds it waits before it opens.
    pub veto_window: u64,
}

/// Opens an emergency access for `actor`: at once, or after the subject's veto window. What the emergency key has signed for,
/// `is_authorized`, opens at once.
///
/// # Errors
/// Those of [`EmergencyError`] that are not about vetoing, ending and reviewing.
pub fn break_glass<E: Emergencies>(
    emergencies: &mut E,
    setting: &impl Setting,
    now: u64,
    actor: &Address,
    demand: &Demand<'_>,
    is_authorized: bool,
) -> Result<Granted, E::Refusal> {
    let parameters = setting.parameters();
    check::<E>(demand, actor, parameters)?;
    let veto_window = if is_authorized {
        0
    } else {
        emergencies.safeguards(demand.subject).veto_window
    };
    check_roles::<E>(setting, demand, actor, now)?;
    if let Some(id) = emergencies.latest_access(demand.subject, actor) {
        let latest = find(emergencies, &id)?.status_at(now);
        if matches!(latest, Status::Waiting | Status::Open) {
            return Err(EmergencyError::AccessLive(id).into());
        }
    }
    // Periods are at most a year each.
    let opens_at = now.saturating_add(veto_window);
    let ends_at = opens_at.saturating_add(demand.duration);
    let review_by = ends_at.saturating_add(parameters.review_period);
    let mut record = emergencies.actor(actor);
    let id = emergencies.access_id(demand.subject, actor, record.accesses);
    record.add::<E::Refusal>(now, parameters, Unreviewed { id, review_by })?;
    let access = Access {
        subject: *demand.subject,
        actor: *actor,
        reviewer: *demand.reviewer,
        evidence: *demand.evidence,
        opens_at,
        ends_at,
        review_by,
        role: demand.role,
        purpose: demand.purpose,
        is_vetoed: false,
        outcome: Outcome::None,
    };
    emergencies.set_actor(actor, &record);
    emergencies.set_access(&id, &access);
    emergencies.set_latest_access(demand.subject, actor, &id);
    Ok(Granted {
        id,
        access,
        veto_window,
    })
}

/// Stops an access before it opens. For the subject's controller, or a delegate who may. Nothing is left to review.
///
/// # Errors
/// [`EmergencyError::UnknownAccess`], [`EmergencyError::WrongStatus`], [`EmergencyError::MayNotAct`].
pub fn veto<E: Emergencies>(
    emergencies: &mut E,
    setting: &impl Setting,
    now: u64,
    caller: &Address,
    id: &Hash,
) -> Result<Access, E::Refusal> {
    let mut access = in_status(emergencies, id, now, Status::Waiting)?;
    if !setting.may_act(&access.subject, caller, power::VETO) {
        return Err(EmergencyError::MayNotAct(access.subject, *caller).into());
    }
    access.is_vetoed = true;
    settle(emergencies, id, &access);
    Ok(access)
}

/// Ends an open access now. For its actor.
///
/// # Errors
/// [`EmergencyError::UnknownAccess`], [`EmergencyError::NotActor`], [`EmergencyError::WrongStatus`].
pub fn end<E: Emergencies>(emergencies: &mut E, now: u64, caller: &Address, id: &Hash) -> Result<Access, E::Refusal> {
    let mut access = in_status(emergencies, id, now, Status::Open)?;
    if access.actor != *caller {
        return Err(EmergencyError::NotActor(*id, *caller).into());
    }
    access.ends_at = now;
    emergencies.set_access(id, &access);
    Ok(access)
}

/// Says whether an access that is over was justified. For its reviewer, while in the reviewers' role; when the review has been
/// overdue for another review period, for everybody in that role but the actor.
///
/// # Errors
/// [`EmergencyError::UnknownAccess`], [`EmergencyError::WrongStatus`], [`EmergencyError::AlreadyReviewed`],
/// [`EmergencyError::InvalidOutcome`], [`EmergencyError::NotReviewer`], [`EmergencyError::MissingCredential`].
pub fn review<E: Emergencies>(
    emergencies: &mut E,
    setting: &impl Setting,
    now: u64,
    caller: &Address,
    id: &Hash,
    outcome: Outcome,
) -> Result<Access, E::Refusal> {
    let mut access = in_status(emergencies, id, now, Status::Ended)?;
    if access.outcome != Outcome::None {
        return Err(EmergencyError::AlreadyReviewed(*id).into());
    }
    if outcome == Outcome::None {
        return Err(EmergencyError::InvalidOutcome.into());
    }
    let Parameters {
        review_period,
        reviewer_role,
        ..
    } = *setting.parameters();
    let is_abandoned = now >= access.review_by.saturating_add(review_period);
    if access.actor == *caller || (access.reviewer != *caller && !is_abandoned) {
        return Err(EmergencyError::NotReviewer(*id, *caller).into());
    }
    only_with_role::<E>(setting, caller, reviewer_role, now)?;
    access.outcome = outcome;
    settle(emergencies, id, &access);
    Ok(access)
}

/// Whether an actor has an open access to a subject now.
pub fn is_open(emergencies: &impl Emergencies, now: u64, subject: &Subject, actor: &Address) -> bool {
    let latest = emergencies.latest_access(subject, actor);
    let access = latest.and_then(|id| emergencies.access(&id));
    access.is_some_and(|access| access.status_at(now) == Status::Open)
}

fn check<E: Emergencies>(demand: &Demand<'_>, actor: &Address, parameters: &Parameters) -> Result<(), E::Refusal> {
    let &Demand { role, purpose, .. } = demand;
    if purpose.mask() & EMERGENCIES == 0 {
        Err(EmergencyError::NotAnEmergency(purpose).into())
    } else if role.mask() & parameters.emergency_roles == 0 {
        Err(EmergencyError::RoleNotAdmitted(role).into())
    } else if demand.evidence == &[0; 32] {
        Err(EmergencyError::MissingEvidence.into())
    } else if demand.duration == 0 || demand.duration > parameters.max_duration {
        Err(EmergencyError::InvalidDuration(demand.duration, parameters.max_duration).into())
    } else if demand.reviewer == actor {
        Err(EmergencyError::InvalidReviewer(*actor).into())
    } else {
        Ok(())
    }
}

fn check_roles<E: Emergencies>(
    setting: &impl Setting,
    demand: &Demand<'_>,
    actor: &Address,
    now: u64,
) -> Result<(), E::Refusal> {
    only_with_role::<E>(setting, actor, demand.role, now)?;
    only_with_role::<E>(setting, demand.reviewer, setting.parameters().reviewer_role, now)?;
    if setting.controller_of(demand.subject) == NOBODY {
        return Err(EmergencyError::UnknownSubject(*demand.subject).into());
    }
    Ok(())
}

#[inline(never)]
fn only_with_role<E: Emergencies>(
    setting: &impl Setting,
    account: &Address,
    role: Role,
    now: u64,
) -> Result<(), E::Refusal> {
    if setting.has_role(account, role, now) {
        Ok(())
    } else {
        Err(EmergencyError::MissingCredential(*account, role).into())
    }
}

fn only_controller<E: Emergencies>(
    setting: &impl Setting,
    caller: &Address,
    subject: &Subject,
) -> Result<(), E::Refusal> {
    let controller = setting.controller_of(subject);
    if controller == NOBODY || controller != *caller {
        return Err(EmergencyError::NotController(*subject, *caller).into());
    }
    Ok(())
}

fn find<E: Emergencies>(emergencies: &E, id: &Hash) -> Result<Access, E::Refusal> {
    let access = emergencies.access(id);
    access.ok_or_else(|| EmergencyError::UnknownAccess(*id).into())
}

#[inline(never)]
fn in_status<E: Emergencies>(emergencies: &E, id: &Hash, now: u64, status: Status) -> Result<Access, E::Refusal> {
    let access = find(emergencies, id)?;
    let actual = access.status_at(now);
    if actual == status {
        Ok(access)
    } else {
        Err(EmergencyError::WrongStatus(*id, actual).into())
    }
}

/// Writes an access that needs no review any more.
#[inline(never)]
fn settle(emergencies: &mut impl Emergencies, id: &Hash, access: &Access) {
    let mut record = emergencies.actor(&access.actor);
    record.settle(id);
    emergencies.set_actor(&access.actor, &record);
    emergencies.set_access(id, access);
}
