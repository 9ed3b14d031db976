//! Builds one block on a parent.

use codec::{Decode, Encode};
use frame_support::{
    storage::{TransactionOutcome, with_transaction_unchecked},
    traits::InherentBuilder,
};
use sp_core::storage::Storage;
use sp_runtime::{
    OpaqueExtrinsic,
    generic::Digest,
    traits::{BlakeTwo256, Hash as _, Header as _},
    transaction_validity::{InvalidTransaction, TransactionValidityError},
};
use sp_state_machine::{Backend, OverlayedChanges, TrieBackendBuilder};
use sp_trie::{LayoutV1, TrieConfiguration};

use super::{
    block::StoredBlock,
    clock::Millis,
    pool::Queued,
    state::{self, STATE_VERSION, StateError},
    store::{NewNodes, Nodes},
};
use crate::runtime::{Executive, Hash, Header, Revive, RuntimeCall, UncheckedExtrinsic};

/// A block that is not stored yet.
pub(super) struct Built {
    pub(super) block: StoredBlock,
    pub(super) nodes: NewNodes,
    /// Transactions that turned out invalid on this parent.
    pub(super) invalid: Vec<Hash>,
}

/// Builds a block of time `now` on `parent` with as many of `transactions` as fit, in that order.
pub(super) fn build(nodes: &Nodes, parent: &Header, now: Millis, transactions: &[Queued]) -> Result<Built, StateError> {
    let backend = TrieBackendBuilder::new(nodes.clone(), parent.state_root).build();
    let mut overlay = OverlayedChanges::default();
    let number = parent.number.saturating_add(1);
    let template = Header::new(number, Hash::zero(), Hash::zero(), parent.hash(), Digest::default());

    let run = || {
        Executive::initialize_block(&template);
        let timestamp = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
        let inherent = UncheckedExtrinsic::new_inherent(timestamp);
        let mut extrinsics = vec![inherent.encode()];
        Executive::apply_extrinsic(inherent)
            .map_err(|error| StateError::Panicked(format!("the timestamp was refused: {error:?}")))?
            .map_err(|error| StateError::Panicked(format!("the timestamp failed: {error:?}")))?;
        let mut invalid = Vec::new();
        for queued in transactions {
            match apply(&queued.extrinsic) {
                Ok(()) => extrinsics.push(queued.extrinsic.to_vec()),
                // Does not fit any more: waits for the next block, and so does all that comes after it.
                Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => break,
                // Its predecessor was found invalid: it waits.
                Err(TransactionValidityError::Invalid(InvalidTransaction::Future)) => {}
                Err(_) => invalid.push(queued.hash),
            }
        }
        let header = Executive::finalize_block();
        let (eth_hash, eth_transactions) = ethereum_block();
        Ok((
            StoredBlock {
                header,
                extrinsics,
                eth_hash,
                eth_transactions,
            },
            invalid,
        ))
    };
    let (block, invalid) = state::run(&mut overlay, &backend, run)??;
    let changes = overlay
        .drain_storage_changes(&backend, STATE_VERSION)
        .map_err(StateError::Trie)?;
    Ok(Built {
        block,
        nodes: new_nodes(changes.transaction),
        invalid,
    })
}

/// The genesis block for `storage`.
pub(super) fn genesis(nodes: &Nodes, storage: &Storage) -> Result<(StoredBlock, NewNodes), StateError> {
    let backend = TrieBackendBuilder::new(nodes.clone(), empty_root()).build();
    let top = storage
        .top
        .iter()
        .map(|(key, value)| (key.as_slice(), Some(value.as_slice())));
    let children = storage.children_default.values().map(|child| {
        let entries = child
            .data
            .iter()
            .map(|(key, value)| (key.as_slice(), Some(value.as_slice())));
        (&child.child_info, entries)
    });
    let (root, transaction) = backend.full_storage_root(top, children, STATE_VERSION);
    let extrinsics_root = BlakeTwo256::ordered_trie_root(Vec::new(), STATE_VERSION);
    let header = Header::new(0, extrinsics_root, root, Hash::zero(), Digest::default());
    let block = StoredBlock {
        header,
        extrinsics: Vec::new(),
        eth_hash: Hash::zero(),
        eth_transactions: Vec::new(),
    };
    Ok((block, new_nodes(transaction)))
}

/// Hash of the genesis block as Ethereum sees it; its state must be stored.
pub(super) fn genesis_eth_hash(state: &state::State) -> Result<Hash, StateError> {
    state.execute(|| ethereum_block().0)
}

/// The node that stands for a trie without entries, which every lookup in an empty trie asks for.
pub(super) fn empty_node() -> (Hash, Vec<u8>) {
    (empty_root(), vec![0])
}

fn empty_root() -> Hash {
    LayoutV1::<BlakeTwo256>::trie_root::<[(Vec<u8>, Vec<u8>); 0], _, _>([])
}

/// Applies one extrinsic; if it is not valid, no trace of it stays.
fn apply(extrinsic: &[u8]) -> Result<(), TransactionValidityError> {
    let decoded = UncheckedExtrinsic::decode(&mut &*extrinsic)
        .map_err(|_| TransactionValidityError::Invalid(InvalidTransaction::Call))?;
    with_transaction_unchecked(|| match Executive::apply_extrinsic(decoded) {
        // A dispatch that failed is part of the block: its sender paid.
        Ok(_) => TransactionOutcome::Commit(Ok(())),
        Err(error) => TransactionOutcome::Rollback(Err(error)),
    })
}

fn ethereum_block() -> (Hash, Vec<Hash>) {
    let block = Revive::eth_block();
    let hashes = match block.transactions {
        pallet_revive::evm::HashesOrTransactionInfos::Hashes(hashes) => hashes,
        pallet_revive::evm::HashesOrTransactionInfos::TransactionInfos(infos) => {
            infos.into_iter().map(|info| info.hash).collect()
        }
    };
    (block.hash, hashes)
}

/// The nodes that a change adds. Removals are ignored: old states stay readable.
fn new_nodes(mut transaction: sp_trie::PrefixedMemoryDB<BlakeTwo256>) -> NewNodes {
    let changes = transaction.drain().into_iter();
    let added = changes.filter(|(_, (_, count))| *count > 0);
    // A key is a prefix (where in the trie) and the hash; nodes are kept by the hash alone.
    added
        .map(|(key, (value, _))| (Hash::from_slice(&key[key.len() - 32..]), value))
        .collect()
}

/// Checks that bytes are one extrinsic with its length prefix.
pub(super) fn is_extrinsic(bytes: &[u8]) -> bool {
    let mut input = bytes;
    OpaqueExtrinsic::decode(&mut input).is_ok() && input.is_empty() && UncheckedExtrinsic::decode(&mut &*bytes).is_ok()
}
