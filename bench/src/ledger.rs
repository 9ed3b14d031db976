//! One row for each message of each implementation.

use std::io::{self, Write};

use frame_support::{
    dispatch::{DispatchInfo, Pays},
    weights::Weight,
};
use salus_devchain::{
    Session,
    runtime::{Balance, RuntimeBlockWeights, TransactionPayment},
    session::Cost,
};
use serde::Serialize;

/// Bytes of a signed extrinsic around the contract's input: signature, address, nonce, limits.
const EXTRINSIC_OVERHEAD: u32 = 160;

/// What one message costs.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// The contract, as its users know it.
    pub(crate) contract: &'static str,
    /// Who wrote it, for which machine: `salus`, `openzeppelin-evm`, `openzeppelin-polkavm`.
    pub(crate) implementation: &'static str,
    /// The message, and its case where it has several.
    pub(crate) message: &'static str,
    /// Picoseconds of reference hardware.
    pub(crate) ref_time: u64,
    /// Bytes of proof.
    pub(crate) proof_size: u64,
    /// Fee in the native coin's smallest unit, for a signed extrinsic that carries the message.
    pub(crate) fee: Balance,
    /// Deposit for storage, in the same unit; negative when freed.
    pub(crate) deposit: i128,
    /// Bytes of deployed code.
    pub(crate) code_bytes: usize,
    /// Share of what all normal extrinsics of one block may use, the larger of both dimensions, in per mille.
    pub(crate) block_per_mille: f64,
    /// `ref_time` as a multiple of the first implementation's for the same message (ours).
    pub(crate) ref_time_ratio: f64,
    /// The same for `proof_size`.
    pub(crate) proof_size_ratio: f64,
    /// `ref_time` as a multiple of what the baseline says; only ours is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since_baseline: Option<f64>,
}

/// Who a row is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) contract: &'static str,
    pub(crate) implementation: &'static str,
    pub(crate) code_bytes: usize,
}

impl Row {
    /// A row for a call that took `input_bytes` of input and cost `cost`.
    pub(crate) fn new(
        session: &mut Session,
        subject: Subject,
        message: &'static str,
        input_bytes: usize,
        cost: Cost,
    ) -> Self {
        let length = u32::try_from(input_bytes)
            .unwrap_or(u32::MAX)
            .saturating_add(EXTRINSIC_OVERHEAD);
        let info = DispatchInfo {
            call_weight: cost.weight,
            pays_fee: Pays::Yes,
            ..Default::default()
        };
        let fee = session.execute(|| TransactionPayment::compute_fee(length, &info, 0));
        Self {
            contract: subject.contract,
            implementation: subject.implementation,
            message,
            ref_time: cost.weight.ref_time(),
            proof_size: cost.weight.proof_size(),
            fee,
            deposit: cost.deposit,
            code_bytes: subject.code_bytes,
            block_per_mille: share(cost.weight),
            ref_time_ratio: 1.0,
            proof_size_ratio: 1.0,
            since_baseline: None,
        }
    }
}

/// Sets the ratios of all rows against the first implementation of the contract in `rows` that has the same message.
pub(crate) fn relate(rows: &mut [Row]) {
    let base: Vec<_> = rows
        .iter()
        .map(|row| ((row.contract, row.message), row.ref_time, row.proof_size))
        .collect();
    for row in rows {
        let of_row = |(message, ..): &&((&str, &str), u64, u64)| *message == (row.contract, row.message);
        if let Some((_, ref_time, proof_size)) = base.iter().find(of_row) {
            row.ref_time_ratio = row.ref_time as f64 / *ref_time as f64;
            row.proof_size_ratio = row.proof_size as f64 / *proof_size as f64;
        }
    }
}

fn share(weight: Weight) -> f64 {
    let weights = RuntimeBlockWeights::get();
    let normal = weights
        .get(frame_support::dispatch::DispatchClass::Normal)
        .max_total
        .unwrap_or(weights.max_block);
    let share = |used: u64, all: u64| used as f64 * 1_000.0 / all as f64;
    share(weight.ref_time(), normal.ref_time()).max(share(weight.proof_size(), normal.proof_size()))
}

/// Writes the ledger for people.
pub(crate) fn print(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    writeln!(
        out,
        "{:<9} {:<20} {:<30} {:>9} {:>7} {:>10} {:>6} {:>12} {:>13} {:>8} {:>9} {:>8}",
        "contract",
        "implementation",
        "message",
        "ref_time",
        "(ratio)",
        "proof_size",
        "(ratio)",
        "fee",
        "deposit",
        "code",
        "block",
        "baseline"
    )?;
    for row in rows {
        writeln!(
            out,
            "{:<9} {:<20} {:<30} {:>7.1} M {:>7.2} {:>10} {:>7.2} {:>12} {:>13} {:>8} {:>7.2} ‰ {:>8}",
            row.contract,
            row.implementation,
            row.message,
            row.ref_time as f64 / 1e6,
            row.ref_time_ratio,
            row.proof_size,
            row.proof_size_ratio,
            row.fee,
            row.deposit,
            row.code_bytes,
            row.block_per_mille,
            row.since_baseline
                .map_or_else(String::new, |ratio| format!("{ratio:.3}")),
        )?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::Row;

    /// A row of our token that takes `ref_time`.
    pub(crate) fn row(message: &'static str, ref_time: u64) -> Row {
        Row {
            contract: "token",
            implementation: "salus",
            message,
            ref_time,
            proof_size: 1,
            fee: 1,
            deposit: 0,
            code_bytes: 1,
            block_per_mille: 0.0,
            ref_time_ratio: 1.0,
            proof_size_ratio: 1.0,
            since_baseline: None,
        }
    }
}
