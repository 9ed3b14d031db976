#![allow(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::vec::Vec;

use super::*;
use crate::telehealth::terms::RefundStep;

const PATIENT: Address = Address::repeat_byte(1);
const PROVIDER: Address = Address::repeat_byte(2);
const ARBITER: Address = Address::repeat_byte(3);
const STRANGER: Address = Address::repeat_byte(4);
const CONFIRM_BY: u64 = 100_000;
const START: u64 = 200_000;
const END: u64 = 203_600;
const DECISION: BasisPoints = 1_234;

/// Each number is another one, so that none can stand in for another.
fn terms() -> Terms {
    let step = |notice, refund| RefundStep { notice, refund };
    let terms = Terms {
        refunds: [step(86_400, WHOLE), step(3_600, 6_000), step(60, 100), step(0, 0)],
        grace: 900,
        no_show_share: 7_500,
        claim_window: 7_200,
        objection_window: 5_000,
        decision_window: 90_000,
        default_share: 4_000,
    };
    assert_eq!(terms.check(), Ok(()));
    terms
}

fn visit(status: Status) -> Visit {
    Visit {
        patient: PATIENT,
        provider: PROVIDER,
        arbiter: ARBITER,
        token: Address::repeat_byte(9),
        fee: U256::from(70),
        start_time: START,
        end_time: END,
        confirm_by: CONFIRM_BY,
        deadline: 0,
        terms_version: 1,
        platform_fee: 0,
        conditions: Conditions::default(),
        status,
        started_by: None,
        claim: None,
    }
}

fn apply(visit: &Visit, action: Action, actor: Address, now: u64) -> Result<Next, Refusal> {
    visit.apply(&terms(), action, &actor, now, DECISION)
}

/// The seconds around everything that can change what is allowed.
fn turning_points(visit: &Visit, terms: &Terms) -> BTreeSet<u64> {
    let moments = [
        Moment::ConfirmBy,
        Moment::Start,
        Moment::Absent,
        Moment::ClaimBy,
        Moment::Deadline,
    ];
    let times = moments.map(|moment| visit.time(moment, terms));
    let notices = terms.refunds.map(|step| START - u64::from(step.notice));
    let all = times.into_iter().chain(notices).chain([END]);
    all.flat_map(|time| [time.saturating_sub(1), time, time + 1]).collect()
}

/// One step that is allowed somewhere.
struct Step {
    before: Visit,
    now: u64,
    action: Action,
    actor: Address,
    next: Next,
}

/// Every step that can be taken from a request on, whoever takes it, whatever the time.
fn explore() -> Vec<Step> {
    let terms = terms();
    let mut earliest = BTreeMap::new();
    let mut waiting = VecDeque::from([(visit(Status::Requested), 1)]);
    let mut steps = Vec::new();
    while let Some((before, since)) = waiting.pop_front() {
        let key = std::format!("{before:?}");
        if earliest.get(&key).is_some_and(|known| *known <= since) {
            continue;
        }
        earliest.insert(key, since);
        let times = turning_points(&before, &terms);
        for now in times.into_iter().chain([since]).filter(|now| *now >= since) {
            for action in Action::ALL {
                for actor in [PATIENT, PROVIDER, ARBITER, STRANGER] {
                    if let Ok(next) = apply(&before, action, actor, now) {
                        waiting.push_back((next.visit, now));
                        steps.push(Step {
                            before,
                            now,
                            action,
                            actor,
                            next,
                        });
                    }
                }
            }
        }
    }
    steps
}

/// Rule 25: no status that holds money needs anybody's good will to be left.
#[test]
fn rule_25_after_its_deadline_anybody_can_end_every_visit() {
    let reached: Vec<_> = explore().into_iter().map(|step| step.next.visit).collect();
    for visit in reached.iter().filter(|visit| !visit.status.is_final()) {
        let moment = match visit.status {
            Status::Requested | Status::Funded => Moment::ConfirmBy,
            Status::Confirmed | Status::InSession => Moment::ClaimBy,
            _ => Moment::Deadline,
        };
        let time = visit.time(moment, &terms());
        let latest = END + 7_200 + 5_000 + 90_000;
        assert!(time > 0 && time <= latest, "{visit:?}");
        for now in [time, time + 1, u64::MAX] {
            let settled = apply(visit, Action::Settle, STRANGER, now).unwrap();
            assert!(settled.visit.status.is_final(), "{visit:?}");
            assert_eq!(settled.released.is_some(), visit.status.holds_money());
        }
        let early = apply(visit, Action::Settle, STRANGER, time - 1);
        assert_eq!(
            early,
            Err(Refusal::TooEarly {
                earliest: time,
                now: time - 1
            })
        );
    }
}

#[test]
fn rule_23_every_status_is_reached_and_the_last_ones_are_never_left() {
    let steps = explore();
    let reached: BTreeSet<_> = steps.iter().map(|step| step.next.visit.status).collect();
    assert_eq!(reached.len(), Status::ALL.len() - 1, "all but the first: {reached:?}");
    assert!(steps.iter().all(|step| !step.before.status.is_final()));
    for status in Status::ALL.into_iter().filter(|status| status.is_final()) {
        assert!(RULES.iter().all(|rule| rule.status != status));
        for action in Action::ALL {
            for actor in [PATIENT, PROVIDER, ARBITER, STRANGER] {
                let refused = apply(&visit(status), action, actor, START);
                assert_eq!(refused, Err(Refusal::WrongStatus(status)));
            }
        }
    }
}

/// Rule 24: nobody ends richer than the terms say.
#[test]
fn rule_24_each_end_releases_what_the_terms_say_and_once() {
    let mut seen = BTreeSet::new();
    for step in explore() {
        let (before, after) = (step.before.status, step.next.visit.status);
        assert_eq!(step.next.released.is_some(), before.holds_money() && after.is_final());
        let Some(share) = step.next.released else { continue };
        seen.insert((after, share));
        let by_terms: &[BasisPoints] = match after {
            Status::Completed => &[WHOLE],
            // What the steps of the schedule leave.
            Status::CancelledLate => &[4_000, 9_900, WHOLE],
            Status::PatientNoShow => &[7_500],
            Status::Resolved if step.action == Action::Decide => &[DECISION],
            Status::Resolved => &[4_000],
            _ => &[0],
        };
        assert!(by_terms.contains(&share), "{after:?} {share}");
    }
    assert_eq!(
        seen.len(),
        13,
        "every end with money, and every step of the schedule: {seen:?}"
    );
}

#[test]
fn strangers_can_only_settle_and_arbiters_only_decide() {
    for step in explore() {
        if step.actor == STRANGER {
            assert_eq!(step.action, Action::Settle);
        } else if step.actor == ARBITER {
            assert!(matches!(step.action, Action::Settle | Action::Decide));
        }
    }
}

/// What a side loses, it gave away, or had time to contest and an arbiter to ask.
#[test]
fn nobody_loses_by_what_only_the_other_side_did() {
    for step in explore() {
        let Some(share) = step.next.released else { continue };
        let against_patient = share > 0 && step.actor == PROVIDER;
        let against_provider = share < WHOLE && step.actor == PATIENT;
        // Settling and accepting are what was claimed, or what the terms say.
        let is_due = matches!(step.action, Action::Settle | Action::Accept);
        assert!(!against_patient || is_due, "{:?} of {:?}", step.action, step.before);
        let before_it_began =
            step.action == Action::Cancel && (step.now < START || step.before.status == Status::Funded);
        assert!(
            !against_provider || is_due || before_it_began,
            "{:?} of {:?}",
            step.action,
            step.before
        );
    }
    // And whoever claims has to wait for the other's objection.
    for step in explore() {
        let visit = step.next.visit;
        if visit.status == Status::Claimed {
            assert!(visit.deadline >= step.now.max(END) + 5_000);
            let (_, claimant) = visit.claim.unwrap();
            let (own, other) = match claimant {
                Side::Patient => (PATIENT, PROVIDER),
                Side::Provider => (PROVIDER, PATIENT),
            };
            let last = visit.deadline - 1;
            assert!(apply(&visit, Action::Contest, other, last).is_ok());
            assert_eq!(apply(&visit, Action::Accept, own, last), Err(Refusal::NotAnswerer(own)));
            assert!(matches!(
                apply(&visit, Action::Settle, own, last),
                Err(Refusal::TooEarly { .. })
            ));
        }
    }
}

/// Every status, action, actor and time that the table does not name is refused, and says why.
#[test]
fn what_the_table_does_not_allow_is_refused() {
    let (mut allowed, mut refused) = (0, 0);
    for status in Status::ALL {
        for started_by in [None, Some(Side::Patient), Some(Side::Provider)] {
            for claimant in [Side::Patient, Side::Provider] {
                let visit = Visit {
                    started_by,
                    claim: Some((Status::Completed, claimant)),
                    deadline: END + 9_000,
                    ..visit(status)
                };
                for now in turning_points(&visit, &terms()) {
                    for action in Action::ALL {
                        for actor in [PATIENT, PROVIDER, ARBITER, STRANGER] {
                            let is_allowed = RULES.iter().any(|rule| fits(rule, &visit, action, actor, now));
                            let result = apply(&visit, action, actor, now);
                            assert_eq!(
                                result.is_ok(),
                                is_allowed,
                                "{action:?} by {actor} at {now} of {visit:?}"
                            );
                            allowed += u32::from(is_allowed);
                            refused += u32::from(!is_allowed);
                        }
                    }
                }
            }
        }
    }
    assert!(allowed > 1_000 && refused > 50_000, "{allowed} {refused}");
}

/// The table read once more, without the code that is tested.
fn fits(rule: &Rule, visit: &Visit, action: Action, actor: Address, now: u64) -> bool {
    let by = |account, side| actor == account && visit.started_by != Some(side);
    let claimant = match visit.claim {
        Some((_, Side::Patient)) => PATIENT,
        _ => PROVIDER,
    };
    let is_party = actor == PATIENT || actor == PROVIDER;
    let may = match rule.actor {
        Actor::Patient => actor == PATIENT,
        Actor::Provider => actor == PROVIDER,
        Actor::Party => is_party,
        Actor::PatientWhoDidNotStart => by(PATIENT, Side::Patient),
        Actor::ProviderWhoDidNotStart => by(PROVIDER, Side::Provider),
        Actor::Answerer => is_party && actor != claimant,
        Actor::Arbiter => actor == ARBITER,
        Actor::Anyone => true,
    };
    let second = |moment| match moment {
        Moment::ConfirmBy => CONFIRM_BY,
        Moment::Start => START,
        Moment::Absent => START + 900,
        Moment::ClaimBy => END + 7_200,
        Moment::Deadline => visit.deadline,
    };
    rule.status == visit.status
        && rule.action == action
        && may
        && rule.from.is_none_or(|from| second(from) <= now)
        && rule.until.is_none_or(|until| now < second(until))
}

#[test]
fn a_refusal_names_who_may_and_when() {
    let refused = |status, action, actor, now| apply(&visit(status), action, actor, now).unwrap_err();
    assert_eq!(
        refused(Status::Funded, Action::Confirm, PATIENT, 1),
        Refusal::NotProvider(PATIENT)
    );
    assert_eq!(
        refused(Status::Requested, Action::Fund, PROVIDER, 1),
        Refusal::NotPatient(PROVIDER)
    );
    assert_eq!(
        refused(Status::Confirmed, Action::Cancel, STRANGER, 1),
        Refusal::NotParty(STRANGER)
    );
    assert_eq!(
        refused(Status::Confirmed, Action::Start, ARBITER, START),
        Refusal::NotParty(ARBITER)
    );
    assert_eq!(
        refused(Status::Disputed, Action::Decide, PATIENT, 0),
        Refusal::NotArbiter(PATIENT)
    );
    assert_eq!(
        refused(Status::Claimed, Action::Accept, STRANGER, 0),
        Refusal::NotAnswerer(STRANGER)
    );
    assert_eq!(
        refused(Status::Confirmed, Action::Cancel, PATIENT, START),
        Refusal::TooLate {
            deadline: START,
            now: START
        }
    );
    assert_eq!(
        refused(Status::Confirmed, Action::ClaimNoShow, PROVIDER, START + 899),
        Refusal::TooEarly {
            earliest: START + 900,
            now: START + 899
        }
    );
}

#[test]
fn who_said_that_it_began_cannot_say_that_the_other_did_not_come() {
    let began = apply(&visit(Status::Confirmed), Action::Start, PATIENT, START)
        .unwrap()
        .visit;
    assert_eq!(
        (began.status, began.started_by),
        (Status::InSession, Some(Side::Patient))
    );
    let later = START + 1_000;
    assert_eq!(
        apply(&began, Action::ClaimNoShow, PATIENT, later),
        Err(Refusal::SaidItBegan(PATIENT))
    );
    let claimed = apply(&began, Action::ClaimNoShow, PROVIDER, later).unwrap().visit;
    assert_eq!(claimed.claim, Some((Status::PatientNoShow, Side::Provider)));
}

#[test]
fn an_arbiter_cannot_give_more_than_there_is() {
    let disputed = Visit {
        deadline: END,
        ..visit(Status::Disputed)
    };
    let decide = |share| disputed.apply(&terms(), Action::Decide, &ARBITER, START, share);
    assert_eq!(decide(WHOLE).unwrap().released, Some(WHOLE));
    assert_eq!(decide(WHOLE + 1), Err(Refusal::ShareTooLarge(WHOLE + 1)));
}

#[test]
fn numbers_stand_for_statuses_and_sides() {
    for (number, status) in (1..).zip(Status::ALL) {
        assert_eq!(status as u8, number);
        assert_eq!(Status::from_number(number), Some(status));
    }
    assert_eq!([0, 17, 255].map(Status::from_number), [None; 3]);
    for side in [None, Some(Side::Patient), Some(Side::Provider)] {
        assert_eq!(Side::from_number(Side::number(side)), side);
    }
    assert_eq!(Side::from_number(3), None);
}
