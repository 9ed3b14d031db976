//! The answers to all parts of a request, as one.

use salus_core::{
    codes::{Code, Sensitivity},
    consent::{Answer, Combined, Reason},
};
use serde::Serialize;

use super::Question;

/// An answer as the consent model writes it.
pub fn name_of(answer: Answer) -> &'static str {
    match answer {
        Answer::Permit => "PERMIT",
        Answer::Deny => "DENY",
        Answer::NoConsent => "NO_CONSENT",
    }
}

/// What a permit obliges to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obligation {
    /// `redact`: whatever this code selects must not be given.
    pub obligation: &'static str,
    /// The code's system.
    pub system: &'static str,
    /// The code: a sensitivity label, or a class of data.
    pub code: &'static str,
}

impl Obligation {
    /// Those of a mask of sensitivity labels whose data must not be given.
    pub fn of_labels(mask: u64) -> impl Iterator<Item = Self> {
        Sensitivity::in_mask(mask).map(|label| Self::redact(label.row()))
    }

    fn redact(row: &Code) -> Self {
        Self {
            obligation: "redact",
            system: row.system,
            code: row.code,
        }
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Permit, deny or no consent.
    pub answer: Answer,
    /// Why.
    pub reason: Reason,
    /// With a permit, what it obliges to.
    pub obligations: Vec<Obligation>,
    /// Which consent decided: its position among those that were asked, from 0.
    pub consent: Option<usize>,
    /// Which of its provisions decided: at each depth the position, from 0.
    pub path: Vec<u8>,
}

impl Outcome {
    /// The reason as programs read it.
    pub fn reason_code(&self) -> &'static str {
        match self.reason {
            Reason::Decided => "decided",
            Reason::NotActive => "not_active",
            Reason::OutsidePeriod => "outside_period",
            Reason::OtherCategory => "other_category",
            Reason::OtherPurpose => "other_purpose",
            Reason::OutsideScope => "outside_scope",
            Reason::PartlyOutsideScope => "partly_outside_scope",
            Reason::NoBaseDecision => "no_base_decision",
            Reason::NothingToAsk => "nothing_to_ask",
            _ => "other",
        }
    }
}

/// The answer to one question of a request.
pub type Answered = (Question, Combined);

impl Outcome {
    /// The answers to all questions of a request (see [`super::AccessRequest::questions`]) as one.
    ///
    /// Of several classes of data, those that are permitted are, with the others to be redacted; if none is, the answer is a
    /// denial if any is denied. Of several purposes or actions a denial wins, then no consent; permits oblige to all that any of
    /// them does.
    pub fn of(answers: &[Answered]) -> Self {
        let kind = |(question, _): &Answered| (question.purpose, question.action);
        let by_kind = answers.chunk_by(|one, other| kind(one) == kind(other));
        by_kind
            .filter_map(Self::of_classes)
            .reduce(Self::and)
            .unwrap_or_else(Self::nothing_asked)
    }

    fn of_classes(answers: &[Answered]) -> Option<Self> {
        let first = |answer| answers.iter().find(|(_, combined)| combined.decision.answer == answer);
        let (_, decisive) = first(Answer::Permit)
            .or_else(|| first(Answer::Deny))
            .or_else(|| answers.first())?;
        let mut outcome = Self {
            answer: decisive.decision.answer,
            reason: decisive.decision.reason,
            obligations: Vec::new(),
            consent: decisive.winner,
            path: decisive.decision.path.steps().to_vec(),
        };
        if outcome.answer == Answer::Permit {
            let mut labels = 0;
            for (question, combined) in answers {
                match combined.decision.answer {
                    Answer::Permit => labels |= combined.decision.obligations.redact_labels,
                    _ => outcome.obligations.push(Obligation::redact(question.class.row())),
                }
            }
            outcome.obligations.extend(Obligation::of_labels(labels));
        }
        Some(outcome)
    }

    /// The answer to no question.
    fn nothing_asked() -> Self {
        Self {
            answer: Answer::NoConsent,
            reason: Reason::NothingToAsk,
            obligations: Vec::new(),
            consent: None,
            path: Vec::new(),
        }
    }

    /// For one purpose or action more.
    fn and(self, other: Self) -> Self {
        let strictness = |outcome: &Self| match outcome.answer {
            Answer::Permit => 0,
            Answer::NoConsent => 1,
            Answer::Deny => 2,
        };
        if strictness(&other) > strictness(&self) {
            return other;
        }
        if strictness(&self) > strictness(&other) {
            return self;
        }
        let mut merged = self;
        for obligation in other.obligations {
            if !merged.obligations.contains(&obligation) {
                merged.obligations.push(obligation);
            }
        }
        merged
    }
}
