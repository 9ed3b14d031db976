//! One row for each message of each implementation.

mod table;

use anyhow::{Result, ensure};
use frame_support::{
    dispatch::{DispatchClass, DispatchInfo, Pays},
    weights::Weight,
};
use salus_devchain::{
    Session,
    runtime::{Balance, RuntimeBlockWeights, TransactionPayment},
    session::{Cost, Log},
};
use serde::Serialize;
use sp_core::H256;

use crate::{meter::Maker, split::Split};

pub(crate) use table::{print, print_split};

/// Bytes of a signed extrinsic around the contract's input: signature, address, nonce, limits.
const EXTRINSIC_OVERHEAD: u32 = 160;

/// What one message costs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// The contract, as its users know it.
    pub(crate) contract: &'static str,
    /// Who wrote it, for which machine.
    pub(crate) implementation: Maker,
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
    /// What the weight is paid for.
    pub(crate) split: Split,
    /// How ours relates to the others, and to what it was. None for the others.
    #[serde(flatten)]
    pub(crate) relations: Relations,
    #[serde(skip)]
    pub(crate) answer: Answer,
}

/// What ours costs, as a multiple of what another one does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Ratio {
    pub(crate) ref_time: f64,
    pub(crate) proof_size: f64,
}

/// Ratios of ours. Below 1, ours is cheaper.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Relations {
    /// To the Solidity twin on the EVM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_solidity_evm: Option<Ratio>,
    /// To the Solidity twin on PolkaVM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_solidity_polkavm: Option<Ratio>,
    /// To the hand-written contract on the bare host functions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_limit: Option<Ratio>,
    /// To what the committed baseline says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_baseline: Option<Ratio>,
}

/// What a call gave. Implementations of the same contract give the same, or one of them is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    output: Vec<u8>,
    /// Topics and data of each event.
    events: Vec<(Vec<H256>, Vec<u8>)>,
}

impl Answer {
    /// Of what was returned and emitted. Addresses of contracts are the same for all implementations: each is the first
    /// that its chain has.
    pub(crate) fn new(output: Vec<u8>, logs: &[Log]) -> Self {
        let event = |log: &Log| (log.topics.clone(), log.data.clone());
        Self {
            output,
            events: logs.iter().map(event).collect(),
        }
    }

    /// What was returned.
    pub(crate) fn output(&self) -> &[u8] {
        &self.output
    }
}

/// Who a row is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) contract: &'static str,
    pub(crate) maker: Maker,
    pub(crate) code_bytes: usize,
}

/// A call that was measured.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) message: &'static str,
    pub(crate) input_bytes: usize,
    pub(crate) cost: Cost,
    pub(crate) split: Split,
    pub(crate) answer: Answer,
}

impl Row {
    /// A row for `call` to `subject`.
    pub(crate) fn new(session: &mut Session, subject: Subject, call: Call) -> Self {
        let Call {
            message,
            input_bytes,
            cost,
            split,
            answer,
        } = call;
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
            implementation: subject.maker,
            message,
            ref_time: cost.weight.ref_time(),
            proof_size: cost.weight.proof_size(),
            fee,
            deposit: cost.deposit,
            code_bytes: subject.code_bytes,
            block_per_mille: share(cost.weight),
            split,
            relations: Relations::default(),
            answer,
        }
    }

    /// Whether this is ours.
    pub(crate) fn is_ours(&self) -> bool {
        self.implementation == Maker::Salus
    }

    fn is_same_message(&self, other: &Self) -> bool {
        (self.contract, self.message) == (other.contract, other.message)
    }

    /// What this costs, as a multiple of what `other` does.
    pub(crate) fn ratio_to(&self, ref_time: u64, proof_size: u64) -> Ratio {
        // Nothing is as much as nothing.
        let ratio = |own: u64, other: u64| if own == other { 1.0 } else { own as f64 / other as f64 };
        Ratio {
            ref_time: ratio(self.ref_time, ref_time),
            proof_size: ratio(self.proof_size, proof_size),
        }
    }
}

/// The row of a message by one implementation.
pub(crate) fn find<'r>(rows: &'r [Row], contract: &str, message: &str, maker: Maker) -> Option<&'r Row> {
    rows.iter()
        .find(|row| (row.contract, row.message, row.implementation) == (contract, message, maker))
}

/// Sets the ratios of ours to the others.
///
/// # Errors
/// Two implementations gave different answers: then one of them is wrong, and what it costs means nothing.
pub(crate) fn relate(rows: &mut [Row]) -> Result<()> {
    for at in 0..rows.len() {
        let row = &rows[at];
        let others = || rows.iter().filter(|other| other.is_same_message(row));
        for other in others() {
            ensure!(
                other.answer == row.answer,
                "{}: {}: {} answers {:?}, and {} answers {:?}",
                row.contract,
                row.message,
                row.implementation.name(),
                row.answer,
                other.implementation.name(),
                other.answer
            );
        }
        if row.is_ours() {
            let ratio = |maker: Maker| {
                let other = others().find(|other| other.implementation == maker)?;
                Some(row.ratio_to(other.ref_time, other.proof_size))
            };
            let relations = Relations {
                to_solidity_evm: ratio(Maker::SolidityEvm),
                to_solidity_polkavm: ratio(Maker::SolidityPolkavm),
                to_limit: ratio(Maker::Limit),
                ..row.relations
            };
            rows[at].relations = relations;
        }
    }
    Ok(())
}

fn share(weight: Weight) -> f64 {
    let weights = RuntimeBlockWeights::get();
    let normal = weights
        .get(DispatchClass::Normal)
        .max_total
        .unwrap_or(weights.max_block);
    let share = |used: u64, all: u64| used as f64 * 1_000.0 / all as f64;
    share(weight.ref_time(), normal.ref_time()).max(share(weight.proof_size(), normal.proof_size()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A row of the token that takes `ref_time`.
    pub(crate) fn row(implementation: Maker, message: &'static str, ref_time: u64) -> Row {
        Row {
            contract: "token",
            implementation,
            message,
            ref_time,
            proof_size: 1_000,
            fee: 1,
            deposit: 0,
            code_bytes: 1_000,
            block_per_mille: 0.0,
            split: Split::default(),
            relations: Relations::default(),
            answer: Answer::default(),
        }
    }

    #[test]
    fn ours_is_related_to_each_of_the_others_and_they_to_nobody() {
        let mut rows = [
            row(Maker::Salus, "transfer", 300),
            row(Maker::SolidityEvm, "transfer", 200),
            row(Maker::SolidityPolkavm, "transfer", 400),
            row(Maker::Salus, "approve", 100),
        ];
        relate(&mut rows).unwrap();
        let ref_time = |ratio: Option<Ratio>| ratio.map(|ratio| ratio.ref_time);
        assert_eq!(ref_time(rows[0].relations.to_solidity_evm), Some(1.5));
        assert_eq!(ref_time(rows[0].relations.to_solidity_polkavm), Some(0.75));
        assert_eq!(ref_time(rows[0].relations.to_limit), None);
        assert_eq!(ref_time(rows[1].relations.to_solidity_polkavm), None);
        assert_eq!(ref_time(rows[3].relations.to_solidity_evm), None);
    }

    #[test]
    fn implementations_that_answer_differently_are_no_comparison() {
        let log = Log {
            address: Default::default(),
            topics: vec![H256::zero()],
            data: vec![1],
        };
        for other in [Answer::new(vec![1], &[]), Answer::new(Vec::new(), &[log])] {
            let mut rows = [row(Maker::Salus, "transfer", 1), row(Maker::SolidityEvm, "transfer", 1)];
            rows[1].answer = other;
            let error = relate(&mut rows).unwrap_err().to_string();
            assert!(error.contains("token: transfer"), "{error}");
        }
    }
}
