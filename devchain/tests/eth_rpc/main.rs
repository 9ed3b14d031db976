//! The Ethereum port, asked over WebSocket by a JSON-RPC client that knows nothing of the chain.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod blocks;
mod calls;
mod dev;
mod fees;
mod filters;
mod forks;
mod hostile;
mod logs;
mod network;
mod node;
mod queue;
mod state;
mod submission;
mod subscriptions;
#[path = "../support/mod.rs"]
mod support;
mod traces;
mod transactions;
mod wallet;
