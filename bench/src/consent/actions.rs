//! What the other actions of a controller cost, and what it costs that somebody else sends one.

use alloy_core::primitives::{B256, U256};
use anyhow::{Result, ensure};
use salus_devchain::session::Actor;
use salus_tests_contracts::{
    permits::Wallet,
    signed::{GrantConsent, RegisterSubject, RevokeConsent, domain, signed},
};

use super::{IConsent, grant};
use crate::meter::{Meter, word};

const SUBJECT: B256 = B256::repeat_byte(0xac);
const DEADLINE: U256 = U256::MAX;

pub(super) fn measure(consent: &mut Meter) -> Result<()> {
    let (patient, heir) = (Actor::ethereum(1), Actor::ethereum(3));
    let subject = SUBJECT;
    consent.prepare(&patient, &IConsent::registerSubjectCall { subject })?;
    consent.measure_aside(
        "confirmController",
        &patient,
        &IConsent::confirmControllerCall { subject },
    )?;
    let delegate = IConsent::setDelegateCall {
        subject,
        delegate: word(heir.address()),
        powers: 3,
        purposes: u64::MAX,
        validUntil: u64::MAX,
    };
    consent.measure("setDelegate", &patient, &delegate)?;
    let of_delegate = IConsent::delegationOfCall {
        subject,
        delegate: delegate.delegate,
    };
    consent.measure("delegationOf", &heir, &of_delegate)?;
    let may_act = IConsent::mayActCall {
        subject,
        account: delegate.delegate,
        powers: 3,
    };
    ensure!(consent.measure("mayAct", &heir, &may_act)?, "the delegate may not act");
    let by_delegate = IConsent::grantConsentCall {
        subject,
        ..grant(consent.now(), SUBJECT)
    };
    consent.measure_aside("grantConsent, by a delegate", &heir, &by_delegate)?;
    let successor = IConsent::setSuccessorCall {
        subject,
        successor: word(heir.address()),
        silence: 10,
        grace: 10,
    };
    consent.measure("setSuccessor", &patient, &successor)?;
    consent.measure("successionOf", &heir, &IConsent::successionOfCall { subject })?;
    consent.measure_aside("grantConsent, with a successor declared", &patient, &by_delegate)?;
    let now = consent.now();
    consent.advance_to(now + 10);
    consent.measure("claimController", &heir, &IConsent::claimControllerCall { subject })?;
    consent.measure("DOMAIN_SEPARATOR", &heir, &IConsent::DOMAIN_SEPARATORCall {})?;
    consent.measure("eip712Domain", &heir, &IConsent::eip712DomainCall {})?;
    signed_actions(consent)
}

/// Of a patient without coins.
fn signed_actions(consent: &mut Meter) -> Result<()> {
    let (relayer, patient) = (Actor::ethereum(4), Wallet::new(7));
    let domain = domain(consent.address());
    let subject = B256::repeat_byte(0xad);
    let mut nonces = (0..).map(U256::from);
    let mut next = || (nonces.next().unwrap_or_default(), DEADLINE);

    let (nonce, deadline) = next();
    let typed = RegisterSubject {
        subject,
        nonce,
        deadline,
    };
    let call = IConsent::registerSubjectCall { subject };
    let register = signed(&patient, &domain, &call, &typed, (nonce, deadline));
    consent.measure("actBySig, registerSubject", &relayer, &register)?;

    let (nonce, deadline) = next();
    let granted = IConsent::grantConsentCall {
        subject,
        ..grant(consent.now(), SUBJECT)
    };
    let typed = GrantConsent {
        subject,
        grantee: granted.grantee,
        commitment: granted.commitment,
        validFrom: granted.validFrom,
        validUntil: granted.validUntil,
        purposes: granted.purposes,
        classes: granted.classes,
        nonce,
        deadline,
    };
    let act = signed(&patient, &domain, &granted, &typed, (nonce, deadline));
    consent.measure("actBySig, grantConsent", &relayer, &act)?;

    let current = IConsent::currentConsentCall {
        subject,
        grantee: granted.grantee,
    };
    let id = consent.prepare(&relayer, &current)?;
    let (nonce, deadline) = next();
    let typed = RevokeConsent {
        consentId: id,
        nonce,
        deadline,
    };
    let call = IConsent::revokeConsentCall { consentId: id };
    let revoke = signed(&patient, &domain, &call, &typed, (nonce, deadline));
    consent.measure("actBySig, revokeConsent", &relayer, &revoke)?;

    let cancel = IConsent::invalidateUnorderedNoncesCall {
        wordPos: U256::ZERO,
        mask: U256::ONE,
    };
    consent.measure("invalidateUnorderedNonces", &relayer, &cancel)?;
    let bitmap = IConsent::nonceBitmapCall {
        owner: patient.address(),
        wordPos: U256::ZERO,
    };
    ensure!(
        consent.measure("nonceBitmap", &relayer, &bitmap)? == U256::from(0b111),
        "a nonce was not used"
    );
    Ok(())
}
