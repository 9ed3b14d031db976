//! What can go wrong in a simulation.

use crate::error::{Exit, Fault};

/// Why a simulation ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// The chain and the rules do not agree.
    #[error("{case}: by the rules {what} is {expected}, and on chain it is {found}")]
    Disagreement {
        /// The case.
        case: &'static str,
        /// What of it.
        what: &'static str,
        /// By the rules.
        expected: String,
        /// On chain.
        found: String,
    },
    /// The rules refuse a step that a case has.
    #[error("{case}: the rules refuse it: {reason}")]
    Refused {
        /// The case.
        case: &'static str,
        /// Why.
        reason: String,
    },
    /// Nobody could publish this.
    #[error("{0}")]
    Setting(String),
}

impl Fault for SimulationError {
    fn code(&self) -> &'static str {
        match self {
            Self::Disagreement { .. } => "unexpected_outcome",
            Self::Refused { .. } => "refused_by_rules",
            Self::Setting(_) => "usage",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Setting(_) => Exit::Usage,
            Self::Disagreement { .. } | Self::Refused { .. } => Exit::Failure,
        }
    }
}
