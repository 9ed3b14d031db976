//! The way back from an Ethereum address to an sr25519 account, which the chain must hold before contracts can be called.

use subxt::{
    dynamic,
    utils::{AccountId32, H160},
};

use super::{Chain, ChainError, SubmitOptions, error::Context, sign::sign};
use crate::keystore::SigningKey;

/// Whether an account had to be mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mapping {
    /// An Ethereum key's account, which needs none.
    NotNeeded,
    /// The chain maps accounts by itself, or this one was mapped before.
    Present,
    /// It was mapped now.
    Made,
}

impl Chain {
    /// Makes sure that the account of `key` can call contracts. On chains that do not map accounts by themselves, this
    /// sends `Revive.map_account` once, for which a deposit is held.
    pub async fn ensure_mapped(&self, key: &SigningKey, options: SubmitOptions) -> Result<Mapping, ChainError> {
        let SigningKey::Sr25519(pair) = key else {
            return Ok(Mapping::NotNeeded);
        };
        let what = "looking for the account's mapping";
        let at = self.at_best().await?;
        // Chains from before the constant do not map by themselves.
        if at
            .constants()
            .entry(dynamic::constant::<bool>("Revive", "AutoMap"))
            .unwrap_or(false)
        {
            return Ok(Mapping::Present);
        }
        let original = dynamic::storage::<(H160,), AccountId32>("Revive", "OriginalAccount");
        let address = H160(key.account().address().into());
        if at
            .storage()
            .try_fetch(original, (address,))
            .await
            .context(what)?
            .is_some()
        {
            return Ok(Mapping::Present);
        }
        let call = dynamic::transaction("Revive", "map_account", ());
        match self
            .send(key.account(), &|at, nonce| sign(pair, &call, at, nonce), options)
            .await
        {
            Ok(_) => Ok(Mapping::Made),
            Err(ChainError::Failed { cause, .. }) if is_already_mapped(&cause) => Ok(Mapping::Present),
            Err(error) => Err(error),
        }
    }
}

fn is_already_mapped(cause: &ChainError) -> bool {
    matches!(cause, ChainError::Dispatch { pallet, error, .. }
        if pallet == "Revive" && (error == "AccountAlreadyMapped" || error == "AutoMappingEnabled"))
}
