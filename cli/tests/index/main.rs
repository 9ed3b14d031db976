//! The index against a running chain: what it stores, and what it survives.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod faults;
mod program;
mod runs;
mod visits;
mod ward;
mod world;
