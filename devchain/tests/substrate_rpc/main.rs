//! Substrate JSON-RPC, asked over real connections: raw requests, and subxt with each of its back ends.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod archive;
mod author;
mod chain_head;
mod contract;
mod node;
mod server;
mod state;
mod subxt_client;
#[path = "../support/mod.rs"]
mod support;
mod system;
mod transaction;
