//! `state`: storage, metadata and calls of the runtime.

mod changes;

use std::collections::BTreeMap;

use codec::Decode;
use jsonrpsee::{PendingSubscriptionSink, RpcModule, core::async_trait, proc_macros::rpc};
use serde_json::{Value, json};
use sp_core::{
    Bytes, OpaqueMetadata,
    storage::{StorageData, StorageKey},
};
use sp_version::RuntimeVersion;

use super::{
    error::{self, Result},
    query,
    subscription::{self, Next},
};
use crate::{
    Chain,
    chain::State,
    runtime::{Hash, VERSION},
};
use changes::ChangeSet;

/// Most keys that one call of `state_getKeysPaged` answers.
pub(super) const MAX_KEYS: u32 = 1_000;

/// Methods of the family `state`. Without `at`, they look at the best block.
#[rpc(server)]
trait StateApi {
    /// Calls a runtime API method with SCALE-encoded arguments.
    #[method(name = "state_call", aliases = ["state_callAt"], blocking)]
    fn call(&self, method: String, data: Bytes, at: Option<Hash>) -> Result<Bytes>;

    /// All keys with this prefix.
    #[method(name = "state_getKeys", blocking)]
    fn keys(&self, prefix: StorageKey, at: Option<Hash>) -> Result<Vec<StorageKey>>;

    /// All keys with this prefix, with their values.
    #[method(name = "state_getPairs", blocking)]
    fn pairs(&self, prefix: StorageKey, at: Option<Hash>) -> Result<Vec<(StorageKey, StorageData)>>;

    /// At most `count` keys with this prefix, after `start_key`.
    #[method(name = "state_getKeysPaged", aliases = ["state_getKeysPagedAt"], blocking)]
    fn keys_paged(
        &self,
        prefix: Option<StorageKey>,
        count: u32,
        start_key: Option<StorageKey>,
        at: Option<Hash>,
    ) -> Result<Vec<StorageKey>>;

    /// The value under a key.
    #[method(name = "state_getStorage", aliases = ["state_getStorageAt"], blocking)]
    fn storage(&self, key: StorageKey, at: Option<Hash>) -> Result<Option<StorageData>>;

    /// Blake2b-256 of the value under a key.
    #[method(name = "state_getStorageHash", aliases = ["state_getStorageHashAt"], blocking)]
    fn storage_hash(&self, key: StorageKey, at: Option<Hash>) -> Result<Option<Hash>>;

    /// Bytes of the value under a key; of all values whose key begins with it, if there is none under the key itself.
    #[method(name = "state_getStorageSize", aliases = ["state_getStorageSizeAt"], blocking)]
    fn storage_size(&self, key: StorageKey, at: Option<Hash>) -> Result<Option<u64>>;

    /// The runtime's metadata, SCALE-encoded, in the version that every client reads (14).
    #[method(name = "state_getMetadata", blocking)]
    fn metadata(&self, at: Option<Hash>) -> Result<Bytes>;

    /// The runtime's version.
    #[method(name = "state_getRuntimeVersion", aliases = ["chain_getRuntimeVersion"], blocking)]
    fn runtime_version(&self, at: Option<Hash>) -> Result<RuntimeVersion>;

    /// How values changed from one block to a later one of the same chain (the best one without `to`): all of them in the first
    /// block, then in each block those that changed.
    #[method(name = "state_queryStorage", blocking)]
    fn query_storage(&self, keys: Vec<StorageKey>, from: Hash, to: Option<Hash>) -> Result<Vec<ChangeSet>>;

    /// The values of many keys.
    #[method(name = "state_queryStorageAt", blocking)]
    fn query_storage_at(&self, keys: Vec<StorageKey>, at: Option<Hash>) -> Result<Vec<ChangeSet>>;

    /// Trie nodes that prove the values of these keys.
    #[method(name = "state_getReadProof", blocking)]
    fn read_proof(&self, keys: Vec<StorageKey>, at: Option<Hash>) -> Result<Value>;

    /// The runtime's version, once: it never changes.
    #[subscription(
        name = "state_subscribeRuntimeVersion" => "state_runtimeVersion",
        unsubscribe = "state_unsubscribeRuntimeVersion",
        aliases = ["chain_subscribeRuntimeVersion"],
        unsubscribe_aliases = ["chain_unsubscribeRuntimeVersion"],
        item = RuntimeVersion
    )]
    async fn subscribe_runtime_version(&self);

    /// The values of these keys in the best block, then those that change with each new best block. Without keys, whatever
    /// changes.
    #[subscription(
        name = "state_subscribeStorage" => "state_storage",
        unsubscribe = "state_unsubscribeStorage",
        item = ChangeSet
    )]
    async fn subscribe_storage(&self, keys: Option<Vec<StorageKey>>);
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api { chain }.into_rpc().remove_context()
}

struct Api {
    chain: Chain,
}

#[async_trait]
impl StateApiServer for Api {
    fn call(&self, method: String, data: Bytes, at: Option<Hash>) -> Result<Bytes> {
        let answer = self.at(at)?.call(&method, &data);
        answer.map(Bytes).map_err(|error| error::execution(&error))
    }

    fn keys(&self, prefix: StorageKey, at: Option<Hash>) -> Result<Vec<StorageKey>> {
        let state = self.at(at)?;
        all_keys(&state, &prefix.0)
    }

    fn pairs(&self, prefix: StorageKey, at: Option<Hash>) -> Result<Vec<(StorageKey, StorageData)>> {
        let state = self.at(at)?;
        let value_of = |key: StorageKey| match state.storage(None, &key.0) {
            Ok(value) => Ok((key, StorageData(value.unwrap_or_default()))),
            Err(error) => Err(error::execution(&error)),
        };
        all_keys(&state, &prefix.0)?.into_iter().map(value_of).collect()
    }

    fn keys_paged(
        &self,
        prefix: Option<StorageKey>,
        count: u32,
        start_key: Option<StorageKey>,
        at: Option<Hash>,
    ) -> Result<Vec<StorageKey>> {
        let count = page_size(count)?;
        let prefix = prefix.map(|prefix| prefix.0).unwrap_or_default();
        let start = start_key.map(|key| key.0);
        let keys = self.at(at)?.keys(None, &prefix, start.as_deref(), count);
        let keys = keys.map_err(|error| error::execution(&error))?;
        Ok(keys.into_iter().map(StorageKey).collect())
    }

    fn storage(&self, key: StorageKey, at: Option<Hash>) -> Result<Option<StorageData>> {
        let value = self.at(at)?.storage(None, &key.0);
        Ok(value.map_err(|error| error::execution(&error))?.map(StorageData))
    }

    fn storage_hash(&self, key: StorageKey, at: Option<Hash>) -> Result<Option<Hash>> {
        let hash = self.at(at)?.storage_hash(None, &key.0);
        hash.map_err(|error| error::execution(&error))
    }

    fn storage_size(&self, key: StorageKey, at: Option<Hash>) -> Result<Option<u64>> {
        let state = self.at(at)?;
        let size_of = |key: &[u8]| {
            let value = state.storage(None, key).map_err(|error| error::execution(&error))?;
            Ok(value.map(|value| value.len() as u64))
        };
        if let Some(size) = size_of(&key.0)? {
            return Ok(Some(size));
        }
        let sizes = all_keys(&state, &key.0)?;
        let sizes: Vec<Option<u64>> = sizes.iter().map(|key| size_of(&key.0)).collect::<Result<_>>()?;
        let total: u64 = sizes.into_iter().flatten().sum();
        Ok((total > 0).then_some(total))
    }

    fn metadata(&self, at: Option<Hash>) -> Result<Bytes> {
        let encoded = self.at(at)?.call("Metadata_metadata", &[]);
        let encoded = encoded.map_err(|error| error::execution(&error))?;
        let opaque = OpaqueMetadata::decode(&mut &encoded[..]).map_err(error::internal)?;
        Ok(Bytes(Vec::clone(&opaque)))
    }

    fn runtime_version(&self, at: Option<Hash>) -> Result<RuntimeVersion> {
        // The same in every block, but only of blocks that are there.
        self.at(at).map(|_| VERSION)
    }

    fn query_storage(&self, keys: Vec<StorageKey>, from: Hash, to: Option<Hash>) -> Result<Vec<ChangeSet>> {
        changes::between(&self.chain, &keys, from, query::hash_or_best(&self.chain, to))
    }

    fn query_storage_at(&self, keys: Vec<StorageKey>, at: Option<Hash>) -> Result<Vec<ChangeSet>> {
        let block = query::hash_or_best(&self.chain, at);
        let mut seen = BTreeMap::new();
        let state = self.at(Some(block))?;
        Ok(vec![changes::changed(block, &state, &keys, &mut seen)?])
    }

    fn read_proof(&self, keys: Vec<StorageKey>, at: Option<Hash>) -> Result<Value> {
        let at = query::hash_or_best(&self.chain, at);
        let keys: Vec<Vec<u8>> = keys.into_iter().map(|key| key.0).collect();
        let proof = self.at(Some(at))?.read_proof(None, &keys);
        let proof = proof.map_err(|error| error::execution(&error))?;
        Ok(proof_json(at, proof))
    }

    async fn subscribe_runtime_version(&self, pending: PendingSubscriptionSink) {
        let Ok(sink) = pending.accept().await else {
            return;
        };
        if subscription::send(&sink, &VERSION).await {
            sink.closed().await;
        }
    }

    async fn subscribe_storage(&self, pending: PendingSubscriptionSink, keys: Option<Vec<StorageKey>>) {
        let Some((sink, mut follow)) = subscription::begin(pending, &self.chain).await else {
            return;
        };
        let mut changes = changes::Watched::new(self.chain.clone(), keys);
        loop {
            let mut best = follow.best;
            loop {
                let Ok((back, set)) = subscription::blocking(move || changes.look_at(best.hash)).await else {
                    return;
                };
                changes = back;
                match set {
                    Ok(Some(set)) if !subscription::send(&sink, &set).await => return,
                    Ok(_) => {}
                    Err(error) => {
                        tracing::error!(%error, "a subscription to storage ends");
                        return;
                    }
                }
                match changes::next_best(&sink, &mut follow.events).await {
                    Next::Event(next) => best = next,
                    Next::Missed => break,
                    Next::Closed => return,
                }
            }
            follow = match subscription::follow(&self.chain).await {
                Ok(follow) => follow,
                Err(_) => return,
            };
        }
    }
}

impl Api {
    fn at(&self, at: Option<Hash>) -> Result<State> {
        query::state_at(&self.chain, at)
    }
}

/// Every key of the main trie that begins with `prefix`.
fn all_keys(state: &State, prefix: &[u8]) -> Result<Vec<StorageKey>> {
    let mut keys = Vec::new();
    for page in query::pages(state, None, prefix, None) {
        let page = page.map_err(|error| error::execution(&error))?;
        keys.extend(page.into_iter().map(StorageKey));
    }
    Ok(keys)
}

/// A page size as a caller asks for it.
pub(super) fn page_size(count: u32) -> Result<usize> {
    if count > MAX_KEYS {
        let text = format!("count exceeds maximum value. value: {count}, max: {MAX_KEYS}");
        return Err(jsonrpsee::types::ErrorObjectOwned::owned(4002, text, None::<()>));
    }
    usize::try_from(count).map_err(error::invalid_params)
}

/// A proof with the block that it is for.
pub(super) fn proof_json(at: Hash, proof: sp_trie::StorageProof) -> Value {
    let nodes: Vec<Bytes> = proof.into_iter_nodes().map(Bytes).collect();
    json!({ "at": at, "proof": nodes })
}
