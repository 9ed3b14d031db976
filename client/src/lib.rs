//! The Salus client: everything that runs off chain and talks to the Salus contracts.
//!
//! - [`network`]: named networks and the address books of what is deployed there.
//! - [`keystore`]: encrypted key files for both kinds of account.
//! - [`wallet`]: from one secret, a subject and keys for each relationship; [`vault`]: openings sealed for their grantee, and
//!   at rest.
//! - [`fhir`]: FHIR at the border: bundles, canonical form and commitments, Consent documents.
//! - [`chain`]: the connection to a chain: dry runs, transactions, receipts.
//! - [`contracts`]: the contracts' ABIs and typed calls.
//! - [`deploy`]: deploying them.
//! - [`consents`]: giving consent and asking by it; [`batch`]: anchoring records and proving them; [`openings`]: what opens the
//!   commitments, kept in private.
//! - [`signed`]: actions that one key signs and another account sends; [`authorization`]: transfers of tokens, likewise.
//! - [`relayer`]: takes such messages, sends them in batches, and pays, with limits and a memory.
//! - [`decide`]: decisions by FHIR Consents; [`audit`]: an event for each of them.
//! - [`access`]: requests for access, and logs of accesses with their proofs.
//! - [`guard`]: what a resource server asks before it gives data, and how it learns of revocations.
//! - [`receipt`]: what a patient keeps of a consent (ISO/IEC TS 27560).
//! - [`indexer`]: finalized blocks in a database that can be asked.
//! - [`story`]: all of it in one run; `simulation`: every way in which a consultation can end.
//!
//! Nothing here is compiled against one chain's metadata: calls are resolved by name against the chain that is met.

pub mod abi;
pub mod access;
pub mod account;
pub mod audit;
pub mod authorization;
pub mod batch;
pub mod chain;
pub mod consents;
pub mod contracts;
pub mod decide;
pub mod deploy;
#[cfg(feature = "devchain")]
pub mod devnet;
pub mod dirs;
pub mod error;
pub mod fhir;
pub mod files;
pub mod guard;
pub mod indexer;
pub mod keystore;
pub mod network;
pub mod openings;
pub mod receipt;
pub mod relayer;
pub mod signed;
#[cfg(feature = "devchain")]
pub mod simulation;
pub mod story;
pub mod vault;
pub mod wallet;

pub use error::{Error, Exit, Fault};
