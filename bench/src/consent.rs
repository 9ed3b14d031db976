//! The consent contract's messages, beside those of its twins in Solidity.

pub(crate) mod policy;

use alloy_core::{
    primitives::{B256, Bytes, keccak256},
    sol,
};
use anyhow::{Context, Result, ensure};
use salus_core::{
    codes::{Purpose, ResourceClass, Role},
    consent::{Policy, Request, policy_commitment},
};
use salus_devchain::{Session, session::Actor};

use crate::{
    checkout::Checkout,
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
const SUBJECT: B256 = B256::repeat_byte(0x5b);
const SALT: B256 = B256::repeat_byte(0xa5);

/// Measures a patient who consents, is asked about it, and takes the consent back.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let ours = Implementation::salus(checkout.code("consent")?, Vec::new());
    let mut consent = Meter::deploy(Session::new(), "consent", &ours)?;
    let id = life(&mut consent)?;
    consent.aside(evaluations)?;
    rest(&mut consent, id)?;
    let mut rows = consent.into_rows();
    for implementation in checkout.twin("Consent")?.implementations(&[]) {
        rows.extend(of_twin(&implementation, |twin| life(twin).map(drop))?);
    }
    for implementation in checkout.twin("Evaluation")?.implementations(&[]) {
        rows.extend(of_twin(&implementation, evaluations)?);
    }
    Ok(rows)
}

/// What a twin costs. It has a part of the contract, so its deployment is no comparison.
fn of_twin(implementation: &Implementation, act: impl FnOnce(&mut Meter) -> Result<()>) -> Result<Vec<Row>> {
    let mut twin = Meter::deploy(Session::new(), "consent", implementation)?;
    act(&mut twin).with_context(|| implementation.maker.name())?;
    let mut rows = twin.into_rows();
    rows.retain(|row| row.message != "deploy");
    Ok(rows)
}

/// Of the subject of all grants.
pub(crate) fn registration() -> IConsent::registerSubjectCall {
    IConsent::registerSubjectCall { subject: SUBJECT }
}

/// A grant that discloses treatment and observations.
pub(crate) fn grant(now: u64, commitment: B256) -> IConsent::grantConsentCall {
    IConsent::grantConsentCall {
        subject: SUBJECT,
        grantee: word(Actor::ethereum(2).address()),
        commitment,
        validFrom: now,
        validUntil: u64::MAX,
        purposes: Purpose::TREAT.mask(),
        classes: ResourceClass::OBSERVATION.mask(),
    }
}

/// A consent's life, which the twin has as well. Answers the consent that was granted; it is live.
fn life(consent: &mut Meter) -> Result<B256> {
    let (patient, doctor) = (Actor::ethereum(1), Actor::ethereum(2));
    let disclosed = grant(consent.now(), B256::repeat_byte(0xcc));
    let sealed = IConsent::grantConsentCall {
        purposes: 0,
        classes: 0,
        ..disclosed.clone()
    };
    consent.measure("registerSubject", &patient, &registration())?;
    consent.measure_aside("grantConsent, nothing disclosed", &patient, &sealed)?;
    let id = consent.measure("grantConsent", &patient, &disclosed)?;
    let check = IConsent::checkCall {
        subject: SUBJECT,
        grantee: disclosed.grantee,
        purpose: Purpose::TREAT.bit(),
        class: ResourceClass::OBSERVATION.bit(),
    };
    ensure!(
        consent.measure_aside("check", &doctor, &check)? == PERMIT,
        "the consent does not permit"
    );
    consent.measure_aside("consentOf", &doctor, &IConsent::consentOfCall { consentId: id })?;
    consent.measure_aside(
        "controllerOf",
        &doctor,
        &IConsent::controllerOfCall { subject: SUBJECT },
    )?;
    let revoke = IConsent::revokeConsentCall { consentId: id };
    consent.measure_aside("revokeConsent", &patient, &revoke)?;
    Ok(id)
}

/// The other messages, around the consent `id`.
fn rest(consent: &mut Meter, id: B256) -> Result<()> {
    let (patient, doctor, guardian) = (Actor::ethereum(1), Actor::ethereum(2), Actor::ethereum(3));
    let granted = grant(consent.now(), B256::repeat_byte(0xdd));
    let pending = IConsent::pendingControllerOfCall { subject: SUBJECT };
    consent.measure_aside("pendingControllerOf", &doctor, &pending)?;
    let current = IConsent::currentConsentCall {
        subject: SUBJECT,
        grantee: granted.grantee,
    };
    ensure!(
        consent.measure_aside("currentConsent", &doctor, &current)? == id,
        "the consent is not the current one"
    );
    let supersede = IConsent::supersedeConsentCall {
        consentId: id,
        commitment: granted.commitment,
        validFrom: granted.validFrom,
        validUntil: granted.validUntil,
        purposes: granted.purposes,
        classes: granted.classes,
    };
    consent.measure_aside("supersedeConsent", &patient, &supersede)?;
    let wrong = IConsent::markEnteredInErrorCall { consentId: id };
    consent.measure_aside("markEnteredInError", &patient, &wrong)?;
    let transfer = IConsent::transferControllerCall {
        subject: SUBJECT,
        newController: word(guardian.address()),
    };
    consent.measure("transferController", &patient, &transfer)?;
    let accept = IConsent::acceptControllerCall { subject: SUBJECT };
    consent.measure("acceptController", &guardian, &accept)?;
    Ok(())
}

/// Opens policies.
fn evaluations(consent: &mut Meter) -> Result<()> {
    let now = consent.now();
    // A policy without provisions: what an evaluation costs beside them.
    evaluate(consent, "evaluate, 1 node", &policy::of_nodes(1, now))?;
    evaluate(consent, "evaluate, 10 nodes", &policy::of_nodes(10, now))?;
    evaluate(consent, "evaluate, 20 nodes", &policy::of_nodes(20, now))?;
    evaluate(consent, "evaluate, 50 nodes", &policy::of_nodes(50, now))
}

fn evaluate(consent: &mut Meter, message: &'static str, policy: &Policy) -> Result<()> {
    let (patient, doctor) = (Actor::ethereum(1), Actor::ethereum(2));
    let policy = policy.encode()?;
    let commitment = policy_commitment(&SALT.0, &policy, |bytes| keccak256(bytes).0);
    consent.aside(|consent| {
        // Another subject for each policy, which has no live consent.
        let subject = keccak256(message);
        consent.prepare(&patient, &IConsent::registerSubjectCall { subject })?;
        let grant = IConsent::grantConsentCall {
            subject,
            ..grant(consent.now(), commitment.into())
        };
        let id = consent.prepare(&patient, &grant)?;
        let addresses = [doctor.address().0];
        let request = Request {
            roles: Role::PHYS.mask(),
            ..Request::new(&addresses, Purpose::TREAT, ResourceClass::OBSERVATION)
        };
        let evaluate = IConsent::evaluateCall {
            consentId: id,
            salt: SALT,
            policy: Bytes::from(policy),
            request: Bytes::from(request.encode()?),
        };
        let decision = consent.measure(message, &doctor, &evaluate)?;
        ensure!(decision.answer == PERMIT, "the policy does not permit");
        Ok(())
    })
}
