//! Actions that a patient signs and somebody else sends: a patient needs no coin, and is not who the chain sees.

use alloy_core::{
    primitives::{Address, B256, Bytes, FixedBytes, U256},
    sol_types::{Eip712Domain, SolCall},
};
use salus_core::codes::Purpose;
use salus_tests_contracts::{
    account,
    consent::{Clinic, IConsent::*, SUBJECT, answer, doctor, status, stranger},
    events,
    permits::Wallet,
    refusal,
    signed::{self, PolkadotWallet, domain, signed},
};

const DEADLINE: U256 = U256::MAX;
/// Twice the half of secp256k1's order, plus one: the order itself.
const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

struct Setup {
    clinic: Clinic,
    domain: Eip712Domain,
    patient: Wallet,
}

/// A patient without coins, whose subject is registered by a relayer.
impl Setup {
    fn new() -> Self {
        let (mut clinic, patient) = (Clinic::without_subject(), Wallet::new(7));
        let domain = domain(clinic.contract);
        let register = registration(&patient, &domain, U256::ZERO);
        relay(&mut clinic, &register).unwrap();
        Self {
            clinic,
            domain,
            patient,
        }
    }

    fn grant(&mut self, nonce: u64) -> (grantConsentCall, actBySigCall) {
        let call = self.clinic.terms();
        let typed = grant_of(&call, U256::from(nonce), DEADLINE);
        let act = signed(
            &self.patient,
            &self.domain,
            &call,
            &typed,
            (U256::from(nonce), DEADLINE),
        );
        (call, act)
    }

    fn refused<E: alloy_core::sol_types::SolError>(&mut self, act: &actBySigCall) -> E {
        let error = refusal(relay(&mut self.clinic, act));
        assert_eq!(self.clinic.check(), answer::NO_CONSENT, "nothing of that left a trace");
        error
    }
}

fn registration(patient: &Wallet, domain: &Eip712Domain, nonce: U256) -> actBySigCall {
    let call = registerSubjectCall { subject: SUBJECT };
    let typed = signed::RegisterSubject {
        subject: SUBJECT,
        nonce,
        deadline: DEADLINE,
    };
    signed(patient, domain, &call, &typed, (nonce, DEADLINE))
}

fn grant_of(call: &grantConsentCall, nonce: U256, deadline: U256) -> signed::GrantConsent {
    signed::GrantConsent {
        subject: call.subject,
        grantee: call.grantee,
        commitment: call.commitment,
        validFrom: call.validFrom,
        validUntil: call.validUntil,
        purposes: call.purposes,
        classes: call.classes,
        nonce,
        deadline,
    }
}

fn relay(
    clinic: &mut Clinic,
    act: &actBySigCall,
) -> Result<salus_devchain::session::Outcome, salus_devchain::session::CallError> {
    clinic.world.session.set_caller(salus_tests_contracts::h160(stranger()));
    clinic
        .world
        .session
        .call(salus_tests_contracts::h160(clinic.contract), act.abi_encode())
}

#[test]
fn a_grant_that_a_stranger_relays_is_the_patients() {
    let mut setup = Setup::new();
    let (call, act) = setup.grant(1);
    let done = relay(&mut setup.clinic, &act).unwrap();
    let [granted] = &events::<ConsentGranted>(setup.clinic.contract, &done.logs)[..] else {
        panic!("one consent is granted");
    };
    assert_eq!(granted.grantor, setup.patient.address());
    assert_eq!(
        grantConsentCall::abi_decode_returns(&done.output).unwrap(),
        granted.consentId
    );
    assert_eq!((granted.subject, granted.grantee), (SUBJECT, call.grantee));
    assert_eq!(setup.clinic.check(), answer::PERMIT);
    let controller = controllerOfCall { subject: SUBJECT };
    let contract = setup.clinic.contract;
    assert_eq!(setup.clinic.world.view(contract, &controller), setup.patient.address());
}

#[test]
fn a_replayed_signature_is_refused() {
    let mut setup = Setup::new();
    let (_, act) = setup.grant(1);
    let done = relay(&mut setup.clinic, &act).unwrap();
    let id = events::<ConsentGranted>(setup.clinic.contract, &done.logs)[0].consentId;
    let revoke = revokeConsentCall { consentId: id };
    let typed = signed::RevokeConsent {
        consentId: id,
        nonce: U256::from(2),
        deadline: DEADLINE,
    };
    let act_of_revoke = signed(
        &setup.patient,
        &setup.domain,
        &revoke,
        &typed,
        (U256::from(2), DEADLINE),
    );
    relay(&mut setup.clinic, &act_of_revoke).unwrap();
    assert_eq!(setup.clinic.status(id), status::REVOKED);
    let signer = setup.patient.address();
    for (act, nonce) in [(&act, 1), (&act_of_revoke, 2)] {
        assert_eq!(
            setup.refused::<InvalidNonce>(act),
            InvalidNonce {
                signer,
                nonce: U256::from(nonce)
            }
        );
    }
}

#[test]
fn nonces_need_no_order_and_count_for_each_signer() {
    let mut setup = Setup::new();
    let contract = setup.clinic.contract;
    for nonce in [U256::MAX, U256::from(300), U256::from(1), U256::from(256)] {
        let typed = signed::ConfirmController {
            subject: SUBJECT,
            nonce,
            deadline: DEADLINE,
        };
        let call = confirmControllerCall { subject: SUBJECT };
        let act = signed(&setup.patient, &setup.domain, &call, &typed, (nonce, DEADLINE));
        relay(&mut setup.clinic, &act).unwrap();
    }
    let mut bitmap = |owner: Address, word: U256| {
        setup
            .clinic
            .world
            .view(contract, &nonceBitmapCall { owner, wordPos: word })
    };
    let patient = setup.patient.address();
    // 0 registered the subject.
    assert_eq!(bitmap(patient, U256::ZERO), U256::from(0b11));
    assert_eq!(bitmap(patient, U256::ONE), (U256::ONE << 44) | U256::ONE);
    assert_eq!(bitmap(patient, U256::MAX >> 8), U256::ONE << 255);
    assert_eq!(bitmap(stranger(), U256::ZERO), U256::ZERO);
}

#[test]
fn a_signature_for_another_chain_contract_or_action_is_nobodys() {
    let mut setup = Setup::new();
    let (call, act) = setup.grant(1);
    let signer = setup.patient.address();
    let typed = grant_of(&call, U256::ONE, DEADLINE);
    let chain = Eip712Domain {
        chain_id: Some(U256::from(1)),
        ..setup.domain.clone()
    };
    let contract = Eip712Domain {
        verifying_contract: Some(account(4)),
        ..setup.domain.clone()
    };
    let version = Eip712Domain {
        version: Some("2".into()),
        ..setup.domain.clone()
    };
    for domain in [chain, contract, version] {
        let act = signed(&setup.patient, &domain, &call, &typed, (U256::ONE, DEADLINE));
        assert_eq!(setup.refused::<InvalidSigner>(&act).signer, signer);
    }
    let other = grantConsentCall {
        purposes: Purpose::HMARKT.mask(),
        ..call
    };
    let tampered = [
        actBySigCall {
            call: other.abi_encode().into(),
            ..act.clone()
        },
        actBySigCall {
            nonce: U256::from(9),
            ..act.clone()
        },
        actBySigCall {
            deadline: U256::MAX - U256::ONE,
            ..act.clone()
        },
        actBySigCall {
            r: B256::repeat_byte(1),
            ..act.clone()
        },
        actBySigCall {
            v: U256::from(29),
            ..act.clone()
        },
        actBySigCall {
            v: U256::ZERO,
            ..act.clone()
        },
        actBySigCall {
            call: [&act.call[..], &[0; 32]].concat().into(),
            ..act.clone()
        },
        actBySigCall {
            call: Bytes::copy_from_slice(&act.call[..act.call.len() - 1]),
            ..act.clone()
        },
        actBySigCall {
            signer: stranger(),
            ..act.clone()
        },
    ];
    for act in tampered {
        assert_eq!(setup.refused::<InvalidSigner>(&act).signer, act.signer);
    }
    relay(&mut setup.clinic, &act).unwrap();
}

#[test]
fn a_signature_can_be_sent_up_to_its_deadline() {
    let mut setup = Setup::new();
    let call = setup.clinic.terms();
    let deadline = U256::from(setup.clinic.now() + 10);
    let typed = grant_of(&call, U256::ONE, deadline);
    let act = signed(&setup.patient, &setup.domain, &call, &typed, (U256::ONE, deadline));
    setup.clinic.world.session.advance_time(11);
    assert_eq!(setup.refused::<SignatureExpired>(&act).signatureDeadline, deadline);
    let typed = grant_of(&call, U256::ONE, deadline + U256::ONE);
    let act = signed(
        &setup.patient,
        &setup.domain,
        &call,
        &typed,
        (U256::ONE, deadline + U256::ONE),
    );
    relay(&mut setup.clinic, &act).unwrap();
}

#[test]
fn the_higher_s_is_refused() {
    let mut setup = Setup::new();
    let (_, act) = setup.grant(1);
    let order = U256::from_str_radix(ORDER, 16).unwrap();
    let s = B256::from(order - U256::from_be_bytes(act.s.0));
    let v = U256::from(55) - act.v;
    let high = actBySigCall { s, v, ..act.clone() };
    assert_eq!(setup.refused::<ECDSAInvalidSignatureS>(&high).s, s);
    relay(&mut setup.clinic, &act).unwrap();
}

#[test]
fn a_garbled_registration_registers_nobody() {
    let (mut clinic, patient) = (Clinic::without_subject(), Wallet::new(7));
    let act = registration(&patient, &domain(account(4)), U256::ZERO);
    refusal::<InvalidSigner>(relay(&mut clinic, &act));
    let act = actBySigCall {
        signer: Address::ZERO,
        v: U256::from(99),
        ..act
    };
    let result = relay(&mut clinic, &act);
    let contract = clinic.contract;
    let controller = clinic.world.view(contract, &controllerOfCall { subject: SUBJECT });
    assert_eq!(controller, Address::ZERO);
    assert!(result.is_err(), "nobody signs as the zero address");
}

#[test]
fn what_only_reads_and_what_is_no_message_cannot_be_signed() {
    let mut setup = Setup::new();
    let (_, act) = setup.grant(1);
    let view = controllerOfCall { subject: SUBJECT }.abi_encode();
    for call in [&view[..], &act.abi_encode(), &[1, 2, 3, 4], &[1, 2], &[]] {
        let mut selector = [0; 4];
        if let Some(found) = call.first_chunk() {
            selector = *found;
        }
        let act = actBySigCall {
            call: Bytes::copy_from_slice(call),
            ..act.clone()
        };
        assert_eq!(setup.refused::<NotSignable>(&act).selector, FixedBytes(selector));
    }
}

#[test]
fn a_refusal_of_what_was_signed_uses_no_nonce() {
    let mut setup = Setup::new();
    let (mut call, _) = setup.grant(1);
    call.commitment = B256::ZERO;
    let typed = grant_of(&call, U256::ONE, DEADLINE);
    let act = signed(&setup.patient, &setup.domain, &call, &typed, (U256::ONE, DEADLINE));
    setup.refused::<InvalidCommitment>(&act);
    let (_, act) = setup.grant(1);
    relay(&mut setup.clinic, &act).unwrap();
}

#[test]
fn a_patient_cancels_what_was_signed() {
    let mut setup = Setup::new();
    let contract = setup.clinic.contract;
    let (_, act) = setup.grant(1);
    // Sent by whoever has coins, it is about their own nonces.
    let mask = U256::from(0b110);
    let cancel = invalidateUnorderedNoncesCall {
        wordPos: U256::ZERO,
        mask,
    };
    let done = setup.clinic.world.send(stranger(), contract, &cancel).unwrap();
    let owner = stranger();
    assert_eq!(
        events::<UnorderedNonceInvalidation>(contract, &done.logs),
        [UnorderedNonceInvalidation {
            owner,
            word: U256::ZERO,
            mask
        }]
    );
    let typed = signed::InvalidateUnorderedNonces {
        wordPos: U256::ZERO,
        mask,
        nonce: U256::from(3),
        deadline: DEADLINE,
    };
    let signed_cancel = signed(
        &setup.patient,
        &setup.domain,
        &cancel,
        &typed,
        (U256::from(3), DEADLINE),
    );
    relay(&mut setup.clinic, &signed_cancel).unwrap();
    setup.refused::<InvalidNonce>(&act);
    let bitmap = nonceBitmapCall {
        owner: setup.patient.address(),
        wordPos: U256::ZERO,
    };
    assert_eq!(setup.clinic.world.view(contract, &bitmap), U256::from(0b1111));
}

#[test]
fn a_wallet_of_polkadot_signs_as_well() {
    let (mut clinic, patient) = (Clinic::without_subject(), PolkadotWallet::new(9));
    let domain = domain(clinic.contract);
    let call = registerSubjectCall { subject: SUBJECT };
    let typed = signed::RegisterSubject {
        subject: SUBJECT,
        nonce: U256::ZERO,
        deadline: DEADLINE,
    };
    let act = patient.signed(&domain, &call, &typed, (U256::ZERO, DEADLINE));
    let forged = actBySigCall {
        signer: stranger(),
        ..act.clone()
    };
    assert_eq!(
        refusal::<InvalidSigner>(relay(&mut clinic, &forged)).recovered,
        patient.address()
    );
    let altered = actBySigCall {
        r: B256::repeat_byte(3),
        ..act.clone()
    };
    assert_eq!(
        refusal::<InvalidSigner>(relay(&mut clinic, &altered)).recovered,
        Address::ZERO
    );
    relay(&mut clinic, &act).unwrap();
    let contract = clinic.contract;
    let controller = clinic.world.view(contract, &controllerOfCall { subject: SUBJECT });
    assert_eq!(controller, patient.address());
    refusal::<InvalidNonce>(relay(&mut clinic, &act));
}

#[test]
fn every_action_can_be_signed() {
    let mut setup = Setup::new();
    let (heir, guardian) = (Wallet::new(8), account(4));
    let Setup {
        clinic,
        domain,
        patient,
    } = &mut setup;
    let now = clinic.now();
    let mut nonce = U256::from(100);
    macro_rules! act {
        ($wallet:expr, $Call:ident, $Typed:ident { $($field:ident: $value:expr),* $(,)? }) => {{
            nonce += U256::ONE;
            let call = $Call { $($field: $value),* };
            let typed = signed::$Typed { $($field: $value,)* nonce, deadline: DEADLINE };
            let act = signed($wallet, domain, &call, &typed, (nonce, DEADLINE));
            relay(clinic, &act).unwrap_or_else(|error| panic!("{}: {error}", stringify!($Typed)))
        }};
    }
    act!(
        patient,
        setDelegateCall,
        SetDelegate {
            subject: SUBJECT,
            delegate: guardian,
            powers: 3,
            purposes: u64::MAX,
            validUntil: u64::MAX
        }
    );
    act!(
        patient,
        setSuccessorCall,
        SetSuccessor {
            subject: SUBJECT,
            successor: heir.address(),
            silence: 10,
            grace: 10
        }
    );
    let hash = B256::repeat_byte(1);
    let done = act!(
        patient,
        grantConsentCall,
        GrantConsent {
            subject: SUBJECT,
            grantee: doctor(),
            commitment: hash,
            validFrom: now,
            validUntil: u64::MAX,
            purposes: 0,
            classes: 0
        }
    );
    let first = events::<ConsentGranted>(clinic.contract, &done.logs)[0].consentId;
    let done = act!(
        patient,
        supersedeConsentCall,
        SupersedeConsent {
            consentId: first,
            commitment: hash,
            validFrom: now,
            validUntil: u64::MAX,
            purposes: 0,
            classes: 0
        }
    );
    let second = events::<ConsentGranted>(clinic.contract, &done.logs)[0].consentId;
    act!(patient, revokeConsentCall, RevokeConsent { consentId: second });
    act!(patient, markEnteredInErrorCall, MarkEnteredInError { consentId: first });
    act!(
        patient,
        transferControllerCall,
        TransferController {
            subject: SUBJECT,
            newController: doctor()
        }
    );
    act!(patient, confirmControllerCall, ConfirmController { subject: SUBJECT });
    clinic.world.session.advance_time(10);
    act!(&heir, claimControllerCall, ClaimController { subject: SUBJECT });
    clinic.world.session.advance_time(10);
    act!(&heir, acceptControllerCall, AcceptController { subject: SUBJECT });
    let contract = clinic.contract;
    let controller = clinic.world.view(contract, &controllerOfCall { subject: SUBJECT });
    assert_eq!(controller, heir.address());
    assert_eq!(clinic.status(first), status::ENTERED_IN_ERROR);
}

#[test]
fn the_domain_is_told() {
    let Clinic {
        mut world, contract, ..
    } = Clinic::without_subject();
    assert_eq!(
        world.view(contract, &DOMAIN_SEPARATORCall {}),
        domain(contract).separator()
    );
    let told = world.view(contract, &eip712DomainCall {});
    assert_eq!(
        (told.fields, told.name.as_str(), told.version.as_str()),
        (FixedBytes([15]), "Salus Consent", "1")
    );
    assert_eq!(told.verifyingContract, contract);
}
