//! Break-glass: access in an emergency, by somebody whose role allows it, for some hours, that others hear of and review.
//!
//! It is a right beside consents, and changes none. Times are seconds since the epoch; something that lasts until a second is over
//! in it. Every function reads and writes a fixed number of entries.

mod access;
mod actor;
mod rules;

pub use access::{Access, Outcome, Safeguards, Status, access_id};
pub use actor::{Actor, MAX_UNREVIEWED, Unreviewed};
pub use rules::{
    Demand, Emergencies, EmergencyError, Granted, break_glass, end, is_open, review, set_emergency_key,
    set_veto_window, veto,
};
