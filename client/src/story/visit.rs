//! Consultations at a distance, paid in tokens through escrow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolCall,
};
use tokio::time::{Instant, sleep};

use super::{Stage, StoryError, step::Teller};
use crate::{
    Error,
    chain::{ChainError, Message},
    contracts::telehealth::{ITelehealth, VisitAction, VisitStatus, VisitTerms},
    fhir::Salt,
};

/// What a consultation costs, in whole tokens.
const FEE: u64 = 40;
/// How long to wait for a chain's clock that lags behind ours.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often to look.
const TICK: Duration = Duration::from_millis(250);

impl Stage<'_> {
    /// A consultation takes place, and the doctor is paid.
    pub(super) async fn hold_a_consultation(&self, lead: Duration, teller: &mut Teller<'_>) -> Result<(), Error> {
        let doctor = &self.cast.family_doctor;
        let account = doctor.account().address();
        let before = self.token.balance_of(account).await?;
        let names = ["approve_fee", "request_visit", "fund_visit"];
        let (visit, terms) = self.request_and_fund(names, lead, teller).await?;
        let receipt = self
            .telehealth
            .act(doctor, visit, VisitAction::Confirm, self.options)
            .await?;
        teller.sent("confirm_visit", "The family doctor confirms it", &receipt);
        self.wait_for_beginning(visit, terms.start_time).await?;
        let receipt = self
            .telehealth
            .act(doctor, visit, VisitAction::Complete, self.options)
            .await?;
        teller.sent("complete_visit", "It takes place, and the doctor says so", &receipt);
        let token = self.token.contract().address();
        let (_, receipt) = self.telehealth.withdraw(doctor, token, self.options).await?;
        teller.sent("withdraw_fee", "The doctor withdraws the fee", &receipt);
        let earned = self.token.balance_of(account).await?.saturating_sub(before);
        teller.asked(
            "fee_received",
            "What the doctor has earned, in the token's smallest unit",
            terms.fee,
            earned,
        )?;
        self.status("visit_completed", "The visit is", visit, VisitStatus::Completed, teller)
            .await
    }

    /// A second one is called off, and the patient gets everything back.
    pub(super) async fn call_off_a_consultation(&self, lead: Duration, teller: &mut Teller<'_>) -> Result<(), Error> {
        let patient = &self.cast.patient;
        let account = patient.account().address();
        let before = self.token.balance_of(account).await?;
        let names = ["approve_second_fee", "request_second_visit", "fund_second_visit"];
        let (visit, _) = self
            .request_and_fund(names, lead.max(Duration::from_secs(3_600)), teller)
            .await?;
        let receipt = self
            .telehealth
            .act(patient, visit, VisitAction::Cancel, self.options)
            .await?;
        teller.sent("cancel_second_visit", "The patient calls it off", &receipt);
        let token = self.token.contract().address();
        let (_, receipt) = self.telehealth.withdraw(patient, token, self.options).await?;
        teller.sent("withdraw_refund", "The patient withdraws the refund", &receipt);
        let after = self.token.balance_of(account).await?;
        teller.asked(
            "refund_received",
            "What the patient has, as before, in the token's smallest unit",
            before,
            after,
        )?;
        self.status("visit_cancelled", "The visit is", visit, VisitStatus::Cancelled, teller)
            .await
    }

    async fn request_and_fund(
        &self,
        [approve, request, fund]: [&'static str; 3],
        lead: Duration,
        teller: &mut Teller<'_>,
    ) -> Result<(U256, VisitTerms), Error> {
        let patient = &self.cast.patient;
        let fee = self.amount(FEE).await?;
        let escrow: Address = self.telehealth.contract().address();
        let receipt = self.token.approve(patient, escrow, fee, self.options).await?;
        teller.sent(
            approve,
            format!("The patient lets the escrow take {FEE} tokens"),
            &receipt,
        );
        let start_time = self.now().await? + lead.as_secs();
        let terms = VisitTerms {
            provider: self.cast.family_doctor.account().address(),
            token: self.token.contract().address(),
            fee,
            start_time,
            confirm_by: start_time,
            details_hash: salted(b"video consultation, follow-up"),
        };
        let (visit, receipt) = self.telehealth.request(patient, &terms, self.options).await?;
        let text = format!(
            "The patient asks the family doctor for a consultation in {} s, number {visit}",
            lead.as_secs()
        );
        teller.sent(request, text, &receipt);
        let receipt = self
            .telehealth
            .act(patient, visit, VisitAction::Fund, self.options)
            .await?;
        teller.sent(fund, "The patient pays the fee into escrow", &receipt);
        Ok((visit, terms))
    }

    async fn status(
        &self,
        name: &'static str,
        text: &str,
        visit: U256,
        expected: VisitStatus,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let found = self.telehealth.visit(visit).await?.status;
        teller.asked(name, text, expected, found)
    }

    /// Now, in seconds: by the chain, which stands still while nothing happens on a development chain, or by our clock.
    pub(super) async fn now(&self) -> Result<u64, Error> {
        Ok(self.chain.time().await?.max(wall_clock()))
    }

    /// Waits until the chain would let the doctor complete the visit.
    async fn wait_for_beginning(&self, visit: U256, start_time: u64) -> Result<(), Error> {
        let ahead = Duration::from_secs(start_time.saturating_sub(self.now().await?));
        sleep(ahead).await;
        let doctor = self.cast.family_doctor.account();
        let complete = ITelehealth::completeCall { visitId: visit }.abi_encode();
        let message = Message::call(self.telehealth.contract().address(), complete);
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
