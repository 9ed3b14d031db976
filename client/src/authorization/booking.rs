//! Bookings of consultations that a patient signs, who needs no coins, and anybody sends.
//!
//! There is one signature, under the payment: its nonce is the visit, which is a hash of the whole booking. So it is good for
//! this booking and nothing else, and the payment cannot be taken without the booking either, since its payee is the escrow.

use std::path::Path;

use alloy_core::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::{SolCall, SolValue},
};
use salus_core::telehealth::Booking;
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
    booking: Booking,
    payment: Payment,
    signed: SignedAuthorization,
}

/// As it is handed on.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// The format's version.
    schema_version: u32,
    /// The booking, as the escrow's ABI encodes it.
    booking: Bytes,
    /// What the patient signed: that the escrow receives the fee.
    payment: SignedAuthorization,
}

impl From<SignedBooking> for Document {
    fn from(signed: SignedBooking) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            booking: ITelehealth::Booking::from(&signed.booking).abi_encode().into(),
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
        let booking = ITelehealth::Booking::abi_decode(&document.booking).ok();
        // The same in another encoding would be another file for the same booking.
        let booking = booking.filter(|booking| booking.abi_encode() == document.booking);
        let booking = booking.and_then(|booking| Booking::try_from(&booking).ok());
        Ok(Self {
            booking: booking.ok_or(AuthorizationError::NoBooking)?,
            payment: payment.clone(),
            signed: document.payment,
        })
    }
}

impl SignedBooking {
    /// Signs a booking; the key is the patient's. It can be sent before the second `valid_before`.
    ///
    /// # Errors
    /// [`AuthorizationError::NativeCoin`], and those of [`Authorization::sign`].
    pub async fn sign(
        key: &SigningKey,
        telehealth: &Telehealth,
        booking: &Booking,
        valid_before: u64,
    ) -> Result<Self, AuthorizationError> {
        let patient = key.account().address();
        let payment = Payment {
            from: patient,
            to: telehealth.contract().address(),
            value: amount(booking.fee),
            valid_after: 0,
            valid_before,
            nonce: telehealth.visit_id(patient, booking),
        };
        let token = token(telehealth, booking)?;
        Ok(Self {
            booking: *booking,
            signed: Authorization::Receive(payment.clone()).sign(key, &token).await?,
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

    /// The visit that it is, or will be.
    pub const fn visit(&self) -> B256 {
        self.payment.nonce
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
        let bookable = self.booking.confirm_by.saturating_sub(1);
        self.payment.last_second().map_or(bookable, |paid| paid.min(bookable))
    }

    /// Refuses what is for another chain, token or escrow, what pays for something else than this booking, and what the
    /// patient did not sign. Answers the digest that was signed.
    ///
    /// # Errors
    /// [`AuthorizationError`]
    pub async fn verify(&self, telehealth: &Telehealth) -> Result<B256, AuthorizationError> {
        let Self { booking, payment, .. } = self;
        let escrow = telehealth.contract().address();
        if payment.to != escrow {
            return Err(AuthorizationError::Elsewhere {
                field: "payment.to",
                found: payment.to.to_string(),
                expected: escrow.to_string(),
            });
        }
        // By the chain's id, too; so before the visit, which depends on it.
        let digest = self.signed.verify(&token(telehealth, booking)?).await?;
        if payment.value != amount(booking.fee) {
            return Err(AuthorizationError::OtherPayment("value"));
        }
        if payment.nonce != telehealth.visit_id(payment.from, booking) {
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
        let call = ITelehealth::bookWithAuthorizationCall {
            patient: self.payment.from,
            booking: (&self.booking).into(),
            validAfter: U256::from(self.payment.valid_after),
            validBefore: U256::from(self.payment.valid_before),
            v,
            r,
            s,
        };
        call.abi_encode()
    }
}

/// The token that the fee is in.
fn token(telehealth: &Telehealth, booking: &Booking) -> Result<Token, AuthorizationError> {
    match address(booking.token) {
        NATIVE => Err(AuthorizationError::NativeCoin),
        token => Ok(Token::new(telehealth.contract().chain().clone(), token)),
    }
}
