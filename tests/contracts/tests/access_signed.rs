//! What patients and their delegates do about access without coins: they sign, and somebody else sends. And what an emergency key
//! signs, so that the glass can be broken at once.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolCall, SolStruct},
};
use salus_core::consent::registry::power;
use salus_devchain::{runtime::CHAIN_ID, session::CallError};
use salus_tests_contracts::{
    Done,
    access::{IAccess::*, Ward, doctor, patient, request_status, status, stranger},
    consent::{
        IConsent::{self, actBySigCall, actBySigReturn},
        SUBJECT,
    },
    events,
    permits::{Wallet, domain_of},
    refusal,
    signed::{RegisterSubject, domain as consent_domain, signed},
};

sol! {
    #[derive(Debug)]
    struct ApproveRequest { bytes32 requestId; bytes32 consentId; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct RefuseRequest { bytes32 requestId; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct SetVetoWindow { bytes32 subject; uint64 vetoWindow; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct SetEmergencyKey { bytes32 subject; address emergencyKey; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct Veto { bytes32 accessId; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct InvalidateUnorderedNonces { uint256 wordPos; uint256 mask; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct EmergencyAccess { bytes32 subject; address actor; uint256 nonce; uint256 deadline; }
}

const DEADLINE: U256 = U256::MAX;
/// The subject of a patient without coins.
const OWN: B256 = B256::repeat_byte(0x0a);

/// A ward, and a patient without coins.
struct Setup {
    ward: Ward,
    domain: Eip712Domain,
    wallet: Wallet,
    next_nonce: U256,
}

impl Setup {
    fn new() -> Self {
        let (mut ward, wallet) = (Ward::new(), Wallet::new(7));
        let domain = domain(ward.contract);
        let register = IConsent::registerSubjectCall { subject: OWN };
        let typed = RegisterSubject {
            subject: OWN,
            nonce: U256::ZERO,
            deadline: DEADLINE,
        };
        let of_consent = consent_domain(ward.consent);
        let act = signed(&wallet, &of_consent, &register, &typed, (U256::ZERO, DEADLINE));
        ward.world
            .send(stranger(), ward.consent, &act)
            .expect("the action is relayed");
        Self {
            ward,
            domain,
            wallet,
            next_nonce: U256::ZERO,
        }
    }

    /// Signs what `typed` makes of a nonce and a deadline that were not used.
    fn sign<T: SolStruct>(&mut self, call: &impl SolCall, typed: impl FnOnce(U256, U256) -> T) -> actBySigCall {
        let nonce = self.next_nonce;
        self.next_nonce += U256::ONE;
        signed(
            &self.wallet,
            &self.domain,
            call,
            &typed(nonce, DEADLINE),
            (nonce, DEADLINE),
        )
    }

    /// Has somebody send what the patient signed.
    fn relay(&mut self, act: &actBySigCall) -> Result<Done<actBySigReturn>, CallError> {
        self.ward.send(stranger(), act)
    }

    fn veto_window(&mut self, seconds: u64) -> actBySigCall {
        let call = setVetoWindowCall {
            subject: OWN,
            vetoWindow: seconds,
        };
        self.sign(&call, |nonce, deadline| SetVetoWindow {
            subject: OWN,
            vetoWindow: seconds,
            nonce,
            deadline,
        })
    }

    fn window(&mut self) -> u64 {
        self.ward.view(&safeguardsOfCall { subject: OWN }).vetoWindow
    }

    fn broken(&mut self) -> B256 {
        let call = breakGlassCall {
            subject: OWN,
            ..self.ward.emergency()
        };
        self.ward.send(doctor(), &call).expect("access is asked for").value
    }
}

fn domain(contract: Address) -> Eip712Domain {
    domain_of("Salus Access", contract)
}

#[test]
fn the_domain_is_the_one_that_wallets_are_shown() {
    let mut setup = Setup::new();
    let separator = setup.ward.view(&DOMAIN_SEPARATORCall {});
    assert_eq!(separator, setup.domain.separator());
    let found = setup.ward.view(&eip712DomainCall {});
    assert_eq!((found.name.as_str(), found.version.as_str()), ("Salus Access", "1"));
    assert_eq!(found.verifyingContract, setup.ward.contract);
}

#[test]
fn a_patient_without_coins_arranges_safeguards_and_vetoes() {
    let mut setup = Setup::new();
    let signer = setup.wallet.address();
    let act = setup.veto_window(60);
    let done = setup.relay(&act).unwrap();
    let expected = VetoWindowSet {
        subject: OWN,
        actor: signer,
        vetoWindow: 60,
    };
    assert_eq!(events::<VetoWindowSet>(setup.ward.contract, &done.logs), [expected]);

    let call = setEmergencyKeyCall {
        subject: OWN,
        emergencyKey: patient(),
    };
    let act = setup.sign(&call, |nonce, deadline| SetEmergencyKey {
        subject: OWN,
        emergencyKey: patient(),
        nonce,
        deadline,
    });
    setup.relay(&act).unwrap();
    let found = setup.ward.view(&safeguardsOfCall { subject: OWN });
    assert_eq!((found.vetoWindow, found.emergencyKey), (60, patient()));

    let id = setup.broken();
    let act = setup.sign(&vetoCall { accessId: id }, |nonce, deadline| Veto {
        accessId: id,
        nonce,
        deadline,
    });
    let done = setup.relay(&act).unwrap();
    let [vetoed] = &events::<AccessVetoed>(setup.ward.contract, &done.logs)[..] else {
        panic!("it is announced once");
    };
    assert_eq!((vetoed.vetoedBy, vetoed.actor), (signer, doctor()));
    assert_eq!(setup.ward.access(id).status, status::VETOED);
}

#[test]
fn a_patient_without_coins_answers_requests() {
    let mut setup = Setup::new();
    let ask = requestAccessCall {
        subject: OWN,
        commitment: B256::repeat_byte(1),
        until: u64::MAX,
    };
    let id = setup.ward.send(doctor(), &ask).unwrap().value;
    let none = B256::repeat_byte(9);
    let call = approveRequestCall {
        requestId: id,
        consentId: none,
    };
    let act = setup.sign(&call, |nonce, deadline| ApproveRequest {
        requestId: id,
        consentId: none,
        nonce,
        deadline,
    });
    let error = refusal::<UnsuitableConsent>(setup.relay(&act));
    assert_eq!(error.consentId, none, "it was the signer, and there is no such consent");
    let act = setup.sign(&refuseRequestCall { requestId: id }, |nonce, deadline| RefuseRequest {
        requestId: id,
        nonce,
        deadline,
    });
    let done = setup.relay(&act).unwrap();
    let [refused] = &events::<RequestRefused>(setup.ward.contract, &done.logs)[..] else {
        panic!("it is announced once");
    };
    assert_eq!(refused.actor, setup.wallet.address());
    let found = setup.ward.view(&requestOfCall { requestId: id });
    assert_eq!(found.status, request_status::REFUSED);
}

#[test]
fn a_signature_counts_once_in_time_and_here() {
    let mut setup = Setup::new();
    let act = setup.veto_window(60);
    setup.relay(&act).unwrap();
    let error = refusal::<InvalidNonce>(setup.relay(&act));
    assert_eq!((error.signer, error.nonce), (setup.wallet.address(), U256::ZERO));

    let past = U256::from(setup.ward.now() - 1);
    let call = setVetoWindowCall {
        subject: OWN,
        vetoWindow: 30,
    };
    let typed = |nonce, deadline| SetVetoWindow {
        subject: OWN,
        vetoWindow: 30,
        nonce,
        deadline,
    };
    let nonce = U256::from(9);
    let late = signed(&setup.wallet, &setup.domain, &call, &typed(nonce, past), (nonce, past));
    assert_eq!(refusal::<SignatureExpired>(setup.relay(&late)).signatureDeadline, past);

    let of_consent = consent_domain(setup.ward.consent);
    let elsewhere = Eip712Domain {
        chain_id: Some(U256::from(CHAIN_ID + 1)),
        ..setup.domain.clone()
    };
    for other in [of_consent, elsewhere] {
        let act = signed(&setup.wallet, &other, &call, &typed(nonce, DEADLINE), (nonce, DEADLINE));
        let error = refusal::<InvalidSigner>(setup.relay(&act));
        assert_eq!(error.signer, setup.wallet.address());
    }
    let of_stranger = signed(
        &Wallet::new(8),
        &setup.domain,
        &call,
        &typed(nonce, DEADLINE),
        (nonce, DEADLINE),
    );
    let error = refusal::<NotController>(setup.relay(&of_stranger));
    assert_eq!(error.caller, of_stranger.signer);
    let borrowed = actBySigCall {
        signer: setup.wallet.address(),
        ..of_stranger
    };
    refusal::<InvalidSigner>(setup.relay(&borrowed));
    assert_eq!(setup.window(), 60);
    let good = signed(
        &setup.wallet,
        &setup.domain,
        &call,
        &typed(nonce, DEADLINE),
        (nonce, DEADLINE),
    );
    setup.relay(&good).unwrap();
    assert_eq!(setup.window(), 30);
}

#[test]
fn what_is_not_a_patients_is_not_signed() {
    let mut setup = Setup::new();
    let call = setup.ward.emergency();
    let act = setup.sign(&call, |nonce, deadline| Veto {
        accessId: B256::ZERO,
        nonce,
        deadline,
    });
    let error = refusal::<NotSignable>(setup.relay(&act));
    assert_eq!(error.selector.0, breakGlassCall::SELECTOR);
}

#[test]
fn a_nonce_that_was_cancelled_is_of_no_use() {
    let mut setup = Setup::new();
    let act = setup.veto_window(60);
    let cancel = invalidateUnorderedNoncesCall {
        wordPos: U256::ZERO,
        mask: U256::ONE,
    };
    let act_of_cancel = setup.sign(&cancel, |nonce, deadline| InvalidateUnorderedNonces {
        wordPos: U256::ZERO,
        mask: U256::ONE,
        nonce,
        deadline,
    });
    let done = setup.relay(&act_of_cancel).unwrap();
    let expected = UnorderedNonceInvalidation {
        owner: setup.wallet.address(),
        word: U256::ZERO,
        mask: U256::ONE,
    };
    assert_eq!(
        events::<UnorderedNonceInvalidation>(setup.ward.contract, &done.logs),
        [expected]
    );
    refusal::<InvalidNonce>(setup.relay(&act));
    let asked = nonceBitmapCall {
        owner: setup.wallet.address(),
        wordPos: U256::ZERO,
    };
    assert_eq!(setup.ward.view(&asked), U256::from(3), "and that of the cancellation");
}

#[test]
fn a_delegate_does_what_the_delegation_says_and_no_more() {
    let mut ward = Ward::new();
    ward.with_veto_window(60);
    let id = ward.broken();
    let delegate = |powers| IConsent::setDelegateCall {
        subject: SUBJECT,
        delegate: stranger(),
        powers,
        purposes: u64::MAX,
        validUntil: u64::MAX,
    };
    ward.world
        .send(patient(), ward.consent, &delegate(power::KNOWN & !power::VETO))
        .unwrap();
    let error = refusal::<MayNotAct>(ward.send(stranger(), &vetoCall { accessId: id }));
    assert_eq!((error.subject, error.caller), (SUBJECT, stranger()));
    let ask = requestAccessCall {
        subject: SUBJECT,
        commitment: B256::repeat_byte(1),
        until: u64::MAX,
    };
    let request = ward.send(doctor(), &ask).unwrap().value;
    let refuse = refuseRequestCall { requestId: request };
    ward.world
        .send(patient(), ward.consent, &delegate(power::VETO))
        .unwrap();
    refusal::<MayNotAct>(ward.send(stranger(), &refuse));
    let window = setVetoWindowCall {
        subject: SUBJECT,
        vetoWindow: 0,
    };
    refusal::<NotController>(ward.send(stranger(), &window));
    let done = ward.send(stranger(), &vetoCall { accessId: id }).unwrap();
    let [vetoed] = &events::<AccessVetoed>(ward.contract, &done.logs)[..] else {
        panic!("it is announced once");
    };
    assert_eq!(vetoed.vetoedBy, stranger());
    ward.world
        .send(patient(), ward.consent, &delegate(power::ANSWER))
        .unwrap();
    ward.send(stranger(), &refuse).unwrap();
}

/// A ward whose patient waits for a veto, and has an emergency key, which nobody sends transactions with.
fn with_key() -> (Ward, Wallet) {
    let (mut ward, key) = (Ward::new(), Wallet::new(9));
    ward.with_veto_window(600);
    let set = setEmergencyKeyCall {
        subject: SUBJECT,
        emergencyKey: key.address(),
    };
    let done = ward.send(patient(), &set).expect("it is set");
    let expected = EmergencyKeySet {
        subject: SUBJECT,
        actor: patient(),
        emergencyKey: key.address(),
    };
    assert_eq!(events::<EmergencyKeySet>(ward.contract, &done.logs), [expected]);
    (ward, key)
}

/// The doctor's emergency with what `key` signed for `actor`.
fn opened_by(ward: &Ward, key: &Wallet, actor: Address, (nonce, deadline): (u64, U256)) -> breakGlassWithKeyCall {
    let call = ward.emergency();
    let nonce = U256::from(nonce);
    let typed = EmergencyAccess {
        subject: call.subject,
        actor,
        nonce,
        deadline,
    };
    let (v, r, s) = key.sign_digest(&typed.eip712_signing_hash(&domain(ward.contract)));
    breakGlassWithKeyCall {
        subject: call.subject,
        role: call.role,
        purpose: call.purpose,
        reviewer: call.reviewer,
        evidence: call.evidence,
        duration: call.duration,
        nonce,
        deadline,
        v: U256::from(v),
        r,
        s,
    }
}

#[test]
fn the_emergency_key_opens_at_once() {
    let (mut ward, key) = with_key();
    let call = opened_by(&ward, &key, doctor(), (5, DEADLINE));
    let done = ward.send(doctor(), &call).unwrap();
    let [broken] = &events::<GlassBroken>(ward.contract, &done.logs)[..] else {
        panic!("it is announced once");
    };
    assert_eq!((broken.vetoWindow, broken.opensAt), (0, ward.now()));
    assert!(broken.isAuthorized);
    assert!(ward.doctor_sees());
    assert_eq!(ward.unreviewed(), [done.value]);
    ward.send(doctor(), &endAccessCall { accessId: done.value }).unwrap();
    let error = refusal::<InvalidNonce>(ward.send(doctor(), &call));
    assert_eq!((error.signer, error.nonce), (key.address(), U256::from(5)));
}

#[test]
fn what_the_emergency_key_signed_is_for_one_actor_one_subject_and_in_time() {
    let (mut ward, key) = with_key();
    let for_another = opened_by(&ward, &key, stranger(), (1, DEADLINE));
    let error = refusal::<InvalidSigner>(ward.send(doctor(), &for_another));
    assert_eq!(error.signer, key.address());
    let by_another = opened_by(&ward, &Wallet::new(3), doctor(), (1, DEADLINE));
    let error = refusal::<InvalidSigner>(ward.send(doctor(), &by_another));
    assert_eq!(error.recovered, Wallet::new(3).address());
    let past = U256::from(ward.now() - 1);
    let late = opened_by(&ward, &key, doctor(), (1, past));
    assert_eq!(
        refusal::<SignatureExpired>(ward.send(doctor(), &late)).signatureDeadline,
        past
    );
    let good = opened_by(&ward, &key, doctor(), (1, DEADLINE));
    let unlicensed = breakGlassWithKeyCall {
        reviewer: stranger(),
        ..good.clone()
    };
    let error = refusal::<MissingCredential>(ward.send(doctor(), &unlicensed));
    assert_eq!(error.account, stranger(), "all else is as without a key");
    assert!(!ward.doctor_sees());
    ward.send(doctor(), &good).unwrap();
}

#[test]
fn without_an_emergency_key_no_signature_opens_anything() {
    let mut ward = Ward::new();
    let key = Wallet::new(9);
    let call = opened_by(&ward, &key, doctor(), (1, DEADLINE));
    let nobodys = breakGlassWithKeyCall {
        v: U256::ZERO,
        ..call.clone()
    };
    for call in [call, nobodys] {
        let error = refusal::<NoEmergencyKey>(ward.send(doctor(), &call));
        assert_eq!(error.subject, SUBJECT);
    }
    assert!(!ward.doctor_sees());
}
