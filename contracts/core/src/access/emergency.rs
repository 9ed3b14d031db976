//! Break-glass: access in an emergency, by somebody whose role allows it, for some hours, that others hear of and review.
//!
//! It is a right beside consents, and changes none. Times are seconds since the epoch; something that lasts until a second is over
//! in it. Every function reads and writes a fixed number of entries.

mod access;
mod actor;
mod rules;

use crate::eip712::type_hash;

/// What the holder of an emergency key signs, as EIP-712 has it: that an actor may open an emergency access to a subject at once.
pub const AUTHORIZATION_TYPE: &str = "EmergencyAccess(bytes32 subject,address actor,uint256 nonce,uint256 deadline)";

/// Its hash.
pub const AUTHORIZATION_TYPE_HASH: [u8; 32] = type_hash(AUTHORIZATION_TYPE);

pub use access::{Access, Outcome, Safeguards, Status, access_id};
pub use actor::{Actor, MAX_UNREVIEWED, Unreviewed};
pub use rules::{
    Demand, Emergencies, EmergencyError, Granted, break_glass, emergency_key, end, is_open, review, set_emergency_key,
    set_veto_window, veto,
};
