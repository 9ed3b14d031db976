//! What a provider publishes of its time, and what the platform keeps.

use alloy_core::primitives::{Address, B256};
use salus_core::telehealth::PlatformFee;

use super::{ITelehealth, Telehealth, convert};
use crate::{
    chain::{Receipt, SubmitOptions},
    contracts::{ContractError, NOBODY},
    keystore::SigningKey,
};

/// What the platform keeps of what providers earn, by when a visit is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformFees {
    /// Of visits that are booked now.
    pub now: PlatformFee,
    /// Of visits that are booked later, if a change was announced that has not come yet.
    pub announced: Option<AnnouncedFee>,
}

/// A change that was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnouncedFee {
    /// What is kept then.
    pub fee: PlatformFee,
    /// The first second in which it is, since the epoch.
    pub effective_at: u64,
}

impl Telehealth {
    /// The hash of when a provider can be booked; `None` if the provider published none. Where what it is of is found, the provider says.
    pub async fn availability(&self, provider: Address) -> Result<Option<B256>, ContractError> {
        let call = ITelehealth::availabilityOfCall { provider };
        let hash = self.0.ask(NOBODY, &call).await?;
        Ok(Some(hash).filter(|hash| !hash.is_zero()))
    }

    /// Publishes a hash of when the signer can be booked; zero: none any more.
    pub async fn set_availability(
        &self,
        key: &SigningKey,
        availability: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = ITelehealth::setAvailabilityCall { availability };
        self.act(key, &call, options).await
    }

    /// What the platform keeps of what providers earn, at `now`, and from when on that is something else.
    pub async fn platform_fees(&self, now: u64) -> Result<PlatformFees, ContractError> {
        let found = self.0.ask(NOBODY, &ITelehealth::platformFeeCall {}).await?;
        let fee = |fee, collector| PlatformFee {
            fee,
            collector: convert::account(collector),
        };
        let announced = AnnouncedFee {
            fee: fee(found.nextFee, found.nextCollector),
            effective_at: found.effectiveAt,
        };
        Ok(PlatformFees {
            now: fee(found.fee, found.collector),
            announced: (now < announced.effective_at).then_some(announced),
        })
    }

    /// Announces what the platform keeps of visits that are booked in seven days and later, in place of an earlier announcement; answers from
    /// which second on. The signer has to be the owner.
    pub async fn announce_platform_fee(
        &self,
        key: &SigningKey,
        fee: PlatformFee,
        options: SubmitOptions,
    ) -> Result<(u64, Receipt), ContractError> {
        let call = ITelehealth::announcePlatformFeeCall {
            fee: fee.fee,
            collector: convert::address(fee.collector),
        };
        let receipt = self.act(key, &call, options).await?;
        let announced: ITelehealth::PlatformFeeAnnounced = self.0.event(&receipt)?;
        Ok((announced.effectiveAt, receipt))
    }
}
