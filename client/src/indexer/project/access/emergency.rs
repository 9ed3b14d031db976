//! Emergency accesses, and what subjects arrange for them.

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, B256};
use sqlx::SqliteConnection;

use super::super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    broken: Vec<Broken>,
    accesses: BTreeMap<(Address, B256), AccessChange>,
    safeguards: BTreeMap<(Address, B256), SafeguardChange>,
}

#[derive(Debug)]
struct Broken {
    contract: Address,
    id: B256,
    subject: B256,
    actor: Address,
    role: i64,
    purpose: i64,
    reviewer: Address,
    evidence: B256,
    veto_window: i64,
    opens_at: i64,
    ends_at: i64,
    review_by: i64,
    is_authorized: bool,
    block: i64,
}

/// `None`: still the same.
#[derive(Debug, Default)]
struct AccessChange {
    status: &'static str,
    /// In which its actor ended it.
    ended_block: Option<i64>,
    vetoed_by: Option<Address>,
    review: Option<(Address, i64)>,
    block: i64,
}

/// `None`: still the same.
#[derive(Debug, Default)]
struct SafeguardChange {
    veto_window: Option<i64>,
    emergency_key: Option<Option<Address>>,
    actor: Address,
    block: i64,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        match event.name() {
            "GlassBroken" => self.break_glass(event)?,
            "AccessVetoed" => self.access(event, "vetoed")?.vetoed_by = Some(event.address("vetoedBy")?),
            "AccessEnded" => self.access(event, "ended")?.ended_block = Some(event.block()),
            "AccessReviewed" => {
                let review = (event.address("reviewer")?, event.number("outcome")?);
                self.access(event, "reviewed")?.review = Some(review);
            }
            "VetoWindowSet" => self.safeguard(event)?.veto_window = Some(event.number("vetoWindow")?),
            "EmergencyKeySet" => self.safeguard(event)?.emergency_key = Some(event.somebody("emergencyKey")?),
            _ => {}
        }
        Ok(())
    }

    fn break_glass(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        self.broken.push(Broken {
            contract: event.contract(),
            id: event.word("accessId")?,
            subject: event.word("subject")?,
            actor: event.address("actor")?,
            role: event.number("role")?,
            purpose: event.number("purpose")?,
            reviewer: event.address("reviewer")?,
            evidence: event.word("evidence")?,
            veto_window: event.number("vetoWindow")?,
            opens_at: event.number("opensAt")?,
            ends_at: event.number("endsAt")?,
            review_by: event.number("reviewBy")?,
            is_authorized: event.flag("isAuthorized")?,
            block: event.block(),
        });
        Ok(())
    }

    fn access(&mut self, event: &Fields<'_>, status: &'static str) -> Result<&mut AccessChange, ProjectionError> {
        let key = (event.contract(), event.word("accessId")?);
        let change = self.accesses.entry(key).or_default();
        (change.status, change.block) = (status, event.block());
        Ok(change)
    }

    fn safeguard(&mut self, event: &Fields<'_>) -> Result<&mut SafeguardChange, ProjectionError> {
        let key = (event.contract(), event.word("subject")?);
        let change = self.safeguards.entry(key).or_default();
        (change.actor, change.block) = (event.address("actor")?, event.block());
        Ok(change)
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        BREAK_GLASS
            .run(connection, &self.broken, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.subject.to_vec())
                    .bind(row.actor.to_vec())
                    .bind(row.role)
                    .bind(row.purpose)
                    .bind(row.reviewer.to_vec())
                    .bind(row.evidence.to_vec())
                    .bind(row.veto_window)
                    .bind(row.opens_at)
                    .bind(row.ends_at)
                    .bind(row.review_by)
                    .bind(row.is_authorized)
                    .bind(if row.veto_window > 0 { "waiting" } else { "open" })
                    .bind(row.block)
                    .bind(row.block)
            })
            .await?;
        let accesses: Vec<_> = self.accesses.into_iter().collect();
        CHANGE_ACCESS
            .run(connection, &accesses, |query, ((contract, id), change)| {
                query
                    .bind(contract.to_vec())
                    .bind(id.to_vec())
                    .bind(change.status)
                    .bind(change.ended_block)
                    .bind(change.vetoed_by.map(|address| address.to_vec()))
                    .bind(change.review.map(|(reviewer, _)| reviewer.to_vec()))
                    .bind(change.review.map(|(_, outcome)| outcome))
                    .bind(change.block)
            })
            .await?;
        let safeguards: Vec<_> = self.safeguards.into_iter().collect();
        SET_SAFEGUARDS
            .run(connection, &safeguards, |query, ((contract, subject), change)| {
                query
                    .bind(contract.to_vec())
                    .bind(subject.to_vec())
                    .bind(change.veto_window)
                    .bind(change.emergency_key.is_some())
                    .bind(change.emergency_key.flatten().map(|address| address.to_vec()))
                    .bind(change.actor.to_vec())
                    .bind(change.block)
            })
            .await?;
        Ok(())
    }
}

const BREAK_GLASS: Bulk = Bulk {
    before: "insert or replace into emergencies (contract, access_id, subject, actor, role, purpose, reviewer, evidence, \
             veto_window, opens_at, ends_at, review_by, is_authorized, status, broken_block, changed_block) values",
    columns: 16,
    after: "",
};

/// The event of an early end has no time: it is that of its block, which is stored before.
const CHANGE_ACCESS: Bulk = Bulk {
    before: "update emergencies set status = v.column3, \
             ends_at = coalesce((select timestamp / 1000 from blocks where number = v.column4), ends_at), \
             vetoed_by = coalesce(v.column5, vetoed_by), reviewed_by = coalesce(v.column6, reviewed_by), \
             outcome = coalesce(v.column7, outcome), changed_block = v.column8 from (values",
    columns: 8,
    after: ") as v where emergencies.contract = v.column1 and emergencies.access_id = v.column2",
};

/// What does not change stays, or is what it is at first.
const SET_SAFEGUARDS: Bulk = Bulk {
    before: "insert or replace into safeguards (contract, subject, veto_window, emergency_key, actor, changed_block) \
             select v.column1, v.column2, coalesce(v.column3, s.veto_window, 0), \
             case when v.column4 then v.column5 else s.emergency_key end, v.column6, v.column7 from (values",
    columns: 7,
    after: ") as v left join safeguards as s on s.contract = v.column1 and s.subject = v.column2",
};
