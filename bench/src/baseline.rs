//! What our messages cost when somebody last looked. Weights are exact, so any difference is a change of ours or of the
//! chain's prices: a rise needs a reason, and a fall is kept, so that no later rise hides in it.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::{checkout::read, ledger::Row};

/// The version of the file's form.
const SCHEMA_VERSION: u32 = 2;
/// How much more or less a message may cost, in per cent, without a word.
const TOLERANCE: i128 = 3;

/// The file `bench/baseline.json`: what ours costs, and nobody else's.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Baseline {
    schema_version: u32,
    contracts: BTreeMap<String, KnownContract>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
struct KnownContract {
    code_bytes: u64,
    /// Why the code is longer than it once was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    messages: BTreeMap<String, KnownMessage>,
}

#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
struct KnownMessage {
    ref_time: u64,
    proof_size: u64,
    deposit: i128,
    /// Why it costs more than it once did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A quantity by its name, as it was and as it is.
type Quantity = (&'static str, i128, i128);

impl KnownMessage {
    fn of(row: &Row) -> Self {
        Self {
            ref_time: row.ref_time,
            proof_size: row.proof_size,
            deposit: row.deposit,
            reason: None,
        }
    }

    fn against(&self, row: &Row) -> [Quantity; 3] {
        [
            ("ref_time", self.ref_time.into(), row.ref_time.into()),
            ("proof_size", self.proof_size.into(), row.proof_size.into()),
            ("deposit", self.deposit, row.deposit),
        ]
    }
}

impl KnownContract {
    fn against(&self, row: &Row) -> [Quantity; 1] {
        [("code_bytes", self.code_bytes.into(), row.code_bytes as i128)]
    }
}

/// What changed by more than is tolerated, in words: `ref_time rose from 100 to 110`.
fn changes(quantities: &[Quantity]) -> Option<String> {
    let changes: Vec<String> = quantities
        .iter()
        .filter(|(_, old, new)| (new - old).abs() * 100 > old.abs() * TOLERANCE)
        .map(|(name, old, new)| {
            let verb = if new > old { "rose" } else { "fell" };
            format!("{name} {verb} from {old} to {new}")
        })
        .collect();
    (!changes.is_empty()).then(|| changes.join(", "))
}

/// The reason to keep: the new one if anything rose, the old one if nothing changed, none if things only fell.
fn kept_reason(old: Option<String>, reason: &str, quantities: &[Quantity]) -> Option<String> {
    if quantities.iter().any(|(_, old, new)| new > old) {
        Some(reason.to_owned())
    } else if quantities.iter().all(|(_, old, new)| new == old) {
        old
    } else {
        None
    }
}

fn ours(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|row| row.is_ours())
}

impl Baseline {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let baseline: Self =
            serde_json::from_slice(&read(path)?).with_context(|| format!("{} is no baseline", path.display()))?;
        ensure!(
            baseline.schema_version == SCHEMA_VERSION,
            "{} has schema version {}, and {SCHEMA_VERSION} is known",
            path.display(),
            baseline.schema_version
        );
        Ok(baseline)
    }

    fn known(&self, row: &Row) -> Option<&KnownMessage> {
        self.contracts.get(row.contract)?.messages.get(row.message)
    }

    /// Sets how each row of ours relates to what is known.
    pub(crate) fn relate(&self, rows: &mut [Row]) {
        for row in rows.iter_mut().filter(|row| row.is_ours()) {
            row.relations.to_baseline = self
                .known(row)
                .map(|known| row.ratio_to(known.ref_time, known.proof_size));
        }
    }

    /// What is not as the baseline says, a line each: what rose or fell by more than is tolerated, messages that are not
    /// known, and messages that are no more.
    pub(crate) fn objections(&self, rows: &[Row]) -> Vec<String> {
        let mut objections = Vec::new();
        for row in ours(rows) {
            let contract = self.contracts.get(row.contract);
            // Each contract's first row speaks for its code.
            let is_first = ours(rows)
                .find(|other| other.contract == row.contract)
                .map(|row| row.message)
                == Some(row.message);
            if let Some(changes) = contract
                .filter(|_| is_first)
                .and_then(|known| changes(&known.against(row)))
            {
                objections.push(format!("{}: {changes}", row.contract));
            }
            match self.known(row) {
                None => objections.push(format!("{}: {} is not in the baseline", row.contract, row.message)),
                Some(known) => {
                    if let Some(changes) = changes(&known.against(row)) {
                        objections.push(format!("{}: {}: {changes}", row.contract, row.message));
                    }
                }
            }
        }
        for (contract, known) in &self.contracts {
            let is_measured =
                |message: &&String| ours(rows).any(|row| row.contract == contract && row.message == **message);
            let gone = known.messages.keys().filter(|message| !is_measured(message));
            objections
                .extend(gone.map(|message| format!("{contract}: {message} is in the baseline, but not measured")));
        }
        objections
    }

    /// Makes what `rows` cost the baseline, with `reason` where anything rose.
    pub(crate) fn accept(path: &Path, rows: &[Row], reason: &str) -> Result<()> {
        ensure!(!reason.trim().is_empty(), "say why, in a few words");
        // What another version of this program wrote, or nobody, is nothing to compare with.
        let mut old = Self::read(path).map(|old| old.contracts).unwrap_or_default();
        let mut contracts: BTreeMap<String, KnownContract> = BTreeMap::new();
        for row in ours(rows) {
            let before = old.entry(row.contract.to_owned()).or_default();
            let contract = contracts
                .entry(row.contract.to_owned())
                .or_insert_with(|| KnownContract {
                    code_bytes: row.code_bytes as u64,
                    reason: (before.code_bytes > 0)
                        .then(|| kept_reason(before.reason.take(), reason, &before.against(row)))
                        .flatten(),
                    messages: BTreeMap::new(),
                });
            let mut known = KnownMessage::of(row);
            if let Some(mut before) = before.messages.remove(row.message) {
                known.reason = kept_reason(before.reason.take(), reason, &before.against(row));
            }
            contract.messages.insert(row.message.to_owned(), known);
        }
        let baseline = Self {
            schema_version: SCHEMA_VERSION,
            contracts,
        };
        let mut text = serde_json::to_string_pretty(&baseline)?;
        text.push('\n');
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ledger::tests::row, meter::Maker};

    fn ours(message: &'static str, ref_time: u64) -> Row {
        row(Maker::Salus, message, ref_time)
    }

    fn baseline_of(rows: &[Row]) -> Baseline {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.json");
        Baseline::accept(&path, rows, "the first").unwrap();
        Baseline::read(&path).unwrap()
    }

    #[test]
    fn what_rises_or_falls_by_more_than_three_per_cent_is_named() {
        let baseline = baseline_of(&[ours("transfer", 1_000)]);
        for tolerated in [970, 1_000, 1_030] {
            assert_eq!(baseline.objections(&[ours("transfer", tolerated)]), [""; 0]);
        }
        let rose = baseline.objections(&[ours("transfer", 1_031)]);
        assert_eq!(rose, ["token: transfer: ref_time rose from 1000 to 1031"]);
        let fell = baseline.objections(&[ours("transfer", 969)]);
        assert_eq!(fell, ["token: transfer: ref_time fell from 1000 to 969"]);
    }

    #[test]
    fn every_quantity_counts() {
        let known = ours("transfer", 1_000);
        let baseline = baseline_of(std::slice::from_ref(&known));
        let changed = [
            Row {
                proof_size: 2_000,
                ..known.clone()
            },
            Row {
                deposit: 1,
                ..known.clone()
            },
            Row {
                deposit: -1,
                ..known.clone()
            },
        ];
        for row in changed {
            assert_eq!(baseline.objections(&[row]).len(), 1);
        }
        let longer = [
            Row {
                code_bytes: 1_031,
                ..known.clone()
            },
            ours("transfer", 1_000),
        ];
        assert_eq!(
            baseline.objections(&longer),
            ["token: code_bytes rose from 1000 to 1031"]
        );
    }

    #[test]
    fn a_new_message_and_one_that_is_gone_are_named() {
        let baseline = baseline_of(&[ours("transfer", 1)]);
        assert_eq!(
            baseline.objections(&[ours("approve", 1)]),
            [
                "token: approve is not in the baseline",
                "token: transfer is in the baseline, but not measured"
            ]
        );
    }

    #[test]
    fn what_others_cost_is_no_concern_of_it() {
        let baseline = baseline_of(&[ours("transfer", 1), row(Maker::SolidityEvm, "approve", 1)]);
        assert_eq!(baseline, baseline_of(&[ours("transfer", 1)]));
        let rows = [ours("transfer", 1), row(Maker::SolidityEvm, "transfer", 9)];
        assert_eq!(baseline.objections(&rows), [""; 0]);
    }

    #[test]
    fn a_reason_stays_with_what_rose_until_it_falls() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.json");
        let accept = |rows: &[Row], reason| Baseline::accept(&path, rows, reason).unwrap();
        let reason = |message: &str| {
            let baseline = Baseline::read(&path).unwrap();
            baseline.contracts["token"].messages[message].reason.clone()
        };
        accept(&[ours("a", 100), ours("b", 100), ours("c", 100)], "first");
        assert_eq!(reason("a"), None);
        accept(&[ours("a", 101), ours("b", 100), ours("c", 90)], "second");
        assert_eq!(reason("a").as_deref(), Some("second"));
        assert_eq!((reason("b"), reason("c")), (None, None));
        accept(&[ours("a", 101), ours("b", 200), ours("c", 90)], "third");
        assert_eq!(reason("a").as_deref(), Some("second"));
        assert_eq!(reason("b").as_deref(), Some("third"));
        accept(&[ours("a", 100), ours("b", 200), ours("c", 90)], "fourth");
        assert_eq!(reason("a"), None);
        assert!(Baseline::accept(&path, &[], " ").is_err());
    }
}
