//! Visits from request to withdrawal, in our token and in an asset of the chain. What is refused is in
//! `telehealth_refusals.rs`, tokens that do not behave in `telehealth_tokens.rs`, the sums in `telehealth_money.rs`.

use alloy_core::{primitives::U256, sol_types::SolCall as _};
use salus_devchain::session::Actor;
use salus_tests_contracts::{
    account,
    erc20::{IERC20, SUPPLY, balance},
    events, h160, refusal,
    telehealth::{DAY, FEE, Setup, Telehealth::*, dev_asset, status},
};

#[test]
fn a_request_is_recorded_and_said() {
    let mut setup = Setup::new();
    let terms = setup.terms();
    let done = setup.world.send(setup.patient, setup.escrow, &terms).unwrap();
    let visit_id = done.value;
    assert_eq!(visit_id, U256::ONE);

    let complete_by = terms.startTime + DAY;
    let expected = VisitRequested {
        visitId: visit_id,
        patient: setup.patient,
        provider: setup.provider,
        token: setup.token,
        fee: FEE,
        startTime: terms.startTime,
        confirmBy: terms.confirmBy,
        completeBy: complete_by,
        detailsHash: terms.detailsHash,
    };
    assert_eq!(events::<VisitRequested>(setup.escrow, &done.logs), [expected]);

    let visit = setup.world.view(setup.escrow, &visitCall { visitId: visit_id });
    assert_eq!(
        (visit.patient, visit.provider, visit.token),
        (setup.patient, setup.provider, setup.token)
    );
    assert_eq!((visit.fee, visit.status), (FEE, status::REQUESTED));
    assert_eq!(
        (visit.startTime, visit.confirmBy, visit.completeBy),
        (terms.startTime, terms.confirmBy, complete_by)
    );
    assert_eq!(visit.detailsHash, terms.detailsHash);
    assert_eq!(setup.world.view(setup.escrow, &visitCountCall {}), U256::ONE);
}

#[test]
fn a_visit_that_takes_place_pays_the_provider() {
    let mut setup = Setup::new();
    let visit_id = setup.confirmed();
    assert_eq!(balance(&mut setup.world, setup.token, setup.patient), SUPPLY - FEE);
    assert_eq!(balance(&mut setup.world, setup.token, setup.escrow), FEE);
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));

    setup.until_start();
    let done = setup.send(setup.provider, &completeCall { visitId: visit_id }).unwrap();
    assert_eq!(
        events::<VisitCompleted>(setup.escrow, &done.logs),
        [VisitCompleted {
            visitId: visit_id,
            released: FEE
        }]
    );
    assert_eq!(setup.status(visit_id), status::COMPLETED);
    assert_eq!(setup.withdrawable(setup.provider), FEE);
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));

    let (account, token, amount) = (setup.provider, setup.token, FEE);
    let done = setup.send(setup.provider, &withdrawCall { token }).unwrap();
    assert_eq!(done.value, FEE);
    assert_eq!(
        events::<Withdrawn>(setup.escrow, &done.logs),
        [Withdrawn { account, token, amount }]
    );
    assert_eq!(balance(&mut setup.world, setup.token, setup.provider), FEE);
    assert_eq!(balance(&mut setup.world, setup.token, setup.escrow), U256::ZERO);
    assert_eq!(setup.totals(), (FEE, FEE, U256::ZERO));

    let again = setup.send(setup.provider, &withdrawCall { token });
    assert_eq!(
        refusal::<NothingToWithdraw>(again),
        NothingToWithdraw { account, token }
    );
}

#[test]
fn funding_says_so_and_is_done_once() {
    let mut setup = Setup::new();
    let visit_id = setup.requested();
    setup.approve(U256::MAX);
    let done = setup.send(setup.patient, &fundCall { visitId: visit_id }).unwrap();
    let expected = VisitFunded {
        visitId: visit_id,
        token: setup.token,
        fee: FEE,
    };
    assert_eq!(events::<VisitFunded>(setup.escrow, &done.logs), [expected]);
    let again = setup.send(setup.patient, &fundCall { visitId: visit_id });
    assert_eq!(refusal::<WrongStatus>(again).status, status::FUNDED);
    assert_eq!(setup.totals(), (FEE, U256::ZERO, FEE));
}

#[test]
fn either_side_may_cancel_before_the_beginning_and_the_patient_gets_everything_back() {
    for by_patient in [true, false] {
        let mut setup = Setup::new();
        let canceller = if by_patient { setup.patient } else { setup.provider };
        let visit_id = setup.confirmed();
        let done = setup.send(canceller, &cancelCall { visitId: visit_id }).unwrap();
        let expected = VisitCancelled {
            visitId: visit_id,
            cancelledBy: canceller,
            refunded: FEE,
        };
        assert_eq!(events::<VisitCancelled>(setup.escrow, &done.logs), [expected]);
        assert_eq!(setup.status(visit_id), status::CANCELLED);
        assert_eq!(setup.withdrawable(setup.provider), U256::ZERO);
        setup.send(setup.patient, &withdrawCall { token: setup.token }).unwrap();
        assert_eq!(balance(&mut setup.world, setup.token, setup.patient), SUPPLY);
        assert_eq!(setup.totals(), (FEE, FEE, U256::ZERO));
    }
}

#[test]
fn cancelling_what_was_not_funded_refunds_nothing() {
    let mut setup = Setup::new();
    let visit_id = setup.requested();
    let done = setup.send(setup.patient, &cancelCall { visitId: visit_id }).unwrap();
    assert_eq!(
        events::<VisitCancelled>(setup.escrow, &done.logs)[0].refunded,
        U256::ZERO
    );
    let nothing = setup.send(setup.patient, &withdrawCall { token: setup.token });
    refusal::<NothingToWithdraw>(nothing);
}

#[test]
fn a_declined_visit_is_refunded() {
    let mut setup = Setup::new();
    let visit_id = setup.funded();
    let done = setup.send(setup.provider, &declineCall { visitId: visit_id }).unwrap();
    assert_eq!(
        events::<VisitDeclined>(setup.escrow, &done.logs),
        [VisitDeclined {
            visitId: visit_id,
            refunded: FEE
        }]
    );
    assert_eq!(setup.status(visit_id), status::DECLINED);
    assert_eq!(setup.withdrawable(setup.patient), FEE);
}

#[test]
fn what_is_not_confirmed_in_time_expires_by_anybodys_call() {
    let mut setup = Setup::new();
    let visit_id = setup.funded();
    let confirm_by = setup.terms().confirmBy;
    let stranger = account(4);

    setup.until(confirm_by - 1);
    let error = refusal::<TooEarly>(setup.send(stranger, &expireCall { visitId: visit_id }));
    assert_eq!(
        error,
        TooEarly {
            earliest: confirm_by,
            currentTime: confirm_by - 1
        }
    );
    setup.until(confirm_by);
    refusal::<TooLate>(setup.send(setup.provider, &confirmCall { visitId: visit_id }));
    let done = setup.send(stranger, &expireCall { visitId: visit_id }).unwrap();
    assert_eq!(
        events::<VisitExpired>(setup.escrow, &done.logs),
        [VisitExpired {
            visitId: visit_id,
            refunded: FEE
        }]
    );
    assert_eq!(setup.status(visit_id), status::EXPIRED);
    assert_eq!(setup.withdrawable(setup.patient), FEE);
}

#[test]
fn what_is_not_completed_in_time_expires_by_anybodys_call() {
    let mut setup = Setup::new();
    let visit_id = setup.confirmed();
    let complete_by = setup.terms().startTime + DAY;
    setup.until(complete_by - 1);
    refusal::<TooEarly>(setup.send(account(4), &expireCall { visitId: visit_id }));
    setup.until(complete_by);
    refusal::<TooLate>(setup.send(setup.provider, &completeCall { visitId: visit_id }));
    setup.send(account(4), &expireCall { visitId: visit_id }).unwrap();
    assert_eq!(setup.withdrawable(setup.patient), FEE);
}

#[test]
fn a_visit_pays_out_of_its_own_money_only() {
    let mut setup = Setup::new();
    let kept = setup.confirmed();
    let cancelled = setup.confirmed();
    setup.send(setup.patient, &cancelCall { visitId: cancelled }).unwrap();
    setup.send(setup.patient, &withdrawCall { token: setup.token }).unwrap();
    assert_eq!(setup.totals(), (FEE + FEE, FEE, FEE));
    assert_eq!(balance(&mut setup.world, setup.token, setup.escrow), FEE);
    setup.until_start();
    setup.send(setup.provider, &completeCall { visitId: kept }).unwrap();
    setup
        .send(setup.provider, &withdrawCall { token: setup.token })
        .unwrap();
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
    setup.token = dev_asset();
    // //Alice holds the development asset.
    let call = IERC20::transferCall {
        to: setup.patient,
        value: FEE + U256::ONE,
    };
    let session = &mut setup.world.session;
    session.set_caller(Actor::sr25519(0));
    session.call(h160(setup.token), call.abi_encode()).unwrap();

    let visit_id = setup.confirmed();
    assert_eq!(balance(&mut setup.world, setup.token, setup.patient), U256::ONE);
    setup.until_start();
    setup.send(setup.provider, &completeCall { visitId: visit_id }).unwrap();
    setup
        .send(setup.provider, &withdrawCall { token: setup.token })
        .unwrap();
    assert_eq!(balance(&mut setup.world, setup.token, setup.provider), FEE);
    assert_eq!(setup.totals(), (FEE, FEE, U256::ZERO));
}
