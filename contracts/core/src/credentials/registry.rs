//! The registry of issuers and credentials: who may change what, and when. Storage is whoever calls.
//!
//! Every function reads and writes a fixed number of entries, but for questions about earlier times, which read as many as
//! the number of checkpoints has bits.

use core::fmt;

use super::{
    credential::{Authority, Credential, InvalidTransition, Standing, Status},
    history::{Checkpoint, History},
    ownership::{Ownership, OwnershipError},
};
use crate::{codes::Role, consent::Period, hash::Hash};

pub use super::ownership::Address;

/// A history, and the checkpoint that is to be kept elsewhere from now on, with its number.
pub type Grown<C> = (History<C>, Option<(u32, C)>);

/// What the registry is stored in.
pub trait Registry {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<RegistryError>;

    /// Who administers.
    fn ownership(&self) -> Ownership;
    /// Sets who administers.
    fn set_ownership(&mut self, ownership: &Ownership);
    /// Whether an account may issue, and since when, if it ever might.
    fn authority(&self, issuer: &Address) -> Option<History<Authority>>;
    /// An earlier checkpoint of that, by its number.
    fn earlier_authority(&self, issuer: &Address, number: u32) -> Option<Authority>;
    /// Sets what [`Registry::authority`] answers, which was read before.
    fn set_authority(&mut self, issuer: &Address, authority: &Grown<Authority>);
    /// How a holder stands in a role, if the holder ever had a credential.
    fn standing(&self, holder: &Address, role: Role) -> Option<History<Standing>>;
    /// An earlier checkpoint of that, by its number.
    fn earlier_standing(&self, holder: &Address, role: Role, number: u32) -> Option<Standing>;
    /// Sets what [`Registry::standing`] answers, which was read before.
    fn set_standing(&mut self, holder: &Address, role: Role, standing: &Grown<Standing>);
    /// A credential.
    fn credential(&self, id: &Hash) -> Option<Credential>;
    /// Sets a credential.
    fn set_credential(&mut self, id: &Hash, credential: &Credential);
    /// The identifier of a credential, see [`super::credential_id`].
    fn credential_id(&self, holder: &Address, role: Role, sequence: u32) -> Hash;
}

/// Why the registry refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// That is for the owner, or for whom the office was offered to.
    Ownership(OwnershipError),
    /// The zero address can issue nothing.
    InvalidIssuer,
    /// The account may issue already.
    AlreadyIssuer(Address),
    /// The account may not issue.
    NotIssuer(Address),
    /// The zero address can hold nothing.
    InvalidHolder,
    /// 32 zero bytes are no jurisdiction.
    InvalidJurisdiction,
    /// 32 zero bytes commit to no licence.
    InvalidLicence,
    /// The credential would end before it begins, or has ended before now.
    InvalidValidity(Period),
    /// The holder has a live credential in the role, which this issuer cannot renew: this one.
    CredentialLive(Hash),
    /// There is no such credential.
    UnknownCredential(Hash),
    /// Only the credential's issuer, while it may issue, or the owner may do that.
    NotIssuerOfCredential(Hash, Address),
    /// The credential's status does not allow that.
    Transition(Hash, InvalidTransition),
    /// The credential is over, since the second after this one.
    CredentialExpired(Hash, u64),
    /// No number is left for another credential or change.
    TooManyChanges,
}

impl fmt::Display for RegistryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ownership(error) => error.fmt(formatter),
            Self::InvalidIssuer => formatter.write_str("the zero address can issue nothing"),
            Self::AlreadyIssuer(_) => formatter.write_str("the account is an issuer already"),
            Self::NotIssuer(_) => formatter.write_str("the account is no issuer"),
            Self::InvalidHolder => formatter.write_str("the zero address can hold nothing"),
            Self::InvalidJurisdiction => formatter.write_str("the zero jurisdiction is none"),
            Self::InvalidLicence => formatter.write_str("the zero hash commits to no licence"),
            Self::InvalidValidity(period) => {
                write!(formatter, "valid from {} until {}: never", period.from, period.until)
            }
            Self::CredentialLive(_) => formatter.write_str("the holder has a live credential in this role"),
            Self::UnknownCredential(_) => formatter.write_str("there is no such credential"),
            Self::NotIssuerOfCredential(..) => formatter.write_str("only its issuer or the owner may do that"),
            Self::Transition(_, error) => error.fmt(formatter),
            Self::CredentialExpired(_, until) => write!(formatter, "the credential expired at {until}"),
            Self::TooManyChanges => formatter.write_str("no more changes can be kept"),
        }
    }
}

impl core::error::Error for RegistryError {}

/// Offers the office of the owner to `heir`, who has to accept it; to nobody if that is the zero address.
///
/// # Errors
/// [`RegistryError::Ownership`].
pub fn offer_ownership<R: Registry>(registry: &mut R, caller: &Address, heir: &Address) -> Result<(), R::Refusal> {
    let offered = registry.ownership().offer(caller, heir);
    registry.set_ownership(&offered.map_err(RegistryError::Ownership)?);
    Ok(())
}

/// Takes the office of the owner over; answers who had it before.
///
/// # Errors
/// [`RegistryError::Ownership`].
pub fn accept_ownership<R: Registry>(registry: &mut R, caller: &Address) -> Result<Address, R::Refusal> {
    let previous = registry.ownership();
    registry.set_ownership(&previous.accept(caller).map_err(RegistryError::Ownership)?);
    Ok(previous.owner)
}

/// Lets an account issue credentials, from now on.
///
/// # Errors
/// [`RegistryError::Ownership`], [`RegistryError::InvalidIssuer`], [`RegistryError::AlreadyIssuer`].
pub fn admit_issuer<R: Registry>(
    registry: &mut R,
    caller: &Address,
    now: u64,
    issuer: &Address,
) -> Result<(), R::Refusal> {
    only_owner(registry, caller)?;
    if issuer == &[0; 20] {
        return Err(RegistryError::InvalidIssuer.into());
    }
    let authority = registry.authority(issuer);
    if is_authorized(authority) {
        return Err(RegistryError::AlreadyIssuer(*issuer).into());
    }
    authorize(registry, issuer, authority, now, true)
}

/// Lets an account issue no more credentials, from now on. What it issued before stays what it is, until the owner ends it.
///
/// # Errors
/// [`RegistryError::Ownership`], [`RegistryError::NotIssuer`].
pub fn remove_issuer<R: Registry>(
    registry: &mut R,
    caller: &Address,
    now: u64,
    issuer: &Address,
) -> Result<(), R::Refusal> {
    only_owner(registry, caller)?;
    let authority = registry.authority(issuer);
    if !is_authorized(authority) {
        return Err(RegistryError::NotIssuer(*issuer).into());
    }
    authorize(registry, issuer, authority, now, false)
}

/// Whether an account might issue credentials at a time.
pub fn is_issuer_at(registry: &impl Registry, issuer: &Address, time: u64) -> bool {
    registry
        .authority(issuer)
        .and_then(|history| history.at(time, |number| registry.earlier_authority(issuer, number)))
        .is_some_and(|authority| authority.is_authorized)
}

/// What an issuer says of a holder.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// Of whom.
    pub holder: &'a Address,
    /// As what.
    pub role: Role,
    /// Where it is good for.
    pub jurisdiction: &'a [u8; 32],
    /// To the licence's number.
    pub licence: &'a Hash,
    /// From when until when.
    pub validity: Period,
}

/// A credential that was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Its identifier.
    pub id: Hash,
    /// The credential whose place it took.
    pub superseded: Option<Hash>,
}

/// Issues a credential, in force from now on at the earliest. If the holder has an active one in the role from the same issuer,
/// this renews it: the new one takes its place in this very second.
///
/// # Errors
/// [`RegistryError::NotIssuer`], [`RegistryError::InvalidHolder`], [`RegistryError::InvalidJurisdiction`],
/// [`RegistryError::InvalidLicence`], [`RegistryError::InvalidValidity`], [`RegistryError::CredentialLive`] while the holder has
/// a live one in the role that cannot be renewed, [`RegistryError::TooManyChanges`].
pub fn issue<R: Registry>(
    registry: &mut R,
    issuer: &Address,
    now: u64,
    statement: &Statement<'_>,
) -> Result<Issued, R::Refusal> {
    if !is_authorized(registry.authority(issuer)) {
        return Err(RegistryError::NotIssuer(*issuer).into());
    }
    check::<R>(statement, now)?;
    let Statement { holder, role, .. } = *statement;
    let standing = registry.standing(holder, role);
    let (sequence, renewed) = match standing {
        None => (0, None),
        Some(History { last, .. }) => {
            let next = last.sequence.checked_add(1);
            let next = next.ok_or_else(|| RegistryError::TooManyChanges)?;
            let renewed = if last.is_live(now) {
                Some(renewable(registry, issuer, holder, role, last.sequence)?)
            } else {
                None
            };
            (next, renewed)
        }
    };
    let credential = Credential {
        holder: *holder,
        issuer: *issuer,
        role,
        sequence,
        status: Status::Active,
        jurisdiction: *statement.jurisdiction,
        licence: *statement.licence,
        validity: statement.validity,
        issued_at: now,
    };
    let id = registry.credential_id(holder, role, sequence);
    put(registry, &id, &credential, standing, now)?;
    let superseded = renewed.map(|(old_id, old)| {
        let status = Status::Superseded;
        registry.set_credential(&old_id, &Credential { status, ..old });
        old_id
    });
    Ok(Issued { id, superseded })
}

/// Makes a credential suspended, active again, or revoked; answers it as it is now.
///
/// # Errors
/// [`RegistryError::UnknownCredential`], [`RegistryError::NotIssuerOfCredential`], [`RegistryError::Transition`],
/// [`RegistryError::CredentialExpired`], [`RegistryError::TooManyChanges`].
pub fn change<R: Registry>(
    registry: &mut R,
    caller: &Address,
    now: u64,
    id: &Hash,
    to: Status,
) -> Result<Credential, R::Refusal> {
    let credential = registry.credential(id);
    let credential = credential.ok_or_else(|| RegistryError::UnknownCredential(*id))?;
    let is_issuer = credential.issuer == *caller && is_authorized(registry.authority(caller));
    if !is_issuer && registry.ownership().owner != *caller {
        return Err(RegistryError::NotIssuerOfCredential(*id, *caller).into());
    }
    let status = credential.status.change(to);
    let status = status.map_err(|error| RegistryError::Transition(*id, error))?;
    if now > credential.validity.until {
        return Err(RegistryError::CredentialExpired(*id, credential.validity.until).into());
    }
    let changed = Credential { status, ..credential };
    // What is not over, revoked or superseded is how its holder stands.
    let standing = registry.standing(&credential.holder, credential.role);
    put(registry, id, &changed, standing, now)?;
    Ok(changed)
}

/// What a holder's credential in a role was at a time: its status, the second in which that began, and the credential; as far as
/// is known now, if that is later. All zero if there was none.
pub fn status_at(registry: &impl Registry, holder: &Address, role: Role, time: u64) -> (Status, u64, Hash) {
    match standing_at(registry, holder, role, time) {
        None => Default::default(),
        Some(standing) => {
            let (status, since) = standing.status_at(time);
            (status, since, registry.credential_id(holder, role, standing.sequence))
        }
    }
}

/// Whether a holder had an active credential in a role at a time; as far as is known now, if that is later.
pub fn is_active_at(registry: &impl Registry, holder: &Address, role: Role, time: u64) -> bool {
    standing_at(registry, holder, role, time).is_some_and(|standing| standing.status_at(time).0 == Status::Active)
}

fn standing_at(registry: &impl Registry, holder: &Address, role: Role, time: u64) -> Option<Standing> {
    registry
        .standing(holder, role)?
        .at(time, |number| registry.earlier_standing(holder, role, number))
}

fn only_owner<R: Registry>(registry: &R, caller: &Address) -> Result<(), RegistryError> {
    registry
        .ownership()
        .only_owner(caller)
        .map_err(RegistryError::Ownership)
}

fn is_authorized(authority: Option<History<Authority>>) -> bool {
    authority.is_some_and(|history| history.last.is_authorized)
}

fn authorize<R: Registry>(
    registry: &mut R,
    issuer: &Address,
    history: Option<History<Authority>>,
    since: u64,
    is_authorized: bool,
) -> Result<(), R::Refusal> {
    let grown = grown::<_, R>(history, Authority { since, is_authorized })?;
    registry.set_authority(issuer, &grown);
    Ok(())
}

/// Writes a credential, and that its holder stands as it does from `since` on.
fn put<R: Registry>(
    registry: &mut R,
    id: &Hash,
    credential: &Credential,
    history: Option<History<Standing>>,
    since: u64,
) -> Result<(), R::Refusal> {
    let next = Standing {
        since,
        status: credential.status,
        sequence: credential.sequence,
        validity: credential.validity,
    };
    let grown = grown::<_, R>(history, next)?;
    registry.set_credential(id, credential);
    registry.set_standing(&credential.holder, credential.role, &grown);
    Ok(())
}

fn grown<C: Checkpoint, R: Registry>(history: Option<History<C>>, next: C) -> Result<Grown<C>, R::Refusal> {
    match history {
        None => Ok((History::new(next), None)),
        Some(history) => history.then(next).ok_or_else(|| RegistryError::TooManyChanges.into()),
    }
}

/// The live credential with this number, if its issuer can renew it.
fn renewable<R: Registry>(
    registry: &R,
    issuer: &Address,
    holder: &Address,
    role: Role,
    sequence: u32,
) -> Result<(Hash, Credential), R::Refusal> {
    let id = registry.credential_id(holder, role, sequence);
    match registry.credential(&id) {
        Some(live) if live.issuer == *issuer && live.status == Status::Active => Ok((id, live)),
        _ => Err(RegistryError::CredentialLive(id).into()),
    }
}

fn check<R: Registry>(statement: &Statement<'_>, now: u64) -> Result<(), R::Refusal> {
    let Period { from, until } = statement.validity;
    if statement.holder == &[0; 20] {
        Err(RegistryError::InvalidHolder.into())
    } else if statement.jurisdiction == &[0; 32] {
        Err(RegistryError::InvalidJurisdiction.into())
    } else if statement.licence == &[0; 32] {
        Err(RegistryError::InvalidLicence.into())
    } else if from > until || now > until {
        Err(RegistryError::InvalidValidity(statement.validity).into())
    } else {
        Ok(())
    }
}
