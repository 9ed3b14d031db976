//! ink! 6.0.0-beta.1, with other code where its own costs most.
//!
//! A contract depends on this crate under the name `ink`. ink!'s macros then find the items of this crate where it has some,
//! and ink!'s own everywhere else; so a contract stays an ink! contract, in its source, its ABI and its metadata. What is
//! different, and why, is in docs/contract-cost.md:
//!
//! - The storage struct has no fields. ink! reads it from storage at every call and writes it back after every message that
//!   may change it; here that is nothing. Contracts keep their state in the slots of `salus-slots`.
//! - The entry points go straight from call data to messages, without ink!'s enum of all of them.
//! - Call data are decoded strictly, as Solidity does: what is cut short, or too large for its type, reverts.
//! - Results, errors and events are encoded without ink!'s buffer.
//! - The allocator is a pointer.
//! - A message that is `#[signed]` can be sent, or signed by one and sent by another: see [`contract`].
//! - Whatever is wrong with a call as such (unknown message, malformed call data, coin for a message that takes none) reverts
//!   without a reason, as in Solidity. ink! reverts with an error of its own or traps.
#![cfg_attr(not(feature = "std"), no_std)]

mod access;
mod actor;
#[cfg(target_arch = "riscv64")]
mod allocator;
pub mod dispatch;
pub mod env;
pub mod sol;

pub use access::EnvAccess;
pub use actor::act_as;
pub use salus_ink_macros::{Event, contract, replaced as polkavm_export};
pub use sol::SolDecode;
pub use upstream::*;
#[doc(hidden)]
pub use upstream::{SolDecode as UpstreamSolDecode, SolEncode as UpstreamSolEncode};
