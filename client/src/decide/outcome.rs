//! The answers to all parts of a request, as one.

use std::borrow::Cow;

use salus_core::{
    codes::{Code, Sensitivity},
    consent::{Answer, Combined, Reason},
};
use serde::Serialize;

use super::{Codes, Question};
use crate::fhir::consent::ContentCode;

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
    pub system: Cow<'static, str>,
    /// The code: a sensitivity label, a class of data, or a code that data carry.
    pub code: Cow<'static, str>,
}

impl Obligation {
    /// Those of a mask of sensitivity labels whose data must not be given.
    pub fn of_labels(mask: u64) -> impl Iterator<Item = Self> {
        Sensitivity::in_mask(mask).map(|label| Self::redact(label.row()))
    }

    fn redact(row: &Code) -> Self {
        Self {
            obligation: "redact",
            system: row.system.into(),
            code: row.code.into(),
        }
    }

    fn redact_coded(name: &ContentCode) -> Self {
        Self {
            obligation: "redact",
            system: name.system.clone().into(),
            code: name.code.clone().into(),
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
    /// denial if any is denied. So it is with codes that data carry, but that data which carry none have to be permitted, where they are
    /// asked for. Of several purposes or actions a denial wins, then no consent; permits oblige to all that any of them does.
    pub fn of(answers: &[Answered], codes: &Codes) -> Self {
        let kind = |(question, _): &Answered| (question.purpose, question.action);
        let by_kind = answers.chunk_by(|one, other| kind(one) == kind(other));
        by_kind
            .filter_map(|answers| Self::of_classes(answers, codes))
            .reduce(Self::and)
            .unwrap_or_else(Self::nothing_asked)
    }

    fn of_classes(answers: &[Answered], codes: &Codes) -> Option<Self> {
        let by_class = answers.chunk_by(|(one, _), (other, _)| one.class == other.class);
        let classes: Vec<_> = by_class.filter_map(Class::of).collect();
        let first = |answer| classes.iter().find(|class| class.answer() == answer);
        let decisive = first(Answer::Permit)
            .or_else(|| first(Answer::Deny))
            .or_else(|| classes.first())?;
        let decision = &decisive.decisive.decision;
        let mut outcome = Self {
            answer: decision.answer,
            reason: decision.reason,
            obligations: Vec::new(),
            consent: decisive.decisive.winner,
            path: decision.path.steps().to_vec(),
        };
        if outcome.answer == Answer::Permit {
            let mut labels = 0;
            let (permitted, others): (Vec<_>, Vec<_>) =
                classes.iter().partition(|class| class.answer() == Answer::Permit);
            for class in others {
                outcome.oblige(Obligation::redact(class.question.class.row()));
            }
            for class in permitted {
                labels |= class.labels;
                let names = class.redacted.iter().filter_map(|choice| codes.name(*choice));
                names.for_each(|name| outcome.oblige(Obligation::redact_coded(name)));
            }
            outcome.obligations.extend(Obligation::of_labels(labels));
        }
        Some(outcome)
    }

    fn oblige(&mut self, obligation: Obligation) {
        if !self.obligations.contains(&obligation) {
            self.obligations.push(obligation);
        }
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
            merged.oblige(obligation);
        }
        merged
    }
}

/// What is said of a class of data, whatever codes they carry.
struct Class<'a> {
    question: Question,
    /// What is said of those data that decide.
    decisive: &'a Combined,
    /// The labels to be redacted.
    labels: u64,
    /// The codes to be redacted.
    redacted: Vec<Option<usize>>,
}

impl<'a> Class<'a> {
    /// From the answers for data of each code, first for those that carry none.
    fn of(answers: &'a [Answered]) -> Option<Self> {
        let (question, uncoded) = answers.first()?;
        let first = |answer| {
            let answered = answers.iter().find(|(_, combined)| combined.decision.answer == answer);
            answered.map(|(_, combined)| combined)
        };
        // A permit for some code does not reach data that carry another one, or none.
        let permitted = match question.code {
            None => Some(uncoded).filter(|combined| combined.decision.answer == Answer::Permit),
            Some(_) => first(Answer::Permit),
        };
        let (mut labels, mut redacted) = (0, Vec::new());
        for (question, combined) in answers {
            match combined.decision.answer {
                Answer::Permit => labels |= combined.decision.obligations.redact_labels,
                _ => redacted.push(question.code),
            }
        }
        Some(Self {
            question: *question,
            decisive: permitted.or_else(|| first(Answer::Deny)).unwrap_or(uncoded),
            labels,
            redacted,
        })
    }

    fn answer(&self) -> Answer {
        self.decisive.decision.answer
    }
}
