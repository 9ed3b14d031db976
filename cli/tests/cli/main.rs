//! The program `salus` as its user meets it: arguments in, standard output, standard error and exit code out.

#![cfg(feature = "devchain")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod access_log;
mod audit;
mod codes;
mod consent;
mod credential;
mod decide;
mod emergency;
mod export;
mod import;
mod node;
mod offline;
mod practice;
mod proxy;
mod receipt;
mod record;
mod relay;
mod story;
mod subject;
mod token;
mod token_authorize;
mod token_roles;
mod up;
mod user;
mod vault;
mod visit;
mod visit_end;
mod visit_export;
mod visit_platform;
mod visit_series;
mod visit_signed;
mod visit_simulate;
mod wallet;
mod world;
