//! What contracts need from the chain and ink! 6.0.0-beta.1 gives no way to, or a wrong one.
//!
//! - [`chain_id`]: ink! has no wrapper for the host function.
//! - [`keccak256`] and [`ecrecover`]: ink! recovers a compressed key through a call that does not match the
//!   precompile's input; signatures of Ethereum need the address.
//! - [`consents`], [`credentials`], [`records`]: questions to the contracts of these names.
//! - `signed`, a feature: actions that one signs and another sends.
//! - [`erc20`]: calls to any ERC-20 contract, whatever it was written in.
//! - [`metadata_main!`]: the host half of a contract's binary.
//!
//! All but the last work on chain only; contracts are tested as built code, so nothing here imitates a chain.
#![cfg_attr(not(feature = "std"), no_std)]

mod chain;
pub mod consents;
pub mod credentials;
pub mod erc20;
#[cfg(feature = "std")]
pub mod metadata;
pub mod records;
#[cfg(feature = "signed")]
pub mod signed;

pub use chain::{chain_id, ecrecover, is_contract, sr25519_verify};
pub use salus_host::keccak256;
