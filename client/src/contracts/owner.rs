//! Contracts that somebody owns: the office is offered, and taken over (OpenZeppelin's `Ownable2Step`).

use alloy_core::primitives::Address;

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{Receipt, SubmitOptions},
    keystore::SigningKey,
};

alloy_core::sol! {
    interface IOwnable2Step {
        function owner() external view returns (address);
        function pendingOwner() external view returns (address);
        function transferOwnership(address newOwner) external;
        function acceptOwnership() external;
    }
}

impl Contract {
    /// Who owns it.
    pub async fn owner(&self) -> Result<Address, ContractError> {
        self.ask(NOBODY, &IOwnable2Step::ownerCall {}).await
    }

    /// To whom the office of the owner is offered; `None` if to nobody.
    pub async fn pending_owner(&self) -> Result<Option<Address>, ContractError> {
        let pending = self.ask(NOBODY, &IOwnable2Step::pendingOwnerCall {}).await?;
        Ok(Some(pending).filter(|pending| !pending.is_zero()))
    }

    /// Offers the office of the owner to an account, which has to accept it; to the zero address, takes an earlier offer back. The
    /// signer has to be the owner.
    pub async fn transfer_ownership(
        &self,
        key: &SigningKey,
        new_owner: Address,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IOwnable2Step::transferOwnershipCall { newOwner: new_owner };
        self.send(key, &call, options).await
    }

    /// Takes the office of the owner over. The signer has to be whom it was offered to.
    pub async fn accept_ownership(&self, key: &SigningKey, options: SubmitOptions) -> Result<Receipt, ContractError> {
        self.send(key, &IOwnable2Step::acceptOwnershipCall {}, options).await
    }
}
