//! Access to health data beside consent: requests for it, emergencies, and logs of what was accessed.
//!
//! None of it touches a consent. Who asks learns where it was answered; an emergency access is a right of its own, that ends by
//! itself; a log says afterwards what happened. `docs/access.md` describes rules, states and formats.
//!
//! What others know is asked through a [`Setting`]: who may act for a subject, and who has which role.

pub mod emergency;
pub mod log;
pub mod request;
mod setting;

pub use setting::{MAX_PERIOD, ParameterError, Parameters, Setting};
