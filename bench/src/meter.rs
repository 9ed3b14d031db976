//! One contract, measured message by message.

use alloy_core::{primitives::Address, sol_types::SolCall};
use anyhow::{Context, Result, anyhow};
use salus_devchain::{Session, session::Actor};
use sp_core::H160;

use crate::ledger::{Row, Subject};

/// One implementation of a contract.
pub(crate) struct Implementation {
    /// See [`Subject`].
    pub(crate) name: &'static str,
    /// What is uploaded.
    pub(crate) code: Vec<u8>,
    /// The constructor's input.
    pub(crate) input: Vec<u8>,
    /// Bytes of code that stay.
    pub(crate) deployed_bytes: usize,
}

impl Implementation {
    /// Ours.
    pub(crate) fn salus(code: &[u8], input: Vec<u8>) -> Self {
        Self {
            name: "salus",
            code: code.to_vec(),
            input,
            deployed_bytes: code.len(),
        }
    }
}

/// A deployed contract, and the rows so far. The first is its deployment.
pub(crate) struct Meter {
    session: Session,
    address: H160,
    subject: Subject,
    rows: Vec<Row>,
}

impl Meter {
    /// Deploys on the chain of `session`.
    pub(crate) fn deploy(
        mut session: Session,
        contract: &'static str,
        implementation: &Implementation,
    ) -> Result<Self> {
        let subject = Subject {
            contract,
            implementation: implementation.name,
            code_bytes: implementation.deployed_bytes,
        };
        let deployed = session.deploy(&implementation.code, implementation.input.clone())?;
        let size = implementation.code.len() + implementation.input.len();
        let rows = vec![Row::new(&mut session, subject, "deploy", size, deployed.cost)];
        Ok(Self {
            session,
            address: deployed.address,
            subject,
            rows,
        })
    }

    /// Where the contract is.
    pub(crate) fn address(&self) -> Address {
        word(self.address)
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
        let size = input.len();
        let outcome = self.session.set_caller(caller.clone()).call(address, input);
        let outcome = outcome.context(message)?;
        self.rows
            .push(Row::new(&mut self.session, self.subject, message, size, outcome.cost));
        returned::<C>(&outcome.output)
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

    /// Calls another contract, without a row.
    pub(crate) fn elsewhere(&mut self, caller: &Actor, contract: H160, input: Vec<u8>) -> Result<()> {
        self.session.set_caller(caller.clone()).call(contract, input)?;
        Ok(())
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

fn returned<C: SolCall>(output: &[u8]) -> Result<C::Return> {
    C::abi_decode_returns(output).map_err(|error| anyhow!("{} answered something else: {error}", C::SIGNATURE))
}

/// The same address, as the ABI's types have it.
pub(crate) fn word(address: H160) -> Address {
    address.0.into()
}
