//! How far each contract is indexed.

use alloy_core::primitives::{Address, B256};
use sqlx::{Connection, Row, SqliteConnection};

use super::{Store, StoreError, integer};

/// A contract to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Its name in the address book; by it its ABI and projection are found.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// The first block to look at.
    pub first_block: u64,
}

/// How far a followed contract is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// The first block that was looked at.
    pub first_block: u64,
    /// The first block that was not.
    pub next_block: u64,
}

impl Store {
    /// Takes up contracts and answers how far each is indexed. One that is known goes on where it was.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn follow(&mut self, contracts: &[Followed]) -> Result<Vec<Cursor>, StoreError> {
        let path = self.location.path();
        follow(&mut self.connection, contracts)
            .await
            .map_err(|source| StoreError::from_sqlx(path, source))
    }

    /// The hash of a stored block.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn block_hash(&mut self, number: u64) -> Result<Option<B256>, StoreError> {
        let query = sqlx::query_scalar("select hash from blocks where number = ?").bind(integer(number));
        let hash: Option<Vec<u8>> = query
            .fetch_optional(&mut self.connection)
            .await
            .map_err(|source| self.failed(source))?;
        Ok(hash.map(|hash| B256::from_slice(&hash)))
    }

    /// Number and hash of the highest stored block that is not above `limit`.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn last_block(&mut self, limit: u64) -> Result<Option<(u64, B256)>, StoreError> {
        let query = sqlx::query("select number, hash from blocks where number <= ? order by number desc limit 1");
        let row = query.bind(integer(limit)).fetch_optional(&mut self.connection).await;
        let read = |row: sqlx::sqlite::SqliteRow| {
            Ok((
                row.try_get::<i64, _>(0)?.cast_unsigned(),
                B256::from_slice(row.try_get(1)?),
            ))
        };
        row.and_then(|row| row.map(read).transpose())
            .map_err(|source| self.failed(source))
    }
}

async fn follow(connection: &mut SqliteConnection, contracts: &[Followed]) -> Result<Vec<Cursor>, sqlx::Error> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    for contract in contracts {
        // What a contract is called decides how its logs are decoded.
        let renamed = sqlx::query("update contracts set name = ? where address = ? and name <> ?")
            .bind(&contract.name)
            .bind(contract.address.to_vec())
            .bind(&contract.name)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if renamed > 0 {
            sqlx::query("update meta set derived_by = x''")
                .execute(&mut *transaction)
                .await?;
        }
        let insert = "insert into contracts (address, name, first_block, next_block) values (?, ?, ?, ?) \
                      on conflict (address) do nothing";
        sqlx::query(insert)
            .bind(contract.address.to_vec())
            .bind(&contract.name)
            .bind(integer(contract.first_block))
            .bind(integer(contract.first_block))
            .execute(&mut *transaction)
            .await?;
    }
    let all = cursors(&mut transaction).await?;
    transaction.commit().await?;
    Ok(all
        .into_iter()
        .filter(|cursor| contracts.iter().any(|contract| contract.address == cursor.address))
        .collect())
}

/// All contracts that were ever followed, by name.
pub(super) async fn cursors(connection: &mut SqliteConnection) -> Result<Vec<Cursor>, sqlx::Error> {
    let rows = sqlx::query("select name, address, first_block, next_block from contracts order by name, address")
        .fetch_all(connection)
        .await?;
    let cursor = |row: &sqlx::sqlite::SqliteRow| {
        Ok(Cursor {
            name: row.try_get(0)?,
            address: Address::from_slice(row.try_get(1)?),
            first_block: row.try_get::<i64, _>(2)?.cast_unsigned(),
            next_block: row.try_get::<i64, _>(3)?.cast_unsigned(),
        })
    };
    rows.iter().map(cursor).collect()
}
