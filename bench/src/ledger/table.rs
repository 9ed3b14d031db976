//! The ledger for people.

use std::io::{self, Write};

use super::{Ratio, Row};

/// A column of ratios: its title, and where the ratio is.
type Column = (&'static str, fn(&Row) -> Option<Ratio>);

const COLUMNS: [Column; 4] = [
    ("to EVM", |row| row.relations.to_solidity_evm),
    ("to PolkaVM", |row| row.relations.to_solidity_polkavm),
    ("to limit", |row| row.relations.to_limit),
    ("to baseline", |row| row.relations.to_baseline),
];

/// Writes our messages with their ratios, `ref_time` and `proof_size` each, and then what only others have.
pub(crate) fn print(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    write!(
        out,
        "{:<10} {:<32} {:>9} {:>10} {:>12} {:>13} {:>8} {:>9}",
        "contract", "message", "ref_time", "proof_size", "fee", "deposit", "code", "block"
    )?;
    for (title, _) in COLUMNS {
        write!(out, "  {title:>11}")?;
    }
    writeln!(out)?;
    for row in rows.iter().filter(|row| row.is_ours()) {
        absolute(out, row, row.message)?;
        for (_, ratio) in COLUMNS {
            let ratio = ratio(row).map(|ratio| format!("{:.2} / {:.2}", ratio.ref_time, ratio.proof_size));
            write!(out, "  {:>11}", ratio.unwrap_or_default())?;
        }
        writeln!(out)?;
    }
    let is_alone = |row: &&Row| !rows.iter().any(|other| other.is_ours() && row.is_same_message(other));
    for row in rows.iter().filter(is_alone) {
        absolute(out, row, &format!("{} ({})", row.message, row.implementation.name()))?;
        writeln!(out)?;
    }
    Ok(())
}

fn absolute(out: &mut impl Write, row: &Row, message: &str) -> io::Result<()> {
    write!(
        out,
        "{:<10} {:<32} {:>7.1} M {:>10} {:>12} {:>13} {:>8} {:>7.2} ‰",
        row.contract,
        message,
        row.ref_time as f64 / 1e6,
        row.proof_size,
        row.fee,
        row.deposit,
        row.code_bytes,
        row.block_per_mille,
    )
}

/// Writes what each implementation of `message` pays for. Without its case, a message is all its cases.
pub(crate) fn print_split(out: &mut impl Write, rows: &[Row], message: &str) -> io::Result<()> {
    let is_meant = |row: &&Row| row.message == message || row.message.split([',', ' ']).next() == Some(message);
    for row in rows.iter().filter(is_meant) {
        writeln!(out, "{}: {}, {}", row.contract, row.message, row.implementation.name())?;
        let mut line = |name: &str, count: &str, ref_time: u64, proof_size: u64| {
            let share = ref_time as f64 * 100.0 / row.ref_time as f64;
            let ref_time = ref_time as f64 / 1e6;
            writeln!(
                out,
                "  {name:<30} {count:>7} {ref_time:>10.3} M {share:>6.1} % {proof_size:>8}"
            )
        };
        for part in row.split.parts() {
            let share = part.share;
            let name = if part.name == part.purpose.name() {
                part.name.to_owned()
            } else {
                format!("{}: {}", part.purpose.name(), part.name)
            };
            line(&name, &share.count.to_string(), share.ref_time, share.proof_size)?;
        }
        line("together", "", row.ref_time, row.proof_size)?;
        writeln!(out)?;
    }
    Ok(())
}
