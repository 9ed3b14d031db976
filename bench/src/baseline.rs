//! What our messages cost when somebody last looked. Weights are exact, so that any difference is a change of ours (or of
//! the chain's prices), and a rise needs a reason.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::ledger::Row;

/// How much more a message may cost, in per cent, without a word.
const TOLERANCE: u64 = 3;

/// The file `bench/baseline.json`.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Baseline {
    schema_version: u32,
    /// By contract and message, as `contract: message`.
    messages: BTreeMap<String, Known>,
}

/// What one message cost.
#[derive(Debug, Deserialize, Serialize)]
struct Known {
    ref_time: u64,
    proof_size: u64,
    code_bytes: usize,
    /// Why it costs more than it once did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Known {
    fn of(row: &Row) -> Self {
        Self {
            ref_time: row.ref_time,
            proof_size: row.proof_size,
            code_bytes: row.code_bytes,
            reason: None,
        }
    }

    /// What rose by more than is tolerated, in words.
    fn rises(&self, row: &Row) -> Vec<String> {
        let quantities = [
            ("ref_time", self.ref_time, row.ref_time),
            ("proof_size", self.proof_size, row.proof_size),
            ("code_bytes", self.code_bytes as u64, row.code_bytes as u64),
        ];
        let risen = quantities
            .into_iter()
            .filter(|(_, old, new)| u128::from(*new) * 100 > u128::from(*old) * u128::from(100 + TOLERANCE));
        risen.map(|(name, old, new)| format!("{name} {old} -> {new}")).collect()
    }
}

fn key(row: &Row) -> String {
    format!("{}: {}", row.contract, row.message)
}

/// Rows of ours: the baseline is about nobody else's.
fn ours(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|row| row.implementation == "salus")
}

impl Baseline {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is no baseline", path.display()))
    }

    /// Sets how each row's `ref_time` relates to what is known.
    pub(crate) fn relate(&self, rows: &mut [Row]) {
        for row in rows.iter_mut().filter(|row| row.implementation == "salus") {
            let known = self.messages.get(&key(row));
            row.since_baseline = known.map(|known| row.ref_time as f64 / known.ref_time as f64);
        }
    }

    /// What is not as the baseline says: messages that cost more, are not known, or are no more. A line each.
    pub(crate) fn objections(&self, rows: &[Row]) -> Vec<String> {
        let mut objections: Vec<String> = ours(rows)
            .filter_map(|row| {
                let key = key(row);
                match self.messages.get(&key) {
                    None => Some(format!("{key}: not in the baseline")),
                    Some(known) => {
                        let rises = known.rises(row);
                        (!rises.is_empty()).then(|| format!("{key}: {}", rises.join(", ")))
                    }
                }
            })
            .collect();
        let measured: Vec<String> = ours(rows).map(key).collect();
        let gone = self.messages.keys().filter(|key| !measured.contains(key));
        objections.extend(gone.map(|key| format!("{key}: in the baseline, but not measured")));
        objections
    }

    /// Writes what `rows` cost as the new baseline, with `reason` where it rose.
    pub(crate) fn accept(path: &Path, rows: &[Row], reason: &str) -> Result<()> {
        let old = if path.exists() { Some(Self::read(path)?) } else { None };
        let messages = ours(rows)
            .map(|row| {
                let key = key(row);
                let mut known = Known::of(row);
                if let Some(before) = old.as_ref().and_then(|old| old.messages.get(&key)) {
                    known.reason = if before.rises(row).is_empty() {
                        before.reason.clone()
                    } else {
                        Some(reason.to_owned())
                    };
                }
                (key, known)
            })
            .collect();
        let baseline = Self {
            schema_version: 1,
            messages,
        };
        let mut text = serde_json::to_string_pretty(&baseline)?;
        text.push('\n');
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test says where")]

    use super::*;
    use crate::ledger::tests::row;

    fn baseline_of(rows: &[Row]) -> Baseline {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.json");
        Baseline::accept(&path, rows, "").unwrap();
        Baseline::read(&path).unwrap()
    }

    #[test]
    fn a_rise_is_seen_when_it_is_more_than_three_per_cent() {
        let baseline = baseline_of(&[row("transfer", 1_000)]);
        assert_eq!(baseline.objections(&[row("transfer", 1_030)]), [""; 0]);
        assert_eq!(baseline.objections(&[row("transfer", 10)]), [""; 0]);
        let objections = baseline.objections(&[row("transfer", 1_031)]);
        assert_eq!(objections, ["token: transfer: ref_time 1000 -> 1031"]);
    }

    #[test]
    fn a_new_message_and_one_that_is_gone_are_named() {
        let baseline = baseline_of(&[row("transfer", 1)]);
        let objections = baseline.objections(&[row("approve", 1)]);
        assert_eq!(
            objections,
            [
                "token: approve: not in the baseline",
                "token: transfer: in the baseline, but not measured"
            ]
        );
    }

    #[test]
    fn a_reason_is_kept_with_what_rose_and_with_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.json");
        Baseline::accept(&path, &[row("a", 100), row("b", 100)], "first").unwrap();
        Baseline::accept(&path, &[row("a", 200), row("b", 90)], "second").unwrap();
        let baseline = Baseline::read(&path).unwrap();
        assert_eq!(baseline.messages["token: a"].reason.as_deref(), Some("second"));
        assert_eq!(baseline.messages["token: b"].reason, None);
        assert_eq!(baseline.messages["token: b"].ref_time, 90);
    }
}
