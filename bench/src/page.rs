//! The part of `docs/contract-cost.md` that is measured.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{
    budget::{self, COMPUTING, Finding},
    ledger::Row,
    split::Purpose,
    telehealth::ways::{self, Way},
};

const BEGIN: &str = "<!-- measured: written by `scripts/bench --docs`, checked by a test -->";
const END: &str = "<!-- /measured -->";

/// Messages whose weight is shown by what it is paid for, beside those that compute.
const SPLIT: [(&str, &str); 6] = [
    ("token", "transfer"),
    ("token", "balanceOf"),
    ("token", "permit"),
    ("consent", "grantConsent"),
    ("consent", "check"),
    ("host", "now"),
];

/// The page as it should be: `page` with the measured part replaced.
///
/// # Errors
/// The page has no place for it: the two markers, each in a line of its own.
pub(crate) fn filled(page: &str, rows: &[Row], ways: &[Way]) -> Result<String> {
    let (before, rest) = page
        .split_once(BEGIN)
        .context("the page has no mark where the measured part begins")?;
    let (_, after) = rest
        .split_once(END)
        .context("the page has no mark where the measured part ends")?;
    ensure!(!after.contains(BEGIN), "the page has two places for the measured part");
    Ok(format!("{before}{BEGIN}\n{}{END}{after}", measured(rows, ways)))
}

/// Writes the page at `path` anew, if it is not as it should be.
pub(crate) fn write(path: &Path, rows: &[Row], ways: &[Way]) -> Result<()> {
    let page = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let filled = filled(&page, rows, ways)?;
    if filled != page {
        fs::write(path, filled).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn measured(rows: &[Row], ways: &[Way]) -> String {
    let budgets = budgets_table(&budget::findings(rows));
    format!("{budgets}\n{}\n{}", split_table(rows), ways_table(ways))
}

fn ways_table(ways: &[Way]) -> String {
    format!(
        "What it takes to book a visit, in whole transactions:\n\n{}",
        table(&ways::TITLES, ways.iter().map(Way::cells))
    )
}

/// The budgets as a table.
pub(crate) fn budgets_table(findings: &[Finding]) -> String {
    table(&budget::TITLES, findings.iter().map(Finding::cells))
}

fn split_table(rows: &[Row]) -> String {
    let titles: Vec<&str> = ["message", "by", "all"]
        .into_iter()
        .chain(Purpose::ALL.map(Purpose::name))
        .collect();
    let million = |amount: u64| {
        if amount == 0 {
            String::new()
        } else {
            format!("{:.1}", amount as f64 / 1e6)
        }
    };
    let messages = SPLIT.iter().chain(&COMPUTING);
    let rows = messages.flat_map(|(contract, message)| {
        rows.iter()
            .filter(move |row| (row.contract, row.message) == (*contract, *message))
    });
    let cells = rows.map(|row| {
        let names = [
            format!("{} {}", row.contract, row.message),
            row.implementation.name().to_owned(),
        ];
        let shares = Purpose::ALL.map(|purpose| million(row.split.of(purpose).ref_time));
        names.into_iter().chain([million(row.ref_time)]).chain(shares)
    });
    format!(
        "Millions of `ref_time` by what they are paid for:\n\n{}",
        table(&titles, cells)
    )
}

/// A table in Markdown.
fn table<S: AsRef<str>>(titles: &[S], rows: impl Iterator<Item = impl IntoIterator<Item = String>>) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(titles.iter().map(|title| title.as_ref().to_owned()).collect());
    text += &line(vec!["---".to_owned(); titles.len()]);
    for row in rows {
        text += &line(row.into_iter().collect());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ledger::tests::row, meter::Maker};

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let page = format!("# A\n{BEGIN}\nold\n{END}\n# B\n");
        let filled = filled(&page, &[row(Maker::Salus, "transfer", 5_000_000)], &[]).unwrap();
        assert!(filled.starts_with(&format!("# A\n{BEGIN}\n| message |")), "{filled}");
        assert!(filled.ends_with(&format!("{END}\n# B\n")), "{filled}");
        assert!(
            filled.contains("| token transfer | salus | 5.0 |") && !filled.contains("old"),
            "{filled}"
        );
        assert_eq!(
            super::filled(&filled, &[row(Maker::Salus, "transfer", 5_000_000)], &[]).unwrap(),
            filled
        );
    }

    #[test]
    fn a_page_without_its_marks_is_refused() {
        for page in ["", BEGIN, END, &format!("{BEGIN}{END}{BEGIN}{END}")] {
            assert!(filled(page, &[], &[]).is_err(), "{page}");
        }
    }
}
