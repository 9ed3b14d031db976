//! Somebody acts for a minor, for some purposes and until a day.

use alloy_core::primitives::B256;
use rand::{RngCore, rngs::OsRng};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{Answer, Period, Terms, registry::power},
};

use super::{Stage, step::Teller};
use crate::{
    Error,
    contracts::consent::{Grant, IConsent},
    fhir::Salt,
};

/// How many seconds the child is still a minor: nine years.
const MINORITY: u64 = 9 * 365 * 86_400;

impl Stage<'_> {
    /// The patient registers their child and names a guardian, who consents for it and can do no more than they were given. Answers
    /// the child's subject.
    pub(super) async fn act_for_a_minor(&self, teller: &mut Teller<'_>) -> Result<B256, Error> {
        let mut child = B256::ZERO;
        OsRng.fill_bytes(child.as_mut_slice());
        let (patient, guardian) = (&self.cast.patient, &self.cast.guardian);
        let receipt = self.consent.register(patient, child, self.options).await?;
        let text = format!("The patient registers their child, as a subject of its own, {child}");
        teller.sent("register_child", text, &receipt);

        let of_age = self.now().await? + MINORITY;
        let call = IConsent::setDelegateCall {
            subject: child,
            delegate: guardian.account().address(),
            powers: power::GRANT | power::END | power::ANSWER | power::VETO,
            purposes: Purpose::TREAT.mask(),
            validUntil: of_age,
        };
        let receipt = self.consent.act(patient, &call, self.options).await?;
        let text = "They name a guardian, who may act for the child in treatment until it is of age";
        teller.sent("set_guardian", text, &receipt);
        self.consent_as_guardian(child, of_age, teller).await?;
        self.exceed_the_delegation(child, of_age, teller).await?;
        Ok(child)
    }

    /// The guardian consents for the child, in their own name.
    async fn consent_as_guardian(&self, child: B256, of_age: u64, teller: &mut Teller<'_>) -> Result<(), Error> {
        let (guardian, doctor) = (&self.cast.guardian, &self.cast.family_doctor);
        let (document, salt) = (self.document(doctor)?, Salt::random());
        let grant = Grant {
            subject: child,
            grantee: doctor.account().address(),
            commitment: document.commit(&salt).into(),
            terms: terms(Purpose::TREAT, of_age),
        };
        let (consent_id, receipt) = self.consent.grant(guardian, &grant, self.options).await?;
        let text = "The guardian consents to the child's treatment by the family doctor";
        teller.sent("grant_as_guardian", text, &receipt);
        let granted: IConsent::ConsentGranted = self.consent.contract().event(&receipt)?;
        let text = "Who has given it, by the event";
        let account = guardian.account().address();
        teller.asked("guardian_is_grantor", text, account, granted.grantor)?;

        let text = "The family doctor asks whether the child's observations may be read for treatment";
        let question = ("check_child", text);
        self.check_for(question, child, grant.grantee, Answer::Permit, teller)
            .await?;
        let text =
            "... opens the policy and asks for marketing, of which the guardian cannot speak, not even to deny it";
        let (question, marketing) = (("evaluate_child_marketing", text), Purpose::HMARKT);
        let expected = Answer::NoConsent;
        self.open(question, consent_id, (&document, &salt), marketing, expected, teller)
            .await
    }

    /// Beyond what they were given, the guardian is refused; and so is whoever was given nothing.
    async fn exceed_the_delegation(&self, child: B256, of_age: u64, teller: &mut Teller<'_>) -> Result<(), Error> {
        let (guardian, stranger) = (&self.cast.guardian, &self.cast.other_doctor);
        let attempts = [
            (
                "guardian_beyond_purposes",
                "The guardian tries to consent to research with the child's data",
                (guardian, terms(Purpose::HRESCH, of_age), "BeyondDelegation"),
            ),
            (
                "guardian_beyond_age",
                "The guardian tries to consent to treatment beyond the day that the child is of age",
                (guardian, terms(Purpose::TREAT, of_age + 1), "BeyondDelegation"),
            ),
            (
                "stranger_for_child",
                "Another doctor tries to consent for the child",
                (stranger, terms(Purpose::TREAT, of_age), "NotController"),
            ),
        ];
        for (name, text, (key, terms, refusal)) in attempts {
            let grant = Grant {
                subject: child,
                grantee: stranger.account().address(),
                commitment: self.document(stranger)?.commit(&Salt::random()).into(),
                terms,
            };
            let attempt = self.consent.grant(key, &grant, self.options).await;
            teller.refused(name, text, refusal, attempt)?;
        }
        Ok(())
    }
}

/// Observations, disclosed for a purpose, until a second.
fn terms(purpose: Purpose, until: u64) -> Terms {
    Terms {
        validity: Period { from: 0, until },
        purposes: purpose.mask(),
        classes: ResourceClass::OBSERVATION.mask(),
    }
}
