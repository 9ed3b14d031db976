//! What a translation leaves out, and what it cannot translate.

use std::fmt;

use super::FhirVersion;
use crate::fhir::{
    error::{FieldError, Problem},
    field::Field,
};

/// A field that is not in the policy, although the document has it, or the other way round. None of them bears on the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Where it is, from `Consent`; of a policy that is written, from `Policy` or `Header`.
    pub path: String,
    /// Why it is not in the policy.
    pub reason: LossReason,
}

/// Why a field is not in the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossReason {
    /// It is kept as [`super::Evidence`], beside the policy.
    Evidence,
    /// It does not bear on the decision, and is in the document alone.
    NotInPolicy,
    /// An extension; FHIR has none change the meaning that is not a `modifierExtension`.
    Extension,
    /// It says what holds without it: a provision of its parent's own decision, without exceptions.
    Redundant,
    /// A category without a number, beside one that has one: no request can ask for it.
    UnknownCategory,
    /// An exception to a base decision that the document does not have: the answer is always NO_CONSENT.
    NoBaseDecision,
    /// On the way back: this version of FHIR has no place for it. It does not bear on the decision.
    NotInVersion,
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            LossReason::Evidence => "kept as evidence, not part of the policy",
            LossReason::NotInPolicy => "does not bear on the decision",
            LossReason::Extension => "an extension",
            LossReason::Redundant => "says what holds without it",
            LossReason::UnknownCategory => "a category that no request can ask for",
            LossReason::NoBaseDecision => "there is no base decision to except from",
            LossReason::NotInVersion => "this version of FHIR has no place for it",
        };
        write!(formatter, "{}: {reason}", self.path)
    }
}

/// A field that bears on the decision and cannot be said in a policy. A document with one is refused: left out, or
/// replaced by something wider or narrower, it would be another patient's will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where it is, from `Consent`; of a policy that is written, from `Policy` or `Header`.
    pub path: String,
    /// Why it cannot be said.
    pub reason: RefusalReason,
}

/// Why a field cannot be said in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// A code that has no number in [`salus_core::codes`].
    UnknownCode {
        /// Its system, empty if the document names none.
        system: String,
        /// The code.
        code: String,
    },
    /// The resolver does not know what a reference means.
    Unresolved {
        /// The reference, or `system|value`.
        reference: String,
    },
    /// It contradicts another field.
    Contradicts {
        /// The other field.
        other: &'static str,
    },
    /// The model has nothing like it.
    NotExpressible {
        /// What it is.
        what: &'static str,
    },
    /// A version of FHIR has nothing like it.
    NotInFhir {
        /// What it is.
        what: &'static str,
        /// Which version.
        version: &'static str,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.path)?;
        match &self.reason {
            RefusalReason::UnknownCode { system, code } => write!(formatter, "the code {system}|{code} is not known"),
            RefusalReason::Unresolved { reference } => {
                write!(formatter, "it is not known who or what {reference:?} is on chain")
            }
            RefusalReason::Contradicts { other } => write!(formatter, "it contradicts {other}"),
            RefusalReason::NotExpressible { what } => write!(formatter, "{what} cannot be said in a policy"),
            RefusalReason::NotInFhir { what, version } => write!(formatter, "{what} cannot be said in FHIR {version}"),
        }
    }
}

/// Collects losses and refusals, so that a report names all of them at once.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) losses: Vec<Loss>,
    pub(super) refusals: Vec<Refusal>,
}

impl Notes {
    pub(super) fn lose(&mut self, path: impl Into<String>, reason: LossReason) {
        let path = path.into();
        self.losses.push(Loss { path, reason });
    }

    pub(super) fn refuse(&mut self, path: impl Into<String>, reason: RefusalReason) {
        let path = path.into();
        self.refusals.push(Refusal { path, reason });
    }

    pub(super) fn refuse_as(&mut self, field: &Field<'_>, what: &'static str) {
        self.refuse(field.path.clone(), RefusalReason::NotExpressible { what });
    }

    /// Goes through an object's members: those in `read` are the caller's; those in `lost` are noted; extensions are noted, modifiers
    /// refused. A name that FHIR does not have there is an error, since it may be one that was misspelt.
    pub(super) fn account(
        &mut self,
        object: &Field<'_>,
        read: &[&str],
        lost: &[(&str, LossReason)],
        version: FhirVersion,
    ) -> Result<(), FieldError> {
        for name in object.object()?.keys() {
            let path = object.path_of(name);
            if read.contains(&name.as_str()) || name == "id" {
                continue;
            }
            if let Some((_, reason)) = lost.iter().find(|(known, _)| known == name) {
                self.lose(path, *reason);
                continue;
            }
            let of_primitive = name.strip_prefix('_');
            match name.as_str() {
                "modifierExtension" | "implicitRules" => self.refuse(
                    path,
                    RefusalReason::NotExpressible {
                        what: "what changes the meaning of other fields",
                    },
                ),
                "extension" => self.lose(path, LossReason::Extension),
                _ if of_primitive
                    .is_some_and(|name| read.contains(&name) || lost.iter().any(|(lost, _)| *lost == name)) =>
                {
                    self.lose(path, LossReason::Extension);
                }
                _ => {
                    let problem = Problem::UnknownElement {
                        version: version.name(),
                    };
                    return Err(FieldError { path, problem });
                }
            }
        }
        Ok(())
    }
}
