//! What a holder signs so that somebody may take tokens (EIP-2612).

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::SolStruct as _,
};

use super::{IToken, Token};
use crate::{
    contracts::{ContractError, NOBODY},
    keystore::SigningKey,
    signed::sign_digest,
};

mod typed {
    super::sol! {
        /// As EIP-2612 has it.
        struct Permit { address owner; address spender; uint256 value; uint256 nonce; uint256 deadline; }
    }
}

/// An allowance, signed by whoever grants it. Its nonce is the holder's next one: another one that is used first makes it void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    /// The last second since the epoch at which it can be used.
    pub deadline: U256,
    /// 27 or 28.
    pub v: u8,
    /// The first half of the signature.
    pub r: B256,
    /// The second half of the signature.
    pub s: B256,
}

impl Token {
    /// Signs that `spender` may take `value` of the signer's tokens, until a deadline. `None` if the key is of a kind whose signatures
    /// the standard does not know: it knows Ethereum's alone.
    ///
    /// # Errors
    /// [`ContractError`], if the token knows no permits.
    pub async fn permit(
        &self,
        key: &SigningKey,
        spender: Address,
        value: U256,
        deadline: U256,
    ) -> Result<Option<Permit>, ContractError> {
        if !matches!(key, SigningKey::Ethereum(_)) {
            return Ok(None);
        }
        let owner = key.account().address();
        let nonce = self.contract().ask(NOBODY, &IToken::noncesCall { owner }).await?;
        let permit = typed::Permit {
            owner,
            spender,
            value,
            nonce,
            deadline,
        };
        let digest = permit.eip712_signing_hash(&self.signing_domain().await?);
        let (v, r, s) = sign_digest(key, &digest);
        Ok(Some(Permit {
            deadline,
            v: v.saturating_to(),
            r,
            s,
        }))
    }
}
