//! `archive_v1_storage`.

use jsonrpsee::PendingSubscriptionSink;
use serde::{Deserialize, Serialize};
use sp_core::Bytes;

use crate::{
    Chain,
    rpc::substrate::{
        error,
        storage_query::{Found, Queries, Query, QueryType},
        subscription::{blocking, send},
    },
    runtime::Hash,
};

/// A question about a key.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::rpc::substrate) struct Item {
    key: Bytes,
    #[serde(rename = "type")]
    kind: QueryType,
    /// For descendants: the last key that the caller has; the answer begins after it.
    pagination_start_key: Option<Bytes>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all_fields = "camelCase")]
enum Event<'a> {
    #[serde(rename = "storage")]
    Storage {
        #[serde(flatten)]
        found: Found,
        #[serde(skip_serializing_if = "Option::is_none")]
        child_trie_key: Option<&'a Bytes>,
    },
    #[serde(rename = "storageDone")]
    Done,
    #[serde(rename = "storageError")]
    Error { error: String },
}

/// Answers all items, then says so.
pub(super) async fn serve(
    pending: PendingSubscriptionSink,
    chain: Chain,
    hash: Hash,
    items: Vec<Item>,
    child_trie: Option<Bytes>,
) {
    let misplaced = |item: &Item| item.pagination_start_key.is_some() && !item.kind.is_of_descendants();
    if items.iter().any(misplaced) {
        let why = "paginationStartKey is for descendantsValues and descendantsHashes only";
        return pending.reject(error::invalid_params(why)).await;
    }
    let Ok(sink) = pending.accept().await else {
        return;
    };
    let queries = items.into_iter().map(|item| Query {
        key: item.key.0,
        kind: item.kind,
        start_after: item.pagination_start_key.map(|key| key.0),
    });
    let mut queries = match chain.state(hash) {
        Ok(state) => Queries::new(state, child_trie.as_deref(), queries),
        Err(error) => {
            let error = error.to_string();
            send(&sink, &Event::Error { error }).await;
            return;
        }
    };
    while !queries.is_done() {
        let page = blocking(move || {
            let page = queries.next_page();
            (queries, page)
        });
        let found = match page.await {
            Ok((rest, Ok(found))) => {
                queries = rest;
                found
            }
            Ok((_, Err(error))) => {
                let error = error.to_string();
                send(&sink, &Event::Error { error }).await;
                return;
            }
            Err(error) => {
                let error = error.message().to_owned();
                send(&sink, &Event::Error { error }).await;
                return;
            }
        };
        for found in found {
            let child_trie_key = child_trie.as_ref();
            if !send(&sink, &Event::Storage { found, child_trie_key }).await {
                return;
            }
        }
    }
    send(&sink, &Event::Done).await;
}
