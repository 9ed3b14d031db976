//! An exception has an exception, which has one, too.

use alloy_core::primitives::B256;
use salus_core::{
    codes::{Purpose, ResourceClass, Sensitivity},
    consent::{Answer, Period, Request, Terms},
};

use super::{
    Stage,
    consent::{Granted, word},
    step::Teller,
};
use crate::{
    Error,
    contracts::{consent::Grant, policies::Opened},
    fhir::{
        FhirError, Limits, Salt,
        consent::{Directory, read},
        json,
    },
};

/// Nothing for anybody, but treatment; of that nothing about substance use, but in an emergency.
const DOCUMENT: &[u8] = include_bytes!("exceptions.json");

impl Stage<'_> {
    /// The patient gives another doctor a consent with exceptions in exceptions, and the doctor asks at each depth.
    pub(super) async fn except_from_exceptions(&self, granted: &Granted, teller: &mut Teller<'_>) -> Result<(), Error> {
        let document = json::parse(DOCUMENT, &Limits::default()).map_err(FhirError::Json)?;
        let (document, salt) = (read(&document, None, &Directory::new())?, Salt::random());
        let grant = Grant {
            subject: granted.subject,
            grantee: self.cast.other_doctor.account().address(),
            commitment: document.commit(&salt).into(),
            // What is disclosed knows no labels, so nothing is.
            terms: Terms {
                validity: Period {
                    from: self.now().await?,
                    until: u64::MAX,
                },
                purposes: 0,
                classes: 0,
            },
        };
        let (consent_id, receipt) = self.consent.grant(&self.cast.patient, &grant, self.options).await?;
        let text = "The patient consents to treatment by the other doctor, but not to the use of what is labelled as \
                    about substance use, but to that, too, in an emergency";
        teller.sent("grant_exceptions", text, &receipt);

        let sud = Sensitivity::SUD.mask();
        let questions = [
            (
                "exceptions_marketing",
                "The other doctor opens the policy and asks: observations for marketing",
                (Purpose::HMARKT, 0),
                told(Answer::Deny, &[], 0),
            ),
            (
                "exceptions_treatment",
                "... for treatment",
                (Purpose::TREAT, 0),
                told(Answer::Permit, &[0], sud),
            ),
            (
                "exceptions_labelled",
                "... for treatment, about substance use",
                (Purpose::TREAT, sud),
                told(Answer::Deny, &[0, 0], 0),
            ),
            (
                "exceptions_emergency",
                "... for treatment in an emergency, about substance use",
                (Purpose::ETREAT, sud),
                told(Answer::Permit, &[0, 0, 0], 0),
            ),
        ];
        for (name, text, (purpose, labels), expected) in questions {
            let encoded = (&*document.encoded, &salt);
            let opened = self.ask_for_labelled(consent_id, encoded, purpose, labels).await?;
            let found = told(opened.answer, &opened.path, opened.redact_labels);
            teller.asked(name, text, expected, found)?;
        }
        Ok(())
    }

    async fn ask_for_labelled(
        &self,
        consent_id: B256,
        (policy, salt): (&[u8], &Salt),
        purpose: Purpose,
        labels: u64,
    ) -> Result<Opened, Error> {
        let addresses = [self.cast.other_doctor.account().address().into()];
        let request = Request {
            labels,
            ..Request::new(&addresses, purpose, ResourceClass::OBSERVATION)
        };
        let request = request.encode().map_err(FhirError::Encode)?;
        Ok(self.policies.evaluate(consent_id, salt, policy, &request).await?)
    }
}

/// An answer with the provision that decided, at each depth its position from 0, and the labels whose data must be withheld.
fn told(answer: Answer, path: &[u8], redact: u64) -> String {
    let mut told = word(answer).to_string();
    if !path.is_empty() {
        let path: Vec<_> = path.iter().map(u8::to_string).collect();
        told += &format!(" by provision {}", path.join("."));
    }
    let labels = Sensitivity::TABLE.iter().filter(|row| redact >> row.bit & 1 == 1);
    let labels: Vec<_> = labels.map(|row| row.code).collect();
    if !labels.is_empty() {
        told += &format!(" without {}", labels.join(", "));
    }
    told
}
