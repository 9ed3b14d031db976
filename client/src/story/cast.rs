//! Who is in it.

use alloy_core::primitives::U256;

use super::{Stage, step::Teller};
use crate::{
    Error,
    account::Account,
    keystore::{KeyKind, SecretKey, SigningKey, dev},
};

/// Coins for fees and deposits, of 18 decimals.
const COINS: u64 = 100;
/// Tokens that the patient gets, in whole ones.
const TOKENS: u64 = 200;

/// The people, with keys made for this story alone. They are of both kinds: wallets of either kind must do.
pub(super) struct Cast {
    pub(super) patient: SigningKey,
    pub(super) family_doctor: SigningKey,
    pub(super) other_doctor: SigningKey,
    pub(super) guardian: SigningKey,
    pub(super) authority: SigningKey,
    pub(super) arbiter: SigningKey,
}

impl Cast {
    pub(super) fn new() -> Result<Self, Error> {
        let key = |kind| SecretKey::generate(kind)?.signing_key();
        Ok(Self {
            patient: key(KeyKind::Ethereum)?,
            family_doctor: key(KeyKind::Sr25519)?,
            other_doctor: key(KeyKind::Ethereum)?,
            guardian: key(KeyKind::Ethereum)?,
            authority: key(KeyKind::Ethereum)?,
            arbiter: key(KeyKind::Ethereum)?,
        })
    }
}

impl Stage<'_> {
    /// Everybody gets coins for fees; the patient gets tokens for consultations.
    pub(super) async fn pay_the_cast(&self, teller: &mut Teller<'_>) -> Result<(), Error> {
        let purse = dev::deployer();
        let coins = U256::from(COINS) * U256::from(10).pow(U256::from(18));
        let people: [(&'static str, &str, Account); 5] = [
            ("fund_patient", "the patient", self.cast.patient.account()),
            (
                "fund_family_doctor",
                "the family doctor",
                self.cast.family_doctor.account(),
            ),
            ("fund_other_doctor", "another doctor", self.cast.other_doctor.account()),
            ("fund_guardian", "a child's guardian", self.cast.guardian.account()),
            (
                "fund_authority",
                "an authority that licenses doctors",
                self.cast.authority.account(),
            ),
        ];
        for (name, who, account) in people {
            let receipt = self.chain.transfer(&purse, account, coins, self.options).await?;
            let text = format!("A key is made for {who} (account {account}), who gets {COINS} coins for fees");
            teller.sent(name, text, &receipt);
        }
        self.chain.ensure_mapped(&self.cast.family_doctor, self.options).await?;
        let patient = self.cast.patient.account().address();
        let tokens = self.amount(TOKENS).await?;
        let receipt = self.token.transfer(&purse, patient, tokens, self.options).await?;
        teller.sent(
            "pay_patient",
            format!("The patient gets {TOKENS} tokens to pay consultations with"),
            &receipt,
        );
        Ok(())
    }

    /// Whole tokens, in the token's smallest unit.
    pub(super) async fn amount(&self, whole: u64) -> Result<U256, Error> {
        let decimals = self.token.info().await?.decimals;
        Ok(U256::from(whole) * U256::from(10).pow(U256::from(decimals)))
    }
}
