use core::fmt;

use super::{
    Address, U256,
    booking::Conditions,
    rules::{Actor, Effect, Moment, RULES, Rule, Share},
    share::{BasisPoints, WHOLE},
    status::{Action, Side, Status},
    terms::Terms,
};

/// One consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Who asked for it and pays; an account for this one relationship.
    pub patient: Address,
    /// Who gives it.
    pub provider: Address,
    /// Who decides if the two do not agree.
    pub arbiter: Address,
    /// The token of the fee; the zero address is the native coin.
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
    /// When it begins.
    pub start_time: u64,
    /// When it ends.
    pub end_time: u64,
    /// The second from which the provider can no longer confirm it.
    pub confirm_by: u64,
    /// What the last step gave time for, see [`Moment::Deadline`]; 0 if nothing.
    pub deadline: u64,
    /// Which of the provider's terms it is under.
    pub terms_version: u32,
    /// What the platform keeps of what the provider earns.
    pub platform_fee: BasisPoints,
    /// What has to be when the provider claims the fee.
    pub conditions: Conditions,
    /// How far it has come.
    pub status: Status,
    /// Who said that it began.
    pub started_by: Option<Side>,
    /// How it ended, as one side says, and which.
    pub claim: Option<(Status, Side)>,
}

/// What comes of a step that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The visit after it.
    pub visit: Visit,
    /// The provider's share of the fee, if this releases it from escrow.
    pub released: Option<BasisPoints>,
}

/// Why a step is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// In this status nobody can do that.
    WrongStatus(Status),
    /// That is for the patient.
    NotPatient(Address),
    /// That is for the provider.
    NotProvider(Address),
    /// That is for patient and provider.
    NotParty(Address),
    /// That is for the side that did not claim how it ended.
    NotAnswerer(Address),
    /// That is for the arbiter.
    NotArbiter(Address),
    /// This side said that the consultation began: the other was there.
    SaidItBegan(Address),
    /// This could be done before a second that has come.
    TooLate {
        /// The second from which it cannot be done.
        deadline: u64,
        /// The current second.
        now: u64,
    },
    /// This can be done from a second on that is to come.
    TooEarly {
        /// The first second in which it can be done.
        earliest: u64,
        /// The current second.
        now: u64,
    },
    /// A share is more than the whole.
    ShareTooLarge(BasisPoints),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongStatus(status) => write!(formatter, "not when it is {status:?}"),
            Self::NotPatient(_) => formatter.write_str("that is for the patient"),
            Self::NotProvider(_) => formatter.write_str("that is for the provider"),
            Self::NotParty(_) => formatter.write_str("that is for patient and provider"),
            Self::NotAnswerer(_) => formatter.write_str("that is for the other side"),
            Self::NotArbiter(_) => formatter.write_str("that is for the arbiter"),
            Self::SaidItBegan(_) => {
                formatter.write_str("who said that it began cannot say that the other did not come")
            }
            Self::TooLate { deadline, now } => write!(formatter, "at {now} it is too late: until {deadline}"),
            Self::TooEarly { earliest, now } => write!(formatter, "at {now} it is too early: from {earliest} on"),
            Self::ShareTooLarge(share) => write!(formatter, "{share} basis points are more than the whole"),
        }
    }
}

impl core::error::Error for Refusal {}

impl Visit {
    /// What `action` by `actor` at `now` leads to. `decision` is the provider's share, if the arbiter decides.
    ///
    /// # Errors
    /// [`Refusal`]: what cannot be done in this status, then who may not, then when it cannot be done.
    pub fn apply(
        &self,
        terms: &Terms,
        action: Action,
        actor: &Address,
        now: u64,
        decision: BasisPoints,
    ) -> Result<Next, Refusal> {
        let mut refusal = Refusal::WrongStatus(self.status);
        for rule in RULES {
            if rule.status != self.status || rule.action != action {
                continue;
            }
            match self.check_actor(rule.actor, *actor) {
                Ok(()) => {
                    self.check_time(rule, terms, now)?;
                    return self.effect(rule.effect, terms, actor, now, decision);
                }
                Err(denied) => refusal = refusal.or(denied),
            }
        }
        Err(refusal)
    }

    /// When something can be done, or can be done no more.
    #[must_use]
    pub fn time(&self, moment: Moment, terms: &Terms) -> u64 {
        match moment {
            Moment::ConfirmBy => self.confirm_by,
            Moment::Start => self.start_time,
            Moment::Absent => self.start_time.saturating_add(terms.grace.into()),
            Moment::ClaimBy => self.end_time.saturating_add(terms.claim_window.into()),
            Moment::Deadline => self.deadline,
        }
    }

    /// The side that an account is.
    #[must_use]
    pub fn side(&self, account: &Address) -> Option<Side> {
        if *account == self.patient {
            Some(Side::Patient)
        } else if *account == self.provider {
            Some(Side::Provider)
        } else {
            None
        }
    }

    /// The provider's share by the claim that stands.
    fn claimed_share(claim: Status, terms: &Terms) -> BasisPoints {
        match claim {
            Status::Completed => WHOLE,
            Status::PatientNoShow => terms.no_show_share,
            _ => 0,
        }
    }

    fn check_actor(&self, allowed: Actor, actor: Address) -> Result<(), Refusal> {
        let side = self.side(&actor);
        let (patient, provider) = (Some(Side::Patient), Some(Side::Provider));
        let (fits, refusal) = match allowed {
            Actor::Patient => (side == patient, Refusal::NotPatient(actor)),
            Actor::Provider => (side == provider, Refusal::NotProvider(actor)),
            Actor::Party => (side.is_some(), Refusal::NotParty(actor)),
            Actor::PatientWhoDidNotStart if side == patient => {
                (self.started_by != patient, Refusal::SaidItBegan(actor))
            }
            Actor::PatientWhoDidNotStart => (false, Refusal::NotPatient(actor)),
            Actor::ProviderWhoDidNotStart if side == provider => {
                (self.started_by != provider, Refusal::SaidItBegan(actor))
            }
            Actor::ProviderWhoDidNotStart => (false, Refusal::NotProvider(actor)),
            Actor::Answerer => {
                let claimant = self.claim.map(|(_, side)| side);
                (side.is_some() && side != claimant, Refusal::NotAnswerer(actor))
            }
            Actor::Arbiter => (actor == self.arbiter, Refusal::NotArbiter(actor)),
            Actor::Anyone => return Ok(()),
        };
        if fits { Ok(()) } else { Err(refusal) }
    }

    fn check_time(&self, rule: &Rule, terms: &Terms, now: u64) -> Result<(), Refusal> {
        if let Some(moment) = rule.from {
            let earliest = self.time(moment, terms);
            if now < earliest {
                return Err(Refusal::TooEarly { earliest, now });
            }
        }
        if let Some(moment) = rule.until {
            let deadline = self.time(moment, terms);
            if now >= deadline {
                return Err(Refusal::TooLate { deadline, now });
            }
        }
        Ok(())
    }

    fn effect(
        &self,
        effect: Effect,
        terms: &Terms,
        actor: &Address,
        now: u64,
        decision: BasisPoints,
    ) -> Result<Next, Refusal> {
        let mut visit = *self;
        let (status, share) = match effect {
            Effect::Go(status) => (status, None),
            Effect::Begin => {
                visit.started_by = self.side(actor);
                (Status::InSession, None)
            }
            Effect::Claim(end) => {
                visit.claim = self.side(actor).map(|side| (end, side));
                visit.deadline = now.max(self.end_time).saturating_add(terms.objection_window.into());
                (Status::Claimed, None)
            }
            Effect::Dispute => {
                visit.deadline = now.saturating_add(terms.decision_window.into());
                (Status::Disputed, None)
            }
            Effect::Stay => (self.status, None),
            Effect::Close(status, share) => {
                let share = match share {
                    Share::Nothing => 0,
                    Share::Everything => WHOLE,
                    Share::Default => terms.default_share,
                    Share::Decided if decision > WHOLE => return Err(Refusal::ShareTooLarge(decision)),
                    Share::Decided => decision,
                };
                (status, Some(share))
            }
            Effect::CloseBySchedule => {
                let refund = terms.refund(self.start_time.saturating_sub(now));
                let status = if refund == WHOLE {
                    Status::CancelledEarly
                } else {
                    Status::CancelledLate
                };
                (status, Some(WHOLE.saturating_sub(refund)))
            }
            Effect::CloseAsClaimed => {
                // Nothing is claimed without a claim; if it were, the fee would go back.
                let claim = self.claim.map_or(Status::Expired, |(claim, _)| claim);
                (claim, Some(Self::claimed_share(claim, terms)))
            }
        };
        visit.status = status;
        Ok(Next {
            visit,
            released: share.filter(|_| self.status.holds_money()),
        })
    }
}

impl Refusal {
    /// Of two rules that are both for somebody else, what to say.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotPatient(actor), Self::NotProvider(_)) | (Self::NotProvider(actor), Self::NotPatient(_)) => {
                Self::NotParty(actor)
            }
            (began @ Self::SaidItBegan(_), _) => began,
            (_, other) => other,
        }
    }
}

#[cfg(test)]
mod tests;
