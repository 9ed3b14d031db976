//! The state after one block: reading it, and running the runtime on it.

use sp_core::storage::{ChildInfo, StateVersion};
use sp_runtime::traits::BlakeTwo256;
use sp_state_machine::{
    Backend, Ext, IterArgs, OverlayedChanges, StorageProof, TrieBackend, TrieBackendBuilder, backend::AsTrieBackend,
};
use sp_trie::MerkleValue;

use super::{guard::guarded, store::Nodes};
use crate::runtime::{self, Hash};

/// State version of this runtime (`system_version: 1`).
pub(super) const STATE_VERSION: StateVersion = StateVersion::V1;

/// Why a state could not be read or run on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The trie could not be read.
    #[error("state: {0}")]
    Trie(String),
    /// The runtime has no such API method.
    #[error("the runtime has no method {0}")]
    UnknownMethod(String),
    /// The runtime panicked, mostly because its input could not be decoded.
    #[error("the runtime panicked: {0}")]
    Panicked(String),
}

type Result<T> = std::result::Result<T, StateError>;

/// The state after a block. Reads never block the chain; executions leave no trace.
#[derive(Clone)]
pub struct State {
    nodes: Nodes,
    root: Hash,
}

impl State {
    pub(super) fn new(nodes: Nodes, root: Hash) -> Self {
        Self { nodes, root }
    }

    /// Root of the state trie.
    pub fn root(&self) -> Hash {
        self.root
    }

    pub(super) fn backend(&self) -> TrieBackend<Nodes, BlakeTwo256> {
        TrieBackendBuilder::new(self.nodes.clone(), self.root).build()
    }

    /// The value under `key`; in the child trie `child` if there is one.
    ///
    /// # Errors
    /// [`StateError::Trie`] here and below.
    pub fn storage(&self, child: Option<&ChildInfo>, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let backend = self.backend();
        match child {
            None => backend.storage(key),
            Some(child) => backend.child_storage(child, key),
        }
        .map_err(StateError::Trie)
    }

    /// Hash of the value under `key`.
    ///
    /// # Errors
    /// As [`State::storage`].
    pub fn storage_hash(&self, child: Option<&ChildInfo>, key: &[u8]) -> Result<Option<Hash>> {
        let backend = self.backend();
        match child {
            None => backend.storage_hash(key),
            Some(child) => backend.child_storage_hash(child, key),
        }
        .map_err(StateError::Trie)
    }

    /// At most `count` keys that begin with `prefix`, in order, after `start_after`.
    ///
    /// # Errors
    /// As [`State::storage`].
    pub fn keys(
        &self,
        child: Option<&ChildInfo>,
        prefix: &[u8],
        start_after: Option<&[u8]>,
        count: usize,
    ) -> Result<Vec<Vec<u8>>> {
        let backend = self.backend();
        let mut args = IterArgs::default();
        args.prefix = Some(prefix);
        args.start_at = start_after;
        args.start_at_exclusive = true;
        args.child_info = child.cloned();
        let keys = backend.keys(args).map_err(StateError::Trie)?;
        keys.take(count).map(|key| key.map_err(StateError::Trie)).collect()
    }

    /// The hash of the trie node at `key`, or of the nearest one below it.
    ///
    /// # Errors
    /// As [`State::storage`].
    pub fn closest_merkle_value(&self, child: Option<&ChildInfo>, key: &[u8]) -> Result<Option<MerkleValue<Hash>>> {
        let backend = self.backend();
        match child {
            None => backend.closest_merkle_value(key),
            Some(child) => backend.child_closest_merkle_value(child, key),
        }
        .map_err(StateError::Trie)
    }

    /// A proof of the values under `keys`.
    ///
    /// # Errors
    /// As [`State::storage`].
    pub fn read_proof(&self, child: Option<&ChildInfo>, keys: &[Vec<u8>]) -> Result<StorageProof> {
        let backend = self.backend();
        match child {
            None => sp_state_machine::prove_read_on_trie_backend(backend.as_trie_backend(), keys),
            Some(child) => sp_state_machine::prove_child_read_on_trie_backend(backend.as_trie_backend(), child, keys),
        }
        .map_err(|error| StateError::Trie(error.to_string()))
    }

    /// Calls a runtime API method (`Api_method`) with SCALE-encoded arguments, and answers its SCALE-encoded result.
    ///
    /// # Errors
    /// [`StateError::UnknownMethod`], or [`StateError::Panicked`] when the arguments cannot be decoded.
    pub fn call(&self, method: &str, arguments: &[u8]) -> Result<Vec<u8>> {
        self.execute(|| runtime::api::dispatch(method, arguments))?
            .ok_or_else(|| StateError::UnknownMethod(method.to_owned()))
    }

    /// Runs typed code of the runtime on this state. What it changes is thrown away.
    ///
    /// # Errors
    /// [`StateError::Panicked`].
    pub fn execute<R>(&self, f: impl FnOnce() -> R) -> Result<R> {
        let backend = self.backend();
        let mut overlay = OverlayedChanges::default();
        run(&mut overlay, &backend, f)
    }
}

/// Runs `f` with `overlay` over `backend` as the runtime's storage; a panic becomes an error.
pub(super) fn run<R>(
    overlay: &mut OverlayedChanges<BlakeTwo256>,
    backend: &TrieBackend<Nodes, BlakeTwo256>,
    f: impl FnOnce() -> R,
) -> Result<R> {
    let mut ext = Ext::new(overlay, backend, None);
    let run = || sp_externalities::set_and_run_with_externalities(&mut ext, f);
    guarded(run).map_err(StateError::Panicked)
}
