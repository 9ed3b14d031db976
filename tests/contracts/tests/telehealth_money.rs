//! No money is made or lost, whatever patients, providers and strangers do, in whatever order.

use alloy_core::primitives::{Address, U256};
use salus_tests_contracts::{
    account,
    dice::Dice,
    erc20::{SUPPLY, balance},
    telehealth::{DAY, Setup, Telehealth::*, status},
};

/// What came of all that was tried, by message.
#[derive(Debug, Default)]
struct Tally {
    succeeded: [u32; 8],
    refused: [u32; 8],
}

const HOUR: u64 = 3_600;

/// A request for one of the next hours, which may be refused.
fn some_request(setup: &mut Setup, dice: &mut Dice) -> requestVisitCall {
    let start = setup.world.session.timestamp() + dice.below(8 * HOUR);
    requestVisitCall {
        provider: if dice.once_in(8) { setup.patient } else { setup.provider },
        fee: U256::from(dice.below(1_000)),
        startTime: start,
        confirmBy: start - dice.below(HOUR),
        ..setup.terms()
    }
}

/// Tries something, mostly by somebody who may do it if it is open at all.
fn step(setup: &mut Setup, dice: &mut Dice, tally: &mut Tally) {
    let count = setup.world.view(setup.escrow, &visitCountCall {}).to::<u64>();
    // One of the last, or now and then one that is yet to come.
    let visit_id = U256::from((count + u64::from(dice.once_in(8))).saturating_sub(dice.below(3)));
    // As often as it takes for all of them to succeed now and then.
    const WEIGHTS: [usize; 8] = [4, 5, 5, 1, 1, 9, 2, 3];
    let choices: Vec<usize> = (0..8).flat_map(|what| vec![what; WEIGHTS[what]]).collect();
    let what = dice.one_of(&choices);
    let by = match what {
        _ if dice.once_in(4) => dice.one_of(&everybody(setup)),
        0 | 1 => setup.patient,
        2 | 3 | 5 => setup.provider,
        4 | 7 => dice.one_of(&[setup.patient, setup.provider]),
        _ => account(4),
    };
    let succeeded = match what {
        0 => {
            let call = some_request(setup, dice);
            setup.send(by, &call).is_ok()
        }
        1 => setup.send(by, &fundCall { visitId: visit_id }).is_ok(),
        2 => setup.send(by, &confirmCall { visitId: visit_id }).is_ok(),
        3 => setup.send(by, &declineCall { visitId: visit_id }).is_ok(),
        4 => setup.send(by, &cancelCall { visitId: visit_id }).is_ok(),
        5 => setup.send(by, &completeCall { visitId: visit_id }).is_ok(),
        6 => setup.send(by, &expireCall { visitId: visit_id }).is_ok(),
        _ => setup.send(by, &withdrawCall { token: setup.token }).is_ok(),
    };
    let counts = if succeeded {
        &mut tally.succeeded
    } else {
        &mut tally.refused
    };
    counts[what] += 1;
    if dice.once_in(4) {
        setup.world.session.advance_time(dice.below(2 * HOUR));
    }
}

/// What all visits hold, counted visit by visit.
fn escrowed(setup: &mut Setup) -> U256 {
    let count = setup.world.view(setup.escrow, &visitCountCall {}).to::<u64>();
    (1..=count)
        .map(|number| {
            let call = visitCall {
                visitId: U256::from(number),
            };
            setup.world.view(setup.escrow, &call)
        })
        .filter(|visit| [status::FUNDED, status::CONFIRMED].contains(&visit.status))
        .map(|visit| visit.fee)
        .sum()
}

/// Whoever takes part, and somebody who does not.
fn everybody(setup: &Setup) -> [Address; 3] {
    [setup.patient, setup.provider, account(4)]
}

fn check(setup: &mut Setup) {
    let (paid_in, paid_out, held) = setup.totals();
    assert_eq!(paid_in, paid_out + held);
    assert_eq!(balance(&mut setup.world, setup.token, setup.escrow), held);
    let owed: U256 = everybody(setup)
        .map(|account| setup.withdrawable(account))
        .into_iter()
        .sum();
    assert_eq!(held, escrowed(setup) + owed);
    let outside: U256 = everybody(setup)
        .map(|account| balance(&mut setup.world, setup.token, account))
        .into_iter()
        .sum();
    assert_eq!(outside + held, SUPPLY);
}

#[test]
fn what_comes_in_goes_out_or_is_held_after_every_step() {
    let mut tally = Tally::default();
    for seed in 0..10 {
        let mut dice = Dice(seed);
        let mut setup = Setup::new();
        setup.approve(U256::MAX);
        for _ in 0..120 {
            step(&mut setup, &mut dice, &mut tally);
            check(&mut setup);
        }

        // All that is held has a way out that needs neither patient nor provider.
        setup.world.session.advance_time(4 * DAY);
        let count = setup.world.view(setup.escrow, &visitCountCall {}).to::<u64>();
        for number in 1..=count {
            let visit_id = U256::from(number);
            let holds_money = [status::FUNDED, status::CONFIRMED].contains(&setup.status(visit_id));
            let expired = setup.send(account(4), &expireCall { visitId: visit_id });
            assert!(expired.is_ok() || !holds_money, "visit {number} is stuck: {expired:?}");
        }
        for account in everybody(&setup) {
            if !setup.withdrawable(account).is_zero() {
                setup.send(account, &withdrawCall { token: setup.token }).unwrap();
            }
        }
        check(&mut setup);
        assert!(setup.totals().2.is_zero());
    }
    assert!(
        tally.succeeded.iter().chain(&tally.refused).all(|count| *count > 2),
        "the cases are not varied: {tally:?}"
    );
}
