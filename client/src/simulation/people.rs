//! Who is in a simulation.

use alloy_core::primitives::{B256, U256, keccak256};
use salus_core::{consent::Period, credentials::licence_commitment};

use super::Stage;
use crate::{
    Error,
    contracts::{Suite, credentials::Issue},
    fhir::Salt,
    keystore::{KeyKind, SecretKey, SigningKey, dev},
};

/// Coins for fees and deposits, of 18 decimals.
const COINS: u64 = 100;

/// The people, with keys made for this simulation alone.
pub(super) struct People {
    pub(super) patient: SigningKey,
    /// Has no coins.
    pub(super) signer: SigningKey,
    pub(super) provider: SigningKey,
    pub(super) arbiter: SigningKey,
    pub(super) platform: SigningKey,
    pub(super) passer_by: SigningKey,
}

impl People {
    pub(super) fn new() -> Result<Self, Error> {
        let key = || SecretKey::generate(KeyKind::Ethereum)?.signing_key();
        Ok(Self {
            patient: key()?,
            signer: key()?,
            provider: key()?,
            arbiter: key()?,
            platform: key()?,
            passer_by: key()?,
        })
    }

    /// Coins for everybody but who only signs.
    pub(super) async fn pay(&self, stage: &Stage) -> Result<(), Error> {
        let coins = U256::from(COINS) * U256::from(10).pow(U256::from(18));
        let payees = [
            &self.patient,
            &self.provider,
            &self.arbiter,
            &self.platform,
            &self.passer_by,
        ];
        for payee in payees {
            let purse = dev::deployer();
            stage
                .chain
                .transfer(&purse, payee.account(), coins, stage.options)
                .await?;
        }
        Ok(())
    }

    /// Somebody who may decide disputes needs a credential.
    pub(super) async fn license_the_arbiter(&self, stage: &Stage, suite: &Suite) -> Result<(), Error> {
        let (credentials, authority) = (suite.credentials().await?, dev::deployer());
        let issuer = authority.account().address();
        credentials.admit_issuer(&authority, issuer, stage.options).await?;
        let licence = licence_commitment(Salt::random().as_bytes(), "arbiter", |bytes| keccak256(bytes).0);
        let issue = Issue {
            holder: self.arbiter.account().address(),
            role: stage.telehealth.registries().await?.arbiter_role,
            jurisdiction: B256::right_padding_from(b"CH"),
            licence: licence.into(),
            validity: Period {
                from: 0,
                until: u64::MAX,
            },
        };
        credentials.issue(&authority, &issue, stage.options).await?;
        Ok(())
    }
}
