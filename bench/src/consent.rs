//! The consent contract's messages, beside those of its twins in Solidity.

mod actions;
pub(crate) mod policy;

use alloy_core::{
    primitives::{B256, Bytes, keccak256},
    sol,
    sol_types::SolCall as _,
};
use anyhow::{Context, Result, ensure};
use salus_core::{
    codes::{Purpose, ResourceClass, Role},
    consent::{Policy, Request, policy_commitment},
};
use salus_devchain::{Session, session::Actor};
use sp_core::H160;

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

sol!(
    #[derive(Debug)]
    IPolicies,
    "../contracts/artifacts/policies.abi.json"
);

const PERMIT: u8 = 1;
const SUBJECT: B256 = B256::repeat_byte(0x5b);
const SALT: B256 = B256::repeat_byte(0xa5);

/// Measures a patient who consents, is asked about it, and takes the consent back.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let ours = Implementation::salus(checkout.code("consent")?, Vec::new());
    let mut consent = Meter::deploy(Session::new(), "consent", &ours)?;
    let id = life(&mut consent)?;
    rest(&mut consent, id)?;
    actions::measure(&mut consent)?;
    let mut rows = consent.into_rows();
    rows.extend(opened(
        &ours,
        |input| Ok(Implementation::salus(checkout.code("policies")?, input)),
        true,
    )?);
    for implementation in checkout.twin("Consent")?.implementations(&[]) {
        rows.extend(of_twin(&implementation, |twin| life(twin).map(drop))?);
    }
    let registries = checkout.twin("Consent")?.implementations(&[]);
    for (number, registry) in registries.iter().enumerate() {
        let twin = |input: Vec<u8>| {
            let twins = checkout.twin("Evaluation")?.implementations(&input);
            twins.into_iter().nth(number).context("two of them")
        };
        rows.extend(opened(registry, twin, false)?);
    }
    Ok(rows)
}

/// What it costs to open policies: of a contract that is created for a registry.
fn opened(
    registry: &Implementation,
    policies: impl FnOnce(Vec<u8>) -> Result<Implementation>,
    is_ours: bool,
) -> Result<Vec<Row>> {
    let mut meter = Meter::deploy(Session::new(), "consent", registry)?;
    let input = meter.address().into_word().to_vec();
    let registry = meter.create("policies", &policies(input)?)?;
    evaluations(&mut meter, registry).with_context(|| meter.maker().name())?;
    if is_ours {
        combined(&mut meter, registry)?;
    }
    let mut rows = meter.into_rows();
    rows.retain(|row| row.contract == "policies" && (is_ours || row.message != "deploy"));
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
fn evaluations(policies: &mut Meter, registry: H160) -> Result<()> {
    let now = policies.now();
    // A policy without provisions: what an evaluation costs beside them.
    evaluate(policies, registry, "evaluate, 1 node", &policy::of_nodes(1, now))?;
    evaluate(policies, registry, "evaluate, 10 nodes", &policy::of_nodes(10, now))?;
    evaluate(policies, registry, "evaluate, 20 nodes", &policy::of_nodes(20, now))?;
    evaluate(policies, registry, "evaluate, 50 nodes", &policy::of_nodes(50, now))
}

fn evaluate(policies: &mut Meter, registry: H160, message: &'static str, policy: &Policy) -> Result<()> {
    let doctor = Actor::ethereum(2);
    let policy = policy.encode()?;
    policies.aside(|policies| {
        let id = give(policies, registry, keccak256(message), &policy)?;
        let evaluate = IPolicies::evaluateCall {
            consentId: id,
            salt: SALT,
            policy: Bytes::from(policy),
            request: request()?,
        };
        let decision = policies.measure(message, &doctor, &evaluate)?;
        ensure!(decision.answer == PERMIT, "the policy does not permit");
        Ok(())
    })
}

/// The questions about all consents of a subject: here about one.
fn combined(policies: &mut Meter, registry: H160) -> Result<()> {
    let doctor = Actor::ethereum(2);
    let policy = policy::of_nodes(20, policies.now()).encode()?;
    policies.aside(|policies| {
        let subject = keccak256("combined");
        let id = give(policies, registry, subject, &policy)?;
        let evaluate = IPolicies::evaluateAllCall {
            subject,
            salts: vec![SALT],
            policies: vec![Bytes::from(policy)],
            request: request()?,
        };
        let decision = policies.measure("evaluateAll, 3 grantees, 1 consent of 20 nodes", &doctor, &evaluate)?;
        ensure!(
            (decision.answer, decision.decidedBy) == (PERMIT, id),
            "the policy does not permit"
        );
        let check = IPolicies::checkAllCall {
            subject,
            grantees: vec![word(doctor.address())],
            purpose: Purpose::TREAT.bit(),
            class: ResourceClass::OBSERVATION.bit(),
        };
        ensure!(
            policies.measure("checkAll, 1 grantee", &doctor, &check)? == PERMIT,
            "nothing permits"
        );
        policies.measure("consents", &doctor, &IPolicies::consentsCall {})?;
        Ok(())
    })
}

/// Grants a consent of a new subject to a policy; answers its identifier.
fn give(meter: &mut Meter, registry: H160, subject: B256, policy: &[u8]) -> Result<B256> {
    let patient = Actor::ethereum(1);
    let commitment = policy_commitment(&SALT.0, policy, |bytes| keccak256(bytes).0);
    let register = IConsent::registerSubjectCall { subject };
    meter.elsewhere(&patient, registry, register.abi_encode())?;
    let grant = IConsent::grantConsentCall {
        subject,
        ..grant(meter.now(), commitment.into())
    };
    let granted = meter.elsewhere(&patient, registry, grant.abi_encode())?;
    Ok(IConsent::grantConsentCall::abi_decode_returns(&granted)?)
}

fn request() -> Result<Bytes> {
    let addresses = [Actor::ethereum(2).address().0];
    let request = Request {
        roles: Role::PHYS.mask(),
        ..Request::new(&addresses, Purpose::TREAT, ResourceClass::OBSERVATION)
    };
    Ok(Bytes::from(request.encode()?))
}
