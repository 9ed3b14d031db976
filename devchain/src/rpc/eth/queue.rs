//! The transaction queue as Ethereum sees it. The official server does not show it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use codec::Decode;
use pallet_revive::{
    AddressMapper,
    evm::{GenericTransaction, TransactionSigned},
    keccak_256,
};
use sp_core::{H160, H256, U256};
use sp_runtime::{MultiAddress, generic::Preamble};

use super::{
    Eth,
    error::Result,
    receipts::{ethereum_payload, with_derived_fields},
};
use crate::{
    Chain,
    accounts::fallback_account,
    chain::{Queued, State},
    runtime::{AccountId, Hash, Nonce, Runtime, System, UncheckedExtrinsic},
};

/// An Ethereum transaction that waits.
#[derive(Debug)]
pub(super) struct QueuedEthereum {
    pub(super) hash: H256,
    pub(super) from: H160,
    /// Hash of its extrinsic, which names it in the queue.
    extrinsic: Hash,
    signed: TransactionSigned,
}

impl QueuedEthereum {
    /// The transaction as it is shown before its price is known: `gasPrice` is the most that the sender pays.
    pub(super) fn shown(&self) -> TransactionSigned {
        let most = match &self.signed {
            TransactionSigned::Transaction1559Signed(signed) => signed.transaction_1559_unsigned.max_fee_per_gas,
            _ => U256::zero(),
        };
        with_derived_fields(self.signed.clone(), most)
    }
}

/// Who sent a queued transaction, and its nonce.
#[derive(Debug)]
struct Entry {
    sender: AccountId,
    nonce: Nonce,
    ethereum: Option<Arc<QueuedEthereum>>,
}

/// Decoded transactions of the queue, so that each signature is recovered once.
#[derive(Debug, Default)]
pub(super) struct Queue {
    decoded: Mutex<HashMap<Hash, Option<Arc<Entry>>>>,
}

impl Queue {
    fn entries(&self, chain: &Chain) -> Vec<Arc<Entry>> {
        let pending = chain.pending();
        let mut decoded = self.decoded.lock().unwrap_or_else(PoisonError::into_inner);
        let mut current = HashMap::with_capacity(pending.len());
        for queued in pending {
            let entry = decoded.remove(&queued.hash);
            let entry = entry.unwrap_or_else(|| decode(&queued).map(Arc::new));
            current.insert(queued.hash, entry);
        }
        *decoded = current;
        decoded.values().flatten().cloned().collect()
    }

    /// A queued Ethereum transaction by its Ethereum hash.
    pub(super) fn ethereum(&self, chain: &Chain, hash: H256) -> Option<Arc<QueuedEthereum>> {
        self.all_ethereum(chain).into_iter().find(|queued| queued.hash == hash)
    }

    /// Hash of the extrinsic that holds a queued Ethereum transaction.
    pub(super) fn extrinsic(&self, chain: &Chain, hash: H256) -> Option<Hash> {
        self.ethereum(chain, hash).map(|queued| queued.extrinsic)
    }

    /// Every queued Ethereum transaction, in no particular order.
    pub(super) fn all_ethereum(&self, chain: &Chain) -> Vec<Arc<QueuedEthereum>> {
        self.entries(chain)
            .iter()
            .filter_map(|entry| entry.ethereum.clone())
            .collect()
    }

    /// Nonces of an account's queued transactions.
    fn nonces(&self, chain: &Chain, account: &AccountId) -> HashSet<Nonce> {
        let entries = self.entries(chain);
        entries
            .iter()
            .filter(|entry| entry.sender == *account)
            .map(|entry| entry.nonce)
            .collect()
    }
}

impl Eth {
    /// The nonce for the next transaction of `address`: after those in blocks and after those that wait without a gap.
    pub(super) fn next_nonce(&self, state: &State, address: H160) -> Result<Nonce> {
        let (account, mut nonce) = state.execute(|| {
            let account = <Runtime as pallet_revive::Config>::AddressMapper::to_account_id(&address);
            let nonce = System::account_nonce(&account);
            (account, nonce)
        })?;
        let queued = self.queue.nonces(&self.chain, &account);
        while queued.contains(&nonce) {
            let Some(next) = nonce.checked_add(1) else { break };
            nonce = next;
        }
        Ok(nonce)
    }
}

fn decode(queued: &Queued) -> Option<Entry> {
    let extrinsic = UncheckedExtrinsic::decode(&mut &*queued.extrinsic).ok()?;
    if let Some(payload) = ethereum_payload(&extrinsic) {
        let signed = TransactionSigned::decode(payload).ok()?;
        let from = signed.recover_eth_address().ok()?;
        let nonce = GenericTransaction::from_signed(signed.clone(), U256::zero(), None).nonce?;
        let ethereum = QueuedEthereum {
            hash: keccak_256(payload).into(),
            from,
            extrinsic: queued.hash,
            signed,
        };
        return Some(Entry {
            sender: fallback_account(from),
            nonce: nonce.try_into().ok()?,
            ethereum: Some(Arc::new(ethereum)),
        });
    }
    match extrinsic.0.preamble {
        Preamble::Signed(MultiAddress::Id(sender), _, extension) => {
            let (_, _, _, _, _, check_nonce, ..) = extension;
            Some(Entry {
                sender,
                nonce: check_nonce.0,
                ethereum: None,
            })
        }
        _ => None,
    }
}
