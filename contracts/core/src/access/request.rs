//! Requests for access: somebody asks, the patient answers with a consent or not at all.
//!
//! Every function reads and writes a fixed number of entries.

use core::fmt;

use super::setting::Setting;
use crate::{
    consent::registry::{Address, NOBODY, Subject, power},
    hash::{Domain, Hash, commit, concat},
};

/// The version of the way in which requests are committed to.
pub const COMMITMENT_VERSION: u8 = 1;

/// The commitment to what somebody asks: `H("salus/request" || 1 || salt || request)`, the request encoded as
/// [`crate::consent::Request`] is. Whoever is asked gets request and salt off chain.
pub fn request_commitment(salt: &[u8; 32], request: &[u8], keccak256: impl Fn(&[u8]) -> Hash) -> Hash {
    commit(Domain::REQUEST, COMMITMENT_VERSION, salt, request, keccak256)
}

/// The identifier of a request: no two have the same, on no chain, in no contract.
///
/// `H("salus/request-id" || 1 || chain id || contract || subject || requester || sequence)`: 16, 1, 32, 20, 32, 20 and 4 bytes,
/// numbers big-endian.
pub fn request_id(
    chain_id: &[u8; 32],
    contract: &Address,
    subject: &Subject,
    requester: &Address,
    sequence: u32,
    keccak256: impl Fn(&[u8]) -> Hash,
) -> Hash {
    keccak256(&concat(&[
        &Domain::REQUEST_ID.0,
        &[1],
        chain_id,
        contract,
        subject,
        requester,
        &sequence.to_be_bytes(),
    ]))
}

/// Where a request is in its life. The numbers are those of the contract's ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// There is no such request.
    #[default]
    None = 0,
    /// It waits for an answer.
    Open = 1,
    /// It was answered with a consent.
    Approved = 2,
    /// It was answered with no.
    Refused = 3,
    /// Who asked took it back.
    Withdrawn = 4,
    /// It was not answered in time. That is never stored: it comes with time.
    Lapsed = 5,
}

impl Status {
    /// The status with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 => Some(Self::Open),
            2 => Some(Self::Approved),
            3 => Some(Self::Refused),
            4 => Some(Self::Withdrawn),
            5 => Some(Self::Lapsed),
            _ => None,
        }
    }
}

/// A request for access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whose data it is about.
    pub subject: Subject,
    /// Who asks.
    pub requester: Address,
    /// To what is asked, see [`request_commitment`].
    pub commitment: Hash,
    /// The last second in which it can be answered.
    pub until: u64,
    /// What became of it, without regard to time: never lapsed.
    pub status: Status,
    /// How many this requester made for this subject before.
    pub sequence: u32,
    /// The consent that it was answered with; zero if with none.
    pub consent: Hash,
}

impl Request {
    /// The status at a time.
    pub fn status_at(&self, time: u64) -> Status {
        if self.status == Status::Open && time > self.until {
            Status::Lapsed
        } else {
            self.status
        }
    }
}

/// What requests are stored in.
pub trait Requests {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<RequestError>;

    /// A request.
    fn request(&self, id: &Hash) -> Option<Request>;
    /// Sets a request.
    fn set_request(&mut self, id: &Hash, request: &Request);
    /// The last request of somebody for a subject, whatever became of it.
    fn latest_request(&self, subject: &Subject, requester: &Address) -> Option<Hash>;
    /// Sets the last request of somebody for a subject, which was read before.
    fn set_latest_request(&mut self, subject: &Subject, requester: &Address, id: &Hash);
    /// The identifier of a request, see [`request_id`].
    fn request_id(&self, subject: &Subject, requester: &Address, sequence: u32) -> Hash;
}

/// Why a request is not made or not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// Nobody has registered the subject, so nobody could answer.
    UnknownSubject(Subject),
    /// The commitment of 32 zero bytes commits to nothing.
    InvalidCommitment,
    /// The time to answer, the first, is over at the second, which is now.
    InvalidUntil(u64, u64),
    /// This request waits for an answer: one at a time.
    RequestOpen(Hash),
    /// There is no such request.
    UnknownRequest(Hash),
    /// The request waits for no answer: it has this status.
    NotOpen(Hash, Status),
    /// Only the subject's controller, or a delegate who may, can do that.
    MayNotAct(Subject, Address),
    /// Only who asked may do that.
    NotRequester(Hash, Address),
    /// The consent is not active, is over, or is not of this subject for this requester.
    UnsuitableConsent(Hash),
    /// This requester cannot ask any more about this subject.
    TooManyRequests,
}

impl fmt::Display for RequestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSubject(_) => formatter.write_str("the subject is not registered"),
            Self::InvalidCommitment => formatter.write_str("the zero commitment commits to nothing"),
            Self::InvalidUntil(until, now) => write!(formatter, "the time to answer, {until}, is over at {now}"),
            Self::RequestOpen(_) => formatter.write_str("a request waits for an answer"),
            Self::UnknownRequest(_) => formatter.write_str("there is no such request"),
            Self::NotOpen(_, status) => write!(formatter, "the request is {status:?}"),
            Self::MayNotAct(..) => formatter.write_str("only the subject's controller or a delegate may do that"),
            Self::NotRequester(..) => formatter.write_str("only who asked may do that"),
            Self::UnsuitableConsent(_) => formatter.write_str("the consent does not answer the request"),
            Self::TooManyRequests => formatter.write_str("no more requests for this subject"),
        }
    }
}

impl core::error::Error for RequestError {}

/// Asks for access to a subject's data until a time; answers the request's identifier.
///
/// # Errors
/// [`RequestError::InvalidCommitment`], [`RequestError::InvalidUntil`], [`RequestError::UnknownSubject`],
/// [`RequestError::RequestOpen`], [`RequestError::TooManyRequests`].
pub fn ask<R: Requests>(
    requests: &mut R,
    setting: &impl Setting,
    now: u64,
    requester: &Address,
    subject: &Subject,
    commitment: &Hash,
    until: u64,
) -> Result<Hash, R::Refusal> {
    if commitment == &[0; 32] {
        return Err(RequestError::InvalidCommitment.into());
    }
    if until < now {
        return Err(RequestError::InvalidUntil(until, now).into());
    }
    if setting.controller_of(subject) == NOBODY {
        return Err(RequestError::UnknownSubject(*subject).into());
    }
    let sequence = match requests.latest_request(subject, requester) {
        None => 0,
        Some(id) => {
            let latest = find(requests, &id)?;
            if latest.status_at(now) == Status::Open {
                return Err(RequestError::RequestOpen(id).into());
            }
            let next = latest.sequence.checked_add(1);
            next.ok_or_else(|| RequestError::TooManyRequests)?
        }
    };
    let id = requests.request_id(subject, requester, sequence);
    let request = Request {
        subject: *subject,
        requester: *requester,
        commitment: *commitment,
        until,
        status: Status::Open,
        sequence,
        consent: [0; 32],
    };
    requests.set_request(&id, &request);
    requests.set_latest_request(subject, requester, &id);
    Ok(id)
}

/// Answers a request with a consent; answers the request.
///
/// # Errors
/// [`RequestError::UnknownRequest`], [`RequestError::NotOpen`], [`RequestError::MayNotAct`],
/// [`RequestError::UnsuitableConsent`].
pub fn approve<R: Requests>(
    requests: &mut R,
    setting: &impl Setting,
    now: u64,
    actor: &Address,
    id: &Hash,
    consent: &Hash,
) -> Result<Request, R::Refusal> {
    let mut request = answerable(requests, setting, now, actor, id)?;
    let suits = setting.consent(consent).is_some_and(|entry| {
        entry.is_live(now) && entry.subject == request.subject && entry.grantee == request.requester
    });
    if !suits {
        return Err(RequestError::UnsuitableConsent(*consent).into());
    }
    request.consent = *consent;
    Ok(end(requests, id, request, Status::Approved))
}

/// Answers a request with no; answers the request.
///
/// # Errors
/// [`RequestError::UnknownRequest`], [`RequestError::NotOpen`], [`RequestError::MayNotAct`].
pub fn refuse<R: Requests>(
    requests: &mut R,
    setting: &impl Setting,
    now: u64,
    actor: &Address,
    id: &Hash,
) -> Result<Request, R::Refusal> {
    let request = answerable(requests, setting, now, actor, id)?;
    Ok(end(requests, id, request, Status::Refused))
}

/// Takes a request back; answers it.
///
/// # Errors
/// [`RequestError::UnknownRequest`], [`RequestError::NotRequester`], [`RequestError::NotOpen`].
pub fn withdraw<R: Requests>(requests: &mut R, now: u64, caller: &Address, id: &Hash) -> Result<Request, R::Refusal> {
    let request = find(requests, id)?;
    if request.requester != *caller {
        return Err(RequestError::NotRequester(*id, *caller).into());
    }
    only_open::<R>(id, &request, now)?;
    Ok(end(requests, id, request, Status::Withdrawn))
}

/// Somebody's request for a subject that waits for an answer.
pub fn open_request(requests: &impl Requests, now: u64, subject: &Subject, requester: &Address) -> Option<Hash> {
    let id = requests.latest_request(subject, requester)?;
    (requests.request(&id)?.status_at(now) == Status::Open).then_some(id)
}

fn end(requests: &mut impl Requests, id: &Hash, mut request: Request, status: Status) -> Request {
    request.status = status;
    requests.set_request(id, &request);
    request
}

fn answerable<R: Requests>(
    requests: &R,
    setting: &impl Setting,
    now: u64,
    actor: &Address,
    id: &Hash,
) -> Result<Request, R::Refusal> {
    let request = find(requests, id)?;
    only_open::<R>(id, &request, now)?;
    if !setting.may_act(&request.subject, actor, power::ANSWER) {
        return Err(RequestError::MayNotAct(request.subject, *actor).into());
    }
    Ok(request)
}

fn find<R: Requests>(requests: &R, id: &Hash) -> Result<Request, R::Refusal> {
    let request = requests.request(id);
    request.ok_or_else(|| RequestError::UnknownRequest(*id).into())
}

fn only_open<R: Requests>(id: &Hash, request: &Request, now: u64) -> Result<(), R::Refusal> {
    match request.status_at(now) {
        Status::Open => Ok(()),
        other => Err(RequestError::NotOpen(*id, other).into()),
    }
}
