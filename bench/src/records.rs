//! The records contract's messages.

use alloy_core::{
    primitives::{B256, keccak256},
    sol,
};
use anyhow::{Context, Result, ensure};
use salus_core::records::merkle::MerkleTree;
use salus_devchain::{Session, session::Actor};

use crate::{
    ledger::Row,
    meter::{Implementation, Meter, word},
};

sol!(
    #[derive(Debug)]
    IRecords,
    "../contracts/artifacts/records.abi.json"
);

const CURRENT: u8 = 1;

/// Measures an author who anchors a record, changes it, and anchors a thousand others at once.
pub(crate) fn measure(code: &[u8]) -> Result<Vec<Row>> {
    let (author, reader) = (Actor::ethereum(1), Actor::ethereum(2));
    let mut records = Meter::deploy(Session::new(), "records", &Implementation::salus(code, Vec::new()))?;
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

    let hash = |bytes: &[u8]| keccak256(bytes).0;
    let commitments: Vec<[u8; 32]> = (0u32..1_000).map(|number| hash(&number.to_be_bytes())).collect();
    let tree = MerkleTree::new(&commitments, hash).context("there are commitments")?;
    let root = B256::from(tree.root());
    let batch = IRecords::anchorBatchCall {
        root,
        leafCount: tree.count(),
        reference: B256::ZERO,
    };
    records.measure("anchorBatch, any size", &author, &batch)?;
    let author_address = word(author.address());
    let asked = IRecords::batchOfCall {
        author: author_address,
        root,
    };
    records.measure_aside("batchOf", &reader, &asked)?;
    let index = 700;
    let proof = tree.proof(index).context("the leaf is in the tree")?;
    let included = IRecords::verifyInBatchCall {
        author: author_address,
        root,
        leaf: commitments[700].into(),
        index,
        proof: proof.into_iter().map(B256::from).collect(),
    };
    ensure!(
        records.measure_aside("verifyInBatch, 1,000 leaves", &reader, &included)?,
        "the leaf is not in the batch"
    );
    Ok(records.into_rows())
}
