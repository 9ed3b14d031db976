//! Several consents, one answer.

use super::{
    decision::{Answer, Decision, Reason},
    entry::Status,
    evaluate::evaluate,
    request::Request,
    view::PolicyView,
};

/// The answer of several consents, and how it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combined {
    /// The decision. A permit obliges to all that any of the tied permits obliges to.
    pub decision: Decision,
    /// Which consent decided: its position, from 0. `None` if none applies.
    pub winner: Option<usize>,
    /// How many consents applied, that is, did not answer NO_CONSENT.
    pub applied: usize,
    /// Whether another one that applied is as recent as the winner.
    pub is_tied: bool,
}

/// Answers a request by several consents, as [`combine`] says.
pub fn evaluate_all<'p>(
    consents: impl IntoIterator<Item = (Status, PolicyView<'p>)>,
    request: &Request<'_>,
    at: u64,
) -> Combined {
    combine(consents.into_iter().map(|(status, policy)| {
        let decision = match status {
            Status::Active => evaluate(&policy, request, at),
            _ => Decision::no_consent(Reason::NotActive),
        };
        (policy.date_time(), decision)
    }))
}

/// Combines what several consents, each with the time at which it was given, answered to one request: of those that apply
/// the most recent one wins, and of equally recent ones a denial. Of equally recent ones with the same answer the first
/// decides.
///
/// If none applies, the reason is that of the first one.
pub fn combine(decisions: impl IntoIterator<Item = (u64, Decision)>) -> Combined {
    let mut combined = Combined {
        decision: Decision::no_consent(Reason::NothingToAsk),
        winner: None,
        applied: 0,
        is_tied: false,
    };
    let mut most_recent = 0;
    for (position, (date_time, decision)) in decisions.into_iter().enumerate() {
        if decision.answer == Answer::NoConsent {
            if position == 0 {
                combined.decision = decision;
            }
            continue;
        }
        combined.applied = combined.applied.saturating_add(1);
        if combined.winner.is_none() || date_time > most_recent {
            combined = Combined {
                decision,
                winner: Some(position),
                is_tied: false,
                ..combined
            };
            most_recent = date_time;
        } else if date_time == most_recent {
            combined.is_tied = true;
            combined.break_tie(decision, position);
        }
    }
    combined
}

impl Combined {
    fn break_tie(&mut self, other: Decision, position: usize) {
        match (self.decision.answer, other.answer) {
            (Answer::Permit, Answer::Permit) => {
                self.decision.obligations.redact_labels |= other.obligations.redact_labels;
            }
            (Answer::Permit, _) => {
                self.decision = other;
                self.winner = Some(position);
            }
            _ => {}
        }
    }
}
