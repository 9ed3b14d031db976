//! Several visits that are booked and paid for together.

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::{SolError, SolEvent as _},
};
use salus_devchain::session::CallError;
use salus_tests_contracts::{
    Done, account,
    authorizations::Authorization,
    erc20::{
        IERC20::{ERC20InsufficientAllowance, ERC3009InvalidSignature, transferCall},
        balance,
    },
    hostile::{self, Misbehaviour},
    permits::{Wallet, domain_of},
    refusal,
    telehealth::{DAY, FEE, HOUR, NATIVE, SERVICE, Setup, Telehealth::*, status},
};

/// Who hands in, and has nothing to do with it.
const PASSER_BY: usize = 3;
const LONGEST: u64 = 16;

/// A visit each week.
fn weekly(setup: &mut Setup, visits: u64) -> Vec<Booking> {
    let first = setup.booking();
    let at = |week: u64| Booking {
        startTime: first.startTime + week * 7 * DAY,
        endTime: first.endTime + week * 7 * DAY,
        ..first.clone()
    };
    (0..visits).map(at).collect()
}

fn total(visits: u64) -> U256 {
    FEE * U256::from(visits)
}

fn book(setup: &mut Setup, bookings: &[Booking]) -> Result<Done<bookSeriesReturn>, CallError> {
    let call = bookSeriesCall {
        bookings: bookings.to_vec(),
    };
    setup.send(setup.patient, &call)
}

/// A series that is paid for.
fn booked(setup: &mut Setup, visits: u64) -> Vec<B256> {
    let bookings = weekly(setup, visits);
    setup.approve(total(visits));
    book(setup, &bookings).expect("the patient books").value.visitIds
}

/// Why bookings are refused, by which nothing happens.
fn refused<E: SolError>(setup: &mut Setup, bookings: &[Booking]) -> E {
    let before = setup.totals();
    let error = refusal::<E>(book(setup, bookings));
    assert_eq!(setup.totals(), before);
    error
}

#[test]
fn a_series_is_visits_that_are_paid_for() {
    let mut setup = Setup::new();
    let bookings = weekly(&mut setup, 3);
    setup.approve(total(3));
    let done = book(&mut setup, &bookings).unwrap();
    let bookSeriesReturn { seriesId, visitIds } = done.value.clone();
    let patient = setup.patient;
    for (visit, booking) in visitIds.iter().zip(&bookings) {
        let asked = visitIdOfCall {
            patient,
            booking: booking.clone(),
        };
        assert_eq!(setup.world.view(setup.escrow, &asked), *visit);
        let told = setup.world.view(setup.escrow, &visitCall { visitId: *visit });
        assert_eq!(
            (told.status, told.fee, told.startTime),
            (status::FUNDED, FEE, booking.startTime)
        );
    }
    assert_eq!(visitIds.len(), 3);

    // The identifier, from the words of the documentation.
    let visits: Vec<u8> = visitIds.iter().flatten().copied().collect();
    let preimage = [b"salus/series-id\0", &[1][..], &visits].concat();
    assert_eq!(seriesId, keccak256(preimage));
    let asked = seriesIdOfCall { patient, bookings };
    assert_eq!(setup.world.view(setup.escrow, &asked), seriesId);

    assert_eq!(
        setup.event::<SeriesBooked>(&done),
        SeriesBooked {
            seriesId,
            patient,
            provider: setup.provider,
            visitIds: visitIds.clone(),
        }
    );
    let names: Vec<B256> = done.logs.iter().map(|log| log.topics[0].0.into()).collect();
    let (requested, funded) = (VisitRequested::SIGNATURE_HASH, VisitFunded::SIGNATURE_HASH);
    let of_escrow = [
        requested,
        funded,
        requested,
        funded,
        requested,
        funded,
        SeriesBooked::SIGNATURE_HASH,
    ];
    assert!(names.ends_with(&of_escrow), "{names:?}");
    assert_eq!(setup.totals(), (total(3), U256::ZERO, total(3)));
}

#[test]
fn each_visit_is_released_by_itself() {
    let mut setup = Setup::new();
    let visits = booked(&mut setup, 3);
    let [held, off, silent] = visits[..] else { panic!() };
    for visit in [held, off] {
        setup.send(setup.provider, &confirmCall { visitId: visit }).unwrap();
    }
    setup.begin(held);
    let record = completeCall {
        visitId: held,
        recordId: B256::ZERO,
    };
    setup.send(setup.patient, &record).unwrap();
    assert_eq!(setup.owed(), (0, FEE.to()), "a milestone");
    setup.send(setup.patient, &cancelCall { visitId: off }).unwrap();
    assert_eq!(setup.status(off), status::CANCELLED_EARLY);
    assert_eq!(setup.owed(), (FEE.to(), FEE.to()));
    // What the provider did not agree to in time comes back.
    setup.send(account(PASSER_BY), &settleCall { visitId: silent }).unwrap();
    assert_eq!(setup.owed(), (2 * FEE.to::<u64>(), FEE.to()));
    for by in [setup.patient, setup.provider] {
        setup.send(by, &withdrawCall { token: setup.token }).unwrap();
    }
    assert_eq!(setup.totals(), (total(3), total(3), U256::ZERO));
}

#[test]
fn so_many_visits_have_a_price_of_their_own() {
    let mut setup = Setup::new();
    let fee = FEE - U256::from(7_000);
    let token = setup.token;
    let set = |visits, fee| setSeriesFeeCall {
        service: SERVICE,
        token,
        visits,
        fee,
    };
    let (three, none) = (set(3, fee), set(3, U256::ZERO));
    for visits in [0, 1, 17, u32::MAX] {
        let error: InvalidSeriesLength = refusal(setup.send(setup.provider, &set(visits, fee)));
        assert_eq!(error.visits, visits);
    }
    let done = setup.send(setup.provider, &three).unwrap();
    let event: SeriesFeeSet = setup.event(&done);
    assert_eq!(
        (event.provider, event.service, event.token),
        (setup.provider, SERVICE, setup.token)
    );
    assert_eq!((event.visits, event.fee), (3, fee));
    let asked = seriesFeeOfCall {
        provider: setup.provider,
        service: SERVICE,
        token,
        visits: 3,
    };
    assert_eq!(setup.world.view(setup.escrow, &asked), fee);

    let dear = weekly(&mut setup, 3);
    let cheap: Vec<_> = dear.iter().cloned().map(|booking| Booking { fee, ..booking }).collect();
    setup.approve(U256::MAX);
    assert_eq!(refused::<WrongFee>(&mut setup, &dear).fee, fee);
    assert_eq!(refused::<WrongFee>(&mut setup, &cheap[..2]).fee, FEE);
    let alone = bookCall {
        booking: cheap[0].clone(),
    };
    assert_eq!(refusal::<WrongFee>(setup.send(setup.patient, &alone)).fee, FEE);
    book(&mut setup, &cheap).unwrap();
    setup.send(setup.provider, &none).unwrap();
    let dear = weekly(&mut setup, 3);
    book(&mut setup, &dear).unwrap();
}

#[test]
fn milestones_have_services_and_fees_of_their_own() {
    let mut setup = Setup::new();
    let (service, fee) = (B256::repeat_byte(6), U256::from(9_000));
    let call = setFeeCall {
        service,
        token: setup.token,
        fee,
    };
    setup.send(setup.provider, &call).unwrap();
    let mut bookings = weekly(&mut setup, 2);
    bookings[1] = Booking {
        service,
        fee,
        ..bookings[1].clone()
    };
    setup.approve(FEE + fee);
    book(&mut setup, &bookings).unwrap();
    assert_eq!(setup.totals(), (FEE + fee, U256::ZERO, FEE + fee));
}

#[test]
fn a_series_is_paid_in_native_coin_to_the_unit() {
    let mut setup = Setup::new();
    // Coins that are told apart by the chain's own balances.
    let fee = U256::from(10).pow(U256::from(12));
    setup.offer(NATIVE, fee);
    let bookings: Vec<_> = weekly(&mut setup, 2)
        .into_iter()
        .map(|booking| Booking { fee, ..booking })
        .collect();
    let call = bookSeriesCall { bookings };
    let total = fee + fee;
    for value in [U256::ZERO, fee, total + fee] {
        let error: WrongValue = refusal(setup.world.send_with_value(setup.patient, setup.escrow, &call, value));
        assert_eq!((error.sent, error.due), (value, total));
    }
    let done = setup.world.send_with_value(setup.patient, setup.escrow, &call, total);
    assert_eq!(done.unwrap().value.visitIds.len(), 2);
    assert_eq!(setup.totals(), (total, U256::ZERO, total));
}

#[test]
fn what_is_no_series_is_refused() {
    let mut setup = Setup::new();
    setup.approve(U256::MAX);
    for visits in [0, 1, LONGEST + 1, 40] {
        let bookings = weekly(&mut setup, visits);
        let error: InvalidSeriesLength = refused(&mut setup, &bookings);
        assert_eq!(u64::from(error.visits), visits);
    }
    let bookings = weekly(&mut setup, 3);
    let change = |change: fn(&mut Vec<Booking>)| {
        let mut changed = bookings.clone();
        change(&mut changed);
        changed
    };
    let somebody = Address::repeat_byte(0x77);
    let other = change(|bookings| bookings[2].provider = Address::repeat_byte(0x77));
    assert_eq!(refused::<OtherProvider>(&mut setup, &other).provider, somebody);
    let other = change(|bookings| bookings[1].token = Address::repeat_byte(0x77));
    assert_eq!(refused::<OtherToken>(&mut setup, &other).token, somebody);
    let twice = change(|bookings| bookings[1] = bookings[0].clone());
    assert_eq!(
        refused::<OverlappingVisits>(&mut setup, &twice).startTime,
        setup.start()
    );
    let reordered = change(|bookings| bookings.reverse());
    refused::<OverlappingVisits>(&mut setup, &reordered);
    let wrong = change(|bookings| bookings[2].termsVersion = 2);
    refused::<TermsChanged>(&mut setup, &wrong);
    let wrong = change(|bookings| bookings[2].arbiter = Address::repeat_byte(0x77));
    assert_eq!(refused::<InvalidArbiter>(&mut setup, &wrong).arbiter, somebody);
    let wrong = change(|bookings| bookings[2].confirmBy = 1);
    refused::<InvalidConfirmBy>(&mut setup, &wrong);
    let wrong = change(|bookings| bookings[2].conditions.role = 200);
    assert_eq!(refused::<UnknownRole>(&mut setup, &wrong).role, 200);
    // One of them was booked before.
    let before = setup.booked(bookings[1].clone());
    setup.approve(U256::MAX);
    assert_eq!(refused::<VisitExists>(&mut setup, &bookings).visitId, before);
}

#[test]
fn the_longest_series_fits_into_a_call() {
    let mut setup = Setup::new();
    let visits = booked(&mut setup, LONGEST);
    assert_eq!(visits.len() as u64, LONGEST);
    assert_eq!(setup.status(visits[15]), status::FUNDED);
    assert_eq!(setup.totals().0, total(LONGEST));
}

#[test]
fn it_is_paid_as_a_whole_or_not_booked() {
    let mut setup = Setup::new();
    let bookings = weekly(&mut setup, 3);
    setup.approve(total(3) - U256::ONE);
    let error: TokenCallFailed = refused(&mut setup, &bookings);
    assert!(
        ERC20InsufficientAllowance::abi_decode(&error.reason).is_ok(),
        "{}",
        error.reason
    );
    let keeps = Misbehaviour {
        keeps: 1,
        ..Misbehaviour::default()
    };
    let token = setup.world.deploy_evm(account(0), &hostile::token(keeps)).unwrap();
    setup.offer(token, FEE);
    let bookings = weekly(&mut setup, 3);
    let error: UnexpectedAmount = refused(&mut setup, &bookings);
    assert_eq!((error.expected, error.received), (total(3), total(3) - U256::ONE));
}

/// A patient who has the fees and no coin, a series, and what signs it.
fn signed(setup: &mut Setup, visits: u64) -> (Wallet, bookSeriesWithAuthorizationCall) {
    let wallet = Wallet::new(7);
    let given = transferCall {
        to: wallet.address(),
        value: total(visits),
    };
    setup
        .world
        .send(setup.patient, setup.token, &given)
        .expect("the tokens are sent");
    let bookings = weekly(setup, visits);
    let asked = seriesIdOfCall {
        patient: wallet.address(),
        bookings: bookings.clone(),
    };
    let authorization = Authorization {
        from: wallet.address(),
        to: setup.escrow,
        value: total(visits),
        valid_after: U256::ZERO,
        valid_before: U256::MAX,
        nonce: setup.world.view(setup.escrow, &asked),
    };
    let received = authorization.receive(&wallet, &domain_of("Salus Test", setup.token));
    let call = bookSeriesWithAuthorizationCall {
        patient: received.from,
        bookings,
        validAfter: received.validAfter,
        validBefore: received.validBefore,
        v: received.v,
        r: received.r,
        s: received.s,
    };
    (wallet, call)
}

#[test]
fn one_signature_books_and_pays_a_series_whoever_hands_it_in() {
    let mut setup = Setup::new();
    let (wallet, call) = signed(&mut setup, 4);
    let done = setup.send(account(PASSER_BY), &call).unwrap();
    assert_eq!(setup.event::<SeriesBooked>(&done).patient, wallet.address());
    let token = setup.token;
    assert_eq!(balance(&mut setup.world, token, wallet.address()), U256::ZERO);
    let visit = done.value.visitIds[3];
    assert_eq!(setup.status(visit), status::FUNDED);
    refusal::<NotPatient>(setup.send(account(PASSER_BY), &cancelCall { visitId: visit }));
    refusal::<VisitExists>(setup.send(account(PASSER_BY), &call));
}

#[test]
fn the_signature_is_for_these_bookings_alone() {
    let mut setup = Setup::new();
    let (_, call) = signed(&mut setup, 3);
    let changes: [fn(&mut Vec<Booking>); 3] = [
        |bookings| bookings[2].startTime += HOUR,
        |bookings| bookings[0].detailsHash = B256::ZERO,
        |bookings| _ = bookings.pop(),
    ];
    for change in changes {
        let mut altered = call.clone();
        change(&mut altered.bookings);
        for booking in &mut altered.bookings {
            booking.endTime = booking.startTime + HOUR;
        }
        let before = setup.totals();
        let error: TokenCallFailed = refusal(setup.send(account(PASSER_BY), &altered));
        assert!(
            ERC3009InvalidSignature::abi_decode(&error.reason).is_ok(),
            "{}",
            error.reason
        );
        assert_eq!(setup.totals(), before);
    }
    setup.send(account(PASSER_BY), &call).unwrap();
}
