//! Contract state: typed slots and maps at the host's own price, without ink!'s storage around them.
//!
//! There are two kinds, in key spaces of their own:
//!
//! - A **word** is one value of 32 bytes. What was never set is zero, and setting zero frees the storage and returns its
//!   deposit: for what comes and goes, as balances do.
//! - An **entry** is a record of up to 416 bytes, whole in one place, so that it costs one access however many fields it has.
//!   It cannot be freed: for what stays, as a history does.
//!
//! What never changes at all is neither, but the contract's immutable data: [`Immutable`].
//!
//! A contract names its state by constants, each with a tag of its own:
//!
//! ```
//! use primitive_types::{H160, U256};
//! use salus_slots::{EntryMap, WordMap, WordSlot};
//!
//! const BALANCES: WordMap<H160, U256> = WordMap::new(1);
//! const TOTAL_SUPPLY: WordSlot<U256> = WordSlot::new(2);
//! /// Commitment and time, by the hash of the record.
//! const RECORDS: EntryMap<[u8; 32], ([u8; 32], u64)> = EntryMap::new(3);
//! ```
//!
//! # Layout
//! - `WordSlot`: the word at `tag || 31 zeros`.
//! - `WordMap` by an address: the word at `tag || 11 zeros || address`.
//! - `WordMap` by two addresses: the word at `keccak256(tag || first || second)`. That such a hash begins with a tag and eleven
//!   zeros takes 2^96 attempts. By an address and a number, or 32 bytes: the word at `keccak256(tag || address || number)`. By address,
//!   hash and address likewise.
//! - `EntryMap`: the entry at `tag || key`, at most 128 bytes. Keys of one map have one length, so no two are the same bytes.
//!
//! Numbers are written highest byte first. An entry's fields follow each other without gaps.
#![no_std]

mod entry;
mod immutable;
mod layout;
mod value;
mod word;

pub use entry::EntryMap;
pub use immutable::Immutable;
pub use value::Value;
pub use word::{Word, WordKey, WordMap, WordSlot};
