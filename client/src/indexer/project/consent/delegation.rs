//! What others may do for subjects' controllers.

use alloy_core::primitives::{Address, B256};
use sqlx::SqliteConnection;

use super::super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

/// In their order: control that passes on ends what was delegated before, and nothing after.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<Change>);

#[derive(Debug)]
enum Change {
    Set(Delegation),
    PassedOn(PassedOn),
}

#[derive(Debug)]
struct Delegation {
    contract: Address,
    subject: B256,
    delegate: Address,
    block: i64,
    index: i64,
    powers: i64,
    purposes: Option<i64>,
    valid_until: Option<i64>,
    status: &'static str,
    actor: Address,
}

#[derive(Debug)]
struct PassedOn {
    contract: Address,
    subject: B256,
    block: i64,
    index: i64,
    actor: Address,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        match event.name() {
            "DelegateSet" => {
                let powers = event.number("powers")?;
                self.0.push(Change::Set(Delegation {
                    contract: event.contract(),
                    subject: event.word("subject")?,
                    delegate: event.address("delegate")?,
                    block: event.block(),
                    index: event.index(),
                    powers,
                    purposes: event.limit("purposes")?,
                    valid_until: event.end("validUntil")?,
                    status: if powers == 0 { "ended" } else { "active" },
                    actor: event.address("actor")?,
                }));
            }
            "ControllerTransferred" => self.0.push(Change::PassedOn(PassedOn {
                contract: event.contract(),
                subject: event.word("subject")?,
                block: event.block(),
                index: event.index(),
                actor: event.address("newController")?,
            })),
            _ => {}
        }
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let mut set = Vec::new();
        for change in self.0 {
            match change {
                Change::Set(delegation) => set.push(delegation),
                Change::PassedOn(passed) => {
                    write_set(connection, &std::mem::take(&mut set)).await?;
                    write_passed_on(connection, passed).await?;
                }
            }
        }
        write_set(connection, &set).await
    }
}

async fn write_set(connection: &mut SqliteConnection, set: &[Delegation]) -> Result<(), sqlx::Error> {
    SET.run(connection, set, |query, row| {
        query
            .bind(row.contract.to_vec())
            .bind(row.subject.to_vec())
            .bind(row.delegate.to_vec())
            .bind(row.powers)
            .bind(row.purposes)
            .bind(row.valid_until)
            .bind(row.status)
            .bind(row.actor.to_vec())
            .bind(row.block)
    })
    .await?;
    ADD_HISTORY
        .run(connection, set, |query, row| {
            query
                .bind(row.contract.to_vec())
                .bind(row.subject.to_vec())
                .bind(row.delegate.to_vec())
                .bind(row.block)
                .bind(row.index)
                .bind(row.powers)
                .bind(row.purposes)
                .bind(row.valid_until)
                .bind(row.status)
                .bind(row.actor.to_vec())
        })
        .await?;
    Ok(())
}

/// Control seldom passes on: one statement for each time.
async fn write_passed_on(connection: &mut SqliteConnection, passed: PassedOn) -> Result<(), sqlx::Error> {
    sqlx::query(ADD_ENDED)
        .bind(passed.block)
        .bind(passed.index)
        .bind(passed.actor.to_vec())
        .bind(passed.contract.to_vec())
        .bind(passed.subject.to_vec())
        .execute(&mut *connection)
        .await?;
    sqlx::query(END)
        .bind(passed.actor.to_vec())
        .bind(passed.block)
        .bind(passed.contract.to_vec())
        .bind(passed.subject.to_vec())
        .execute(connection)
        .await?;
    Ok(())
}

const SET: Bulk = Bulk {
    before: "insert or replace into delegations (contract, subject, delegate, powers, purposes, valid_until, status, \
             actor, changed_block) values",
    columns: 9,
    after: "",
};

const ADD_HISTORY: Bulk = Bulk {
    before: "insert into delegation_history (contract, subject, delegate, block_number, log_index, powers, purposes, \
             valid_until, status, actor) values",
    columns: 10,
    after: "",
};

const ADD_ENDED: &str = "insert into delegation_history (contract, subject, delegate, block_number, log_index, powers, \
                         purposes, valid_until, status, actor) \
                         select contract, subject, delegate, ?, ?, powers, purposes, valid_until, 'ended', ? \
                         from delegations where contract = ? and subject = ? and status = 'active'";

const END: &str = "update delegations set status = 'ended', actor = ?, changed_block = ? \
                   where contract = ? and subject = ? and status = 'active'";
