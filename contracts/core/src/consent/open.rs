//! Opening a commitment: from what a contract holds and what the parties hold to a decision.

use core::fmt;

use super::{
    ENCODING_VERSION,
    decision::{Decision, Reason},
    entry::{Entry, Status},
    error::Malformed,
    evaluate::evaluate,
    grantee::is_granted_to,
    request::Request,
    view::PolicyView,
};
use crate::hash::{Domain, Hash, commit};

/// What a consent commits to: `H("salus/policy" || version || salt || policy)`, see [`commit`].
pub fn policy_commitment(salt: &[u8; 32], policy: &[u8], keccak256: impl Fn(&[u8]) -> Hash) -> Hash {
    commit(Domain::POLICY, ENCODING_VERSION, salt, policy, keccak256)
}

/// Why a commitment cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The salt and the policy are not those that were committed to.
    CommitmentMismatch {
        /// What the consent commits to.
        expected: Hash,
        /// What the salt and the policy give.
        actual: Hash,
    },
    /// They are, but what was committed to is no policy.
    MalformedPolicy(Malformed),
}

impl fmt::Display for OpenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommitmentMismatch { .. } => formatter.write_str("salt and policy are not what was committed to"),
            Self::MalformedPolicy(malformed) => write!(formatter, "what was committed to is no policy: {malformed}"),
        }
    }
}

impl core::error::Error for OpenError {}

/// Opens a consent's commitment.
///
/// # Errors
/// [`OpenError`] if the salt and the policy are not what the consent commits to, or if that is no policy.
pub fn open<'p>(
    entry: &Entry,
    salt: &[u8; 32],
    policy: &'p [u8],
    keccak256: impl Fn(&[u8]) -> Hash,
) -> Result<PolicyView<'p>, OpenError> {
    let actual = policy_commitment(salt, policy, keccak256);
    if actual != entry.commitment {
        return Err(OpenError::CommitmentMismatch {
            expected: entry.commitment,
            actual,
        });
    }
    PolicyView::parse(policy).map_err(OpenError::MalformedPolicy)
}

/// Answers a request by a consent whose policy is open: first by what the contract holds (status, validity, grantee, a
/// delegate's limit), then by [`evaluate`].
pub fn evaluate_entry(
    entry: &Entry,
    policy: &PolicyView<'_>,
    request: &Request<'_>,
    at: u64,
    keccak256: impl Fn(&[u8]) -> Hash,
) -> Decision {
    if entry.status != Status::Active {
        Decision::no_consent(Reason::NotActive)
    } else if !entry.terms.validity.contains(at) {
        Decision::no_consent(Reason::OutsidePeriod)
    } else if !is_granted_to(&entry.grantee, request, keccak256) {
        Decision::no_consent(Reason::OtherGrantee)
    } else if entry.limit & request.purpose.mask() == 0 {
        Decision::no_consent(Reason::OtherPurpose)
    } else {
        evaluate(policy, request, at)
    }
}
