//! The glass is broken: vetoed once, opened with the emergency key once, and reviewed.

use alloy_core::primitives::{B256, U256, keccak256};
use salus_core::{
    access::emergency::Outcome,
    codes::{Purpose, Role},
    consent::Period,
    credentials::licence_commitment,
};

use super::{Stage, step::Teller, visit::salted};
use crate::{
    Error,
    contracts::{
        access::{Authorization, Emergency, EmergencyAccess},
        credentials::Issue,
    },
    fhir::Salt,
    keystore::{KeyKind, SecretKey, dev},
};

/// How many seconds emergency accesses wait for a veto.
const VETO_WINDOW: u64 = 3_600;
/// For how many seconds an access is demanded.
const DURATION: u64 = 3_600;
/// How many seconds a signature of the emergency key can be used.
const USABLE: u64 = 3_600;

impl Stage<'_> {
    /// Another doctor breaks the glass over the records of a child who has not consented.
    pub(super) async fn break_the_glass(&self, child: B256, teller: &mut Teller<'_>) -> Result<(), Error> {
        let (patient, doctor) = (&self.cast.patient, &self.cast.other_doctor);
        let demand = Emergency {
            subject: child,
            role: Role::PHYS,
            purpose: Purpose::ETREAT,
            reviewer: self.cast.family_doctor.account().address(),
            evidence: salted(b"unconscious, found at a roadside"),
            duration: DURATION,
        };
        let attempt = self.access.break_glass(doctor, &demand, self.options).await;
        let text =
            "The other doctor, who has no consent for the child, demands access in an emergency, without a licence";
        teller.refused("emergency_without_credential", text, "MissingCredential", attempt)?;
        self.license(teller).await?;

        let receipt = self
            .access
            .set_veto_window(patient, child, VETO_WINDOW, self.options)
            .await?;
        let text = format!("The patient has emergency accesses to the child wait {VETO_WINDOW} s for a veto");
        teller.sent("set_veto_window", text, &receipt);
        let (vetoed, receipt) = self.access.break_glass(doctor, &demand, self.options).await?;
        let text = "The other doctor, licensed now, breaks the glass";
        teller.sent("break_glass", text, &receipt);
        self.is_open("waiting_for_veto", child, false, teller).await?;
        let receipt = self.access.veto(&self.cast.guardian, vetoed, self.options).await?;
        teller.sent(
            "veto",
            "The child's guardian, who knows of no emergency, vetoes",
            &receipt,
        );
        let status = |access: &EmergencyAccess| format!("{:?}", access.status);
        self.look_up(("access_vetoed", "The access is"), vetoed, "Vetoed", status, teller)
            .await?;
        let opened = self.break_with_key(&demand, teller).await?;
        self.review_it(child, opened, teller).await
    }

    /// An authority that the registry's owner admits says who is a physician, who reviews, and who decides disputes.
    async fn license(&self, teller: &mut Teller<'_>) -> Result<(), Error> {
        let authority = &self.cast.authority;
        let account = authority.account().address();
        let owner = dev::deployer();
        let receipt = self.credentials.admit_issuer(&owner, account, self.options).await?;
        let text = "The owner of the registry of credentials admits an authority";
        teller.sent("admit_authority", text, &receipt);
        let licences = [
            (
                "license_physician",
                "the other doctor as physician",
                &self.cast.other_doctor,
                Role::PHYS,
            ),
            (
                "license_reviewer",
                "the family doctor as provider, who may review",
                &self.cast.family_doctor,
                Role::PROV,
            ),
            (
                "license_arbiter",
                "a body that may decide disputes about consultations",
                &self.cast.arbiter,
                self.telehealth.registries().await?.arbiter_role,
            ),
        ];
        for (name, whom, holder, role) in licences {
            let issue = Issue {
                holder: holder.account().address(),
                role,
                jurisdiction: B256::right_padding_from(b"CH"),
                licence: licence_commitment(Salt::random().as_bytes(), name, |bytes| keccak256(bytes).0).into(),
                validity: Period {
                    from: 0,
                    until: u64::MAX,
                },
            };
            let (_, receipt) = self.credentials.issue(authority, &issue, self.options).await?;
            teller.sent(name, format!("The authority licenses {whom}"), &receipt);
        }
        Ok(())
    }

    /// The child's emergency key opens the next access at once.
    async fn break_with_key(&self, demand: &Emergency, teller: &mut Teller<'_>) -> Result<B256, Error> {
        let (patient, doctor) = (&self.cast.patient, &self.cast.other_doctor);
        let bracelet = SecretKey::generate(KeyKind::Ethereum)?.signing_key()?;
        let child = demand.subject;
        let address = bracelet.account().address();
        let receipt = self
            .access
            .set_emergency_key(patient, child, address, self.options)
            .await?;
        let text = "The patient gives the child a bracelet with an emergency key";
        teller.sent("set_emergency_key", text, &receipt);

        let deadline = U256::from(self.now().await? + USABLE);
        let (contract, actor) = (self.access.contract().address(), doctor.account().address());
        let sign = |actor| Authorization::sign(&bracelet, self.chain.chain_id(), contract, child, actor, deadline);
        let foreign = sign(self.cast.family_doctor.account().address());
        let attempt = self
            .access
            .break_glass_with_key(doctor, demand, &foreign, self.options)
            .await;
        let text = "The other doctor breaks the glass with what the key signed for somebody else";
        teller.refused("break_glass_with_foreign", text, "InvalidSigner", attempt)?;
        let authorization = sign(actor);
        let (opened, receipt) = self
            .access
            .break_glass_with_key(doctor, demand, &authorization, self.options)
            .await?;
        let text = "... and with what it signed for them";
        teller.sent("break_glass_with_key", text, &receipt);
        self.is_open("opened_with_key", child, true, teller).await?;
        Ok(opened)
    }

    /// The access is ended, and reviewed by who was named.
    async fn review_it(&self, child: B256, opened: B256, teller: &mut Teller<'_>) -> Result<(), Error> {
        let (doctor, reviewer) = (&self.cast.other_doctor, &self.cast.family_doctor);
        let attempt = self
            .access
            .review(reviewer, opened, Outcome::Justified, self.options)
            .await;
        let text = "The family doctor, who is to review it, tries to before it is over";
        teller.refused("review_too_early", text, "WrongStatus", attempt)?;
        let receipt = self.access.end(doctor, opened, self.options).await?;
        teller.sent("end_access", "The other doctor is done, and ends it", &receipt);
        self.is_open("closed_after_end", child, false, teller).await?;
        let actor = doctor.account().address();
        let waiting = self.access.unreviewed(actor).await?.len();
        let text = "How many accesses of the other doctor wait for a review";
        teller.asked("waits_for_review", text, 1, waiting)?;
        let receipt = self
            .access
            .review(reviewer, opened, Outcome::Justified, self.options)
            .await?;
        let text = "The family doctor reviews it, and finds it justified";
        teller.sent("review_access", text, &receipt);
        let outcome = |access: &EmergencyAccess| format!("{:?}", access.outcome);
        self.look_up(("reviewed", "The review came to"), opened, "Justified", outcome, teller)
            .await
    }

    async fn is_open(
        &self,
        name: &'static str,
        child: B256,
        expected: bool,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let actor = self.cast.other_doctor.account().address();
        let found = self.access.is_open(child, actor).await?;
        let word = |is_open| if is_open { "OPEN" } else { "CLOSED" };
        let text = "A guard of the child's data asks whether the other doctor's access is open";
        teller.asked(name, text, word(expected), word(found))
    }

    async fn look_up(
        &self,
        (name, text): (&'static str, &str),
        id: B256,
        expected: &str,
        told: impl Fn(&EmergencyAccess) -> String,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let found = self.access.access(id).await?;
        let found = found.as_ref().map_or_else(|| "not there".into(), told);
        teller.asked(name, text, expected, &found)
    }
}
