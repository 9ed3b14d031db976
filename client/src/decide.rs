//! Decisions off chain: FHIR Consents and a request in, the answer of the consent model out, by the same evaluator that the
//! contract has.
//!
//! Nothing here asks a chain. `docs/decide.md` describes the request and the cases.

mod case;
mod identity;
mod outcome;
mod request;

pub use case::Case;
pub use identity::{BundleResolver, Identifier};
pub use outcome::{Obligation, Outcome};
pub use request::AccessRequest;
