//! What is told.

use std::fmt;

use alloy_core::primitives::B256;
use serde::Serialize;

use super::StoryError;
use crate::{
    Error,
    chain::{ChainError, Log, Receipt, Weight},
    contracts::ContractError,
    signed::SignedError,
};

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// From 1.
    pub number: usize,
    /// What a program knows it by; never changes.
    pub name: &'static str,
    /// What happened, for people.
    pub text: String,
    /// What the chain or the index answered, where something was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The transaction, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Told>,
}

/// A transaction as the story tells it.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// The extrinsic's hash.
    pub tx_hash: B256,
    /// The Ethereum transaction's hash, if an Ethereum key signed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eth_tx_hash: Option<B256>,
    /// The hash of its block.
    pub block_hash: B256,
    /// The number of its block.
    pub block: u64,
    /// Its place in the block.
    pub extrinsic_index: u32,
    /// What it cost to execute.
    pub weight: Weight,
    /// What it cost in fees, in native units.
    pub fee: u128,
    /// How many events contracts emitted in it.
    pub events: usize,
}

impl From<&Receipt> for Told {
    fn from(receipt: &Receipt) -> Self {
        Self {
            tx_hash: receipt.tx_hash,
            eth_tx_hash: receipt.eth_tx_hash,
            block_hash: receipt.block_hash,
            block: receipt.block_number,
            extrinsic_index: receipt.extrinsic_index,
            weight: receipt.weight,
            fee: receipt.fee,
            events: receipt.logs.len(),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>2}. {}", self.number, self.text)?;
        if let Some(answer) = &self.answer {
            write!(f, " -> {answer}")?;
        }
        if let Some(transaction) = &self.transaction {
            write!(f, "  [block {}]", transaction.block)?;
        }
        Ok(())
    }
}

/// An event that a transaction of the story left in the chain.
#[derive(Debug, Clone)]
pub(super) struct Left {
    pub(super) block: u64,
    pub(super) extrinsic: u32,
    pub(super) log: Log,
}

/// Gathers the steps, and tells each to whoever listens.
pub(super) struct Teller<'l> {
    steps: Vec<Step>,
    left: Vec<Left>,
    listener: &'l mut dyn FnMut(&Step),
}

impl<'l> Teller<'l> {
    pub(super) fn new(listener: &'l mut dyn FnMut(&Step)) -> Self {
        Self {
            steps: Vec::new(),
            left: Vec::new(),
            listener,
        }
    }

    /// A transaction.
    pub(super) fn sent(&mut self, name: &'static str, text: impl Into<String>, receipt: &Receipt) {
        let (block, extrinsic) = (receipt.block_number, receipt.extrinsic_index);
        let left = receipt.logs.iter().map(|log| Left {
            block,
            extrinsic,
            log: log.clone(),
        });
        self.left.extend(left);
        self.tell(name, text.into(), None, Some(receipt.into()));
    }

    /// A question, and the answer that it must have.
    pub(super) fn asked<A: fmt::Display + PartialEq>(
        &mut self,
        name: &'static str,
        text: impl Into<String>,
        expected: A,
        found: A,
    ) -> Result<(), Error> {
        if expected != found {
            let (expected, found) = (expected.to_string(), found.to_string());
            return Err(StoryError::Unexpected { name, expected, found }.into());
        }
        self.tell(name, text.into(), Some(found.to_string()), None);
        Ok(())
    }

    /// An attempt that a contract must refuse, with the error of this name.
    pub(super) fn refused<T, E: Into<Error>>(
        &mut self,
        name: &'static str,
        text: impl Into<String>,
        expected: &str,
        attempt: Result<T, E>,
    ) -> Result<(), Error> {
        let found = match attempt.map_err(Into::into) {
            Ok(_) => "no refusal".into(),
            Err(
                Error::Contract(ContractError::Chain(ChainError::Reverted(revert)))
                | Error::Signed(SignedError::Contracts(ContractError::Chain(ChainError::Reverted(revert)))),
            ) => revert
                .error
                .map_or_else(|| "a refusal without a name".into(), |error| error.name),
            Err(other) => return Err(other),
        };
        self.asked(name, text, expected, &found)
    }

    fn tell(&mut self, name: &'static str, text: String, answer: Option<String>, transaction: Option<Told>) {
        let step = Step {
            number: self.steps.len() + 1,
            name,
            text,
            answer,
            transaction,
        };
        (self.listener)(&step);
        self.steps.push(step);
    }

    /// The events of all transactions so far, in order.
    pub(super) fn left(&self) -> &[Left] {
        &self.left
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps
    }
}
