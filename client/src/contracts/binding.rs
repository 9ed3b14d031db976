//! A deployed contract, called through its ABI.

use alloy_core::{
    primitives::{Address, U256},
    sol_types::{SolCall, SolEvent},
};
use salus_core::consent::Answer;

use crate::{
    account::Account,
    chain::{AtBlock, Chain, ChainError, Message, Receipt, SubmitOptions},
    error::{Exit, Fault},
    keystore::SigningKey,
    signed::{Action, SignedError},
};

/// Why a typed call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// The chain or the contract refused, or the chain was not reached.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// What the contract returned is not what its ABI says: another contract, or another version of it.
    #[error("`{contract}` at {address} answered `{call}` with something its ABI does not know: {reason}")]
    Answer {
        /// The contract's name.
        contract: &'static str,
        /// Where it is.
        address: Address,
        /// The call's signature.
        call: &'static str,
        /// What is wrong with the answer.
        reason: String,
    },
    /// A transaction succeeded without the event that it should have emitted.
    #[error("`{contract}` at {address} did not emit `{event}`")]
    NoEvent {
        /// The contract's name.
        contract: &'static str,
        /// Where it is.
        address: Address,
        /// The event's signature.
        event: &'static str,
    },
}

impl Fault for ContractError {
    fn code(&self) -> &'static str {
        match self {
            Self::Chain(error) => error.code(),
            Self::Answer { .. } => "unknown_answer",
            Self::NoEvent { .. } => "missing_event",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Chain(error) => error.exit(),
            Self::Answer { .. } | Self::NoEvent { .. } => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Chain(error) => error.hint(),
            Self::Answer { .. } | Self::NoEvent { .. } => Some("is the contract of this program's version?".into()),
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Chain(error) if error.is_retryable())
    }
}

/// A contract on a chain.
#[derive(Debug, Clone)]
pub struct Contract {
    name: &'static str,
    chain: Chain,
    address: Address,
    /// The block that questions are asked at; `None` for the best one at the time.
    block: Option<AtBlock>,
}

impl Contract {
    /// The contract `name` at `address`. Whether it is there is not asked: see [`super::Suite::open`].
    pub fn new(name: &'static str, chain: Chain, address: Address) -> Self {
        Self {
            name,
            chain,
            address,
            block: None,
        }
    }

    /// The same contract at one block: questions are answered by the state after that block, at its time.
    #[must_use]
    pub fn at(&self, block: &AtBlock) -> Self {
        Self {
            block: Some(block.clone()),
            ..self.clone()
        }
    }

    /// Where it is.
    pub fn address(&self) -> Address {
        self.address
    }

    /// The chain it is on.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Asks a question, as `from`. Nothing is sent.
    pub async fn ask<C: SolCall>(&self, from: Account, call: &C) -> Result<C::Return, ContractError> {
        let input = call.abi_encode();
        let data = match &self.block {
            None => self.chain.view(from, self.address, input).await?,
            Some(block) => {
                let message = Message::call(self.address, input);
                self.chain.dry_run_at(block, from, &message).await?.data
            }
        };
        C::abi_decode_returns_validate(&data).map_err(|error| self.unknown(C::SIGNATURE, error.to_string()))
    }

    /// The error of an answer that its ABI allows and that means nothing.
    pub(super) fn unknown(&self, call: &'static str, reason: String) -> ContractError {
        ContractError::Answer {
            contract: self.name,
            address: self.address,
            call,
            reason,
        }
    }

    /// The answer that a number stands for.
    pub(super) fn answer(&self, call: &'static str, number: u8) -> Result<Answer, ContractError> {
        match number {
            0 => Ok(Answer::NoConsent),
            1 => Ok(Answer::Permit),
            2 => Ok(Answer::Deny),
            other => Err(self.unknown(call, format!("the answer {other}"))),
        }
    }

    /// Sends a transaction.
    pub async fn send<C: SolCall>(
        &self,
        key: &SigningKey,
        call: &C,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.send_encoded(key, call.abi_encode(), options).await
    }

    /// Sends a transaction with call data that were encoded before.
    pub(crate) async fn send_encoded(
        &self,
        key: &SigningKey,
        input: Vec<u8>,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let message = Message::call(self.address, input);
        Ok(self.chain.submit(key, &message, options).await?)
    }

    /// Sends a transaction, and native coin with it, in the smallest unit of 18 decimals.
    pub async fn send_with<C: SolCall>(
        &self,
        key: &SigningKey,
        call: &C,
        coins: U256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let message = Message::Call {
            to: self.address,
            input: call.abi_encode(),
            value: coins,
        };
        Ok(self.chain.submit(key, &message, options).await?)
    }

    /// A call as an action that can be signed.
    ///
    /// # Errors
    /// [`SignedError`] if the message cannot be signed.
    pub fn action(&self, call: &impl SolCall) -> Result<Action, SignedError> {
        self.action_encoded(call.abi_encode())
    }

    /// The same of call data that were encoded before.
    pub(crate) fn action_encoded(&self, call: Vec<u8>) -> Result<Action, SignedError> {
        Action::of_bytes(self.name, self.chain.chain_id(), self.address, call)
    }

    /// The first event of this kind that the contract emitted in a transaction.
    pub fn event<E: SolEvent>(&self, receipt: &Receipt) -> Result<E, ContractError> {
        self.events(receipt).next().ok_or(ContractError::NoEvent {
            contract: self.name,
            address: self.address,
            event: E::SIGNATURE,
        })
    }

    /// All events of this kind that the contract emitted in a transaction, in order.
    pub fn events<'r, E: SolEvent>(&self, receipt: &'r Receipt) -> impl Iterator<Item = E> + use<'r, E> {
        let address = self.address;
        let own = receipt.logs.iter().filter(move |log| log.address == address);
        own.filter_map(|log| E::decode_raw_log_validate(log.topics.iter().copied(), &log.data).ok())
    }
}
