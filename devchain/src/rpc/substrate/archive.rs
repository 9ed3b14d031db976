//! `archive_v1`: any block of the past, and its state.

mod storage;
mod storage_diff;

use std::sync::Arc;

use codec::Encode;
use jsonrpsee::{PendingSubscriptionSink, RpcModule, core::async_trait, proc_macros::rpc};
use serde_json::{Value, json};
use sp_core::Bytes;
use tokio::sync::Semaphore;

use super::{
    error::{self, Result},
    query,
};
use crate::{
    Chain,
    chain::{ChainError, StoredBlock},
    runtime::{BlockNumber, Hash},
};

/// Methods of the family `archive_v1`.
#[rpc(server)]
trait Archive {
    /// The extrinsics of a block; `null` if there is no such block, here and below.
    #[method(name = "archive_v1_body", blocking)]
    fn body(&self, hash: Hash) -> Result<Option<Vec<Bytes>>>;

    /// Calls a runtime API method with SCALE-encoded arguments.
    #[method(name = "archive_v1_call", blocking)]
    fn call(&self, hash: Hash, function: String, call_parameters: Bytes) -> Result<Option<Value>>;

    /// Number of the highest finalized block.
    #[method(name = "archive_v1_finalizedHeight", blocking)]
    fn finalized_height(&self) -> BlockNumber;

    /// Hash of block 0.
    #[method(name = "archive_v1_genesisHash")]
    fn genesis_hash(&self) -> Result<Hash>;

    /// Hashes of the blocks with this number: one if it is final, else one for each fork.
    #[method(name = "archive_v1_hashByHeight", blocking)]
    fn hash_by_height(&self, height: u64) -> Result<Vec<Hash>>;

    /// The SCALE-encoded header of a block.
    #[method(name = "archive_v1_header", blocking)]
    fn header(&self, hash: Hash) -> Result<Option<Bytes>>;

    /// Answers questions about storage, one event for each entry found.
    #[subscription(
        name = "archive_v1_storage" => "archive_v1_storageEvent",
        unsubscribe = "archive_v1_stopStorage",
        item = Value
    )]
    async fn storage(&self, hash: Hash, items: Vec<storage::Item>, child_trie: Option<Bytes>);

    /// Tells what is different from the state of an earlier block, the parent without `previous_hash`.
    #[subscription(
        name = "archive_v1_storageDiff" => "archive_v1_storageDiffEvent",
        unsubscribe = "archive_v1_stopStorageDiff",
        item = Value
    )]
    async fn storage_diff(&self, hash: Hash, items: Option<Vec<storage_diff::Item>>, previous_hash: Option<Hash>);
}

/// Comparisons of states that run at a time; each keeps a thread for as long as its client takes to read.
const MAX_COMPARISONS: usize = 32;

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api {
        chain,
        comparisons: Arc::new(Semaphore::new(MAX_COMPARISONS)),
    }
    .into_rpc()
    .remove_context()
}

struct Api {
    chain: Chain,
    comparisons: Arc<Semaphore>,
}

#[async_trait]
impl ArchiveServer for Api {
    fn body(&self, hash: Hash) -> Result<Option<Vec<Bytes>>> {
        let block = self.block(hash)?;
        Ok(block.map(|block| block.extrinsics.into_iter().map(Bytes).collect()))
    }

    fn call(&self, hash: Hash, function: String, call_parameters: Bytes) -> Result<Option<Value>> {
        let state = match self.chain.state(hash) {
            Ok(state) => state,
            Err(ChainError::UnknownBlock(_)) => return Ok(None),
            Err(error) => return Err(error::internal(error)),
        };
        Ok(Some(match state.call(&function, &call_parameters) {
            Ok(value) => json!({ "success": true, "value": Bytes(value) }),
            Err(error) => json!({ "success": false, "error": error.to_string() }),
        }))
    }

    fn finalized_height(&self) -> BlockNumber {
        self.chain.finalized().number
    }

    fn genesis_hash(&self) -> Result<Hash> {
        Ok(self.chain.genesis_hash())
    }

    fn hash_by_height(&self, height: u64) -> Result<Vec<Hash>> {
        let Ok(number) = BlockNumber::try_from(height) else {
            return Ok(Vec::new());
        };
        let finalized = self.chain.finalized().number;
        let blocks = query::live_blocks_at(&self.chain, number, finalized).map_err(error::internal)?;
        Ok(blocks.into_iter().map(|(hash, _)| hash).collect())
    }

    fn header(&self, hash: Hash) -> Result<Option<Bytes>> {
        Ok(self.block(hash)?.map(|block| Bytes(block.header.encode())))
    }

    async fn storage(
        &self,
        pending: PendingSubscriptionSink,
        hash: Hash,
        items: Vec<storage::Item>,
        child_trie: Option<Bytes>,
    ) {
        storage::serve(pending, self.chain.clone(), hash, items, child_trie).await;
    }

    async fn storage_diff(
        &self,
        pending: PendingSubscriptionSink,
        hash: Hash,
        items: Option<Vec<storage_diff::Item>>,
        previous_hash: Option<Hash>,
    ) {
        let Ok(_permit) = self.comparisons.clone().try_acquire_owned() else {
            return pending.reject(error::too_many("storage comparisons")).await;
        };
        storage_diff::serve(pending, self.chain.clone(), hash, items, previous_hash).await;
    }
}

impl Api {
    fn block(&self, hash: Hash) -> Result<Option<StoredBlock>> {
        self.chain.block(hash).map_err(error::internal)
    }
}
