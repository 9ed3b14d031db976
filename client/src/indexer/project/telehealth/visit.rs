//! Visits as they are after their last event.

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, B256, U256};
use sqlx::SqliteConnection;

use super::{
    super::{ProjectionError, fields::Fields},
    Split, status,
};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    requested: Vec<Requested>,
    visits: BTreeMap<(Address, B256), VisitChange>,
}

#[derive(Debug)]
struct Requested {
    contract: Address,
    id: B256,
    patient: Address,
    provider: Address,
    service: B256,
    arbiter: Address,
    token: Address,
    fee: U256,
    terms_version: i64,
    start_time: i64,
    end_time: i64,
    confirm_by: i64,
    details_hash: B256,
    block: i64,
}

/// `None`: still the same.
#[derive(Debug, Default)]
struct VisitChange {
    status: Option<String>,
    series: Option<B256>,
    started_by: Option<Address>,
    claim: Option<(String, Address)>,
    deadline: Option<i64>,
    closed: Option<(Address, Split)>,
    block: i64,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        match event.name() {
            "VisitRequested" => self.request(event)?,
            "VisitFunded" => {
                self.change(event, "funded")?;
            }
            "VisitConfirmed" => {
                self.change(event, "confirmed")?;
            }
            "VisitStarted" => self.change(event, "in_session")?.started_by = Some(event.address("startedBy")?),
            "OutcomeClaimed" => {
                let change = self.change(event, "claimed")?;
                change.claim = Some((status(event, "outcome")?, event.address("claimedBy")?));
                change.deadline = Some(event.number("contestBy")?);
            }
            "OutcomeContested" => self.change(event, "disputed")?.deadline = Some(event.number("decideBy")?),
            "VisitClosed" => {
                let closed = (event.address("closedBy")?, Split::of(event)?);
                self.change(event, status(event, "status")?)?.closed = Some(closed);
            }
            "SeriesBooked" => {
                let series = event.word("seriesId")?;
                for visit in event.words("visitIds")? {
                    self.entry(event, visit).series = Some(series);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn request(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        self.requested.push(Requested {
            contract: event.contract(),
            id: event.word("visitId")?,
            patient: event.address("patient")?,
            provider: event.address("provider")?,
            service: event.word("service")?,
            arbiter: event.address("arbiter")?,
            token: event.address("token")?,
            fee: event.uint("fee")?,
            terms_version: event.number("termsVersion")?,
            start_time: event.number("startTime")?,
            end_time: event.number("endTime")?,
            confirm_by: event.number("confirmBy")?,
            details_hash: event.word("detailsHash")?,
            block: event.block(),
        });
        Ok(())
    }

    fn change(&mut self, event: &Fields<'_>, status: impl Into<String>) -> Result<&mut VisitChange, ProjectionError> {
        let change = self.entry(event, event.word("visitId")?);
        change.status = Some(status.into());
        Ok(change)
    }

    fn entry(&mut self, event: &Fields<'_>, visit: B256) -> &mut VisitChange {
        let change = self.visits.entry((event.contract(), visit)).or_default();
        change.block = event.block();
        change
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        REQUEST
            .run(connection, &self.requested, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.patient.to_vec())
                    .bind(row.provider.to_vec())
                    .bind(row.service.to_vec())
                    .bind(row.arbiter.to_vec())
                    .bind(row.token.to_vec())
                    .bind(row.fee.to_string())
                    .bind(row.terms_version)
                    .bind(row.start_time)
                    .bind(row.end_time)
                    .bind(row.confirm_by)
                    .bind(row.details_hash.to_vec())
                    .bind("requested")
                    .bind(row.block)
                    .bind(row.block)
            })
            .await?;
        let visits: Vec<_> = self.visits.into_iter().collect();
        CHANGE
            .run(connection, &visits, |query, ((contract, id), change)| {
                let claim = change.claim.as_ref();
                let query = query
                    .bind(contract.to_vec())
                    .bind(id.to_vec())
                    .bind(change.status.clone())
                    .bind(change.started_by.map(|address| address.to_vec()))
                    .bind(claim.map(|(outcome, _)| outcome.clone()))
                    .bind(claim.map(|(_, by)| by.to_vec()))
                    .bind(change.deadline)
                    .bind(change.closed.map(|(by, _)| by.to_vec()));
                let split = Split::texts(change.closed.map(|(_, split)| split));
                split
                    .into_iter()
                    .fold(query, |query, amount| query.bind(amount))
                    .bind(change.block)
                    .bind(change.series.map(|series| series.to_vec()))
            })
            .await?;
        Ok(())
    }
}

const REQUEST: Bulk = Bulk {
    before: "insert or replace into visits (contract, visit_id, patient, provider, service, arbiter, token, fee, \
             terms_version, start_time, end_time, confirm_by, details_hash, status, requested_block, changed_block) \
             values",
    columns: 16,
    after: "",
};

const CHANGE: Bulk = Bulk {
    before: "update visits set status = coalesce(v.column3, status), started_by = coalesce(v.column4, started_by), \
             outcome = coalesce(v.column5, outcome), claimed_by = coalesce(v.column6, claimed_by), \
             deadline = coalesce(v.column7, deadline), closed_by = coalesce(v.column8, closed_by), \
             to_patient = coalesce(v.column9, to_patient), to_provider = coalesce(v.column10, to_provider), \
             to_platform = coalesce(v.column11, to_platform), changed_block = v.column12, \
             series_id = coalesce(v.column13, series_id) from (values",
    columns: 13,
    after: ") as v where visits.contract = v.column1 and visits.visit_id = v.column2",
};
