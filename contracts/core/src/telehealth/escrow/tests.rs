#![allow(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::BTreeMap;
use std::vec::Vec;

use super::super::{Conditions, MAX_DURATION, MAX_LEAD, Status, WHOLE, series_id, visit_id};
use super::*;
use proptest::prelude::*;

const PATIENT: Address = Address::repeat_byte(1);
const PROVIDER: Address = Address::repeat_byte(2);
const ARBITER: Address = Address::repeat_byte(3);
const STRANGER: Address = Address::repeat_byte(4);
const COLLECTOR: Address = Address::repeat_byte(5);
const TOKEN: Address = Address::repeat_byte(9);
const SERVICE: Hash = [6; 32];
const RECORD: Hash = [7; 32];
const SUBJECT: Hash = [8; 32];
const START: u64 = 200_000;
const END: u64 = 203_600;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Map {
    visits: BTreeMap<Hash, Visit>,
    versions: BTreeMap<Address, u32>,
    terms: BTreeMap<(Address, u32), Terms>,
    fees: BTreeMap<(Address, Hash, Address, u32), U256>,
    quotes: BTreeMap<(Address, Address), Quote>,
    platform: FeeChange,
    withdrawable: BTreeMap<(Address, Address), U256>,
    books: BTreeMap<Address, Books>,
    active: Vec<(Address, Role, u64)>,
    record: Option<(Address, u64)>,
    consents: Vec<(Hash, Address)>,
}

impl Storage for Map {
    type Refusal = Error;

    fn visit_id(&self, patient: &Address, booking: &Booking) -> Hash {
        visit_id(&[1; 32], &[2; 20], patient, booking, |bytes| {
            keccak_const::Keccak256::new().update(bytes).finalize()
        })
    }
    fn series_id(&self, visits: &[Hash]) -> Hash {
        series_id(visits, |bytes| keccak_const::Keccak256::new().update(bytes).finalize())
    }
    fn visit(&self, id: &Hash) -> Option<Visit> {
        self.visits.get(id).copied()
    }
    fn set_visit(&mut self, id: &Hash, visit: &Visit) {
        self.visits.insert(*id, *visit);
    }
    fn terms_version(&self, provider: &Address) -> u32 {
        self.versions.get(provider).copied().unwrap_or_default()
    }
    fn set_terms_version(&mut self, provider: &Address, version: u32) {
        self.versions.insert(*provider, version);
    }
    fn terms(&self, provider: &Address, version: u32) -> Option<Terms> {
        self.terms.get(&(*provider, version)).copied()
    }
    fn set_terms(&mut self, provider: &Address, version: u32, terms: &Terms) {
        self.terms.insert((*provider, version), *terms);
    }
    fn fee(&self, provider: &Address, service: &Hash, token: &Address, visits: u32) -> U256 {
        let fee = self.fees.get(&(*provider, *service, *token, visits));
        fee.copied().unwrap_or_default()
    }
    fn quote(&self, provider: &Address, patient: &Address, _: &Hash, _: &Address) -> Option<Quote> {
        self.quotes.get(&(*provider, *patient)).copied()
    }
    fn platform_fee(&self) -> FeeChange {
        self.platform
    }
    fn set_platform_fee(&mut self, change: &FeeChange) {
        self.platform = *change;
    }
    fn withdrawable(&self, account: &Address, token: &Address) -> U256 {
        self.withdrawable.get(&(*account, *token)).copied().unwrap_or_default()
    }
    fn set_withdrawable(&mut self, account: &Address, token: &Address, amount: U256) {
        self.withdrawable.insert((*account, *token), amount);
    }
    fn books(&self, token: &Address) -> Books {
        self.books.get(token).copied().unwrap_or_default()
    }
    fn set_books(&mut self, token: &Address, books: &Books) {
        self.books.insert(*token, *books);
    }
}

impl Registries for Map {
    fn arbiter_role(&self) -> Role {
        Role::LIC
    }
    fn is_active_at(&self, holder: &Address, role: Role, time: u64) -> bool {
        let mut known = self.active.iter();
        known.any(|(account, in_role, until)| account == holder && *in_role == role && time <= *until)
    }
    fn record(&self, id: &Hash) -> Option<(Address, u64)> {
        self.record.filter(|_| *id == RECORD)
    }
    fn has_consent(&self, subject: &Hash, grantee: &Address) -> bool {
        self.consents.contains(&(*subject, *grantee))
    }
}

/// A provider with a price and terms, and an arbiter.
fn world() -> Map {
    let mut map = Map {
        active: Vec::from([(ARBITER, Role::LIC, u64::MAX)]),
        ..Map::default()
    };
    map.fees.insert((PROVIDER, SERVICE, TOKEN, 1), 1_000.into());
    assert_eq!(set_terms(&mut map, &PROVIDER, &Terms::default()), Ok(1));
    map
}

fn booking() -> Booking {
    Booking {
        provider: PROVIDER,
        service: SERVICE,
        token: TOKEN,
        fee: 1_000.into(),
        terms_version: 1,
        start_time: START,
        end_time: END,
        confirm_by: START,
        arbiter: ARBITER,
        conditions: Conditions::default(),
        details_hash: [0; 32],
    }
}

fn book(map: &mut Map, booking: &Booking) -> Result<Hash, Error> {
    super::book(map, &PATIENT, booking, 1)
}

/// A visit that is in session.
fn in_session(map: &mut Map, booking: &Booking) -> Hash {
    let id = book(map, booking).unwrap();
    act(map, &id, Action::Confirm, &PROVIDER, 1, 0).unwrap();
    act(map, &id, Action::Start, &PROVIDER, START, 0).unwrap();
    id
}

fn owed(map: &Map) -> [u64; 3] {
    [PATIENT, PROVIDER, COLLECTOR].map(|account| map.withdrawable(&account, &TOKEN).low_u64())
}

#[test]
fn a_completed_visit_makes_its_fee_the_providers_less_the_platforms() {
    let mut map = world();
    map.platform.after = PlatformFee {
        fee: 255,
        collector: COLLECTOR,
    };
    let id = in_session(&mut map, &booking());
    let claimed = complete(&mut map, &id, &PROVIDER, END, &[0; 32]).unwrap();
    assert_eq!((claimed.visit.status, claimed.split), (Status::Claimed, None));
    let done = act(&mut map, &id, Action::Accept, &PATIENT, END, 0).unwrap();
    assert_eq!(done.visit.status, Status::Completed);
    assert_eq!(owed(&map), [0, 975, 25], "25.5 rounded down is the platform's");
    assert_eq!(withdraw(&mut map, &PROVIDER, &TOKEN), Ok(975.into()));
    let again = withdraw(&mut map, &PROVIDER, &TOKEN);
    assert_eq!(
        again,
        Err(Error::NothingToWithdraw {
            account: PROVIDER,
            token: TOKEN
        })
    );
    let books = map.books(&TOKEN);
    assert_eq!(
        (books.paid_in, books.paid_out, books.held()),
        (1_000.into(), 975.into(), 25.into())
    );
}

#[test]
fn a_dispute_is_divided_as_the_arbiter_says_and_the_rest_is_the_patients() {
    let mut map = world();
    let id = in_session(&mut map, &booking());
    complete(&mut map, &id, &PROVIDER, END, &[0; 32]).unwrap();
    act(&mut map, &id, Action::Contest, &PATIENT, END, 0).unwrap();
    let done = act(&mut map, &id, Action::Decide, &ARBITER, END, 3_333).unwrap();
    assert_eq!(done.visit.status, Status::Resolved);
    assert_eq!(owed(&map), [667, 333, 0]);
}

#[test]
fn an_arbiter_without_a_credential_decides_nothing_and_the_terms_do() {
    let mut map = world();
    let id = in_session(&mut map, &booking());
    complete(&mut map, &id, &PROVIDER, END, &[0; 32]).unwrap();
    let disputed = act(&mut map, &id, Action::Contest, &PATIENT, END, 0).unwrap().visit;
    map.active.clear();
    let before = map.clone();
    let refused = act(&mut map, &id, Action::Decide, &ARBITER, END, WHOLE);
    assert_eq!(refused, Err(Error::NoArbiter(ARBITER)));
    assert_eq!(map, before);
    act(&mut map, &id, Action::Settle, &STRANGER, disputed.deadline, 0).unwrap();
    assert_eq!(owed(&map), [500, 500, 0]);
}

#[test]
fn what_was_never_funded_gives_nothing_back() {
    let mut map = world();
    let id = request(&mut map, &PATIENT, &booking(), 1).unwrap();
    act(&mut map, &id, Action::Cancel, &PATIENT, 1, 0).unwrap();
    assert_eq!(map.books(&TOKEN), Books::default());
    assert_eq!(owed(&map), [0; 3]);
}

#[test]
fn a_booking_is_at_the_price_and_under_the_terms_of_now() {
    let mut map = world();
    let refused = |map: &mut Map, booking| request(map, &PATIENT, &booking, 1).map(|_| ()).unwrap_err();
    let dearer = Booking {
        fee: 999.into(),
        ..booking()
    };
    assert_eq!(refused(&mut map, dearer), Error::WrongFee(1_000.into()));
    let unknown = Booking {
        service: [0; 32],
        ..booking()
    };
    assert_eq!(refused(&mut map, unknown), Error::WrongFee(0.into()), "not offered");
    let other = Booking {
        terms_version: 2,
        ..booking()
    };
    assert_eq!(refused(&mut map, other), Error::TermsChanged(1));
    set_terms(&mut map, &PROVIDER, &Terms::default()).unwrap();
    assert_eq!(refused(&mut map, booking()), Error::TermsChanged(2));
    let nobody = Booking {
        provider: STRANGER,
        terms_version: 0,
        ..booking()
    };
    assert_eq!(
        refused(&mut map, nobody),
        Error::TermsChanged(0),
        "nobody without terms"
    );
}

#[test]
fn a_quote_is_the_price_until_its_last_second() {
    let mut map = world();
    let quote = Quote {
        fee: 70.into(),
        until: 10,
    };
    map.quotes.insert((PROVIDER, PATIENT), quote);
    let quoted = Booking {
        fee: 70.into(),
        ..booking()
    };
    assert!(request(&mut map.clone(), &PATIENT, &quoted, 10).is_ok());
    assert_eq!(
        request(&mut map.clone(), &PATIENT, &quoted, 11),
        Err(Error::WrongFee(1_000.into()))
    );
    assert_eq!(
        request(&mut map.clone(), &PATIENT, &booking(), 10),
        Err(Error::WrongFee(70.into()))
    );
    assert_eq!(
        request(&mut map, &STRANGER, &quoted, 10),
        Err(Error::WrongFee(1_000.into())),
        "another's quote"
    );
}

#[test]
fn the_same_booking_is_made_once() {
    let mut map = world();
    let id = book(&mut map, &booking()).unwrap();
    assert_eq!(request(&mut map, &PATIENT, &booking(), 1), Err(Error::VisitExists(id)));
    let salted = Booking {
        details_hash: [1; 32],
        ..booking()
    };
    assert!(request(&mut map, &PATIENT, &salted, 1).is_ok());
    assert!(request(&mut map, &STRANGER, &booking(), 1).is_ok(), "another patient's");
}

#[test]
fn bookings_that_nobody_could_keep_are_refused() {
    let refused = |change: fn(&mut Booking)| {
        let mut booking = booking();
        change(&mut booking);
        match request(&mut world(), &PATIENT, &booking, 1) {
            Err(Error::Booking(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    for provider in [Address::zero(), PATIENT] {
        let mut booking = booking();
        booking.provider = provider;
        let error = Error::Booking(BookingError::InvalidProvider(provider));
        assert_eq!(request(&mut world(), &PATIENT, &booking, 1), Err(error));
    }
    for arbiter in [Address::zero(), PATIENT, PROVIDER] {
        let mut booking = booking();
        booking.arbiter = arbiter;
        let error = Error::Booking(BookingError::InvalidArbiter(arbiter));
        assert_eq!(request(&mut world(), &PATIENT, &booking, 1), Err(error));
    }
    assert_eq!(refused(|booking| booking.fee = 0.into()), BookingError::ZeroFee);
    assert_eq!(
        refused(|booking| booking.start_time = 1),
        BookingError::InvalidStartTime(1)
    );
    let too_far = 2 + MAX_LEAD;
    assert_eq!(
        refused(|booking| booking.start_time = 2 + MAX_LEAD),
        BookingError::InvalidStartTime(too_far)
    );
    assert_eq!(
        refused(|booking| booking.end_time = START),
        BookingError::InvalidEndTime(START)
    );
    let too_long = START + MAX_DURATION + 1;
    assert_eq!(
        refused(|booking| booking.end_time = START + MAX_DURATION + 1),
        BookingError::InvalidEndTime(too_long)
    );
    assert_eq!(
        refused(|booking| booking.confirm_by = 1),
        BookingError::InvalidConfirmBy(1)
    );
    assert_eq!(
        refused(|booking| booking.confirm_by = START + 1),
        BookingError::InvalidConfirmBy(START + 1)
    );
    assert_eq!(
        request(
            &mut world(),
            &PATIENT,
            &Booking {
                arbiter: STRANGER,
                ..booking()
            },
            1
        ),
        Err(Error::NoArbiter(STRANGER))
    );
}

#[test]
fn a_provider_claims_the_fee_when_every_condition_is_met() {
    let conditions = Conditions {
        role: Some(Role::PHYS),
        record: true,
        subject: SUBJECT,
    };
    let mut map = world();
    let id = in_session(
        &mut map,
        &Booking {
            conditions,
            ..booking()
        },
    );
    let mut refused = |change: fn(&mut Map), error| {
        assert_eq!(complete(&mut map, &id, &PROVIDER, END, &RECORD), Err(error));
        change(&mut map);
    };
    refused(
        |map| map.active.push((PROVIDER, Role::PHYS, START - 1)),
        Error::NoCredential(Role::PHYS),
    );
    refused(
        |map| map.active.push((PROVIDER, Role::PHYS, START)),
        Error::NoCredential(Role::PHYS),
    );
    refused(|map| map.record = Some((STRANGER, START)), Error::NoRecord(RECORD));
    refused(|map| map.record = Some((PROVIDER, START - 1)), Error::NoRecord(RECORD));
    refused(|map| map.record = Some((PROVIDER, START)), Error::NoRecord(RECORD));
    refused(|map| map.consents.push((SUBJECT, PROVIDER)), Error::NoConsent(SUBJECT));
    assert_eq!(
        complete(&mut map, &id, &PROVIDER, END, &[0; 32]),
        Err(Error::NoRecord([0; 32]))
    );
    assert!(complete(&mut map, &id, &PROVIDER, END, &RECORD).is_ok());
}

#[test]
fn a_patient_can_leave_the_fee_to_the_provider_whatever_the_conditions() {
    let conditions = Conditions {
        role: Some(Role::PHYS),
        record: true,
        subject: SUBJECT,
    };
    let mut map = world();
    let id = in_session(
        &mut map,
        &Booking {
            conditions,
            ..booking()
        },
    );
    complete(&mut map, &id, &PATIENT, END, &[0; 32]).unwrap();
    assert_eq!(owed(&map), [0, 1_000, 0]);
}

#[test]
fn a_platform_that_gave_its_collector_up_gets_nothing() {
    let mut map = world();
    map.platform.after = PlatformFee {
        fee: 1_000,
        collector: COLLECTOR,
    };
    let id = in_session(&mut map, &booking());
    map.platform = FeeChange::default();
    complete(&mut map, &id, &PATIENT, END, &[0; 32]).unwrap();
    assert_eq!(owed(&map), [0, 1_000, 0]);
}

#[test]
fn terms_that_are_none_and_visits_that_are_none_are_refused() {
    let mut map = world();
    let none = Terms {
        objection_window: 0,
        ..Terms::default()
    };
    assert!(matches!(set_terms(&mut map, &PROVIDER, &none), Err(Error::Terms(_))));
    map.versions.insert(PROVIDER, u32::MAX);
    assert_eq!(
        set_terms(&mut map, &PROVIDER, &Terms::default()),
        Err(Error::TooManyTerms)
    );
    let unknown = act(&mut map, &[1; 32], Action::Fund, &PATIENT, 1, 0);
    assert_eq!(unknown, Err(Error::UnknownVisit([1; 32])));
}

/// Every part of a booking is in its identifier, and the patient, the contract and the chain.
#[test]
fn an_identifier_is_of_everything() {
    let changes: [fn(&mut Booking); 13] = [
        |booking| booking.provider = STRANGER,
        |booking| booking.service = [1; 32],
        |booking| booking.token = STRANGER,
        |booking| booking.fee = 1.into(),
        |booking| booking.terms_version = 9,
        |booking| booking.start_time = 9,
        |booking| booking.end_time = 9,
        |booking| booking.confirm_by = 9,
        |booking| booking.arbiter = STRANGER,
        |booking| booking.conditions.role = Some(Role::PROV),
        |booking| booking.conditions.record = true,
        |booking| booking.conditions.subject = [1; 32],
        |booking| booking.details_hash = [1; 32],
    ];
    let of = |chain, contract, patient: &Address, booking: &Booking| {
        visit_id(&[chain; 32], &[contract; 20], patient, booking, |bytes| {
            keccak_const::Keccak256::new().update(bytes).finalize()
        })
    };
    let mut ids = std::collections::BTreeSet::from([
        of(1, 2, &PATIENT, &booking()),
        of(9, 2, &PATIENT, &booking()),
        of(1, 9, &PATIENT, &booking()),
        of(1, 2, &STRANGER, &booking()),
    ]);
    for change in changes {
        let mut booking = booking();
        change(&mut booking);
        ids.insert(of(1, 2, &PATIENT, &booking));
    }
    assert_eq!(ids.len(), 4 + changes.len());
}

mod series;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Rule 25: whatever is done, what came in is what went out and what is held, and each account's money is its own.
    #[test]
    fn rule_25_nothing_is_lost_or_made(
        steps in proptest::collection::vec((0_usize..6, 0_usize..13, 0_usize..4, 0_u64..60_000, 0_u16..=WHOLE, 1_u64..5_000), 1..120),
    ) {
        let mut map = world();
        map.platform.after = PlatformFee { fee: 250, collector: COLLECTOR };
        let mut ids = Vec::new();
        let mut now = 1;
        for (which, action, actor, later, decision, fee) in steps {
            now += later;
            map.fees.insert((PROVIDER, SERVICE, TOKEN, 1), fee.into());
            let booking = Booking {
                fee: fee.into(),
                start_time: now + START,
                end_time: now + END,
                confirm_by: now + START,
                details_hash: [ids.len() as u8; 32],
                ..booking()
            };
            if decision % 3 == 0 {
                let later = Booking { start_time: booking.end_time, end_time: booking.end_time + 1, ..booking };
                ids.extend(book_series(&mut map, &PATIENT, &[booking, later], now).unwrap().1);
            } else if let Ok(id) = request(&mut map, &PATIENT, &booking, now) {
                act(&mut map, &id, Action::Fund, &PATIENT, now, 0).unwrap();
                ids.push(id);
            }
            let actor = [PATIENT, PROVIDER, ARBITER, STRANGER][actor];
            if let Some(id) = ids.get(which) {
                let before = map.clone();
                let done = act(&mut map, id, Action::ALL[action], &actor, now, decision);
                prop_assert!(done.is_ok() || map == before, "a refusal changes nothing");
            }
            let _ = withdraw(&mut map, &actor, &TOKEN);
            let books = map.books(&TOKEN);
            let escrowed = map.visits.values().filter(|visit| visit.status.holds_money());
            let escrowed = escrowed.fold(U256::zero(), |sum, visit| sum + visit.fee);
            let owed = map.withdrawable.values().fold(U256::zero(), |sum, amount| sum + *amount);
            prop_assert_eq!(books.escrowed, escrowed);
            prop_assert_eq!(books.owed, owed);
            prop_assert_eq!(books.paid_in, books.paid_out + books.held());
        }
        // And everything comes out in the end, without anybody's good will.
        now += 10 * START;
        for id in ids {
            let _ = act(&mut map, &id, Action::Settle, &STRANGER, now, 0);
            prop_assert!(map.visit(&id).is_some_and(|visit| visit.status.is_final()));
        }
        for account in [PATIENT, PROVIDER, COLLECTOR] {
            let _ = withdraw(&mut map, &account, &TOKEN);
        }
        prop_assert_eq!(map.books(&TOKEN).held(), U256::zero());
    }
}
