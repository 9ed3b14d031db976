//! What the escrow refuses: requests that make no sense, steps by the wrong caller, in the wrong status, at the wrong time.

use alloy_core::{
    primitives::{Address, U256},
    sol_types::SolCall,
};
use salus_tests_contracts::{
    account,
    erc20::IERC20,
    h160, refusal,
    telehealth::{DAY, FEE, Setup, Telehealth::*, status},
};

#[test]
fn requests_that_make_no_sense_are_refused_with_what_is_wrong() {
    let mut setup = Setup::new();
    let now = setup.world.session.timestamp();
    let terms = setup.terms();
    let request = |setup: &mut Setup, terms: requestVisitCall| setup.world.send(setup.patient, setup.escrow, &terms);

    for provider in [Address::ZERO, setup.patient] {
        let error = refusal::<InvalidProvider>(request(
            &mut setup,
            requestVisitCall {
                provider,
                ..terms.clone()
            },
        ));
        assert_eq!(error.provider, provider);
    }
    let token = Address::ZERO;
    refusal::<InvalidToken>(request(&mut setup, requestVisitCall { token, ..terms.clone() }));
    let fee = U256::ZERO;
    refusal::<ZeroFee>(request(&mut setup, requestVisitCall { fee, ..terms.clone() }));
    let result = request(
        &mut setup,
        requestVisitCall {
            startTime: now,
            ..terms.clone()
        },
    );
    let expected = InvalidStartTime {
        startTime: now,
        currentTime: now,
    };
    assert_eq!(refusal::<InvalidStartTime>(result), expected);
    let never = u64::MAX;
    let result = request(
        &mut setup,
        requestVisitCall {
            startTime: never,
            ..terms.clone()
        },
    );
    assert_eq!(
        refusal::<InvalidStartTime>(result).startTime,
        never,
        "no time is left to complete"
    );
    let result = request(
        &mut setup,
        requestVisitCall {
            confirmBy: now,
            ..terms.clone()
        },
    );
    assert_eq!(refusal::<InvalidConfirmBy>(result).confirmBy, now);
    let late = terms.startTime + 1;
    let result = request(
        &mut setup,
        requestVisitCall {
            confirmBy: late,
            ..terms.clone()
        },
    );
    let expected = InvalidConfirmBy {
        confirmBy: late,
        currentTime: now,
        startTime: terms.startTime,
    };
    assert_eq!(refusal::<InvalidConfirmBy>(result), expected);
    assert_eq!(setup.world.view(setup.escrow, &visitCountCall {}), U256::ZERO);
}

#[test]
fn funding_without_approval_fails_with_the_tokens_reason_and_changes_nothing() {
    use alloy_core::sol_types::SolError as _;
    let mut setup = Setup::new();
    let visit_id = setup.requested();
    setup.approve(FEE - U256::ONE);
    let error = refusal::<TokenCallFailed>(setup.send(setup.patient, &fundCall { visitId: visit_id }));
    assert_eq!(error.token, setup.token);
    let reason = IERC20::ERC20InsufficientAllowance::abi_decode(&error.reason).unwrap();
    assert_eq!((reason.spender, reason.needed), (setup.escrow, FEE));
    assert_eq!(setup.status(visit_id), status::REQUESTED);
    assert_eq!(setup.totals(), (U256::ZERO, U256::ZERO, U256::ZERO));
}

#[test]
fn cancelling_is_over_when_the_visit_begins() {
    let mut setup = Setup::new();
    let visit_id = setup.confirmed();
    let start_time = setup.terms().startTime;
    setup.until(start_time);
    for party in [setup.patient, setup.provider] {
        let error = refusal::<TooLate>(setup.send(party, &cancelCall { visitId: visit_id }));
        assert_eq!(
            error,
            TooLate {
                deadline: start_time,
                currentTime: start_time
            }
        );
    }
}

#[test]
fn completing_before_the_beginning_fails() {
    let mut setup = Setup::new();
    let visit_id = setup.confirmed();
    let start_time = setup.terms().startTime;
    let error = refusal::<TooEarly>(setup.send(setup.provider, &completeCall { visitId: visit_id }));
    assert_eq!(error.earliest, start_time);
}

#[test]
fn each_step_is_for_its_actor_only() {
    let mut setup = Setup::new();
    let visit_id = setup.requested();
    let (patient, provider, stranger) = (setup.patient, setup.provider, account(4));
    for caller in [provider, stranger] {
        let error = refusal::<NotPatient>(setup.send(caller, &fundCall { visitId: visit_id }));
        assert_eq!(error, NotPatient { caller, patient });
    }
    for caller in [patient, stranger] {
        let error = refusal::<NotProvider>(setup.send(caller, &confirmCall { visitId: visit_id }));
        assert_eq!(error, NotProvider { caller, provider });
        refusal::<NotProvider>(setup.send(caller, &declineCall { visitId: visit_id }));
        refusal::<NotProvider>(setup.send(caller, &completeCall { visitId: visit_id }));
    }
    let error = refusal::<NotParty>(setup.send(stranger, &cancelCall { visitId: visit_id }));
    assert_eq!(error.caller, stranger);
}

#[test]
fn an_unknown_visit_is_refused_by_number() {
    let mut setup = Setup::new();
    setup.requested();
    for visit_id in [U256::ZERO, U256::from(2), U256::MAX] {
        let error = refusal::<UnknownVisit>(setup.send(setup.patient, &cancelCall { visitId: visit_id }));
        assert_eq!(error.visitId, visit_id);
        let error = refusal::<UnknownVisit>(setup.world.try_view(setup.escrow, &visitCall { visitId: visit_id }));
        assert_eq!(error.visitId, visit_id);
    }
}

#[test]
fn a_completion_window_of_nothing_or_more_than_thirty_days_is_refused() {
    let mut setup = Setup::new();
    for window in [0, 30 * DAY + 1] {
        let result = setup.world.deploy(
            "telehealth",
            account(0),
            &constructorCall {
                completionWindow: window,
            },
        );
        let error = refusal::<InvalidCompletionWindow>(result);
        assert_eq!((error.completionWindow, error.limit), (window, 30 * DAY));
    }
    assert_eq!(setup.world.view(setup.escrow, &completionWindowCall {}), DAY);
}

/// All steps that there are, each by somebody who may take it if it is open at all.
fn statuses_of_refusals(setup: &mut Setup, visit_id: U256) -> [u8; 6] {
    let (patient, provider) = (setup.patient, setup.provider);
    [
        refusal::<WrongStatus>(setup.send(patient, &fundCall { visitId: visit_id })),
        refusal::<WrongStatus>(setup.send(provider, &confirmCall { visitId: visit_id })),
        refusal::<WrongStatus>(setup.send(provider, &declineCall { visitId: visit_id })),
        refusal::<WrongStatus>(setup.send(patient, &cancelCall { visitId: visit_id })),
        refusal::<WrongStatus>(setup.send(provider, &completeCall { visitId: visit_id })),
        refusal::<WrongStatus>(setup.send(account(4), &expireCall { visitId: visit_id })),
    ]
    .map(|refused| refused.status)
}

#[test]
fn what_has_ended_stays_ended() {
    let end = |status: u8| {
        let mut setup = Setup::new();
        let visit_id = setup.confirmed();
        match status {
            status::COMPLETED => {
                setup.until_start();
                setup
                    .send(setup.provider, &completeCall { visitId: visit_id })
                    .expect("it has begun");
            }
            status::CANCELLED => {
                setup
                    .send(setup.patient, &cancelCall { visitId: visit_id })
                    .expect("it has not begun");
            }
            _ => {
                setup.until(setup.terms().startTime + DAY);
                setup
                    .send(account(4), &expireCall { visitId: visit_id })
                    .expect("its time is over");
            }
        }
        (setup, visit_id)
    };
    for status in [status::COMPLETED, status::CANCELLED, status::EXPIRED] {
        let (mut setup, visit_id) = end(status);
        assert_eq!(statuses_of_refusals(&mut setup, visit_id), [status; 6]);
        assert_eq!(
            setup.totals(),
            (FEE, U256::ZERO, FEE),
            "the fee is credited once: {status}"
        );
    }
    let mut setup = Setup::new();
    let visit_id = setup.funded();
    setup.send(setup.provider, &declineCall { visitId: visit_id }).unwrap();
    assert_eq!(statuses_of_refusals(&mut setup, visit_id), [status::DECLINED; 6]);
}

#[test]
fn steps_are_not_skipped() {
    let mut setup = Setup::new();
    let requested = setup.requested();
    for (status, visit_id) in [(status::REQUESTED, requested), (status::FUNDED, setup.funded())] {
        let completed = setup.send(setup.provider, &completeCall { visitId: visit_id });
        assert_eq!(refusal::<WrongStatus>(completed).status, status);
    }
    let confirmed = setup.send(setup.provider, &confirmCall { visitId: requested });
    assert_eq!(refusal::<WrongStatus>(confirmed).status, status::REQUESTED);
    let visit_id = setup.confirmed();
    let declined = setup.send(setup.provider, &declineCall { visitId: visit_id });
    assert_eq!(refusal::<WrongStatus>(declined).status, status::CONFIRMED);
}

#[test]
fn a_cancelled_request_cannot_be_funded_any_more() {
    let mut setup = Setup::new();
    let visit_id = setup.requested();
    setup.approve(FEE);
    setup.send(setup.provider, &cancelCall { visitId: visit_id }).unwrap();
    let result = setup.send(setup.patient, &fundCall { visitId: visit_id });
    assert_eq!(refusal::<WrongStatus>(result).status, status::CANCELLED);
    assert_eq!(setup.totals(), (U256::ZERO, U256::ZERO, U256::ZERO));
}

#[test]
fn funding_is_over_when_the_time_to_confirm_is() {
    let mut setup = Setup::new();
    let visit_id = setup.requested();
    setup.approve(FEE);
    let deadline = setup.terms().confirmBy;
    setup.until(deadline);
    let error = refusal::<TooLate>(setup.send(setup.patient, &fundCall { visitId: visit_id }));
    let expected = TooLate {
        deadline,
        currentTime: deadline,
    };
    assert_eq!(error, expected);
}

#[test]
fn strangers_have_nothing_to_withdraw_and_nobody_withdraws_for_another() {
    let mut setup = Setup::new();
    let visit_id = setup.funded();
    setup.send(setup.patient, &cancelCall { visitId: visit_id }).unwrap();
    let token = setup.token;
    for account in [setup.provider, account(4)] {
        let error = refusal::<NothingToWithdraw>(setup.send(account, &withdrawCall { token }));
        assert_eq!(error, NothingToWithdraw { account, token });
    }
    assert_eq!(setup.withdrawable(setup.patient), FEE);
}

/// The escrow knows tokens only: coins sent along with a message would be lost in it.
#[test]
fn coins_are_not_accepted() {
    let mut setup = Setup::new();
    let call = setup.terms();
    let (patient, escrow) = (h160(setup.patient), h160(setup.escrow));
    setup.world.session.set_caller(patient);
    let result = setup
        .world
        .session
        .call_with_value(escrow, call.abi_encode(), 1_000_000_000_000_u64.into());
    assert!(result.is_err());
    assert!(setup.world.session.balance(escrow).is_zero());
    assert_eq!(setup.world.view(setup.escrow, &visitCountCall {}), U256::ZERO);
}
