//! What can go wrong in a story.

use crate::error::{Exit, Fault};

/// Why the story ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoryError {
    /// Development accounts pay for it, and there are none elsewhere.
    #[error("network `{network}` is no development network: nobody there pays for a story")]
    NotDevelopment {
        /// The network.
        network: String,
    },
    /// Something came out otherwise than it must.
    #[error("`{name}` must come out as {expected}, and came out as {found}")]
    Unexpected {
        /// The step.
        name: &'static str,
        /// What was to be.
        expected: String,
        /// What was.
        found: String,
    },
    /// The health record has nothing to tell of.
    #[error("the bundle has no {0}")]
    NothingToTell(&'static str),
    /// Time does not pass on the chain.
    #[error("the consultation was to begin, and after {seconds} s the chain still refuses to complete it: {reason}")]
    TooLate {
        /// How long it was waited for.
        seconds: u64,
        /// What the chain says.
        reason: String,
    },
}

impl Fault for StoryError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotDevelopment { .. } => "not_development",
            Self::Unexpected { .. } => "unexpected_outcome",
            Self::NothingToTell(_) => "nothing_to_tell",
            Self::TooLate { .. } => "time_stands_still",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotDevelopment { .. } | Self::NothingToTell(_) => Exit::Usage,
            Self::Unexpected { .. } | Self::TooLate { .. } => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotDevelopment { .. } => Some("without --running, the story brings its own chain".into()),
            Self::NothingToTell(_) => Some("it needs an Encounter to which two Observations refer".into()),
            Self::Unexpected { .. } | Self::TooLate { .. } => None,
        }
    }
}
