//! The contracts as the client sees them: their built code and ABIs, and one file of typed calls for each.
//!
//! Bindings are made from the ABIs in `contracts/artifacts`, which the contracts' builder writes, so that a changed
//! message is a compile error here. Nothing is known of a contract but its ABI.

pub mod access;
mod binding;
pub mod consent;
pub mod credentials;
mod owner;
pub mod policies;
pub mod records;
pub mod suite;
pub mod telehealth;
pub mod token;

use crate::account::Account;

pub use binding::{Contract, ContractError};
pub use suite::Suite;

/// What a build of a contract gave.
#[derive(Debug, Clone, Copy)]
pub struct Artifact {
    /// The contract's name, as in address books.
    pub name: &'static str,
    /// Its PolkaVM code.
    pub code: &'static [u8],
    /// Its Solidity ABI: a JSON array.
    pub abi: &'static str,
}

macro_rules! artifact {
    ($name:literal) => {
        Artifact {
            name: $name,
            code: include_bytes!(concat!("../../contracts/artifacts/", $name, ".polkavm")),
            abi: include_str!(concat!("../../contracts/artifacts/", $name, ".abi.json")),
        }
    };
}

/// The built contracts, in the order in which they are deployed: each behind those that it asks. A new one goes to the end: on a new
/// chain, the addresses of the others stay what they are.
pub const ARTIFACTS: [Artifact; 7] = [
    artifact!("token"),
    artifact!("consent"),
    artifact!("records"),
    artifact!("policies"),
    artifact!("credentials"),
    artifact!("access"),
    artifact!("telehealth"),
];

/// The built contract of this name.
pub fn artifact(name: &str) -> Option<Artifact> {
    ARTIFACTS.into_iter().find(|artifact| artifact.name == name)
}

/// Questions are asked in nobody's name: the contracts answer everybody alike.
const NOBODY: Account = Account::new([0; 32]);
