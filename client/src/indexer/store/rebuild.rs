//! Making everything that is derived from raw logs again.

use std::{collections::HashMap, sync::Arc};

use alloy_core::primitives::{Address, B256};
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    Store, StoreError,
    cursor::cursors,
    write::{DeriveError, IndexedLog, derive},
};
use crate::indexer::{catalogue::Catalogue, log::RawLog, project};

/// Logs that are held in memory at a time.
const CHUNK: i64 = 10_000;

impl Store {
    /// Whether events and projections were made by another catalogue, so that [`Store::rebuild`] is due.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn is_outdated(&mut self, catalogue: &Catalogue) -> Result<bool, StoreError> {
        let stored: Vec<u8> = sqlx::query_scalar("select derived_by from meta")
            .fetch_one(&mut self.connection)
            .await
            .map_err(|source| self.failed(source))?;
        Ok(stored != catalogue.fingerprint().as_slice())
    }

    /// Makes events and projections again from the raw logs alone, all of them or, on an error, none. `progress` is
    /// told how many logs are done, and how many there are. Answers how many there are.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses; it is as it was before.
    pub async fn rebuild(&mut self, catalogue: &Catalogue, progress: impl FnMut(u64, u64)) -> Result<u64, StoreError> {
        match rebuild(&mut self.connection, catalogue, progress).await {
            Ok(logs) => Ok(logs),
            Err(error) => Err(self.refused(error)),
        }
    }
}

async fn rebuild(
    connection: &mut SqliteConnection,
    catalogue: &Catalogue,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, DeriveError> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    for table in ["delete from events", "delete from undecoded"] {
        sqlx::query(table).execute(&mut *transaction).await?;
    }
    project::clear(&mut transaction).await?;

    let names = cursors(&mut transaction).await?.into_iter();
    let names: HashMap<Address, Arc<str>> = names.map(|cursor| (cursor.address, cursor.name.into())).collect();
    let total: i64 = sqlx::query_scalar("select count(*) from raw_logs")
        .fetch_one(&mut *transaction)
        .await?;
    let total = total.cast_unsigned();
    let mut done = 0;
    let (mut block, mut index) = (-1_i64, -1_i64);
    loop {
        let select = "select block_number, log_index, extrinsic_index, address, topics, data from raw_logs \
                      where (block_number, log_index) > (?, ?) order by block_number, log_index limit ?";
        let query = sqlx::query(select).bind(block).bind(index).bind(CHUNK);
        let rows = query.fetch_all(&mut *transaction).await?;
        let Some(last) = rows.last() else { break };
        (block, index) = (last.try_get(0)?, last.try_get(1)?);
        let mut logs = Vec::with_capacity(rows.len());
        for row in &rows {
            let raw = raw_log(row)?;
            // Every log was stored for a contract that is followed.
            let name = names.get(&raw.address).cloned().unwrap_or_default();
            logs.push(IndexedLog::new(catalogue, &name, raw));
        }
        derive(&mut transaction, &logs).await?;
        done += rows.len() as u64;
        progress(done, total);
    }
    let fingerprint = catalogue.fingerprint().to_vec();
    sqlx::query("update meta set derived_by = ?")
        .bind(fingerprint)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(total)
}

/// A row of `raw_logs`.
pub(super) fn raw_log(row: &SqliteRow) -> Result<RawLog, sqlx::Error> {
    let number = |column| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(column)?.cast_unsigned());
    let index = |value: i64| u32::try_from(value).map_err(|error| sqlx::Error::Decode(error.into()));
    Ok(RawLog {
        block: number(0)?,
        index: index(row.try_get(1)?)?,
        extrinsic: row.try_get::<Option<i64>, _>(2)?.map(index).transpose()?,
        address: Address::from_slice(row.try_get(3)?),
        topics: row
            .try_get::<&[u8], _>(4)?
            .chunks_exact(32)
            .map(B256::from_slice)
            .collect(),
        data: row.try_get(5)?,
    })
}
