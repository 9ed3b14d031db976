//! The database: SQLite, one writer, any number of readers.

pub(super) mod bulk;
mod cursor;
mod error;
mod open;
mod query;
mod rebuild;
mod status;
mod write;

use sqlx::{Connection, SqliteConnection};

use alloy_core::primitives::B256;

pub use cursor::{Cursor, Followed};
pub use error::StoreError;
use open::INDEX;
pub use open::Location;
pub(crate) use open::{Schema, WriterLock};
pub use query::{
    AccessLog, AccessRequest, AnchoredBatch, Balance, BalanceFilter, Consent, ConsentFilter, ConsentStep, Credential,
    CredentialFilter, CredentialStep, Delegation, DelegationFilter, DelegationStep, Emergency, EmergencyFilter, Event,
    EventFilter, Issuer, IssuerFilter, IssuerStep, LogFilter, Record, RecordFilter, RecordVersion, RequestFilter,
    SafeguardFilter, Safeguards, Subject, SubjectFilter, Succession, SuccessionFilter, Visit, VisitFilter, VisitStep,
    Withdrawal, WithdrawalFilter,
};
pub use status::{Checkpoint, ContractStatus, Status, TableRows};
pub use write::{Batch, IndexedLog};

/// The database of one chain, opened by its only writer.
#[derive(Debug)]
pub struct Store {
    location: Location,
    connection: SqliteConnection,
    genesis_hash: B256,
    /// Released when the process ends or this is dropped.
    _lock: WriterLock,
}

impl Store {
    /// Opens the database for the chain with this genesis, makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`]: among others somebody else writes to it, a newer version made it, or it is of another chain.
    pub async fn open(location: &Location, genesis_hash: B256) -> Result<Self, StoreError> {
        let (mut connection, lock) = location.writer(&INDEX).await?;
        let insert = "insert into meta (id, genesis_hash, derived_by) values (1, ?, x'') on conflict (id) do nothing";
        let inserted = sqlx::query(insert)
            .bind(genesis_hash.to_vec())
            .execute(&mut connection)
            .await;
        inserted.map_err(|source| StoreError::from_sqlx(location.path(), source))?;
        let store = Self::of(location, connection, lock).await?;
        if store.genesis_hash == genesis_hash {
            return Ok(store);
        }
        let path = location.path().into();
        Err(StoreError::OtherChain {
            path,
            stored: store.genesis_hash,
            found: genesis_hash,
        })
    }

    /// Opens a database that exists, of whatever chain, and brings its schema up to date.
    ///
    /// # Errors
    /// As [`Store::open`]; [`StoreError::Missing`] if there is none.
    pub async fn open_existing(location: &Location) -> Result<Self, StoreError> {
        // Its schema says whether it is one.
        drop(location.existing(&INDEX).await?);
        let (connection, lock) = location.writer(&INDEX).await?;
        Self::of(location, connection, lock).await
    }

    async fn of(location: &Location, mut connection: SqliteConnection, lock: WriterLock) -> Result<Self, StoreError> {
        let genesis = genesis_of(&mut connection).await;
        let genesis_hash = genesis.map_err(|source| StoreError::from_sqlx(location.path(), source))?;
        Ok(Self {
            location: location.clone(),
            connection,
            genesis_hash,
            _lock: lock,
        })
    }

    /// The database's place.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The genesis of its chain.
    pub fn genesis_hash(&self) -> B256 {
        self.genesis_hash
    }

    /// Closes the database in order: the write-ahead log goes into the file. Not needed for safety.
    ///
    /// # Errors
    /// [`StoreError`]: the last step failed; what was committed is safe.
    pub async fn close(self) -> Result<(), StoreError> {
        let location = self.location;
        self.connection
            .close()
            .await
            .map_err(|source| StoreError::from_sqlx(location.path(), source))
    }

    fn failed(&self, source: sqlx::Error) -> StoreError {
        StoreError::from_sqlx(self.location.path(), source)
    }
}

/// The same database, opened to ask it. Any number of readers work beside the writer.
#[derive(Debug)]
pub struct Reader {
    location: Location,
    connection: SqliteConnection,
}

impl Reader {
    /// Opens an existing database.
    ///
    /// # Errors
    /// [`StoreError`]: there is none, or its schema is not that of this version.
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        Ok(Self {
            location: location.clone(),
            connection: location.reader(&INDEX).await?,
        })
    }

    fn failed(&self, source: sqlx::Error) -> StoreError {
        StoreError::from_sqlx(self.location.path(), source)
    }
}

async fn genesis_of(connection: &mut SqliteConnection) -> Result<B256, sqlx::Error> {
    let bytes: Vec<u8> = sqlx::query_scalar("select genesis_hash from meta")
        .fetch_one(connection)
        .await?;
    Ok(B256::from_slice(&bytes))
}

/// A number as SQLite holds it. Block numbers are far below 2^63.
pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
