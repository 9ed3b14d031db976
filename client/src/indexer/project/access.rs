//! What goes on beside consents: requests, emergencies, and logs of accesses.

mod emergency;
mod request;

use alloy_core::primitives::{Address, B256};
use sqlx::SqliteConnection;

use super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    requests: request::Changes,
    emergencies: emergency::Changes,
    logs: Vec<LogBatch>,
}

#[derive(Debug)]
struct LogBatch {
    contract: Address,
    author: Address,
    batch: i64,
    root: B256,
    leaf_count: i64,
    from: i64,
    until: i64,
    block: i64,
    index: i64,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        self.requests.add(event)?;
        self.emergencies.add(event)?;
        if event.name() == "LogAnchored" {
            self.logs.push(LogBatch {
                contract: event.contract(),
                author: event.address("author")?,
                batch: event.number("batch")?,
                root: event.word("root")?,
                leaf_count: event.number("count")?,
                from: event.number("from")?,
                until: event.number("until")?,
                block: event.block(),
                index: event.index(),
            });
        }
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        self.requests.write(connection).await?;
        self.emergencies.write(connection).await?;
        ADD_LOG
            .run(connection, &self.logs, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.author.to_vec())
                    .bind(row.batch)
                    .bind(row.root.to_vec())
                    .bind(row.leaf_count)
                    .bind(row.from)
                    .bind(row.until)
                    .bind(row.block)
                    .bind(row.index)
            })
            .await?;
        Ok(())
    }
}

const ADD_LOG: Bulk = Bulk {
    before: "insert or replace into access_logs (contract, author, batch, root, leaf_count, entries_from, \
             entries_until, block_number, log_index) values",
    columns: 9,
    after: "",
};
