//! Helpers for tests of the built contracts: the committed code in `contracts/artifacts` runs in a
//! [`Session`](salus_devchain::Session), and is called through its Solidity ABI as a wallet would.
//!
//! Addresses are alloy's here, because bindings are; [`h160`] and [`address`] convert.

pub mod access;
pub mod authorizations;
pub mod cases;
pub mod consent;
pub mod credentials;
pub mod dice;
pub mod erc20;
pub mod hostile;
pub mod permits;
pub mod records;
pub mod signed;
pub mod telehealth;
pub mod twins;

use alloy_core::{
    primitives::{Address, B256, Bytes, LogData, U256},
    sol_types::{SolCall, SolConstructor, SolError, SolEvent},
};
use salus_devchain::{
    Session,
    session::{Actor, CallError, Cost, Log},
};
use sp_core::H160;
use std::{fmt::Debug, fs, path::PathBuf};

/// The committed PolkaVM code of the contract `name`.
///
/// # Panics
/// When it is not there: `scripts/build-contracts` makes it.
pub fn code(name: &str) -> Vec<u8> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/artifacts")).join(name);
    let path = path.with_extension("polkavm");
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A chain with built contracts on it.
#[derive(Default)]
pub struct World {
    /// The chain, for what has nothing to do with contracts: time, snapshots, coins.
    pub session: Session,
}

/// A call that succeeded.
#[derive(Debug)]
pub struct Done<T> {
    /// What it returned.
    pub value: T,
    /// What all contracts that took part emitted, in order.
    pub logs: Vec<Log>,
    /// What it used.
    pub cost: Cost,
}

impl World {
    /// A fresh chain.
    pub fn new() -> Self {
        Self::default()
    }

    /// Deploys the contract `name` as `from`, and answers its address and what its constructor emitted.
    ///
    /// # Errors
    /// [`CallError`]: the constructor refused.
    pub fn deploy<C: SolConstructor>(
        &mut self,
        name: &str,
        from: Address,
        constructor: &C,
    ) -> Result<Done<Address>, CallError> {
        self.deploy_code(&code(name), from, constructor)
    }

    /// [`World::deploy`] for code that is not among the artefacts.
    ///
    /// # Errors
    /// As [`World::deploy`].
    pub fn deploy_code<C: SolConstructor>(
        &mut self,
        code: &[u8],
        from: Address,
        constructor: &C,
    ) -> Result<Done<Address>, CallError> {
        self.session.set_caller(h160(from));
        let deployed = self.session.deploy(code, constructor.abi_encode())?;
        Ok(Done {
            value: address(deployed.address),
            logs: deployed.logs,
            cost: deployed.cost,
        })
    }

    /// Calls `to` as `from`.
    ///
    /// # Errors
    /// [`CallError`]: the contract refused or could not run.
    pub fn send<C: SolCall>(&mut self, from: Address, to: Address, call: &C) -> Result<Done<C::Return>, CallError> {
        self.session.set_caller(h160(from));
        let outcome = self.session.call(h160(to), call.abi_encode())?;
        Ok(Done {
            value: decoded::<C>(&outcome.output),
            logs: outcome.logs,
            cost: outcome.cost,
        })
    }

    /// [`World::send`] with native coin.
    ///
    /// # Errors
    /// As [`World::send`].
    pub fn send_with_value<C: SolCall>(
        &mut self,
        from: Address,
        to: Address,
        call: &C,
        value: U256,
    ) -> Result<Done<C::Return>, CallError> {
        self.session.set_caller(h160(from));
        let value = sp_core::U256::from_big_endian(&value.to_be_bytes::<32>());
        let outcome = self.session.call_with_value(h160(to), call.abi_encode(), value)?;
        Ok(Done {
            value: decoded::<C>(&outcome.output),
            logs: outcome.logs,
            cost: outcome.cost,
        })
    }

    /// Sends native coin.
    ///
    /// # Panics
    /// When `from` has too little.
    pub fn give(&mut self, from: Address, to: Address, value: u64) {
        self.session.set_caller(h160(from));
        self.session
            .call_with_value(h160(to), Vec::new(), value.into())
            .expect("the coin is sent");
    }

    /// Reads from `to`, as somebody whom the contract does not know.
    ///
    /// # Panics
    /// When the contract refuses: what is read in tests can be read.
    pub fn view<C: SolCall>(&mut self, to: Address, call: &C) -> C::Return {
        self.try_view(to, call)
            .unwrap_or_else(|error| panic!("{}: {error}", C::SIGNATURE))
    }

    /// [`World::view`] of what a contract may refuse to answer.
    ///
    /// # Errors
    /// [`CallError`]: the contract refused or could not run.
    pub fn try_view<C: SolCall>(&mut self, to: Address, call: &C) -> Result<C::Return, CallError> {
        self.session.set_caller(Actor::sr25519(5));
        let outcome = self.session.dry_run(h160(to), call.abi_encode())?;
        Ok(decoded::<C>(&outcome.output))
    }
}

/// The funded development account number `index`, of which there are five.
pub fn account(index: usize) -> Address {
    address(Actor::ethereum(index).address())
}

/// The events `E` that `contract` emitted, in order.
pub fn events<E: SolEvent>(contract: Address, logs: &[Log]) -> Vec<E> {
    let of_contract = logs.iter().filter(|log| address(log.address) == contract);
    of_contract
        .filter_map(|log| {
            let topics = log.topics.iter().map(|topic| B256::from(topic.0)).collect();
            let data = LogData::new(topics, Bytes::copy_from_slice(&log.data))?;
            E::decode_log_data(&data).ok()
        })
        .collect()
}

/// The custom error `E` that a call was refused with.
///
/// # Panics
/// When the call succeeded, or failed in any other way.
pub fn refusal<E: SolError>(result: Result<impl Debug, CallError>) -> E {
    match result {
        Ok(done) => panic!("{} was expected, and the call succeeded: {done:?}", E::SIGNATURE),
        Err(error) => {
            let data = error.revert_data().unwrap_or_default();
            E::abi_decode(data).unwrap_or_else(|_| panic!("{} was expected, not: {error}", E::SIGNATURE))
        }
    }
}

/// alloy's address as the chain's.
pub fn h160(address: Address) -> H160 {
    H160(address.into_array())
}

/// The chain's address as alloy's.
pub fn address(address: H160) -> Address {
    Address::from(address.0)
}

fn decoded<C: SolCall>(output: &[u8]) -> C::Return {
    C::abi_decode_returns(output)
        .unwrap_or_else(|error| panic!("{} returned 0x{}: {error}", C::SIGNATURE, hex::encode(output)))
}
