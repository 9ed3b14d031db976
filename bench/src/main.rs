//! `salus-bench`: the ledger of what each message costs, beside the same message in Solidity on the same runtime.
//!
//! Weights are exact and repeat; speeds are not, so they are printed as measured in this run and never tested.

mod ledger;
mod session;
mod token;

use std::{fs, io::Write, path::PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use serde::{Deserialize, Serialize};

use ledger::Row;

/// Measures the contracts and the embedded chain.
#[derive(Debug, Parser)]
struct Opts {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// The built contracts
    #[arg(long, default_value = "contracts/artifacts", value_name = "DIR")]
    artifacts: PathBuf,
    /// OpenZeppelin's token, compiled by bench/solidity/compile.mjs; without it, ours is measured alone
    #[arg(long, value_name = "FILE")]
    solidity: Option<PathBuf>,
}

/// What `compile.mjs` prints.
#[derive(Debug, Deserialize)]
struct Solidity {
    evm: String,
    evm_deployed_bytes: usize,
    pvm: String,
    versions: serde_json::Value,
}

#[derive(Debug, Serialize)]
struct Report {
    schema_version: u32,
    messages: Vec<Row>,
    session: session::Speed,
    compilers: Option<serde_json::Value>,
}

fn main() -> Result<()> {
    let opts = Opts::parse();
    let code = read(&opts.artifacts.join("token.polkavm"))?;
    let solidity = opts.solidity.as_ref().map(|path| -> Result<Solidity> {
        serde_json::from_slice(&read(path)?)
            .with_context(|| format!("{} is not what compile.mjs prints", path.display()))
    });
    let solidity = solidity.transpose()?;
    let report = Report {
        schema_version: 1,
        messages: token::measure(&code, solidity.as_ref())?,
        session: session::measure(&code)?,
        compilers: solidity.map(|solidity| solidity.versions),
    };
    let mut out = std::io::stdout().lock();
    if opts.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        ledger::print(&mut out, &report.messages)?;
        writeln!(out, "\nSession: {report}", report = report.session)?;
    }
    Ok(())
}

fn read(path: &std::path::Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
