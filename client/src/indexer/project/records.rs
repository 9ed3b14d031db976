//! Records, their versions, and batches.

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, B256};
use sqlx::SqliteConnection;

use super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    anchored: Vec<Anchored>,
    records: BTreeMap<(Address, B256), RecordChange>,
    versions: Vec<Version>,
    flagged: Vec<Flagged>,
    batches: Vec<Batch>,
}

#[derive(Debug)]
struct Anchored {
    contract: Address,
    id: B256,
    author: Address,
    block: i64,
}

#[derive(Debug)]
struct RecordChange {
    /// `None`: still the same.
    latest: Option<i64>,
    block: i64,
}

#[derive(Debug)]
struct Version {
    contract: Address,
    id: B256,
    version: i64,
    commitment: B256,
    block: i64,
    index: i64,
}

#[derive(Debug)]
struct Flagged {
    contract: Address,
    id: B256,
    version: i64,
}

#[derive(Debug)]
struct Batch {
    contract: Address,
    author: Address,
    root: B256,
    leaf_count: i64,
    reference: B256,
    block: i64,
    index: i64,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        match event.name() {
            "RecordAnchored" => {
                let (contract, id) = (event.contract(), event.word("recordId")?);
                let author = event.address("author")?;
                self.anchored.push(Anchored {
                    contract,
                    id,
                    author,
                    block: event.block(),
                });
                self.version(event, 1)?;
            }
            "RecordVersionAdded" => {
                let version = event.number("version")?;
                self.version(event, version)?;
                self.record(event, Some(version))?;
            }
            "RecordEnteredInError" => {
                let (contract, id) = (event.contract(), event.word("recordId")?);
                self.flagged.push(Flagged {
                    contract,
                    id,
                    version: event.number("version")?,
                });
                self.record(event, None)?;
            }
            "BatchAnchored" => self.batches.push(Batch {
                contract: event.contract(),
                author: event.address("author")?,
                root: event.word("root")?,
                leaf_count: event.number("leafCount")?,
                reference: event.word("reference")?,
                block: event.block(),
                index: event.index(),
            }),
            _ => {}
        }
        Ok(())
    }

    fn version(&mut self, event: &Fields<'_>, version: i64) -> Result<(), ProjectionError> {
        self.versions.push(Version {
            contract: event.contract(),
            id: event.word("recordId")?,
            version,
            commitment: event.word("commitment")?,
            block: event.block(),
            index: event.index(),
        });
        Ok(())
    }

    fn record(&mut self, event: &Fields<'_>, latest: Option<i64>) -> Result<(), ProjectionError> {
        let key = (event.contract(), event.word("recordId")?);
        let before = self.records.remove(&key).and_then(|change| change.latest);
        self.records.insert(
            key,
            RecordChange {
                latest: latest.or(before),
                block: event.block(),
            },
        );
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        ANCHOR
            .run(connection, &self.anchored, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.author.to_vec())
                    .bind(1_i64)
                    .bind(row.block)
                    .bind(row.block)
            })
            .await?;
        let records: Vec<_> = self.records.into_iter().collect();
        CHANGE_RECORD
            .run(connection, &records, |query, ((contract, id), change)| {
                query
                    .bind(contract.to_vec())
                    .bind(id.to_vec())
                    .bind(change.latest)
                    .bind(change.block)
            })
            .await?;
        ADD_VERSION
            .run(connection, &self.versions, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.version)
                    .bind(row.commitment.to_vec())
                    .bind("anchored")
                    .bind(row.block)
                    .bind(row.index)
            })
            .await?;
        FLAG_VERSION
            .run(connection, &self.flagged, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.version)
            })
            .await?;
        ADD_BATCH
            .run(connection, &self.batches, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.author.to_vec())
                    .bind(row.root.to_vec())
                    .bind(row.leaf_count)
                    .bind(row.reference.to_vec())
                    .bind(row.block)
                    .bind(row.index)
            })
            .await?;
        Ok(())
    }
}

const ANCHOR: Bulk = Bulk {
    before: "insert or replace into records (contract, record_id, author, latest_version, anchored_block, \
             changed_block) values",
    columns: 6,
    after: "",
};

const CHANGE_RECORD: Bulk = Bulk {
    before: "update records set latest_version = coalesce(v.column3, latest_version), changed_block = v.column4 \
             from (values",
    columns: 4,
    after: ") as v where records.contract = v.column1 and records.record_id = v.column2",
};

const ADD_VERSION: Bulk = Bulk {
    before: "insert or replace into record_versions (contract, record_id, version, commitment, status, block_number, \
             log_index) values",
    columns: 7,
    after: "",
};

const FLAG_VERSION: Bulk = Bulk {
    before: "update record_versions set status = 'entered_in_error' from (values",
    columns: 3,
    after: ") as v where record_versions.contract = v.column1 and record_versions.record_id = v.column2 \
            and record_versions.version = v.column3",
};

const ADD_BATCH: Bulk = Bulk {
    before: "insert or replace into batches (contract, author, root, leaf_count, reference, block_number, log_index) \
             values",
    columns: 7,
    after: "",
};
