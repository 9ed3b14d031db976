//! Nonces of accounts that send several transactions at a time.
//!
//! The chain's own count lags behind what was just sent, so numbers are handed out here: one transaction, one number,
//! in order. A number whose transaction was not accepted is handed out again, or all that follow would wait for it for
//! ever. When nothing is under way, or when the node says that the count is wrong, the node is asked anew.

use std::{
    collections::{BTreeSet, HashMap},
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use crate::account::Account;

/// Hands out nonces. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Nonces {
    counts: Arc<Mutex<HashMap<Account, Count>>>,
    /// Held while the node is asked, so that it is asked once.
    asking: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Count {
    next: u64,
    /// Numbers below `next` that came back unused.
    returned: BTreeSet<u64>,
    /// Numbers that are handed out and whose transactions are not done with.
    under_way: usize,
    /// The node contradicted the count.
    distrusted: bool,
}

/// A nonce for one transaction. Dropped without [`Reservation::used`], it goes back.
#[derive(Debug)]
pub(super) struct Reservation {
    nonces: Nonces,
    account: Account,
    nonce: u64,
    used: bool,
}

impl Nonces {
    /// Takes the next nonce of `account`. `ask` tells the node's count, transactions in its queue included.
    pub(super) async fn reserve<E, F: Future<Output = Result<u64, E>>>(
        &self,
        account: Account,
        ask: impl FnOnce() -> F,
    ) -> Result<Reservation, E> {
        let _asking = self.asking.lock().await;
        let unsure = self.with(account, |count| count.under_way == 0 || count.distrusted);
        if unsure {
            let next = ask().await?;
            self.with(account, |count| {
                count.next = next;
                count.returned.clear();
                count.distrusted = false;
            });
        }
        let nonce = self.with(account, |count| {
            count.under_way += 1;
            count.returned.pop_first().unwrap_or_else(|| {
                count.next += 1;
                count.next - 1
            })
        });
        Ok(Reservation {
            nonces: self.clone(),
            account,
            nonce,
            used: false,
        })
    }

    fn with<R>(&self, account: Account, f: impl FnOnce(&mut Count) -> R) -> R {
        // A panic while it was held cannot have left a count half changed.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        f(counts.entry(account).or_default())
    }
}

impl Reservation {
    /// The number.
    pub(super) fn nonce(&self) -> u64 {
        self.nonce
    }

    /// The node took the transaction: the number is spent.
    pub(super) fn used(&mut self) {
        self.used = true;
    }

    /// The node says that the number is wrong: the count is asked for again.
    pub(super) fn contradicted(mut self) {
        // It is somebody else's number, so it must not be handed out again.
        self.used = true;
        self.nonces.with(self.account, |count| count.distrusted = true);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.nonces.with(self.account, |count| {
            count.under_way -= 1;
            if self.used || count.distrusted {
                return;
            }
            if self.nonce + 1 == count.next {
                count.next = self.nonce;
            } else if self.nonce < count.next {
                count.returned.insert(self.nonce);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{convert::Infallible, future::ready};

    const ACCOUNT: Account = Account::new([1; 32]);

    async fn reserve(nonces: &Nonces, chain: u64) -> Reservation {
        nonces
            .reserve(ACCOUNT, || ready(Ok::<_, Infallible>(chain)))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn parallel_reservations_get_numbers_in_a_row() {
        let nonces = Nonces::default();
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let nonces = nonces.clone();
                // The node's count does not move while they are under way.
                tokio::spawn(async move { reserve(&nonces, 7).await })
            })
            .collect();
        let mut reservations = Vec::new();
        for task in tasks {
            reservations.push(task.await.unwrap());
        }
        let mut numbers: Vec<_> = reservations.iter().map(Reservation::nonce).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (7..57).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn an_unused_number_is_handed_out_again_before_new_ones() {
        let nonces = Nonces::default();
        let first = reserve(&nonces, 0).await;
        let second = reserve(&nonces, 0).await;
        let third = reserve(&nonces, 0).await;
        drop(second);
        assert_eq!(reserve(&nonces, 0).await.nonce(), 1);
        // The last one simply goes back.
        drop(third);
        drop(first);
    }

    #[tokio::test]
    async fn a_used_number_is_not_handed_out_again() {
        let nonces = Nonces::default();
        let mut first = reserve(&nonces, 0).await;
        let second = reserve(&nonces, 0).await;
        first.used();
        drop(first);
        assert_eq!(reserve(&nonces, 0).await.nonce(), 2);
        drop(second);
    }

    #[tokio::test]
    async fn the_node_is_asked_when_nothing_is_under_way() {
        let nonces = Nonces::default();
        let mut first = reserve(&nonces, 3).await;
        first.used();
        drop(first);
        // Meanwhile another program sent two.
        assert_eq!(reserve(&nonces, 6).await.nonce(), 6);
    }

    #[tokio::test]
    async fn the_node_is_asked_when_it_contradicted() {
        let nonces = Nonces::default();
        let mut kept = reserve(&nonces, 3).await;
        kept.used();
        let wrong = reserve(&nonces, 3).await;
        assert_eq!(wrong.nonce(), 4);
        wrong.contradicted();
        assert_eq!(reserve(&nonces, 9).await.nonce(), 9);
        drop(kept);
    }

    #[tokio::test]
    async fn accounts_do_not_share_numbers() {
        let nonces = Nonces::default();
        let one = reserve(&nonces, 5).await;
        let other = nonces
            .reserve(Account::new([2; 32]), || ready(Ok::<_, Infallible>(0)))
            .await
            .unwrap();
        assert_eq!((one.nonce(), other.nonce()), (5, 0));
    }
}
