//! `archive_v1_storageDiff`.

use jsonrpsee::PendingSubscriptionSink;
use serde::{Deserialize, Serialize};
use sp_core::{Bytes, storage::ChildInfo};
use tokio::sync::mpsc;

use crate::{
    Chain,
    chain::{ChainError, State},
    rpc::substrate::{
        diff::{self, Kind},
        subscription::{blocking, send},
    },
    runtime::Hash,
};

/// Differences that are found ahead of the client.
const AHEAD: usize = 256;

/// Which entries to compare.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::rpc::substrate) struct Item {
    /// Prefix of their keys; all without it.
    #[serde(default)]
    key: Option<Bytes>,
    return_type: ReturnType,
    /// Child trie of the default namespace; the main trie without it.
    #[serde(default)]
    child_trie_key: Option<Bytes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ReturnType {
    Value,
    Hash,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all_fields = "camelCase")]
enum Event {
    #[serde(rename = "storageDiff")]
    Difference {
        key: Bytes,
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<Bytes>,
        #[serde(skip_serializing_if = "Option::is_none")]
        hash: Option<Hash>,
        #[serde(rename = "type")]
        kind: Kind,
        #[serde(skip_serializing_if = "Option::is_none")]
        child_trie_key: Option<Bytes>,
    },
    #[serde(rename = "storageDiffDone")]
    Done,
    #[serde(rename = "storageDiffError")]
    Error { error: String },
}

/// Tells all differences, then says so.
pub(super) async fn serve(
    pending: PendingSubscriptionSink,
    chain: Chain,
    hash: Hash,
    items: Option<Vec<Item>>,
    previous: Option<Hash>,
) {
    let Ok(sink) = pending.accept().await else {
        return;
    };
    let everything = Item {
        key: None,
        return_type: ReturnType::Value,
        child_trie_key: None,
    };
    let items = without_repetition(items.unwrap_or_else(|| vec![everything]));
    let (found, mut differences) = mpsc::channel(AHEAD);
    let search = tokio::spawn(blocking(move || search(&chain, hash, previous, &items, &found)));
    while let Some(difference) = differences.recv().await {
        // Leaving drops the receiver, which ends the search.
        if !send(&sink, &difference).await {
            return;
        }
    }
    let error = match search.await {
        Ok(Ok(Ok(()))) => None,
        Ok(Ok(Err(error))) => Some(error),
        Ok(Err(error)) => Some(error.message().to_owned()),
        Err(error) => Some(error.to_string()),
    };
    let last = error.map_or(Event::Done, |error| Event::Error { error });
    send(&sink, &last).await;
}

/// Leaves out items whose entries an earlier or wider one covers.
fn without_repetition(items: Vec<Item>) -> Vec<Item> {
    let prefix = |item: &Item| item.key.as_deref().unwrap_or_default().to_vec();
    let covers = |wide: &Item, narrow: &Item| {
        wide.return_type == narrow.return_type
            && wide.child_trie_key == narrow.child_trie_key
            && prefix(narrow).starts_with(&prefix(wide))
    };
    let mut kept: Vec<Item> = Vec::new();
    for item in items {
        if !kept.iter().any(|wide| covers(wide, &item)) {
            kept.retain(|narrow| !covers(&item, narrow));
            kept.push(item);
        }
    }
    kept
}

/// Sends what it finds until nobody wants more.
fn search(
    chain: &Chain,
    hash: Hash,
    previous: Option<Hash>,
    items: &[Item],
    found: &mpsc::Sender<Event>,
) -> Result<(), String> {
    let (before, after) = states(chain, hash, previous)?;
    for item in items {
        let child = item.child_trie_key.as_deref().map(ChildInfo::new_default);
        let prefix = item.key.as_deref().unwrap_or_default();
        let differences =
            diff::differences(&before, &after, child.as_ref(), prefix).map_err(|error| error.to_string())?;
        for difference in differences {
            let difference = difference.map_err(|error| error.to_string())?;
            let (value, hash) = match item.return_type {
                ReturnType::Value => (after.storage(child.as_ref(), &difference.key), Ok(None)),
                ReturnType::Hash => (Ok(None), after.storage_hash(child.as_ref(), &difference.key)),
            };
            let event = Event::Difference {
                key: Bytes(difference.key),
                value: value.map_err(|error| error.to_string())?.map(Bytes),
                hash: hash.map_err(|error| error.to_string())?,
                kind: difference.kind,
                child_trie_key: item.child_trie_key.clone(),
            };
            if found.blocking_send(event).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The states to compare: of the earlier block, which has to be an ancestor, and of the later one.
fn states(chain: &Chain, hash: Hash, previous: Option<Hash>) -> Result<(State, State), String> {
    let header = |hash| match chain.block(hash) {
        Ok(Some(block)) => Ok(block.header),
        Ok(None) => Err(ChainError::UnknownBlock(hash).to_string()),
        Err(error) => Err(error.to_string()),
    };
    let later = header(hash)?;
    let previous = match previous {
        Some(previous) => {
            let earlier = header(previous)?;
            let mut ancestor = later.clone();
            while ancestor.number > earlier.number {
                ancestor = header(ancestor.parent_hash)?;
            }
            if ancestor.hash() != previous {
                return Err(format!("the block {previous:?} is no ancestor of {hash:?}"));
            }
            previous
        }
        None if later.number == 0 => return Err("the genesis block has no parent to compare with".to_owned()),
        None => later.parent_hash,
    };
    let state = |hash| chain.state(hash).map_err(|error| error.to_string());
    Ok((state(previous)?, state(hash)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &[u8], child: Option<&[u8]>) -> Item {
        Item {
            key: Some(Bytes(key.to_vec())),
            return_type: ReturnType::Value,
            child_trie_key: child.map(|child| Bytes(child.to_vec())),
        }
    }

    #[test]
    fn an_item_below_another_is_left_out_but_not_one_of_another_trie() {
        let items = vec![
            item(b"ab", None),
            item(b"a", None),
            item(b"abc", None),
            item(b"abc", Some(b"child")),
        ];
        assert_eq!(
            without_repetition(items),
            [item(b"a", None), item(b"abc", Some(b"child"))]
        );
    }
}
