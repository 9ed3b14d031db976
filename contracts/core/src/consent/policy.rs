//! A policy as a data structure: what one builds, before it is encoded.

use alloc::vec::Vec;

use super::request::DataRef;

/// What a base decision or a provision decides for what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Effect {
    /// Access is permitted.
    Permit = 1,
    /// Access is denied.
    Deny = 2,
}

impl Effect {
    /// The other one: what a nested provision decides.
    pub const fn flipped(self) -> Self {
        match self {
            Self::Permit => Self::Deny,
            Self::Deny => Self::Permit,
        }
    }
}

/// When a consent or a provision applies: seconds since the Unix epoch, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first second; 0 leaves the beginning open.
    pub from: u64,
    /// The last second; `u64::MAX` leaves the end open.
    pub until: u64,
}

impl Period {
    /// Whether `at` lies inside.
    pub const fn contains(&self, at: u64) -> bool {
        self.from <= at && at <= self.until
    }
}

/// When data were authored: seconds since the Unix epoch, negative before it, both ends inclusive.
///
/// Not to be confused with [`Period`], which is about when access is asked for (FHIR `dataPeriod` and `period`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataPeriod {
    /// The first second; `i64::MIN` leaves the beginning open.
    pub from: i64,
    /// The last second; `i64::MAX` leaves the end open.
    pub until: i64,
}

impl DataPeriod {
    /// All times: what a request asks for that says nothing of when the data were authored.
    pub const ALL: Self = Self {
        from: i64::MIN,
        until: i64::MAX,
    };

    /// Whether all of `other` lies inside.
    pub const fn contains(&self, other: &Self) -> bool {
        self.from <= other.from && other.until <= self.until
    }

    /// Whether some second is in both.
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.from <= other.until && other.from <= self.until
    }
}

/// Who a provision is about. Any entry that fits the requester is enough; no entry at all means everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actors {
    /// Accounts, by their 20-byte address.
    pub addresses: Vec<[u8; 20]>,
    /// Role classes: a mask over [`crate::codes::Role`].
    pub roles: u64,
    /// Communities (an affinity domain, a network of organisations), by a 32-byte identifier.
    pub communities: Vec<[u8; 32]>,
}

impl Actors {
    /// Whether no actor is stated, so that everybody is meant.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.roles == 0 && self.communities.is_empty()
    }
}

/// What a provision matches. Every criterion that is stated has to match; one that is not matches everything.
/// Inside a criterion any entry will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// Who asks.
    pub actors: Actors,
    /// Why: a mask over [`crate::codes::Purpose`]; 0 is unstated.
    pub purposes: u64,
    /// For what kind of data: a mask over [`crate::codes::ResourceClass`]; 0 is unstated.
    pub classes: u64,
    /// For data with any of these sensitivity labels: a mask over [`crate::codes::Sensitivity`]; 0 is unstated.
    pub labels: u64,
    /// For data of one of these levels: a mask over [`crate::codes::Confidentiality`]; 0 is unstated. A permit
    /// states it as a ceiling, a denial as a floor: [`crate::codes::Confidentiality::ceiling`] and `floor`.
    pub confidentiality: u8,
    /// What is done with them: a mask over [`crate::codes::Action`]; 0 is unstated.
    pub actions: u16,
    /// When access is asked for.
    pub period: Option<Period>,
    /// When the data were authored.
    pub data_period: Option<DataPeriod>,
    /// Which data, by reference.
    pub data: Vec<DataRef>,
}

/// An exception to its parent: it decides the opposite for what it matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provision {
    /// What it matches, within what its parent matches.
    pub criteria: Criteria,
    /// Its own exceptions.
    pub provisions: Vec<Provision>,
}

/// A consent's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The decision where no provision says otherwise: R5 `Consent.decision`, R4 `Consent.provision.type`.
    /// A policy without one answers nothing but NO_CONSENT.
    pub base: Option<Effect>,
    /// When the consent was given, in seconds since the epoch: R4 `Consent.dateTime`. The most recent one wins.
    pub date_time: u64,
    /// What kind of consent it is: a mask over [`crate::codes::Category`]; 0 is unstated.
    pub categories: u32,
    /// What the consent speaks of at all. Outside of it the answer is NO_CONSENT.
    pub scope: Criteria,
    /// Exceptions to the base decision.
    pub provisions: Vec<Provision>,
}

impl Policy {
    /// A policy of this base decision about everything, given at `date_time`, without exceptions.
    pub fn new(base: Effect, date_time: u64) -> Self {
        Self {
            base: Some(base),
            date_time,
            categories: 0,
            scope: Criteria::default(),
            provisions: Vec::new(),
        }
    }
}
