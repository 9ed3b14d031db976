//! Sending what waits, and finding out what became of it.

use alloy_core::primitives::B256;
use futures::{FutureExt, future::join_all};

use super::{
    RelayError, Relayer,
    store::{InFlight, Outcome, Queued},
};
use crate::{
    chain::{ChainError, Fate, Member, Receipt, Signed, Weight},
    error::Fault,
    keystore::SigningKey,
};

/// How many transactions are under way at a time.
const PARALLEL: usize = 8;

/// A message that is to be sent, with what its trial said that it needs.
struct Ready {
    queued: Queued,
    member: Member,
}

impl Relayer {
    /// Finds out what became of what was sent before, and sends the messages that wait, the oldest first. The caller is the only one that
    /// sends.
    pub(super) async fn send_waiting(&self) -> Result<(), RelayError> {
        let now = self.chain().time().await?;
        self.store.tidy(now, self.policy.window).await?;
        for flight in self.store.in_flight().await? {
            self.look_for(&flight, now).await?;
        }
        let most = usize::try_from(self.policy.max_batch).unwrap_or(usize::MAX);
        let queued = self.store.queued(most.saturating_mul(PARALLEL)).await?;
        match (&self.key, self.batches) {
            (SigningKey::Sr25519(pair), Some(overhead)) => {
                let ready = self.try_again(queued, now).await?;
                for groups in self.grouped(ready, most, overhead).chunks(PARALLEL) {
                    let sent = join_all(groups.iter().map(|group| self.send_group(pair, group, now))).await;
                    sent.into_iter().collect::<Result<(), _>>()?;
                }
            }
            _ => {
                for messages in queued.chunks(PARALLEL) {
                    let sent = join_all(messages.iter().map(|message| self.send_single(message, now))).await;
                    sent.into_iter().collect::<Result<(), _>>()?;
                }
            }
        }
        Ok(())
    }

    /// A transaction that was sent by a process that is no more, or that nobody waited for to the end.
    async fn look_for(&self, flight: &InFlight, now: u64) -> Result<(), RelayError> {
        let account = self.key.account();
        let ids: Vec<B256> = flight.messages.iter().map(|message| message.id).collect();
        match self
            .chain()
            .fate(account, &flight.signed, self.options.finality)
            .await?
        {
            Fate::Included(receipt) => self.settle_all(&flight.messages, receipt, now).await,
            Fate::Failed(error) => self.end(&ids, error, now).await,
            Fate::Waiting => Ok(()),
            Fate::Lost => {
                tracing::info!(tx_hash = %flight.signed.tx_hash, "a transaction was lost; its messages are sent again");
                Ok(self.store.requeue(&ids).await?)
            }
        }
    }

    /// Tries messages on the chain as it is now: what would fail is not sent.
    async fn try_again(&self, queued: Vec<Queued>, now: u64) -> Result<Vec<Ready>, RelayError> {
        let mut ready = Vec::new();
        let mut queued = queued.into_iter();
        loop {
            let some: Vec<Queued> = queued.by_ref().take(PARALLEL).collect();
            if some.is_empty() {
                return Ok(ready);
            }
            let account = self.key.account();
            let tried = join_all(some.iter().map(|message| self.chain().dry_run(account, &message.call))).await;
            for (queued, tried) in some.into_iter().zip(tried) {
                match tried {
                    Ok(needs) => {
                        let message = queued.call.clone();
                        ready.push(Ready {
                            queued,
                            member: Member { message, needs },
                        });
                    }
                    Err(error) => self.end(&[queued.id], error, now).await?,
                }
            }
        }
    }

    /// Cuts messages into groups, each for one transaction, without changing their order.
    fn grouped(&self, ready: Vec<Ready>, most: usize, overhead: Weight) -> Vec<(Vec<Queued>, Vec<Member>)> {
        let (queued, members): (Vec<Queued>, Vec<Member>) =
            ready.into_iter().map(|ready| (ready.queued, ready.member)).unzip();
        let (mut queued, mut members) = (queued.as_slice(), members.as_slice());
        let mut groups = Vec::new();
        while !members.is_empty() {
            let size = self.chain().fitting(members, overhead).min(most);
            groups.push((queued[..size].to_vec(), members[..size].to_vec()));
            (queued, members) = (&queued[size..], &members[size..]);
        }
        groups
    }

    async fn send_group(
        &self,
        pair: &subxt_signer::sr25519::Keypair,
        (messages, members): &(Vec<Queued>, Vec<Member>),
        now: u64,
    ) -> Result<(), RelayError> {
        if let [message] = messages.as_slice() {
            return self.send_single(message, now).await;
        }
        let ids: Vec<B256> = messages.iter().map(|message| message.id).collect();
        let (store, noted) = (&self.store, &ids);
        let note = move |signed: Signed| {
            async move { store.note(noted, &signed).await.map_err(|error| error.to_string()) }.boxed()
        };
        let sent = self
            .chain()
            .submit_batch(pair, members, self.options, Some(&note))
            .await;
        match sent {
            Ok(receipt) => self.settle_all(messages, receipt, now).await,
            Err(error) => self.end(&ids, error, now).await,
        }
    }

    async fn send_single(&self, message: &Queued, now: u64) -> Result<(), RelayError> {
        let ids = [message.id];
        let (store, noted) = (&self.store, &ids);
        let note = move |signed: Signed| {
            async move { store.note(noted, &signed).await.map_err(|error| error.to_string()) }.boxed()
        };
        let sent = self
            .chain()
            .submit_noted(&self.key, &message.call, self.options, Some(&note))
            .await;
        match sent {
            Ok(receipt) => self.settle_all(std::slice::from_ref(message), receipt, now).await,
            Err(error) => self.end(&ids, error, now).await,
        }
    }

    /// Notes what a transaction did for each of its messages.
    async fn settle_all(&self, messages: &[Queued], receipt: Receipt, now: u64) -> Result<(), RelayError> {
        let items = self.chain().items_of(&receipt).await?;
        let shares = shares(&receipt, messages);
        let mut ends = Vec::new();
        let mut items = items.into_iter();
        for (message, share) in messages.iter().zip(shares) {
            let outcome = match items.next().flatten() {
                // A transaction of one message is no batch, and has succeeded as a whole.
                None => Outcome::Done(share),
                Some(cause) => {
                    let account = self.key.account();
                    let cause = self.chain().explain_item(&receipt, account, &message.call, cause).await;
                    Outcome::Failed {
                        code: cause.code(),
                        reason: cause.to_string(),
                        tx_hash: Some(receipt.tx_hash),
                    }
                }
            };
            ends.push((message.id, outcome));
        }
        Ok(self.store.settle(&ends, now).await?)
    }

    /// Notes why a transaction with these messages did not do what it should. What stands in the way of sending is an error, and they wait.
    async fn end(&self, ids: &[B256], error: ChainError, now: u64) -> Result<(), RelayError> {
        let tx_hash = match &error {
            ChainError::Failed { tx_hash, .. } => Some(*tx_hash),
            ChainError::Reverted(_) | ChainError::Dispatch { .. } | ChainError::Refused { .. } => None,
            // What became of it is looked for the next time.
            ChainError::Unconfirmed { .. } => return Ok(()),
            _ => {
                self.store.requeue(ids).await?;
                return Err(error.into());
            }
        };
        let ends: Vec<(B256, Outcome)> = ids
            .iter()
            .map(|id| {
                let outcome = Outcome::Failed {
                    code: error.code(),
                    reason: error.to_string(),
                    tx_hash,
                };
                (*id, outcome)
            })
            .collect();
        Ok(self.store.settle(&ends, now).await?)
    }
}

/// What each message of a transaction had of its weight and fee: as much as was counted for it, of what was counted for all.
fn shares(receipt: &Receipt, messages: &[Queued]) -> Vec<Receipt> {
    let parts: Vec<u128> = messages.iter().map(|message| u128::from(message.cost).max(1)).collect();
    let whole: u128 = parts.iter().sum();
    // From share to share, so that they add up to the whole.
    let share = |of: u128, before: u128, part: u128| {
        let up_to = |end: u128| of.saturating_mul(end) / whole.max(1);
        up_to(before + part) - up_to(before)
    };
    let narrow = |amount: u128| u64::try_from(amount).unwrap_or(u64::MAX);
    let mut before = 0;
    let mut own = Vec::new();
    for part in parts {
        own.push(Receipt {
            fee: share(receipt.fee, before, part),
            weight: Weight {
                ref_time: narrow(share(receipt.weight.ref_time.into(), before, part)),
                proof_size: narrow(share(receipt.weight.proof_size.into(), before, part)),
            },
            logs: Vec::new(),
            ..receipt.clone()
        });
        before += part;
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Message;
    use alloy_core::primitives::Address;

    #[test]
    fn shares_add_up_to_what_was_paid() {
        let receipt = Receipt {
            tx_hash: B256::ZERO,
            eth_tx_hash: None,
            block_hash: B256::ZERO,
            block_number: 1,
            extrinsic_index: 1,
            finalized: true,
            weight: Weight {
                ref_time: 1_000_003,
                proof_size: 7,
            },
            fee: 1_000_001,
            logs: Vec::new(),
            created: None,
        };
        let message = |cost| Queued {
            id: B256::ZERO,
            call: Message::call(Address::ZERO, Vec::new()),
            cost,
        };
        for costs in [vec![5], vec![1, 1, 1], vec![0, 0], vec![u64::MAX, 1, 0, 333]] {
            let messages: Vec<Queued> = costs.iter().copied().map(message).collect();
            let shares = shares(&receipt, &messages);
            assert_eq!(
                shares.iter().map(|share| share.fee).sum::<u128>(),
                receipt.fee,
                "{costs:?}"
            );
            let ref_time: u64 = shares.iter().map(|share| share.weight.ref_time).sum();
            assert_eq!(ref_time, receipt.weight.ref_time, "{costs:?}");
        }
        let parts: Vec<u128> = shares(&receipt, &[message(1), message(3)])
            .iter()
            .map(|share| share.fee)
            .collect();
        assert_eq!(parts, [250_000, 750_001]);
    }
}
