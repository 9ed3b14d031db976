//! `chainHead_v1`: following the head of the chain, and asking about the blocks that were reported.

mod event;
mod follow;
mod operation;
mod session;
mod tree;

use codec::Encode;
use jsonrpsee::{
    ConnectionId, Extensions, PendingSubscriptionSink, ResponsePayload, RpcModule, core::async_trait, proc_macros::rpc,
    types::ErrorObjectOwned,
};
use serde::Deserialize;
use sp_core::Bytes;

use super::{
    error::{self, Result},
    storage_query::QueryType,
};
use crate::{Chain, runtime::Hash};
use event::Started;
use session::{Session, Sessions};

type Response = ResponsePayload<'static, Started>;

/// Methods of the family `chainHead_v1`. All but the first take the id of a subscription of the same connection; one that is
/// over is no error.
#[rpc(server)]
trait ChainHead {
    /// Reports blocks, which stay pinned until they are unpinned, and the results of operations.
    #[subscription(
        name = "chainHead_v1_follow" => "chainHead_v1_followEvent",
        unsubscribe = "chainHead_v1_unfollow",
        item = event::FollowEvent
    )]
    async fn follow(&self, with_runtime: bool);

    /// Starts to get a block's extrinsics.
    #[method(name = "chainHead_v1_body", with_extensions)]
    fn body(&self, follow_subscription: String, hash: Hash) -> Response;

    /// Starts a runtime call.
    #[method(name = "chainHead_v1_call", with_extensions)]
    fn call(&self, follow_subscription: String, hash: Hash, function: String, call_parameters: Bytes) -> Response;

    /// Starts to look into the storage.
    #[method(name = "chainHead_v1_storage", with_extensions)]
    fn storage(
        &self,
        follow_subscription: String,
        hash: Hash,
        items: Vec<StorageItem>,
        child_trie: Option<Bytes>,
    ) -> Response;

    /// The SCALE-encoded header of a pinned block.
    #[method(name = "chainHead_v1_header", with_extensions, blocking)]
    fn header(&self, follow_subscription: String, hash: Hash) -> Result<Option<Bytes>>;

    /// Lets an operation that waits go on.
    #[method(name = "chainHead_v1_continue", with_extensions)]
    fn go_on(&self, follow_subscription: String, operation_id: String) -> Result<()>;

    /// Stops an operation.
    #[method(name = "chainHead_v1_stopOperation", with_extensions)]
    fn stop_operation(&self, follow_subscription: String, operation_id: String) -> Result<()>;

    /// Unpins all of these blocks or, if one of them is not pinned, none.
    #[method(name = "chainHead_v1_unpin", with_extensions)]
    fn unpin(&self, follow_subscription: String, hash_or_hashes: HashOrHashes) -> Result<()>;
}

/// A question about a key.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct StorageItem {
    key: Bytes,
    #[serde(rename = "type")]
    kind: QueryType,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum HashOrHashes {
    Hash(Hash),
    Hashes(Vec<Hash>),
}

/// What the specification calls these conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum ChainHeadError {
    #[error("this connection has too many chainHead_v1_follow subscriptions")]
    TooManySubscriptions = -32800,
    #[error("the block was not reported by this subscription, or it was unpinned")]
    UnknownBlock = -32801,
    #[error("the subscription was made with withRuntime = false")]
    WithoutRuntime = -32802,
    #[error("the operation does not wait to be continued")]
    NotWaiting = -32803,
    #[error("a block is named twice")]
    DuplicateHashes = -32804,
}

impl From<ChainHeadError> for ErrorObjectOwned {
    fn from(error: ChainHeadError) -> Self {
        Self::owned(error as i32, error.to_string(), None::<()>)
    }
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api {
        chain,
        sessions: Sessions::default(),
    }
    .into_rpc()
    .remove_context()
}

struct Api {
    chain: Chain,
    sessions: Sessions,
}

#[async_trait]
impl ChainHeadServer for Api {
    async fn follow(&self, pending: PendingSubscriptionSink, with_runtime: bool) {
        follow::serve(pending, self.chain.clone(), &self.sessions, with_runtime).await;
    }

    fn body(&self, extensions: &Extensions, follow_subscription: String, hash: Hash) -> Response {
        self.start(extensions, &follow_subscription, hash, |session| {
            let chain = self.chain.clone();
            Ok(session.start(None, |operation| operation::body(operation, chain, hash)))
        })
    }

    fn call(
        &self,
        extensions: &Extensions,
        follow_subscription: String,
        hash: Hash,
        function: String,
        call_parameters: Bytes,
    ) -> Response {
        self.start(extensions, &follow_subscription, hash, |session| {
            if !session.with_runtime() {
                return Err(ChainHeadError::WithoutRuntime);
            }
            let chain = self.chain.clone();
            let run = |operation| operation::call(operation, chain, hash, function, call_parameters.0);
            Ok(session.start(None, run))
        })
    }

    fn storage(
        &self,
        extensions: &Extensions,
        follow_subscription: String,
        hash: Hash,
        items: Vec<StorageItem>,
        child_trie: Option<Bytes>,
    ) -> Response {
        self.start(extensions, &follow_subscription, hash, |session| {
            let chain = self.chain.clone();
            let run = |operation| operation::storage(operation, chain, hash, items, child_trie);
            // Items of one request are answered one after another, so they count as one operation and none is discarded.
            Ok(session.start(Some(0), run))
        })
    }

    fn header(&self, extensions: &Extensions, follow_subscription: String, hash: Hash) -> Result<Option<Bytes>> {
        let Some(session) = self.session(extensions, &follow_subscription)? else {
            return Ok(None);
        };
        session.check_pinned(hash)?;
        let block = self.chain.block(hash).map_err(error::internal)?;
        Ok(block.map(|block| Bytes(block.header.encode())))
    }

    fn go_on(&self, extensions: &Extensions, follow_subscription: String, operation_id: String) -> Result<()> {
        match self.session(extensions, &follow_subscription)? {
            Some(session) => Ok(session.go_on(&operation_id)?),
            None => Ok(()),
        }
    }

    fn stop_operation(&self, extensions: &Extensions, follow_subscription: String, operation_id: String) -> Result<()> {
        if let Some(session) = self.session(extensions, &follow_subscription)? {
            session.stop(&operation_id);
        }
        Ok(())
    }

    fn unpin(&self, extensions: &Extensions, follow_subscription: String, hash_or_hashes: HashOrHashes) -> Result<()> {
        let hashes = match hash_or_hashes {
            HashOrHashes::Hash(hash) => vec![hash],
            HashOrHashes::Hashes(hashes) => hashes,
        };
        match self.session(extensions, &follow_subscription)? {
            Some(session) => Ok(session.unpin(&hashes)?),
            None => Ok(()),
        }
    }
}

impl Api {
    fn session(&self, extensions: &Extensions, id: &str) -> Result<Option<std::sync::Arc<Session>>> {
        let connection = extensions.get::<ConnectionId>();
        let connection = connection.ok_or_else(|| error::internal("the request has no connection"))?;
        Ok(self.sessions.get(*connection, id))
    }

    /// Starts an operation on a pinned block; `start` is not called when the subscription is over or the block not pinned.
    fn start(
        &self,
        extensions: &Extensions,
        subscription: &str,
        hash: Hash,
        start: impl FnOnce(&std::sync::Arc<Session>) -> std::result::Result<Response, ChainHeadError>,
    ) -> Response {
        match self.session(extensions, subscription) {
            Err(error) => Response::error(error),
            Ok(None) => Response::success(Started::LimitReached),
            Ok(Some(session)) => session
                .check_pinned(hash)
                .and_then(|()| start(&session))
                .unwrap_or_else(Response::error),
        }
    }
}
