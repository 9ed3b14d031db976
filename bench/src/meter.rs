//! One contract, measured message by message.

use alloy_core::{primitives::Address, sol_types::SolCall};
use anyhow::{Context, Result, anyhow};
use frame_support::weights::Weight;
use salus_devchain::{
    Session,
    session::{Actor, CallError, Cost},
};
use serde::Serialize;
use sp_core::H160;

use crate::{
    ledger::{Answer, Call, Row, Subject},
    split::Split,
};

/// Who wrote an implementation of a contract, for which machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Maker {
    /// Ours, for PolkaVM.
    Salus,
    /// Solidity, for the EVM.
    SolidityEvm,
    /// Solidity, for PolkaVM.
    SolidityPolkavm,
    /// Written by hand on PolkaVM's bare host functions.
    Limit,
}

impl Maker {
    /// As JSON has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Salus => "salus",
            Self::SolidityEvm => "solidity-evm",
            Self::SolidityPolkavm => "solidity-polkavm",
            Self::Limit => "limit",
        }
    }
}

/// One implementation of a contract.
pub(crate) struct Implementation {
    /// Who wrote it, for which machine.
    pub(crate) maker: Maker,
    /// What is uploaded.
    pub(crate) code: Vec<u8>,
    /// The constructor's input.
    pub(crate) input: Vec<u8>,
    /// Bytes of code that stay.
    pub(crate) deployed_bytes: usize,
}

impl Implementation {
    /// Ours.
    pub(crate) fn salus(code: Vec<u8>, input: Vec<u8>) -> Self {
        Self::polkavm(Maker::Salus, code, input)
    }

    /// The hand-written one.
    pub(crate) fn limit(code: Vec<u8>, input: Vec<u8>) -> Self {
        Self::polkavm(Maker::Limit, code, input)
    }

    fn polkavm(maker: Maker, code: Vec<u8>, input: Vec<u8>) -> Self {
        Self {
            maker,
            deployed_bytes: code.len(),
            code,
            input,
        }
    }
}

/// A deployed contract, and the rows so far.
pub(crate) struct Meter {
    session: Session,
    address: H160,
    subject: Subject,
    rows: Vec<Row>,
}

impl Meter {
    /// Deploys on the chain of `session`; the first row is that.
    pub(crate) fn deploy(
        mut session: Session,
        contract: &'static str,
        implementation: &Implementation,
    ) -> Result<Self> {
        let Implementation {
            maker,
            code,
            input,
            deployed_bytes,
        } = implementation;
        let subject = Subject {
            contract,
            maker: *maker,
            code_bytes: *deployed_bytes,
        };
        let (deployed, split) = Split::trace(
            || session.deploy(code, input.clone()),
            |deployed| weight(deployed, |deployed| deployed.cost),
        );
        let deployed = deployed?;
        let answer = Answer::new(Vec::new(), &deployed.logs);
        let call = Call {
            message: "deploy",
            input_bytes: code.len() + input.len(),
            cost: deployed.cost,
            split,
            answer,
        };
        let rows = vec![Row::new(&mut session, subject, call)];
        Ok(Self {
            session,
            address: deployed.address,
            subject,
            rows,
        })
    }

    /// Creates another contract on the same chain, and measures that one from now on. Answers where the first one is.
    pub(crate) fn create(&mut self, contract: &'static str, implementation: &Implementation) -> Result<H160> {
        let session = std::mem::take(&mut self.session);
        let other = Self::deploy(session, contract, implementation)?;
        let before = self.address;
        self.rows.extend(other.rows);
        (self.session, self.address, self.subject) = (other.session, other.address, other.subject);
        Ok(before)
    }

    /// Where the contract is.
    pub(crate) fn address(&self) -> Address {
        word(self.address)
    }

    /// Who wrote it.
    pub(crate) fn maker(&self) -> Maker {
        self.subject.maker
    }

    /// The chain's time, in seconds.
    pub(crate) fn now(&mut self) -> u64 {
        self.session.timestamp()
    }

    /// Calls without a row.
    pub(crate) fn prepare<C: SolCall>(&mut self, caller: &Actor, call: &C) -> Result<C::Return> {
        let (address, input) = (self.address, call.abi_encode());
        let outcome = self.session.set_caller(caller.clone()).call(address, input);
        returned::<C>(&outcome.context(C::SIGNATURE)?.output)
    }

    /// Calls, and adds a row.
    pub(crate) fn measure<C: SolCall>(&mut self, message: &'static str, caller: &Actor, call: &C) -> Result<C::Return> {
        let (address, input) = (self.address, call.abi_encode());
        let input_bytes = input.len();
        self.session.set_caller(caller.clone());
        let (outcome, split) = Split::trace(
            || self.session.call(address, input),
            |outcome| weight(outcome, |outcome| outcome.cost),
        );
        let outcome = outcome.context(message)?;
        let answer = Answer::new(outcome.output, &outcome.logs);
        let returned = returned::<C>(answer.output());
        let call = Call {
            message,
            input_bytes,
            cost: outcome.cost,
            split,
            answer,
        };
        self.rows.push(Row::new(&mut self.session, self.subject, call));
        returned
    }

    /// Calls, adds a row, and takes the call back, so that the next one finds the same state.
    pub(crate) fn measure_aside<C: SolCall>(
        &mut self,
        message: &'static str,
        caller: &Actor,
        call: &C,
    ) -> Result<C::Return> {
        self.aside(|meter| meter.measure(message, caller, call))
    }

    /// Does something and takes it back; its rows stay.
    pub(crate) fn aside<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = self.session.snapshot();
        let answer = act(self)?;
        self.session.revert(&before);
        Ok(answer)
    }

    /// Calls another contract, without a row; answers what it returned.
    pub(crate) fn elsewhere(&mut self, caller: &Actor, contract: H160, input: Vec<u8>) -> Result<Vec<u8>> {
        Ok(self.session.set_caller(caller.clone()).call(contract, input)?.output)
    }

    /// Calls any contract or account with coin, without a row; answers what it weighed.
    pub(crate) fn weigh(&mut self, caller: &Actor, to: H160, input: Vec<u8>, coin: u128) -> Result<Weight> {
        let outcome = self
            .session
            .set_caller(caller.clone())
            .call_with_value(to, input, coin.into())?;
        Ok(outcome.cost.weight)
    }

    /// Lets time pass until `time`, in seconds.
    pub(crate) fn advance_to(&mut self, time: u64) {
        let seconds = time.saturating_sub(self.now());
        self.session.advance_time(seconds);
    }

    /// All rows.
    pub(crate) fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}

/// What was used, whether it worked or not.
fn weight<T>(outcome: &Result<T, CallError>, cost: impl FnOnce(&T) -> Cost) -> Weight {
    match outcome {
        Ok(outcome) => cost(outcome).weight,
        Err(CallError::Reverted { cost, .. } | CallError::Failed { cost, .. }) => cost.weight,
    }
}

fn returned<C: SolCall>(output: &[u8]) -> Result<C::Return> {
    C::abi_decode_returns(output).map_err(|error| anyhow!("{} answered something else: {error}", C::SIGNATURE))
}

/// The same address, as the ABI's types have it.
pub(crate) fn word(address: H160) -> Address {
    address.0.into()
}
