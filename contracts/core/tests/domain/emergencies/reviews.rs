//! Who reviews emergency accesses, and what blocks an actor.

use super::*;

#[test]
fn its_reviewer_reviews_once_after_the_end() {
    let (mut memory, granted) = opened();
    let mut judge = |caller, now, outcome| review(&mut memory, &world(), now, &caller, &granted.id, outcome);
    let early = judge(REVIEWER, NOW + HOUR - 1, Outcome::Justified);
    assert_eq!(early, Err(EmergencyError::WrongStatus(granted.id, Status::Open)));
    for caller in [DOCTOR, PATIENT, OTHER_REVIEWER] {
        let refused = judge(caller, NOW + HOUR, Outcome::Justified);
        assert_eq!(refused, Err(EmergencyError::NotReviewer(granted.id, caller)));
    }
    let nothing = judge(REVIEWER, NOW + HOUR, Outcome::None);
    assert_eq!(nothing, Err(EmergencyError::InvalidOutcome));
    let reviewed = judge(REVIEWER, NOW + HOUR, Outcome::NotJustified).unwrap();
    assert_eq!(reviewed.outcome, Outcome::NotJustified);
    let again = judge(REVIEWER, NOW + HOUR, Outcome::Justified);
    assert_eq!(again, Err(EmergencyError::AlreadyReviewed(granted.id)));
    assert_eq!(memory.accesses[&granted.id], reviewed);
    assert!(!waits_for_review(&memory, &granted.id));
}

#[test]
fn a_vetoed_access_needs_no_review_and_gets_none() {
    let (mut memory, granted) = waiting();
    veto(&mut memory, &world(), NOW, &PATIENT, &granted.id).unwrap();
    let refused = review(
        &mut memory,
        &world(),
        NOW + 9 * HOUR,
        &REVIEWER,
        &granted.id,
        Outcome::Justified,
    );
    assert_eq!(refused, Err(EmergencyError::WrongStatus(granted.id, Status::Vetoed)));
}

#[test]
fn an_overdue_review_blocks_the_actor_until_it_is_made() {
    let (mut memory, granted) = opened();
    let overdue = granted.access.review_by;
    let mut other = memory_with(&memory);
    assert!(doctor_breaks(&mut other, overdue - 1).is_ok());
    let refused = doctor_breaks(&mut memory, overdue);
    assert_eq!(refused, Err(EmergencyError::ReviewOverdue(granted.id, overdue)));
    review(
        &mut memory,
        &world(),
        overdue + 1,
        &REVIEWER,
        &granted.id,
        Outcome::Justified,
    )
    .unwrap();
    assert!(doctor_breaks(&mut memory, overdue + 1).is_ok());
}

// The way out that needs nobody's good will: a reviewer may vanish, and the actor is not blocked for ever.
#[test]
fn when_a_reviewer_vanished_any_other_may_review() {
    let (mut memory, granted) = opened();
    let abandoned = granted.access.review_by + PARAMETERS.review_period;
    let mut judge = |caller, now| review(&mut memory, &world(), now, &caller, &granted.id, Outcome::Justified);
    let early = judge(OTHER_REVIEWER, abandoned - 1);
    assert_eq!(early, Err(EmergencyError::NotReviewer(granted.id, OTHER_REVIEWER)));
    let unlicensed = judge(STRANGER, abandoned);
    assert_eq!(unlicensed, Err(EmergencyError::MissingCredential(STRANGER, Role::PROV)));
    judge(OTHER_REVIEWER, abandoned).unwrap();

    let (mut memory, granted) = opened();
    let mut both = world();
    both.roles.insert((DOCTOR, Role::PROV));
    let own = review(&mut memory, &both, abandoned, &DOCTOR, &granted.id, Outcome::Justified);
    assert_eq!(
        own,
        Err(EmergencyError::NotReviewer(granted.id, DOCTOR)),
        "never one's own"
    );
}

#[test]
fn a_reviewer_who_lost_the_role_reviews_no_more() {
    let (mut memory, granted) = opened();
    let mut world = world();
    world.roles.remove(&(REVIEWER, Role::PROV));
    let refused = review(
        &mut memory,
        &world,
        NOW + HOUR,
        &REVIEWER,
        &granted.id,
        Outcome::Justified,
    );
    assert_eq!(refused, Err(EmergencyError::MissingCredential(REVIEWER, Role::PROV)));
}

#[test]
fn uses_are_limited_for_each_actor_and_window() {
    let (mut memory, _) = opened();
    let mut of = |subject: &Subject, now| {
        let demand = Demand { subject, ..demand() };
        break_glass(&mut memory, &world(), now, &DOCTOR, &demand, false)
    };
    of(&OTHER_SUBJECT, NOW + 1).unwrap();
    let mut more = world();
    more.controllers.insert([7; 32], PATIENT);
    let third = Demand {
        subject: &[7; 32],
        ..demand()
    };
    let window_ends = NOW + PARAMETERS.uses_window;
    let refused = break_glass(&mut memory, &more, window_ends - 1, &DOCTOR, &third, false);
    assert_eq!(refused, Err(EmergencyError::TooManyUses(window_ends)));
    more.roles.insert((STRANGER, Role::PHYS));
    let mut other = memory_with(&memory);
    break_glass(&mut other, &more, NOW + 1, &STRANGER, &third, false).unwrap();
    break_glass(&mut memory, &more, window_ends, &DOCTOR, &third, false).unwrap();
}
