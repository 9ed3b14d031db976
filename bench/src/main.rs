//! `salus-bench`: the ledger of what each message costs, beside the same message in Solidity and by hand on the same
//! runtime.
//!
//! Weights are exact and repeat; speeds are not, so they are printed as measured in this run and never tested.

mod access;
#[cfg(test)]
mod agreement;
mod baseline;
mod budget;
mod checkout;
mod consent;
mod credentials;
mod evaluator;
mod host;
mod index;
mod ledger;
mod meter;
mod page;
mod records;
mod session;
mod solidity;
mod split;
mod storage;
mod telehealth;
mod token;
mod typed_data;

use std::{collections::BTreeMap, io::Write, path::PathBuf};

use anyhow::Result;
use clap::Parser;
use serde::Serialize;

use baseline::Baseline;
use budget::Finding;
use checkout::Checkout;
use ledger::Row;

/// Measures the contracts and the embedded chain.
#[derive(Debug, Parser)]
#[command(group = clap::ArgGroup::new("what"))]
struct Opts {
    /// Print one JSON document
    #[arg(long, group = "what")]
    json: bool,
    /// Print what messages may cost, and whether they keep to it
    #[arg(long, group = "what")]
    budgets: bool,
    /// Print what the weight of a message is paid for
    #[arg(long, group = "what", value_name = "MESSAGE")]
    split: Option<String>,
    /// Write what was measured into docs/contract-cost.md
    #[arg(long, group = "what")]
    docs: bool,
    /// Make what our messages cost now the baseline, and keep the reason with what rose
    #[arg(long, group = "what", value_name = "REASON")]
    accept: Option<String>,
    /// The repository's root folder
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    /// 2: rows have a `split` and ratios of ours to the others; implementations are `salus`, `solidity-evm`,
    /// `solidity-polkavm` and `limit`.
    schema_version: u32,
    messages: Vec<Row>,
    /// What is not as the baseline says, a line each.
    objections: Vec<String>,
    budgets: Vec<Finding>,
    /// What it takes to book, in whole transactions.
    bookings: Vec<telehealth::ways::Way>,
    /// What a consent takes in storage, beside its policy in clear.
    storage: Vec<storage::Stored>,
    evaluator: evaluator::Speed,
    session: session::Speed,
    index: index::Speed,
    /// What compiled the contracts in Solidity, and the library they use.
    compilers: BTreeMap<String, String>,
}

fn main() -> Result<()> {
    let opts = Opts::parse();
    let checkout = Checkout(opts.root);
    let mut out = std::io::stdout().lock();
    let mut rows = messages(&checkout)?;
    if let Some(reason) = &opts.accept {
        return Baseline::accept(&checkout.baseline(), &rows, reason);
    }
    if opts.docs {
        return page::write(&checkout.page(), &rows, &telehealth::ways::measure(&checkout)?);
    }
    if let Some(message) = &opts.split {
        return Ok(ledger::print_split(&mut out, &rows, message)?);
    }
    if opts.budgets {
        write!(out, "{}", page::budgets_table(&budget::findings(&rows)))?;
        return Ok(());
    }
    let baseline = Baseline::read(&checkout.baseline())?;
    baseline.relate(&mut rows);
    let report = Report {
        schema_version: 2,
        objections: baseline.objections(&rows),
        budgets: budget::findings(&rows),
        messages: rows,
        bookings: telehealth::ways::measure(&checkout)?,
        storage: storage::measure(&checkout)?,
        evaluator: evaluator::measure()?,
        session: session::measure(&checkout.code("token")?)?,
        index: index::measure()?,
        compilers: checkout.twin("Token")?.compilers,
    };
    if opts.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        ledger::print(&mut out, &report.messages)?;
        for objection in &report.objections {
            writeln!(out, "not as the baseline says: {objection}")?;
        }
        writeln!(out, "\nBookings:")?;
        for way in &report.bookings {
            writeln!(out, "  {way}")?;
        }
        writeln!(out, "\nStorage of a consent:")?;
        for stored in &report.storage {
            writeln!(out, "  {stored}")?;
        }
        writeln!(out, "Evaluator: {}", report.evaluator)?;
        writeln!(out, "Session: {}", report.session)?;
        writeln!(out, "Index: {}", report.index)?;
    }
    Ok(())
}

/// The ledger of all contracts.
fn messages(checkout: &Checkout) -> Result<Vec<Row>> {
    let mut rows = token::measure(checkout)?;
    rows.extend(consent::measure(checkout)?);
    rows.extend(credentials::measure(checkout)?);
    rows.extend(access::measure(checkout)?);
    rows.extend(records::measure(checkout)?);
    rows.extend(telehealth::measure(checkout)?);
    rows.extend(typed_data::measure(checkout)?);
    rows.extend(host::measure(checkout)?);
    ledger::relate(&mut rows)?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use pallet_revive::{Config, WeightInfo as _};
    use salus_devchain::runtime::Runtime;

    use super::*;
    use crate::{checkout::read, meter::Maker, split::Purpose};

    type Weights = <Runtime as Config>::WeightInfo;

    #[test]
    fn every_message_of_every_contract_is_in_the_ledger() {
        let checkout = Checkout::of_tests();
        let rows = messages(&checkout).unwrap();
        let mut interfaces = 0;
        for file in fs::read_dir(checkout.interfaces()).unwrap() {
            let path = file.unwrap().path();
            let Some(contract) = path.file_name().unwrap().to_str().unwrap().strip_suffix(".abi.json") else {
                continue;
            };
            let abi: Vec<serde_json::Value> = serde_json::from_slice(&read(&path).unwrap()).unwrap();
            for function in abi.iter().filter(|entry| entry["type"] == "function") {
                let name = function["name"].as_str().unwrap();
                let is_measured = |row: &&Row| {
                    row.is_ours() && row.contract == contract && row.message.split([',', ' ']).next() == Some(name)
                };
                assert!(rows.iter().any(|row| is_measured(&row)), "{contract}: {name}");
            }
            interfaces += 1;
        }
        assert!(interfaces > 0);
    }

    #[test]
    fn our_messages_cost_what_the_baseline_says() {
        let checkout = Checkout::of_tests();
        let rows = messages(&checkout).unwrap();
        let objections = Baseline::read(&checkout.baseline()).unwrap().objections(&rows);
        assert!(
            objections.is_empty(),
            "`scripts/bench --accept 'REASON'` makes this the baseline:\n{}",
            objections.join("\n")
        );
    }

    #[test]
    fn the_page_for_authors_says_what_is_measured() {
        let checkout = Checkout::of_tests();
        let page = fs::read_to_string(checkout.page()).unwrap();
        let ways = telehealth::ways::measure(&checkout).unwrap();
        let filled = page::filled(&page, &messages(&checkout).unwrap(), &ways).unwrap();
        let wrong: Vec<_> = page.lines().filter(|line| !filled.contains(line)).collect();
        assert!(
            page == filled,
            "`scripts/bench --docs` writes what is measured; no longer true:\n{}",
            wrong.join("\n")
        );
    }

    // What no step accounts for is called code; so it has to be what pallet-revive charges for so many bytes.
    #[test]
    fn a_split_is_the_whole_weight() {
        let rows = messages(&Checkout::of_tests()).unwrap();
        let calls = rows
            .iter()
            .filter(|row| row.message != "deploy" && row.implementation != Maker::SolidityEvm);
        for row in calls {
            let bytes = u32::try_from(row.code_bytes).unwrap();
            let loading = Weights::call_with_pvm_code_per_byte(bytes) - Weights::call_with_pvm_code_per_byte(0);
            let compiling = Weights::basic_block_compilation(1) - Weights::basic_block_compilation(0);
            let code = row.split.of(Purpose::Code);
            assert_eq!(
                (code.ref_time, code.proof_size),
                (loading.ref_time() + compiling.ref_time(), loading.proof_size()),
                "{} {:?}",
                row.message,
                row.implementation
            );
        }
    }

    #[test]
    fn reading_costs_less_than_writing_and_frees_no_deposit() {
        let rows = messages(&Checkout::of_tests()).unwrap();
        let row = |message| ledger::find(&rows, "token", message, Maker::Salus).unwrap();
        assert!(row("balanceOf").ref_time < row("transfer").ref_time);
        assert_eq!(row("balanceOf").deposit, 0);
        assert!(row("approve").deposit > 0);
    }
}
