//! The lives of a visit: every end, and what it does to the fee.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::SolCall as _,
};
use salus_devchain::{runtime::CHAIN_ID, session::Actor};
use salus_tests_contracts::{
    Done, account,
    erc20::{IERC20, balance},
    h160,
    telehealth::{
        DECISION_WINDOW, FEE, GRACE, HOUR, NATIVE, NO_ROLE, OBJECTION_WINDOW, SERVICE, Setup, Telehealth::*, complete,
        contest, dev_asset, no_show, status, terms,
    },
};

const NOTHING: (u64, u64) = (0, 0);
const PASSER_BY: usize = 0;

fn closed(setup: &Setup, done: &Done<impl Sized>) -> (u8, Address, u64, u64, u64) {
    let event: VisitClosed = setup.event(done);
    let of = |amount: U256| amount.to::<u64>();
    (
        event.status,
        event.closedBy,
        of(event.toPatient),
        of(event.toProvider),
        of(event.toPlatform),
    )
}

fn settle(setup: &mut Setup, id: B256) -> Done<settleReturn> {
    setup
        .send(account(PASSER_BY), &settleCall { visitId: id })
        .expect("the deadline has passed")
}

#[test]
fn a_booking_tells_all_that_was_agreed_and_is_named_by_it() {
    let mut setup = Setup::new();
    let booking = setup.booking();
    setup.approve(FEE);
    let done = setup
        .send(
            setup.patient,
            &bookCall {
                booking: booking.clone(),
            },
        )
        .unwrap();
    let requested: VisitRequested = setup.event(&done);
    assert_eq!(
        requested,
        VisitRequested {
            visitId: done.value,
            patient: setup.patient,
            provider: setup.provider,
            service: SERVICE,
            token: setup.token,
            fee: FEE,
            termsVersion: 1,
            startTime: booking.startTime,
            endTime: booking.endTime,
            confirmBy: booking.confirmBy,
            arbiter: setup.arbiter,
            detailsHash: booking.detailsHash,
        }
    );
    let funded: VisitFunded = setup.event(&done);
    assert_eq!(
        (funded.visitId, funded.token, funded.fee),
        (done.value, setup.token, FEE)
    );

    // The identifier, from the words of the documentation.
    let preimage = [
        b"salus/visit-id\0\0",
        &[1][..],
        &U256::from(CHAIN_ID).to_be_bytes::<32>(),
        setup.escrow.as_slice(),
        setup.patient.as_slice(),
        setup.provider.as_slice(),
        SERVICE.as_slice(),
        setup.token.as_slice(),
        &FEE.to_be_bytes::<32>(),
        &1u32.to_be_bytes(),
        &booking.startTime.to_be_bytes(),
        &booking.endTime.to_be_bytes(),
        &booking.confirmBy.to_be_bytes(),
        setup.arbiter.as_slice(),
        &[NO_ROLE, 0],
        B256::ZERO.as_slice(),
        booking.detailsHash.as_slice(),
    ];
    assert_eq!(done.value, alloy_core::primitives::keccak256(preimage.concat()));
    let asked = visitIdOfCall {
        patient: setup.patient,
        booking,
    };
    assert_eq!(setup.world.view(setup.escrow, &asked), done.value);

    let visit = setup.world.view(setup.escrow, &visitCall { visitId: done.value });
    assert_eq!(
        (visit.patient, visit.provider, visit.arbiter, visit.token, visit.fee),
        (setup.patient, setup.provider, setup.arbiter, setup.token, FEE)
    );
    assert_eq!(
        (visit.status, visit.deadline, visit.platformFee),
        (status::FUNDED, 0, 0)
    );
    assert_eq!(balance(&mut setup.world, setup.token, setup.escrow), FEE);
}

#[test]
fn a_visit_can_be_requested_first_and_paid_later() {
    let mut setup = Setup::new();
    let id = setup.requested();
    assert_eq!(setup.status(id), status::REQUESTED);
    assert_eq!(setup.totals().0, U256::ZERO);
    setup.approve(FEE);
    setup.send(setup.patient, &fundCall { visitId: id }).unwrap();
    assert_eq!(setup.status(id), status::FUNDED);
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
}

#[test]
fn what_the_provider_claims_and_the_patient_accepts_is_paid_at_once() {
    let mut setup = Setup::new();
    let id = setup.claimed();
    assert_eq!(setup.owed(), NOTHING);
    let done = setup.send(setup.patient, &acceptCall { visitId: id }).unwrap();
    assert_eq!(closed(&setup, &done), (status::COMPLETED, setup.patient, 0, 50_000, 0));
    let call = withdrawCall { token: setup.token };
    let withdrawn = setup.send(setup.provider, &call).unwrap();
    assert_eq!(withdrawn.value, FEE);
    assert_eq!(balance(&mut setup.world, setup.token, setup.provider), FEE);
    assert_eq!(setup.totals(), (FEE, FEE, U256::ZERO));
}

#[test]
fn what_the_patient_does_not_contest_in_time_stands() {
    let mut setup = Setup::new();
    let id = setup.in_session();
    // Early: the patient has time from the end of the consultation on.
    let done = setup.send(setup.provider, &complete(id)).unwrap();
    let contest_by = setup.end() + OBJECTION_WINDOW;
    let event: OutcomeClaimed = setup.event(&done);
    assert_eq!(
        (event.claimedBy, event.outcome, event.contestBy),
        (setup.provider, status::COMPLETED, contest_by)
    );
    setup.until(contest_by);
    assert!(setup.send(setup.patient, &contest(id)).is_err());
    let done = settle(&mut setup, id);
    let (ended, by, ..) = closed(&setup, &done);
    assert_eq!((ended, by), (status::COMPLETED, account(PASSER_BY)));
    assert_eq!(setup.owed(), (0, 50_000));
}

#[test]
fn a_patient_can_leave_the_fee_to_the_provider_without_a_claim() {
    let mut setup = Setup::new();
    let id = setup.confirmed();
    setup.until_start();
    setup.send(setup.patient, &complete(id)).unwrap();
    assert_eq!((setup.status(id), setup.owed()), (status::COMPLETED, (0, 50_000)));
}

#[test]
fn a_provider_can_give_everything_back_in_any_status() {
    for at in [Setup::confirmed, Setup::in_session, Setup::claimed, Setup::disputed] {
        let mut setup = Setup::new();
        let id = at(&mut setup);
        let done = setup.send(setup.provider, &cancelCall { visitId: id }).unwrap();
        let expected = (status::CANCELLED_BY_PROVIDER, setup.provider, 50_000, 0, 0);
        assert_eq!(closed(&setup, &done), expected);
        assert_eq!(setup.owed(), (50_000, 0));
    }
}

#[test]
fn a_patient_who_calls_off_gets_back_what_the_schedule_says() {
    let cases = [
        (86_400, status::CANCELLED_EARLY, (50_000, 0)),
        (86_399, status::CANCELLED_LATE, (25_000, 25_000)),
        (3_600, status::CANCELLED_LATE, (25_000, 25_000)),
        (3_599, status::CANCELLED_LATE, (0, 50_000)),
        (1, status::CANCELLED_LATE, (0, 50_000)),
    ];
    for (notice, ended, owed) in cases {
        let mut setup = Setup::new();
        let id = setup.confirmed();
        setup.until(setup.start() - notice);
        setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();
        assert_eq!((setup.status(id), setup.owed()), (ended, owed), "{notice}");
    }
}

#[test]
fn what_is_not_confirmed_is_given_back_in_full_however_it_ends() {
    let mut setup = Setup::new();
    let id = setup.funded();
    setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();
    assert_eq!((setup.status(id), setup.owed()), (status::CANCELLED_EARLY, (50_000, 0)));

    let id = setup.funded();
    setup.send(setup.provider, &declineCall { visitId: id }).unwrap();
    assert_eq!((setup.status(id), setup.owed()), (status::DECLINED, (100_000, 0)));

    let id = setup.funded();
    setup.until(setup.confirm_by());
    settle(&mut setup, id);
    assert_eq!((setup.status(id), setup.owed()), (status::EXPIRED, (150_000, 0)));
}

#[test]
fn a_provider_who_never_comes_back_keeps_nothing() {
    for at in [Setup::confirmed, Setup::in_session] {
        let mut setup = Setup::new();
        let id = at(&mut setup);
        setup.until(setup.end() + 86_400);
        assert!(setup.send(setup.provider, &complete(id)).is_err());
        settle(&mut setup, id);
        assert_eq!((setup.status(id), setup.owed()), (status::EXPIRED, (50_000, 0)));
    }
}

#[test]
fn a_patient_who_does_not_come_pays_what_the_terms_say() {
    let mut setup = Setup::new();
    let id = setup.confirmed();
    setup.until(setup.start() + GRACE);
    let done = setup.send(setup.provider, &no_show(id)).unwrap();
    let event: OutcomeClaimed = setup.event(&done);
    assert_eq!(
        (event.outcome, event.contestBy),
        (status::PATIENT_NO_SHOW, setup.end() + OBJECTION_WINDOW)
    );
    setup.until(event.contestBy);
    settle(&mut setup, id);
    assert_eq!(
        (setup.status(id), setup.owed()),
        (status::PATIENT_NO_SHOW, (10_000, 40_000))
    );
}

#[test]
fn a_provider_who_does_not_come_or_too_late_is_paid_nothing() {
    let mut setup = Setup::new();
    let id = setup.confirmed();
    setup.until(setup.start() + GRACE);
    // The provider says that it began: too late.
    setup.send(setup.provider, &startCall { visitId: id }).unwrap();
    setup.send(setup.patient, &no_show(id)).unwrap();
    setup.send(setup.provider, &acceptCall { visitId: id }).unwrap();
    assert_eq!(
        (setup.status(id), setup.owed()),
        (status::PROVIDER_NO_SHOW, (50_000, 0))
    );
}

#[test]
fn a_failed_connection_gives_the_fee_back_unless_it_is_contested() {
    let mut setup = Setup::new();
    let id = setup.in_session();
    let failure = claimTechnicalFailureCall {
        visitId: id,
        evidence: B256::ZERO,
    };
    let done = setup.send(setup.patient, &failure).unwrap();
    let event: OutcomeClaimed = setup.event(&done);
    assert_eq!(event.outcome, status::TECHNICAL_FAILURE);
    setup.until(event.contestBy);
    settle(&mut setup, id);
    assert_eq!(
        (setup.status(id), setup.owed()),
        (status::TECHNICAL_FAILURE, (50_000, 0))
    );
}

#[test]
fn an_arbiter_divides_the_fee() {
    let mut setup = Setup::new();
    let id = setup.claimed();
    let done = setup.send(setup.patient, &contest(id)).unwrap();
    let contested: OutcomeContested = setup.event(&done);
    let decide_by = setup.end() + DECISION_WINDOW;
    assert_eq!(
        (contested.arbiter, contested.contestedBy, contested.decideBy),
        (setup.arbiter, setup.patient, decide_by)
    );
    let evidence = submitEvidenceCall {
        visitId: id,
        evidence: B256::repeat_byte(7),
    };
    let done = setup.send(setup.provider, &evidence).unwrap();
    let submitted: EvidenceSubmitted = setup.event(&done);
    assert_eq!(
        (submitted.submittedBy, submitted.evidence),
        (setup.provider, evidence.evidence)
    );
    let decide = decideCall {
        visitId: id,
        providerShare: 3_333,
        reasons: B256::repeat_byte(8),
    };
    setup.until(decide_by - 1);
    let done = setup.send(setup.arbiter, &decide).unwrap();
    let decided: DisputeDecided = setup.event(&done);
    assert_eq!((decided.providerShare, decided.reasons), (3_333, decide.reasons));
    // 16,665: no remainder here; what there is is the patient's.
    assert_eq!(
        closed(&setup, &done),
        (status::RESOLVED, setup.arbiter, 33_335, 16_665, 0)
    );
}

#[test]
fn a_dispute_that_nobody_decides_is_divided_by_the_terms() {
    let mut setup = Setup::new();
    let id = setup.disputed();
    setup.until(setup.end() + DECISION_WINDOW);
    let decide = decideCall {
        visitId: id,
        providerShare: 10_000,
        reasons: B256::ZERO,
    };
    assert!(setup.send(setup.arbiter, &decide).is_err());
    settle(&mut setup, id);
    assert_eq!((setup.status(id), setup.owed()), (status::RESOLVED, (30_000, 20_000)));
}

#[test]
fn terms_change_for_bookings_to_come_and_for_no_other() {
    let mut setup = Setup::new();
    let id = setup.confirmed();
    let harder = setTermsCall {
        notices: vec![],
        refunds: vec![],
        noShowShare: 10_000,
        ..terms()
    };
    assert_eq!(setup.send(setup.provider, &harder).unwrap().value, 2);
    setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();
    assert_eq!(setup.owed(), (50_000, 0), "by the terms that were");

    let booking = Booking {
        termsVersion: 2,
        ..setup.booking()
    };
    let id = setup.booked(booking);
    setup.send(setup.provider, &confirmCall { visitId: id }).unwrap();
    setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();
    assert_eq!(setup.owed(), (50_000, 50_000));
}

#[test]
fn terms_are_answered_as_they_were_set() {
    let mut setup = Setup::new();
    let (provider, given) = (setup.provider, terms());
    let of = |version| termsOfCall { provider, version };
    let found = setup.world.view(setup.escrow, &of(1));
    assert_eq!((found.notices, found.refunds), (given.notices, given.refunds));
    assert_eq!(
        (found.grace, found.noShowShare, found.claimWindow, found.objectionWindow),
        (given.grace, given.noShowShare, given.claimWindow, given.objectionWindow)
    );
    assert_eq!(
        (found.decisionWindow, found.defaultShare),
        (given.decisionWindow, given.defaultShare)
    );
    let none = setup.world.view(setup.escrow, &of(2));
    assert_eq!((none.notices.len(), none.grace, none.decisionWindow), (0, 0, 0));
    assert_eq!(setup.world.view(setup.escrow, &termsVersionCall { provider }), 1);
}

#[test]
fn the_platform_keeps_a_part_of_what_providers_earn_and_only_from_when_it_said() {
    let mut setup = Setup::new();
    let (owner, collector) = (account(0), account(3));
    let done = setup
        .send(owner, &announcePlatformFeeCall { fee: 255, collector })
        .unwrap();
    let announced: PlatformFeeAnnounced = setup.event(&done);
    let before = setup.claimed();
    setup.send(setup.patient, &acceptCall { visitId: before }).unwrap();
    assert_eq!(setup.owed(), (0, 50_000));

    setup.until(announced.effectiveAt);
    let now = announced.effectiveAt;
    let booking = Booking {
        startTime: now + HOUR,
        endTime: now + 2 * HOUR,
        confirmBy: now + HOUR,
        ..setup.booking()
    };
    let id = setup.booked(booking);
    setup.send(setup.provider, &confirmCall { visitId: id }).unwrap();
    setup.until(now + HOUR);
    let done = setup.send(setup.patient, &complete(id)).unwrap();
    assert_eq!(
        closed(&setup, &done),
        (status::COMPLETED, setup.patient, 0, 48_725, 1_275)
    );
    assert_eq!(setup.withdrawable(collector), U256::from(1_275));
    let fee = setup.world.view(setup.escrow, &platformFeeCall {});
    assert_eq!((fee.fee, fee.collector, fee.nextFee), (255, collector, 255));
}

#[test]
fn a_visit_pays_out_of_its_own_money_only() {
    let mut setup = Setup::new();
    let kept = setup.confirmed();
    let cancelled = setup.confirmed();
    setup.send(setup.provider, &cancelCall { visitId: cancelled }).unwrap();
    let withdraw = withdrawCall { token: setup.token };
    setup.send(setup.patient, &withdraw).unwrap();
    assert_eq!(setup.totals(), (FEE + FEE, FEE, FEE));
    assert_eq!(balance(&mut setup.world, setup.token, setup.escrow), FEE);
    setup.until_start();
    setup.send(setup.patient, &complete(kept)).unwrap();
    setup.send(setup.provider, &withdraw).unwrap();
    assert_eq!(setup.totals(), (FEE + FEE, FEE + FEE, U256::ZERO));
}

#[test]
fn tokens_sent_without_being_asked_change_no_books() {
    let mut setup = Setup::new();
    let call = IERC20::transferCall {
        to: setup.escrow,
        value: U256::from(7),
    };
    setup.world.send(setup.patient, setup.token, &call).unwrap();
    setup.funded();
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
}

#[test]
fn an_asset_of_the_chain_pays_as_a_token_does() {
    let mut setup = Setup::new();
    setup.offer(dev_asset(), FEE);
    // //Alice holds the development asset.
    let call = IERC20::transferCall {
        to: setup.patient,
        value: FEE + U256::ONE,
    };
    let session = &mut setup.world.session;
    session.set_caller(Actor::sr25519(0));
    session.call(h160(setup.token), call.abi_encode()).unwrap();

    let id = setup.confirmed();
    assert_eq!(balance(&mut setup.world, setup.token, setup.patient), U256::ONE);
    setup.until_start();
    setup.send(setup.patient, &complete(id)).unwrap();
    let withdraw = withdrawCall { token: setup.token };
    setup.send(setup.provider, &withdraw).unwrap();
    assert_eq!(balance(&mut setup.world, setup.token, setup.provider), FEE);
    assert_eq!(setup.totals(), (FEE, FEE, U256::ZERO));
}

#[test]
fn native_coin_pays_as_a_token_does() {
    // A coin of twelve decimals has eighteen here.
    let fee = U256::from(3_000_000_000_000_000_000_u64);
    let mut setup = Setup::new();
    setup.offer(NATIVE, fee);
    let booking = Booking { fee, ..setup.booking() };
    let (patient, escrow) = (setup.patient, setup.escrow);
    let booked = setup.world.send_with_value(patient, escrow, &bookCall { booking }, fee);
    let id = booked.unwrap().value;
    let coins = |setup: &mut Setup, account: Address| setup.world.session.balance(h160(account));
    assert_eq!(
        coins(&mut setup, escrow),
        sp_core::U256::from(3_000_000_000_000_000_000_u64)
    );
    setup.send(setup.provider, &confirmCall { visitId: id }).unwrap();
    setup.until(setup.start() - HOUR);
    setup.send(setup.patient, &cancelCall { visitId: id }).unwrap();

    // Counted at the contract: whoever withdraws gets the deposit for an entry back, too.
    let half = 1_500_000_000_000_000_000_u64;
    for (account, left) in [(setup.patient, half), (setup.provider, 0)] {
        let sent = setup.send(account, &withdrawCall { token: NATIVE }).unwrap();
        assert_eq!(sent.value, U256::from(half));
        assert_eq!(coins(&mut setup, escrow), sp_core::U256::from(left));
    }
    assert_eq!(setup.totals(), (fee, fee, U256::ZERO));
}
