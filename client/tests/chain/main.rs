//! The client against the embedded chain behind its real RPC ports.

#![cfg(feature = "devchain")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod connection;
mod contracts;
mod credentials;
mod guard;
mod node;
mod registries;
mod relayer;
mod transactions;
mod visits;
