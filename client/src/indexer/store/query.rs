//! Questions that the database answers.

mod access;
mod authority;
mod consent;
mod credential;
mod event;
mod record;
mod token;
mod visit;

use alloy_core::primitives::{Address, B256};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

pub use access::{
    AccessLog, AccessRequest, Emergency, EmergencyFilter, LogFilter, RequestFilter, SafeguardFilter, Safeguards,
};
pub use authority::{Delegation, DelegationFilter, DelegationStep, Succession, SuccessionFilter};
pub use consent::{Consent, ConsentFilter, ConsentStep, Subject, SubjectFilter};
pub use credential::{Credential, CredentialFilter, CredentialStep, Issuer, IssuerFilter, IssuerStep};
pub use event::{Event, EventFilter};
pub use record::{AnchoredBatch, Record, RecordFilter, RecordVersion};
pub use token::{Balance, BalanceFilter};
pub use visit::{Visit, VisitFilter, VisitStep, Withdrawal, WithdrawalFilter};

use super::{Reader, StoreError};

/// A query that conditions are added to as the filter has them, so that each uses its index.
struct Select(QueryBuilder<Sqlite>);

impl Select {
    /// Starts with everything up to the conditions.
    fn new(sql: &'static str) -> Self {
        Self(QueryBuilder::new(format!("{sql} where true")))
    }

    /// `column` has these bytes, if any are given.
    fn bytes(mut self, column: &'static str, value: Option<impl AsRef<[u8]>>) -> Self {
        if let Some(value) = value {
            self.0
                .push(format!(" and {column} = "))
                .push_bind(value.as_ref().to_vec());
        }
        self
    }

    /// `column` has this text, if any is given.
    fn text(mut self, column: &'static str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.0.push(format!(" and {column} = ")).push_bind(value.to_string());
        }
        self
    }

    /// `condition`, an operator behind a column, holds for this number, if one is given.
    fn number(mut self, condition: &'static str, value: Option<u64>) -> Self {
        if let Some(value) = value {
            self.0
                .push(format!(" and {condition} "))
                .push_bind(super::integer(value));
        }
        self
    }

    /// Ends with the order and how many rows are wanted.
    fn order(mut self, columns: &'static str, limit: u32) -> Self {
        self.0
            .push(format!(" order by {columns} limit "))
            .push_bind(i64::from(limit));
        self
    }

    async fn fetch<T>(
        mut self,
        reader: &mut Reader,
        read: impl Fn(&Columns<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.0.build().fetch_all(&mut reader.connection).await;
        let rows = rows.and_then(|rows| rows.iter().map(|row| read(&Columns(row))).collect());
        rows.map_err(|source| reader.failed(source))
    }
}

/// A row, read by the names of its columns.
struct Columns<'r>(&'r SqliteRow);

impl Columns<'_> {
    fn address(&self, column: &str) -> Result<Address, sqlx::Error> {
        self.optional_address(column)?.ok_or_else(|| missing(column))
    }

    fn optional_address(&self, column: &str) -> Result<Option<Address>, sqlx::Error> {
        self.bytes(column)?
            .map(|bytes| Address::try_from(bytes).map_err(|error| decode(error.into())))
            .transpose()
    }

    fn word(&self, column: &str) -> Result<B256, sqlx::Error> {
        self.optional_word(column)?.ok_or_else(|| missing(column))
    }

    fn optional_word(&self, column: &str) -> Result<Option<B256>, sqlx::Error> {
        self.bytes(column)?
            .map(|bytes| B256::try_from(bytes).map_err(|error| decode(error.into())))
            .transpose()
    }

    /// Blocks, times and counts are never negative; sets of bits are the same bits either way.
    fn number(&self, column: &str) -> Result<u64, sqlx::Error> {
        Ok(self.0.try_get::<i64, _>(column)?.cast_unsigned())
    }

    fn optional_number(&self, column: &str) -> Result<Option<u64>, sqlx::Error> {
        Ok(self.0.try_get::<Option<i64>, _>(column)?.map(i64::cast_unsigned))
    }

    fn flag(&self, column: &str) -> Result<bool, sqlx::Error> {
        Ok(self.0.try_get::<i64, _>(column)? != 0)
    }

    fn text(&self, column: &str) -> Result<String, sqlx::Error> {
        self.0.try_get(column)
    }

    fn optional_text(&self, column: &str) -> Result<Option<String>, sqlx::Error> {
        self.0.try_get(column)
    }

    fn bytes(&self, column: &str) -> Result<Option<&[u8]>, sqlx::Error> {
        self.0.try_get(column)
    }
}

fn missing(column: &str) -> sqlx::Error {
    decode(format!("column {column} is null").into())
}

fn decode(error: Box<dyn std::error::Error + Send + Sync>) -> sqlx::Error {
    sqlx::Error::Decode(error)
}
