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

use super::{Authorization, AuthorizationError, Payment, SCHEMA_VERSION, SignedAuthorization, load, save};
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
#[serde(deny_unknown_fields)]
pub struct SignedBooking {
    /// The format's version.
    pub schema_version: u32,
    /// The booking, as the escrow's ABI encodes it.
    pub booking: Bytes,
    /// What the patient signed: that the escrow receives the fee.
    pub payment: SignedAuthorization,
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
            schema_version: SCHEMA_VERSION,
            booking: ITelehealth::Booking::from(booking).abi_encode().into(),
            payment: Authorization::Receive(payment).sign(key, &token).await?,
        })
    }

    /// Reads it from a file.
    ///
    /// # Errors
    /// [`AuthorizationError::File`], [`AuthorizationError::Malformed`], [`AuthorizationError::Version`]
    pub fn load(path: &Path) -> Result<Self, AuthorizationError> {
        let signed: Self = load(path)?;
        let version = signed.schema_version;
        if version != SCHEMA_VERSION || signed.payment.schema_version != SCHEMA_VERSION {
            return Err(AuthorizationError::Version(version.max(signed.payment.schema_version)));
        }
        // What is no booking is known to be none where the file's name can be said.
        signed.booking().map_err(|reason| AuthorizationError::Malformed {
            path: path.into(),
            reason: reason.to_string(),
        })?;
        Ok(signed)
    }

    /// Writes it to a new file. One that is there is not replaced: it may not have been handed in yet.
    ///
    /// # Errors
    /// [`AuthorizationError::File`]
    pub fn save(&self, path: &Path) -> Result<(), AuthorizationError> {
        save(self, path)
    }

    /// What is booked.
    ///
    /// # Errors
    /// [`AuthorizationError::NoBooking`]
    pub fn booking(&self) -> Result<Booking, AuthorizationError> {
        let booking = ITelehealth::Booking::abi_decode(&self.booking).ok();
        let booking = booking.filter(|booking| booking.abi_encode() == self.booking);
        booking
            .and_then(|booking| Booking::try_from(&booking).ok())
            .ok_or(AuthorizationError::NoBooking)
    }

    /// Who booked.
    pub const fn patient(&self) -> Address {
        self.payment.authorization.signer()
    }

    /// The visit that it is, or will be.
    pub const fn visit(&self) -> B256 {
        self.payment.authorization.nonce()
    }

    /// Refuses what is for another chain, token or escrow, what pays for something else than this booking, and what the
    /// patient did not sign.
    ///
    /// # Errors
    /// [`AuthorizationError`]
    pub async fn verify(&self, telehealth: &Telehealth) -> Result<Booking, AuthorizationError> {
        let booking = self.booking()?;
        let Authorization::Receive(payment) = &self.payment.authorization else {
            return Err(AuthorizationError::OtherPayment("kind"));
        };
        let escrow = telehealth.contract().address();
        if payment.to != escrow {
            return Err(AuthorizationError::Elsewhere {
                field: "payment.to",
                found: payment.to.to_string(),
                expected: escrow.to_string(),
            });
        }
        // By the chain's id, too; so before the visit, which depends on it.
        self.payment.verify(&token(telehealth, &booking)?).await?;
        if payment.value != amount(booking.fee) {
            return Err(AuthorizationError::OtherPayment("value"));
        }
        if payment.nonce != telehealth.visit_id(payment.from, &booking) {
            return Err(AuthorizationError::OtherPayment("nonce"));
        }
        Ok(booking)
    }

    /// Hands it in, as `key`, which pays for that. It is verified and tried first: what would be refused is not sent. Answers the
    /// visit.
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
        let call = self.to_call()?;
        Ok(telehealth.contract().send_encoded(key, call, options).await?)
    }

    /// The call that carries it out.
    ///
    /// # Errors
    /// As [`SignedBooking::booking`], and if it comes with no payment to receive.
    pub fn to_call(&self) -> Result<Vec<u8>, AuthorizationError> {
        let Authorization::Receive(payment) = &self.payment.authorization else {
            return Err(AuthorizationError::OtherPayment("kind"));
        };
        let SignedAuthorization { v, r, s, .. } = self.payment;
        let call = ITelehealth::bookWithAuthorizationCall {
            patient: payment.from,
            booking: (&self.booking()?).into(),
            validAfter: U256::from(payment.valid_after),
            validBefore: U256::from(payment.valid_before),
            v,
            r,
            s,
        };
        Ok(call.abi_encode())
    }
}

/// The token that the fee is in.
fn token(telehealth: &Telehealth, booking: &Booking) -> Result<Token, AuthorizationError> {
    match address(booking.token) {
        NATIVE => Err(AuthorizationError::NativeCoin),
        token => Ok(Token::new(telehealth.contract().chain().clone(), token)),
    }
}
