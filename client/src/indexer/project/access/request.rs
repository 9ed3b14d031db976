//! Requests for access.

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, B256};
use sqlx::SqliteConnection;

use super::super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    requested: Vec<Requested>,
    statuses: BTreeMap<(Address, B256), StatusChange>,
}

#[derive(Debug)]
struct Requested {
    contract: Address,
    id: B256,
    subject: B256,
    requester: Address,
    commitment: B256,
    open_until: Option<i64>,
    block: i64,
}

#[derive(Debug)]
struct StatusChange {
    status: &'static str,
    consent: Option<B256>,
    actor: Address,
    block: i64,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        match event.name() {
            "AccessRequested" => self.requested.push(Requested {
                contract: event.contract(),
                id: event.word("requestId")?,
                subject: event.word("subject")?,
                requester: event.address("requester")?,
                commitment: event.word("commitment")?,
                open_until: event.end("until")?,
                block: event.block(),
            }),
            "RequestApproved" => self.status(event, "approved", Some(event.word("consentId")?), "actor")?,
            "RequestRefused" => self.status(event, "refused", None, "actor")?,
            "RequestWithdrawn" => self.status(event, "withdrawn", None, "requester")?,
            _ => {}
        }
        Ok(())
    }

    fn status(
        &mut self,
        event: &Fields<'_>,
        status: &'static str,
        consent: Option<B256>,
        actor: &'static str,
    ) -> Result<(), ProjectionError> {
        let change = StatusChange {
            status,
            consent,
            actor: event.address(actor)?,
            block: event.block(),
        };
        self.statuses
            .insert((event.contract(), event.word("requestId")?), change);
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        REQUEST
            .run(connection, &self.requested, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.subject.to_vec())
                    .bind(row.requester.to_vec())
                    .bind(row.commitment.to_vec())
                    .bind(row.open_until)
                    .bind("open")
                    .bind(row.block)
                    .bind(row.block)
            })
            .await?;
        let statuses: Vec<_> = self.statuses.into_iter().collect();
        CHANGE_STATUS
            .run(connection, &statuses, |query, ((contract, id), change)| {
                query
                    .bind(contract.to_vec())
                    .bind(id.to_vec())
                    .bind(change.status)
                    .bind(change.consent.map(|id| id.to_vec()))
                    .bind(change.actor.to_vec())
                    .bind(change.block)
            })
            .await?;
        Ok(())
    }
}

const REQUEST: Bulk = Bulk {
    before: "insert or replace into access_requests (contract, request_id, subject, requester, commitment, open_until, \
             status, requested_block, changed_block) values",
    columns: 9,
    after: "",
};

const CHANGE_STATUS: Bulk = Bulk {
    before: "update access_requests set status = v.column3, consent_id = v.column4, actor = v.column5, \
             changed_block = v.column6 from (values",
    columns: 6,
    after: ") as v where access_requests.contract = v.column1 and access_requests.request_id = v.column2",
};
