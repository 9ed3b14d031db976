//! What `chainHead_v1` tells.

use serde::Serialize;
use sp_core::Bytes;

use crate::{
    rpc::substrate::{runtime_spec::Runtime, storage_query::Found},
    runtime::Hash,
};

/// An event of a `chainHead_v1_follow` subscription.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum FollowEvent {
    /// The first one. The last block is the highest finalized one.
    Initialized {
        finalized_block_hashes: Vec<Hash>,
        /// Only if the subscription is with runtime.
        #[serde(skip_serializing_if = "Option::is_none")]
        finalized_block_runtime: Option<Runtime>,
    },
    /// A block that is not final yet.
    NewBlock {
        block_hash: Hash,
        parent_block_hash: Hash,
        /// Only if the subscription is with runtime; `null` then, as the runtime never changes.
        #[serde(skip_serializing_if = "Option::is_none")]
        new_runtime: Option<()>,
    },
    /// Another block is the best one.
    BestBlockChanged { best_block_hash: Hash },
    /// Blocks became final, or never will be.
    Finalized {
        finalized_block_hashes: Vec<Hash>,
        pruned_block_hashes: Vec<Hash>,
    },
    /// The result of `chainHead_v1_body`.
    OperationBodyDone { operation_id: String, value: Vec<Bytes> },
    /// The result of `chainHead_v1_call`.
    OperationCallDone { operation_id: String, output: Bytes },
    /// A part of the result of `chainHead_v1_storage`.
    OperationStorageItems { operation_id: String, items: Vec<Found> },
    /// More follows after `chainHead_v1_continue`.
    OperationWaitingForContinue { operation_id: String },
    /// The result of `chainHead_v1_storage` is complete.
    OperationStorageDone { operation_id: String },
    /// The operation failed.
    OperationError { operation_id: String, error: String },
    /// The last event: the subscription cannot go on.
    Stop,
}

/// The answer to a method that starts an operation.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "result", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(in crate::rpc::substrate) enum Started {
    /// It has begun.
    Started {
        operation_id: String,
        /// Of `chainHead_v1_storage` only: items at the end that are not looked up.
        #[serde(skip_serializing_if = "Option::is_none")]
        discarded_items: Option<usize>,
    },
    /// Too many run, or the subscription is over.
    LimitReached,
}
