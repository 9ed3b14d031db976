//! What contracts need from the chain and ink! 6.0.0-beta.1 gives no way to, or a wrong one.
//!
//! - [`chain_id`]: ink! has no wrapper for the host function.
//! - [`keccak256`] and [`ecrecover`]: ink! recovers a compressed key through a call that does not match the
//!   precompile's input; signatures of Ethereum need the address.
//! - [`erc20`]: calls to any ERC-20 contract, whatever it was written in.
//! - [`question`]: what contracts of Salus ask each other.
//! - [`metadata_main!`]: the host half of a contract's binary.
//!
//! The first four work on chain only; contracts are tested as built code, so nothing here imitates a chain.
#![cfg_attr(not(feature = "std"), no_std)]

mod chain;
pub mod erc20;
#[cfg(feature = "std")]
pub mod metadata;
pub mod question;

pub use chain::{chain_id, ecrecover, is_contract};
pub use salus_host::keccak256;
