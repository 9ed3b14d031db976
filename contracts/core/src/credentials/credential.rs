//! One credential, and what it comes to over time.

use core::fmt;

use super::history::Checkpoint;
use crate::{
    codes::Role,
    consent::Period,
    hash::{Domain, Hash, concat},
};

/// Where a credential is in its life. The numbers are those of the contract's ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// There is none, or it is not valid yet.
    #[default]
    None = 0,
    /// In force.
    Active = 1,
    /// Out of force for a time.
    Suspended = 2,
    /// Withdrawn, for good.
    Revoked = 3,
    /// Its validity is over. That is never stored: it comes with time.
    Expired = 4,
    /// Its issuer renewed it: another one took its place.
    Superseded = 5,
}

/// A change of status that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTransition {
    /// The status that the credential has.
    pub from: Status,
    /// The one that it was to get.
    pub to: Status,
}

impl fmt::Display for InvalidTransition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "a credential that is {:?} cannot become {:?}",
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
            2 => Some(Self::Suspended),
            3 => Some(Self::Revoked),
            4 => Some(Self::Expired),
            5 => Some(Self::Superseded),
            _ => None,
        }
    }

    /// The status after a change: active and suspended follow each other; revocation is final, and so is being superseded.
    ///
    /// # Errors
    /// [`InvalidTransition`] for every other change.
    pub const fn change(self, to: Self) -> Result<Self, InvalidTransition> {
        match (self, to) {
            (Self::Active, Self::Suspended | Self::Revoked | Self::Superseded)
            | (Self::Suspended, Self::Active | Self::Revoked) => Ok(to),
            _ => Err(InvalidTransition { from: self, to }),
        }
    }
}

/// A credential: who has which role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Who has it.
    pub holder: [u8; 20],
    /// Who gave it.
    pub issuer: [u8; 20],
    /// As what.
    pub role: Role,
    /// How many the holder had in this role before.
    pub sequence: u32,
    /// What became of it, without regard to time: never expired.
    pub status: Status,
    /// Where it is good for: an ISO 3166 code in ASCII, padded with zeros.
    pub jurisdiction: [u8; 32],
    /// To the licence's number, see [`super::licence_commitment`].
    pub licence: Hash,
    /// The first and the last second in force, since the epoch; `u64::MAX` leaves the end open.
    pub validity: Period,
    /// When it was issued. It is never in force before, whatever its validity.
    pub issued_at: u64,
}

/// What a holder's credential in one role is, from a second on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The second.
    pub since: u64,
    /// Never expired: that comes with time.
    pub status: Status,
    /// Which of the holder's credentials in the role it is.
    pub sequence: u32,
    /// Of that credential.
    pub validity: Period,
}

impl Checkpoint for Standing {
    fn since(&self) -> u64 {
        self.since
    }
}

impl Standing {
    /// The status at a time at which this was the last standing, and the second in which that status began. Revocation is told
    /// before expiry, which is told before suspension.
    pub fn status_at(&self, time: u64) -> (Status, u64) {
        let Period { from, until } = self.validity;
        match self.status {
            Status::Revoked => (Status::Revoked, self.since),
            _ if time > until => (Status::Expired, until.saturating_add(1)),
            Status::Active if time < from => (Status::None, 0),
            Status::Active => (Status::Active, self.since.max(from)),
            other => (other, self.since),
        }
    }

    /// Whether it may be in force at `now` or later, unless somebody ends it: no other issuer may then issue another one.
    pub fn is_live(&self, now: u64) -> bool {
        self.status != Status::Revoked && now <= self.validity.until
    }
}

/// Whether an account may issue, from a second on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The second.
    pub since: u64,
    /// Whether it may.
    pub is_authorized: bool,
}

impl Checkpoint for Authority {
    fn since(&self) -> u64 {
        self.since
    }
}

/// The identifier of a credential: no two have the same, on no chain, in no contract.
///
/// `H("salus/credential" || 1 || chain id || contract || holder || role || sequence)`: 16, 1, 32, 20, 20, 1 and 4 bytes, numbers
/// big-endian.
pub fn credential_id(
    chain_id: &[u8; 32],
    contract: &[u8; 20],
    holder: &[u8; 20],
    role: Role,
    sequence: u32,
    keccak256: impl Fn(&[u8]) -> Hash,
) -> Hash {
    keccak256(&concat(&[
        &Domain::CREDENTIAL_ID.0,
        &[1],
        chain_id,
        contract,
        holder,
        &[role.bit()],
        &sequence.to_be_bytes(),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Status; 6] = [
        Status::None,
        Status::Active,
        Status::Suspended,
        Status::Revoked,
        Status::Expired,
        Status::Superseded,
    ];

    fn standing(status: Status) -> Standing {
        Standing {
            since: 10,
            status,
            sequence: 0,
            validity: Period { from: 20, until: 30 },
        }
    }

    #[test]
    fn nothing_follows_revoked_or_superseded() {
        for (number, status) in ALL.into_iter().enumerate() {
            assert_eq!(Status::from_number(number as u8), Some(status));
            for from in [Status::Revoked, Status::Superseded, Status::Expired, Status::None] {
                assert_eq!(from.change(status), Err(InvalidTransition { from, to: status }));
            }
        }
        assert_eq!(Status::from_number(6), None);
        assert!(
            Status::Suspended.change(Status::Superseded).is_err(),
            "reinstated or revoked before"
        );
        assert!(Status::Active.change(Status::Active).is_err());
    }

    // Domain rule 21: active, suspended, revoked, expired, each with its time.
    #[test]
    fn rule_21_each_status_has_its_time() {
        let active = standing(Status::Active);
        assert_eq!(active.status_at(19), (Status::None, 0));
        assert_eq!(active.status_at(20), (Status::Active, 20));
        assert_eq!(active.status_at(30), (Status::Active, 20), "both ends are included");
        assert_eq!(active.status_at(31), (Status::Expired, 31));
        let suspended = standing(Status::Suspended);
        assert_eq!(suspended.status_at(10), (Status::Suspended, 10));
        assert_eq!(suspended.status_at(31), (Status::Expired, 31));
        let revoked = standing(Status::Revoked);
        assert_eq!(revoked.status_at(31), (Status::Revoked, 10));
    }

    #[test]
    fn a_credential_counts_from_its_issue_on_whatever_its_validity() {
        let backdated = Standing {
            since: 25,
            ..standing(Status::Active)
        };
        assert_eq!(backdated.status_at(25), (Status::Active, 25));
    }

    #[test]
    fn a_credential_is_live_until_it_is_revoked_or_over() {
        assert!(standing(Status::Active).is_live(0));
        assert!(standing(Status::Suspended).is_live(30));
        assert!(!standing(Status::Active).is_live(31));
        assert!(!standing(Status::Revoked).is_live(20));
    }
}
