//! Projections: what the events add up to, in tables that can be asked directly.
//!
//! The events of a batch are first folded into the changes they make, then written table by table. A projection reads
//! the events of one contract only, in their order, so contracts may be indexed up to different blocks. Everything here
//! can be made again from the raw logs; whoever changes what is written raises [`VERSION`].

mod access;
mod consent;
mod credentials;
mod fields;
mod records;
mod status;
mod telehealth;
mod token;

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::{abi::Decoded, log::RawLog};

/// The version of the projections: an index with another one is rebuilt.
pub(super) const VERSION: u32 = 4;

/// Every table that is made from raw logs.
pub(super) const TABLES: [&str; 22] = [
    "subjects",
    "consents",
    "consent_history",
    "delegations",
    "delegation_history",
    "successions",
    "issuers",
    "issuer_history",
    "credentials",
    "credential_history",
    "access_requests",
    "emergencies",
    "safeguards",
    "access_logs",
    "records",
    "record_versions",
    "batches",
    "transfers",
    "balances",
    "visits",
    "visit_history",
    "withdrawals",
];

/// An event lacks a field that its projection needs: the ABI and the projection are of different versions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {event} has no field `{field}` of the expected type")]
pub struct ProjectionError {
    event: String,
    field: &'static str,
}

/// Empties every table that is made from raw logs.
pub(super) async fn clear(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for table in TABLES {
        sqlx::query(AssertSqlSafe(format!("delete from {table}")))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// What a batch of events changes.
#[derive(Debug, Default)]
pub(super) struct Changes {
    consent: consent::Changes,
    credentials: credentials::Changes,
    access: access::Changes,
    records: records::Changes,
    token: token::Changes,
    telehealth: telehealth::Changes,
}

impl Changes {
    /// Adds an event of the contract called `contract` in the address book. Events come in the order of the chain.
    pub(super) fn add(&mut self, contract: &str, log: &RawLog, event: &Decoded) -> Result<(), ProjectionError> {
        let event = fields::Fields::new(log, event);
        match contract {
            "consent" => self.consent.add(&event),
            "credentials" => self.credentials.add(&event),
            "access" => self.access.add(&event),
            "records" => self.records.add(&event),
            "token" => self.token.add(&event),
            "telehealth" => self.telehealth.add(&event),
            _ => Ok(()),
        }
    }

    /// Writes the changes.
    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        self.consent.write(connection).await?;
        self.credentials.write(connection).await?;
        self.access.write(connection).await?;
        self.records.write(connection).await?;
        self.token.write(connection).await?;
        self.telehealth.write(connection).await
    }
}
