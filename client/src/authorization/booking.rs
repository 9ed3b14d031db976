//! Bookings of consultations, one or a series, that a patient signs, who needs no coins, and anybody sends.
//!
//! There is one signature, under the payment: its nonce is the visit or series, which is a hash of all that is booked. So it is good for
//! this booking and nothing else, and the payment cannot be taken without the booking either, since its payee is the escrow.

use std::path::Path;

use alloy_core::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::{SolCall, SolType, SolValue},
};
use salus_core::telehealth::{Booking, Series};
use serde::{Deserialize, Serialize};

use super::{Authorization, AuthorizationError, Payment, SCHEMA_VERSION, SignedAuthorization, save};
use crate::{
    chain::{Receipt, SubmitOptions},
    contracts::{
        telehealth::{
            ITelehealth, NATIVE, Telehealth,
            convert::{address, amount},
        },
        token::Token,
    },
    keystore::SigningKey,
};

/// A booking with the signature that pays for it. Whoever has it can make the booking, once, and do nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct SignedBooking {
    booked: Booked,
    payment: Payment,
    signed: SignedAuthorization,
}

/// What is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Booked {
    Visit(Booking),
    Series(Vec<Booking>, Series),
}

/// As it is handed on.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// The format's version.
    schema_version: u32,
    /// The booking, as the escrow's ABI encodes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking: Option<Bytes>,
    /// In its place, those of a series, encoded as an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    bookings: Option<Bytes>,
    /// What the patient signed: that the escrow receives the fee.
    payment: SignedAuthorization,
}

impl From<SignedBooking> for Document {
    fn from(signed: SignedBooking) -> Self {
        let (booking, bookings) = match &signed.booked {
            Booked::Visit(booking) => (Some(ITelehealth::Booking::from(booking).abi_encode().into()), None),
            Booked::Series(bookings, _) => (None, Some(encodable(bookings).abi_encode().into())),
        };
        Self {
            schema_version: SCHEMA_VERSION,
            booking,
            bookings,
            payment: signed.signed,
        }
    }
}

impl TryFrom<Document> for SignedBooking {
    type Error = AuthorizationError;

    fn try_from(document: Document) -> Result<Self, AuthorizationError> {
        if document.schema_version != SCHEMA_VERSION {
            return Err(AuthorizationError::Version(document.schema_version));
        }
        let Authorization::Receive(payment) = &document.payment.authorization else {
            return Err(AuthorizationError::OtherPayment("kind"));
        };
        let booked = match (&document.booking, &document.bookings) {
            (Some(booking), None) => {
                let booking: ITelehealth::Booking = decode(booking)?;
                Booked::Visit(decoded(&booking)?)
            }
            (None, Some(bookings)) => {
                let bookings: Vec<ITelehealth::Booking> = decode(bookings)?;
                let bookings: Result<Vec<Booking>, _> = bookings.iter().map(decoded).collect();
                Booked::series(&bookings?)?
            }
            _ => return Err(AuthorizationError::NoBooking),
        };
        Ok(Self {
            booked,
            payment: payment.clone(),
            signed: document.payment,
        })
    }
}

impl Booked {
    fn series(bookings: &[Booking]) -> Result<Self, AuthorizationError> {
        Ok(Self::Series(bookings.to_vec(), Series::of(bookings)?))
    }

    /// What it costs, and the token that this is in.
    fn due(&self) -> (Address, U256) {
        match self {
            Self::Visit(booking) => (address(booking.token), amount(booking.fee)),
            Self::Series(_, series) => (address(series.token), amount(series.total)),
        }
    }

    /// The visit or series that it is of a patient's, in an escrow.
    fn id(&self, telehealth: &Telehealth, patient: Address) -> B256 {
        match self {
            Self::Visit(booking) => telehealth.visit_id(patient, booking),
            Self::Series(bookings, _) => telehealth.series_id(patient, bookings).id,
        }
    }

    /// The second from which it can no longer be booked: one of its visits could not be confirmed.
    fn confirm_by(&self) -> u64 {
        match self {
            Self::Visit(booking) => booking.confirm_by,
            Self::Series(bookings, _) => bookings.iter().map(|booking| booking.confirm_by).min().unwrap_or(0),
        }
    }

    fn token(&self, telehealth: &Telehealth) -> Result<Token, AuthorizationError> {
        match self.due().0 {
            NATIVE => Err(AuthorizationError::NativeCoin),
            token => Ok(Token::new(telehealth.contract().chain().clone(), token)),
        }
    }
}

impl SignedBooking {
    /// Signs a booking; the key is the patient's. It can be sent as long as the provider could confirm it.
    ///
    /// # Errors
    /// [`AuthorizationError::NativeCoin`], and those of [`Authorization::sign`].
    pub async fn sign(
        key: &SigningKey,
        telehealth: &Telehealth,
        booking: &Booking,
    ) -> Result<Self, AuthorizationError> {
        Self::sign_booked(key, telehealth, Booked::Visit(*booking)).await
    }

    /// Signs the bookings of a series, as [`SignedBooking::sign`].
    ///
    /// # Errors
    /// [`AuthorizationError::Series`], and those of [`SignedBooking::sign`].
    pub async fn sign_series(
        key: &SigningKey,
        telehealth: &Telehealth,
        bookings: &[Booking],
    ) -> Result<Self, AuthorizationError> {
        Self::sign_booked(key, telehealth, Booked::series(bookings)?).await
    }

    async fn sign_booked(
        key: &SigningKey,
        telehealth: &Telehealth,
        booked: Booked,
    ) -> Result<Self, AuthorizationError> {
        let token = booked.token(telehealth)?;
        let patient = key.account().address();
        let payment = Payment {
            from: patient,
            to: telehealth.contract().address(),
            value: booked.due().1,
            valid_after: 0,
            valid_before: booked.confirm_by(),
            nonce: booked.id(telehealth, patient),
        };
        Ok(Self {
            signed: Authorization::Receive(payment.clone()).sign(key, &token).await?,
            booked,
            payment,
        })
    }

    /// Writes it to a new file. One that is there is not replaced: it may not have been handed in yet.
    ///
    /// # Errors
    /// [`AuthorizationError::File`]
    pub fn save(&self, path: &Path) -> Result<(), AuthorizationError> {
        save(self, path)
    }

    /// Who booked.
    pub const fn patient(&self) -> Address {
        self.payment.from
    }

    /// The visit or series that it is, or will be.
    pub const fn id(&self) -> B256 {
        self.payment.nonce
    }

    /// The name of the message that carries it out.
    pub const fn message(&self) -> &'static str {
        match self.booked {
            Booked::Visit(_) => "bookWithAuthorization",
            Booked::Series(..) => "bookSeriesWithAuthorization",
        }
    }

    /// The escrow that it is for.
    pub const fn escrow(&self) -> Address {
        self.payment.to
    }

    /// The id (EIP-155) of the chain that it is for.
    pub const fn chain_id(&self) -> u64 {
        self.signed.chain_id
    }

    /// The last second since the epoch at which it can be sent.
    pub fn last_second(&self) -> u64 {
        let bookable = self.booked.confirm_by().saturating_sub(1);
        self.payment.last_second().map_or(bookable, |paid| paid.min(bookable))
    }

    /// Refuses what is for another chain, token or escrow, what pays for something else than this booking, and what the
    /// patient did not sign. Answers the digest that was signed.
    ///
    /// # Errors
    /// [`AuthorizationError`]
    pub async fn verify(&self, telehealth: &Telehealth) -> Result<B256, AuthorizationError> {
        let Self { booked, payment, .. } = self;
        let escrow = telehealth.contract().address();
        if payment.to != escrow {
            return Err(AuthorizationError::Elsewhere {
                field: "payment.to",
                found: payment.to.to_string(),
                expected: escrow.to_string(),
            });
        }
        // By the chain's id, too; so before the visit, which depends on it.
        let digest = self.signed.verify(&booked.token(telehealth)?).await?;
        if payment.value != booked.due().1 {
            return Err(AuthorizationError::OtherPayment("value"));
        }
        if payment.nonce != booked.id(telehealth, payment.from) {
            return Err(AuthorizationError::OtherPayment("nonce"));
        }
        Ok(digest)
    }

    /// Hands it in, as `key`, which pays for that. It is verified and tried first: what would be refused is not sent.
    ///
    /// # Errors
    /// Those of [`SignedBooking::verify`], and what the contract or the chain refuses.
    pub async fn submit(
        &self,
        telehealth: &Telehealth,
        key: &SigningKey,
        options: SubmitOptions,
    ) -> Result<Receipt, AuthorizationError> {
        self.verify(telehealth).await?;
        let contract = telehealth.contract();
        Ok(contract.send_encoded(key, self.to_call(), options).await?)
    }

    /// The call that carries it out.
    pub fn to_call(&self) -> Vec<u8> {
        let SignedAuthorization { v, r, s, .. } = self.signed;
        let Payment {
            from: patient,
            valid_after,
            valid_before,
            ..
        } = self.payment;
        let (valid_after, valid_before) = (U256::from(valid_after), U256::from(valid_before));
        match &self.booked {
            Booked::Visit(booking) => ITelehealth::bookWithAuthorizationCall {
                patient,
                booking: booking.into(),
                validAfter: valid_after,
                validBefore: valid_before,
                v,
                r,
                s,
            }
            .abi_encode(),
            Booked::Series(bookings, _) => ITelehealth::bookSeriesWithAuthorizationCall {
                patient,
                bookings: encodable(bookings),
                validAfter: valid_after,
                validBefore: valid_before,
                v,
                r,
                s,
            }
            .abi_encode(),
        }
    }
}

fn encodable(bookings: &[Booking]) -> Vec<ITelehealth::Booking> {
    bookings.iter().map(Into::into).collect()
}

/// Reads what the ABI encodes. The same in another encoding would be another file for the same booking.
fn decode<T>(bytes: &Bytes) -> Result<T, AuthorizationError>
where
    T: SolValue + From<<T::SolType as SolType>::RustType>,
{
    let value = T::abi_decode(bytes).ok();
    value
        .filter(|value| value.abi_encode() == *bytes)
        .ok_or(AuthorizationError::NoBooking)
}

fn decoded(booking: &ITelehealth::Booking) -> Result<Booking, AuthorizationError> {
    Booking::try_from(booking).map_err(|_| AuthorizationError::NoBooking)
}
