//! What a database holds.

use alloy_core::primitives::{B256, Keccak256};
use futures::TryStreamExt;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use super::{Reader, StoreError, cursor::cursors, genesis_of, rebuild::raw_log};
use crate::indexer::{log::RawLog, project};

/// What a database holds, all of it seen at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The genesis of its chain.
    pub genesis_hash: B256,
    /// The last block up to which every contract is indexed; none before the first.
    pub checkpoint: Option<Checkpoint>,
    /// The contracts, by name.
    pub contracts: Vec<ContractStatus>,
    /// Rows in each table.
    pub tables: Vec<TableRows>,
    /// keccak-256 over all raw logs in order: two databases that hold the same logs have the same.
    pub checksum: B256,
}

/// A block up to which all is indexed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// Its number.
    pub block: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time in milliseconds since the epoch.
    pub timestamp: u64,
}

/// How far a contract is indexed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContractStatus {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: alloy_core::primitives::Address,
    /// The first block that was looked at.
    pub first_block: u64,
    /// The first block that was not.
    pub next_block: u64,
    /// How many logs it emitted in between.
    pub logs: u64,
}

/// How many rows a table has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableRows {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
}

impl Reader {
    /// What the database holds. It reads every raw log.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn status(&mut self) -> Result<Status, StoreError> {
        let path = self.location.path();
        status(&mut self.connection)
            .await
            .map_err(|source| StoreError::from_sqlx(path, source))
    }
}

async fn status(connection: &mut SqliteConnection) -> Result<Status, sqlx::Error> {
    // One transaction: the writer may go on meanwhile.
    let mut transaction = connection.begin().await?;
    let mut contracts = Vec::new();
    for cursor in cursors(&mut transaction).await? {
        let count = sqlx::query_scalar("select count(*) from raw_logs where address = ?");
        let logs: i64 = count.bind(cursor.address.to_vec()).fetch_one(&mut *transaction).await?;
        contracts.push(ContractStatus {
            name: cursor.name,
            address: cursor.address,
            first_block: cursor.first_block,
            next_block: cursor.next_block,
            logs: logs.cast_unsigned(),
        });
    }
    let mut tables = Vec::new();
    for table in ["blocks", "raw_logs", "events", "undecoded"]
        .into_iter()
        .chain(project::TABLES)
    {
        let count = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")));
        let rows: i64 = count.fetch_one(&mut *transaction).await?;
        tables.push(TableRows {
            table: table.into(),
            rows: rows.cast_unsigned(),
        });
    }
    let status = Status {
        genesis_hash: genesis_of(&mut transaction).await?,
        checkpoint: checkpoint(&mut transaction).await?,
        contracts,
        tables,
        checksum: checksum(&mut transaction).await?,
    };
    transaction.commit().await?;
    Ok(status)
}

async fn checkpoint(connection: &mut SqliteConnection) -> Result<Option<Checkpoint>, sqlx::Error> {
    let select =
        "select number, hash, timestamp from blocks where number = (select min(next_block) - 1 from contracts)";
    let Some(row) = sqlx::query(select).fetch_optional(connection).await? else {
        return Ok(None);
    };
    Ok(Some(Checkpoint {
        block: row.try_get::<i64, _>(0)?.cast_unsigned(),
        hash: B256::from_slice(row.try_get(1)?),
        timestamp: row.try_get::<i64, _>(2)?.cast_unsigned(),
    }))
}

async fn checksum(connection: &mut SqliteConnection) -> Result<B256, sqlx::Error> {
    let select = "select block_number, log_index, extrinsic_index, address, topics, data from raw_logs \
                  order by block_number, log_index";
    let mut rows = sqlx::query(select).fetch(connection);
    let mut hash = Keccak256::new();
    let mut row_bytes = Vec::new();
    while let Some(row) = rows.try_next().await? {
        row_bytes.clear();
        encode(&raw_log(&row)?, &mut row_bytes);
        hash.update(&row_bytes);
    }
    Ok(hash.finalize())
}

/// A log as bytes that tell it from every other: integers big-endian, lengths before what has one.
fn encode(log: &RawLog, out: &mut Vec<u8>) {
    out.extend(log.block.to_be_bytes());
    out.extend(log.index.to_be_bytes());
    out.push(log.extrinsic.is_some().into());
    out.extend(log.extrinsic.unwrap_or_default().to_be_bytes());
    out.extend(log.address);
    out.push(u8::try_from(log.topics.len()).unwrap_or(u8::MAX));
    out.extend(log.topics.iter().flat_map(|topic| topic.0));
    out.extend((log.data.len() as u64).to_be_bytes());
    out.extend(&log.data);
}
