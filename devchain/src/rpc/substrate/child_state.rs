//! `childstate`: storage of child tries, such as the one that each contract has.

use jsonrpsee::{RpcModule, proc_macros::rpc};
use serde_json::Value;
use sp_core::storage::{ChildInfo, ChildType, PrefixedStorageKey, StorageData, StorageKey};

use super::{
    error::{self, Result},
    query,
    state::{page_size, proof_json},
};
use crate::{Chain, runtime::Hash};

/// Methods of the family `childstate`. A child trie is named by its key in the main trie (`:child_storage:default:` and an id).
/// Without `at`, they look at the best block.
#[rpc(server)]
trait ChildState {
    /// All keys with this prefix.
    #[method(name = "childstate_getKeys", blocking)]
    fn keys(&self, child: PrefixedStorageKey, prefix: StorageKey, at: Option<Hash>) -> Result<Vec<StorageKey>>;

    /// At most `count` keys with this prefix, after `start_key`.
    #[method(name = "childstate_getKeysPaged", aliases = ["childstate_getKeysPagedAt"], blocking)]
    fn keys_paged(
        &self,
        child: PrefixedStorageKey,
        prefix: Option<StorageKey>,
        count: u32,
        start_key: Option<StorageKey>,
        at: Option<Hash>,
    ) -> Result<Vec<StorageKey>>;

    /// The value under a key.
    #[method(name = "childstate_getStorage", blocking)]
    fn storage(&self, child: PrefixedStorageKey, key: StorageKey, at: Option<Hash>) -> Result<Option<StorageData>>;

    /// The values under many keys.
    #[method(name = "childstate_getStorageEntries", blocking)]
    fn entries(
        &self,
        child: PrefixedStorageKey,
        keys: Vec<StorageKey>,
        at: Option<Hash>,
    ) -> Result<Vec<Option<StorageData>>>;

    /// Blake2b-256 of the value under a key.
    #[method(name = "childstate_getStorageHash", blocking)]
    fn storage_hash(&self, child: PrefixedStorageKey, key: StorageKey, at: Option<Hash>) -> Result<Option<Hash>>;

    /// Bytes of the value under a key.
    #[method(name = "childstate_getStorageSize", blocking)]
    fn storage_size(&self, child: PrefixedStorageKey, key: StorageKey, at: Option<Hash>) -> Result<Option<u64>>;

    /// Trie nodes that prove the values of these keys.
    #[method(name = "state_getChildReadProof", blocking)]
    fn read_proof(&self, child: PrefixedStorageKey, keys: Vec<StorageKey>, at: Option<Hash>) -> Result<Value>;
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api { chain }.into_rpc().remove_context()
}

struct Api {
    chain: Chain,
}

impl ChildStateServer for Api {
    fn keys(&self, child: PrefixedStorageKey, prefix: StorageKey, at: Option<Hash>) -> Result<Vec<StorageKey>> {
        let child = child_info(&child)?;
        let state = query::state_at(&self.chain, at)?;
        query::keys(&state, Some(&child), &prefix.0)
            .map(|key| key.map(StorageKey).map_err(|error| error::execution(&error)))
            .collect()
    }

    fn keys_paged(
        &self,
        child: PrefixedStorageKey,
        prefix: Option<StorageKey>,
        count: u32,
        start_key: Option<StorageKey>,
        at: Option<Hash>,
    ) -> Result<Vec<StorageKey>> {
        let (child, count) = (child_info(&child)?, page_size(count)?);
        let prefix = prefix.map(|prefix| prefix.0).unwrap_or_default();
        let start = start_key.map(|key| key.0);
        let keys = query::state_at(&self.chain, at)?.keys(Some(&child), &prefix, start.as_deref(), count);
        let keys = keys.map_err(|error| error::execution(&error))?;
        Ok(keys.into_iter().map(StorageKey).collect())
    }

    fn storage(&self, child: PrefixedStorageKey, key: StorageKey, at: Option<Hash>) -> Result<Option<StorageData>> {
        Ok(self.entries(child, vec![key], at)?.pop().flatten())
    }

    fn entries(
        &self,
        child: PrefixedStorageKey,
        keys: Vec<StorageKey>,
        at: Option<Hash>,
    ) -> Result<Vec<Option<StorageData>>> {
        let child = child_info(&child)?;
        let state = query::state_at(&self.chain, at)?;
        let value_of = |key: StorageKey| match state.storage(Some(&child), &key.0) {
            Ok(value) => Ok(value.map(StorageData)),
            Err(error) => Err(error::execution(&error)),
        };
        keys.into_iter().map(value_of).collect()
    }

    fn storage_hash(&self, child: PrefixedStorageKey, key: StorageKey, at: Option<Hash>) -> Result<Option<Hash>> {
        let child = child_info(&child)?;
        let hash = query::state_at(&self.chain, at)?.storage_hash(Some(&child), &key.0);
        hash.map_err(|error| error::execution(&error))
    }

    fn storage_size(&self, child: PrefixedStorageKey, key: StorageKey, at: Option<Hash>) -> Result<Option<u64>> {
        let value = self.storage(child, key, at)?;
        Ok(value.map(|value| value.0.len() as u64))
    }

    fn read_proof(&self, child: PrefixedStorageKey, keys: Vec<StorageKey>, at: Option<Hash>) -> Result<Value> {
        let child = child_info(&child)?;
        let at = query::hash_or_best(&self.chain, at);
        let keys: Vec<Vec<u8>> = keys.into_iter().map(|key| key.0).collect();
        let proof = query::state_at(&self.chain, Some(at))?.read_proof(Some(&child), &keys);
        Ok(proof_json(at, proof.map_err(|error| error::execution(&error))?))
    }
}

/// The child trie that a prefixed key names.
fn child_info(key: &PrefixedStorageKey) -> Result<ChildInfo> {
    match ChildType::from_prefixed_key(key) {
        Some((ChildType::ParentKeyId, id)) => Ok(ChildInfo::new_default(id)),
        None => Err(error::invalid_params("not the key of a child trie")),
    }
}
