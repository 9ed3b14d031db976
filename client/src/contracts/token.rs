//! The token: ERC-20 with permit (EIP-2612).

mod permit;

use alloy_core::primitives::{Address, U256};

pub use permit::Permit;

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{Chain, Receipt, SubmitOptions},
    keystore::SigningKey,
};

alloy_core::sol!(
    #[allow(missing_docs, reason = "generated from the ABI, which the contract documents")]
    #[derive(Debug, PartialEq, Eq)]
    IToken,
    "../contracts/artifacts/token.abi.json"
);

/// The token on a chain.
#[derive(Debug, Clone)]
pub struct Token(Contract);

/// What a token says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// Its name.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
    /// How many digits of an amount stand behind the point.
    pub decimals: u8,
    /// How much there is, in the smallest unit.
    pub total_supply: U256,
}

impl Token {
    /// Its name in address books.
    pub const NAME: &'static str = "token";

    /// The token at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The contract, for calls that have no method here.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Name, symbol, decimals and supply.
    pub async fn info(&self) -> Result<TokenInfo, ContractError> {
        Ok(TokenInfo {
            name: self.0.ask(NOBODY, &IToken::nameCall {}).await?,
            symbol: self.0.ask(NOBODY, &IToken::symbolCall {}).await?,
            decimals: self.0.ask(NOBODY, &IToken::decimalsCall {}).await?,
            total_supply: self.0.ask(NOBODY, &IToken::totalSupplyCall {}).await?,
        })
    }

    /// How much an account has, in the smallest unit.
    pub async fn balance_of(&self, account: Address) -> Result<U256, ContractError> {
        self.0.ask(NOBODY, &IToken::balanceOfCall { account }).await
    }

    /// How much `spender` may still take from `owner`, in the smallest unit.
    pub async fn allowance(&self, owner: Address, spender: Address) -> Result<U256, ContractError> {
        self.0.ask(NOBODY, &IToken::allowanceCall { owner, spender }).await
    }

    /// Sends tokens of the signer.
    pub async fn transfer(
        &self,
        key: &SigningKey,
        to: Address,
        value: U256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.0.send(key, &IToken::transferCall { to, value }, options).await
    }

    /// Lets `spender` take up to `value` of the signer's tokens.
    pub async fn approve(
        &self,
        key: &SigningKey,
        spender: Address,
        value: U256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.0.send(key, &IToken::approveCall { spender, value }, options).await
    }
}
