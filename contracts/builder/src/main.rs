//! Builds the contracts of this workspace into artefacts, or checks that the committed artefacts are what would be built.
//!
//! For each contract `NAME` it writes `NAME.polkavm` (the code), `NAME.abi.json` (Solidity's ABI) and `NAME.json`
//! (metadata), and for all of them `manifest.json` (code hashes, checksums, toolchain). `scripts/build-contracts` finds
//! the toolchain and calls this; docs/reproducible-builds.md says what is pinned and why.

mod abi;
mod artifact;
mod check;
mod command;
mod compile;
mod interface;
mod link;
mod manifest;
mod natspec;
mod options;
mod settings;
mod sol_type;
mod toolchain;
mod ui;
mod workspace;
mod yardstick;

use anyhow::{Context as _, Result, bail};
use artifact::Artifact;
use manifest::Manifest;
use options::{Action, Options};
use std::process::ExitCode;
use toolchain::Toolchain;
use workspace::Workspace;

fn main() -> ExitCode {
    let options = match options::parse(std::env::args_os().skip(1)) {
        Ok(Action::Run(options)) => options,
        Ok(Action::Help) => {
            ui::result(options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            ui::error(&error);
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let toolchain = Toolchain::probe(options)?;
    ui::step("toolchain", &toolchain.identity.to_string());

    let workspace = Workspace::load(options)?;
    let (contracts, yardsticks) = workspace.select(&options.contracts)?;

    let mut built = Vec::with_capacity(contracts.len());
    for contract in contracts {
        let artifact = build(options, &toolchain, &workspace, contract)
            .with_context(|| format!("contract `{}` was not built", contract.name))?;
        ui::step(
            &artifact.name,
            &format!("{} bytes, code hash {}", artifact.code.len(), artifact.code_hash()),
        );
        built.push(artifact);
    }
    let yardsticks = yardstick::build(options, &toolchain, &workspace, &yardsticks)?;

    if options.check {
        let mut differences = check::compare(&options.out, &built, &toolchain.identity, &workspace)?;
        differences.extend(yardstick::compare(&options.yardsticks, &yardsticks, &workspace)?);
        if !differences.is_empty() {
            for difference in &differences {
                ui::step("differs", difference);
            }
            bail!(
                "{} of the committed artefacts differ from this build",
                differences.len()
            );
        }
        ui::step("checked", "the committed artefacts are what this source builds to");
        return Ok(());
    }

    let mut manifest = Manifest::load_or_new(&options.out, &toolchain.identity)?;
    manifest.update(&built, &toolchain.identity, &workspace)?;
    for artifact in &built {
        artifact.write(&options.out)?;
    }
    manifest.write(&options.out)?;
    yardstick::write(&options.yardsticks, &yardsticks, &toolchain.identity, &workspace)
}

fn build(
    options: &Options,
    toolchain: &Toolchain,
    workspace: &Workspace,
    contract: &workspace::Contract,
) -> Result<Artifact> {
    let elf = compile::on_chain(options, toolchain, workspace, &contract.package, &contract.name)?;
    let code = link::link(&elf)?;
    let interface = interface::read(options, toolchain, workspace, contract)?;
    Artifact::new(contract, &workspace.ink, &toolchain.identity, code, &interface)
}
