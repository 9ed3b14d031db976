//! Tickets as they are stored.

use alloy_core::primitives::{Address, B256};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{MEMORY, Store};
use crate::{
    indexer::{Location, StoreError},
    relayer::ticket::{Status, Ticket},
};

/// Reads the ticket of this id from the memory at a place, whether or not a relayer has it open.
///
/// # Errors
/// [`StoreError`]: there is none, or it cannot be read.
pub(in crate::relayer) async fn status_of(location: &Location, id: B256) -> Result<Option<Ticket>, StoreError> {
    let mut connection = location.reader(&MEMORY).await?;
    let found = ticket(&mut connection, id).await;
    found.map_err(|source| StoreError::from_sqlx(location.path(), source))
}

impl Store {
    /// The ticket of this id.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn ticket(&self, id: B256) -> Result<Option<Ticket>, StoreError> {
        let mut connection = self.connection.lock().await;
        let found = ticket(&mut connection, id).await;
        found.map_err(|source| self.failed(source))
    }
}

pub(super) async fn ticket(connection: &mut SqliteConnection, id: B256) -> Result<Option<Ticket>, sqlx::Error> {
    let select = "select id, contract, name, signer, nonce, accepted_at, status, tx_hash, receipt, code, reason \
                  from tickets where id = ?";
    let row = sqlx::query(select).bind(id.to_vec()).fetch_optional(connection).await?;
    row.map(|row| read(&row)).transpose()
}

fn read(row: &SqliteRow) -> Result<Ticket, sqlx::Error> {
    let tx_hash = row.try_get::<Option<&[u8]>, _>("tx_hash")?.map(B256::from_slice);
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let status = match (row.try_get("status")?, tx_hash) {
        ("accepted", _) => Status::Accepted,
        ("submitted", Some(tx_hash)) => Status::Submitted { tx_hash },
        ("done", _) => Status::Done {
            transaction: Box::new(decoded(&text("receipt")?.unwrap_or_default())?),
        },
        ("failed", tx_hash) => Status::Failed {
            code: text("code")?.unwrap_or_default(),
            reason: text("reason")?.unwrap_or_default(),
            tx_hash,
        },
        _ => Status::Expired,
    };
    Ok(Ticket {
        ticket: B256::from_slice(row.try_get("id")?),
        contract: row.try_get("contract")?,
        message: row.try_get("name")?,
        signer: Address::from_slice(row.try_get("signer")?),
        nonce: B256::from_slice(row.try_get("nonce")?),
        accepted_at: row.try_get::<i64, _>("accepted_at")?.cast_unsigned(),
        status,
    })
}

/// What was stored as JSON.
pub(super) fn decoded<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
