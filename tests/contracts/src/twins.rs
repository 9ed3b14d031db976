//! Our token and the yardstick of it, called alike.

use crate::{
    World, account, address, code,
    erc20::{self, IERC20},
    h160,
};
use alloy_core::{
    primitives::{Address, U256},
    sol_types::{Eip712Domain, SolCall, SolConstructor, SolError, eip712_domain},
};
use salus_devchain::session::{CallError, Log};
use std::fs;

/// What [`Twins::new`] gives to account 1.
pub const SUPPLY: U256 = U256::from_limbs([0, 0, 1 << 40, 0]);

/// The committed code of a yardstick.
///
/// # Panics
/// When it is not there: `scripts/build-contracts` makes it.
pub fn yardstick(name: &str) -> Vec<u8> {
    let path = format!("{}/../../bench/limit/{name}.polkavm", env!("CARGO_MANIFEST_DIR"));
    fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What can be seen of a call: what it returned and emitted, or what it was refused with.
#[derive(Debug, PartialEq)]
pub enum Seen {
    /// It succeeded.
    Done {
        /// What it returned.
        output: Vec<u8>,
        /// What it emitted.
        logs: Vec<Log>,
    },
    /// It was refused, with these data, or could not run.
    Refused(Option<Vec<u8>>),
}

impl Seen {
    fn of<T>(result: Result<T, CallError>, done: impl FnOnce(T) -> (Vec<u8>, Vec<Log>)) -> Self {
        match result {
            Ok(value) => {
                let (output, logs) = done(value);
                Self::Done { output, logs }
            }
            Err(error) => Self::Refused(error.revert_data().map(<[u8]>::to_vec)),
        }
    }

    /// Whether it succeeded.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }

    /// Whether it was refused without a reason.
    pub fn is_silent(&self) -> bool {
        *self == Self::Refused(Some(Vec::new()))
    }

    /// Whether it was refused with the error `E`.
    pub fn is<E: SolError>(&self) -> bool {
        matches!(self, Self::Refused(Some(data)) if data.starts_with(&E::SELECTOR))
    }
}

/// Two chains on which everything happens alike, with our token on one and the yardstick on the other, at the same address.
pub struct Twins {
    worlds: [World; 2],
    token: Address,
}

impl Default for Twins {
    fn default() -> Self {
        Self::new()
    }
}

impl Twins {
    /// Both, with all of [`SUPPLY`] for account 1.
    ///
    /// # Panics
    /// When one of them does not deploy.
    pub fn new() -> Self {
        let (twins, deployed) = Self::deploy(&constructor(), 0);
        assert!(deployed.is_done(), "{deployed:?}");
        twins
    }

    /// Deploys both with the same input, and coin; what was seen of it.
    ///
    /// # Panics
    /// When that was not the same of both.
    pub fn deploy(input: &[u8], value: u64) -> (Self, Seen) {
        let mut worlds = [World::new(), World::new()];
        let mut addresses = Vec::new();
        let seen = [code("token"), yardstick("token")]
            .into_iter()
            .zip(&mut worlds)
            .map(|(code, world)| {
                world.session.set_caller(h160(account(0)));
                let result = world.session.deploy_with(&code, input.to_vec(), value.into(), None);
                Seen::of(result, |deployed| {
                    addresses.push(deployed.address);
                    (Vec::new(), deployed.logs)
                })
            });
        let seen = the_same(seen.collect());
        let token = addresses.first().copied().unwrap_or_default();
        assert!(addresses.iter().all(|address| *address == token));
        (
            Self {
                worlds,
                token: address(token),
            },
            seen,
        )
    }

    /// Calls both.
    ///
    /// # Panics
    /// When not the same was seen of both.
    pub fn send(&mut self, from: Address, call: &impl SolCall) -> Seen {
        self.send_raw(from, &call.abi_encode(), 0)
    }

    /// [`Twins::send`] for call data that no binding makes, and coin.
    ///
    /// # Panics
    /// As [`Twins::send`].
    pub fn send_raw(&mut self, from: Address, input: &[u8], value: u64) -> Seen {
        let token = h160(self.token);
        let seen = self.worlds.iter_mut().map(|world| {
            world.session.set_caller(h160(from));
            let result = world.session.call_with_value(token, input.to_vec(), value.into());
            Seen::of(result, |outcome| (outcome.output, outcome.logs))
        });
        the_same(seen.collect())
    }

    /// What `account` has.
    ///
    /// # Panics
    /// When it cannot be read, or is not the same.
    pub fn balance(&mut self, account: Address) -> U256 {
        match self.send(account, &IERC20::balanceOfCall { account }) {
            Seen::Done { output, .. } => U256::from_be_slice(&output),
            refused => panic!("{refused:?}"),
        }
    }

    /// The time of the block, in seconds.
    pub fn now(&mut self) -> u64 {
        self.worlds[1].session.timestamp()
    }

    /// What permits are signed for.
    pub fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: "Salus Test",
            version: "1",
            chain_id: salus_devchain::runtime::CHAIN_ID,
            verifying_contract: self.token,
        }
    }
}

/// What both saw, which has to be one thing.
fn the_same(mut seen: Vec<Seen>) -> Seen {
    let limit = seen.pop().expect("two were asked");
    let ours = seen.pop().expect("two were asked");
    assert_eq!(limit, ours, "the yardstick on the left, our token on the right");
    ours
}

/// Input of the constructor, as [`Twins::new`] takes it.
pub fn constructor() -> Vec<u8> {
    constructed("Salus Test", "SALT", SUPPLY, account(1))
}

/// Input of the constructor.
pub fn constructed(name: &str, symbol: &str, supply: U256, holder: Address) -> Vec<u8> {
    IERC20::constructorCall {
        name: name.to_owned(),
        symbol: symbol.to_owned(),
        initialSupply: supply,
        ..erc20::constructor(account(0), holder)
    }
    .abi_encode()
}
