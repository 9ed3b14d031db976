//! Requests for access: who may ask, answer and withdraw, and what lapses.

use std::collections::HashMap;

use salus_core::{
    access::request::{
        Request, RequestError, Requests, Status, approve, ask, open_request, refuse, request_commitment, request_id,
        withdraw,
    },
    consent::{
        Entry, Period, Status as ConsentStatus, Terms,
        registry::{Address, Subject, power},
    },
    hash::{Domain, Hash, commit},
};

use crate::{
    access_setting::{DELEGATE, OTHER_SUBJECT, PATIENT, SUBJECT, World},
    support::{DOCTOR, NOW, STRANGER, keccak256},
};

const COMMITMENT: Hash = [7; 32];
const CONSENT: Hash = [8; 32];
const UNTIL: u64 = NOW + 100;

#[derive(Default)]
struct Memory {
    requests: HashMap<Hash, Request>,
    latest: HashMap<(Subject, Address), Hash>,
}

impl Requests for Memory {
    type Refusal = RequestError;

    fn request(&self, id: &Hash) -> Option<Request> {
        self.requests.get(id).copied()
    }

    fn set_request(&mut self, id: &Hash, request: &Request) {
        self.requests.insert(*id, *request);
    }

    fn latest_request(&self, subject: &Subject, requester: &Address) -> Option<Hash> {
        self.latest.get(&(*subject, *requester)).copied()
    }

    fn set_latest_request(&mut self, subject: &Subject, requester: &Address, id: &Hash) {
        self.latest.insert((*subject, *requester), *id);
    }

    fn request_id(&self, subject: &Subject, requester: &Address, sequence: u32) -> Hash {
        request_id(&[1; 32], &[2; 20], subject, requester, sequence, keccak256)
    }
}

fn until(until: u64) -> Terms {
    Terms {
        validity: Period { from: 0, until },
        purposes: 0,
        classes: 0,
    }
}

/// The patient has consented to the doctor.
fn world() -> World {
    let mut world = World::new();
    let facts = Entry {
        subject: SUBJECT,
        grantee: DOCTOR,
        status: ConsentStatus::Active,
        sequence: 0,
        terms: until(NOW + 50),
        commitment: COMMITMENT,
        grantor: PATIENT,
        limit: u64::MAX,
    };
    world.consents.insert(CONSENT, facts);
    world
}

fn doctor_asks(memory: &mut Memory, now: u64) -> Result<Hash, RequestError> {
    ask(memory, &world(), now, &DOCTOR, &SUBJECT, &COMMITMENT, UNTIL)
}

fn asked() -> (Memory, Hash) {
    let mut memory = Memory::default();
    let id = doctor_asks(&mut memory, NOW).unwrap();
    (memory, id)
}

fn status(memory: &Memory, id: &Hash, now: u64) -> Status {
    memory.requests[id].status_at(now)
}

#[test]
fn a_request_waits_until_its_last_second_and_lapses_by_itself() {
    let (memory, id) = asked();
    assert_eq!(status(&memory, &id, UNTIL), Status::Open);
    assert_eq!(status(&memory, &id, UNTIL + 1), Status::Lapsed);
    assert_eq!(open_request(&memory, UNTIL, &SUBJECT, &DOCTOR), Some(id));
    assert_eq!(open_request(&memory, UNTIL + 1, &SUBJECT, &DOCTOR), None);
    assert_eq!(open_request(&memory, NOW, &SUBJECT, &STRANGER), None);
}

#[test]
fn requests_that_ask_for_nothing_are_refused() {
    let mut memory = Memory::default();
    let world = world();
    let cases = [
        (
            ask(&mut memory, &world, NOW, &DOCTOR, &SUBJECT, &[0; 32], UNTIL),
            RequestError::InvalidCommitment,
        ),
        (
            ask(&mut memory, &world, NOW, &DOCTOR, &SUBJECT, &COMMITMENT, NOW - 1),
            RequestError::InvalidUntil(NOW - 1, NOW),
        ),
        (
            ask(&mut memory, &world, NOW, &DOCTOR, &[9; 32], &COMMITMENT, UNTIL),
            RequestError::UnknownSubject([9; 32]),
        ),
    ];
    for (refused, error) in cases {
        assert_eq!(refused, Err(error));
    }
    assert!(memory.requests.is_empty() && memory.latest.is_empty());
    ask(&mut memory, &world, NOW, &DOCTOR, &SUBJECT, &COMMITMENT, NOW).unwrap();
}

#[test]
fn there_is_one_open_request_of_one_requester_for_one_subject() {
    let (mut memory, id) = asked();
    assert_eq!(doctor_asks(&mut memory, UNTIL), Err(RequestError::RequestOpen(id)));
    ask(&mut memory, &world(), NOW, &STRANGER, &SUBJECT, &COMMITMENT, UNTIL).unwrap();
    ask(&mut memory, &world(), NOW, &DOCTOR, &OTHER_SUBJECT, &COMMITMENT, UNTIL).unwrap();
    // Each end frees the place.
    let next = |memory: &mut Memory| doctor_asks(memory, NOW).unwrap();
    withdraw(&mut memory, NOW, &DOCTOR, &id).unwrap();
    let second = next(&mut memory);
    refuse(&mut memory, &world(), NOW, &PATIENT, &second).unwrap();
    let third = next(&mut memory);
    approve(&mut memory, &world(), NOW, &PATIENT, &third, &CONSENT).unwrap();
    let fourth = next(&mut memory);
    assert_eq!(memory.requests[&fourth].sequence, 3);
    let late = ask(
        &mut memory,
        &world(),
        UNTIL + 1,
        &DOCTOR,
        &SUBJECT,
        &COMMITMENT,
        UNTIL + 9,
    );
    assert!(late.is_ok(), "one that lapsed is in nobody's way");
}

#[test]
fn the_controller_and_a_delegate_who_may_answer_do() {
    for (delegate_may, answers) in [(power::ANSWER, true), (!power::ANSWER, false)] {
        let (mut memory, id) = asked();
        let mut world = world();
        world.delegates.insert((SUBJECT, DELEGATE), delegate_may);
        let approved = approve(&mut memory, &world, NOW, &DELEGATE, &id, &CONSENT);
        if answers {
            let approved = approved.unwrap();
            assert_eq!((approved.status, approved.consent), (Status::Approved, CONSENT));
            assert_eq!(memory.requests[&id], approved);
        } else {
            let error = RequestError::MayNotAct(SUBJECT, DELEGATE);
            assert_eq!(approved, Err(error));
            assert_eq!(refuse(&mut memory, &world, NOW, &DELEGATE, &id), Err(error));
        }
    }
}

#[test]
fn nobody_else_answers_or_withdraws() {
    let (mut memory, id) = asked();
    for caller in [DOCTOR, STRANGER] {
        let error = RequestError::MayNotAct(SUBJECT, caller);
        assert_eq!(approve(&mut memory, &world(), NOW, &caller, &id, &CONSENT), Err(error));
        assert_eq!(refuse(&mut memory, &world(), NOW, &caller, &id), Err(error));
    }
    for caller in [PATIENT, STRANGER] {
        let error = RequestError::NotRequester(id, caller);
        assert_eq!(withdraw(&mut memory, NOW, &caller, &id), Err(error));
    }
    assert_eq!(status(&memory, &id, NOW), Status::Open);
}

#[test]
fn a_consent_answers_only_if_it_is_live_and_of_this_subject_for_this_requester() {
    let facts = world().consents[&CONSENT];
    let unsuitable = [
        Entry {
            subject: OTHER_SUBJECT,
            ..facts
        },
        Entry {
            grantee: STRANGER,
            ..facts
        },
        Entry {
            status: ConsentStatus::Revoked,
            ..facts
        },
        Entry {
            terms: until(NOW - 1),
            ..facts
        },
    ];
    let (mut memory, id) = asked();
    let error = Err(RequestError::UnsuitableConsent(CONSENT));
    for facts in unsuitable {
        let mut world = world();
        world.consents.insert(CONSENT, facts);
        assert_eq!(approve(&mut memory, &world, NOW, &PATIENT, &id, &CONSENT), error);
    }
    let mut world = world();
    world.consents.clear();
    assert_eq!(approve(&mut memory, &world, NOW, &PATIENT, &id, &CONSENT), error);
    assert_eq!(status(&memory, &id, NOW), Status::Open);
}

#[test]
fn what_is_answered_withdrawn_or_lapsed_is_so_for_good() {
    let ends: [fn(&mut Memory, &Hash) -> Request; 3] = [
        |memory, id| approve(memory, &world(), NOW, &PATIENT, id, &CONSENT).unwrap(),
        |memory, id| refuse(memory, &world(), NOW, &PATIENT, id).unwrap(),
        |memory, id| withdraw(memory, NOW, &DOCTOR, id).unwrap(),
    ];
    for (end, expected) in ends
        .into_iter()
        .zip([Status::Approved, Status::Refused, Status::Withdrawn])
    {
        let (mut memory, id) = asked();
        end(&mut memory, &id);
        let error = Err(RequestError::NotOpen(id, expected));
        assert_eq!(approve(&mut memory, &world(), NOW, &PATIENT, &id, &CONSENT), error);
        assert_eq!(refuse(&mut memory, &world(), NOW, &PATIENT, &id), error);
        assert_eq!(withdraw(&mut memory, NOW, &DOCTOR, &id), error);
        assert_eq!(status(&memory, &id, UNTIL + 1), expected, "time does not change it");
    }
    let (mut memory, id) = asked();
    let error = Err(RequestError::NotOpen(id, Status::Lapsed));
    assert_eq!(refuse(&mut memory, &world(), UNTIL + 1, &PATIENT, &id), error);
    assert_eq!(withdraw(&mut memory, UNTIL + 1, &DOCTOR, &id), error);
    let unknown = Err(RequestError::UnknownRequest([9; 32]));
    assert_eq!(refuse(&mut memory, &world(), NOW, &PATIENT, &[9; 32]), unknown);
}

#[test]
fn identifiers_and_commitments_are_hashes_of_what_is_documented() {
    let preimage = [
        &b"salus/request-id\x01"[..],
        &[1; 32],
        &[2; 20],
        &SUBJECT,
        &DOCTOR,
        &[0, 0, 0, 5],
    ];
    let id = request_id(&[1; 32], &[2; 20], &SUBJECT, &DOCTOR, 5, keccak256);
    assert_eq!(id, keccak256(&preimage.concat()));
    assert_eq!(
        request_commitment(&[3; 32], b"request", keccak256),
        commit(Domain(*b"salus/request\0\0\0"), 1, &[3; 32], b"request", keccak256)
    );
    for number in 0..6 {
        assert_eq!(Status::from_number(number).map(|status| status as u8), Some(number));
    }
    assert_eq!(Status::from_number(6), None);
}
