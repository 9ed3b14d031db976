//! Playing one case, on chain and by the rules.

use alloy_core::{
    primitives::{Address, B256, I256, U256, keccak256},
    sol_types::SolCall,
};
use salus_core::telehealth::{Action, BasisPoints, Booking, Conditions, Moment, Split, Status, Terms, Visit, WHOLE};

use super::{
    Act, Case, Played, SERVICE, SimulationError, Stage, Who,
    case::{Turn, When},
};
use crate::{
    Error,
    authorization::SignedBooking,
    chain::Receipt,
    contracts::telehealth::{
        ITelehealth,
        convert::{account, amount, number},
    },
    fhir::Salt,
    keystore::{SigningKey, dev},
};

/// How long a consultation takes, in seconds.
const DURATION: u64 = 1_800;
/// More notice than the terms ever ask for.
const SPARE: u64 = 7_200;
/// For how many seconds what is signed can be sent.
const SENDABLE: u64 = 3_600;

/// What somebody has in tokens: the patient, the provider, the platform, the escrow.
type Balances = [U256; 4];

/// A case while it is played: the visit is what the rules say of it.
struct Play<'s> {
    stage: &'s Stage,
    case: &'static Case,
    patient: &'s SigningKey,
    id: B256,
    visit: Visit,
    released: BasisPoints,
    acts: Vec<Act>,
}

impl Stage {
    pub(super) async fn play(&self, case: &'static Case) -> Result<Played, Error> {
        let patient = if case.gasless {
            &self.people.signer
        } else {
            &self.people.patient
        };
        let payer = patient.account().address();
        self.token
            .transfer(&dev::deployer(), payer, self.setting.fee, self.options)
            .await?;
        let before = self.balances(payer).await?;
        let mut play = self.book(case, patient).await?;
        for turn in case.turns {
            match *turn {
                Turn::Until(when) => self.wait_until(play.time(when))?,
                Turn::Do(who, action) => play.act(who, action).await?,
            }
        }
        play.withdraw().await?;
        let after = self.balances(payer).await?;
        play.end(before, after)
    }

    /// The patient books and pays, and everything else is ahead.
    async fn book<'s>(&'s self, case: &'static Case, patient: &'s SigningKey) -> Result<Play<'s>, Error> {
        let provider = self.people.provider.account().address();
        let notice = self.setting.terms.refunds[0].notice;
        let start_time = self.now()?.saturating_add(u64::from(notice)).saturating_add(SPARE);
        let booking = Booking {
            provider: account(provider),
            service: SERVICE.0,
            token: account(self.token.contract().address()),
            fee: number(self.setting.fee),
            terms_version: self.telehealth.terms_version(provider).await?,
            start_time,
            end_time: start_time.saturating_add(DURATION),
            confirm_by: start_time,
            arbiter: account(self.people.arbiter.account().address()),
            conditions: Conditions::default(),
            details_hash: keccak256(Salt::random().as_bytes()).0,
        };
        let (telehealth, options) = (&self.telehealth, self.options);
        let (who, receipt) = if case.gasless {
            let signed = SignedBooking::sign(patient, telehealth, &booking).await?;
            let receipt = signed.submit(telehealth, &self.people.passer_by, options).await?;
            (Who::Anybody, receipt)
        } else {
            let escrow = telehealth.contract().address();
            self.token.approve(patient, escrow, self.setting.fee, options).await?;
            (Who::Patient, telehealth.book(patient, &booking, options).await?.1)
        };
        let patient_address = account(patient.account().address());
        let mut play = Play {
            stage: self,
            case,
            patient,
            id: telehealth.visit_id(patient.account().address(), &booking),
            visit: Visit {
                patient: patient_address,
                provider: booking.provider,
                arbiter: booking.arbiter,
                token: booking.token,
                fee: booking.fee,
                start_time,
                end_time: booking.end_time,
                confirm_by: booking.confirm_by,
                deadline: 0,
                terms_version: booking.terms_version,
                platform_fee: self.setting.platform_fee,
                conditions: booking.conditions,
                status: Status::Funded,
                started_by: None,
                claim: None,
            },
            released: 0,
            acts: Vec::new(),
        };
        play.note(who, None, &receipt)?;
        play.compare().await?;
        Ok(play)
    }

    async fn balances(&self, patient: Address) -> Result<Balances, Error> {
        let holders = [
            patient,
            self.people.provider.account().address(),
            self.people.platform.account().address(),
            self.telehealth.contract().address(),
        ];
        let mut balances = Balances::default();
        for (balance, holder) in balances.iter_mut().zip(holders) {
            *balance = self.token.balance_of(holder).await?;
        }
        Ok(balances)
    }
}

impl Play<'_> {
    /// Somebody does something, on chain and by the rules.
    async fn act(&mut self, who: Who, action: Action) -> Result<(), Error> {
        let decision = self.stage.setting.decision;
        let receipt = self.send(who, call(action, self.id, decision)).await?;
        let actor = account(self.key(who).account().address());
        let terms = &self.stage.setting.terms;
        let next = self.visit.apply(terms, action, &actor, self.stage.now()?, decision);
        let next = next.map_err(|refusal| SimulationError::Refused {
            case: self.case.name,
            reason: refusal.to_string(),
        })?;
        self.visit = next.visit;
        self.released = next.released.unwrap_or(self.released);
        self.note(who, Some(action), &receipt)?;
        self.compare().await
    }

    /// Sends a step, or lets a passer-by send what a patient without coins has signed.
    async fn send(&self, who: Who, call: Vec<u8>) -> Result<Receipt, Error> {
        let Stage {
            chain,
            telehealth,
            people,
            options,
            ..
        } = self.stage;
        let (contract, key) = (telehealth.contract(), self.key(who));
        if !(self.case.gasless && who == Who::Patient) {
            return Ok(contract.send_encoded(key, call, *options).await?);
        }
        let deadline = U256::from(self.stage.now()?.saturating_add(SENDABLE));
        let signed = contract.action_encoded(call)?.sign(key, deadline);
        Ok(signed
            .relay(chain, contract.address(), &people.passer_by, *options)
            .await?)
    }

    /// Each gets what is theirs.
    async fn withdraw(&self) -> Result<(), Error> {
        let token = self.stage.token.contract().address();
        let call = ITelehealth::withdrawCall { token }.abi_encode();
        for who in [Who::Patient, Who::Provider] {
            let account = self.key(who).account().address();
            if !self.stage.telehealth.withdrawable(account, token).await?.is_zero() {
                self.send(who, call.clone()).await?;
            }
        }
        let Stage { telehealth, people, .. } = self.stage;
        let owed = telehealth
            .withdrawable(people.platform.account().address(), token)
            .await?;
        if !owed.is_zero() {
            let call = ITelehealth::withdrawCall { token };
            telehealth.act(&people.platform, &call, self.stage.options).await?;
        }
        Ok(())
    }

    /// What has changed, which has to be what the rules say.
    fn end(self, before: Balances, after: Balances) -> Result<Played, Error> {
        let changes: Vec<I256> = before
            .into_iter()
            .zip(after)
            .map(|(before, after)| I256::from_raw(after).wrapping_sub(I256::from_raw(before)))
            .collect();
        let fee = self.visit.fee;
        let split = Split::of(fee, self.released, self.visit.platform_fee);
        let [fee, to_patient, to_provider, to_platform] =
            [fee, split.to_patient, split.to_provider, split.to_platform].map(|part| I256::from_raw(amount(part)));
        let expected = [to_patient.wrapping_sub(fee), to_provider, to_platform, I256::ZERO];
        let names = [
            "the patient's change",
            "the provider's",
            "the platform's",
            "the escrow's",
        ];
        for ((what, expected), found) in names.into_iter().zip(expected).zip(&changes) {
            self.agree(what, &expected, found)?;
        }
        let [patient, provider, platform, escrow] = expected;
        Ok(Played {
            case: self.case,
            visit: self.id,
            acts: self.acts,
            status: self.visit.status,
            patient,
            provider,
            platform,
            escrow,
        })
    }

    /// The chain has to say what the rules say.
    async fn compare(&self) -> Result<(), Error> {
        let found = self.stage.telehealth.visit(self.id).await?;
        if found == self.visit {
            return Ok(());
        }
        let (expected, found) = (format!("{:?}", self.visit), format!("{found:?}"));
        self.agree("the visit", &expected, &found)
    }

    fn agree<T: PartialEq + ToString>(&self, what: &'static str, expected: &T, found: &T) -> Result<(), Error> {
        if expected == found {
            return Ok(());
        }
        Err(SimulationError::Disagreement {
            case: self.case.name,
            what,
            expected: expected.to_string(),
            found: found.to_string(),
        }
        .into())
    }

    fn note(&mut self, who: Who, action: Option<Action>, receipt: &Receipt) -> Result<(), Error> {
        let (now, start) = (self.stage.now()?, self.visit.start_time);
        self.acts.push(Act {
            who,
            action,
            after_start: now.cast_signed().saturating_sub(start.cast_signed()),
            tx_hash: receipt.tx_hash,
        });
        Ok(())
    }

    fn key(&self, who: Who) -> &SigningKey {
        let people = &self.stage.people;
        match who {
            Who::Patient => self.patient,
            Who::Provider => &people.provider,
            Who::Arbiter => &people.arbiter,
            Who::Anybody => &people.passer_by,
        }
    }

    fn time(&self, when: When) -> u64 {
        let terms = &self.stage.setting.terms;
        match when {
            When::Rule(moment) => self.visit.time(moment, terms),
            When::End => self.visit.end_time,
            When::ShortNotice => self
                .visit
                .time(Moment::Start, terms)
                .saturating_sub(short_notice(terms)),
        }
    }
}

/// The call of a step. What a hash is demanded for is nobody's business: it is drawn at random.
#[allow(non_snake_case, reason = "the ABI's name")]
fn call(action: Action, visit: B256, decision: BasisPoints) -> Vec<u8> {
    let (visitId, evidence) = (visit, keccak256(Salt::random().as_bytes()));
    match action {
        Action::Fund => ITelehealth::fundCall { visitId }.abi_encode(),
        Action::Confirm => ITelehealth::confirmCall { visitId }.abi_encode(),
        Action::Decline => ITelehealth::declineCall { visitId }.abi_encode(),
        Action::Cancel => ITelehealth::cancelCall { visitId }.abi_encode(),
        Action::Start => ITelehealth::startCall { visitId }.abi_encode(),
        Action::Complete => ITelehealth::completeCall {
            visitId,
            recordId: B256::ZERO,
        }
        .abi_encode(),
        Action::ClaimNoShow => ITelehealth::claimNoShowCall { visitId, evidence }.abi_encode(),
        Action::ClaimTechnicalFailure => ITelehealth::claimTechnicalFailureCall { visitId, evidence }.abi_encode(),
        Action::Accept => ITelehealth::acceptCall { visitId }.abi_encode(),
        Action::Contest => ITelehealth::contestCall { visitId, evidence }.abi_encode(),
        Action::SubmitEvidence => ITelehealth::submitEvidenceCall { visitId, evidence }.abi_encode(),
        Action::Decide => ITelehealth::decideCall {
            visitId,
            providerShare: decision,
            reasons: evidence,
        }
        .abi_encode(),
        Action::Settle => ITelehealth::settleCall { visitId }.abi_encode(),
    }
}

/// With how many seconds' notice a patient gets a part back; or else nothing, if there is such a notice.
fn short_notice(terms: &Terms) -> u64 {
    let partial = terms
        .refunds
        .iter()
        .rfind(|step| step.refund > 0 && step.refund < WHOLE);
    // A second for the block, which comes a little later.
    let partial = partial.map(|step| u64::from(step.notice).saturating_add(60));
    let full = terms.refunds.iter().rfind(|step| step.refund == WHOLE);
    partial.unwrap_or_else(|| full.map_or(60, |step| u64::from(step.notice).saturating_sub(1).max(1)))
}

#[cfg(test)]
mod tests {
    use salus_core::telehealth::{REFUND_STEPS, RefundStep};

    use super::*;

    fn notice(steps: &[(u32, BasisPoints)]) -> u64 {
        let mut refunds = [RefundStep::default(); REFUND_STEPS];
        for (slot, (notice, refund)) in refunds.iter_mut().zip(steps) {
            *slot = RefundStep {
                notice: *notice,
                refund: *refund,
            };
        }
        short_notice(&Terms {
            refunds,
            ..Terms::default()
        })
    }

    #[test]
    fn a_short_notice_is_one_that_gives_a_part_back_or_nothing() {
        assert_eq!(notice(&[(86_400, WHOLE), (3_600, 5_000)]), 3_660);
        assert_eq!(notice(&[(86_400, WHOLE), (7_200, 5_000), (3_600, 2_500)]), 3_660);
        assert_eq!(notice(&[(86_400, WHOLE)]), 86_399);
        assert_eq!(notice(&[]), 60);
        assert_eq!(notice(&[(0, WHOLE)]), 1, "there is none");
    }
}
