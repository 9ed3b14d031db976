//! What ink! knows about a contract's interface, read by running the contract's binary on the host.

use crate::command;
use crate::compile;
use crate::options::Options;
use crate::settings;
use crate::toolchain::Toolchain;
use crate::workspace::{Contract, Workspace};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::process::Command;

/// The shape of `ink::metadata::sol::ContractMetadata`, as far as it is used.
#[derive(Debug, Deserialize)]
pub(crate) struct Interface {
    pub(crate) constructors: Vec<Constructor>,
    pub(crate) functions: Vec<Function>,
    pub(crate) events: Vec<Event>,
    pub(crate) errors: Vec<CustomError>,
    pub(crate) docs: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Constructor {
    pub(crate) inputs: Vec<Parameter>,
    pub(crate) is_payable: bool,
    pub(crate) is_default: bool,
    pub(crate) docs: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) inputs: Vec<Parameter>,
    pub(crate) output: Option<String>,
    pub(crate) mutates: bool,
    pub(crate) is_payable: bool,
    pub(crate) docs: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) is_anonymous: bool,
    pub(crate) params: Vec<EventParameter>,
    pub(crate) docs: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CustomError {
    pub(crate) name: String,
    pub(crate) params: Vec<Parameter>,
    pub(crate) docs: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) ty: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EventParameter {
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) is_topic: bool,
}

/// Builds `contract` for the host and asks it.
pub(crate) fn read(
    options: &Options,
    toolchain: &Toolchain,
    workspace: &Workspace,
    contract: &Contract,
) -> Result<Interface> {
    let messages = command::output(
        toolchain
            .cargo()
            .args([
                "build",
                "--locked",
                "--package",
                &contract.package,
                "--bin",
                &contract.name,
            ])
            .args(["--message-format", "json-render-diagnostics"])
            .current_dir(&options.workspace)
            .env("CARGO_TARGET_DIR", &workspace.target_dir)
            .env("CARGO_ENCODED_RUSTFLAGS", settings::ABI_FLAGS.join("\x1f")),
    )?;
    let printer = compile::executable(&messages, &contract.name)?;
    let json = command::output(&mut Command::new(printer))?;
    serde_json::from_str(&json).context("the metadata is not what ink! 6.0.0-beta.1 prints")
}
