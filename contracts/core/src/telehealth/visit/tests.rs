#![allow(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::*;
use std::vec::Vec;

const PATIENT: Address = Address::repeat_byte(1);
const PROVIDER: Address = Address::repeat_byte(2);
const STRANGER: Address = Address::repeat_byte(3);
const NOW: u64 = 1_000;
const CONFIRM_BY: u64 = 2_000;
const START: u64 = 3_000;
const WINDOW: u64 = 500;
const COMPLETE_BY: u64 = START + WINDOW;

const TERMS: Terms = Terms {
    provider: PROVIDER,
    token: Address::repeat_byte(9),
    fee: U256([70, 0, 0, 0]),
    start_time: START,
    confirm_by: CONFIRM_BY,
    details_hash: [5; 32],
};

const ACTIONS: [Action; 6] = [
    Action::Fund,
    Action::Confirm,
    Action::Decline,
    Action::Cancel,
    Action::Complete,
    Action::Expire,
];

const STATUSES: [Status; 7] = [
    Status::Requested,
    Status::Funded,
    Status::Confirmed,
    Status::Completed,
    Status::Cancelled,
    Status::Declined,
    Status::Expired,
];

fn request(terms: &Terms) -> Result<Visit, Refusal> {
    Visit::request(PATIENT, terms, NOW, WINDOW)
}

fn visit(status: Status) -> Visit {
    Visit {
        status,
        ..request(&TERMS).unwrap()
    }
}

#[test]
fn a_request_keeps_its_terms_and_counts_its_deadline() {
    let visit = request(&TERMS).unwrap();
    assert_eq!(visit.status, Status::Requested);
    assert_eq!(
        (visit.patient, visit.provider, visit.token),
        (PATIENT, PROVIDER, TERMS.token)
    );
    assert_eq!((visit.fee, visit.details_hash), (TERMS.fee, TERMS.details_hash));
    assert_eq!((visit.confirm_by, visit.start_time), (CONFIRM_BY, START));
    assert_eq!(visit.complete_by, COMPLETE_BY);
}

#[test]
fn a_request_needs_another_as_provider() {
    for provider in [Address::zero(), PATIENT] {
        assert_eq!(
            request(&Terms { provider, ..TERMS }),
            Err(Refusal::InvalidProvider(provider))
        );
    }
}

#[test]
fn a_request_needs_a_token_and_a_fee() {
    let token = Address::zero();
    assert_eq!(request(&Terms { token, ..TERMS }), Err(Refusal::InvalidToken(token)));
    assert_eq!(
        request(&Terms {
            fee: U256::zero(),
            ..TERMS
        }),
        Err(Refusal::ZeroFee)
    );
}

#[test]
fn a_request_is_for_later() {
    for start_time in [0, NOW, u64::MAX] {
        let terms = Terms {
            start_time,
            confirm_by: NOW + 1,
            ..TERMS
        };
        assert_eq!(request(&terms), Err(Refusal::InvalidStartTime { start_time, now: NOW }));
    }
    assert!(
        request(&Terms {
            start_time: NOW + 1,
            confirm_by: NOW + 1,
            ..TERMS
        })
        .is_ok()
    );
    assert!(
        request(&Terms {
            start_time: u64::MAX - WINDOW,
            ..TERMS
        })
        .is_ok()
    );
}

#[test]
fn a_request_leaves_time_to_confirm_and_no_longer_than_until_it_begins() {
    for confirm_by in [0, NOW, START + 1] {
        let refusal = Refusal::InvalidConfirmBy {
            confirm_by,
            now: NOW,
            start_time: START,
        };
        assert_eq!(request(&Terms { confirm_by, ..TERMS }), Err(refusal));
    }
    for confirm_by in [NOW + 1, START] {
        assert!(request(&Terms { confirm_by, ..TERMS }).is_ok());
    }
}

#[test]
fn a_completion_window_is_neither_nothing_nor_endless() {
    let seconds = [0, 1, MAX_COMPLETION_WINDOW, MAX_COMPLETION_WINDOW + 1, u64::MAX];
    assert_eq!(
        seconds.map(is_valid_completion_window),
        [false, true, true, false, false]
    );
}

/// One row of the rules: in this status, this action is open to these actors from one second to before another, and leads
/// there with this for the fee.
struct Row(Status, Action, &'static [Address], std::ops::Range<u64>, Status, Money);

/// The rules once more, written as a table. Everything that is not in it is refused.
fn table() -> [Row; 11] {
    use Action as A;
    use Money::{PaidIn, Refunded, Released, Stays};
    use Status as S;
    const EVER: u64 = u64::MAX;
    const PATIENT_ONLY: &[Address] = &[PATIENT];
    const PROVIDER_ONLY: &[Address] = &[PROVIDER];
    const EITHER: &[Address] = &[PATIENT, PROVIDER];
    const ANYBODY: &[Address] = &[PATIENT, PROVIDER, STRANGER];
    [
        Row(S::Requested, A::Fund, PATIENT_ONLY, 0..CONFIRM_BY, S::Funded, PaidIn),
        Row(S::Requested, A::Decline, PROVIDER_ONLY, 0..EVER, S::Declined, Stays),
        Row(S::Requested, A::Cancel, EITHER, 0..START, S::Cancelled, Stays),
        Row(S::Requested, A::Expire, ANYBODY, CONFIRM_BY..EVER, S::Expired, Stays),
        Row(S::Funded, A::Confirm, PROVIDER_ONLY, 0..CONFIRM_BY, S::Confirmed, Stays),
        Row(S::Funded, A::Decline, PROVIDER_ONLY, 0..EVER, S::Declined, Refunded),
        Row(S::Funded, A::Cancel, EITHER, 0..START, S::Cancelled, Refunded),
        Row(S::Funded, A::Expire, ANYBODY, CONFIRM_BY..EVER, S::Expired, Refunded),
        Row(S::Confirmed, A::Cancel, EITHER, 0..START, S::Cancelled, Refunded),
        Row(
            S::Confirmed,
            A::Complete,
            PROVIDER_ONLY,
            START..COMPLETE_BY,
            S::Completed,
            Released,
        ),
        Row(
            S::Confirmed,
            A::Expire,
            ANYBODY,
            COMPLETE_BY..EVER,
            S::Expired,
            Refunded,
        ),
    ]
}

/// Both sides of every deadline, and the far ends.
fn times() -> Vec<u64> {
    let around = [CONFIRM_BY, START, COMPLETE_BY].map(|deadline| [deadline - 1, deadline, deadline + 1]);
    [&[NOW][..], &around.concat(), &[u64::MAX - 1]].concat()
}

#[test]
fn every_status_action_actor_and_time_is_as_the_table_says() {
    let table = table();
    for status in STATUSES {
        for action in ACTIONS {
            let row = table.iter().find(|row| (row.0, row.1) == (status, action));
            for actor in [PATIENT, PROVIDER, STRANGER] {
                for now in times() {
                    let expected = row.and_then(|Row(_, _, actors, when, status, money)| {
                        let (status, money) = (*status, *money);
                        (actors.contains(&actor) && when.contains(&now)).then_some(Transition { status, money })
                    });
                    let actual = visit(status).apply(action, &actor, now).ok();
                    assert_eq!(actual, expected, "{status:?} {action:?} by {actor:?} at {now}");
                }
            }
        }
    }
}

#[test]
fn money_never_waits_for_good_will() {
    // Whatever the parties do or do not do, a stranger can end a visit that holds money once its last deadline has passed.
    for status in STATUSES.into_iter().filter(|status| status.holds_money()) {
        let ended = visit(status).apply(Action::Expire, &STRANGER, COMPLETE_BY).unwrap();
        assert_eq!(ended.money, Money::Refunded);
        assert!(ended.status.is_final());
    }
}

#[test]
fn every_unfinished_status_can_end_at_every_time() {
    for status in STATUSES.into_iter().filter(|status| !status.is_final()) {
        for now in times() {
            let ends = |action| {
                let step = visit(status).apply(action, &PATIENT, now);
                let by_provider = visit(status).apply(action, &PROVIDER, now);
                step.or(by_provider).is_ok_and(|step| step.status.is_final())
            };
            assert!(ACTIONS.into_iter().any(ends), "{status:?} at {now}");
        }
    }
}

#[test]
fn final_is_final() {
    for status in STATUSES.into_iter().filter(|status| status.is_final()) {
        for action in ACTIONS {
            for actor in [PATIENT, PROVIDER, STRANGER] {
                assert!(
                    visit(status).apply(action, &actor, START).is_err(),
                    "{status:?} {action:?}"
                );
            }
        }
    }
}

#[test]
fn refusals_say_who_then_what_then_when() {
    let late = visit(Status::Confirmed);
    assert_eq!(
        late.apply(Action::Fund, &STRANGER, START),
        Err(Refusal::NotPatient {
            actor: STRANGER,
            patient: PATIENT
        })
    );
    assert_eq!(
        late.apply(Action::Confirm, &PATIENT, START),
        Err(Refusal::NotProvider {
            actor: PATIENT,
            provider: PROVIDER
        })
    );
    assert_eq!(
        late.apply(Action::Cancel, &STRANGER, START),
        Err(Refusal::NotParty { actor: STRANGER })
    );
    assert_eq!(
        late.apply(Action::Fund, &PATIENT, START),
        Err(Refusal::WrongStatus(Status::Confirmed))
    );
    let too_late = Refusal::TooLate {
        deadline: START,
        now: START,
    };
    assert_eq!(late.apply(Action::Cancel, &PATIENT, START), Err(too_late));
    let too_early = Refusal::TooEarly {
        earliest: START,
        now: START - 1,
    };
    assert_eq!(late.apply(Action::Complete, &PROVIDER, START - 1), Err(too_early));
}
