//! Events in the order of the chain.

use alloy_core::primitives::Address;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Columns, Select, decode};
use crate::indexer::store::{Reader, StoreError};

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of the contracts of this name.
    pub contract: Option<String>,
    /// Of this name.
    pub name: Option<String>,
    /// From this block on.
    pub from: Option<u64>,
    /// Up to this block.
    pub to: Option<u64>,
}

/// A decoded event.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// The number of its block.
    pub block: u64,
    /// The time of its block in milliseconds since the epoch.
    pub timestamp: u64,
    /// The position of its extrinsic in the block.
    pub extrinsic: Option<u64>,
    /// Its position among all events of the block; the Ethereum RPC's `logIndex`.
    pub index: u64,
    /// The contract's name.
    pub contract: String,
    /// The contract.
    pub address: Address,
    /// Its name.
    pub name: String,
    /// Its fields by name.
    pub fields: Box<RawValue>,
}

impl Reader {
    /// The first `limit` events that match, in the order of the chain.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn events(&mut self, filter: &EventFilter, limit: u32) -> Result<Vec<Event>, StoreError> {
        let select = "select e.block_number, b.timestamp, l.extrinsic_index, e.log_index, c.name as contract, \
                      e.address, e.name, e.fields from events as e \
                      join raw_logs as l on l.block_number = e.block_number and l.log_index = e.log_index \
                      join blocks as b on b.number = e.block_number \
                      join contracts as c on c.address = e.address";
        Select::new(select)
            .text("c.name", filter.contract.as_deref())
            .text("e.name", filter.name.as_deref())
            .number("e.block_number >=", filter.from)
            .number("e.block_number <=", filter.to)
            .order("e.block_number, e.log_index", limit)
            .fetch(self, event)
            .await
    }
}

fn event(row: &Columns<'_>) -> Result<Event, sqlx::Error> {
    Ok(Event {
        block: row.number("block_number")?,
        timestamp: row.number("timestamp")?,
        extrinsic: row.optional_number("extrinsic_index")?,
        index: row.number("log_index")?,
        contract: row.text("contract")?,
        address: row.address("address")?,
        name: row.text("name")?,
        fields: RawValue::from_string(row.text("fields")?).map_err(|error| decode(error.into()))?,
    })
}
