//! The statuses of what has an identifier: the one that it has now, and each that it had.

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, B256};
use sqlx::SqliteConnection;

use super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

/// Where they are kept.
#[derive(Debug)]
pub(super) struct Table {
    /// The field of events that holds the identifier.
    pub(super) id: &'static str,
    /// Sets status, successor and block of what has a status: five values, with contract and identifier first.
    pub(super) change: Bulk,
    /// Adds to the history: contract, identifier, block, position, status, actor.
    pub(super) add_history: Bulk,
}

#[derive(Debug, Default)]
pub(super) struct Statuses {
    changes: BTreeMap<(Address, B256), Change>,
    history: Vec<Step>,
}

#[derive(Debug)]
struct Change {
    status: &'static str,
    successor: Option<B256>,
    block: i64,
}

#[derive(Debug)]
struct Step {
    contract: Address,
    id: B256,
    block: i64,
    index: i64,
    status: &'static str,
    actor: Option<Address>,
}

impl Statuses {
    /// It is new, and written with its first status.
    pub(super) fn begin(
        &mut self,
        table: &Table,
        event: &Fields<'_>,
        status: &'static str,
        actor: Option<Address>,
    ) -> Result<(), ProjectionError> {
        self.history.push(Step {
            contract: event.contract(),
            id: event.word(table.id)?,
            block: event.block(),
            index: event.index(),
            status,
            actor,
        });
        Ok(())
    }

    /// It has another status, and if it was renewed, a successor.
    pub(super) fn change(
        &mut self,
        table: &Table,
        event: &Fields<'_>,
        status: &'static str,
        successor: Option<B256>,
        actor: Option<Address>,
    ) -> Result<(), ProjectionError> {
        let change = Change {
            status,
            successor,
            block: event.block(),
        };
        self.changes.insert((event.contract(), event.word(table.id)?), change);
        self.begin(table, event, status, actor)
    }

    /// Writes them, behind what is new.
    pub(super) async fn write(self, table: &Table, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let changes: Vec<_> = self.changes.into_iter().collect();
        let change = &table.change;
        change
            .run(connection, &changes, |query, ((contract, id), change)| {
                query
                    .bind(contract.to_vec())
                    .bind(id.to_vec())
                    .bind(change.status)
                    .bind(change.successor.map(|id| id.to_vec()))
                    .bind(change.block)
            })
            .await?;
        let add_history = &table.add_history;
        add_history
            .run(connection, &self.history, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.block)
                    .bind(row.index)
                    .bind(row.status)
                    .bind(row.actor.map(|address| address.to_vec()))
            })
            .await?;
        Ok(())
    }
}
