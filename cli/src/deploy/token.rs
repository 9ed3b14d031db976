//! What the token is created with when it is deployed.

use alloy_core::primitives::Address;
use clap::Args;

use crate::{Context, amount};
use salus_client::{deploy::TokenSettings, error::Error};

/// A year.
const MAX_DELAY: u64 = 366 * 86_400;

/// The token's parameters. The cap is for ever; roles can be given and taken later by the token's admin.
#[derive(Debug, Args)]
pub(super) struct TokenOpts {
    /// The token's name
    #[arg(long, default_value = "Salus Credit")]
    token_name: String,
    /// The token's symbol
    #[arg(long, default_value = "SALUS")]
    token_symbol: String,
    /// How many digits of a token amount stand behind the point
    #[arg(long, default_value_t = 6)]
    token_decimals: u8,
    /// How many tokens there are at first
    #[arg(long, value_name = "AMOUNT", default_value = "1000000")]
    token_supply: String,
    /// Who gets them [default: the account that deploys]
    #[arg(long, value_name = "ACCOUNT")]
    token_holder: Option<String>,
    /// How many tokens there may ever be
    #[arg(long, value_name = "AMOUNT", default_value = "1000000000")]
    token_cap: String,
    /// Who gives and takes the token's roles [default: the account that deploys]
    #[arg(long, value_name = "ACCOUNT")]
    token_admin: Option<String>,
    /// How many seconds lie between the two steps by which that is handed over; at most a year
    #[arg(long, value_name = "SECONDS", default_value_t = 3 * 86_400, value_parser = clap::value_parser!(u64).range(..=MAX_DELAY))]
    token_admin_delay: u64,
    /// Who may create tokens [default: the token's admin]
    #[arg(long, value_name = "ACCOUNT")]
    token_minter: Option<String>,
    /// Who may pause the token [default: the token's admin]
    #[arg(long, value_name = "ACCOUNT")]
    token_pauser: Option<String>,
}

impl TokenOpts {
    /// What the constructor is given, once it is known who deploys.
    pub(super) fn parse(&self, context: &Context) -> Result<impl FnOnce(Address) -> TokenSettings + use<>, Error> {
        let account = |name: &Option<String>| -> Result<Option<Address>, Error> {
            let account = name.as_deref().map(|name| context.account(name)).transpose()?;
            Ok(account.map(|account| account.address()))
        };
        let (holder, admin) = (account(&self.token_holder)?, account(&self.token_admin)?);
        let (minter, pauser) = (account(&self.token_minter)?, account(&self.token_pauser)?);
        let (name, symbol) = (self.token_name.clone(), self.token_symbol.clone());
        let (decimals, admin_delay) = (self.token_decimals, self.token_admin_delay);
        let cap = amount::parse(&self.token_cap, decimals)?;
        let supply = amount::parse(&self.token_supply, decimals)?;
        if supply > cap {
            let (supply, cap) = (&self.token_supply, &self.token_cap);
            return Err(Error::Usage(format!(
                "--token-supply: {supply} is more than --token-cap, {cap}"
            )));
        }
        Ok(move |deployer| {
            let admin = admin.unwrap_or(deployer);
            TokenSettings {
                name,
                symbol,
                decimals,
                cap,
                supply,
                holder: holder.unwrap_or(deployer),
                admin,
                admin_delay,
                minter: minter.unwrap_or(admin),
                pauser: pauser.unwrap_or(admin),
            }
        })
    }
}
