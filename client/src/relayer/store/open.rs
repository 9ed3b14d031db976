//! Opening a relayer's memory, and making sure that it is of this relayer, and of this chain.

use alloy_core::primitives::B256;
use sqlx::{Connection, Row};
use tokio::sync::Mutex;

use super::{MEMORY, Store};
use crate::{
    account::Account,
    chain::{Chain, ChainError},
    indexer::{Location, StoreError},
};

/// Whose memory it is, and of which chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::relayer) struct Whose {
    pub(in crate::relayer) genesis_hash: B256,
    pub(in crate::relayer) account: Account,
}

impl Store {
    /// Opens the memory, or makes it.
    ///
    /// # Errors
    /// [`StoreError`]: among others another process has it, or it is of another chain or relayer.
    pub(in crate::relayer) async fn open(location: &Location, whose: Whose) -> Result<Self, StoreError> {
        let (mut connection, lock) = location.writer(&MEMORY).await?;
        let failed = |source| StoreError::from_sqlx(location.path(), source);
        let insert = "insert into meta (id, genesis_hash, account) values (1, ?, ?) on conflict (id) do nothing";
        sqlx::query(insert)
            .bind(whose.genesis_hash.to_vec())
            .bind(whose.account.id().to_vec())
            .execute(&mut connection)
            .await
            .map_err(failed)?;
        let row = sqlx::query("select genesis_hash, account from meta")
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?;
        let stored = B256::from_slice(row.try_get(0).map_err(failed)?);
        if stored != whose.genesis_hash {
            return Err(StoreError::OtherChain {
                path: location.path().into(),
                stored,
                found: whose.genesis_hash,
            });
        }
        if row.try_get::<&[u8], _>(1).map_err(failed)? != whose.account.id() {
            return Err(StoreError::NotExpected {
                path: location.path().into(),
                expected: "memory of this relayer",
            });
        }
        Ok(Self {
            location: location.clone(),
            connection: Mutex::new(connection),
            _lock: lock,
        })
    }

    /// Makes sure that the chain still has the last final block in which something was carried out. A development chain that was started
    /// anew has not: then all is forgotten, as nothing of it ever happened there.
    ///
    /// # Errors
    /// [`StoreError::OtherHistory`] for any other chain; the chain was not reached; the database refuses.
    pub(in crate::relayer) async fn check_history(&self, chain: &Chain) -> Result<Result<(), StoreError>, ChainError> {
        let last = match self.last_block().await {
            Ok(None) => return Ok(Ok(())),
            Ok(Some(last)) => last,
            Err(error) => return Ok(Err(error)),
        };
        let (number, stored) = last;
        let found = chain.block_hash(number).await?;
        if found == Some(stored) {
            return Ok(Ok(()));
        }
        if chain.network().development {
            tracing::warn!(
                number,
                "the chain was started anew: what was relayed on the one before is forgotten"
            );
            return Ok(self.forget().await);
        }
        Ok(Err(StoreError::OtherHistory {
            path: self.location.path().into(),
            number,
            stored,
            found: found.unwrap_or_default(),
        }))
    }

    async fn last_block(&self) -> Result<Option<(u64, B256)>, StoreError> {
        let mut connection = self.connection.lock().await;
        let read = async {
            let row = sqlx::query("select block_number, block_hash from meta where block_number is not null")
                .fetch_optional(&mut *connection)
                .await?;
            row.map(|row| {
                let hash: &[u8] = row.try_get(1)?;
                Ok::<_, sqlx::Error>((row.try_get::<i64, _>(0)?.cast_unsigned(), B256::from_slice(hash)))
            })
            .transpose()
        };
        read.await.map_err(|source| self.failed(source))
    }

    async fn forget(&self) -> Result<(), StoreError> {
        let mut connection = self.connection.lock().await;
        let forget = async {
            let mut transaction = connection.begin_with("begin immediate").await?;
            for statement in [
                "delete from tickets",
                "delete from usage",
                "update meta set block_number = null, block_hash = null",
            ] {
                sqlx::query(statement).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        };
        forget.await.map_err(|source| self.failed(source))
    }
}
