//! `salus-bench`: the ledger of what each message costs, beside the same message in Solidity on the same runtime.
//!
//! Weights are exact and repeat; speeds are not, so they are printed as measured in this run and never tested.

mod baseline;
mod consent;
mod index;
mod ledger;
mod meter;
mod records;
mod session;
mod telehealth;
mod token;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Parser;
use serde::{Deserialize, Serialize};

use baseline::Baseline;
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
    /// What our messages are known to cost
    #[arg(long, default_value = "bench/baseline.json", value_name = "FILE")]
    baseline: PathBuf,
    /// Make what our messages cost now the baseline, and keep the reason where that is more than before
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
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
    /// What the baseline does not allow, a line each.
    objections: Vec<String>,
    session: session::Speed,
    index: index::Speed,
    compilers: Option<serde_json::Value>,
}

fn main() -> Result<()> {
    let opts = Opts::parse();
    if let Some(reason) = &opts.accept {
        return Baseline::accept(&opts.baseline, &messages(&opts.artifacts, None)?, reason);
    }
    let solidity = opts.solidity.as_ref().map(|path| -> Result<Solidity> {
        serde_json::from_slice(&read(path)?)
            .with_context(|| format!("{} is not what compile.mjs prints", path.display()))
    });
    let solidity = solidity.transpose()?;
    let mut messages = messages(&opts.artifacts, solidity.as_ref())?;
    let baseline = Baseline::read(&opts.baseline)?;
    baseline.relate(&mut messages);
    let report = Report {
        schema_version: 1,
        objections: baseline.objections(&messages),
        messages,
        session: session::measure(&code(&opts.artifacts, "token")?)?,
        index: index::measure()?,
        compilers: solidity.map(|solidity| solidity.versions),
    };
    let mut out = std::io::stdout().lock();
    if opts.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        ledger::print(&mut out, &report.messages)?;
        for objection in &report.objections {
            writeln!(out, "not as the baseline says: {objection}")?;
        }
        writeln!(out, "\nSession: {}", report.session)?;
        writeln!(out, "Index: {}", report.index)?;
    }
    Ok(())
}

/// The ledger of all contracts.
fn messages(artifacts: &Path, solidity: Option<&Solidity>) -> Result<Vec<Row>> {
    let token = code(artifacts, "token")?;
    let mut rows = token::measure(&token, solidity)?;
    rows.extend(consent::measure(&code(artifacts, "consent")?)?);
    rows.extend(records::measure(&code(artifacts, "records")?)?);
    rows.extend(telehealth::measure(&code(artifacts, "telehealth")?, &token)?);
    ledger::relate(&mut rows);
    Ok(rows)
}

fn code(artifacts: &Path, contract: &str) -> Result<Vec<u8>> {
    read(&artifacts.join(contract).with_extension("polkavm"))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test says where")]

    use super::*;

    #[test]
    fn every_message_of_every_contract_is_in_the_ledger() {
        let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/artifacts");
        let rows = messages(&artifacts, None).unwrap();
        let mut interfaces = 0;
        for file in fs::read_dir(&artifacts).unwrap() {
            let path = file.unwrap().path();
            let Some(contract) = path.file_name().unwrap().to_str().unwrap().strip_suffix(".abi.json") else {
                continue;
            };
            let abi: Vec<serde_json::Value> = serde_json::from_slice(&read(&path).unwrap()).unwrap();
            for function in abi.iter().filter(|entry| entry["type"] == "function") {
                let name = function["name"].as_str().unwrap();
                let is_measured =
                    |row: &&Row| row.contract == contract && row.message.split([',', ' ']).next() == Some(name);
                assert!(rows.iter().any(|row| is_measured(&row)), "{contract}: {name}");
            }
            interfaces += 1;
        }
        assert!(interfaces > 0);
    }

    #[test]
    fn no_message_costs_more_than_the_baseline_says() {
        let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
        let rows = messages(&bench.join("../contracts/artifacts"), None).unwrap();
        let objections = Baseline::read(&bench.join("baseline.json")).unwrap().objections(&rows);
        assert!(
            objections.is_empty(),
            "`scripts/bench --accept REASON` makes this the baseline:\n{}",
            objections.join("\n")
        );
    }

    #[test]
    fn reading_costs_less_than_writing_and_frees_no_deposit() {
        let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/artifacts");
        let rows = messages(&artifacts, None).unwrap();
        let row = |message| {
            rows.iter()
                .find(|row| row.contract == "token" && row.message == message)
                .unwrap()
        };
        assert!(row("balanceOf").ref_time < row("transfer").ref_time);
        assert_eq!(row("balanceOf").deposit, 0);
        assert!(row("approve").deposit > 0);
    }
}
