//! The first state of a chain.

use sp_core::storage::Storage;
use sp_runtime::BuildStorage;

use crate::{
    accounts,
    runtime::{AccountId, AssetsConfig, Balance, BalancesConfig, RuntimeGenesisConfig, SudoConfig, UNIT},
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
        RuntimeGenesisConfig {
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
        }
        .build_storage()
    }
}
