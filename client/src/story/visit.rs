//! Consultations at a distance, paid in tokens through escrow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolCall,
};
use salus_core::telehealth::{Booking, Conditions, Status, Terms};
use tokio::time::{Instant, sleep};

use super::{Stage, StoryError, step::Teller};
use crate::{
    Error,
    chain::{ChainError, Message},
    contracts::telehealth::{
        ITelehealth,
        convert::{account, number},
        status_name,
    },
    fhir::Salt,
};

/// What a consultation costs, in whole tokens.
const FEE: u64 = 40;
/// Which of the doctor's services it is.
const SERVICE: B256 = B256::with_last_byte(1);
/// How many seconds it lasts.
const DURATION: u64 = 1_800;
/// How long before its beginning the second one is called off: by the usual terms, too late to get everything back.
const SHORT_NOTICE: u64 = 6 * 3_600;
/// How long to wait for a chain's clock that lags behind ours.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often to look.
const TICK: Duration = Duration::from_millis(250);

impl Stage<'_> {
    /// The doctor says under which terms and for what fee consultations can be booked.
    pub(super) async fn offer_consultations(&self, teller: &mut Teller<'_>) -> Result<(), Error> {
        let doctor = &self.cast.family_doctor;
        let (_, receipt) = self
            .telehealth
            .set_terms(doctor, &Terms::default(), self.options)
            .await?;
        let text = "The family doctor publishes terms for consultations at a distance: notice, refunds, time to object";
        teller.sent("publish_terms", text, &receipt);
        let call = ITelehealth::setFeeCall {
            service: SERVICE,
            token: self.token.contract().address(),
            fee: self.amount(FEE).await?,
        };
        let receipt = self.telehealth.act(doctor, &call, self.options).await?;
        teller.sent("publish_fee", format!("... and a fee: {FEE} tokens"), &receipt);
        Ok(())
    }

    /// A consultation takes place, and the doctor is paid.
    pub(super) async fn hold_a_consultation(&self, lead: Duration, teller: &mut Teller<'_>) -> Result<(), Error> {
        let (doctor, patient) = (&self.cast.family_doctor, &self.cast.patient);
        let earner = doctor.account().address();
        let before = self.token.balance_of(earner).await?;
        let (visit, booking) = self.book(["approve_fee", "book_visit"], lead.as_secs(), teller).await?;
        self.confirm("confirm_visit", visit, teller).await?;
        let start = ITelehealth::startCall { visitId: visit };
        self.wait_for_beginning(&start, booking.start_time).await?;
        let receipt = self.telehealth.act(doctor, &start, self.options).await?;
        teller.sent(
            "start_visit",
            "The hour has come, and the doctor says that it begins",
            &receipt,
        );
        let call = ITelehealth::completeCall {
            visitId: visit,
            recordId: B256::ZERO,
        };
        let receipt = self.telehealth.act(doctor, &call, self.options).await?;
        let text = "The doctor says that it took place, which the patient has a week to contest";
        teller.sent("complete_visit", text, &receipt);
        let call = ITelehealth::acceptCall { visitId: visit };
        let attempt = self.telehealth.act(doctor, &call, self.options).await;
        let text = "The doctor tries to agree to that in the patient's place";
        teller.refused("accept_own_claim", text, "NotOtherSide", attempt)?;
        let receipt = self.telehealth.act(patient, &call, self.options).await?;
        teller.sent("accept_visit", "The patient agrees at once", &receipt);
        let token = self.token.contract().address();
        let (_, receipt) = self.telehealth.withdraw(doctor, token, self.options).await?;
        teller.sent("withdraw_fee", "The doctor withdraws the fee", &receipt);
        let earned = self.token.balance_of(earner).await?.saturating_sub(before);
        let text = "What the doctor has earned, in the token's smallest unit";
        teller.asked("fee_received", text, self.amount(FEE).await?, earned)?;
        self.status("visit_completed", visit, Status::Completed, teller).await
    }

    /// A second one is called off at short notice, and both sides get their part.
    pub(super) async fn call_off_a_consultation(&self, teller: &mut Teller<'_>) -> Result<(), Error> {
        let patient = &self.cast.patient;
        let payer = patient.account().address();
        let before = self.token.balance_of(payer).await?;
        let names = ["approve_second_fee", "book_second_visit"];
        let (visit, _) = self.book(names, SHORT_NOTICE, teller).await?;
        self.confirm("confirm_second_visit", visit, teller).await?;
        let call = ITelehealth::cancelCall { visitId: visit };
        let receipt = self.telehealth.act(patient, &call, self.options).await?;
        let text = "The patient calls it off a few hours before";
        teller.sent("cancel_second_visit", text, &receipt);
        let token = self.token.contract().address();
        let (_, receipt) = self.telehealth.withdraw(patient, token, self.options).await?;
        teller.sent("withdraw_refund", "The patient withdraws the refund", &receipt);
        let lost = before.saturating_sub(self.token.balance_of(payer).await?);
        let half = self.amount(FEE).await? / U256::from(2);
        let text = "What that has cost the patient: one half, by the doctor's terms, in the token's smallest unit";
        teller.asked("refund_received", text, half, lost)?;
        let doctor = self.cast.family_doctor.account().address();
        let owed = self.telehealth.withdrawable(doctor, token).await?;
        let text = "The other half waits in escrow for the doctor";
        teller.asked("half_is_owed", text, half, owed)?;
        self.status("visit_cancelled", visit, Status::CancelledLate, teller)
            .await
    }

    /// The patient allows the escrow a fee, books a consultation in `lead` seconds and pays for it.
    async fn book(
        &self,
        [approve, book]: [&'static str; 2],
        lead: u64,
        teller: &mut Teller<'_>,
    ) -> Result<(B256, Booking), Error> {
        let patient = &self.cast.patient;
        let fee = self.amount(FEE).await?;
        let escrow: Address = self.telehealth.contract().address();
        let receipt = self.token.approve(patient, escrow, fee, self.options).await?;
        let text = format!("The patient lets the escrow take {FEE} tokens");
        teller.sent(approve, text, &receipt);
        let doctor = self.cast.family_doctor.account().address();
        let start_time = self.now().await? + lead;
        let booking = Booking {
            provider: account(doctor),
            service: SERVICE.0,
            token: account(self.token.contract().address()),
            fee: number(fee),
            terms_version: self.telehealth.terms_version(doctor).await?,
            start_time,
            end_time: start_time + DURATION,
            confirm_by: start_time,
            arbiter: account(self.cast.arbiter.account().address()),
            conditions: Conditions::default(),
            details_hash: salted(b"video consultation, follow-up").0,
        };
        let (visit, receipt) = self.telehealth.book(patient, &booking, self.options).await?;
        let text = format!("The patient books a consultation in {lead} s and pays into escrow: {visit}");
        teller.sent(book, text, &receipt);
        Ok((visit, booking))
    }

    async fn confirm(&self, name: &'static str, visit: B256, teller: &mut Teller<'_>) -> Result<(), Error> {
        let call = ITelehealth::confirmCall { visitId: visit };
        let receipt = self
            .telehealth
            .act(&self.cast.family_doctor, &call, self.options)
            .await?;
        teller.sent(name, "The family doctor confirms it", &receipt);
        Ok(())
    }

    async fn status(
        &self,
        name: &'static str,
        visit: B256,
        expected: Status,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let found = self.telehealth.visit(visit).await?.status;
        teller.asked(name, "The visit is", status_name(expected), status_name(found))
    }

    /// Now, in seconds: by the chain, which stands still while nothing happens on a development chain, or by our clock.
    pub(super) async fn now(&self) -> Result<u64, Error> {
        Ok(self.chain.time().await?.max(wall_clock()))
    }

    /// Waits until the chain would let the doctor say that it begins.
    async fn wait_for_beginning(&self, start: &ITelehealth::startCall, start_time: u64) -> Result<(), Error> {
        let ahead = Duration::from_secs(start_time.saturating_sub(self.now().await?));
        sleep(ahead).await;
        let doctor = self.cast.family_doctor.account();
        let message = Message::call(self.telehealth.contract().address(), start.abi_encode());
        let begun = Instant::now();
        loop {
            match self.chain.dry_run(doctor, &message).await {
                Ok(_) => return Ok(()),
                Err(ChainError::Reverted(_)) if begun.elapsed() < PATIENCE => sleep(TICK).await,
                Err(error @ ChainError::Reverted(_)) => {
                    return Err(StoryError::TooLate {
                        seconds: (ahead + PATIENCE).as_secs(),
                        reason: error.to_string(),
                    }
                    .into());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn wall_clock() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// A hash that nobody can guess what it is of.
pub(super) fn salted(text: &[u8]) -> B256 {
    keccak256([Salt::random().as_bytes().as_slice(), text].concat())
}
