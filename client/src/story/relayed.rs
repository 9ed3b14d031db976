//! Whoever has no coins signs, and somebody else sends; and two relationships of one wallet cannot be told to be one person's.

use std::collections::HashSet;

use alloy_core::{
    primitives::{B256, U256},
    sol_types::SolCall,
};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{Answer, Period, Terms},
};

use super::{Stage, StoryError, step::Teller};
use crate::{
    Error,
    chain::Receipt,
    contracts::consent::{Grant, IConsent},
    fhir::Salt,
    keystore::SigningKey,
    signed::SignedAction,
    wallet::{Relationship, Wallet},
};

/// How many seconds a signed action can wait to be sent.
const SENDABLE: u64 = 3_600;
/// How many bytes are compared at a time.
const WINDOW: usize = 4;

/// A relationship, once it is on chain.
struct Begun {
    controller: SigningKey,
    grant: SignedAction,
    consent_id: B256,
    /// All that its transactions show of it, in words of the ABI.
    shown: Vec<u8>,
}

impl Stage<'_> {
    /// A wallet without coins registers and consents through two clinics, one for each relationship.
    pub(super) async fn act_without_coins(&self, teller: &mut Teller<'_>) -> Result<(), Error> {
        let wallet = Wallet::generate()?;
        let clinic = &self.cast.family_doctor;
        let disclosed = (Purpose::TREAT.mask(), ResourceClass::OBSERVATION.mask());
        let names = ["relay_registration", "relay_grant"];
        let first = self.begin(names, wallet.derive(0)?, clinic, disclosed, teller).await?;
        self.question_the_first(&first, clinic, teller).await?;

        let names = ["relay_second_registration", "relay_second_grant"];
        let clinic = &self.cast.other_doctor;
        let second = self.begin(names, wallet.derive(1)?, clinic, (0, 0), teller).await?;
        let shared = shared(&first.shown, &second.shown);
        let text = format!(
            "Of both relationships, all that was signed and all events are laid side by side: how often do {WINDOW} bytes agree?"
        );
        teller.asked("unlinkable", text, 0, shared)
    }

    /// A relationship signs its registration and a consent for the clinic that sends both.
    async fn begin(
        &self,
        [register, grant]: [&'static str; 2],
        relationship: Relationship,
        clinic: &SigningKey,
        (purposes, classes): (u64, u64),
        teller: &mut Teller<'_>,
    ) -> Result<Begun, Error> {
        let key = relationship.controller.signing_key()?;
        let subject = relationship.subject;
        let call = IConsent::registerSubjectCall { subject };
        let (registered, receipt) = self.relay(&key, &call, clinic).await?;
        let text = format!("A wallet without coins signs for a new subject, {subject}; a clinic sends it and pays");
        teller.sent(register, text, &receipt);
        let mut shown = [subject.to_vec(), key.account().address().to_vec()].concat();
        show(&registered, &receipt, &mut shown);

        let call = Grant {
            subject,
            grantee: clinic.account().address(),
            commitment: self.document(clinic)?.commit(&Salt::random()).into(),
            // Without beginning and end: a time is something that two consents might have in common.
            terms: Terms {
                validity: Period {
                    from: 0,
                    until: u64::MAX,
                },
                purposes,
                classes,
            },
        }
        .call();
        let (signed, receipt) = self.relay(&key, &call, clinic).await?;
        teller.sent(
            grant,
            "It signs a consent for the clinic, which sends that, too",
            &receipt,
        );
        let granted: IConsent::ConsentGranted = self.consent.contract().event(&receipt)?;
        shown.extend(granted.consentId);
        show(&signed, &receipt, &mut shown);
        Ok(Begun {
            controller: key,
            grant: signed,
            consent_id: granted.consentId,
            shown,
        })
    }

    async fn relay(
        &self,
        key: &SigningKey,
        call: &impl SolCall,
        clinic: &SigningKey,
    ) -> Result<(SignedAction, Receipt), Error> {
        let deadline = U256::from(self.now().await? + SENDABLE);
        let signed = self.consent.action(call)?.sign(key, deadline);
        let registry = self.consent.contract().address();
        let receipt = signed.relay(self.chain, registry, clinic, self.options).await?;
        Ok((signed, receipt))
    }

    /// The consent is the patient's, who has paid nothing; and nobody can send it twice.
    async fn question_the_first(
        &self,
        first: &Begun,
        clinic: &SigningKey,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let (patient, account) = (first.controller.account(), clinic.account().address());
        let entry = self.consent.entry(first.consent_id).await?;
        let entry = entry.ok_or_else(|| StoryError::Unexpected {
            name: "relayed_grantor",
            expected: "a consent".into(),
            found: "none".into(),
        })?;
        let text = "Who has given it, by the chain: the patient, not the clinic";
        teller.asked("relayed_grantor", text, patient.address(), entry.grantor.into())?;
        let text = "What the patient has in coins, as before";
        let balance = self.chain.balance(patient).await?;
        teller.asked("relayed_without_coins", text, U256::ZERO, balance)?;
        let text = "The clinic asks whether observations may be read for treatment";
        let subject = entry.subject.into();
        self.check_for(("check_relayed", text), subject, account, Answer::Permit, teller)
            .await?;
        let registry = self.consent.contract().address();
        let again = first.grant.relay(self.chain, registry, clinic, self.options).await;
        let text = "The clinic sends the same signature again";
        teller.refused("relay_again", text, "InvalidNonce", again)
    }
}

/// Gathers what others see of a signed action and of the events that it left: nonce, signature and arguments; topics but the event's
/// signature, and data. The deadline and a signature's parity, one of two numbers, are left out: they are equal by choice or by chance.
fn show(signed: &SignedAction, receipt: &Receipt, shown: &mut Vec<u8>) {
    shown.extend(signed.nonce.to_be_bytes::<32>());
    shown.extend(signed.r);
    shown.extend(signed.s);
    // Behind the selector are whole words.
    shown.extend(signed.call.iter().skip(4));
    for log in &receipt.logs {
        shown.extend(log.topics.iter().skip(1).flatten());
        shown.extend(&log.data);
    }
}

/// How many aligned windows two sets of words have in common. What the ABI pads with, and an open end or no limit, as all have it, say
/// nothing of anybody: windows of zero or one bits alone do not count.
fn shared(one: &[u8], other: &[u8]) -> usize {
    let windows = |bytes: &[u8]| -> HashSet<[u8; WINDOW]> {
        let (windows, _) = bytes.as_chunks::<WINDOW>();
        let telling = |window: &&[u8; WINDOW]| ![[0; WINDOW], [u8::MAX; WINDOW]].contains(*window);
        windows.iter().filter(telling).copied().collect()
    };
    windows(one).intersection(&windows(other)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_sets_of_words_share_is_counted_but_for_padding_and_open_ends() {
        let one = [0, 0, 0, 0, 255, 255, 255, 255, 1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(shared(&one, &one), 2);
        assert_eq!(shared(&one, &[0, 0, 0, 0, 255, 255, 255, 255, 2, 3, 4, 5]), 0);
        assert_eq!(shared(&one, &[9, 9, 9, 9, 5, 6, 7, 8]), 1);
    }
}
