//! The audit trail: a FHIR AuditEvent for every decision, denials and decisions that could not be made included.
//!
//! [`event`] makes the event of a decision, by IHE's Basic Audit Log Patterns; [`AuditLog`] keeps events, each with a salted commitment that
//! can be anchored. Whoever decides appends first and gives the decision out then: what cannot be recorded is not decided.
//! `docs/audit.md` has the event field by field.

mod event;
mod log;

pub use event::{Agents, Audited, event};
pub use log::{AuditError, AuditLog, Recorded};

#[cfg(test)]
mod tests;
