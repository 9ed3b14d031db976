//! One emergency access.

use crate::{
    codes::{Purpose, Role},
    consent::registry::{Address, Subject},
    hash::{Domain, Hash, concat},
};

/// Where an emergency access is in its life. Nothing of it is stored but a veto: it comes with time. The numbers are those of the
/// contract's ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// There is no such access.
    #[default]
    None = 0,
    /// It can still be vetoed, and is not open yet.
    Waiting = 1,
    /// It is open.
    Open = 2,
    /// It was vetoed, and never open.
    Vetoed = 3,
    /// It is over.
    Ended = 4,
}

impl Status {
    /// The status with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 => Some(Self::Waiting),
            2 => Some(Self::Open),
            3 => Some(Self::Vetoed),
            4 => Some(Self::Ended),
            _ => None,
        }
    }
}

/// What a review came to. The numbers are those of the contract's ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// There was none.
    #[default]
    None = 0,
    /// It was an emergency.
    Justified = 1,
    /// It was not.
    NotJustified = 2,
}

impl Outcome {
    /// The outcome with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 => Some(Self::Justified),
            2 => Some(Self::NotJustified),
            _ => None,
        }
    }
}

/// An emergency access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whose data it opens.
    pub subject: Subject,
    /// To whom.
    pub actor: Address,
    /// Who has to review it.
    pub reviewer: Address,
    /// A salted hash of what shows the emergency.
    pub evidence: Hash,
    /// The first second in which it is open; until then it can be vetoed.
    pub opens_at: u64,
    /// The first second in which it is open no more.
    pub ends_at: u64,
    /// The first second in which a review is overdue.
    pub review_by: u64,
    /// As what the actor acts.
    pub role: Role,
    /// Why.
    pub purpose: Purpose,
    /// Whether it was vetoed.
    pub is_vetoed: bool,
    /// What its review came to.
    pub outcome: Outcome,
}

impl Access {
    /// The status at a time.
    pub fn status_at(&self, time: u64) -> Status {
        if self.is_vetoed {
            Status::Vetoed
        } else if time < self.opens_at {
            Status::Waiting
        } else if time < self.ends_at {
            Status::Open
        } else {
            Status::Ended
        }
    }
}

/// What a subject's controller has arranged for emergencies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Safeguards {
    /// How many seconds an emergency access waits for a veto before it opens; 0 if it does not.
    pub veto_window: u64,
    /// Whose signature opens one at once; the zero address if nobody's does.
    pub emergency_key: Address,
}

/// The identifier of an emergency access: no two have the same, on no chain, in no contract.
///
/// `H("salus/access-id" || 1 || chain id || contract || subject || actor || sequence)`: 16, 1, 32, 20, 32, 20 and 4 bytes, numbers
/// big-endian. The sequence counts the earlier accesses of the actor, to whomever.
pub fn access_id(
    chain_id: &[u8; 32],
    contract: &Address,
    subject: &Subject,
    actor: &Address,
    sequence: u32,
    keccak256: impl Fn(&[u8]) -> Hash,
) -> Hash {
    keccak256(&concat(&[
        &Domain::ACCESS_ID.0,
        &[1],
        chain_id,
        contract,
        subject,
        actor,
        &sequence.to_be_bytes(),
    ]))
}
