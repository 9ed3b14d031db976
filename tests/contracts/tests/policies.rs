//! All consents of a subject that speak to who asks, opened and combined on chain: none can be left out.

use alloy_core::{
    primitives::{Address, B256, Bytes, keccak256},
    sol_types::SolCall as _,
};
use salus_core::{
    codes::{Purpose, ResourceClass, Role, Sensitivity},
    consent::{Criteria, Effect, Grantee, Policy, Provision, Request},
};
use salus_devchain::session::CallError;
use salus_tests_contracts::{
    account,
    consent::{
        Clinic,
        IConsent::{grantConsentCall, revokeConsentCall},
        IPolicies::*,
        SALT, SUBJECT, answer, asked, commitment, doctor, encoded, patient,
    },
    refusal,
};

const COMMUNITY: [u8; 32] = [0xc0; 32];

fn address(grantee: Grantee) -> Address {
    grantee.address(|bytes| keccak256(bytes).0).into()
}

fn policy(effect: Effect, date_time: u64) -> Vec<u8> {
    encoded(&Policy::new(effect, date_time))
}

/// Permits, but for what carries a label.
fn redacting(label: Sensitivity, date_time: u64) -> Vec<u8> {
    let criteria = Criteria {
        labels: label.mask(),
        ..Criteria::default()
    };
    encoded(&Policy {
        provisions: vec![Provision {
            criteria,
            provisions: vec![],
        }],
        ..Policy::new(Effect::Permit, date_time)
    })
}

fn give(clinic: &mut Clinic, grantee: Grantee, policy: &[u8]) -> B256 {
    let call = grantConsentCall {
        grantee: address(grantee),
        commitment: commitment(policy),
        ..clinic.terms()
    };
    clinic.grant(&call).expect("the consent is granted")
}

fn ask(clinic: &mut Clinic, policies: &[&[u8]], request: &[u8]) -> Result<evaluateAllReturn, CallError> {
    let call = evaluateAllCall {
        subject: SUBJECT,
        salts: vec![SALT; policies.len()],
        policies: policies.iter().map(|policy| Bytes::copy_from_slice(policy)).collect(),
        request: Bytes::copy_from_slice(request),
    };
    clinic.world.try_view(clinic.policies, &call)
}

fn as_physician(request: &mut Request<'_>) {
    request.roles = Role::PHYS.mask();
}

#[test]
fn a_role_a_community_and_everybody_can_be_given_consent() {
    let role = asked(as_physician);
    let other_role = asked(|request| request.roles = Role::PHARMACIST.mask());
    let communities = [COMMUNITY];
    let member = asked(|request| request.communities = Box::leak(Box::new(communities)));
    let nobody = asked(|_| ());
    for (grantee, yes, no) in [
        (Grantee::Role(Role::PHYS), &role, &other_role),
        (Grantee::Community(COMMUNITY), &member, &role),
    ] {
        let mut clinic = Clinic::new();
        let permit = policy(Effect::Permit, 1);
        let id = give(&mut clinic, grantee, &permit);
        assert_eq!(clinic.evaluate(id, &permit, yes).unwrap().answer, answer::PERMIT);
        assert_eq!(clinic.evaluate(id, &permit, no).unwrap().answer, answer::NO_CONSENT);
        assert_eq!(
            clinic.evaluate(id, &permit, &nobody).unwrap().answer,
            answer::NO_CONSENT
        );
    }
    let mut clinic = Clinic::new();
    let permit = policy(Effect::Permit, 1);
    let id = give(&mut clinic, Grantee::Everyone, &permit);
    assert_eq!(clinic.evaluate(id, &permit, &nobody).unwrap().answer, answer::PERMIT);
}

/// Rule 6.
#[test]
fn rule_06_the_most_recent_consent_that_applies_wins_and_says_so() {
    let mut clinic = Clinic::new();
    let (own, role, all) = (
        policy(Effect::Permit, 20),
        policy(Effect::Deny, 10),
        policy(Effect::Deny, 30),
    );
    let own_id = give(&mut clinic, Grantee::Account(doctor().into_array()), &own);
    give(&mut clinic, Grantee::Role(Role::PHYS), &role);
    let request = asked(as_physician);
    let told = ask(&mut clinic, &[&own, &role], &request).unwrap();
    assert_eq!((told.answer, told.decidedBy), (answer::PERMIT, own_id));

    let all_id = give(&mut clinic, Grantee::Everyone, &all);
    let told = ask(&mut clinic, &[&own, &all, &role], &request).unwrap();
    assert_eq!((told.answer, told.decidedBy), (answer::DENY, all_id));
    // One that has ended bears on nothing, and needs no opening.
    clinic
        .world
        .send(patient(), clinic.contract, &revokeConsentCall { consentId: all_id })
        .unwrap();
    let told = ask(&mut clinic, &[&own, &role], &request).unwrap();
    assert_eq!((told.answer, told.decidedBy), (answer::PERMIT, own_id));
}

#[test]
fn rule_06_on_a_tie_deny_wins_and_permits_oblige_together() {
    let mut clinic = Clinic::new();
    let (hiv, psy) = (redacting(Sensitivity::HIV, 5), redacting(Sensitivity::PSY, 5));
    give(&mut clinic, Grantee::Account(doctor().into_array()), &hiv);
    give(&mut clinic, Grantee::Everyone, &psy);
    let told = ask(&mut clinic, &[&hiv, &psy], &asked(as_physician)).unwrap();
    let both = Sensitivity::HIV.mask() | Sensitivity::PSY.mask();
    assert_eq!((told.answer, told.redactLabels), (answer::PERMIT, both));
    let deny = policy(Effect::Deny, 5);
    let role_id = give(&mut clinic, Grantee::Role(Role::PHYS), &deny);
    let told = ask(&mut clinic, &[&hiv, &psy, &deny], &asked(as_physician)).unwrap();
    assert_eq!(
        (told.answer, told.decidedBy, told.redactLabels),
        (answer::DENY, role_id, 0)
    );
}

#[test]
fn a_consent_that_bears_on_the_answer_cannot_be_left_out() {
    let mut clinic = Clinic::new();
    let (own, all) = (policy(Effect::Permit, 20), policy(Effect::Deny, 30));
    give(&mut clinic, Grantee::Account(doctor().into_array()), &own);
    let all_id = give(&mut clinic, Grantee::Everyone, &all);
    let request = asked(|_| ());
    let refused = refusal::<NotOpened>(ask(&mut clinic, &[&own], &request));
    assert_eq!(refused.consentId, all_id);
    refusal::<CommitmentMismatch>(ask(&mut clinic, &[&all, &own], &request));
    refusal::<CommitmentMismatch>(ask(&mut clinic, &[&own, &own], &request));
    let refused = refusal::<UnneededOpenings>(ask(&mut clinic, &[&own, &all, &all], &request));
    assert_eq!(refused.needed, 2);
    refusal::<MalformedRequest>(ask(&mut clinic, &[&own, &all], &request[1..]));
    let call = evaluateAllCall {
        subject: SUBJECT,
        salts: vec![SALT; 3],
        policies: vec![own.into(), all.into()],
        request: request.into(),
    };
    refusal::<UnneededOpenings>(clinic.world.try_view(clinic.policies, &call));
}

#[test]
fn who_has_no_consent_gets_no_consent() {
    let mut clinic = Clinic::new();
    let told = ask(&mut clinic, &[], &asked(as_physician)).unwrap();
    assert_eq!(
        (told.answer, told.decidedBy, told.path.len()),
        (answer::NO_CONSENT, B256::ZERO, 0)
    );
    // One that is yet to come answers nothing, and is not opened.
    let call = grantConsentCall {
        validFrom: clinic.now() + 100,
        ..clinic.terms()
    };
    clinic.grant(&call).unwrap();
    assert_eq!(
        ask(&mut clinic, &[], &asked(|_| ())).unwrap().answer,
        answer::NO_CONSENT
    );
}

#[test]
fn cut_lists_of_bytes_are_refused() {
    let mut clinic = Clinic::new();
    let own = policy(Effect::Permit, 20);
    give(&mut clinic, Grantee::Account(doctor().into_array()), &own);
    let call = evaluateAllCall {
        subject: SUBJECT,
        salts: vec![SALT],
        policies: vec![own.into()],
        request: asked(|_| ()).into(),
    };
    let whole = call.abi_encode();
    let contract = salus_tests_contracts::h160(clinic.policies);
    assert!(clinic.world.session.dry_run(contract, whole.clone()).is_ok());
    for cut in 1..whole.len() / 32 {
        let short = whole[..whole.len() - cut * 32].to_vec();
        assert!(
            clinic.world.session.dry_run(contract, short).is_err(),
            "{cut} words are missing"
        );
    }
    // Where the list, and then its item, would be far away.
    for at in [4 + 64, 4 + 128 + 64 + 32] {
        let mut far = whole.clone();
        far[at + 28..at + 32].fill(0xff);
        assert!(clinic.world.session.dry_run(contract, far).is_err(), "the word at {at}");
    }
}

#[test]
fn the_coarse_check_of_several_denies_if_any_does() {
    let mut clinic = Clinic::new();
    let everyone = address(Grantee::Everyone);
    let (treatment, observation) = (Purpose::TREAT, ResourceClass::OBSERVATION);
    let check = |clinic: &mut Clinic, grantees: Vec<Address>, purpose: u8, class: u8| {
        let call = checkAllCall {
            subject: SUBJECT,
            grantees,
            purpose,
            class,
        };
        clinic.world.try_view(clinic.policies, &call)
    };
    let both = || vec![doctor(), everyone];
    let (purpose, class) = (treatment.bit(), observation.bit());
    assert_eq!(check(&mut clinic, both(), purpose, class).unwrap(), answer::NO_CONSENT);
    let permits = grantConsentCall {
        grantee: everyone,
        ..clinic.terms()
    };
    clinic.grant(&permits).unwrap();
    assert_eq!(check(&mut clinic, both(), purpose, class).unwrap(), answer::PERMIT);
    assert_eq!(
        check(&mut clinic, vec![doctor()], purpose, class).unwrap(),
        answer::NO_CONSENT
    );
    assert_eq!(check(&mut clinic, vec![], purpose, class).unwrap(), answer::NO_CONSENT);
    let denies = grantConsentCall {
        classes: ResourceClass::CLAIM.mask(),
        ..clinic.terms()
    };
    clinic.grant(&denies).unwrap();
    for grantees in [both(), vec![everyone, doctor()]] {
        assert_eq!(check(&mut clinic, grantees, purpose, class).unwrap(), answer::DENY);
    }
    let many = vec![doctor(); 17];
    assert_eq!(
        refusal::<TooManyGrantees>(check(&mut clinic, many, purpose, class)).count,
        17
    );
    assert_eq!(
        refusal::<UnknownPurpose>(check(&mut clinic, both(), 63, class)).purpose,
        63
    );
    assert_eq!(
        refusal::<UnknownClass>(check(&mut clinic, both(), purpose, 63)).class,
        63
    );
}

#[test]
fn it_is_deployed_for_a_contract_and_says_so_when_that_is_another() {
    let Clinic {
        mut world,
        contract,
        policies,
    } = Clinic::new();
    assert_eq!(world.view(policies, &consentsCall {}), contract);
    let nobody = constructorCall { consents: account(4) };
    assert_eq!(
        refusal::<NoContract>(world.deploy("policies", account(0), &nobody)).at,
        account(4)
    );
    // A contract, and another one.
    let wrong = constructorCall { consents: policies };
    let wrong = world.deploy("policies", account(0), &wrong).unwrap().value;
    let call = evaluateCall {
        consentId: B256::ZERO,
        salt: SALT,
        policy: Bytes::new(),
        request: asked(|_| ()).into(),
    };
    refusal::<Unanswered>(world.try_view(wrong, &call));
}
