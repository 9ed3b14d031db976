//! Decisions off chain: FHIR Consents and a request in, the answer of the consent model out, by the same evaluator that the
//! contract has.
//!
//! Only `decide_on_chain` asks a chain. `docs/decide.md` describes the request and the cases.

mod case;
mod chain;
mod code;
mod given;
mod identity;
mod import;
mod outcome;
mod request;
mod smart;

pub use case::Case;
pub use chain::decide_on_chain;
pub use code::Codes;
pub use given::Given;
pub use identity::{BundleResolver, Identifier};
pub use import::{GrantedOn, Import};
pub use outcome::{Answered, Obligation, Outcome, name_of};
pub use request::{AccessRequest, Question};
