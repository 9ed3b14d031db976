//! What messages may cost, and whether they keep to it.

use std::fmt;

use serde::Serialize;

use crate::{
    ledger::{Row, find},
    meter::Maker,
    split::{Purpose, Share},
};

/// What is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Quantity {
    /// Picoseconds of reference hardware.
    RefTime,
    /// Bytes of proof.
    ProofSize,
    /// Bytes of the contract's code.
    CodeBytes,
}

impl Quantity {
    fn of(self, row: &Row) -> u64 {
        match self {
            Self::RefTime => row.ref_time,
            Self::ProofSize => row.proof_size,
            Self::CodeBytes => row.code_bytes as u64,
        }
    }

    /// What is paid for other things than code and instructions.
    fn by_host(self, row: &Row) -> Option<u64> {
        let amount: fn(Share) -> u64 = match self {
            Self::RefTime => |share| share.ref_time,
            Self::ProofSize => |share| share.proof_size,
            Self::CodeBytes => return None,
        };
        let own = [Purpose::Code, Purpose::Instructions].map(|purpose| amount(row.split.of(purpose)));
        Some(self.of(row).saturating_sub(own.iter().sum()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::RefTime => "ref_time",
            Self::ProofSize => "proof_size",
            Self::CodeBytes => "code",
        }
    }

    /// An amount of it, for people.
    fn show(self, amount: u64) -> String {
        match self {
            Self::RefTime => format!("{:.1} M", amount as f64 / 1e6),
            Self::ProofSize | Self::CodeBytes => thousands(amount),
        }
    }
}

/// A bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    /// At most so many times what the same message costs by another implementation.
    Times(f64, Maker),
    /// Less than the same message costs by another implementation.
    Below(Maker),
    /// At most so much.
    AtMost(u64),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |maker: &Maker| match maker {
            Maker::Salus => "ours",
            Maker::SolidityEvm => "Solidity on the EVM",
            Maker::SolidityPolkavm => "Solidity on PolkaVM",
            Maker::Limit => "the limit",
        };
        match self {
            Self::Times(factor, maker) => write!(f, "<= {factor:.2} x {}", name(maker)),
            Self::Below(maker) => write!(f, "< {}", name(maker)),
            Self::AtMost(amount) => write!(f, "<= {}", thousands(*amount)),
        }
    }
}

/// What one message may cost.
#[derive(Clone, Copy, Debug)]
struct Budget {
    contract: &'static str,
    /// As the ledger calls it; the code's size is every message's.
    message: &'static str,
    quantity: Quantity,
    bound: Bound,
}

/// Whether a budget is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// It is.
    Held,
    /// It is not.
    Missed,
    /// Ours, or what it is to be compared with, is not in the ledger.
    NotMeasured,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Held => "held",
            Self::Missed => "**missed**",
            Self::NotMeasured => "**not measured**",
        })
    }
}

/// A budget beside what was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) contract: &'static str,
    pub(crate) message: &'static str,
    pub(crate) quantity: Quantity,
    /// The bound in words.
    pub(crate) budget: String,
    /// What ours costs.
    pub(crate) ours: Option<u64>,
    /// What it is compared with: the other implementation's cost, or the bound itself.
    pub(crate) other: Option<u64>,
    /// What of ours is neither code nor instructions: what the host charges for its functions. Fewer instructions cannot make
    /// it less.
    pub(crate) by_host: Option<u64>,
    pub(crate) verdict: Verdict,
}

impl Finding {
    /// The row's cells, see [`TITLES`].
    pub(crate) fn cells(&self) -> [String; 6] {
        let message = match self.quantity {
            Quantity::CodeBytes => self.contract.to_owned(),
            _ => format!("{} {}", self.contract, self.message),
        };
        let show = |amount: Option<u64>| amount.map_or_else(|| "?".to_owned(), |amount| self.quantity.show(amount));
        let ratio = |amount: Option<u64>| Some(amount? as f64 / self.other? as f64);
        let measured = match ratio(self.ours).filter(|_| self.quantity != Quantity::CodeBytes) {
            Some(ratio) => format!("{ratio:.2} ({} / {})", show(self.ours), show(self.other)),
            None => show(self.ours),
        };
        let by_host = ratio(self.by_host).map(|ratio| format!("{ratio:.2}"));
        [
            message,
            self.quantity.name().to_owned(),
            self.budget.clone(),
            measured,
            by_host.unwrap_or_default(),
            self.verdict.to_string(),
        ]
    }
}

/// The titles of [`Finding::cells`].
pub(crate) const TITLES: [&str; 6] = ["message", "of what", "budget", "measured", "host functions alone", ""];

/// All budgets.
fn budgets() -> Vec<Budget> {
    let mut budgets = Vec::new();
    let mut add = |contract, message, quantity, bound| {
        budgets.push(Budget {
            contract,
            message,
            quantity,
            bound,
        });
    };
    for message in ["transfer", "transferFrom", "approve", "balanceOf", "permit"] {
        add("token", message, Quantity::RefTime, Bound::Times(1.10, Maker::Limit));
        add(
            "token",
            message,
            Quantity::RefTime,
            Bound::Below(Maker::SolidityPolkavm),
        );
        add(
            "token",
            message,
            Quantity::ProofSize,
            Bound::Times(0.70, Maker::SolidityPolkavm),
        );
    }
    add("token", "deploy", Quantity::CodeBytes, Bound::AtMost(10_000));
    for message in ["grantConsent", "check", "revokeConsent"] {
        add(
            "consent",
            message,
            Quantity::RefTime,
            Bound::Below(Maker::SolidityPolkavm),
        );
        add(
            "consent",
            message,
            Quantity::ProofSize,
            Bound::Below(Maker::SolidityPolkavm),
        );
    }
    add("consent", "deploy", Quantity::CodeBytes, Bound::AtMost(16_000));
    for message in ESCROW {
        add(
            "telehealth",
            message,
            Quantity::RefTime,
            Bound::Below(Maker::SolidityPolkavm),
        );
    }
    for (contract, message) in COMPUTING {
        add(
            contract,
            message,
            Quantity::RefTime,
            Bound::Times(0.50, Maker::SolidityEvm),
        );
    }
    add("host", "now", Quantity::RefTime, Bound::Times(1.20, Maker::Limit));
    budgets
}

/// Messages of the escrow that a plain one has, too.
const ESCROW: [&str; 6] = [
    "book",
    "confirm",
    "complete, by the provider",
    "accept",
    "cancel, confirmed",
    "withdraw",
];

/// Messages that compute more than they store: a Merkle proof of depth 20, an opened policy of 20 nodes, EIP-712 hashing.
pub(crate) const COMPUTING: [(&str, &str); 3] = [
    ("records", "verifyInBatch, 2^20 leaves"),
    ("policies", "evaluate, 20 nodes"),
    ("typed-data", "permitDigest"),
];

/// Holds every budget against what was measured.
pub(crate) fn findings(rows: &[Row]) -> Vec<Finding> {
    budgets().iter().map(|budget| budget.hold_against(rows)).collect()
}

impl Budget {
    fn hold_against(&self, rows: &[Row]) -> Finding {
        let amount = |maker| find(rows, self.contract, self.message, maker).map(|row| self.quantity.of(row));
        let ours = amount(Maker::Salus);
        let other = match self.bound {
            Bound::Times(_, maker) | Bound::Below(maker) => amount(maker),
            Bound::AtMost(most) => Some(most),
        };
        let is_held = |(ours, other): (u64, u64)| match self.bound {
            Bound::Times(factor, _) => ours as f64 <= factor * other as f64,
            Bound::Below(_) => ours < other,
            Bound::AtMost(_) => ours <= other,
        };
        let ours_by_host = find(rows, self.contract, self.message, Maker::Salus).map(|row| self.quantity.by_host(row));
        let verdict = match ours.zip(other).map(is_held) {
            Some(true) => Verdict::Held,
            Some(false) => Verdict::Missed,
            None => Verdict::NotMeasured,
        };
        Finding {
            contract: self.contract,
            message: self.message,
            quantity: self.quantity,
            budget: self.bound.to_string(),
            ours,
            other,
            by_host: ours_by_host.flatten(),
            verdict,
        }
    }
}

/// A number with its thousands apart.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::row;

    fn verdict(bound: Bound, rows: &[Row]) -> Verdict {
        let budget = Budget {
            contract: "token",
            message: "transfer",
            quantity: Quantity::RefTime,
            bound,
        };
        budget.hold_against(rows).verdict
    }

    #[test]
    fn a_factor_may_be_reached_and_a_cost_to_stay_below_may_not() {
        let rows = |ours| {
            [
                row(Maker::Salus, "transfer", ours),
                row(Maker::Limit, "transfer", 1_000),
            ]
        };
        let at_most = Bound::Times(1.10, Maker::Limit);
        assert_eq!(verdict(at_most, &rows(1_100)), Verdict::Held);
        assert_eq!(verdict(at_most, &rows(1_101)), Verdict::Missed);
        let below = Bound::Below(Maker::Limit);
        assert_eq!(verdict(below, &rows(999)), Verdict::Held);
        assert_eq!(verdict(below, &rows(1_000)), Verdict::Missed);
        assert_eq!(verdict(Bound::AtMost(10), &rows(10)), Verdict::Held);
        assert_eq!(verdict(Bound::AtMost(10), &rows(11)), Verdict::Missed);
    }

    #[test]
    fn what_cannot_be_compared_is_not_held() {
        let ours = [row(Maker::Salus, "transfer", 1)];
        assert_eq!(verdict(Bound::Below(Maker::Limit), &ours), Verdict::NotMeasured);
        assert_eq!(verdict(Bound::AtMost(10), &[]), Verdict::NotMeasured);
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1_000, 12_345_678].map(thousands),
            ["0", "999", "1,000", "12,345,678"]
        );
    }
}
