//! Ranges of blocks from the chain, with the logs in them.

use std::{
    collections::{HashMap, HashSet},
    ops::RangeInclusive,
    sync::Arc,
};

use alloy_core::primitives::{Address, B256, Bytes};
use codec::{Compact, Decode};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::Mutex;

use super::{
    log::{Block, RawLog},
    runtime::{EventReader, RuntimeError},
    source::{Source, SourceError},
};

/// Requests in flight for one range.
const REQUESTS: usize = 32;

/// A range of finalized blocks.
#[derive(Debug, Default)]
pub struct Fetched {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// The logs of the contracts that were asked for, in order.
    pub logs: Vec<RawLog>,
    /// How many bytes of events were read.
    pub bytes: usize,
}

/// Fetches blocks. It may be used from many tasks at once.
#[derive(Debug)]
pub struct Fetcher {
    source: Arc<Source>,
    keys: Arc<[Bytes]>,
    /// By the version of the runtime that made the block.
    readers: Mutex<HashMap<u32, Arc<EventReader>>>,
}

/// What is read of each block's state, in the order of the keys.
struct State {
    events: Bytes,
    timestamp: u64,
    parent_hash: B256,
    /// The version of the runtime that made the block, if it says so.
    spec_version: Option<u32>,
}

impl Fetcher {
    /// Fetches from this chain.
    pub fn new(source: Arc<Source>) -> Self {
        let keys = [
            ("System", "Events"),
            ("Timestamp", "Now"),
            ("System", "ParentHash"),
            ("System", "LastRuntimeUpgrade"),
        ];
        Self {
            source,
            keys: keys.map(|(pallet, item)| storage_key(pallet, item)).into(),
            readers: Mutex::default(),
        }
    }

    /// Fetches a range of finalized blocks, and of their logs those of `contracts`.
    ///
    /// # Errors
    /// [`SourceError`]: the chain does not answer, or not with blocks that follow each other.
    pub async fn range(
        &self,
        range: RangeInclusive<u64>,
        contracts: &HashSet<Address>,
    ) -> Result<Fetched, SourceError> {
        let numbers: Vec<u64> = range.collect();
        let hashes = self.source.hashes(&numbers).await?;
        let requests: Vec<_> = numbers
            .into_iter()
            .zip(hashes)
            .map(|(number, hash)| self.block(number, hash, contracts))
            .collect();
        let mut blocks = stream::iter(requests).buffered(REQUESTS);
        let mut fetched = Fetched::default();
        // Nothing else is awaited in this loop: the requests in flight go on only while the stream is, and one of them
        // may be the one that makes the connection anew, for which everybody waits.
        while let Some((block, logs, bytes)) = blocks.try_next().await? {
            if fetched
                .blocks
                .last()
                .is_some_and(|before| before.hash != block.parent_hash)
            {
                return Err(self.unlinked(block.number));
            }
            fetched.bytes += bytes;
            fetched.logs.extend(logs);
            fetched.blocks.push(block);
        }
        Ok(fetched)
    }

    /// Fetches a block, its logs of `contracts`, and how many bytes of events were read for them.
    async fn block(
        &self,
        number: u64,
        hash: B256,
        contracts: &HashSet<Address>,
    ) -> Result<(Block, Vec<RawLog>, usize), SourceError> {
        let state = state(&self.source, &self.keys, hash).await?;
        // Block 0 has no parent, though its state names one, and no transactions.
        let parent_hash = if number == 0 { B256::ZERO } else { state.parent_hash };
        let mut logs = Vec::new();
        if number > 0 && !state.events.is_empty() {
            let reader = self.reader(number, parent_hash, state.spec_version).await?;
            let read = reader.logs(number, &state.events, contracts, &mut logs);
            read.map_err(|source| SourceError::Runtime { number, source })?;
        }
        let block = Block {
            number,
            hash,
            parent_hash,
            timestamp: state.timestamp,
        };
        Ok((block, logs, state.events.len()))
    }

    /// The error for a block that does not follow the one before it.
    pub(super) fn unlinked(&self, number: u64) -> SourceError {
        SourceError::Unlinked {
            url: self.source.url().into(),
            number,
        }
    }

    /// The reader for the events of a block: they are encoded as the runtime says that was in force before it.
    async fn reader(
        &self,
        number: u64,
        parent: B256,
        spec_version: Option<u32>,
    ) -> Result<Arc<EventReader>, SourceError> {
        let spec_version = match spec_version {
            Some(version) => version,
            None => self.source.spec_version(parent).await?,
        };
        // The metadata is large: one task fetches it, the others wait.
        let mut readers = self.readers.lock().await;
        if let Some(reader) = readers.get(&spec_version) {
            return Ok(Arc::clone(reader));
        }
        let metadata = self.source.metadata(parent).await?;
        let failed = |source: RuntimeError| SourceError::Runtime { number, source };
        let reader = Arc::new(EventReader::new(&metadata).map_err(failed)?);
        readers.insert(spec_version, Arc::clone(&reader));
        Ok(reader)
    }
}

async fn state(source: &Source, keys: &[Bytes], block: B256) -> Result<State, SourceError> {
    let mut values = source.state(block, keys).await?.into_iter();
    let mut next = || values.next().flatten().unwrap_or_default();
    let (events, timestamp, parent_hash, upgrade) = (next(), next(), next(), next());
    Ok(State {
        events,
        timestamp: u64::decode(&mut &timestamp[..]).unwrap_or_default(),
        parent_hash: <[u8; 32]>::decode(&mut &parent_hash[..]).unwrap_or_default().into(),
        spec_version: Compact::<u32>::decode(&mut &upgrade[..]).ok().map(|version| version.0),
    })
}

/// The key of a storage item without parameters: the hashes of the pallet's and the item's names.
fn storage_key(pallet: &str, item: &str) -> Bytes {
    let hash = |name: &str| sp_crypto_hashing::twox_128(name.as_bytes());
    [hash(pallet), hash(item)].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_keys_are_those_of_every_substrate_chain() {
        let key = storage_key("System", "Events");
        assert_eq!(
            key.to_string(),
            "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7"
        );
    }
}
