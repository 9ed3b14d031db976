//! The token: ERC-20 with permits (EIP-2612), transfers by signature (EIP-3009), a cap, a pause and roles.

mod permit;

use alloy_core::{
    primitives::{Address, B256, U256, aliases::U48},
    sol_types::{Eip712Domain, SolCall},
};
use salus_core::token::roles;

pub use permit::Permit;

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{Chain, Receipt, SubmitOptions},
    keystore::SigningKey,
};

alloy_core::sol!(
    #[allow(
        missing_docs,
        clippy::too_many_arguments,
        reason = "generated from the ABI, which the contract documents"
    )]
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

/// How many tokens there may be, and whether they move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenLimits {
    /// How many there may ever be, in the smallest unit.
    pub cap: U256,
    /// Whether none is moved, created or destroyed.
    pub paused: bool,
}

/// A role in the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRole {
    /// Gives and takes the others.
    DefaultAdmin,
    /// Creates tokens.
    Minter,
    /// Pauses the token, and ends the pause.
    Pauser,
}

impl TokenRole {
    /// As the contract has it.
    pub const fn id(self) -> B256 {
        B256::new(match self {
            Self::DefaultAdmin => roles::DEFAULT_ADMIN_ROLE,
            Self::Minter => roles::MINTER_ROLE,
            Self::Pauser => roles::PAUSER_ROLE,
        })
    }
}

/// A change of a role's members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleChange {
    /// An account gets it. The signer has to be the default admin.
    Grant(Address),
    /// An account loses it. The signer has to be the default admin.
    Revoke(Address),
    /// The signer gives it up.
    Renounce,
}

/// A step of handing over the default admin's role, or of changing the delay in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminStep {
    /// Announces who is to follow; the zero address, that nobody is.
    Begin(Address),
    /// Takes that back.
    Cancel,
    /// The signer, who was announced, takes over.
    Accept,
    /// Changes the delay to this many seconds, less than 2^48, after a wait.
    ChangeDelay(u64),
    /// Takes that back.
    RollbackDelay,
}

/// Who gives and takes roles, and who is to follow. Times are seconds since the epoch; 0 where nothing is scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultAdmin {
    /// Who does; the zero address when nobody does any more.
    pub account: Address,
    /// Who was announced to follow.
    pub pending: Address,
    /// The last second at which that is too early.
    pub pending_schedule: u64,
    /// How many seconds lie between announcing and accepting.
    pub delay: u64,
    /// The delay to come, in seconds.
    pub pending_delay: u64,
    /// The last second at which it has not come.
    pub pending_delay_schedule: u64,
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

    /// How many there may be, and whether they move. For our own token: others may not say.
    pub async fn limits(&self) -> Result<TokenLimits, ContractError> {
        Ok(TokenLimits {
            cap: self.0.ask(NOBODY, &IToken::capCall {}).await?,
            paused: self.0.ask(NOBODY, &IToken::pausedCall {}).await?,
        })
    }

    /// Creates tokens for an account. The signer has to be a minter.
    pub async fn mint(
        &self,
        key: &SigningKey,
        to: Address,
        value: U256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.0.send(key, &IToken::mintCall { to, value }, options).await
    }

    /// Destroys tokens: the signer's, or those that an account has let the signer take.
    pub async fn burn(
        &self,
        key: &SigningKey,
        of: Option<Address>,
        value: U256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        match of {
            None => self.0.send(key, &IToken::burnCall { value }, options).await,
            Some(account) => {
                let call = IToken::burnFromCall { account, value };
                self.0.send(key, &call, options).await
            }
        }
    }

    /// Stops the token, or lets it go on. The signer has to be a pauser.
    pub async fn set_paused(
        &self,
        key: &SigningKey,
        paused: bool,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        if paused {
            self.0.send(key, &IToken::pauseCall {}, options).await
        } else {
            self.0.send(key, &IToken::unpauseCall {}, options).await
        }
    }

    /// Whether an account has a role.
    pub async fn has_role(&self, role: TokenRole, account: Address) -> Result<bool, ContractError> {
        let role = role.id();
        self.0.ask(NOBODY, &IToken::hasRoleCall { role, account }).await
    }

    /// Changes who has a role.
    pub async fn change_role(
        &self,
        key: &SigningKey,
        role: TokenRole,
        change: RoleChange,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let role = role.id();
        let call = match change {
            RoleChange::Grant(account) => IToken::grantRoleCall { role, account }.abi_encode(),
            RoleChange::Revoke(account) => IToken::revokeRoleCall { role, account }.abi_encode(),
            RoleChange::Renounce => {
                let own = key.account().address();
                IToken::renounceRoleCall {
                    role,
                    callerConfirmation: own,
                }
                .abi_encode()
            }
        };
        self.0.send_encoded(key, call, options).await
    }

    /// Who gives and takes roles, and who is to follow.
    pub async fn default_admin(&self) -> Result<DefaultAdmin, ContractError> {
        let pending = self.0.ask(NOBODY, &IToken::pendingDefaultAdminCall {}).await?;
        let pending_delay = self.0.ask(NOBODY, &IToken::pendingDefaultAdminDelayCall {}).await?;
        let delay = self.0.ask(NOBODY, &IToken::defaultAdminDelayCall {}).await?;
        Ok(DefaultAdmin {
            account: self.0.ask(NOBODY, &IToken::defaultAdminCall {}).await?,
            pending: pending.newAdmin,
            pending_schedule: pending.schedule.to(),
            delay: delay.to(),
            pending_delay: pending_delay.newDelay.to(),
            pending_delay_schedule: pending_delay.schedule.to(),
        })
    }

    /// Takes a step of handing over. The signer has to be the default admin, or, to accept, who was announced.
    pub async fn hand_over(
        &self,
        key: &SigningKey,
        step: AdminStep,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = match step {
            AdminStep::Begin(account) => IToken::beginDefaultAdminTransferCall { newAdmin: account }.abi_encode(),
            AdminStep::Cancel => IToken::cancelDefaultAdminTransferCall {}.abi_encode(),
            AdminStep::Accept => IToken::acceptDefaultAdminTransferCall {}.abi_encode(),
            AdminStep::ChangeDelay(seconds) => {
                let delay = U48::saturating_from(seconds);
                IToken::changeDefaultAdminDelayCall { newDelay: delay }.abi_encode()
            }
            AdminStep::RollbackDelay => IToken::rollbackDefaultAdminDelayCall {}.abi_encode(),
        };
        self.0.send_encoded(key, call, options).await
    }

    /// Whether a nonce of an account's signed transfers was used or cancelled.
    pub async fn authorization_state(&self, authorizer: Address, nonce: B256) -> Result<bool, ContractError> {
        let call = IToken::authorizationStateCall { authorizer, nonce };
        self.0.ask(NOBODY, &call).await
    }

    /// The domain that its holders sign in (EIP-5267): by the name and version that it tells, but on this chain and for this
    /// contract, whatever it says, so that nothing is signed for another token.
    pub async fn signing_domain(&self) -> Result<Eip712Domain, ContractError> {
        let found = self.0.ask(NOBODY, &IToken::eip712DomainCall {}).await?;
        let has = |bit: u8| found.fields.0[0] & (1 << bit) != 0;
        Ok(Eip712Domain::new(
            has(0).then(|| found.name.clone().into()),
            has(1).then(|| found.version.clone().into()),
            Some(U256::from(self.0.chain().chain_id())),
            Some(self.0.address()),
            None,
        ))
    }
}
