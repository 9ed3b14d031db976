//! `author`: submitting extrinsics and looking into the queue.

use jsonrpsee::{PendingSubscriptionSink, RpcModule, core::async_trait, proc_macros::rpc, types::ErrorObjectOwned};
use serde::{Deserialize, Serialize};
use sp_core::Bytes;
use sp_runtime::transaction_validity::InvalidTransaction;

use super::{
    error::{self, Result},
    subscription,
    watch::{Update, Watch},
};
use crate::{
    Chain,
    chain::{PoolError, SubmitError, extrinsic_hash},
    runtime::Hash,
};

/// Methods of the family `author`. There is no key store, so what would change one is not offered.
#[rpc(server)]
trait Author {
    /// Queues an extrinsic. Answers its hash.
    #[method(name = "author_submitExtrinsic", blocking)]
    fn submit(&self, extrinsic: Bytes) -> Result<Hash>;

    /// What waits, in the order of arrival.
    #[method(name = "author_pendingExtrinsics", blocking)]
    fn pending(&self) -> Vec<Bytes>;

    /// Takes extrinsics out of the queue. Answers the hashes of those that were in it.
    #[method(name = "author_removeExtrinsic", blocking)]
    fn remove(&self, extrinsics: Vec<ExtrinsicOrHash>) -> Vec<Hash>;

    /// Whether the node holds this key: never.
    #[method(name = "author_hasKey")]
    fn has_key(&self, public_key: Bytes, key_type: String) -> Result<bool>;

    /// Whether the node holds these session keys: never.
    #[method(name = "author_hasSessionKeys")]
    fn has_session_keys(&self, session_keys: Bytes) -> bool;

    /// Queues an extrinsic and tells what happens to it, until it is final or will never be.
    #[subscription(
        name = "author_submitAndWatchExtrinsic" => "author_extrinsicUpdate",
        unsubscribe = "author_unwatchExtrinsic",
        item = Status
    )]
    async fn watch(&self, extrinsic: Bytes);
}

/// How an extrinsic in the queue is named.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ExtrinsicOrHash {
    Hash(Hash),
    Extrinsic(Bytes),
}

/// Where a watched extrinsic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Status {
    Future,
    Ready,
    InBlock(Hash),
    Retracted(Hash),
    Finalized(Hash),
    Usurped(Hash),
    Dropped,
    Invalid,
}

impl From<Update> for Status {
    fn from(update: Update) -> Self {
        match update {
            Update::Ready => Self::Ready,
            Update::Future => Self::Future,
            Update::InBlock(place) => Self::InBlock(place.block),
            Update::Retracted(block) => Self::Retracted(block),
            Update::Finalized(place) => Self::Finalized(place.block),
            Update::Usurped(by) => Self::Usurped(by),
            Update::Invalid => Self::Invalid,
            Update::Dropped => Self::Dropped,
        }
    }
}

pub(super) fn module(chain: Chain) -> RpcModule<()> {
    Api { chain }.into_rpc().remove_context()
}

struct Api {
    chain: Chain,
}

#[async_trait]
impl AuthorServer for Api {
    fn submit(&self, extrinsic: Bytes) -> Result<Hash> {
        self.chain
            .submit(&extrinsic)
            .map_err(|error| refusal(extrinsic_hash(&extrinsic), &error))
    }

    fn pending(&self) -> Vec<Bytes> {
        let queued = self.chain.pending();
        queued.iter().map(|queued| Bytes(queued.extrinsic.to_vec())).collect()
    }

    fn remove(&self, extrinsics: Vec<ExtrinsicOrHash>) -> Vec<Hash> {
        let hashes = extrinsics.into_iter().map(|extrinsic| match extrinsic {
            ExtrinsicOrHash::Hash(hash) => hash,
            ExtrinsicOrHash::Extrinsic(bytes) => extrinsic_hash(&bytes),
        });
        hashes.filter(|hash| self.chain.drop_transaction(*hash)).collect()
    }

    fn has_key(&self, _public_key: Bytes, key_type: String) -> Result<bool> {
        if key_type.len() != 4 {
            let text = "Invalid key type ID format (should be of length four)";
            return Err(ErrorObjectOwned::owned(OTHER, text, None::<()>));
        }
        Ok(false)
    }

    fn has_session_keys(&self, _session_keys: Bytes) -> bool {
        false
    }

    async fn watch(&self, pending: PendingSubscriptionSink, extrinsic: Bytes) {
        let hash = extrinsic_hash(&extrinsic);
        let submitted = Watch::submit(self.chain.clone(), extrinsic.0).await;
        let accepted = submitted.and_then(|(watch, outcome)| match outcome {
            Ok(()) => Ok(watch),
            Err(error) => Err(refusal(hash, &error)),
        });
        let mut watch = match accepted {
            Ok(watch) => watch,
            Err(error) => return pending.reject(error).await,
        };
        let Ok(sink) = pending.accept().await else {
            return;
        };
        loop {
            let update = tokio::select! {
                () = sink.closed() => return,
                update = watch.next() => update,
            };
            let Some(update) = update else { return };
            if !subscription::send(&sink, &Status::from(update)).await {
                return;
            }
        }
    }
}

const BAD_FORMAT: i32 = 1001;
const INVALID: i32 = 1010;
const UNKNOWN_VALIDITY: i32 = 1011;
const ALREADY_IMPORTED: i32 = 1013;
const TOO_LOW_PRIORITY: i32 = 1014;
const IMMEDIATELY_DROPPED: i32 = 1016;
const OTHER: i32 = 1040;

/// Why an extrinsic was not taken, with Substrate's codes and texts: tools match on them.
fn refusal(hash: Hash, error: &SubmitError) -> ErrorObjectOwned {
    let (code, message, data) = match error {
        SubmitError::Malformed => (BAD_FORMAT, format!("Extrinsic has invalid format: {error}"), None),
        SubmitError::Invalid(why) => (INVALID, "Invalid Transaction".into(), Some(invalid_reason(*why))),
        SubmitError::Unknown(why) => (
            UNKNOWN_VALIDITY,
            "Unknown Transaction Validity".into(),
            Some(format!("{why:?}")),
        ),
        SubmitError::Pool(PoolError::AlreadyQueued) => (
            ALREADY_IMPORTED,
            "Transaction Already Imported".into(),
            Some(format!("{hash:?}")),
        ),
        SubmitError::Pool(PoolError::TooLowPriority { old, new }) => (
            TOO_LOW_PRIORITY,
            format!("Priority is too low: ({old} vs {new})"),
            Some("The transaction has too low priority to replace another transaction already in the pool.".into()),
        ),
        SubmitError::Pool(PoolError::Full) => (
            IMMEDIATELY_DROPPED,
            "Immediately Dropped".into(),
            Some("The transaction couldn't enter the pool because of the limit".into()),
        ),
        SubmitError::Chain(error) => return error::internal(error),
    };
    ErrorObjectOwned::owned(code, message, data)
}

/// Why a transaction is invalid, in words.
pub(super) fn invalid_reason(why: InvalidTransaction) -> String {
    match why {
        InvalidTransaction::Custom(code) => format!("Custom error: {code}"),
        other => <&'static str>::from(other).to_owned(),
    }
}
