//! What a relayer keeps in mind: SQLite, one process that writes. It is written before anything is sent, and every commit waits for the
//! disk, so that whatever ends the process, nothing is sent twice or lost.

mod admit;
mod open;
mod progress;
mod row;

use sqlx::{SqliteConnection, sqlite::SqliteSynchronous};
use tokio::sync::Mutex;

use crate::indexer::{Location, Schema, StoreError, WriterLock};

pub(super) use admit::{Admission, Candidate, Cost, Denial};
pub(super) use open::Whose;
pub(super) use progress::{InFlight, Outcome, Queued};
pub(super) use row::status_of;

static MEMORY: Schema = Schema {
    name: "memory of a relayer",
    // `SALR`
    application_id: 0x5341_4c52,
    migrations: &[(1, "tickets", include_str!("../../migrations/relayer/0001_tickets.sql"))],
    synchronous: SqliteSynchronous::Full,
};

/// The memory of one relayer on one chain, opened by its only writer.
#[derive(Debug)]
pub(super) struct Store {
    location: Location,
    connection: Mutex<SqliteConnection>,
    /// Released when the process ends or this is dropped.
    _lock: WriterLock,
}

impl Store {
    fn failed(&self, source: sqlx::Error) -> StoreError {
        StoreError::from_sqlx(self.location.path(), source)
    }
}
