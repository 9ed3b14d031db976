//! What the escrow refuses: bookings that make no sense, terms that nobody could rely on, steps by the wrong caller, in the wrong
//! status, at the wrong time. Whatever is refused changes nothing.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall, SolError},
};
use salus_core::codes::Role;
use salus_tests_contracts::{
    account,
    consent::{IConsent, SUBJECT},
    credentials::{ICredentials, board},
    erc20::IERC20,
    h160,
    records::IRecords,
    refusal,
    telehealth::{
        CLAIM_WINDOW, DAY, FEE, GRACE, HOUR, NATIVE, OBJECTION_WINDOW, SERVICE, Setup, Telehealth::*, complete,
        contest, no_show, status, terms,
    },
};

const STRANGER: usize = 0;

/// Sends a message that has to be refused, and answers why; the visit is as it was.
fn refused<E: SolError>(setup: &mut Setup, id: B256, from: Address, call: &impl SolCall) -> E {
    let before = setup.world.view(setup.escrow, &visitCall { visitId: id });
    let totals = setup.totals();
    let result = setup.send(from, call).map(|_| ());
    let error = refusal::<E>(result);
    assert_eq!(setup.world.view(setup.escrow, &visitCall { visitId: id }), before);
    assert_eq!(setup.totals(), totals);
    error
}

fn book(setup: &mut Setup, change: impl FnOnce(&mut Booking)) -> Result<B256, salus_devchain::session::CallError> {
    let mut booking = setup.booking();
    change(&mut booking);
    let (patient, call) = (setup.patient, requestVisitCall { booking });
    setup.send(patient, &call).map(|done| done.value)
}

#[test]
fn bookings_that_nobody_could_keep_are_refused_with_what_is_wrong() {
    let mut setup = Setup::new();
    let (patient, provider, start, end) = (setup.patient, setup.provider, setup.start(), setup.end());
    let now = setup.world.session.timestamp();
    for wrong in [Address::ZERO, patient] {
        let error = refusal::<InvalidProvider>(book(&mut setup, |booking| booking.provider = wrong));
        assert_eq!(error.provider, wrong);
    }
    for wrong in [Address::ZERO, patient, provider, account(STRANGER)] {
        let error = refusal::<InvalidArbiter>(book(&mut setup, |booking| booking.arbiter = wrong));
        assert_eq!(error.arbiter, wrong);
    }
    refusal::<ZeroFee>(book(&mut setup, |booking| booking.fee = U256::ZERO));
    for wrong in [now, now - 1, now + 2 * 365 * DAY + 1, u64::MAX] {
        let error = refusal::<InvalidStartTime>(book(&mut setup, |booking| booking.startTime = wrong));
        assert_eq!(error.startTime, wrong);
    }
    for wrong in [start, 0, start + 7 * DAY + 1, u64::MAX] {
        let error = refusal::<InvalidEndTime>(book(&mut setup, |booking| booking.endTime = wrong));
        assert_eq!(error.endTime, wrong);
    }
    for wrong in [now, start + 1, end] {
        let error = refusal::<InvalidConfirmBy>(book(&mut setup, |booking| booking.confirmBy = wrong));
        assert_eq!(error.confirmBy, wrong);
    }
    let error = refusal::<UnknownRole>(book(&mut setup, |booking| booking.conditions.role = 60));
    assert_eq!(error.role, 60);
}

#[test]
fn a_price_or_terms_that_have_changed_meanwhile_are_refused() {
    let mut setup = Setup::new();
    let provider = setup.provider;
    let error = refusal::<WrongFee>(book(&mut setup, |booking| booking.fee = FEE - U256::ONE));
    assert_eq!(error.fee, FEE);
    let error = refusal::<WrongFee>(book(&mut setup, |booking| booking.service = B256::ZERO));
    assert_eq!(error.fee, U256::ZERO, "not offered");
    let error = refusal::<TermsChanged>(book(&mut setup, |booking| booking.termsVersion = 2));
    assert_eq!(error.version, 1);
    setup.send(provider, &terms()).unwrap();
    let error = refusal::<TermsChanged>(book(&mut setup, |_| {}));
    assert_eq!(error.version, 2);
    let withdrawn = setFeeCall {
        service: SERVICE,
        token: setup.token,
        fee: U256::ZERO,
    };
    setup.send(provider, &withdrawn).unwrap();
    let error = refusal::<WrongFee>(book(&mut setup, |booking| booking.termsVersion = 2));
    assert_eq!(error.fee, U256::ZERO);
    let nobodys = |booking: &mut Booking| (booking.provider, booking.termsVersion) = (account(STRANGER), 0);
    assert_eq!(refusal::<TermsChanged>(book(&mut setup, nobodys)).version, 0);
}

#[test]
fn the_same_booking_twice_is_refused() {
    let mut setup = Setup::new();
    let booking = setup.booking();
    let id = setup.booked(booking.clone());
    let again = requestVisitCall { booking };
    let patient = setup.patient;
    let error = refused::<VisitExists>(&mut setup, id, patient, &again);
    assert_eq!(error.visitId, id);
    // Also when it is over.
    setup.send(patient, &cancelCall { visitId: id }).unwrap();
    refused::<VisitExists>(&mut setup, id, patient, &again);
}

#[test]
fn terms_that_nobody_could_rely_on_are_refused() {
    let mut setup = Setup::new();
    let provider = setup.provider;
    let mut set = |change: fn(&mut setTermsCall)| {
        let mut call = terms();
        change(&mut call);
        setup.send(provider, &call).map(|_| ())
    };
    let error = refusal::<InvalidSchedule>(set(|terms| terms.notices = vec![5]));
    assert_eq!((error.notices, error.refunds), (1, 2));
    refusal::<InvalidSchedule>(set(|terms| {
        (terms.notices, terms.refunds) = (vec![5, 4, 3, 2, 1], vec![5, 4, 3, 2, 1]);
    }));
    assert_eq!(
        refusal::<InvalidRefundStep>(set(|terms| terms.notices[1] = 86_400)).step,
        1
    );
    assert_eq!(
        refusal::<InvalidRefundStep>(set(|terms| terms.refunds[0] = 10_001)).step,
        0
    );
    assert_eq!(
        refusal::<ShareTooLarge>(set(|terms| terms.noShowShare = 10_001)).share,
        10_001
    );
    assert_eq!(
        refusal::<ShareTooLarge>(set(|terms| terms.defaultShare = 10_001)).share,
        10_001
    );
    let error = refusal::<InvalidPeriod>(set(|terms| terms.objectionWindow = 3_599));
    assert_eq!(
        (error.seconds, error.shortest, error.longest),
        (3_599, 3_600, 2_592_000)
    );
    refusal::<InvalidPeriod>(set(|terms| terms.grace = 14_401));
    refusal::<InvalidPeriod>(set(|terms| terms.claimWindow = 0));
    refusal::<InvalidPeriod>(set(|terms| terms.decisionWindow = u32::MAX));
    let version = termsVersionCall { provider };
    assert_eq!(setup.world.view(setup.escrow, &version), 1);
}

#[test]
fn each_step_is_for_its_own_caller() {
    let mut setup = Setup::new();
    let (patient, provider, arbiter, stranger) = (setup.patient, setup.provider, setup.arbiter, account(STRANGER));
    let id = setup.requested();
    for other in [provider, arbiter, stranger] {
        refused::<NotPatient>(&mut setup, id, other, &fundCall { visitId: id });
    }
    let id = setup.funded();
    for other in [patient, arbiter, stranger] {
        refused::<NotProvider>(&mut setup, id, other, &confirmCall { visitId: id });
        refused::<NotProvider>(&mut setup, id, other, &declineCall { visitId: id });
    }
    refused::<NotPatient>(&mut setup, id, provider, &cancelCall { visitId: id });
    setup.send(provider, &confirmCall { visitId: id }).unwrap();
    for other in [arbiter, stranger] {
        refused::<NotParty>(&mut setup, id, other, &cancelCall { visitId: id });
        refused::<NotParty>(&mut setup, id, other, &startCall { visitId: id });
        refused::<NotParty>(&mut setup, id, other, &no_show(id));
    }
    setup.begin(id);
    setup.until(setup.start() + GRACE);
    let error = refused::<SaidItBegan>(&mut setup, id, provider, &no_show(id));
    assert_eq!(error.caller, provider);
    refused::<NotParty>(&mut setup, id, stranger, &complete(id));
    setup.send(provider, &complete(id)).unwrap();
    for other in [provider, arbiter, stranger] {
        refused::<NotOtherSide>(&mut setup, id, other, &acceptCall { visitId: id });
        refused::<NotOtherSide>(&mut setup, id, other, &contest(id));
    }
    setup.send(patient, &contest(id)).unwrap();
    let decide = decideCall {
        visitId: id,
        providerShare: 0,
        reasons: B256::ZERO,
    };
    for other in [patient, provider, stranger] {
        refused::<NotArbiter>(&mut setup, id, other, &decide);
    }
    for other in [arbiter, stranger] {
        let evidence = submitEvidenceCall {
            visitId: id,
            evidence: B256::ZERO,
        };
        refused::<NotParty>(&mut setup, id, other, &evidence);
    }
    let too_much = decideCall {
        providerShare: 10_001,
        ..decide
    };
    refused::<ShareTooLarge>(&mut setup, id, arbiter, &too_much);
}

#[test]
fn each_step_has_its_time() {
    let mut setup = Setup::new();
    let (patient, provider, stranger) = (setup.patient, setup.provider, account(STRANGER));
    let (start, end) = (setup.start(), setup.end());
    let id = setup.funded();
    let late = setup.funded();
    setup.send(provider, &confirmCall { visitId: id }).unwrap();
    setup.until(setup.confirm_by() - 1);
    refused::<TooEarly>(&mut setup, late, stranger, &settleCall { visitId: late });
    setup.until(setup.confirm_by());
    let error = refused::<TooLate>(&mut setup, late, provider, &confirmCall { visitId: late });
    assert_eq!(
        (error.deadline, error.currentTime),
        (setup.confirm_by(), setup.confirm_by())
    );

    setup.until(start - 1);
    let error = refused::<TooEarly>(&mut setup, id, provider, &startCall { visitId: id });
    assert_eq!((error.earliest, error.currentTime), (start, start - 1));
    refused::<TooEarly>(&mut setup, id, patient, &complete(id));
    setup.until(start);
    refused::<TooLate>(&mut setup, id, patient, &cancelCall { visitId: id });
    setup.until(start + GRACE - 1);
    refused::<TooEarly>(&mut setup, id, patient, &no_show(id));
    setup.send(provider, &startCall { visitId: id }).unwrap();
    let claim_by = end + CLAIM_WINDOW;
    setup.until(claim_by - 1);
    refused::<TooEarly>(&mut setup, id, stranger, &settleCall { visitId: id });
    setup.send(provider, &complete(id)).unwrap();
    setup.until(claim_by - 1 + OBJECTION_WINDOW);
    refused::<TooLate>(&mut setup, id, patient, &contest(id));
}

#[test]
fn nothing_happens_to_a_visit_that_is_over_or_is_none() {
    let mut setup = Setup::new();
    let id = setup.claimed();
    setup.send(setup.patient, &acceptCall { visitId: id }).unwrap();
    let everybody = [setup.patient, setup.provider, setup.arbiter, account(STRANGER)];
    for by in everybody {
        let wrong = |error: WrongStatus| assert_eq!(error.status, status::COMPLETED);
        wrong(refused(&mut setup, id, by, &cancelCall { visitId: id }));
        wrong(refused(&mut setup, id, by, &complete(id)));
        wrong(refused(&mut setup, id, by, &contest(id)));
        wrong(refused(&mut setup, id, by, &settleCall { visitId: id }));
        let unknown = settleCall {
            visitId: B256::repeat_byte(3),
        };
        refused::<UnknownVisit>(&mut setup, id, by, &unknown);
    }
    let view = setup.world.try_view(setup.escrow, &visitCall { visitId: B256::ZERO });
    refusal::<UnknownVisit>(view);
}

#[test]
fn a_provider_who_does_not_meet_the_conditions_is_not_paid() {
    let mut setup = Setup::new();
    let (patient, provider, record) = (setup.patient, setup.provider, B256::repeat_byte(0xaa));
    let mut booking = setup.booking();
    booking.conditions = Conditions {
        role: Role::PHYS.bit(),
        record: true,
        subject: SUBJECT,
    };
    let id = setup.booked(booking);
    setup.send(provider, &confirmCall { visitId: id }).unwrap();
    let anchor = |setup: &mut Setup, by, record_id| {
        let call = IRecords::anchorCall {
            recordId: record_id,
            commitment: record_id,
        };
        setup.world.send(by, setup.records, &call).unwrap();
    };
    anchor(&mut setup, provider, B256::repeat_byte(0xab));
    let licence = ICredentials::issueCredentialCall {
        holder: provider,
        role: Role::PHYS.bit(),
        jurisdiction: B256::repeat_byte(1),
        licenceHash: B256::repeat_byte(2),
        validFrom: 0,
        validUntil: u64::MAX,
    };
    setup.begin(id);
    setup.world.session.advance_time(60);
    let done = completeCall {
        visitId: id,
        recordId: record,
    };
    let error = refused::<NoCredential>(&mut setup, id, provider, &done);
    assert_eq!(error.role, Role::PHYS.bit());
    // Licensed now, and not when it began.
    setup.world.send(board(), setup.credentials, &licence).unwrap();
    refused::<NoCredential>(&mut setup, id, provider, &done);

    // Another visit, which begins when the licence is there.
    let mut booking = setup.booking();
    let now = setup.world.session.timestamp();
    (booking.startTime, booking.endTime, booking.confirmBy) = (now + HOUR, now + 2 * HOUR, now + HOUR);
    booking.conditions = Conditions {
        role: Role::PHYS.bit(),
        record: true,
        subject: SUBJECT,
    };
    let id = setup.booked(booking);
    setup.send(provider, &confirmCall { visitId: id }).unwrap();
    setup.until(now + HOUR);
    setup.send(provider, &startCall { visitId: id }).unwrap();
    let done = |record_id| completeCall {
        visitId: id,
        recordId: record_id,
    };
    refused::<NoRecord>(&mut setup, id, provider, &done(record));
    refused::<NoRecord>(&mut setup, id, provider, &done(B256::repeat_byte(0xab)));
    anchor(&mut setup, patient, B256::repeat_byte(0xac));
    refused::<NoRecord>(&mut setup, id, provider, &done(B256::repeat_byte(0xac)));
    anchor(&mut setup, provider, record);
    let error = refused::<NoConsent>(&mut setup, id, provider, &done(record));
    assert_eq!(error.subject, SUBJECT);
    let consent = setup.consent;
    let register = IConsent::registerSubjectCall { subject: SUBJECT };
    setup.world.send(patient, consent, &register).unwrap();
    let grant = IConsent::grantConsentCall {
        subject: SUBJECT,
        grantee: provider,
        commitment: B256::repeat_byte(0xcc),
        validFrom: 0,
        validUntil: u64::MAX,
        purposes: 0,
        classes: 0,
    };
    let granted = setup.world.send(patient, consent, &grant).unwrap().value;
    let before = setup.world.session.snapshot();
    setup.send(provider, &done(record)).unwrap();
    assert_eq!(setup.status(id), status::CLAIMED);
    // Revoked, it is none.
    setup.world.session.revert(&before);
    let revoke = IConsent::revokeConsentCall { consentId: granted };
    setup.world.send(patient, consent, &revoke).unwrap();
    refused::<NoConsent>(&mut setup, id, provider, &done(record));
}

#[test]
fn an_arbiter_whose_credential_is_revoked_decides_nothing() {
    let mut setup = Setup::new();
    let id = setup.disputed();
    let role = salus_tests_contracts::telehealth::ARBITER_ROLE.bit();
    let (holder, time) = (setup.arbiter, setup.world.session.timestamp());
    let asked = ICredentials::statusAtCall { holder, role, time };
    let credential = setup.world.view(setup.credentials, &asked).credentialId;
    let revoke = ICredentials::revokeCredentialCall {
        credentialId: credential,
    };
    setup.world.send(board(), setup.credentials, &revoke).unwrap();
    let decide = decideCall {
        visitId: id,
        providerShare: 10_000,
        reasons: B256::ZERO,
    };
    let error = refused::<InvalidArbiter>(&mut setup, id, holder, &decide);
    assert_eq!(error.arbiter, holder);
    let new = book(&mut setup, |booking| {
        (booking.startTime, booking.endTime) = (time + HOUR, time + 2 * HOUR);
        booking.confirmBy = time + HOUR;
    });
    refusal::<InvalidArbiter>(new);
}

#[test]
fn only_the_owner_announces_what_the_platform_keeps_and_within_bounds() {
    let mut setup = Setup::new();
    let (owner, collector) = (account(0), account(3));
    let announce = |fee, collector| announcePlatformFeeCall { fee, collector };
    let error = refusal::<OwnableUnauthorizedAccount>(setup.send(account(1), &announce(1, collector)));
    assert_eq!(error.account, account(1));
    assert_eq!(
        refusal::<PlatformFeeTooHigh>(setup.send(owner, &announce(1_001, collector))).fee,
        1_001
    );
    refusal::<InvalidCollector>(setup.send(owner, &announce(1, Address::ZERO)));
    refusal::<InvalidCollector>(setup.send(owner, &announce(0, collector)));

    let new_owner = account(3);
    let offer = transferOwnershipCall { newOwner: new_owner };
    refusal::<OwnableUnauthorizedAccount>(setup.send(new_owner, &offer));
    setup.send(owner, &offer).unwrap();
    refusal::<OwnableUnauthorizedAccount>(setup.send(account(1), &acceptOwnershipCall {}));
    setup.send(new_owner, &acceptOwnershipCall {}).unwrap();
    assert_eq!(setup.world.view(setup.escrow, &ownerCall {}), new_owner);
    refusal::<OwnableUnauthorizedAccount>(setup.send(owner, &announce(1, collector)));
}

#[test]
fn coin_that_is_not_due_is_refused_and_so_is_less_than_is_due() {
    let mut setup = Setup::new();
    let (patient, escrow) = (setup.patient, setup.escrow);
    let coin = U256::from(10).pow(U256::from(18));
    setup.approve(FEE);
    let booking = setup.booking();
    let in_tokens = setup
        .world
        .send_with_value(patient, escrow, &bookCall { booking }, coin);
    let error = refusal::<WrongValue>(in_tokens.map(|_| ()));
    assert_eq!((error.sent, error.due), (coin, U256::ZERO));
    setup.offer(NATIVE, coin + coin);
    let booking = Booking {
        fee: coin + coin,
        ..setup.booking()
    };
    for sent in [U256::ZERO, coin, coin + coin + coin] {
        let call = bookCall {
            booking: booking.clone(),
        };
        let error = refusal::<WrongValue>(setup.world.send_with_value(patient, escrow, &call, sent).map(|_| ()));
        assert_eq!((error.sent, error.due), (sent, coin + coin));
    }
    // And nobody pays where nothing is due.
    let confirm = confirmCall { visitId: B256::ZERO };
    let sent = setup.world.send_with_value(setup.provider, escrow, &confirm, coin);
    let refused = sent.map(|_| ()).expect_err("no coin is due");
    assert!(refused.revert_data().is_some_and(<[u8]>::is_empty));
    assert!(setup.world.session.balance(h160(escrow)).is_zero());
}

#[test]
fn a_fee_that_the_patient_has_not_allowed_is_refused_with_the_tokens_reason() {
    let mut setup = Setup::new();
    setup.approve(FEE - U256::ONE);
    let booking = setup.booking();
    let error = refusal::<TokenCallFailed>(setup.send(setup.patient, &bookCall { booking }));
    assert_eq!(error.token, setup.token);
    let reason = IERC20::ERC20InsufficientAllowance::abi_decode(&error.reason).unwrap();
    assert_eq!((reason.spender, reason.needed), (setup.escrow, FEE));
}

#[test]
fn nobody_withdraws_what_is_not_theirs_nor_twice() {
    let mut setup = Setup::new();
    let id = setup.funded();
    let withdraw = withdrawCall { token: setup.token };
    for by in [setup.patient, setup.provider, account(STRANGER)] {
        refusal::<NothingToWithdraw>(setup.send(by, &withdraw));
    }
    setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();
    refusal::<NothingToWithdraw>(setup.send(setup.provider, &withdraw));
    let other = withdrawCall { token: NATIVE };
    refusal::<NothingToWithdraw>(setup.send(setup.patient, &other));
    setup.send(setup.patient, &withdraw).unwrap();
    refusal::<NothingToWithdraw>(setup.send(setup.patient, &withdraw));
}

#[test]
fn a_contract_that_could_ask_nobody_is_not_created() {
    let mut setup = Setup::new();
    let fixed = setup.world.view(setup.escrow, &registriesCall {});
    let call = constructorCall {
        initialOwner: account(0),
        consent: fixed.consent,
        credentials: fixed.credentials,
        records: fixed.records,
        arbiterRole: fixed.arbiterRole,
    };
    let mut deploy = |change: fn(&mut constructorCall)| {
        let mut call = call.clone();
        change(&mut call);
        setup.world.deploy("telehealth", account(0), &call)
    };
    refusal::<OwnableInvalidOwner>(deploy(|call| call.initialOwner = Address::ZERO));
    refusal::<NoContract>(deploy(|call| call.consent = account(1)));
    refusal::<NoContract>(deploy(|call| call.credentials = account(1)));
    refusal::<NoContract>(deploy(|call| call.records = account(1)));
    refusal::<UnknownRole>(deploy(|call| call.arbiterRole = 60));
    deploy(|_| {}).unwrap();
}
