//! Consultations at a distance, paid through escrow.
//!
//! A [`Visit`] goes from `Requested` over `Funded` and `Confirmed` to `Completed`, or leaves that way as `Cancelled`,
//! `Declined` or `Expired`. Which action is open to whom and when is decided by [`Visit::apply`]; what it means for the money
//! by [`escrow`]. Every status that holds money has a way out that needs nobody's good will: after a deadline anybody can
//! let the visit expire, and the patient gets everything back.
//!
//! Times are seconds since the epoch. A deadline belongs to what comes after it: at that very second it has passed.
//!
//! | status | FHIR `Appointment.status` |
//! | --- | --- |
//! | `Requested`, `Funded` | `proposed`, `pending` |
//! | `Confirmed` | `booked` |
//! | `Completed` | `fulfilled` |
//! | `Cancelled`, `Declined`, `Expired` | `cancelled` |

pub mod escrow;
mod visit;

pub use primitive_types::{H160 as Address, U256};
pub use visit::{
    Action, MAX_COMPLETION_WINDOW, Money, Refusal, Status, Terms, Transition, Visit, is_valid_completion_window,
};
