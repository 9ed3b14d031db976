//! No money is made or lost, whatever patients, providers, arbiters and strangers do, in whatever order. Rule 25.

use std::{
    num::NonZero,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use alloy_core::primitives::{Address, B256, U256};
use salus_tests_contracts::{
    account,
    dice::Dice,
    erc20::{SUPPLY, balance},
    telehealth::{DAY, HOUR, Setup, Telehealth::*, complete, contest, no_show, status},
};

/// Steps of all worlds together; a million takes a quarter of an hour or more.
const STEPS: &str = "SALUS_ESCROW_STEPS";
const USUAL_STEPS: u64 = 3_000;
const STEPS_OF_A_WORLD: u64 = 150;
const KINDS: usize = 16;

/// What came of all that was tried, by message.
#[derive(Debug, Default)]
struct Tally {
    succeeded: [u32; KINDS],
    refused: [u32; KINDS],
}

impl Tally {
    fn and(mut self, other: Self) -> Self {
        let counts = self.succeeded.iter_mut().chain(&mut self.refused);
        for (count, more) in counts.zip(other.succeeded.iter().chain(&other.refused)) {
            *count += more;
        }
        self
    }
}

/// A world in which a platform keeps a part.
fn world() -> Setup {
    let mut setup = Setup::new();
    let announce = announcePlatformFeeCall {
        fee: 250,
        collector: collector(),
    };
    setup.send(account(0), &announce).expect("the owner announces");
    setup.world.session.advance_time(7 * DAY);
    setup.approve(U256::MAX);
    setup
}

fn collector() -> Address {
    account(3)
}

/// A booking for one of the next hours, which may be refused.
fn some_booking(setup: &mut Setup, dice: &mut Dice) -> Booking {
    let start = setup.world.session.timestamp() + dice.below(4 * HOUR);
    let fee = U256::from(dice.below(1_000));
    setup.offer(setup.token, fee);
    Booking {
        provider: if dice.once_in(8) { setup.patient } else { setup.provider },
        fee: if dice.once_in(8) { fee + U256::ONE } else { fee },
        startTime: start,
        endTime: start + dice.below(2 * HOUR),
        confirmBy: start.saturating_sub(dice.below(HOUR)),
        ..setup.booking()
    }
}

/// Tries something, mostly by somebody who may do it if it is open at all.
fn step(setup: &mut Setup, ids: &mut Vec<B256>, dice: &mut Dice, tally: &mut Tally) {
    // One of the last, or now and then one that is not.
    let back = dice.below(3) as usize;
    let id = match ids.len().checked_sub(back + 1).and_then(|at| ids.get(at)) {
        Some(id) if !dice.once_in(12) => *id,
        _ => B256::repeat_byte(9),
    };
    let apt = apt(setup, id, dice);
    let what = if dice.once_in(4) {
        dice.below(KINDS as u64) as usize
    } else {
        dice.one_of(apt)
    };
    let (patient, provider) = (setup.patient, setup.provider);
    let by = match what {
        _ if dice.once_in(6) => dice.one_of(&everybody(setup)),
        0..=2 | 15 => patient,
        3 | 4 => provider,
        12 => setup.arbiter,
        13 => account(0),
        _ => dice.one_of(&[patient, provider]),
    };
    let succeeded = match what {
        0 => {
            let booking = some_booking(setup, dice);
            let booked = setup.send(by, &bookCall { booking });
            ids.extend(booked.as_ref().map(|done| done.value));
            booked.is_ok()
        }
        1 => {
            let booking = some_booking(setup, dice);
            let requested = setup.send(by, &requestVisitCall { booking });
            ids.extend(requested.as_ref().map(|done| done.value));
            requested.is_ok()
        }
        2 => setup.send(by, &fundCall { visitId: id }).is_ok(),
        3 => setup.send(by, &confirmCall { visitId: id }).is_ok(),
        4 => setup.send(by, &declineCall { visitId: id }).is_ok(),
        5 => setup.send(by, &cancelCall { visitId: id }).is_ok(),
        6 => setup.send(by, &startCall { visitId: id }).is_ok(),
        7 => setup.send(by, &complete(id)).is_ok(),
        8 => setup.send(by, &no_show(id)).is_ok(),
        9 => {
            let call = claimTechnicalFailureCall {
                visitId: id,
                evidence: B256::ZERO,
            };
            setup.send(by, &call).is_ok()
        }
        10 => setup.send(by, &acceptCall { visitId: id }).is_ok(),
        11 => setup.send(by, &contest(id)).is_ok(),
        12 => {
            let call = decideCall {
                visitId: id,
                providerShare: dice.below(11_000) as u16,
                reasons: B256::ZERO,
            };
            setup.send(by, &call).is_ok()
        }
        13 => setup.send(by, &settleCall { visitId: id }).is_ok(),
        15 => {
            let first = some_booking(setup, dice);
            let second = Booking {
                startTime: first.endTime,
                endTime: first.endTime + dice.below(2 * HOUR),
                ..first.clone()
            };
            let bookings = vec![first, second];
            let booked = setup.send(by, &bookSeriesCall { bookings });
            ids.extend(booked.iter().flat_map(|done| &done.value.visitIds));
            booked.is_ok()
        }
        _ => setup.send(by, &withdrawCall { token: setup.token }).is_ok(),
    };
    let counts = if succeeded {
        &mut tally.succeeded
    } else {
        &mut tally.refused
    };
    counts[what] += 1;
    if dice.once_in(8) {
        let ahead = dice.one_of(&[HOUR / 4, HOUR, 30 * HOUR]);
        setup.world.session.advance_time(dice.below(ahead));
    }
}

/// What may be done next with a visit, by its status; now and then, the time for it comes.
fn apt(setup: &mut Setup, id: B256, dice: &mut Dice) -> &'static [usize] {
    let Ok(visit) = setup.world.try_view(setup.escrow, &visitCall { visitId: id }) else {
        return &[0, 0, 1];
    };
    let (kinds, time): (&[usize], _) = match visit.status {
        status::REQUESTED => (&[2, 2, 4, 5, 13], visit.confirmBy),
        status::FUNDED => (&[3, 3, 3, 3, 3, 4, 5, 13], visit.confirmBy),
        status::CONFIRMED => (&[5, 6, 6, 6, 7, 8, 9, 13], visit.startTime + 900 * dice.below(2)),
        status::IN_SESSION => (&[5, 7, 7, 7, 8, 9, 13], visit.startTime + 900),
        status::CLAIMED => (&[5, 7, 10, 11, 11, 13], visit.deadline),
        status::DISPUTED => (&[5, 7, 12, 12, 13], visit.deadline),
        _ => (&[0, 0, 0, 0, 0, 15, 1, 1, 14, 14], 0),
    };
    let ahead = time.saturating_sub(setup.world.session.timestamp());
    let is_start = [status::CONFIRMED, status::IN_SESSION].contains(&visit.status);
    if ahead > 0 && dice.once_in(if is_start { 2 } else { 9 }) {
        setup.world.session.advance_time(ahead);
    }
    kinds
}

/// Whoever takes part, and somebody who does not.
fn everybody(setup: &Setup) -> [Address; 5] {
    [setup.patient, setup.provider, setup.arbiter, collector(), account(0)]
}

/// `open` are the visits that can hold money; those that are over are taken out.
fn check(setup: &mut Setup, open: &mut Vec<B256>) {
    let (paid_in, paid_out, held) = setup.totals();
    assert_eq!(paid_in, paid_out + held);
    assert_eq!(balance(&mut setup.world, setup.token, setup.escrow), held);
    let everybody = everybody(setup);
    let owed: U256 = everybody.map(|account| setup.withdrawable(account)).into_iter().sum();
    let mut escrowed = U256::ZERO;
    open.retain(|id| {
        let visit = setup.world.view(setup.escrow, &visitCall { visitId: *id });
        if visit.status >= status::FUNDED && visit.status <= status::DISPUTED {
            escrowed += visit.fee;
        }
        visit.status <= status::DISPUTED
    });
    assert_eq!(held, escrowed + owed);
    let token = setup.token;
    let outside: U256 = everybody
        .map(|account| balance(&mut setup.world, token, account))
        .into_iter()
        .sum();
    assert_eq!(outside + held, SUPPLY);
}

/// Plays a world, and lets all money out of it.
fn play(seed: u64, tally: &mut Tally) {
    let mut dice = Dice(seed);
    let mut setup = world();
    let (mut ids, mut open) = (Vec::new(), Vec::new());
    for _ in 0..STEPS_OF_A_WORLD {
        let known = ids.len();
        step(&mut setup, &mut ids, &mut dice, tally);
        open.extend_from_slice(&ids[known..]);
        check(&mut setup, &mut open);
    }

    // All that is held has a way out that needs neither patient nor provider nor arbiter.
    setup.world.session.advance_time(10 * DAY);
    for id in &ids {
        let settled = setup.send(account(0), &settleCall { visitId: *id });
        let is_over = setup.status(*id) > status::DISPUTED;
        assert!(is_over, "{id} is stuck: {settled:?}");
    }
    for account in everybody(&setup) {
        if !setup.withdrawable(account).is_zero() {
            let withdraw = withdrawCall { token: setup.token };
            setup.send(account, &withdraw).expect("the money is there");
        }
    }
    check(&mut setup, &mut ids);
    assert!(ids.is_empty() && setup.totals().2.is_zero());
}

#[test]
fn what_comes_in_goes_out_or_is_held_after_every_step() {
    let steps = std::env::var(STEPS).map_or(USUAL_STEPS, |steps| steps.parse().expect("a number of steps"));
    let (worlds, next) = (steps.div_ceil(STEPS_OF_A_WORLD), AtomicU64::new(0));
    let play_some = || {
        let mut tally = Tally::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= worlds {
                return tally;
            }
            play(seed, &mut tally);
        }
    };
    let tally = thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(play_some)).collect();
        let tallies = threads.into_iter().map(|thread| thread.join().expect("all is well"));
        tallies.fold(Tally::default(), Tally::and)
    });
    assert!(
        tally.succeeded.iter().chain(&tally.refused).all(|count| *count > 2),
        "the cases are not varied: {tally:?}"
    );
}
