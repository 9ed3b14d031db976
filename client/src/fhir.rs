//! FHIR at the border: what comes in as FHIR JSON and leaves as something that a contract understands.
//!
//! - [`Bundle`]: FHIR R4 Bundles as systems exchange them (JSON, also gzipped), resources by type and by reference.
//! - [`Canonical`]: the one sequence of bytes that stands for a resource (RFC 8785), and with a [`Salt`] the commitment to it.
//! - [`consent`]: FHIR R4 and R5 Consent documents, translated into the policies of [`salus_core::consent`].
//! - [`visit`]: a consultation in escrow as an Appointment, an Invoice and a PaymentReconciliation, R4 and R5.
//!
//! Everything is read strictly: a name that occurs twice, a number that a double cannot hold, a field of the wrong
//! type is an error that names the field, never a guess. `docs/fhir.md` says what is read, how it is mapped and what is lost.

mod bundle;
mod canonical;
pub mod consent;
pub(crate) mod element;
mod error;
pub(crate) mod field;
pub mod json;
mod source;
pub mod visit;

pub use bundle::{Bundle, BundleType, Resource};
pub use canonical::{Canonical, Salt};
pub use error::{FhirError, FieldError, Problem};
pub use source::{Limits, read_file};
