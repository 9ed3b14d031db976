//! Consultations in escrow. The rules are in [`salus_core::telehealth`].

pub mod convert;
pub mod platform;
pub mod series;

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolCall,
};
use salus_core::{
    codes::Role,
    telehealth::{Booking, PlatformFee, Status, Terms, Visit, escrow::Quote, visit_id},
};

use self::{
    convert::{address, amount, number},
    platform::AnnouncedFee,
};
use super::{Contract, ContractError, NOBODY, token::Permit};
use crate::{
    account::Account,
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
    ITelehealth,
    "../contracts/artifacts/telehealth.abi.json"
);

/// The token that stands for the chain's native coin.
pub const NATIVE: Address = Address::ZERO;

/// The escrow of consultations on a chain.
#[derive(Debug, Clone)]
pub struct Telehealth(Contract);

/// What happened to one token in all: `paid_in` is `paid_out` and `held`. In the token's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// All fees that were put in escrow.
    pub paid_in: U256,
    /// All that was withdrawn.
    pub paid_out: U256,
    /// Fees in escrow and what waits to be withdrawn.
    pub held: U256,
}

/// What the contract was created with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registries {
    /// Where it asks about consents.
    pub consent: Address,
    /// Where it asks about credentials.
    pub credentials: Address,
    /// Where it asks about records.
    pub records: Address,
    /// The role of arbiters.
    pub arbiter_role: Role,
}

/// What a provider asks now. A booking is accepted at this fee and under these terms alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The fee of each visit, in the token's smallest unit; 0 if the service is not offered in it.
    pub fee: U256,
    /// The last second of the fee, if it was quoted to the patient.
    pub quoted_until: Option<u64>,
    /// The number of the provider's terms, and them; `None` if there are none.
    pub terms: Option<(u32, Terms)>,
    /// What the platform keeps of what the provider earns of a visit that is booked now.
    pub platform_fee: PlatformFee,
    /// What it keeps of one that is booked later, if that is to change.
    pub announced_fee: Option<AnnouncedFee>,
    /// The hash of when the provider can be booked, if one was published.
    pub availability: Option<B256>,
}

/// What programs call a status: in the index, and in the command line's results.
pub const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Requested => "requested",
        Status::Funded => "funded",
        Status::Confirmed => "confirmed",
        Status::InSession => "in_session",
        Status::Claimed => "claimed",
        Status::Disputed => "disputed",
        Status::Completed => "completed",
        Status::CancelledEarly => "cancelled_early",
        Status::CancelledLate => "cancelled_late",
        Status::CancelledByProvider => "cancelled_by_provider",
        Status::PatientNoShow => "patient_no_show",
        Status::ProviderNoShow => "provider_no_show",
        Status::TechnicalFailure => "technical_failure",
        Status::Declined => "declined",
        Status::Expired => "expired",
        Status::Resolved => "resolved",
    }
}

impl Telehealth {
    /// Its name in address books.
    pub const NAME: &'static str = "telehealth";

    /// The escrow at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The contract, for calls that have no method here.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Carries a step out: a call of one of the contract's messages that costs nothing but fees.
    pub async fn act(
        &self,
        key: &SigningKey,
        call: &impl SolCall,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.0.send(key, call, options).await
    }

    /// Publishes terms for the signer's bookings to come; answers their number.
    pub async fn set_terms(
        &self,
        key: &SigningKey,
        terms: &Terms,
        options: SubmitOptions,
    ) -> Result<(u32, Receipt), ContractError> {
        let receipt = self.act(key, &ITelehealth::setTermsCall::from(terms), options).await?;
        let set: ITelehealth::TermsSet = self.0.event(&receipt)?;
        Ok((set.version, receipt))
    }

    /// Books a consultation without paying yet; answers the visit. The signer is the patient.
    pub async fn request(
        &self,
        key: &SigningKey,
        booking: &Booking,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = ITelehealth::requestVisitCall {
            booking: booking.into(),
        };
        self.booked(self.0.send(key, &call, options).await?)
    }

    /// Tries [`Telehealth::request`]: what would be refused is refused, and nothing is sent.
    pub async fn try_request(&self, patient: Account, booking: &Booking) -> Result<B256, ContractError> {
        let booking = booking.into();
        self.0.ask(patient, &ITelehealth::requestVisitCall { booking }).await
    }

    /// Books a consultation and pays for it, in native coin or by what the signer, who is the patient, allowed the contract; answers the
    /// visit.
    pub async fn book(
        &self,
        key: &SigningKey,
        booking: &Booking,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = ITelehealth::bookCall {
            booking: booking.into(),
        };
        let coins = coins(address(booking.token), amount(booking.fee));
        self.booked(self.0.send_with(key, &call, coins, options).await?)
    }

    /// Books a consultation and pays for it by a permit of the fee to the contract; answers the visit. The signer is the patient.
    pub async fn book_with_permit(
        &self,
        key: &SigningKey,
        booking: &Booking,
        permit: &Permit,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = ITelehealth::bookWithPermitCall {
            booking: booking.into(),
            deadline: permit.deadline,
            v: permit.v,
            r: permit.r,
            s: permit.s,
        };
        self.booked(self.0.send(key, &call, options).await?)
    }

    fn booked(&self, receipt: Receipt) -> Result<(B256, Receipt), ContractError> {
        let requested: ITelehealth::VisitRequested = self.0.event(&receipt)?;
        Ok((requested.visitId, receipt))
    }

    /// Pays for a visit that was requested, as [`Telehealth::book`] does: `fee` in `token`.
    pub async fn fund(
        &self,
        key: &SigningKey,
        visit_id: B256,
        (token, fee): (Address, U256),
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = ITelehealth::fundCall { visitId: visit_id };
        self.0.send_with(key, &call, coins(token, fee), options).await
    }

    /// Sends the signer all that is theirs in a token; answers how much that was, in its smallest unit.
    pub async fn withdraw(
        &self,
        key: &SigningKey,
        token: Address,
        options: SubmitOptions,
    ) -> Result<(U256, Receipt), ContractError> {
        let receipt = self.act(key, &ITelehealth::withdrawCall { token }, options).await?;
        let withdrawn: ITelehealth::Withdrawn = self.0.event(&receipt)?;
        Ok((withdrawn.amount, receipt))
    }

    /// A visit. One that does not exist is a refusal, `UnknownVisit`.
    pub async fn visit(&self, visit_id: B256) -> Result<Visit, ContractError> {
        let call = ITelehealth::visitCall { visitId: visit_id };
        let found = self.0.ask(NOBODY, &call).await?;
        let call = ITelehealth::progressOfCall { visitId: visit_id };
        let progress = self.0.ask(NOBODY, &call).await?;
        convert::visit(&found, &progress).ok_or_else(|| self.0.unknown("visit", format!("{found:?}, {progress:?}")))
    }

    /// The number of a provider's terms; 0 if there are none.
    pub async fn terms_version(&self, provider: Address) -> Result<u32, ContractError> {
        self.0.ask(NOBODY, &ITelehealth::termsVersionCall { provider }).await
    }

    /// A provider's terms under a number; `None` if there are none.
    pub async fn terms(&self, provider: Address, version: u32) -> Result<Option<Terms>, ContractError> {
        let found = self
            .0
            .ask(NOBODY, &ITelehealth::termsOfCall { provider, version })
            .await?;
        // No terms are without a window.
        if found.claimWindow == 0 {
            return Ok(None);
        }
        let terms = convert::terms(&found).ok_or_else(|| self.0.unknown("termsOf", format!("{found:?}")))?;
        Ok(Some(terms))
    }

    /// What a provider's service costs in a token by the list, in its smallest unit; 0 if it is not offered in it.
    pub async fn fee(&self, provider: Address, service: B256, token: Address) -> Result<U256, ContractError> {
        let call = ITelehealth::feeOfCall {
            provider,
            service,
            token,
        };
        self.0.ask(NOBODY, &call).await
    }

    /// What a provider quoted a patient for a service; `None` if nothing.
    pub async fn quote(
        &self,
        provider: Address,
        patient: Address,
        service: B256,
        token: Address,
    ) -> Result<Option<Quote>, ContractError> {
        let call = ITelehealth::quoteOfCall {
            provider,
            patient,
            service,
            token,
        };
        let found = self.0.ask(NOBODY, &call).await?;
        Ok((found.validUntil > 0).then_some(Quote {
            fee: number(found.fee),
            until: found.validUntil,
        }))
    }

    /// What a provider asks a patient for each of so many visits that are booked together at `now`; without a patient, what everybody is
    /// asked.
    pub async fn offer(
        &self,
        (provider, patient): (Address, Option<Address>),
        service: B256,
        token: Address,
        visits: u32,
        now: u64,
    ) -> Result<Offer, ContractError> {
        let quote = match patient {
            Some(patient) => self.quote(provider, patient, service, token).await?,
            None => None,
        };
        let quote = quote.filter(|quote| now <= quote.until);
        let fee = match quote {
            Some(quote) => amount(quote.fee),
            None => match self.series_fee(provider, service, token, visits).await? {
                U256::ZERO => self.fee(provider, service, token).await?,
                fee => fee,
            },
        };
        let version = self.terms_version(provider).await?;
        let fees = self.platform_fees(now).await?;
        Ok(Offer {
            fee,
            quoted_until: quote.map(|quote| quote.until),
            terms: self.terms(provider, version).await?.map(|terms| (version, terms)),
            platform_fee: fees.now,
            announced_fee: fees.announced,
            availability: self.availability(provider).await?,
        })
    }

    /// What an account can withdraw in a token, in its smallest unit.
    pub async fn withdrawable(&self, account: Address, token: Address) -> Result<U256, ContractError> {
        self.0
            .ask(NOBODY, &ITelehealth::withdrawableCall { account, token })
            .await
    }

    /// The sums of all that happened to a token.
    pub async fn totals(&self, token: Address) -> Result<Totals, ContractError> {
        let sums = self.0.ask(NOBODY, &ITelehealth::totalsCall { token }).await?;
        Ok(Totals {
            paid_in: sums.paidIn,
            paid_out: sums.paidOut,
            held: sums.held,
        })
    }

    /// What the contract was created with.
    pub async fn registries(&self) -> Result<Registries, ContractError> {
        let found = self.0.ask(NOBODY, &ITelehealth::registriesCall {}).await?;
        let role = Role::from_bit(found.arbiterRole);
        Ok(Registries {
            consent: found.consent,
            credentials: found.credentials,
            records: found.records,
            arbiter_role: role.ok_or_else(|| self.0.unknown("registries", format!("{found:?}")))?,
        })
    }

    /// The identifier that a patient's booking has or would have, as the contract computes it.
    pub fn visit_id(&self, patient: Address, booking: &Booking) -> B256 {
        let chain_id = U256::from(self.0.chain().chain_id()).to_be_bytes();
        let keccak = |bytes: &[u8]| keccak256(bytes).0;
        let (contract, patient) = (self.0.address().into(), convert::account(patient));
        visit_id(&chain_id, &contract, &patient, booking, keccak).into()
    }
}

/// The native coin that goes with a payment in `token`.
fn coins(token: Address, fee: U256) -> U256 {
    if token == NATIVE { fee } else { U256::ZERO }
}
