//! The program `salus` as its user meets it: arguments in, standard output, standard error and exit code out.

#![cfg(feature = "devchain")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod codes;
mod consent;
mod decide;
mod export;
mod import;
mod node;
mod offline;
mod receipt;
mod record;
mod story;
mod subject;
mod token;
mod token_authorize;
mod token_roles;
mod up;
mod user;
mod vault;
mod visit;
mod wallet;
