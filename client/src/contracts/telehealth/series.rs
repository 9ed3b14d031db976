//! Several consultations that are booked and paid for together.

use alloy_core::primitives::{Address, B256, U256, keccak256};
use salus_core::telehealth::{Booking, Series, series_id};

use super::{
    ITelehealth, Telehealth, coins,
    convert::{address, amount},
};
use crate::{
    chain::{Receipt, SubmitOptions},
    contracts::{ContractError, NOBODY},
    keystore::SigningKey,
};

/// A series that was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedSeries {
    /// The series: a hash of its visits.
    pub id: B256,
    /// Its visits, by when they begin.
    pub visits: Vec<B256>,
}

impl Telehealth {
    /// What each of `visits` visits of a provider's service costs in a token that are booked together, in its smallest unit; 0 if it is
    /// what it costs by itself.
    pub async fn series_fee(
        &self,
        provider: Address,
        service: B256,
        token: Address,
        visits: u32,
    ) -> Result<U256, ContractError> {
        let call = ITelehealth::seriesFeeOfCall {
            provider,
            service,
            token,
            visits,
        };
        self.contract().ask(NOBODY, &call).await
    }

    /// Books a series and pays for it, in native coin or by what the signer, who is the patient, allowed the contract. `series` is what
    /// the bookings are together.
    pub async fn book_series(
        &self,
        key: &SigningKey,
        bookings: &[Booking],
        series: &Series,
        options: SubmitOptions,
    ) -> Result<(BookedSeries, Receipt), ContractError> {
        let call = ITelehealth::bookSeriesCall {
            bookings: bookings.iter().map(Into::into).collect(),
        };
        let coins = coins(address(series.token), amount(series.total));
        let receipt = self.contract().send_with(key, &call, coins, options).await?;
        let booked: ITelehealth::SeriesBooked = self.contract().event(&receipt)?;
        let booked = BookedSeries {
            id: booked.seriesId,
            visits: booked.visitIds,
        };
        Ok((booked, receipt))
    }

    /// The identifiers that a patient's series and its visits have or would have, as the contract computes them.
    pub fn series_id(&self, patient: Address, bookings: &[Booking]) -> BookedSeries {
        let visits: Vec<B256> = bookings.iter().map(|booking| self.visit_id(patient, booking)).collect();
        let hashes: Vec<[u8; 32]> = visits.iter().map(|visit| visit.0).collect();
        BookedSeries {
            id: series_id(&hashes, |bytes| keccak256(bytes).0).into(),
            visits,
        }
    }
}
