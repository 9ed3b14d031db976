//! Visits and what was withdrawn from their escrow.

mod visit;

use alloy_core::primitives::{Address, B256, U256};
use salus_core::telehealth::Status;
use sqlx::SqliteConnection;

use super::{ProjectionError, fields::Fields};
use crate::{contracts::telehealth::status_name, indexer::store::bulk::Bulk};

#[derive(Debug, Default)]
pub(super) struct Changes {
    visits: visit::Changes,
    history: Vec<HistoryRow>,
    withdrawals: Vec<Withdrawal>,
}

/// What became of a fee.
#[derive(Debug, Clone, Copy)]
struct Split {
    to_patient: U256,
    to_provider: U256,
    to_platform: U256,
}

#[derive(Debug, Default)]
struct HistoryRow {
    contract: Address,
    id: B256,
    block: i64,
    index: i64,
    step: String,
    actor: Option<Address>,
    outcome: Option<String>,
    provider_share: Option<i64>,
    evidence: Option<B256>,
    paid: Option<U256>,
    split: Option<Split>,
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
        self.visits.add(event)?;
        match event.name() {
            "VisitRequested" => self.step(event, "requested")?.actor = Some(event.address("patient")?),
            "VisitFunded" => self.step(event, "funded")?.paid = Some(event.uint("fee")?),
            "VisitConfirmed" => {
                self.step(event, "confirmed")?;
            }
            "VisitStarted" => self.step(event, "in_session")?.actor = Some(event.address("startedBy")?),
            "OutcomeClaimed" => {
                let row = self.step(event, "claimed")?;
                row.actor = Some(event.address("claimedBy")?);
                row.outcome = Some(status(event, "outcome")?);
                row.evidence = hash(event, "evidence")?;
            }
            "OutcomeContested" => {
                let row = self.step(event, "disputed")?;
                row.actor = Some(event.address("contestedBy")?);
                row.evidence = hash(event, "evidence")?;
            }
            "EvidenceSubmitted" => {
                let row = self.step(event, "evidence")?;
                row.actor = Some(event.address("submittedBy")?);
                row.evidence = hash(event, "evidence")?;
            }
            "DisputeDecided" => {
                let row = self.step(event, "decided")?;
                row.actor = Some(event.address("arbiter")?);
                row.provider_share = Some(event.number("providerShare")?);
                row.evidence = hash(event, "reasons")?;
            }
            "VisitClosed" => {
                let row = self.step(event, status(event, "status")?)?;
                row.actor = Some(event.address("closedBy")?);
                row.split = Some(Split::of(event)?);
            }
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

    fn step(&mut self, event: &Fields<'_>, step: impl Into<String>) -> Result<&mut HistoryRow, ProjectionError> {
        let row = HistoryRow {
            contract: event.contract(),
            id: event.word("visitId")?,
            block: event.block(),
            index: event.index(),
            step: step.into(),
            ..HistoryRow::default()
        };
        Ok(self.history.push_mut(row))
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        self.visits.write(connection).await?;
        ADD_HISTORY
            .run(connection, &self.history, |query, row| {
                let query = query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.block)
                    .bind(row.index)
                    .bind(row.step.clone())
                    .bind(row.actor.map(|address| address.to_vec()))
                    .bind(row.outcome.clone())
                    .bind(row.provider_share)
                    .bind(row.evidence.map(|hash| hash.to_vec()))
                    .bind(row.paid.map(|amount| amount.to_string()));
                Split::texts(row.split)
                    .into_iter()
                    .fold(query, |query, amount| query.bind(amount))
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

impl Split {
    fn of(event: &Fields<'_>) -> Result<Self, ProjectionError> {
        Ok(Self {
            to_patient: event.uint("toPatient")?,
            to_provider: event.uint("toProvider")?,
            to_platform: event.uint("toPlatform")?,
        })
    }

    /// As columns hold it: to the patient, the provider and the platform.
    fn texts(split: Option<Self>) -> [Option<String>; 3] {
        let Some(split) = split else {
            return [None, None, None];
        };
        [split.to_patient, split.to_provider, split.to_platform].map(|amount| Some(amount.to_string()))
    }
}

/// A status by its name; its number, if this version knows none of it.
fn status(event: &Fields<'_>, field: &'static str) -> Result<String, ProjectionError> {
    let number = event.number(field)?;
    let known = u8::try_from(number).ok().and_then(Status::from_number);
    Ok(known.map_or_else(|| number.to_string(), |status| status_name(status).into()))
}

/// A hash that is none if it is zero.
fn hash(event: &Fields<'_>, field: &'static str) -> Result<Option<B256>, ProjectionError> {
    Ok(Some(event.word(field)?).filter(|hash| !hash.is_zero()))
}

const ADD_HISTORY: Bulk = Bulk {
    before: "insert into visit_history (contract, visit_id, block_number, log_index, step, actor, outcome, \
             provider_share, evidence, paid, to_patient, to_provider, to_platform) values",
    columns: 13,
    after: "",
};

const ADD_WITHDRAWAL: Bulk = Bulk {
    before: "insert into withdrawals (contract, block_number, log_index, account, token, amount) values",
    columns: 6,
    after: "",
};
