//! Consultations at a distance, paid through escrow.
//!
//! A patient makes a [`Booking`] under the [`Terms`] that a provider has published; what becomes of it is a [`Visit`]. Which action is
//! open to whom, when, and what it means for the fee is one table, [`RULES`], that [`Visit::apply`] goes by. [`escrow`] keeps the books.
//!
//! How a consultation ended is claimed by one side, and stands unless the other side contests it in time; then an arbiter decides, or,
//! in the arbiter's silence, the share that the terms name. So every status that holds money has a way out that needs nobody's good
//! will: after a deadline, anybody can settle the visit.
//!
//! Several visits can be booked and paid for together, as a series. Each stays a visit with an end of its own: so the price of a treatment is
//! released step by step, and what is called off goes back by the same rules.
//!
//! Times are seconds since the epoch. A deadline belongs to what comes after it: at that very second it has passed. Shares are in basis
//! points, ten thousandths, of the fee.
//!
//! | status | FHIR `Appointment.status` |
//! | --- | --- |
//! | `Requested`, `Funded` | `proposed`, `pending` |
//! | `Confirmed` | `booked` |
//! | `InSession`, `Claimed`, `Disputed` | `arrived`; `booked` of a claim or dispute if nobody said that it began |
//! | `Completed`, `Resolved` | `fulfilled` |
//! | `PatientNoShow`, `ProviderNoShow` | `noshow` |
//! | all others | `cancelled` |

mod booking;
pub mod escrow;
mod platform;
mod rules;
mod series;
mod share;
mod status;
mod terms;
mod visit;

pub use booking::{Booking, BookingError, Conditions, MAX_DURATION, MAX_LEAD, visit_id};
pub use platform::{FEE_DELAY, FeeChange, FeeError, MAX_PLATFORM_FEE, PlatformFee};
pub use primitive_types::{H160 as Address, U256};
pub use rules::{Actor, Effect, Moment, RULES, Rule, Share};
pub use series::{MAX_VISITS, Series, SeriesError, series_id};
pub use share::{BasisPoints, Split, WHOLE};
pub use status::{Action, Side, Status};
pub use terms::{REFUND_STEPS, RefundStep, Terms, TermsError};
pub use visit::{Next, Refusal, Visit};
