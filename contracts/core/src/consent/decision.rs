//! What the evaluator answers.

use super::MAX_DEPTH;

/// The answer to a request. There are three, and none may be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Answer {
    /// No consent speaks of what is asked for. What that means is the asker's own overarching policy.
    NoConsent = 0,
    /// Permitted, with the obligations.
    Permit = 1,
    /// Denied.
    Deny = 2,
}

/// Why the answer is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Reason {
    /// The base decision or the provisions decided: see the path.
    Decided = 0,
    /// NO_CONSENT: the consent is not active.
    NotActive = 1,
    /// NO_CONSENT: the consent is not in force yet, or no longer.
    OutsidePeriod = 2,
    /// NO_CONSENT: the consent is not of a category that was asked for.
    OtherCategory = 3,
    /// NO_CONSENT: the consent does not speak of this purpose.
    OtherPurpose = 4,
    /// NO_CONSENT: the consent does not speak of this requester, action or data.
    OutsideScope = 5,
    /// DENY: the consent speaks of a part only of what is asked for, or the request leaves open whether it does.
    /// A narrower request gets another answer.
    PartlyOutsideScope = 6,
    /// NO_CONSENT: the policy has no base decision.
    NoBaseDecision = 7,
    /// NO_CONSENT: no consent was there to be asked.
    NothingToAsk = 8,
    /// NO_CONSENT: the consent was given to somebody else.
    OtherGrantee = 9,
}

/// What a permit obliges to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Obligations {
    /// Labels whose data must not be given: a mask over [`crate::codes::Sensitivity`]. Whatever turns out to carry
    /// one of them has to be withheld or redacted.
    pub redact_labels: u64,
}

/// The provisions that decided: at each depth the position, from 0, among its parent's provisions. Empty where the base
/// decision stood without any exception. Where an exception was itself overruled, the path goes on to what
/// overruled it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path {
    steps: [u8; MAX_DEPTH],
    length: u8,
}

impl Path {
    /// The path of these positions, outermost first; `None` if they are more than a policy may be deep.
    pub fn from_steps(positions: &[u8]) -> Option<Self> {
        let mut path = Self::default();
        path.steps.get_mut(..positions.len())?.copy_from_slice(positions);
        path.length = u8::try_from(positions.len()).ok()?;
        Some(path)
    }

    /// The positions, outermost first.
    pub fn steps(&self) -> &[u8] {
        self.steps.get(..usize::from(self.length)).unwrap_or(&[])
    }

    /// The path one step further down. A path of full length stays as it is.
    pub(super) fn with(mut self, position: u8) -> Self {
        if let Some(step) = self.steps.get_mut(usize::from(self.length)) {
            *step = position;
            self.length = self.length.saturating_add(1);
        }
        self
    }
}

/// An answer with what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Permit, deny or no consent.
    pub answer: Answer,
    /// Why.
    pub reason: Reason,
    /// What a permit obliges to; nothing with another answer.
    pub obligations: Obligations,
    /// Which provisions decided.
    pub path: Path,
}

impl Decision {
    /// NO_CONSENT, for this reason.
    pub const fn no_consent(reason: Reason) -> Self {
        Self::without_path(Answer::NoConsent, reason)
    }

    pub(super) const fn without_path(answer: Answer, reason: Reason) -> Self {
        Self {
            answer,
            reason,
            obligations: Obligations { redact_labels: 0 },
            path: Path {
                steps: [0; MAX_DEPTH],
                length: 0,
            },
        }
    }
}
