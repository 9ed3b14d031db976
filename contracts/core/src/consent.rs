//! The consent model: policies, requests, and the one evaluator that answers them.
//!
//! `docs/consent-model.md` describes the model and each encoding byte by byte. In short:
//!
//! * A [`Policy`] is a base decision, permit or deny, for what its scope covers, and a tree of provisions: each flips
//!   its parent's decision for what it matches (FHIR R4 and R5 `Consent.provision`).
//! * A [`Request`] says who asks for what, why, and what is known of the data.
//! * [`evaluate`] answers [`Answer::Permit`], [`Answer::Deny`] or [`Answer::NoConsent`], with obligations, a reason
//!   and the path of provisions that decided. It works on the encoded bytes and allocates nothing.
//! * [`check`] is the coarse question that a contract answers from its state alone.

mod combine;
mod decision;
mod encode;
mod entry;
mod error;
mod evaluate;
mod grantee;
mod node;
mod open;
mod policy;
pub mod registry;
mod request;
mod view;

pub use combine::{Combined, combine, evaluate_all};
pub use decision::{Answer, Decision, Obligations, Path, Reason};
pub use entry::{Entry, InvalidTransition, Status, Terms, TermsError, check, consent_id};
pub use error::{EncodeError, Malformed, MalformedKind};
pub use evaluate::evaluate;
pub use grantee::{Grantee, grantees};
pub use open::{OpenError, evaluate_entry, open, policy_commitment};
pub use policy::{Actors, Criteria, DataPeriod, Effect, Period, Policy, Provision};
pub use request::{DataRef, Request, code_ref, data_ref};
pub use view::PolicyView;

/// The version of the encodings of policies and requests, their first byte.
pub const ENCODING_VERSION: u8 = 1;
/// How deep provisions may be nested; a provision right under the base decision is at depth 1.
pub const MAX_DEPTH: usize = 8;
/// How many provisions a policy may have, at all depths together.
pub const MAX_PROVISIONS: usize = 128;
/// How long an encoded policy may be, in bytes. Together with a request it fits a contract's input of 16 KiB.
pub const MAX_POLICY_BYTES: usize = 14_336;
/// How many addresses, communities or data references a request may list, of each.
pub const MAX_REQUEST_ITEMS: usize = 16;
