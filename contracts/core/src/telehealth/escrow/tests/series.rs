//! Several visits, booked and paid for together.

use super::*;
use crate::telehealth::{MAX_VISITS, Series, SeriesError};

const WEEK: u64 = 7 * 86_400;

/// A visit each week.
fn weekly(visits: u64) -> Vec<Booking> {
    let at = |week: u64| Booking {
        start_time: START + week * WEEK,
        end_time: END + week * WEEK,
        ..booking()
    };
    (0..visits).map(at).collect()
}

fn refused(map: &mut Map, bookings: &[Booking]) -> Error {
    let before = map.clone();
    let error = book_series(map, &PATIENT, bookings, 1).unwrap_err();
    assert_eq!(*map, before, "a refusal changes nothing");
    error
}

#[test]
fn each_visit_of_a_series_is_a_visit_that_is_paid_for() {
    let mut map = world();
    let bookings = weekly(3);
    let (series, ids, together) = book_series(&mut map, &PATIENT, &bookings, 1).unwrap();
    assert_eq!(series, map.series_id(&ids));
    assert_eq!((together.total, together.visits), (3_000.into(), 3));
    let mut alone = world();
    for (id, booking) in ids.iter().zip(&bookings) {
        assert_eq!(Ok(*id), book(&mut alone, booking));
        assert_eq!(map.visit(id), alone.visit(id));
    }
    assert_eq!(map, alone, "as if each was booked by itself");
}

#[test]
fn each_visit_ends_by_itself() {
    let mut map = world();
    let (_, ids, _) = book_series(&mut map, &PATIENT, &weekly(3), 1).unwrap();
    let [held, off, declined] = ids[..] else { panic!() };
    for id in [held, off] {
        act(&mut map, &id, Action::Confirm, &PROVIDER, 1, 0).unwrap();
    }
    act(&mut map, &declined, Action::Decline, &PROVIDER, 1, 0).unwrap();
    assert_eq!(owed(&map), [1_000, 0, 0]);
    act(&mut map, &held, Action::Complete, &PATIENT, START, 0).unwrap();
    assert_eq!(owed(&map), [1_000, 1_000, 0], "a milestone is released");
    act(&mut map, &off, Action::Cancel, &PATIENT, START + WEEK - 1, 0).unwrap();
    assert_eq!(owed(&map), [1_000, 2_000, 0], "too late for a refund");
    assert_eq!(map.books(&TOKEN).escrowed, U256::zero());
}

#[test]
fn a_series_has_a_price_for_its_number_of_visits_or_that_of_the_list() {
    let mut map = world();
    map.fees.insert((PROVIDER, SERVICE, TOKEN, 3), 900.into());
    let at = |fee: u64, visits| {
        let booking = |booking| Booking {
            fee: fee.into(),
            ..booking
        };
        weekly(visits).into_iter().map(booking).collect::<Vec<_>>()
    };
    assert_eq!(refused(&mut map, &at(1_000, 3)), Error::WrongFee(900.into()));
    assert_eq!(refused(&mut map, &at(900, 2)), Error::WrongFee(1_000.into()));
    assert_eq!(refused(&mut map, &at(900, 4)), Error::WrongFee(1_000.into()));
    assert_eq!(
        book(&mut map, &at(900, 3)[0]),
        Err(Error::WrongFee(1_000.into())),
        "alone"
    );
    assert!(book_series(&mut map.clone(), &PATIENT, &at(900, 3), 1).is_ok());
    let quote = Quote {
        fee: 70.into(),
        until: 1,
    };
    map.quotes.insert((PROVIDER, PATIENT), quote);
    assert_eq!(refused(&mut map, &at(900, 3)), Error::WrongFee(70.into()));
    assert!(book_series(&mut map, &PATIENT, &at(70, 3), 1).is_ok());
}

#[test]
fn milestones_have_services_and_fees_of_their_own() {
    let mut map = world();
    map.fees.insert((PROVIDER, [5; 32], TOKEN, 1), 250.into());
    let mut bookings = weekly(2);
    bookings[1].service = [5; 32];
    bookings[1].fee = 250.into();
    let (_, _, series) = book_series(&mut map, &PATIENT, &bookings, 1).unwrap();
    assert_eq!(series.total, 1_250.into());
    assert_eq!(map.books(&TOKEN).escrowed, 1_250.into());
}

#[test]
fn a_series_is_booked_as_a_whole_or_not_at_all() {
    let mut map = world();
    let mut bookings = weekly(3);
    bookings[2].arbiter = STRANGER;
    assert_eq!(refused(&mut map, &bookings), Error::NoArbiter(STRANGER));
    bookings = weekly(3);
    bookings[2].terms_version = 2;
    assert_eq!(refused(&mut map, &bookings), Error::TermsChanged(1));
    bookings = weekly(3);
    bookings[2].confirm_by = 1;
    let error = BookingError::InvalidConfirmBy(1);
    assert_eq!(refused(&mut map, &bookings), Error::Booking(error));
    let id = book(&mut map, &weekly(3)[1]).unwrap();
    assert_eq!(refused(&mut map, &weekly(3)), Error::VisitExists(id));
}

#[test]
fn arbiters_may_differ() {
    let mut map = world();
    map.active.push((STRANGER, Role::LIC, u64::MAX));
    let mut bookings = weekly(3);
    bookings[1].arbiter = STRANGER;
    let (_, ids, _) = book_series(&mut map, &PATIENT, &bookings, 1).unwrap();
    let arbiters = ids.iter().map(|id| map.visit(id).unwrap().arbiter);
    assert_eq!(arbiters.collect::<Vec<_>>(), [ARBITER, STRANGER, ARBITER]);
}

#[test]
fn what_is_no_series_is_refused() {
    let of = |change: fn(&mut Vec<Booking>)| {
        let mut bookings = weekly(3);
        change(&mut bookings);
        let error = Series::of(&bookings).unwrap_err();
        assert_eq!(refused(&mut world(), &bookings), Error::Series(error));
        error
    };
    assert_eq!(of(Vec::clear), SeriesError::InvalidLength(0));
    assert_eq!(of(|bookings| bookings.truncate(1)), SeriesError::InvalidLength(1));
    assert_eq!(of(|bookings| *bookings = weekly(17)), SeriesError::InvalidLength(17));
    assert_eq!(
        of(|bookings| bookings[1].provider = STRANGER),
        SeriesError::OtherProvider(STRANGER)
    );
    assert_eq!(
        of(|bookings| bookings[2].token = STRANGER),
        SeriesError::OtherToken(STRANGER)
    );
    assert_eq!(
        of(|bookings| bookings[1] = bookings[0]),
        SeriesError::Overlap(START),
        "twice"
    );
    assert_eq!(
        of(|bookings| bookings.swap(1, 2)),
        SeriesError::Overlap(START + WEEK),
        "in another order"
    );
    assert_eq!(
        of(|bookings| bookings[1].start_time = END - 1),
        SeriesError::Overlap(END - 1)
    );
    assert_eq!(of(|bookings| bookings[2].fee = U256::MAX), SeriesError::Overflow);
}

#[test]
fn the_longest_series_and_visits_without_a_break_are_allowed() {
    let mut bookings = weekly(MAX_VISITS.into());
    assert_eq!(Series::of(&bookings).unwrap().visits, MAX_VISITS);
    bookings[1].start_time = END;
    assert!(Series::of(&bookings).is_ok());
}

#[test]
fn an_identifier_is_of_all_visits_in_their_order() {
    let map = world();
    let (one, other) = ([1; 32], [2; 32]);
    let ids = [
        map.series_id(&[one, other]),
        map.series_id(&[other, one]),
        map.series_id(&[one]),
        map.series_id(&[one, other, other]),
        map.series_id(&[]),
    ];
    assert_eq!(std::collections::BTreeSet::from(ids).len(), ids.len());
}
