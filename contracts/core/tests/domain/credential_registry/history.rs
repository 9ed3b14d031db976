//! What is answered about then.

use proptest::{collection::vec, prelude::*};

use super::*;

// Domain rule 21: each with its time, asked as of a time.
#[test]
fn rule_21_a_credential_is_asked_as_of_a_time() {
    let (mut memory, id) = licensed();
    change(&mut memory, &BOARD, NOW + 10, &id, Status::Suspended).unwrap();
    change(&mut memory, &BOARD, NOW + 20, &id, Status::Active).unwrap();
    change(&mut memory, &BOARD, NOW + 30, &id, Status::Revoked).unwrap();
    let at = |time| status_at(&memory, &DOCTOR, Role::PHYS, time);
    assert_eq!(at(NOW - 1), (Status::None, 0, [0; 32]));
    assert_eq!(at(NOW), (Status::Active, NOW, id));
    assert_eq!(at(NOW + 9), (Status::Active, NOW, id));
    assert_eq!(at(NOW + 10), (Status::Suspended, NOW + 10, id));
    assert_eq!(at(NOW + 20), (Status::Active, NOW + 20, id));
    assert_eq!(at(NOW + 30), (Status::Revoked, NOW + 30, id));
    assert_eq!(at(END + 1), (Status::Revoked, NOW + 30, id));
    assert_eq!(status_at(&memory, &DOCTOR, Role::NURS, NOW).0, Status::None);
    assert_eq!(status_at(&memory, &STRANGER, Role::PHYS, NOW).0, Status::None);
}

#[test]
fn a_credential_expires_by_itself_and_cannot_be_changed_then() {
    let (mut memory, id) = licensed();
    assert!(active_at(&memory, END));
    assert!(!active_at(&memory, END + 1));
    for to in [Status::Suspended, Status::Revoked] {
        assert_eq!(
            change(&mut memory, &BOARD, END + 1, &id, to),
            Err(RegistryError::CredentialExpired(id, END))
        );
    }
    assert!(active_at(&memory, END), "what was stays what it was");
}

#[test]
fn a_backdated_credential_does_not_change_what_was() {
    let mut memory = admitted();
    let statement = Statement {
        validity: Period { from: 0, until: END },
        ..physician()
    };
    issue(&mut memory, &BOARD, NOW + 5, &statement).unwrap();
    assert!(!active_at(&memory, NOW + 4));
    assert!(active_at(&memory, NOW + 5));
}

#[test]
fn an_issuer_is_one_as_of_a_time() {
    let mut memory = admitted();
    remove_issuer(&mut memory, &OWNER, NOW + 10, &BOARD).unwrap();
    admit_issuer(&mut memory, &OWNER, NOW + 20, &BOARD).unwrap();
    let expected = [(NOW - 1, false), (NOW, true), (NOW + 9, true), (NOW + 10, false)];
    for (time, is_issuer) in expected.into_iter().chain([(NOW + 19, false), (NOW + 20, true)]) {
        assert_eq!(is_issuer_at(&memory, &BOARD, time), is_issuer, "{time}");
    }
    assert!(!is_issuer_at(&memory, &STRANGER, NOW));
}

#[test]
fn a_renewal_leaves_no_second_without_a_credential() {
    let (mut memory, first) = licensed();
    let renewal = Statement {
        validity: Period {
            from: NOW + 50,
            until: END + 100,
        },
        ..physician()
    };
    let second = issue(&mut memory, &BOARD, NOW + 50, &renewal).unwrap();
    assert_eq!(second.superseded, Some(first));
    assert_eq!(memory.credentials[&first].status, Status::Superseded);
    for time in [NOW, NOW + 49, NOW + 50, END + 1, END + 100] {
        assert!(active_at(&memory, time), "{time}");
    }
    assert_eq!(status_at(&memory, &DOCTOR, Role::PHYS, NOW + 49).2, first);
    assert_eq!(status_at(&memory, &DOCTOR, Role::PHYS, NOW + 50).2, second.id);
    let (from, to) = (Status::Superseded, Status::Revoked);
    assert_eq!(
        change(&mut memory, &BOARD, NOW + 51, &first, to),
        Err(RegistryError::Transition(first, InvalidTransition { from, to }))
    );
}

#[test]
fn a_full_history_refuses_instead_of_forgetting() {
    let (mut memory, id) = licensed();
    let history = memory.standings.get_mut(&(DOCTOR, Role::PHYS)).unwrap();
    history.earlier = u32::MAX;
    assert_eq!(
        change(&mut memory, &BOARD, NOW + 1, &id, Status::Revoked),
        Err(RegistryError::TooManyChanges)
    );
    assert!(active_at(&memory, NOW + 1));
    assert_eq!(memory.credentials[&id].status, Status::Active);
}

/// What may happen to a doctor's credential.
#[derive(Clone, Copy, Debug)]
enum Step {
    Issue(u64),
    Change(Status),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let statuses = [Status::Active, Status::Suspended, Status::Revoked];
    prop_oneof![
        (0u64..40).prop_map(Step::Issue),
        prop::sample::select(statuses.to_vec()).prop_map(Step::Change),
        (0u64..15).prop_map(Step::Wait),
    ]
}

proptest! {
    // Whatever is done, and refused, later: an answer about a past second never changes.
    #[test]
    fn what_was_answered_about_a_second_that_is_over_stays_true(steps in vec(step(), 1..40)) {
        let (mut memory, mut now, mut last) = (admitted(), NOW, [0; 32]);
        let mut answered: Vec<(u64, bool)> = Vec::new();
        for step in steps {
            match step {
                Step::Issue(length) => {
                    let validity = Period { from: 0, until: now + length };
                    let statement = Statement { validity, ..physician() };
                    if let Ok(issued) = issue(&mut memory, &BOARD, now, &statement) {
                        last = issued.id;
                        prop_assert!(active_at(&memory, now));
                    }
                }
                Step::Change(to) => {
                    if change(&mut memory, &BOARD, now, &last, to).is_ok() {
                        prop_assert_eq!(active_at(&memory, now), to == Status::Active);
                    }
                }
                Step::Wait(seconds) => {
                    answered.extend((now..now + seconds).map(|time| (time, active_at(&memory, time))));
                    now += seconds;
                }
            }
            for (time, was_active) in &answered {
                prop_assert_eq!(active_at(&memory, *time), *was_active);
            }
        }
    }
}
