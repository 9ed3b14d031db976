//! FHIR at the border: bundles, canonical form, and Consent documents with the decisions that follow from them.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod bundle;
mod canonical;
mod codes;
mod consent;
mod export;
mod refusals;
mod support;
