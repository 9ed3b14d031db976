//! The first state of a chain.

use std::sync::LazyLock;

use sp_core::storage::{Storage, well_known_keys};
use sp_runtime::{
    BuildStorage,
    traits::{BlakeTwo256, Hash as _},
};
use sp_state_machine::BasicExternalities;

use crate::{
    accounts,
    runtime::{
        AccountId, AssetsConfig, Balance, BalancesConfig, Runtime, RuntimeGenesisConfig, SudoConfig, UNIT, VERSION,
    },
};

/// Coins of each development account at genesis.
pub const ENDOWMENT: Balance = 10_000_000 * UNIT;
/// The trust-backed asset that exists from the start, so that its ERC-20 precompile can be used at once.
pub const DEV_ASSET: u32 = 1;

/// What a new chain starts with.
#[derive(Clone, Debug)]
pub struct Genesis {
    /// Accounts with their coins. The runtime maps each to its Ethereum address by itself.
    pub endowed: Vec<(AccountId, Balance)>,
    /// Who may call `Sudo`.
    pub sudo: Option<AccountId>,
}

impl Default for Genesis {
    /// All development accounts endowed alike, `//Alice` as sudo.
    fn default() -> Self {
        Self {
            endowed: accounts::all()
                .into_iter()
                .map(|account| (account, ENDOWMENT))
                .collect(),
            sudo: Some(accounts::SR25519[0].1.to_account_id()),
        }
    }
}

impl Genesis {
    /// The storage of block 0.
    ///
    /// # Errors
    /// When a pallet refuses its part, for example an endowment below the existential deposit.
    pub fn build(&self) -> Result<Storage, String> {
        let config = RuntimeGenesisConfig {
            assets: AssetsConfig {
                assets: self
                    .sudo
                    .iter()
                    .map(|owner| (DEV_ASSET, owner.clone(), true, 1))
                    .collect(),
                metadata: self
                    .sudo
                    .iter()
                    .map(|_| (DEV_ASSET, b"Development Dollar".to_vec(), b"DUSD".to_vec(), 6))
                    .collect(),
                accounts: self
                    .sudo
                    .iter()
                    .map(|owner| (DEV_ASSET, owner.clone(), 1_000_000_000_000))
                    .collect(),
                ..Default::default()
            },
            balances: BalancesConfig {
                balances: self.endowed.clone(),
                ..Default::default()
            },
            sudo: SudoConfig { key: self.sudo.clone() },
            ..Default::default()
        };
        let mut storage = config.build_storage()?;
        storage.top.insert(well_known_keys::CODE.to_vec(), CODE.clone());
        Ok(storage)
    }
}

/// What stands under `:code`, where other chains keep their Wasm runtime: a name for the native one. Clients that do not run the
/// runtime, such as PAPI, tell runtimes apart, and keep their metadata, by the hash of this entry.
static CODE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let metadata = BasicExternalities::new_empty().execute_with(Runtime::metadata);
    let (name, version, metadata) = (
        &VERSION.spec_name,
        VERSION.spec_version,
        BlakeTwo256::hash_of(&metadata),
    );
    format!("native runtime {name} version {version} with metadata {metadata:?}").into_bytes()
});
