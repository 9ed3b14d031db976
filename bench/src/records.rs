//! The records contract's messages.

use alloy_core::{
    primitives::{B256, keccak256},
    sol,
};
use anyhow::{Context, Result, ensure};
use salus_core::records::merkle;
use salus_devchain::{Session, session::Actor};

use crate::{
    checkout::Checkout,
    ledger::Row,
    meter::{Implementation, Meter, word},
};

sol!(
    #[derive(Debug)]
    IRecords,
    "../contracts/artifacts/records.abi.json"
);

const CURRENT: u8 = 1;

/// Measures an author who anchors a record, changes it, and anchors a million others at once.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let ours = Implementation::salus(checkout.code("records")?, Vec::new());
    let mut records = Meter::deploy(Session::new(), "records", &ours)?;
    versions(&mut records)?;
    batches(&mut records)?;
    let mut rows = records.into_rows();
    for implementation in checkout.twin("Batches")?.implementations(&[]) {
        let mut twin = Meter::deploy(Session::new(), "records", &implementation)?;
        batches(&mut twin).with_context(|| implementation.maker.name())?;
        let mut of_twin = twin.into_rows();
        // It has the half of the contract, so its deployment is no comparison.
        of_twin.retain(|row| row.message != "deploy");
        rows.extend(of_twin);
    }
    Ok(rows)
}

fn versions(records: &mut Meter) -> Result<()> {
    let (author, reader) = (Actor::ethereum(1), Actor::ethereum(2));
    let (record, first, second) = (
        B256::repeat_byte(0x11),
        B256::repeat_byte(0xc1),
        B256::repeat_byte(0xc2),
    );
    let anchor = IRecords::anchorCall {
        recordId: record,
        commitment: first,
    };
    records.measure("anchor", &author, &anchor)?;
    let add = IRecords::addVersionCall {
        recordId: record,
        previousVersion: 1,
        commitment: second,
    };
    records.measure("addVersion", &author, &add)?;
    let verify = IRecords::verifyCall {
        recordId: record,
        version: 2,
        commitment: second,
    };
    ensure!(
        records.measure_aside("verify", &reader, &verify)? == CURRENT,
        "the record is not what was anchored"
    );
    records.measure_aside("recordOf", &reader, &IRecords::recordOfCall { recordId: record })?;
    let version = IRecords::versionOfCall {
        recordId: record,
        version: 2,
    };
    records.measure_aside("versionOf", &reader, &version)?;
    let wrong = IRecords::markEnteredInErrorCall {
        recordId: record,
        version: 2,
    };
    records.measure_aside("markEnteredInError", &author, &wrong)?;
    Ok(())
}

fn batches(records: &mut Meter) -> Result<()> {
    let (author, reader) = (Actor::ethereum(1), Actor::ethereum(2));
    let leaf = keccak256("a commitment");
    // With one leaf, the root is its hash, and the proof is empty: what a verification costs beside the proof.
    let sizes = [("verifyInBatch, 1 leaf", 0), ("verifyInBatch, 2^20 leaves", 20)];
    for (message, depth) in sizes {
        let batch = Batch::of_depth(leaf, depth);
        let anchor = IRecords::anchorBatchCall {
            root: batch.root,
            leafCount: 1 << depth,
            reference: B256::ZERO,
        };
        if depth == 0 {
            records.prepare(&author, &anchor)?;
        } else {
            records.measure("anchorBatch, any size", &author, &anchor)?;
            let asked = IRecords::batchOfCall {
                author: word(author.address()),
                root: batch.root,
            };
            records.measure_aside("batchOf", &reader, &asked)?;
        }
        let included = IRecords::verifyInBatchCall {
            author: word(author.address()),
            root: batch.root,
            leaf,
            index: batch.index,
            proof: batch.proof,
        };
        ensure!(
            records.measure_aside(message, &reader, &included)?,
            "the leaf is not in the batch"
        );
    }
    Ok(())
}

/// A leaf's place in a tree of 2^depth leaves, of which no other leaf is known.
struct Batch {
    root: B256,
    index: u64,
    proof: Vec<B256>,
}

impl Batch {
    fn of_depth(leaf: B256, depth: u32) -> Self {
        let hash = |bytes: &[u8]| keccak256(bytes).0;
        // Alternately on the right and on the left.
        let index = 0x5555_5555_5555_5555 & ((1 << depth) - 1);
        let mut root = merkle::leaf_hash(&leaf.0, hash);
        let mut proof = Vec::new();
        for level in 0..depth {
            let sibling = keccak256([0xb0, level as u8]);
            root = if index >> level & 1 == 1 {
                merkle::node_hash(&sibling.0, &root, hash)
            } else {
                merkle::node_hash(&root, &sibling.0, hash)
            };
            proof.push(sibling);
        }
        Self {
            root: root.into(),
            index,
            proof,
        }
    }
}
