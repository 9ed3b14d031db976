//! The patient decides who may see what.

use alloy_core::primitives::{Address, B256};
use rand::{RngCore, rngs::OsRng};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{Answer, Period, Request, Terms},
};

use super::{Stage, step::Teller};
use crate::{
    Error,
    contracts::consent::Grant,
    fhir::{
        Limits, Salt,
        consent::{Actor, Directory, Translation, read},
        json,
    },
    keystore::SigningKey,
};

/// The document that patients sign: nothing for anybody, but treatment by the family doctor.
const DOCUMENT: &[u8] = include_bytes!("consent.json");
/// The family doctor's name in it.
const FAMILY_DOCTOR: &str = "Practitioner/family-doctor";

/// A consent that was granted.
pub(super) struct Granted {
    pub(super) subject: B256,
    pub(super) consent_id: B256,
}

impl Stage<'_> {
    /// The patient registers, and consents to treatment by the family doctor alone.
    pub(super) async fn give_consent(&self, teller: &mut Teller<'_>) -> Result<Granted, Error> {
        let mut subject = B256::ZERO;
        OsRng.fill_bytes(subject.as_mut_slice());
        let patient = &self.cast.patient;
        let receipt = self.consent.register(patient, subject, self.options).await?;
        let text = format!("The patient registers as subject {subject}, a random number that says nothing about them");
        teller.sent("register_subject", text, &receipt);
        let text = "The family doctor asks whether observations may be read for treatment";
        self.check("check_before_consent", text, subject, true, Answer::NoConsent, teller)
            .await?;

        let document = self.document(&self.cast.family_doctor)?;
        let salt = Salt::random();
        let now = self.now().await?;
        let grantee = self.cast.family_doctor.account().address();
        let grant = Grant {
            subject,
            grantee,
            commitment: document.commit(&salt).into(),
            terms: Terms {
                validity: Period {
                    from: now,
                    until: u64::MAX,
                },
                purposes: Purpose::TREAT.mask(),
                classes: ResourceClass::ENCOUNTER.mask() | ResourceClass::OBSERVATION.mask(),
            },
        };
        let (consent_id, receipt) = self.consent.grant(patient, &grant, self.options).await?;
        let text = "The patient consents to treatment by the family doctor: a FHIR Consent, of which only a salted hash \
                    and the coarse scope are published";
        teller.sent("grant_consent", text, &receipt);

        let text = "The family doctor asks again";
        self.check("check_family_doctor", text, subject, true, Answer::Permit, teller)
            .await?;
        let text = "Another doctor asks the same";
        self.check("check_other_doctor", text, subject, false, Answer::NoConsent, teller)
            .await?;
        let (treatment, marketing) = (Purpose::TREAT, Purpose::HMARKT);
        let text = "The family doctor opens the whole policy and asks: observations for treatment";
        self.open(
            ("evaluate_treatment", text),
            consent_id,
            (&document, &salt),
            treatment,
            Answer::Permit,
            teller,
        )
        .await?;
        let text = "... and observations for marketing";
        self.open(
            ("evaluate_marketing", text),
            consent_id,
            (&document, &salt),
            marketing,
            Answer::Deny,
            teller,
        )
        .await?;
        Ok(Granted { subject, consent_id })
    }

    /// The patient takes the consent back.
    pub(super) async fn withdraw_consent(&self, granted: &Granted, teller: &mut Teller<'_>) -> Result<(), Error> {
        let receipt = self
            .consent
            .revoke(&self.cast.patient, granted.consent_id, self.options)
            .await?;
        teller.sent("revoke_consent", "The patient withdraws the consent", &receipt);
        let text = "The family doctor asks once more whether observations may be read for treatment";
        let (subject, expected) = (granted.subject, Answer::NoConsent);
        self.check("check_after_revocation", text, subject, true, expected, teller)
            .await
    }

    async fn check(
        &self,
        name: &'static str,
        text: &str,
        subject: B256,
        is_family_doctor: bool,
        expected: Answer,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let doctor = self.doctor(is_family_doctor).account().address();
        self.check_for((name, text), subject, doctor, expected, teller).await
    }

    /// The coarse question whether somebody may read observations for treatment.
    pub(super) async fn check_for(
        &self,
        (name, text): (&'static str, &str),
        subject: B256,
        grantee: Address,
        expected: Answer,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let (purpose, class) = (Purpose::TREAT, ResourceClass::OBSERVATION);
        let answer = self.consent.check(subject, grantee, purpose, class).await?;
        teller.asked(name, text, word(expected), word(answer))
    }

    /// Has the contract open a policy and answer the family doctor, who asks for observations.
    pub(super) async fn open(
        &self,
        (name, text): (&'static str, &str),
        consent_id: B256,
        (document, salt): (&Translation, &Salt),
        purpose: Purpose,
        expected: Answer,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let addresses = [self.cast.family_doctor.account().address().into()];
        let request = Request::new(&addresses, purpose, ResourceClass::OBSERVATION);
        let request = request.encode().map_err(crate::fhir::FhirError::Encode)?;
        let opened = self
            .policies
            .evaluate(consent_id, salt, &document.encoded, &request)
            .await?;
        teller.asked(name, text, word(expected), word(opened.answer))
    }

    fn doctor(&self, is_family_doctor: bool) -> &SigningKey {
        if is_family_doctor {
            &self.cast.family_doctor
        } else {
            &self.cast.other_doctor
        }
    }

    /// The document, with a provider in the family doctor's place.
    pub(super) fn document(&self, doctor: &SigningKey) -> Result<Translation, Error> {
        let document = json::parse(DOCUMENT, &Limits::default()).map_err(crate::fhir::FhirError::Json)?;
        let address = doctor.account().address().into();
        let directory = Directory::new().with_actor(FAMILY_DOCTOR, Actor::Address(address));
        Ok(read(&document, None, &directory)?)
    }
}

/// An answer in the words of IHE's profiles.
pub(super) fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Permit => "PERMIT",
        Answer::Deny => "DENY",
        Answer::NoConsent => "NO_CONSENT",
    }
}
