//! Contracts in process, the DRink! way: deploy, call, look, move time, go back. No RPC, no async, no blocks to wait for.
//!
//! ```
//! use salus_devchain::{Session, session::Actor};
//!
//! let mut session = Session::new();
//! let (alith, baltathar) = (Actor::ethereum(0), Actor::ethereum(1));
//! session.set_caller(alith);
//! let before = session.balance(baltathar.address());
//! session.call_with_value(baltathar.address(), vec![], 5u64.into()).unwrap();
//! assert_eq!(session.balance(baltathar.address()), before + 5u64);
//! ```

mod outcome;

use frame_support::{
    storage::{TransactionOutcome, with_transaction_unchecked},
    traits::{OnFinalize, OnInitialize},
    weights::Weight,
};
use pallet_revive::{Code, ExecConfig, TransactionLimits};
use sp_core::{H160, H256, U256, storage::Storage};
use sp_runtime::{DispatchError, traits::Dispatchable};
use sp_state_machine::BasicExternalities;

pub use outcome::{CallError, Cost, Deployed, Log, Outcome};

use crate::{
    accounts,
    genesis::Genesis,
    runtime::{
        AccountId, AllPalletsWithSystem, Balance, BlockNumber, Revive, Runtime, RuntimeCall, RuntimeEvent,
        RuntimeOrigin, System, Timestamp,
    },
};

/// Time of a session's first block: 2026-01-01 00:00:00 UTC, in milliseconds since the epoch. Fixed, so that tests repeat.
pub const FIRST_BLOCK_TIME: u64 = 1_767_225_600_000;
/// Milliseconds between two blocks.
pub const BLOCK_TIME: u64 = 6_000;

/// Somebody who calls contracts: an account and the address under which contracts know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    account: AccountId,
}

impl Actor {
    /// The secp256k1 development account number `index` (see [`accounts::ETHEREUM`]).
    ///
    /// # Panics
    /// When there is no such account.
    pub fn ethereum(index: usize) -> Self {
        Self::from(accounts::ETHEREUM[index].1)
    }

    /// The sr25519 development account number `index` (see [`accounts::SR25519`]).
    ///
    /// # Panics
    /// When there is no such account.
    pub fn sr25519(index: usize) -> Self {
        Self {
            account: accounts::SR25519[index].1.to_account_id(),
        }
    }

    /// The account that signs.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The address that contracts see as `msg.sender`.
    pub fn address(&self) -> H160 {
        accounts::address_of(&self.account)
    }
}

impl From<H160> for Actor {
    fn from(address: H160) -> Self {
        Self {
            account: accounts::fallback_account(address),
        }
    }
}

impl From<AccountId> for Actor {
    fn from(account: AccountId) -> Self {
        Self { account }
    }
}

/// A saved state of a [`Session`], to go back to with [`Session::revert`].
#[derive(Clone, Debug)]
pub struct Snapshot {
    storage: Storage,
    caller: Actor,
}

/// A runtime in memory with one current caller.
pub struct Session {
    ext: BasicExternalities,
    caller: Actor,
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// A session in block 1 of a chain with the development accounts; the caller is `alith`.
    pub fn new() -> Self {
        let storage = Genesis::default().build().expect("the default genesis is valid");
        Self::with_storage(storage)
    }

    /// A session in block 1 of a chain that starts from `genesis`; the caller is `alith`.
    ///
    /// # Errors
    /// When a pallet refuses its part of the genesis.
    pub fn with_genesis(genesis: &Genesis) -> Result<Self, String> {
        Ok(Self::with_storage(genesis.build()?))
    }

    fn with_storage(storage: Storage) -> Self {
        let mut session = Self {
            ext: BasicExternalities::new(storage),
            caller: Actor::ethereum(0),
        };
        session.ext.execute_with(|| start_block(1, FIRST_BLOCK_TIME));
        session
    }

    /// Who calls from now on.
    pub fn set_caller(&mut self, caller: impl Into<Actor>) -> &mut Self {
        self.caller = caller.into();
        self
    }

    /// Who calls.
    pub fn caller(&self) -> &Actor {
        &self.caller
    }

    /// Uploads `code` (PolkaVM or EVM byte code) and instantiates it with the constructor's `input`.
    ///
    /// For an ink! contract with `abi = "sol"`, `input` is the ABI encoding of the constructor's arguments.
    /// The address follows from the caller's nonce, as with `CREATE`.
    ///
    /// # Errors
    /// [`CallError`]: the constructor reverted or could not run. No state changes then.
    pub fn deploy(&mut self, code: &[u8], input: Vec<u8>) -> Result<Deployed, CallError> {
        self.deploy_with(code, input, U256::zero(), None)
    }

    /// [`Session::deploy`] with a payment in wei-like units and, for an address that does not depend on the nonce, a `salt`.
    ///
    /// # Errors
    /// As [`Session::deploy`].
    pub fn deploy_with(
        &mut self,
        code: &[u8],
        input: Vec<u8>,
        value: U256,
        salt: Option<[u8; 32]>,
    ) -> Result<Deployed, CallError> {
        let account = self.caller.account.clone();
        self.ext.execute_with(|| {
            System::reset_events();
            // A signed transaction raises the nonce before it runs; the address is derived from the nonce before that.
            System::inc_account_nonce(&account);
            let result = Revive::bare_instantiate(
                RuntimeOrigin::signed(account),
                value,
                limits(),
                Code::Upload(code.to_vec()),
                input,
                salt,
                &ExecConfig::new_substrate_tx_without_bump(),
            );
            outcome::deployed(result, logs())
        })
    }

    /// Calls the contract at `to`.
    ///
    /// # Errors
    /// [`CallError`]: the contract reverted or could not run. No state changes then.
    pub fn call(&mut self, to: H160, input: Vec<u8>) -> Result<Outcome, CallError> {
        self.call_with_value(to, input, U256::zero())
    }

    /// [`Session::call`] with a payment in wei-like units (18 decimals). An address without code just receives it.
    ///
    /// # Errors
    /// As [`Session::call`].
    pub fn call_with_value(&mut self, to: H160, input: Vec<u8>, value: U256) -> Result<Outcome, CallError> {
        let account = self.caller.account.clone();
        self.ext.execute_with(|| {
            System::inc_account_nonce(&account);
            bare_call(account, to, input, value)
        })
    }

    /// What [`Session::call`] would answer now. Nothing changes; this is how a `view` message is read.
    ///
    /// # Errors
    /// As [`Session::call`].
    pub fn dry_run(&mut self, to: H160, input: Vec<u8>) -> Result<Outcome, CallError> {
        let account = self.caller.account.clone();
        self.rolled_back(|| bare_call(account, to, input, U256::zero()))
    }

    /// Dispatches a call of the runtime as the caller, for example to create an asset. Answers the weight that it used.
    ///
    /// # Errors
    /// The pallet's error. No state changes then.
    pub fn dispatch(&mut self, call: RuntimeCall) -> Result<Weight, DispatchError> {
        let origin = RuntimeOrigin::signed(self.caller.account.clone());
        self.dispatch_as(origin, call)
    }

    /// [`Session::dispatch`] as root.
    ///
    /// # Errors
    /// As [`Session::dispatch`].
    pub fn dispatch_as_root(&mut self, call: RuntimeCall) -> Result<Weight, DispatchError> {
        self.dispatch_as(RuntimeOrigin::root(), call)
    }

    fn dispatch_as(&mut self, origin: RuntimeOrigin, call: RuntimeCall) -> Result<Weight, DispatchError> {
        self.ext.execute_with(|| {
            System::reset_events();
            let dispatched = frame_support::storage::with_storage_layer(|| call.dispatch(origin));
            dispatched
                .map(|post| post.actual_weight.unwrap_or_default())
                .map_err(|error| error.error)
        })
    }

    /// What a contract keeps at a key of 32 bytes; `None` if that is nothing, or there is no contract.
    pub fn storage(&mut self, address: H160, key: [u8; 32]) -> Option<Vec<u8>> {
        self.execute(|| Revive::get_storage(address, key).ok().flatten())
    }

    /// What a contract keeps at a key of any length. These keys are others than those of [`Session::storage`], also where they
    /// are 32 bytes long.
    pub fn storage_at_var_key(&mut self, address: H160, key: Vec<u8>) -> Option<Vec<u8>> {
        self.execute(|| Revive::get_storage_var_key(address, key).ok().flatten())
    }

    /// What a contract's constructor has set as its immutable data.
    pub fn immutable_data(&mut self, address: H160) -> Option<Vec<u8>> {
        self.execute(|| Revive::get_immutables(address).map(|data| data.to_vec()))
    }

    /// Native coins of `address` in wei-like units (18 decimals), without the existential deposit, as contracts see it.
    pub fn balance(&mut self, address: H160) -> U256 {
        self.ext.execute_with(|| Revive::evm_balance(&address))
    }

    /// All that the last call or dispatch emitted, pallets' own events included.
    pub fn events(&mut self) -> Vec<RuntimeEvent> {
        self.ext
            .execute_with(|| System::events().into_iter().map(|record| record.event).collect())
    }

    /// Number of the current block.
    pub fn block_number(&mut self) -> BlockNumber {
        self.ext.execute_with(System::block_number)
    }

    /// Time of the current block, in milliseconds since the epoch. Contracts see whole seconds.
    pub fn now(&mut self) -> u64 {
        self.ext.execute_with(Timestamp::get)
    }

    /// Time of the current block in seconds, as contracts see it.
    pub fn timestamp(&mut self) -> u64 {
        self.now() / 1_000
    }

    /// Goes `blocks` blocks ahead, [`BLOCK_TIME`] apart.
    pub fn advance_blocks(&mut self, blocks: BlockNumber) -> &mut Self {
        for _ in 0..blocks {
            self.next_block(BLOCK_TIME);
        }
        self
    }

    /// Goes one block ahead, `seconds` later than the current one.
    pub fn advance_time(&mut self, seconds: u64) -> &mut Self {
        self.next_block(seconds.saturating_mul(1_000));
        self
    }

    fn next_block(&mut self, milliseconds: u64) {
        self.ext.execute_with(|| {
            let (number, now) = (System::block_number(), Timestamp::get());
            AllPalletsWithSystem::on_finalize(number);
            start_block(number.saturating_add(1), now.saturating_add(milliseconds));
        });
    }

    /// Saves the state and the caller.
    pub fn snapshot(&mut self) -> Snapshot {
        let storage = std::mem::replace(&mut self.ext, BasicExternalities::new_empty()).into_storages();
        self.ext = BasicExternalities::new(storage.clone());
        Snapshot {
            storage,
            caller: self.caller.clone(),
        }
    }

    /// Goes back to a saved state, which may be used again later.
    pub fn revert(&mut self, snapshot: &Snapshot) -> &mut Self {
        self.ext = BasicExternalities::new(snapshot.storage.clone());
        self.caller = snapshot.caller.clone();
        self
    }

    /// Runs `f` on the state, to read what no method here offers, or to prepare a state that no call can make.
    pub fn execute<R>(&mut self, f: impl FnOnce() -> R) -> R {
        self.ext.execute_with(f)
    }

    fn rolled_back<R>(&mut self, f: impl FnOnce() -> R) -> R {
        self.ext
            .execute_with(|| with_transaction_unchecked(|| TransactionOutcome::Rollback(f())))
    }
}

fn bare_call(account: AccountId, to: H160, input: Vec<u8>, value: U256) -> Result<Outcome, CallError> {
    System::reset_events();
    let config = ExecConfig::new_substrate_tx();
    let result = Revive::bare_call(RuntimeOrigin::signed(account), to, value, limits(), input, &config);
    outcome::called(result, logs())
}

/// As much as one extrinsic may use; no limit on the deposit.
fn limits() -> TransactionLimits<Runtime> {
    TransactionLimits::WeightAndDeposit {
        weight_limit: Revive::evm_max_extrinsic_weight(),
        deposit_limit: Balance::MAX,
    }
}

/// What contracts emitted since the events were reset.
fn logs() -> Vec<Log> {
    let emitted = System::read_events_no_consensus().filter_map(|record| match record.event {
        RuntimeEvent::Revive(pallet_revive::Event::ContractEmitted { contract, data, topics }) => Some(Log {
            address: contract,
            topics,
            data,
        }),
        _ => None,
    });
    emitted.collect()
}

fn start_block(number: BlockNumber, milliseconds: u64) {
    // No header exists here; a hash that follows from the number keeps parent hashes distinct.
    let parent = H256::from_low_u64_be(u64::from(number.saturating_sub(1)));
    System::reset_events();
    System::initialize(&number, &parent, &Default::default());
    AllPalletsWithSystem::on_initialize(number);
    Timestamp::set_timestamp(milliseconds);
}
