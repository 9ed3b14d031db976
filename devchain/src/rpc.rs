//! The chain behind JSON-RPC: Substrate's on one port, Ethereum's on another, each over HTTP and WebSocket.

mod eth;
mod server;
mod substrate;

pub use server::{Origins, Server, ServerConfig, ServerError};
