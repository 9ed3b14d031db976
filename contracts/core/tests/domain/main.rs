//! The domain's rules as tests, on the public interface alone.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a panic fails the test"
)]

mod access_log;
mod access_requests;
mod access_setting;
mod codec;
mod consent_registry;
mod credential_registry;
mod emergencies;
mod entry;
mod merkle;
mod model;
mod properties;
mod record_registry;
mod rules;
mod support;
mod vectors;
mod visits;
