//! From accepted to done, a step at a time.

use alloy_core::primitives::{Address, B256};
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteRow};

use super::Store;
use crate::{
    chain::{Message, Receipt, Signed},
    indexer::{StoreError, integer},
    relayer::message::SignedMessage,
};

/// How long the end of a message is told after its last second, in seconds.
const TOLD: u64 = 86_400;

/// A message that is to be sent, or was.
#[derive(Debug, Clone)]
pub(in crate::relayer) struct Queued {
    pub(in crate::relayer) id: B256,
    /// The call that carries it out.
    pub(in crate::relayer) call: Message,
    /// What is counted for it.
    pub(in crate::relayer) cost: u64,
}

/// A transaction that was sent, or was about to be, with the messages that it carries, in order.
#[derive(Debug)]
pub(in crate::relayer) struct InFlight {
    pub(in crate::relayer) signed: Signed,
    pub(in crate::relayer) messages: Vec<Queued>,
}

/// How a message ended.
#[derive(Debug)]
pub(in crate::relayer) enum Outcome {
    /// By this transaction.
    Done(Receipt),
    /// By an error, in this transaction if it was sent; then its cost stays counted.
    Failed {
        code: &'static str,
        reason: String,
        tx_hash: Option<B256>,
    },
}

impl Store {
    /// The messages that are to be sent, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn queued(&self, most: usize) -> Result<Vec<Queued>, StoreError> {
        let mut connection = self.connection.lock().await;
        let select =
            "select id, address, message, cost from tickets where status = 'accepted' order by sequence limit ?";
        let read = async {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = sqlx::query(select).bind(most).fetch_all(&mut *connection).await?;
            rows.iter().map(queued).collect::<Result<Vec<_>, sqlx::Error>>()
        };
        read.await.map_err(|source| self.failed(source))
    }

    /// The transactions whose end is not known.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn in_flight(&self) -> Result<Vec<InFlight>, StoreError> {
        let mut connection = self.connection.lock().await;
        let select = "select id, address, message, cost, tx_hash, account_nonce, after_block from tickets \
                      where status = 'submitted' order by account_nonce, tx_hash, place";
        let read = async {
            let mut found: Vec<InFlight> = Vec::new();
            for row in sqlx::query(select).fetch_all(&mut *connection).await? {
                let signed = Signed {
                    tx_hash: B256::from_slice(row.try_get("tx_hash")?),
                    nonce: row.try_get::<i64, _>("account_nonce")?.cast_unsigned(),
                    block: row.try_get::<i64, _>("after_block")?.cast_unsigned(),
                };
                let message = queued(&row)?;
                match found.last_mut() {
                    Some(last) if last.signed == signed => last.messages.push(message),
                    _ => found.push(InFlight {
                        signed,
                        messages: vec![message],
                    }),
                }
            }
            Ok::<_, sqlx::Error>(found)
        };
        read.await.map_err(|source| self.failed(source))
    }

    /// Notes the transaction that carries these messages, before it is sent.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn note(&self, ids: &[B256], signed: &Signed) -> Result<(), StoreError> {
        let update = "update tickets set status = 'submitted', tx_hash = ?, account_nonce = ?, after_block = ?, place = ? \
                      where id = ? and status in ('accepted', 'submitted')";
        let mut connection = self.connection.lock().await;
        let noted = async {
            let mut transaction = connection.begin_with("begin immediate").await?;
            for (place, id) in (0_i64..).zip(ids) {
                sqlx::query(update)
                    .bind(signed.tx_hash.to_vec())
                    .bind(integer(signed.nonce))
                    .bind(integer(signed.block))
                    .bind(place)
                    .bind(id.to_vec())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await
        };
        noted.await.map_err(|source| self.failed(source))
    }

    /// Notes that the transaction of these messages was not sent, and never will be in a block: they are to be sent again.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn requeue(&self, ids: &[B256]) -> Result<(), StoreError> {
        let update = "update tickets set status = 'accepted', tx_hash = null, account_nonce = null, after_block = null, place = null \
                      where id = ? and status = 'submitted'";
        let mut connection = self.connection.lock().await;
        let requeued = async {
            let mut transaction = connection.begin_with("begin immediate").await?;
            for id in ids {
                sqlx::query(update).bind(id.to_vec()).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        };
        requeued.await.map_err(|source| self.failed(source))
    }

    /// Notes how messages ended.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn settle(&self, ends: &[(B256, Outcome)], now: u64) -> Result<(), StoreError> {
        let mut connection = self.connection.lock().await;
        let settled = async {
            let mut transaction = connection.begin_with("begin immediate").await?;
            for (id, outcome) in ends {
                settle(&mut transaction, *id, outcome, now).await?;
            }
            transaction.commit().await
        };
        settled.await.map_err(|source| self.failed(source))
    }

    /// Notes which messages were not sent in time, and forgets those whose end was told for long enough. A message that has no last second
    /// and was carried out is never forgotten.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(in crate::relayer) async fn tidy(&self, now: u64, window: u64) -> Result<(), StoreError> {
        let mut connection = self.connection.lock().await;
        let tidied = async {
            let mut transaction = connection.begin_with("begin immediate").await?;
            let late = "select id from tickets where status = 'accepted' and last_second < ?";
            let late: Vec<Vec<u8>> = sqlx::query_scalar(late)
                .bind(integer(now))
                .fetch_all(&mut *transaction)
                .await?;
            for id in late {
                count_cost(&mut transaction, &id, 0).await?;
                sqlx::query("update tickets set status = 'expired', changed_at = ? where id = ?")
                    .bind(integer(now))
                    .bind(id)
                    .execute(&mut *transaction)
                    .await?;
            }
            let told = integer(now.saturating_sub(TOLD));
            sqlx::query("delete from tickets where status in ('done', 'failed', 'expired') and last_second < ? and changed_at < ?")
                .bind(told)
                .bind(told)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("delete from tickets where status = 'failed' and last_second is null and changed_at < ?")
                .bind(told)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("delete from usage where window_start < ?")
                .bind(integer(now.saturating_sub(window)))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        };
        tidied.await.map_err(|source| self.failed(source))
    }
}

async fn settle(connection: &mut SqliteConnection, id: B256, outcome: &Outcome, now: u64) -> Result<(), sqlx::Error> {
    match outcome {
        Outcome::Done(receipt) => {
            let paid = u64::try_from(receipt.fee).unwrap_or(u64::MAX);
            let deposit: i64 = sqlx::query_scalar("select deposit from tickets where id = ?")
                .bind(id.to_vec())
                .fetch_one(&mut *connection)
                .await?;
            count_cost(connection, id.as_slice(), paid.saturating_add(deposit.cast_unsigned())).await?;
            let json = serde_json::to_string(receipt).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
            let update = "update tickets set status = 'done', tx_hash = ?, receipt = ?, changed_at = ? where id = ?";
            sqlx::query(update)
                .bind(receipt.tx_hash.to_vec())
                .bind(json)
                .bind(integer(now))
                .bind(id.to_vec())
                .execute(&mut *connection)
                .await?;
            if receipt.finalized {
                let update = "update meta set block_number = ?, block_hash = ? where coalesce(block_number, 0) <= ?";
                sqlx::query(update)
                    .bind(integer(receipt.block_number))
                    .bind(receipt.block_hash.to_vec())
                    .bind(integer(receipt.block_number))
                    .execute(connection)
                    .await?;
            }
        }
        Outcome::Failed { code, reason, tx_hash } => {
            if tx_hash.is_none() {
                count_cost(connection, id.as_slice(), 0).await?;
            }
            let update =
                "update tickets set status = 'failed', tx_hash = ?, code = ?, reason = ?, changed_at = ? where id = ?";
            sqlx::query(update)
                .bind(tx_hash.map(|hash| hash.to_vec()))
                .bind(*code)
                .bind(reason.as_str())
                .bind(integer(now))
                .bind(id.to_vec())
                .execute(connection)
                .await?;
        }
    }
    Ok(())
}

/// Counts another cost for a message than was counted before, in the windows that it is counted in, if they are not over.
async fn count_cost(connection: &mut SqliteConnection, id: &[u8], cost: u64) -> Result<(), sqlx::Error> {
    let select = "select signer, signer_window, total_window, cost from tickets where id = ?";
    let row = sqlx::query(select).bind(id).fetch_one(&mut *connection).await?;
    let signer: Address = Address::from_slice(row.try_get("signer")?);
    let before: i64 = row.try_get("cost")?;
    let windows: [(&[u8], i64); 2] = [
        (signer.as_slice(), row.try_get("signer_window")?),
        (&[], row.try_get("total_window")?),
    ];
    for (whose, window) in windows {
        sqlx::query("update usage set cost = max(cost - ? + ?, 0) where signer = ? and window_start = ?")
            .bind(before)
            .bind(integer(cost))
            .bind(whose)
            .bind(window)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("update tickets set cost = ? where id = ?")
        .bind(integer(cost))
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

fn queued(row: &SqliteRow) -> Result<Queued, sqlx::Error> {
    // It was checked before it was stored.
    let message = SignedMessage::parse(row.try_get::<&str, _>("message")?.as_bytes());
    let message = message.map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Queued {
        id: B256::from_slice(row.try_get("id")?),
        call: Message::call(Address::from_slice(row.try_get("address")?), message.to_call()),
        cost: row.try_get::<i64, _>("cost")?.cast_unsigned(),
    })
}
