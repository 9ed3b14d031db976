//! The fields of an event as the types that columns hold.

use alloy_core::{
    dyn_abi::DynSolValue,
    primitives::{Address, B256, U256},
};

use super::ProjectionError;
use crate::indexer::{abi::Decoded, log::RawLog};

/// An event with its place on the chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    log: &'a RawLog,
    event: &'a Decoded,
}

impl<'a> Fields<'a> {
    pub(super) fn new(log: &'a RawLog, event: &'a Decoded) -> Self {
        Self { log, event }
    }

    /// The event's name.
    pub(super) fn name(&self) -> &'a str {
        self.event.name()
    }

    /// The contract that emitted it.
    pub(super) fn contract(&self) -> Address {
        self.log.address
    }

    /// The number of its block.
    pub(super) fn block(&self) -> i64 {
        integer(self.log.block)
    }

    /// Its position in the block.
    pub(super) fn index(&self) -> i64 {
        self.log.index.into()
    }

    /// A `bytes32`.
    pub(super) fn word(&self, field: &'static str) -> Result<B256, ProjectionError> {
        match self.event.get(field) {
            Some(DynSolValue::FixedBytes(word, 32)) => Ok(*word),
            _ => Err(self.lacks(field)),
        }
    }

    /// A `bytes32[]`.
    pub(super) fn words(&self, field: &'static str) -> Result<Vec<B256>, ProjectionError> {
        let Some(DynSolValue::Array(words)) = self.event.get(field) else {
            return Err(self.lacks(field));
        };
        let words = words.iter().map(|word| match word {
            DynSolValue::FixedBytes(word, 32) => Ok(*word),
            _ => Err(self.lacks(field)),
        });
        words.collect()
    }

    /// An `address`.
    pub(super) fn address(&self, field: &'static str) -> Result<Address, ProjectionError> {
        match self.event.get(field) {
            Some(DynSolValue::Address(address)) => Ok(*address),
            _ => Err(self.lacks(field)),
        }
    }

    /// An unsigned integer of any width.
    pub(super) fn uint(&self, field: &'static str) -> Result<U256, ProjectionError> {
        match self.event.get(field) {
            Some(DynSolValue::Uint(value, _)) => Ok(*value),
            _ => Err(self.lacks(field)),
        }
    }

    /// A count or a time. Beyond what SQLite holds (2^63 - 1) nothing counts or comes to pass.
    pub(super) fn number(&self, field: &'static str) -> Result<i64, ProjectionError> {
        self.uint(field).map(|value| value.saturating_to())
    }

    /// The last second of something; `None` if its end is open.
    pub(super) fn end(&self, field: &'static str) -> Result<Option<i64>, ProjectionError> {
        let open = self.uint(field)? == U256::from(u64::MAX);
        if open { Ok(None) } else { self.number(field).map(Some) }
    }

    /// A `bool`.
    pub(super) fn flag(&self, field: &'static str) -> Result<bool, ProjectionError> {
        match self.event.get(field) {
            Some(DynSolValue::Bool(flag)) => Ok(*flag),
            _ => Err(self.lacks(field)),
        }
    }

    /// An `address` that stands for nobody if it is zero.
    pub(super) fn somebody(&self, field: &'static str) -> Result<Option<Address>, ProjectionError> {
        Ok(Some(self.address(field)?).filter(|address| !address.is_zero()))
    }

    /// A limit to a set of purposes, as [`Fields::bits`]; `None` if all bits are set, so that there is none.
    pub(super) fn limit(&self, field: &'static str) -> Result<Option<i64>, ProjectionError> {
        Ok(Some(self.bits(field)?).filter(|bits| *bits != -1))
    }

    /// A set of up to 64 bits, as a signed integer with the same bits.
    pub(super) fn bits(&self, field: &'static str) -> Result<i64, ProjectionError> {
        self.uint(field).map(|value| value.as_limbs()[0].cast_signed())
    }

    fn lacks(&self, field: &'static str) -> ProjectionError {
        ProjectionError {
            event: self.event.name().into(),
            field,
        }
    }
}

/// A block number as SQLite holds it.
fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
