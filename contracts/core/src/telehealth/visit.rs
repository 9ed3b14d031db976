use super::{Address, U256};

/// How far a consultation has come. The numbers are part of the ABI and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A patient asked for it.
    Requested = 1,
    /// The fee is in escrow.
    Funded = 2,
    /// The provider agreed to it.
    Confirmed = 3,
    /// It took place, and the fee is the provider's.
    Completed = 4,
    /// One side called it off before it began.
    Cancelled = 5,
    /// The provider did not agree to it.
    Declined = 6,
    /// A deadline passed.
    Expired = 7,
}

impl Status {
    /// The status with this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Requested,
            2 => Self::Funded,
            3 => Self::Confirmed,
            4 => Self::Completed,
            5 => Self::Cancelled,
            6 => Self::Declined,
            7 => Self::Expired,
            _ => return None,
        })
    }
}

impl Status {
    /// Whether nothing can happen any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Declined | Self::Expired)
    }

    /// Whether the fee is in escrow.
    #[must_use]
    pub fn holds_money(self) -> bool {
        matches!(self, Self::Funded | Self::Confirmed)
    }
}

/// Whether a provider may have so many seconds from the beginning of a consultation to complete it: at least one, and at
/// most thirty days, since so long a patient's money may wait for a provider who forgot.
#[must_use]
pub const fn is_valid_completion_window(seconds: u64) -> bool {
    0 < seconds && seconds <= MAX_COMPLETION_WINDOW
}

/// Thirty days, in seconds.
pub const MAX_COMPLETION_WINDOW: u64 = 2_592_000;

/// What a patient asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who shall give the consultation, and gets the fee.
    pub provider: Address,
    /// The ERC-20 token of the fee.
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
    /// The second from which the consultation can be completed and no longer be cancelled.
    pub start_time: u64,
    /// The second from which the provider can no longer confirm: at latest `start_time`.
    pub confirm_by: u64,
    /// A salted hash of what else was agreed; the chain does not know what.
    pub details_hash: [u8; 32],
}

/// One consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Who asked for it and pays; an account for this one relationship.
    pub patient: Address,
    /// See [`Terms::provider`].
    pub provider: Address,
    /// See [`Terms::token`].
    pub token: Address,
    /// See [`Terms::fee`].
    pub fee: U256,
    /// See [`Terms::start_time`].
    pub start_time: u64,
    /// See [`Terms::confirm_by`].
    pub confirm_by: u64,
    /// The second from which the provider can no longer complete it.
    pub complete_by: u64,
    /// How far it has come.
    pub status: Status,
    /// See [`Terms::details_hash`].
    pub details_hash: [u8; 32],
}

/// What can be done with a visit that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The patient puts the fee in escrow, before the time to confirm is over.
    Fund,
    /// The provider agrees, before the time to confirm is over.
    Confirm,
    /// The provider does not agree, at any time before having agreed.
    Decline,
    /// Patient or provider calls it off, before it begins.
    Cancel,
    /// The provider says that it took place, from its beginning until the time to complete is over.
    Complete,
    /// Anybody ends what was not confirmed or completed in time.
    Expire,
}

/// What a step means for the fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// Nothing.
    Stays,
    /// It comes in from the patient.
    PaidIn,
    /// It is the patient's again.
    Refunded,
    /// It is the provider's.
    Released,
}

/// A step that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Where it leads.
    pub status: Status,
    /// What it means for the fee.
    pub money: Money,
}

/// Why a step is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The provider is the zero address or the patient.
    InvalidProvider(Address),
    /// The token is the zero address.
    InvalidToken(Address),
    /// There is nothing to escrow.
    ZeroFee,
    /// The beginning is not after now, or too late to count from.
    InvalidStartTime {
        /// What was asked for.
        start_time: u64,
        /// The current second.
        now: u64,
    },
    /// The time to confirm does not end after now and by the beginning.
    InvalidConfirmBy {
        /// What was asked for.
        confirm_by: u64,
        /// The current second.
        now: u64,
        /// The beginning.
        start_time: u64,
    },
    /// Only the patient may do this.
    NotPatient {
        /// Who tried.
        actor: Address,
        /// Who may.
        patient: Address,
    },
    /// Only the provider may do this.
    NotProvider {
        /// Who tried.
        actor: Address,
        /// Who may.
        provider: Address,
    },
    /// Only patient or provider may do this.
    NotParty {
        /// Who tried.
        actor: Address,
    },
    /// The visit has come too far for this, or not far enough.
    WrongStatus(Status),
    /// This could be done before `deadline`.
    TooLate {
        /// The second from which it cannot be done.
        deadline: u64,
        /// The current second.
        now: u64,
    },
    /// This can be done from `earliest` on.
    TooEarly {
        /// The first second at which it can be done.
        earliest: u64,
        /// The current second.
        now: u64,
    },
}

impl Visit {
    /// A visit as `patient` asks for it at `now`. The provider has `completion_window` seconds from the beginning to complete it.
    ///
    /// # Errors
    /// The five that [`Refusal`] begins with.
    pub fn request(patient: Address, terms: &Terms, now: u64, completion_window: u64) -> Result<Self, Refusal> {
        let Terms {
            provider,
            token,
            fee,
            start_time,
            confirm_by,
            details_hash,
        } = *terms;
        if provider.is_zero() || provider == patient {
            return Err(Refusal::InvalidProvider(provider));
        }
        if token.is_zero() {
            return Err(Refusal::InvalidToken(token));
        }
        if fee.is_zero() {
            return Err(Refusal::ZeroFee);
        }
        let invalid_start = Refusal::InvalidStartTime { start_time, now };
        if start_time <= now {
            return Err(invalid_start);
        }
        let complete_by = start_time.checked_add(completion_window).ok_or(invalid_start)?;
        if confirm_by <= now || confirm_by > start_time {
            return Err(Refusal::InvalidConfirmBy {
                confirm_by,
                now,
                start_time,
            });
        }
        Ok(Self {
            patient,
            provider,
            token,
            fee,
            start_time,
            confirm_by,
            complete_by,
            status: Status::Requested,
            details_hash,
        })
    }

    /// Where `action` by `actor` at `now` leads.
    ///
    /// # Errors
    /// Who may not, then what cannot be done in this status, then when it cannot be done: [`Refusal::NotPatient`],
    /// [`Refusal::NotProvider`], [`Refusal::NotParty`], [`Refusal::WrongStatus`], [`Refusal::TooLate`],
    /// [`Refusal::TooEarly`].
    pub fn apply(&self, action: Action, actor: &Address, now: u64) -> Result<Transition, Refusal> {
        self.check_actor(action, actor)?;
        let refund = if self.status.holds_money() {
            Money::Refunded
        } else {
            Money::Stays
        };
        let (status, money) = match (action, self.status) {
            (Action::Fund, Status::Requested) => {
                before(self.confirm_by, now)?;
                (Status::Funded, Money::PaidIn)
            }
            (Action::Confirm, Status::Funded) => {
                before(self.confirm_by, now)?;
                (Status::Confirmed, Money::Stays)
            }
            (Action::Decline, Status::Requested | Status::Funded) => (Status::Declined, refund),
            (Action::Cancel, Status::Requested | Status::Funded | Status::Confirmed) => {
                before(self.start_time, now)?;
                (Status::Cancelled, refund)
            }
            (Action::Complete, Status::Confirmed) => {
                from(self.start_time, now)?;
                before(self.complete_by, now)?;
                (Status::Completed, Money::Released)
            }
            (Action::Expire, Status::Requested | Status::Funded) => {
                from(self.confirm_by, now)?;
                (Status::Expired, refund)
            }
            (Action::Expire, Status::Confirmed) => {
                from(self.complete_by, now)?;
                (Status::Expired, refund)
            }
            _ => return Err(Refusal::WrongStatus(self.status)),
        };
        Ok(Transition { status, money })
    }

    fn check_actor(&self, action: Action, actor: &Address) -> Result<(), Refusal> {
        let (actor, patient, provider) = (*actor, self.patient, self.provider);
        match action {
            Action::Fund if actor != patient => Err(Refusal::NotPatient { actor, patient }),
            Action::Confirm | Action::Decline | Action::Complete if actor != provider => {
                Err(Refusal::NotProvider { actor, provider })
            }
            Action::Cancel if actor != patient && actor != provider => Err(Refusal::NotParty { actor }),
            _ => Ok(()),
        }
    }
}

fn before(deadline: u64, now: u64) -> Result<(), Refusal> {
    if now >= deadline {
        return Err(Refusal::TooLate { deadline, now });
    }
    Ok(())
}

fn from(earliest: u64, now: u64) -> Result<(), Refusal> {
    if now < earliest {
        return Err(Refusal::TooEarly { earliest, now });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
