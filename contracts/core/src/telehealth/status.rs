/// How far a consultation has come. The numbers are part of the ABI and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Status {
    /// The patient asked for it.
    Requested = 1,
    /// The fee is in escrow.
    Funded = 2,
    /// The provider agreed to it.
    Confirmed = 3,
    /// One side has said that it began.
    InSession = 4,
    /// One side has said how it ended, and the other may contest that.
    Claimed = 5,
    /// The sides do not agree, and the arbiter has to decide.
    Disputed = 6,
    /// It took place.
    Completed = 7,
    /// The patient called it off in time to get everything back.
    CancelledEarly = 8,
    /// The patient called it off too late for that.
    CancelledLate = 9,
    /// The provider called it off, or gave the fee back.
    CancelledByProvider = 10,
    /// The patient did not come.
    PatientNoShow = 11,
    /// The provider did not come, or too late.
    ProviderNoShow = 12,
    /// The connection failed.
    TechnicalFailure = 13,
    /// The provider did not agree to it.
    Declined = 14,
    /// It was not confirmed in time, or nobody said in time how it ended.
    Expired = 15,
    /// The arbiter decided, or the terms did in the arbiter's silence.
    Resolved = 16,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Requested,
        Self::Funded,
        Self::Confirmed,
        Self::InSession,
        Self::Claimed,
        Self::Disputed,
        Self::Completed,
        Self::CancelledEarly,
        Self::CancelledLate,
        Self::CancelledByProvider,
        Self::PatientNoShow,
        Self::ProviderNoShow,
        Self::TechnicalFailure,
        Self::Declined,
        Self::Expired,
        Self::Resolved,
    ];

    /// The status with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        let index = usize::from(number).checked_sub(1)?;
        Self::ALL.get(index).copied()
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        self as u8 >= Self::Completed as u8
    }

    /// Whether the fee is in escrow.
    #[must_use]
    pub const fn holds_money(self) -> bool {
        !self.is_final() && self as u8 >= Self::Funded as u8
    }
}

/// What can be done with a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Action {
    /// Puts the fee in escrow.
    Fund,
    /// Agrees to the visit.
    Confirm,
    /// Does not agree to it.
    Decline,
    /// Calls it off; from the provider, also: gives the fee back.
    Cancel,
    /// Says that it began.
    Start,
    /// Says that it took place; from the patient, also: leaves the fee to the provider.
    Complete,
    /// Says that the other side did not come.
    ClaimNoShow,
    /// Says that the connection failed.
    ClaimTechnicalFailure,
    /// Agrees to what the other side said.
    Accept,
    /// Does not.
    Contest,
    /// Adds evidence to a dispute.
    SubmitEvidence,
    /// Decides a dispute.
    Decide,
    /// Does what a deadline that has passed demands.
    Settle,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Fund,
        Self::Confirm,
        Self::Decline,
        Self::Cancel,
        Self::Start,
        Self::Complete,
        Self::ClaimNoShow,
        Self::ClaimTechnicalFailure,
        Self::Accept,
        Self::Contest,
        Self::SubmitEvidence,
        Self::Decide,
        Self::Settle,
    ];
}

/// One of the two between whom a visit is. The numbers are part of the storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Side {
    /// Who pays.
    Patient = 1,
    /// Who is paid.
    Provider = 2,
}

impl Side {
    /// The side with this number; `None` for all others, 0 among them.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Patient),
            2 => Some(Self::Provider),
            _ => None,
        }
    }

    /// The number of an optional side: 0 for none.
    #[must_use]
    pub const fn number(side: Option<Self>) -> u8 {
        match side {
            None => 0,
            Some(side) => side as u8,
        }
    }
}
