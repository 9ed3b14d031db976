//! Break-glass on chain: who opens, what others hear, who vetoes, ends and reviews, and what blocks the next one.

use alloy_core::primitives::{Address, B256};
use salus_core::codes::{Purpose, Role};
use salus_devchain::runtime::CHAIN_ID;
use salus_tests_contracts::{
    access::{
        IAccess::*, MAX_DURATION, MAX_USES, MAX_VETO_WINDOW, REVIEW_PERIOD, SUBJECT, WINDOW, Ward, constructor, doctor,
        identifier, outcome, patient, reviewer, status, stranger,
    },
    account,
    consent::{IConsent, answer},
    events, refusal,
};

const HOUR: u64 = 3_600;

fn nurse() -> Address {
    account(3)
}

#[test]
fn an_emergency_access_opens_at_once_is_announced_and_ends_by_itself() {
    let mut ward = Ward::new();
    let (call, now) = (ward.emergency(), ward.now());
    assert!(!ward.doctor_sees());
    let done = ward.send(doctor(), &call).unwrap();
    let id = identifier(*b"salus/access-id\0", CHAIN_ID, ward.contract, SUBJECT, doctor(), 0);
    assert_eq!(done.value, id);
    let expected = GlassBroken {
        accessId: id,
        subject: SUBJECT,
        actor: doctor(),
        role: call.role,
        purpose: call.purpose,
        reviewer: reviewer(),
        evidence: call.evidence,
        vetoWindow: 0,
        opensAt: now,
        endsAt: now + HOUR,
        reviewBy: now + HOUR + REVIEW_PERIOD,
        isAuthorized: false,
    };
    assert_eq!(events::<GlassBroken>(ward.contract, &done.logs), [expected]);
    assert_eq!(done.logs.len(), 1);
    let expected = accessOfReturn {
        subject: SUBJECT,
        actor: doctor(),
        role: call.role,
        purpose: call.purpose,
        reviewer: reviewer(),
        evidence: call.evidence,
        opensAt: now,
        endsAt: now + HOUR,
        reviewBy: now + HOUR + REVIEW_PERIOD,
        status: status::OPEN,
        outcome: 0,
    };
    assert_eq!(ward.access(id), expected);
    assert_eq!(ward.unreviewed(), [id]);
    assert!(ward.doctor_sees());
    let others = [(SUBJECT, stranger()), (B256::repeat_byte(9), doctor())];
    for (subject, actor) in others {
        assert!(!ward.view(&isOpenCall { subject, actor }));
    }
    ward.until(now + HOUR - 1);
    assert!(ward.doctor_sees());
    ward.until(now + HOUR);
    assert!(!ward.doctor_sees());
    assert_eq!(ward.access(id).status, status::ENDED);
    assert_eq!(ward.access(B256::repeat_byte(9)).status, 0, "there is none such");
}

#[test]
fn what_is_no_emergency_is_refused_with_what_is_wrong() {
    let mut ward = Ward::new();
    let call = ward.emergency();
    let mut refused = |change: &dyn Fn(&mut breakGlassCall)| {
        let mut changed = call.clone();
        change(&mut changed);
        ward.send(doctor(), &changed)
    };
    for purpose in [Purpose::TREAT.bit(), 59, 255] {
        let error = refusal::<NotAnEmergency>(refused(&|call| call.purpose = purpose));
        assert_eq!(error.purpose, purpose);
    }
    let researcher = Role::RESEARCHER.bit();
    let error = refusal::<RoleNotAdmitted>(refused(&|call| call.role = researcher));
    assert_eq!(error.role, researcher);
    let error = refusal::<UnknownRole>(refused(&|call| call.role = 29));
    assert_eq!(error.role, 29);
    let nurse = Role::NURS.bit();
    let error = refusal::<MissingCredential>(refused(&|call| call.role = nurse));
    assert_eq!((error.account, error.role), (doctor(), nurse), "she is a physician");
    refusal::<MissingEvidence>(refused(&|call| call.evidence = B256::ZERO));
    for duration in [0, MAX_DURATION + 1, u64::MAX] {
        let error = refusal::<InvalidDuration>(refused(&|call| call.duration = duration));
        assert_eq!((error.duration, error.limit), (duration, MAX_DURATION));
    }
    let error = refusal::<InvalidReviewer>(refused(&|call| call.reviewer = doctor()));
    assert_eq!(error.reviewer, doctor());
    for nobody in [stranger(), Address::ZERO] {
        let error = refusal::<MissingCredential>(refused(&|call| call.reviewer = nobody));
        assert_eq!((error.account, error.role), (nobody, Role::PROV.bit()));
    }
    let unknown = B256::repeat_byte(9);
    let error = refusal::<UnknownSubject>(refused(&|call| call.subject = unknown));
    assert_eq!(error.subject, unknown);
    assert!(ward.unreviewed().is_empty());
    assert!(!ward.doctor_sees());
}

#[test]
fn only_a_credential_that_is_live_now_opens() {
    let mut ward = Ward::new();
    let call = ward.emergency();
    let error = refusal::<MissingCredential>(ward.send(stranger(), &call));
    assert_eq!((error.account, error.role), (stranger(), Role::PHYS.bit()));
    let credential = ward.license(nurse(), Role::NURS);
    let by_nurse = breakGlassCall {
        role: Role::NURS.bit(),
        purpose: Purpose::BTG.bit(),
        ..call
    };
    ward.unlicense(credential);
    let error = refusal::<MissingCredential>(ward.send(nurse(), &by_nurse));
    assert_eq!(error.account, nurse(), "in the block of the revocation");
    ward.license(nurse(), Role::NURS);
    ward.send(nurse(), &by_nurse).unwrap();
}

#[test]
fn a_consent_stays_what_it_is() {
    let mut ward = Ward::new();
    let id = ward.broken();
    let asked = IConsent::checkCall {
        subject: SUBJECT,
        grantee: doctor(),
        purpose: Purpose::ETREAT.bit(),
        class: 0,
    };
    assert_eq!(ward.world.view(ward.consent, &asked), answer::NO_CONSENT);
    let found = IConsent::consentOfCall { consentId: id };
    assert_eq!(ward.world.view(ward.consent, &found).status, 0);
}

#[test]
fn an_actor_has_one_access_to_a_subject_at_a_time() {
    let mut ward = Ward::new();
    let (call, id) = (ward.emergency(), ward.broken());
    let error = refusal::<AccessLive>(ward.send(doctor(), &call));
    assert_eq!(error.accessId, id);
    ward.send(doctor(), &endAccessCall { accessId: id }).unwrap();
    let second = ward.send(doctor(), &call).unwrap().value;
    assert_ne!(second, id);
    assert_eq!(ward.unreviewed(), [id, second]);
}

#[test]
fn a_subject_may_have_a_veto_window_within_the_limit() {
    let mut ward = Ward::new();
    let set = |seconds| setVetoWindowCall {
        subject: SUBJECT,
        vetoWindow: seconds,
    };
    for caller in [doctor(), stranger()] {
        let error = refusal::<NotController>(ward.send(caller, &set(60)));
        assert_eq!((error.subject, error.caller), (SUBJECT, caller));
    }
    let error = refusal::<VetoWindowTooLong>(ward.send(patient(), &set(MAX_VETO_WINDOW + 1)));
    assert_eq!((error.seconds, error.limit), (MAX_VETO_WINDOW + 1, MAX_VETO_WINDOW));
    let done = ward.send(patient(), &set(MAX_VETO_WINDOW)).unwrap();
    let expected = VetoWindowSet {
        subject: SUBJECT,
        actor: patient(),
        vetoWindow: MAX_VETO_WINDOW,
    };
    assert_eq!(events::<VetoWindowSet>(ward.contract, &done.logs), [expected]);
    let found = ward.view(&safeguardsOfCall { subject: SUBJECT });
    assert_eq!((found.vetoWindow, found.emergencyKey), (MAX_VETO_WINDOW, Address::ZERO));
    ward.send(patient(), &set(0)).unwrap();
    ward.broken();
    assert!(ward.doctor_sees());
}

#[test]
fn an_access_waits_for_a_veto_and_then_opens() {
    let mut ward = Ward::new();
    ward.with_veto_window(600);
    let (call, now) = (ward.emergency(), ward.now());
    let done = ward.send(doctor(), &call).unwrap();
    let [broken] = &events::<GlassBroken>(ward.contract, &done.logs)[..] else {
        panic!("it is announced once");
    };
    assert_eq!(
        (broken.vetoWindow, broken.opensAt, broken.endsAt),
        (600, now + 600, now + 600 + HOUR)
    );
    let id = done.value;
    assert_eq!(ward.access(id).status, status::WAITING);
    refusal::<WrongStatus>(ward.send(doctor(), &endAccessCall { accessId: id }));
    ward.until(now + 599);
    assert!(!ward.doctor_sees());
    ward.until(now + 600);
    assert!(ward.doctor_sees());
    let error = refusal::<WrongStatus>(ward.send(patient(), &vetoCall { accessId: id }));
    assert_eq!((error.accessId, error.status), (id, status::OPEN), "too late");
}

#[test]
fn the_patient_vetoes_and_nobody_else() {
    let mut ward = Ward::new();
    ward.with_veto_window(600);
    let id = ward.broken();
    for caller in [doctor(), reviewer(), stranger()] {
        let error = refusal::<MayNotAct>(ward.send(caller, &vetoCall { accessId: id }));
        assert_eq!((error.subject, error.caller), (SUBJECT, caller));
    }
    let unknown = B256::repeat_byte(9);
    refusal::<UnknownAccess>(ward.send(patient(), &vetoCall { accessId: unknown }));
    let done = ward.send(patient(), &vetoCall { accessId: id }).unwrap();
    let expected = AccessVetoed {
        accessId: id,
        subject: SUBJECT,
        actor: doctor(),
        vetoedBy: patient(),
    };
    assert_eq!(events::<AccessVetoed>(ward.contract, &done.logs), [expected]);
    assert!(ward.unreviewed().is_empty(), "nothing happened that could be reviewed");
    let later = ward.now() + 600;
    ward.until(later);
    assert!(!ward.doctor_sees());
    assert_eq!(ward.access(id).status, status::VETOED);
    refusal::<WrongStatus>(ward.send(patient(), &vetoCall { accessId: id }));
    ward.broken();
}

#[test]
fn its_actor_ends_an_access_in_this_very_block() {
    let mut ward = Ward::new();
    let id = ward.broken();
    for caller in [patient(), stranger(), reviewer()] {
        let error = refusal::<NotActor>(ward.send(caller, &endAccessCall { accessId: id }));
        assert_eq!((error.accessId, error.caller), (id, caller));
    }
    let done = ward.send(doctor(), &endAccessCall { accessId: id }).unwrap();
    let expected = AccessEnded {
        accessId: id,
        subject: SUBJECT,
        actor: doctor(),
    };
    assert_eq!(events::<AccessEnded>(ward.contract, &done.logs), [expected]);
    assert!(!ward.doctor_sees());
    assert_eq!(ward.access(id).endsAt, ward.now());
    let error = refusal::<WrongStatus>(ward.send(doctor(), &endAccessCall { accessId: id }));
    assert_eq!(error.status, status::ENDED);
    assert_eq!(ward.unreviewed(), [id]);
}

#[test]
fn its_reviewer_reviews_an_access_once() {
    let mut ward = Ward::new();
    let id = ward.broken();
    let review = |outcome| reviewCall { accessId: id, outcome };
    let error = refusal::<WrongStatus>(ward.send(reviewer(), &review(outcome::JUSTIFIED)));
    assert_eq!(error.status, status::OPEN, "it is not over");
    let end = ward.access(id).endsAt;
    ward.until(end);
    for caller in [doctor(), patient(), stranger()] {
        let error = refusal::<NotReviewer>(ward.send(caller, &review(outcome::JUSTIFIED)));
        assert_eq!((error.accessId, error.caller), (id, caller));
    }
    for nothing in [0, 3, 255] {
        let error = refusal::<InvalidOutcome>(ward.send(reviewer(), &review(nothing)));
        assert_eq!(error.outcome, nothing);
    }
    let done = ward.send(reviewer(), &review(outcome::NOT_JUSTIFIED)).unwrap();
    let expected = AccessReviewed {
        accessId: id,
        subject: SUBJECT,
        actor: doctor(),
        reviewer: reviewer(),
        outcome: outcome::NOT_JUSTIFIED,
    };
    assert_eq!(events::<AccessReviewed>(ward.contract, &done.logs), [expected]);
    assert_eq!(ward.access(id).outcome, outcome::NOT_JUSTIFIED);
    assert!(ward.unreviewed().is_empty());
    let error = refusal::<AlreadyReviewed>(ward.send(reviewer(), &review(outcome::JUSTIFIED)));
    assert_eq!(error.accessId, id);
}

#[test]
fn an_overdue_review_blocks_the_actor_until_it_is_made() {
    let mut ward = Ward::new();
    let (call, id) = (ward.emergency(), ward.broken());
    let overdue = ward.access(id).reviewBy;
    ward.until(overdue);
    let error = refusal::<ReviewOverdue>(ward.send(doctor(), &call));
    assert_eq!((error.accessId, error.reviewBy), (id, overdue));
    let review = reviewCall {
        accessId: id,
        outcome: outcome::JUSTIFIED,
    };
    ward.send(reviewer(), &review).unwrap();
    ward.broken();
}

// The way out that needs nobody's good will.
#[test]
fn when_a_reviewer_vanished_any_other_may_review() {
    let mut ward = Ward::new();
    let id = ward.broken();
    let review = reviewCall {
        accessId: id,
        outcome: outcome::JUSTIFIED,
    };
    ward.license(nurse(), Role::PROV);
    ward.license(doctor(), Role::PROV);
    let abandoned = ward.access(id).reviewBy + REVIEW_PERIOD;
    ward.until(abandoned - 1);
    refusal::<NotReviewer>(ward.send(nurse(), &review));
    ward.until(abandoned);
    let error = refusal::<NotReviewer>(ward.send(doctor(), &review));
    assert_eq!(error.caller, doctor(), "nobody reviews themselves");
    let error = refusal::<MissingCredential>(ward.send(stranger(), &review));
    assert_eq!((error.account, error.role), (stranger(), Role::PROV.bit()));
    ward.send(nurse(), &review).unwrap();
    ward.broken();
}

#[test]
fn uses_are_limited_for_each_window() {
    let mut ward = Ward::new();
    let (call, began) = (ward.emergency(), ward.now());
    let subject = |number: u32| B256::repeat_byte(0x60 + number as u8);
    for number in 0..=MAX_USES {
        ward.register(subject(number));
    }
    let of = |number| breakGlassCall {
        subject: subject(number),
        ..call.clone()
    };
    for number in 0..MAX_USES {
        ward.send(doctor(), &of(number)).unwrap();
    }
    let error = refusal::<TooManyUses>(ward.send(doctor(), &of(MAX_USES)));
    assert_eq!(error.windowEnds, began + WINDOW);
    ward.license(nurse(), Role::PHYS);
    ward.send(nurse(), &of(MAX_USES)).unwrap();
    ward.until(began + WINDOW);
    ward.send(doctor(), &of(MAX_USES)).unwrap();
}

#[test]
fn eight_accesses_may_wait_for_their_review_and_no_more() {
    let mut ward = Ward::new();
    let call = breakGlassCall {
        duration: MAX_DURATION,
        ..ward.emergency()
    };
    let mut ids = Vec::new();
    for number in 0..9 {
        let subject = B256::repeat_byte(0x60 + number);
        ward.register(subject);
        let call = breakGlassCall {
            subject,
            ..call.clone()
        };
        if number == 8 {
            refusal::<TooManyUnreviewed>(ward.send(doctor(), &call));
            assert_eq!(ward.unreviewed(), ids);
            assert_eq!(ward.access(ids[3]).status, status::ENDED);
            let review = reviewCall {
                accessId: ids[3],
                outcome: outcome::JUSTIFIED,
            };
            ward.send(reviewer(), &review).unwrap();
        }
        ids.push(ward.send(doctor(), &call).unwrap().value);
        let next_window = ward.now() + WINDOW;
        ward.until(next_window);
    }
    let mut left = ids.clone();
    left[3] = left.pop().unwrap();
    assert_eq!(ward.unreviewed(), left, "the free place is taken");
}

#[test]
fn parameters_that_nobody_could_live_with_are_refused() {
    let mut ward = Ward::new();
    let good = constructor(ward.consent, ward.credentials);
    let created = parametersReturn {
        consent: good.consent,
        credentials: good.credentials,
        emergencyRoles: good.emergencyRoles,
        reviewerRole: good.reviewerRole,
        maxDuration: good.maxDuration,
        maxUses: good.maxUses,
        usesWindow: good.usesWindow,
        reviewPeriod: good.reviewPeriod,
        maxVetoWindow: good.maxVetoWindow,
    };
    assert_eq!(ward.view(&parametersCall {}), created);
    let mut refused = |change: &dyn Fn(&mut constructorCall)| {
        let mut changed = good.clone();
        change(&mut changed);
        ward.world.deploy("access", stranger(), &changed)
    };
    let year = 365 * 86_400;
    for nobody in [Address::ZERO, stranger()] {
        let error = refusal::<NoContract>(refused(&|call| call.consent = nobody));
        assert_eq!(error.account, nobody);
        let error = refusal::<NoContract>(refused(&|call| call.credentials = nobody));
        assert_eq!(error.account, nobody);
    }
    for roles in [0, 1 << 29] {
        let error = refusal::<InvalidEmergencyRoles>(refused(&|call| call.emergencyRoles = roles));
        assert_eq!(error.roles, roles);
    }
    let error = refusal::<UnknownRole>(refused(&|call| call.reviewerRole = 29));
    assert_eq!(error.role, 29);
    let error = refusal::<InvalidMaxUses>(refused(&|call| call.maxUses = 0));
    assert_eq!(error.count, 0);
    for seconds in [0, year + 1] {
        let error = refusal::<InvalidMaxDuration>(refused(&|call| call.maxDuration = seconds));
        assert_eq!(error.seconds, seconds);
        let error = refusal::<InvalidUsesWindow>(refused(&|call| call.usesWindow = seconds));
        assert_eq!(error.seconds, seconds);
        let error = refusal::<InvalidReviewPeriod>(refused(&|call| call.reviewPeriod = seconds));
        assert_eq!(error.seconds, seconds);
    }
    let error = refusal::<InvalidMaxVetoWindow>(refused(&|call| call.maxVetoWindow = year + 1));
    assert_eq!(error.seconds, year + 1);
}

// The contracts that it asks can be any that answer like ours; where one does not, nothing is decided.
#[test]
fn without_an_answer_nothing_is_decided() {
    let mut ward = Ward::new();
    let swapped = constructor(ward.credentials, ward.consent);
    let contract = ward.world.deploy("access", stranger(), &swapped).unwrap().value;
    let call = ward.emergency();
    let error = refusal::<NoAnswer>(ward.world.send(doctor(), contract, &call));
    assert_eq!(error.contract, ward.consent, "it knows no credentials");
    let request = requestAccessCall {
        subject: SUBJECT,
        commitment: B256::repeat_byte(1),
        until: u64::MAX,
    };
    let error = refusal::<NoAnswer>(ward.world.send(doctor(), contract, &request));
    assert_eq!(error.contract, ward.credentials, "it knows no subjects");
}
