//! The domain of Salus as pure functions and data: no chain, no ink!, no I/O, no allocation that a caller did not ask for.
//!
//! Contracts call it on chain, the client calls it off chain; both get the same answer because it is the same code.
#![allow(
    clippy::unnecessary_lazy_evaluations,
    reason = "on chain, an error that is put together before it is needed is paid for in every call"
)]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod access;
mod bytes;
pub mod codes;
pub mod consent;
pub mod credentials;
pub mod eip712;
pub mod hash;
pub mod records;
pub mod signed;
pub mod telehealth;
pub mod token;
