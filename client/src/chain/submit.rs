//! Signing, sending and waiting.

use std::time::Duration;

use alloy_core::primitives::{B256, U256};
use futures::future::BoxFuture;
use subxt::{
    dynamic,
    utils::{AccountId32, H160},
};
use tokio::time::{Instant, sleep};

use super::{
    AtBlock, Chain, ChainError, Message, Receipt,
    dry_run::{DryRun, refused_dispatch, time_of},
    error::Context,
    receipt,
    scale::ScaleWeight,
    sign::{Prepared, sign},
    watch::{Included, Offer},
};
use crate::{account::Account, keystore::SigningKey};

/// How often a transaction is offered before the node's refusal counts.
const MAX_OFFERS: u32 = 8;

/// When a transaction counts as done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Finality {
    /// In a block, which may still be replaced.
    InBlock,
    /// In a block that is final.
    #[default]
    Finalized,
}

/// How to send.
#[derive(Debug, Clone, Copy)]
pub struct SubmitOptions {
    /// What to wait for.
    pub finality: Finality,
    /// For how long.
    pub timeout: Duration,
}

impl Default for SubmitOptions {
    /// Finalized, within two minutes.
    fn default() -> Self {
        Self {
            finality: Finality::default(),
            timeout: Duration::from_secs(120),
        }
    }
}

/// A transaction that is signed and not sent yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signed {
    /// The extrinsic's hash.
    pub(crate) tx_hash: B256,
    /// The account's nonce that it uses.
    pub(crate) nonce: u64,
    /// The block behind which it can be.
    pub(crate) block: u64,
}

/// Told of every transaction before it is offered, to keep it in mind. What it refuses is not sent.
pub(crate) type Note<'n> = dyn Fn(Signed) -> BoxFuture<'n, Result<(), String>> + Send + Sync + 'n;

impl Chain {
    /// Tries a message, signs it, sends it, and waits for it.
    ///
    /// What the dry run refuses is not sent and costs nothing. Safe to call many times at once for one account.
    ///
    /// # Errors
    /// What [`Chain::dry_run`] answers; [`ChainError::NotAccepted`] and [`ChainError::Unfunded`] if it was not sent on;
    /// [`ChainError::Failed`] if it failed in a block; [`ChainError::Unconfirmed`] if it is not known what became of it.
    pub async fn submit(
        &self,
        key: &SigningKey,
        message: &Message,
        options: SubmitOptions,
    ) -> Result<Receipt, ChainError> {
        self.submit_noted(key, message, options, None).await
    }

    /// As [`Chain::submit`], with somebody to keep it in mind before it is sent.
    pub(crate) async fn submit_noted(
        &self,
        key: &SigningKey,
        message: &Message,
        options: SubmitOptions,
        note: Option<&Note<'_>>,
    ) -> Result<Receipt, ChainError> {
        let account = key.account();
        let sent = match key {
            SigningKey::Sr25519(pair) => {
                let needs = self.dry_run(account, message).await?;
                let value = self.to_native(message.value())?;
                let weight = ScaleWeight::from(self.weight_limit(needs.weight));
                let deposit = self.deposit_limit(needs.deposit);
                match message {
                    Message::Call { to, input, .. } => {
                        let arguments = (H160((*to).into()), value, weight, deposit, input.clone());
                        let call = dynamic::transaction("Revive", "call", arguments);
                        self.send_noted(account, &|at, nonce| sign(pair, &call, at, nonce), options, note)
                            .await
                    }
                    Message::Create { code, input, .. } => {
                        let arguments = (value, weight, deposit, code.clone(), input.clone(), None::<[u8; 32]>);
                        let call = dynamic::transaction("Revive", "instantiate_with_code", arguments);
                        self.send_noted(account, &|at, nonce| sign(pair, &call, at, nonce), options, note)
                            .await
                    }
                }
            }
            SigningKey::Ethereum(pair) => {
                let gas = self.dry_run_gas(account, message).await?;
                self.send_noted(
                    account,
                    &|at, nonce| self.sign_ethereum(pair, message, &gas, at, nonce),
                    options,
                    note,
                )
                .await
            }
        };
        match sent {
            Err(error) => Err(self.explain(error, account, message).await),
            done => done,
        }
    }

    /// Sends native coin, in the smallest unit of 18 decimals, to an account of either kind.
    pub async fn transfer(
        &self,
        key: &SigningKey,
        to: Account,
        value: U256,
        options: SubmitOptions,
    ) -> Result<Receipt, ChainError> {
        let native = self.to_native(value)?;
        let destination = subxt::utils::MultiAddress::<AccountId32, ()>::Id(to.into());
        let call = dynamic::transaction("Balances", "transfer_keep_alive", (destination, native));
        match key {
            SigningKey::Sr25519(pair) => {
                self.send(key.account(), &|at, nonce| sign(pair, &call, at, nonce), options)
                    .await
            }
            SigningKey::Ethereum(_) if to.is_ethereum() => {
                self.submit(
                    key,
                    &Message::Call {
                        to: to.address(),
                        input: Vec::new(),
                        value,
                    },
                    options,
                )
                .await
            }
            SigningKey::Ethereum(_) => {
                // An Ethereum transaction names 20 bytes only: the runtime's own calls go through an address of theirs.
                let what = "preparing the transfer";
                let at = self.at_best().await?;
                let input = at.tx().call_data(&call).context(what)?;
                let pallets = dynamic::runtime_api_call::<_, H160>("ReviveApi", "runtime_pallets_address", ());
                let to = at.runtime_apis().call(pallets).await.context(what)?;
                self.submit(key, &Message::call(to.0.into(), input), options).await
            }
        }
    }

    /// Takes a nonce, signs, offers, and waits; again with another nonce if the node says that it is the wrong one.
    pub(super) async fn send(
        &self,
        account: Account,
        build: &(dyn Fn(&AtBlock, u64) -> Result<Prepared, ChainError> + Sync),
        options: SubmitOptions,
    ) -> Result<Receipt, ChainError> {
        self.send_noted(account, build, options, None).await
    }

    /// As [`Chain::send`], with somebody to keep it in mind before it is sent.
    pub(super) async fn send_noted(
        &self,
        account: Account,
        build: &(dyn Fn(&AtBlock, u64) -> Result<Prepared, ChainError> + Sync),
        options: SubmitOptions,
        note: Option<&Note<'_>>,
    ) -> Result<Receipt, ChainError> {
        let deadline = Instant::now() + options.timeout;
        let mut refusal = String::new();
        for attempt in 0..MAX_OFFERS {
            let mut reservation = self.inner.nonces.reserve(account, || self.next_nonce(account)).await?;
            // From the finalized block, so that no reorganisation makes its mortality void.
            let at = self.at_finalized().await?;
            let prepared = build(&at, reservation.nonce())?;
            if let Some(note) = note {
                let signed = Signed {
                    tx_hash: prepared.hash,
                    nonce: reservation.nonce(),
                    block: at.block_number(),
                };
                note(signed).await.map_err(|reason| ChainError::Withheld { reason })?;
            }
            match self
                .offer_surely(&prepared, at.block_number(), options, deadline)
                .await?
            {
                (Offer::WrongNonce(reason), _) => {
                    tracing::debug!(%account, nonce = reservation.nonce(), reason, "asking for another nonce");
                    reservation.contradicted();
                    refusal = reason;
                }
                (Offer::Busy(reason), _) => refusal = reason,
                (Offer::Unfunded(reason), _) => return Err(ChainError::Unfunded { account, reason }),
                (Offer::Refused(reason), _) => return Err(ChainError::NotAccepted { reason }),
                (offer, found) => {
                    reservation.used();
                    let included = match found {
                        Some(included) => Ok(included),
                        None => {
                            self.wait(offer, &prepared, at.block_number(), options, deadline)
                                .await?
                        }
                    };
                    let unconfirmed = |reason| ChainError::Unconfirmed {
                        tx_hash: prepared.hash,
                        account,
                        nonce: reservation.nonce(),
                        reason,
                    };
                    let receipt = self
                        .receipt(included.map_err(unconfirmed)?, prepared.hash, prepared.eth_hash)
                        .await;
                    return receipt.map_err(|error| match error {
                        failed @ ChainError::Failed { .. } => failed,
                        unread => unconfirmed(format!("what it did in its block cannot be read: {unread}")),
                    });
                }
            }
            // Many senders that collided should not collide again.
            let spread = rand::random::<u8>();
            sleep(Duration::from_millis((50 << attempt.min(5)) + u64::from(spread))).await;
        }
        Err(ChainError::NotAccepted { reason: refusal })
    }

    /// Offers the same bytes until the node has answered: whether it took them when a connection broke is not known, but
    /// it takes them only once. A spent nonce may then be the transaction's own success, so that is looked for.
    async fn offer_surely(
        &self,
        prepared: &Prepared,
        from: u64,
        options: SubmitOptions,
        deadline: Instant,
    ) -> Result<(Offer, Option<Included>), ChainError> {
        let mut again = false;
        loop {
            match self.offer(&prepared.bytes).await {
                Offer::Unknown(reason) if Instant::now() < deadline => {
                    tracing::warn!(
                        reason,
                        "the connection broke while sending; offering the same transaction again"
                    );
                    again = true;
                    sleep(Duration::from_millis(500)).await;
                }
                Offer::WrongNonce(reason) if again => {
                    let wait_for_finality = options.finality == Finality::Finalized;
                    return Ok(
                        match self.search(&prepared.bytes, from, wait_for_finality, deadline).await {
                            Ok(Some(included)) => (Offer::Known, Some(included)),
                            Ok(None) => (Offer::WrongNonce(reason), None),
                            // Nothing may be sent again before it is known what became of this one.
                            Err(error) => (Offer::Unknown(error.to_string()), None),
                        },
                    );
                }
                answer => return Ok((answer, None)),
            }
        }
    }

    /// Waits for a transaction that was offered. The inner error says why it is not known what became of it.
    async fn wait(
        &self,
        offer: Offer,
        prepared: &Prepared,
        from: u64,
        options: SubmitOptions,
        deadline: Instant,
    ) -> Result<Result<Included, String>, ChainError> {
        let wait_for_finality = options.finality == Finality::Finalized;
        let silent = match offer {
            Offer::Taken(statuses) => match self
                .follow(statuses, prepared.hash, wait_for_finality, deadline)
                .await?
            {
                Ok(included) => return Ok(Ok(included)),
                Err(reason) => reason,
            },
            Offer::Unknown(reason) => reason,
            _ => "it is not in a block yet".into(),
        };
        tracing::debug!(silent, tx_hash = %prepared.hash, "looking for the transaction in new blocks");
        match self.search(&prepared.bytes, from, wait_for_finality, deadline).await {
            Ok(Some(included)) => Ok(Ok(included)),
            Ok(None) => Ok(Err(silent)),
            Err(error) => Ok(Err(error.to_string())),
        }
    }

    /// What a transaction did in the block that carries it.
    pub(super) async fn receipt(
        &self,
        included: Included,
        tx_hash: B256,
        eth_tx_hash: Option<B256>,
    ) -> Result<Receipt, ChainError> {
        let index = self.index_in(included.block_hash, tx_hash).await?;
        let at = self
            .inner
            .api
            .at_block(included.block_hash)
            .await
            .context("reading the transaction's block")?;
        let effects = receipt::effects(&at, index).await?;
        if let Some(cause) = effects.failure {
            let block_number = at.block_number();
            return Err(ChainError::Failed {
                tx_hash,
                block_number,
                cause: Box::new(cause),
            });
        }
        Ok(Receipt {
            tx_hash,
            eth_tx_hash,
            block_hash: included.block_hash.0.into(),
            block_number: at.block_number(),
            extrinsic_index: index,
            finalized: included.finalized,
            weight: effects.weight,
            fee: effects.fee,
            logs: effects.logs,
            created: effects.created,
        })
    }

    /// A block says that a contract reverted, but not why: the message is tried again on the state before the block, at the
    /// block's time.
    async fn explain(&self, error: ChainError, account: Account, message: &Message) -> ChainError {
        let ChainError::Failed {
            tx_hash,
            block_number,
            cause,
        } = error
        else {
            return error;
        };
        let cause = match *cause {
            ChainError::Dispatch { ref error, .. } if error == "ContractReverted" => {
                match self.revert_before(block_number, account, message).await {
                    Err(reason @ ChainError::Reverted(_)) => reason,
                    // It depends on what came before it in its block.
                    _ => *cause,
                }
            }
            _ => refused_dispatch(account, *cause),
        };
        ChainError::Failed {
            tx_hash,
            block_number,
            cause: Box::new(cause),
        }
    }

    /// As [`Chain::dry_run`], on the state before a block, at the time of it.
    pub(super) async fn revert_before(
        &self,
        block: u64,
        account: Account,
        message: &Message,
    ) -> Result<DryRun, ChainError> {
        let what = "asking why the contract reverted";
        let now = time_of(&self.inner.api.at_block(block).await.context(what)?).await?;
        let before = self.inner.api.at_block(block.saturating_sub(1)).await.context(what)?;
        self.dry_run_at_time(&before, account, message, now).await
    }

    /// The nonce that the account's next transaction uses, those in the queue counted.
    pub(super) async fn next_nonce(&self, account: Account) -> Result<u64, ChainError> {
        self.inner
            .methods
            .system_account_next_index(&account.into())
            .await
            .context("asking for the nonce")
    }
}
