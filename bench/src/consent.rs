//! The consent contract's messages.

use alloy_core::{
    primitives::{B256, Bytes, keccak256},
    sol,
};
use anyhow::{Result, ensure};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{Criteria, Effect, Policy, Provision, Request, policy_commitment},
};
use salus_devchain::{Session, session::Actor};

use crate::{
    ledger::Row,
    meter::{Implementation, Meter, word},
};

sol!(
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments, reason = "as many as the message has")]
    IConsent,
    "../contracts/artifacts/consent.abi.json"
);

const PERMIT: u8 = 1;

/// Measures a patient who consents, is asked about it, and takes the consent back.
pub(crate) fn measure(code: &[u8]) -> Result<Vec<Row>> {
    let (patient, doctor, guardian) = (Actor::ethereum(1), Actor::ethereum(2), Actor::ethereum(3));
    let mut consent = Meter::deploy(Session::new(), "consent", &Implementation::salus(code, Vec::new()))?;
    let (subject, salt, now) = (B256::repeat_byte(0x5b), B256::repeat_byte(0xa5), consent.now());
    let policy = policy(now).encode()?;
    let commitment = policy_commitment(&salt.0, &policy, |bytes| keccak256(bytes).0);
    let disclosed = IConsent::grantConsentCall {
        subject,
        grantee: word(doctor.address()),
        commitment: commitment.into(),
        validFrom: now,
        validUntil: u64::MAX,
        purposes: Purpose::TREAT.mask(),
        classes: ResourceClass::OBSERVATION.mask(),
    };
    let sealed = IConsent::grantConsentCall {
        purposes: 0,
        classes: 0,
        ..disclosed.clone()
    };
    consent.measure("registerSubject", &patient, &IConsent::registerSubjectCall { subject })?;
    consent.measure_aside("grantConsent, nothing disclosed", &patient, &sealed)?;
    let id = consent.measure("grantConsent", &patient, &disclosed)?;
    let check = IConsent::checkCall {
        subject,
        grantee: word(doctor.address()),
        purpose: Purpose::TREAT.bit(),
        class: ResourceClass::OBSERVATION.bit(),
    };
    ensure!(
        consent.measure_aside("check", &doctor, &check)? == PERMIT,
        "the consent does not permit"
    );
    let addresses = [doctor.address().0];
    let evaluate = IConsent::evaluateCall {
        consentId: id,
        salt,
        policy: Bytes::from(policy),
        request: Bytes::from(Request::new(&addresses, Purpose::TREAT, ResourceClass::OBSERVATION).encode()?),
    };
    ensure!(
        consent
            .measure_aside("evaluate, 8 provisions", &doctor, &evaluate)?
            .answer
            == PERMIT,
        "the policy does not permit"
    );
    consent.measure_aside("consentOf", &doctor, &IConsent::consentOfCall { consentId: id })?;
    consent.measure_aside("controllerOf", &doctor, &IConsent::controllerOfCall { subject })?;
    consent.measure_aside(
        "pendingControllerOf",
        &doctor,
        &IConsent::pendingControllerOfCall { subject },
    )?;
    let current = IConsent::currentConsentCall {
        subject,
        grantee: word(doctor.address()),
    };
    ensure!(
        consent.measure_aside("currentConsent", &doctor, &current)? == id,
        "the consent is not the current one"
    );
    let supersede = IConsent::supersedeConsentCall {
        consentId: id,
        commitment: B256::repeat_byte(0xdd),
        validFrom: now,
        validUntil: u64::MAX,
        purposes: disclosed.purposes,
        classes: disclosed.classes,
    };
    consent.measure_aside("supersedeConsent", &patient, &supersede)?;
    consent.measure_aside(
        "markEnteredInError",
        &patient,
        &IConsent::markEnteredInErrorCall { consentId: id },
    )?;
    consent.measure(
        "revokeConsent",
        &patient,
        &IConsent::revokeConsentCall { consentId: id },
    )?;
    let transfer = IConsent::transferControllerCall {
        subject,
        newController: word(guardian.address()),
    };
    consent.measure("transferController", &patient, &transfer)?;
    consent.measure(
        "acceptController",
        &guardian,
        &IConsent::acceptControllerCall { subject },
    )?;
    Ok(consent.into_rows())
}

/// A refusal with eight exceptions, of which the last permits treatment with observations.
fn policy(now: u64) -> Policy {
    let purposes = [
        Purpose::HMARKT,
        Purpose::HRESCH,
        Purpose::HPAYMT,
        Purpose::HOPERAT,
        Purpose::PUBHLTH,
        Purpose::PATRQT,
        Purpose::ETREAT,
        Purpose::TREAT,
    ];
    Policy {
        provisions: purposes
            .into_iter()
            .map(|purpose| Provision {
                criteria: Criteria {
                    purposes: purpose.mask(),
                    classes: ResourceClass::OBSERVATION.mask(),
                    ..Criteria::default()
                },
                ..Provision::default()
            })
            .collect(),
        ..Policy::new(Effect::Deny, now)
    }
}
