//! Who may do what, when, and what comes of it: all of it, as a table.

use super::status::{Action::*, Status::*, *};

/// One thing that can be done. All times are those of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// In this status.
    pub status: Status,
    /// What is done.
    pub action: Action,
    /// Who may do it.
    pub actor: Actor,
    /// The first second in which it can be done; at once if there is none.
    pub from: Option<Moment>,
    /// The first second in which it can be done no more; at any time if there is none.
    pub until: Option<Moment>,
    /// What comes of it.
    pub effect: Effect,
}

/// Who may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The patient.
    Patient,
    /// The provider.
    Provider,
    /// Patient or provider.
    Party,
    /// The patient, unless it was the patient who said that it began.
    PatientWhoDidNotStart,
    /// The provider, unless it was the provider who said that it began.
    ProviderWhoDidNotStart,
    /// Who did not claim how it ended: the other side.
    Answerer,
    /// The arbiter.
    Arbiter,
    /// Whoever wants to.
    Anyone,
}

/// A second of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// From which it can no longer be confirmed.
    ConfirmBy,
    /// In which it begins.
    Start,
    /// From which a side that is not there counts as absent: the beginning and the grace.
    Absent,
    /// From which nobody can say any more how it ended: the end and the claim window.
    ClaimBy,
    /// From which what was claimed can no longer be contested; in a dispute, from which it can no longer be decided.
    Deadline,
}

/// What comes of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Another status.
    Go(Status),
    /// In session; who said so is kept.
    Begin,
    /// This end is claimed. The deadline is an objection window later, counted from the end of the consultation if that is to come.
    Claim(Status),
    /// The end that was claimed is contested. The deadline is a decision window later.
    Dispute,
    /// Nothing but an event.
    Stay,
    /// The visit ends like this, and the provider earns that share of the fee.
    Close(Status, Share),
    /// The patient called it off: early if everything is given back by the schedule of refunds, else late.
    CloseBySchedule,
    /// It ends as was claimed.
    CloseAsClaimed,
}

/// The provider's share of the fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Nothing.
    Nothing,
    /// All of it.
    Everything,
    /// What the arbiter says.
    Decided,
    /// What the terms say for an arbiter who is silent.
    Default,
}

/// Whatever can be done. Beside it: each side can give the other everything, at any time from the agreed beginning on.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule(Requested, Fund, Actor::Patient, None, Some(Moment::ConfirmBy), Effect::Go(Funded)),
    rule(Requested, Cancel, Actor::Patient, None, None, Effect::Close(CancelledEarly, Share::Nothing)),
    rule(Requested, Decline, Actor::Provider, None, None, Effect::Close(Declined, Share::Nothing)),
    rule(Requested, Settle, Actor::Anyone, Some(Moment::ConfirmBy), None, Effect::Close(Expired, Share::Nothing)),

    rule(Funded, Confirm, Actor::Provider, None, Some(Moment::ConfirmBy), Effect::Go(Confirmed)),
    rule(Funded, Cancel, Actor::Patient, None, None, Effect::Close(CancelledEarly, Share::Nothing)),
    rule(Funded, Decline, Actor::Provider, None, None, Effect::Close(Declined, Share::Nothing)),
    rule(Funded, Settle, Actor::Anyone, Some(Moment::ConfirmBy), None, Effect::Close(Expired, Share::Nothing)),

    rule(Confirmed, Cancel, Actor::Patient, None, Some(Moment::Start), Effect::CloseBySchedule),
    rule(Confirmed, Cancel, Actor::Provider, None, None, Effect::Close(CancelledByProvider, Share::Nothing)),
    rule(Confirmed, Start, Actor::Party, Some(Moment::Start), Some(Moment::ClaimBy), Effect::Begin),
    rule(Confirmed, Complete, Actor::Patient, Some(Moment::Start), None, Effect::Close(Completed, Share::Everything)),
    rule(Confirmed, ClaimNoShow, Actor::Patient, Some(Moment::Absent), Some(Moment::ClaimBy), Effect::Claim(ProviderNoShow)),
    rule(Confirmed, ClaimNoShow, Actor::Provider, Some(Moment::Absent), Some(Moment::ClaimBy), Effect::Claim(PatientNoShow)),
    rule(Confirmed, ClaimTechnicalFailure, Actor::Party, Some(Moment::Start), Some(Moment::ClaimBy), Effect::Claim(TechnicalFailure)),
    rule(Confirmed, Settle, Actor::Anyone, Some(Moment::ClaimBy), None, Effect::Close(Expired, Share::Nothing)),

    rule(InSession, Cancel, Actor::Provider, None, None, Effect::Close(CancelledByProvider, Share::Nothing)),
    rule(InSession, Complete, Actor::Patient, None, None, Effect::Close(Completed, Share::Everything)),
    rule(InSession, Complete, Actor::Provider, None, Some(Moment::ClaimBy), Effect::Claim(Completed)),
    rule(InSession, ClaimNoShow, Actor::PatientWhoDidNotStart, Some(Moment::Absent), Some(Moment::ClaimBy), Effect::Claim(ProviderNoShow)),
    rule(InSession, ClaimNoShow, Actor::ProviderWhoDidNotStart, Some(Moment::Absent), Some(Moment::ClaimBy), Effect::Claim(PatientNoShow)),
    rule(InSession, ClaimTechnicalFailure, Actor::Party, None, Some(Moment::ClaimBy), Effect::Claim(TechnicalFailure)),
    rule(InSession, Settle, Actor::Anyone, Some(Moment::ClaimBy), None, Effect::Close(Expired, Share::Nothing)),

    rule(Claimed, Accept, Actor::Answerer, None, None, Effect::CloseAsClaimed),
    rule(Claimed, Contest, Actor::Answerer, None, Some(Moment::Deadline), Effect::Dispute),
    rule(Claimed, Complete, Actor::Patient, None, None, Effect::Close(Completed, Share::Everything)),
    rule(Claimed, Cancel, Actor::Provider, None, None, Effect::Close(CancelledByProvider, Share::Nothing)),
    rule(Claimed, Settle, Actor::Anyone, Some(Moment::Deadline), None, Effect::CloseAsClaimed),

    rule(Disputed, SubmitEvidence, Actor::Party, None, Some(Moment::Deadline), Effect::Stay),
    rule(Disputed, Decide, Actor::Arbiter, None, Some(Moment::Deadline), Effect::Close(Resolved, Share::Decided)),
    rule(Disputed, Complete, Actor::Patient, None, None, Effect::Close(Completed, Share::Everything)),
    rule(Disputed, Cancel, Actor::Provider, None, None, Effect::Close(CancelledByProvider, Share::Nothing)),
    rule(Disputed, Settle, Actor::Anyone, Some(Moment::Deadline), None, Effect::Close(Resolved, Share::Default)),
];

const fn rule(
    status: Status,
    action: Action,
    actor: Actor,
    from: Option<Moment>,
    until: Option<Moment>,
    effect: Effect,
) -> Rule {
    Rule {
        status,
        action,
        actor,
        from,
        until,
        effect,
    }
}
