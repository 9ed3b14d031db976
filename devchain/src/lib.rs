//! The embedded Salus chain.
//!
//! One FRAME runtime with pallet-revive, compiled natively, at three scales:
//! - [`Session`]: contracts deployed and called in process, without blocks to wait for and without RPC; for tests.
//! - `Chain`: real blocks, a transaction queue, forks, history and persistence.
//! - `rpc`: the chain behind Substrate and Ethereum JSON-RPC, for wallets and tools.

pub mod accounts;
pub mod chain;
pub mod genesis;
pub mod rpc;
pub mod runtime;
pub mod session;

pub use chain::Chain;
pub use session::Session;
