//! What contracts need from the chain and ink! 6.0.0-beta.1 gives no way to, or a wrong one.
//!
//! - [`chain_id`]: ink! has no wrapper for the host function.
//! - [`keccak256`] and [`ecrecover`]: ink! recovers a compressed key through a call that does not match the
//!   precompile's input; signatures of Ethereum need the address.
//! - [`check_arguments`]: ink! accepts call data that are cut short or too large for their types.
//! - [`erc20`]: calls to any ERC-20 contract, whatever it was written in.
//! - [`Returns`]: several return values as Solidity encodes them.
//! - [`Stored`]: types of crates without ink! in ink!'s storage.
//! - [`metadata_main!`]: the host half of a contract's binary.
//!
//! The first four work on chain only; contracts are tested as built code, so nothing here imitates a chain.
#![cfg_attr(not(feature = "std"), no_std)]

mod arguments;
mod chain;
pub mod erc20;
#[cfg(feature = "std")]
pub mod metadata;
mod returns;
mod stored;

pub use arguments::{check_arguments, check_constructor_arguments};
pub use chain::{chain_id, ecrecover, keccak256};
pub use returns::Returns;
pub use stored::Stored;
