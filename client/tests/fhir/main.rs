//! FHIR at the border: bundles, canonical form, Consent documents with the decisions that follow from them, and visits.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod bundle;
mod canonical;
mod codes;
mod consent;
mod definitions;
mod export;
mod refusals;
mod support;
mod visit;
mod visit_money;
