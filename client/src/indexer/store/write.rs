//! Storing a range of blocks: raw logs, events, projections and cursor in one transaction.

use std::sync::Arc;

use alloy_core::primitives::{Address, B256};
use sqlx::{Connection, SqliteConnection};

use super::{Store, StoreError, bulk::Bulk, integer};
use crate::indexer::{
    abi::{Decoded, Undecoded},
    catalogue::Catalogue,
    log::{Block, RawLog},
    project::{Changes, ProjectionError},
};

/// A range of consecutive blocks, and all that the contracts emitted in them.
#[derive(Debug, Default)]
pub struct Batch {
    /// The contracts that were looked for.
    pub contracts: Vec<Address>,
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// The logs, in order.
    pub logs: Vec<IndexedLog>,
}

/// A log with what the ABIs say of it.
#[derive(Debug)]
pub struct IndexedLog {
    raw: RawLog,
    /// The contract's name.
    contract: Arc<str>,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    Event { event: Decoded, fields: String },
    Undecoded(Undecoded),
}

impl IndexedLog {
    /// Decodes a log of the contract of that name. One that cannot be decoded is kept as it is.
    pub fn new(catalogue: &Catalogue, contract: &Arc<str>, raw: RawLog) -> Self {
        let outcome = match catalogue.decode(contract, &raw) {
            Ok(event) => Outcome::Event {
                fields: event.to_json(),
                event,
            },
            Err(reason) => Outcome::Undecoded(reason),
        };
        Self {
            raw,
            contract: Arc::clone(contract),
            outcome,
        }
    }

    /// The log as it was emitted.
    pub fn raw(&self) -> &RawLog {
        &self.raw
    }

    /// The event's name, if it is known.
    pub fn name(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Event { event, .. } => Some(event.name()),
            Outcome::Undecoded(_) => None,
        }
    }
}

/// Why what follows from logs cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeriveError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Projection(#[from] ProjectionError),
}

/// Why a range was not committed.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Derive(#[from] DeriveError),
    #[error("the cursor is not at the start of the range")]
    OutOfStep,
    #[error("a block of the range is stored with another hash")]
    OtherHistory,
}

impl From<sqlx::Error> for Refusal {
    fn from(source: sqlx::Error) -> Self {
        Self::Derive(source.into())
    }
}

impl Store {
    /// Stores a range of blocks, all of it or, on an error, nothing.
    ///
    /// # Errors
    /// [`StoreError::OutOfStep`]: the range does not start where the cursors of its contracts stand; so a range that is
    /// stored already is not stored twice. [`StoreError::OtherHistory`]: a stored block has another hash. Others: the
    /// database refuses.
    pub async fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let Some(start) = batch.blocks.first().map(|block| block.number) else {
            return Ok(());
        };
        match commit(&mut self.connection, batch).await {
            Ok(()) => Ok(()),
            Err(Refusal::OutOfStep) => Err(StoreError::OutOfStep {
                path: self.location.path().into(),
                start,
            }),
            Err(Refusal::OtherHistory) => Err(self.other_history(batch).await?),
            Err(Refusal::Derive(refusal)) => Err(self.refused(refusal)),
        }
    }

    pub(super) fn refused(&self, refusal: DeriveError) -> StoreError {
        match refusal {
            DeriveError::Sql(source) => self.failed(source),
            DeriveError::Projection(source) => StoreError::Projection {
                path: self.location.path().into(),
                source,
            },
        }
    }

    /// Finds the first block of the batch that is stored with another hash.
    async fn other_history(&mut self, batch: &Batch) -> Result<StoreError, StoreError> {
        let path = self.location.path().to_path_buf();
        for block in &batch.blocks {
            match self.block_hash(block.number).await? {
                Some(stored) if stored != block.hash => {
                    return Ok(StoreError::OtherHistory {
                        path,
                        number: block.number,
                        stored,
                        found: block.hash,
                    });
                }
                _ => {}
            }
        }
        Ok(StoreError::OutOfStep {
            path,
            start: batch.blocks[0].number,
        })
    }
}

async fn commit(connection: &mut SqliteConnection, batch: &Batch) -> Result<(), Refusal> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    advance(&mut transaction, batch).await?;
    let stored = ADD_BLOCK
        .run(&mut transaction, &batch.blocks, |query, block| {
            query
                .bind(integer(block.number))
                .bind(block.hash.to_vec())
                .bind(block.parent_hash.to_vec())
                .bind(integer(block.timestamp))
        })
        .await?;
    if stored != batch.blocks.len() as u64 {
        return Err(Refusal::OtherHistory);
    }
    ADD_RAW_LOG
        .run(&mut transaction, &batch.logs, |query, log| {
            let raw = &log.raw;
            query
                .bind(integer(raw.block))
                .bind(i64::from(raw.index))
                .bind(raw.extrinsic.map(i64::from))
                .bind(raw.address.to_vec())
                .bind(flatten(&raw.topics))
                .bind(raw.data.clone())
        })
        .await?;
    derive(&mut transaction, &batch.logs).await?;
    transaction.commit().await?;
    Ok(())
}

/// Moves the contracts' cursors from the first block of the range behind its last.
async fn advance(connection: &mut SqliteConnection, batch: &Batch) -> Result<(), Refusal> {
    let (first, last) = (&batch.blocks[0], &batch.blocks[batch.blocks.len() - 1]);
    for contract in &batch.contracts {
        let update = "update contracts set next_block = ? where address = ? and next_block = ?";
        let moved = sqlx::query(update)
            .bind(integer(last.number + 1))
            .bind(contract.to_vec())
            .bind(integer(first.number))
            .execute(&mut *connection)
            .await?
            .rows_affected();
        if moved != 1 {
            return Err(Refusal::OutOfStep);
        }
    }
    Ok(())
}

/// Writes what follows from logs: events, or why there is none, and projections.
pub(super) async fn derive(connection: &mut SqliteConnection, logs: &[IndexedLog]) -> Result<(), DeriveError> {
    let (mut events, mut undecoded, mut changes) = (Vec::new(), Vec::new(), Changes::default());
    for log in logs {
        match &log.outcome {
            Outcome::Event { event, fields } => {
                changes.add(&log.contract, &log.raw, event)?;
                events.push((&log.raw, event.name(), fields));
            }
            Outcome::Undecoded(reason) => undecoded.push((&log.raw, reason.as_str())),
        }
    }
    ADD_EVENT
        .run(connection, &events, |query, (log, name, fields)| {
            query
                .bind(integer(log.block))
                .bind(i64::from(log.index))
                .bind(log.address.to_vec())
                .bind((*name).to_string())
                .bind((*fields).clone())
        })
        .await?;
    ADD_UNDECODED
        .run(connection, &undecoded, |query, (log, reason)| {
            query.bind(integer(log.block)).bind(i64::from(log.index)).bind(*reason)
        })
        .await?;
    changes.write(connection).await?;
    Ok(())
}

/// Topics as they are stored: one after the other.
fn flatten(topics: &[B256]) -> Vec<u8> {
    topics.iter().flat_map(|topic| topic.0).collect()
}

/// A block that is there already must be the same; then it counts as written.
const ADD_BLOCK: Bulk = Bulk {
    before: "insert into blocks (number, hash, parent_hash, timestamp) values",
    columns: 4,
    after: "on conflict (number) do update set hash = excluded.hash where blocks.hash = excluded.hash",
};

const ADD_RAW_LOG: Bulk = Bulk {
    before: "insert into raw_logs (block_number, log_index, extrinsic_index, address, topics, data) values",
    columns: 6,
    after: "",
};

const ADD_EVENT: Bulk = Bulk {
    before: "insert into events (block_number, log_index, address, name, fields) values",
    columns: 5,
    after: "",
};

const ADD_UNDECODED: Bulk = Bulk {
    before: "insert into undecoded (block_number, log_index, reason) values",
    columns: 3,
    after: "",
};
