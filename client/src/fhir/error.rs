//! What can be wrong with a document, and where in it.

use std::{fmt, io, path::PathBuf};

use salus_core::consent::EncodeError;

use super::{consent::Refusal, json::JsonError};
use crate::error::{Exit, Fault};

/// Why a FHIR document is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FhirError {
    /// The file cannot be read or decompressed.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The document is longer than the reader's limit.
    #[error("the document is longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// It is not JSON as RFC 8259 and RFC 7493 (I-JSON) have it.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// It is JSON, but a field of it is not as FHIR has it.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A Consent says what cannot be said in a policy: each such field.
    #[error("the consent cannot be translated: {}", list(.0))]
    Untranslatable(Vec<Refusal>),
    /// A Consent's policy has no encoding: it is too long or too deep.
    #[error("the consent's policy cannot be encoded: {0}")]
    Encode(EncodeError),
    /// A value has no canonical form.
    #[error("the value has no canonical form: {0}")]
    NotCanonical(serde_json::Error),
}

impl Fault for FhirError {
    fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "document_unreadable",
            Self::TooLarge { .. } => "document_too_large",
            Self::Json(_) => "malformed_json",
            Self::Field(_) => "malformed_fhir",
            Self::Untranslatable(_) => "untranslatable_consent",
            Self::Encode(_) => "policy_too_large",
            Self::NotCanonical(_) => "not_canonical",
        }
    }

    fn exit(&self) -> Exit {
        Exit::Document
    }
}

fn list(refusals: &[Refusal]) -> String {
    let refusals: Vec<_> = refusals.iter().map(Refusal::to_string).collect();
    refusals.join("; ")
}

/// A field that is not as FHIR has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where it is, from the document's root: `entry[3].resource.resourceType`; empty for the document itself.
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It has to be there.
    Missing,
    /// It is of another JSON type.
    WrongType {
        /// The type that it should have.
        expected: &'static str,
    },
    /// Its value is none that it may have.
    Invalid {
        /// The value, shortened if it is long.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// An array or object without content, which FHIR does not have.
    Empty,
    /// The document has it twice.
    Duplicate {
        /// Where the first one is.
        first: String,
    },
    /// A list is longer than the reader's limit.
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The resource is another one than what is read here.
    OtherResource {
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// FHIR has no such element there.
    UnknownElement {
        /// Which version of FHIR.
        version: &'static str,
    },
    /// Whoever reads it does not know what it means, and passes nothing over.
    NotUnderstood,
    /// The document does not tell by which version of FHIR it is written.
    UnknownVersion,
    /// A period ends before it begins.
    ReversedPeriod,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("missing"),
            Self::WrongType { expected } => write!(formatter, "not {expected}"),
            Self::Invalid { value, expected } => write!(formatter, "{value:?} is not {expected}"),
            Self::Empty => formatter.write_str("empty"),
            Self::Duplicate { first } => write!(formatter, "the same as {first}"),
            Self::TooMany { limit } => write!(formatter, "more than {limit} items"),
            Self::OtherResource { found, expected } => write!(formatter, "{found:?} where a {expected} is expected"),
            Self::UnknownElement { version } => write!(formatter, "there is no such element in FHIR {version}"),
            Self::NotUnderstood => formatter.write_str("not understood"),
            Self::UnknownVersion => formatter.write_str("neither clearly FHIR R4 nor clearly R5: say which it is"),
            Self::ReversedPeriod => formatter.write_str("the period ends before it begins"),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "document" } else { &self.path };
        write!(formatter, "{path}: {}", self.problem)
    }
}

impl std::error::Error for FieldError {}
