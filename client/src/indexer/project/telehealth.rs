//! Visits and what was withdrawn from their escrow.

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, B256, U256};
use sqlx::SqliteConnection;

use super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    requested: Vec<Requested>,
    statuses: BTreeMap<(Address, i64), StatusChange>,
    history: Vec<HistoryRow>,
    withdrawals: Vec<Withdrawal>,
}

#[derive(Debug)]
struct Requested {
    contract: Address,
    id: i64,
    patient: Address,
    provider: Address,
    token: Address,
    fee: U256,
    start_time: i64,
    confirm_by: i64,
    complete_by: i64,
    details_hash: B256,
    block: i64,
}

#[derive(Debug)]
struct StatusChange {
    status: &'static str,
    cancelled_by: Option<Address>,
    block: i64,
}

#[derive(Debug)]
struct HistoryRow {
    contract: Address,
    id: i64,
    block: i64,
    index: i64,
    status: &'static str,
    amount: Option<U256>,
}

#[derive(Debug)]
struct Withdrawal {
    contract: Address,
    block: i64,
    index: i64,
    account: Address,
    token: Address,
    amount: U256,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        match event.name() {
            "VisitRequested" => {
                self.request(event)?;
                self.history(event, "requested", None)?;
            }
            "VisitFunded" => self.status(event, "funded", Some(event.uint("fee")?), None)?,
            "VisitConfirmed" => self.status(event, "confirmed", None, None)?,
            "VisitCompleted" => self.status(event, "completed", Some(event.uint("released")?), None)?,
            "VisitCancelled" => {
                let by = event.address("cancelledBy")?;
                self.status(event, "cancelled", Some(event.uint("refunded")?), Some(by))?;
            }
            "VisitDeclined" => self.status(event, "declined", Some(event.uint("refunded")?), None)?,
            "VisitExpired" => self.status(event, "expired", Some(event.uint("refunded")?), None)?,
            "Withdrawn" => self.withdrawals.push(Withdrawal {
                contract: event.contract(),
                block: event.block(),
                index: event.index(),
                account: event.address("account")?,
                token: event.address("token")?,
                amount: event.uint("amount")?,
            }),
            _ => {}
        }
        Ok(())
    }

    fn request(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        self.requested.push(Requested {
            contract: event.contract(),
            id: event.number("visitId")?,
            patient: event.address("patient")?,
            provider: event.address("provider")?,
            token: event.address("token")?,
            fee: event.uint("fee")?,
            start_time: event.number("startTime")?,
            confirm_by: event.number("confirmBy")?,
            complete_by: event.number("completeBy")?,
            details_hash: event.word("detailsHash")?,
            block: event.block(),
        });
        Ok(())
    }

    fn status(
        &mut self,
        event: &Fields<'_>,
        status: &'static str,
        amount: Option<U256>,
        cancelled_by: Option<Address>,
    ) -> Result<(), ProjectionError> {
        let key = (event.contract(), event.number("visitId")?);
        let change = StatusChange {
            status,
            cancelled_by,
            block: event.block(),
        };
        self.statuses.insert(key, change);
        self.history(event, status, amount)
    }

    fn history(
        &mut self,
        event: &Fields<'_>,
        status: &'static str,
        amount: Option<U256>,
    ) -> Result<(), ProjectionError> {
        self.history.push(HistoryRow {
            contract: event.contract(),
            id: event.number("visitId")?,
            block: event.block(),
            index: event.index(),
            status,
            amount,
        });
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        REQUEST
            .run(connection, &self.requested, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id)
                    .bind(row.patient.to_vec())
                    .bind(row.provider.to_vec())
                    .bind(row.token.to_vec())
                    .bind(row.fee.to_string())
                    .bind(row.start_time)
                    .bind(row.confirm_by)
                    .bind(row.complete_by)
                    .bind(row.details_hash.to_vec())
                    .bind("requested")
                    .bind(row.block)
                    .bind(row.block)
            })
            .await?;
        let statuses: Vec<_> = self.statuses.into_iter().collect();
        CHANGE_STATUS
            .run(connection, &statuses, |query, ((contract, id), change)| {
                query
                    .bind(contract.to_vec())
                    .bind(*id)
                    .bind(change.status)
                    .bind(change.cancelled_by.map(|address| address.to_vec()))
                    .bind(change.block)
            })
            .await?;
        ADD_HISTORY
            .run(connection, &self.history, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id)
                    .bind(row.block)
                    .bind(row.index)
                    .bind(row.status)
                    .bind(row.amount.map(|amount| amount.to_string()))
            })
            .await?;
        ADD_WITHDRAWAL
            .run(connection, &self.withdrawals, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.block)
                    .bind(row.index)
                    .bind(row.account.to_vec())
                    .bind(row.token.to_vec())
                    .bind(row.amount.to_string())
            })
            .await?;
        Ok(())
    }
}

const REQUEST: Bulk = Bulk {
    before: "insert or replace into visits (contract, visit_id, patient, provider, token, fee, start_time, \
             confirm_by, complete_by, details_hash, status, requested_block, changed_block) values",
    columns: 13,
    after: "",
};

const CHANGE_STATUS: Bulk = Bulk {
    before: "update visits set status = v.column3, cancelled_by = v.column4, changed_block = v.column5 from (values",
    columns: 5,
    after: ") as v where visits.contract = v.column1 and visits.visit_id = v.column2",
};

const ADD_HISTORY: Bulk = Bulk {
    before: "insert into visit_history (contract, visit_id, block_number, log_index, status, amount) values",
    columns: 6,
    after: "",
};

const ADD_WITHDRAWAL: Bulk = Bulk {
    before: "insert into withdrawals (contract, block_number, log_index, account, token, amount) values",
    columns: 6,
    after: "",
};
