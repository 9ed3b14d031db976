//! Taking a message in, or not.

use alloy_core::primitives::{Address, B256};
use sqlx::{Connection, Row, SqliteConnection};

use super::{Store, row};
use crate::{
    indexer::{StoreError, integer},
    relayer::{
        limits::{Limit, Usage},
        policy::Policy,
        ticket::{Status, Ticket},
    },
};

/// Whose row counts for all signers together.
const ALL: &[u8] = &[];

/// A message to be taken in.
#[derive(Debug)]
pub(in crate::relayer) struct Candidate<'m> {
    pub(in crate::relayer) id: B256,
    pub(in crate::relayer) contract: &'m str,
    pub(in crate::relayer) name: &'m str,
    pub(in crate::relayer) address: Address,
    pub(in crate::relayer) signer: Address,
    pub(in crate::relayer) nonce: B256,
    pub(in crate::relayer) last_second: Option<u64>,
    /// The message in JSON.
    pub(in crate::relayer) json: &'m str,
}

/// What is counted for a message, in native units.
#[derive(Debug, Clone, Copy)]
pub(in crate::relayer) struct Cost {
    pub(in crate::relayer) fee: u64,
    pub(in crate::relayer) deposit: u64,
}

impl Cost {
    fn sum(self) -> u64 {
        self.fee.saturating_add(self.deposit)
    }
}

/// Why a message is not taken in.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::relayer) enum Denial {
    /// Another one has the nonce.
    NonceTaken(B256, &'static str),
    /// A limit is reached, until a time.
    Limited(Limit, u64),
    /// So many wait.
    Full(u32),
}

/// What became of an attempt to take a message in.
#[derive(Debug)]
pub(in crate::relayer) enum Admission {
    /// It was taken in before, and did not fail since.
    Known(Ticket),
    /// It is not taken in.
    Denied(Denial),
    /// Nothing stands against it.
    Free,
}

impl Store {
    /// What stands against a message, before it is tried. Nothing is changed.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn look(
        &self,
        candidate: &Candidate<'_>,
        policy: &Policy,
        now: u64,
    ) -> Result<Admission, StoreError> {
        let mut connection = self.connection.lock().await;
        let looked = async {
            // Read in one transaction, or half of it might be of another moment.
            let mut transaction = connection.begin().await?;
            let (admission, _) = judge(&mut transaction, candidate, None, policy, now).await?;
            Ok::<_, sqlx::Error>(admission)
        };
        looked.await.map_err(|source| self.failed(source))
    }

    /// Takes a message in, unless something stands against it now; answers the ticket.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn admit(
        &self,
        candidate: &Candidate<'_>,
        cost: Cost,
        policy: &Policy,
        now: u64,
    ) -> Result<Admission, StoreError> {
        let mut connection = self.connection.lock().await;
        let admitted = async {
            let mut transaction = connection.begin_with("begin immediate").await?;
            let (admission, usage) = judge(&mut transaction, candidate, Some(cost), policy, now).await?;
            if !matches!(admission, Admission::Free) {
                return Ok(admission);
            }
            insert(&mut transaction, candidate, cost, usage, now).await?;
            let ticket = row::ticket(&mut transaction, candidate.id).await?;
            transaction.commit().await?;
            ticket.map(Admission::Known).ok_or(sqlx::Error::RowNotFound)
        };
        admitted.await.map_err(|source| self.failed(source))
    }

    /// Counts a message of a signer that was refused when it was tried.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn count_refusal(
        &self,
        signer: Address,
        policy: &Policy,
        now: u64,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection.lock().await;
        let counted = async {
            let mut transaction = connection.begin_with("begin immediate").await?;
            let mut usage = usage(&mut transaction, signer.as_slice()).await?.at(now, policy.window);
            usage.refusals = usage.refusals.saturating_add(1);
            keep(&mut transaction, signer.as_slice(), usage).await?;
            transaction.commit().await
        };
        counted.await.map_err(|source| self.failed(source))
    }
}

/// What stands against a message, and with it the usage of its signer and of all. Without a cost yet, the least is taken.
async fn judge(
    connection: &mut SqliteConnection,
    candidate: &Candidate<'_>,
    cost: Option<Cost>,
    policy: &Policy,
    now: u64,
) -> Result<(Admission, [Usage; 2]), sqlx::Error> {
    let signer = usage(connection, candidate.signer.as_slice())
        .await?
        .at(now, policy.window);
    let all = usage(connection, ALL).await?.at(now, policy.window);
    let known = row::ticket(connection, candidate.id).await?;
    let admission = match known {
        Some(ticket) if !matches!(ticket.status, Status::Failed { .. } | Status::Expired) => Admission::Known(ticket),
        _ => match denied(connection, candidate, cost.map_or(1, Cost::sum), [signer, all], policy).await? {
            Some(denial) => Admission::Denied(denial),
            None => Admission::Free,
        },
    };
    Ok((admission, [signer, all]))
}

async fn denied(
    connection: &mut SqliteConnection,
    candidate: &Candidate<'_>,
    cost: u64,
    [signer, all]: [Usage; 2],
    policy: &Policy,
) -> Result<Option<Denial>, sqlx::Error> {
    if let Some((id, status)) = holder(connection, candidate).await? {
        return Ok(Some(Denial::NonceTaken(id, status)));
    }
    if let Err(limit) = signer.signer_allows(cost, policy) {
        return Ok(Some(Denial::Limited(limit, signer.end(policy.window))));
    }
    let pending: u32 = sqlx::query_scalar("select count(*) from tickets where status in ('accepted', 'submitted')")
        .fetch_one(connection)
        .await?;
    if pending >= policy.max_pending {
        return Ok(Some(Denial::Full(pending)));
    }
    let room = all.all_allow(cost, policy);
    Ok(room.err().map(|limit| Denial::Limited(limit, all.end(policy.window))))
}

/// The message that has the candidate's nonce.
async fn holder(
    connection: &mut SqliteConnection,
    candidate: &Candidate<'_>,
) -> Result<Option<(B256, &'static str)>, sqlx::Error> {
    let select = "select id, status from tickets where address = ? and signer = ? and nonce = ? \
                  and status in ('accepted', 'submitted', 'done')";
    let row = sqlx::query(select)
        .bind(candidate.address.to_vec())
        .bind(candidate.signer.to_vec())
        .bind(candidate.nonce.to_vec())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        let status = match row.try_get("status")? {
            "done" => "done",
            "submitted" => "submitted",
            _ => "accepted",
        };
        Ok((B256::from_slice(row.try_get("id")?), status))
    })
    .transpose()
}

async fn insert(
    connection: &mut SqliteConnection,
    candidate: &Candidate<'_>,
    cost: Cost,
    [mut signer, mut all]: [Usage; 2],
    now: u64,
) -> Result<(), sqlx::Error> {
    // One that failed goes on as a new one.
    sqlx::query("delete from tickets where id = ?")
        .bind(candidate.id.to_vec())
        .execute(&mut *connection)
        .await?;
    let insert = "insert into tickets (id, contract, name, address, signer, nonce, last_second, message, status, cost, deposit, \
                  signer_window, total_window, accepted_at, changed_at) \
                  values (?, ?, ?, ?, ?, ?, ?, ?, 'accepted', ?, ?, ?, ?, ?, ?)";
    sqlx::query(insert)
        .bind(candidate.id.to_vec())
        .bind(candidate.contract)
        .bind(candidate.name)
        .bind(candidate.address.to_vec())
        .bind(candidate.signer.to_vec())
        .bind(candidate.nonce.to_vec())
        .bind(candidate.last_second.map(integer))
        .bind(candidate.json)
        .bind(integer(cost.sum()))
        .bind(integer(cost.deposit))
        .bind(integer(signer.window_start))
        .bind(integer(all.window_start))
        .bind(integer(now))
        .bind(integer(now))
        .execute(&mut *connection)
        .await?;
    signer.count(cost.sum());
    all.count(cost.sum());
    keep(connection, candidate.signer.as_slice(), signer).await?;
    keep(connection, ALL, all).await
}

async fn usage(connection: &mut SqliteConnection, signer: &[u8]) -> Result<Usage, sqlx::Error> {
    let select = "select window_start, messages, cost, refusals from usage where signer = ?";
    let row = sqlx::query(select).bind(signer).fetch_optional(connection).await?;
    row.map_or(Ok(Usage::default()), |row| {
        Ok(Usage {
            window_start: row.try_get::<i64, _>(0)?.cast_unsigned(),
            messages: row.try_get(1)?,
            cost: row.try_get::<i64, _>(2)?.cast_unsigned(),
            refusals: row.try_get(3)?,
        })
    })
}

async fn keep(connection: &mut SqliteConnection, signer: &[u8], usage: Usage) -> Result<(), sqlx::Error> {
    let upsert = "insert into usage (signer, window_start, messages, cost, refusals) values (?, ?, ?, ?, ?) \
                  on conflict (signer) do update set window_start = excluded.window_start, messages = excluded.messages, \
                  cost = excluded.cost, refusals = excluded.refusals";
    sqlx::query(upsert)
        .bind(signer)
        .bind(integer(usage.window_start))
        .bind(usage.messages)
        .bind(integer(usage.cost))
        .bind(usage.refusals)
        .execute(connection)
        .await?;
    Ok(())
}
