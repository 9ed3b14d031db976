//! Break-glass: who may open, veto, end and review, and what is left of it.

use std::collections::HashMap;

use salus_core::{
    access::{
        Setting,
        emergency::{
            Access, Actor, Demand, Emergencies, EmergencyError, Granted, Outcome, Safeguards, Status, access_id,
            break_glass, emergency_key, end, is_open, review, set_emergency_key, set_veto_window, veto,
        },
    },
    codes::{Purpose, Role},
    consent::{
        Entry,
        registry::{Address, Subject, power},
    },
    hash::Hash,
};

use crate::{
    access_setting::{DELEGATE, OTHER_SUBJECT, PARAMETERS, PATIENT, SUBJECT, World},
    support::{DOCTOR, NOW, STRANGER, keccak256},
};

mod reviews;

const REVIEWER: Address = [0xc0; 20];
const OTHER_REVIEWER: Address = [0xc1; 20];
const KEY: Address = [0xd0; 20];
const EVIDENCE: Hash = [7; 32];
const HOUR: u64 = 3_600;

#[derive(Default)]
struct Memory {
    safeguards: HashMap<Subject, Safeguards>,
    accesses: HashMap<Hash, Access>,
    latest: HashMap<(Subject, Address), Hash>,
    actors: HashMap<Address, Actor>,
}

impl Emergencies for Memory {
    type Refusal = EmergencyError;

    fn safeguards(&self, subject: &Subject) -> Safeguards {
        self.safeguards.get(subject).copied().unwrap_or_default()
    }

    fn set_safeguards(&mut self, subject: &Subject, safeguards: &Safeguards) {
        self.safeguards.insert(*subject, *safeguards);
    }

    fn access(&self, id: &Hash) -> Option<Access> {
        self.accesses.get(id).copied()
    }

    fn set_access(&mut self, id: &Hash, access: &Access) {
        self.accesses.insert(*id, *access);
    }

    fn latest_access(&self, subject: &Subject, actor: &Address) -> Option<Hash> {
        self.latest.get(&(*subject, *actor)).copied()
    }

    fn set_latest_access(&mut self, subject: &Subject, actor: &Address, id: &Hash) {
        self.latest.insert((*subject, *actor), *id);
    }

    fn actor(&self, actor: &Address) -> Actor {
        self.actors.get(actor).copied().unwrap_or_default()
    }

    fn set_actor(&mut self, actor: &Address, record: &Actor) {
        self.actors.insert(*actor, *record);
    }

    fn access_id(&self, subject: &Subject, actor: &Address, sequence: u32) -> Hash {
        access_id(&[1; 32], &[2; 20], subject, actor, sequence, keccak256)
    }
}

/// A physician and two reviewers.
fn world() -> World {
    let mut world = World::new();
    let roles = [
        (DOCTOR, Role::PHYS),
        (REVIEWER, Role::PROV),
        (OTHER_REVIEWER, Role::PROV),
    ];
    world.roles.extend(roles);
    world
}

fn demand() -> Demand<'static> {
    Demand {
        subject: &SUBJECT,
        role: Role::PHYS,
        purpose: Purpose::ETREAT,
        reviewer: &REVIEWER,
        evidence: &EVIDENCE,
        duration: HOUR,
    }
}

fn doctor_breaks(memory: &mut Memory, now: u64) -> Result<Granted, EmergencyError> {
    break_glass(memory, &world(), now, &DOCTOR, &demand(), false)
}

fn opened() -> (Memory, Granted) {
    let mut memory = Memory::default();
    let granted = doctor_breaks(&mut memory, NOW).unwrap();
    (memory, granted)
}

/// The subject waits a minute for a veto.
fn waiting() -> (Memory, Granted) {
    let mut memory = Memory::default();
    set_veto_window(&mut memory, &world(), &PATIENT, &SUBJECT, 60).unwrap();
    let granted = doctor_breaks(&mut memory, NOW).unwrap();
    (memory, granted)
}

fn status(memory: &Memory, id: &Hash, now: u64) -> Status {
    memory.accesses[id].status_at(now)
}

fn doctor_sees(memory: &Memory, now: u64) -> bool {
    is_open(memory, now, &SUBJECT, &DOCTOR)
}

fn waits_for_review(memory: &Memory, id: &Hash) -> bool {
    memory.actor(&DOCTOR).unreviewed.iter().any(|place| place.id == *id)
}

#[test]
fn an_emergency_access_opens_at_once_and_ends_by_itself() {
    let (memory, granted) = opened();
    let access = granted.access;
    assert_eq!((access.opens_at, access.ends_at), (NOW, NOW + HOUR));
    assert_eq!(access.review_by, NOW + HOUR + PARAMETERS.review_period);
    assert_eq!(memory.accesses[&granted.id], access);
    assert!(doctor_sees(&memory, NOW));
    assert!(doctor_sees(&memory, NOW + HOUR - 1));
    assert!(!doctor_sees(&memory, NOW + HOUR));
    assert!(!is_open(&memory, NOW, &OTHER_SUBJECT, &DOCTOR));
    assert!(!is_open(&memory, NOW, &SUBJECT, &STRANGER));
    assert!(waits_for_review(&memory, &granted.id));
}

#[test]
fn demands_that_are_no_emergency_are_refused() {
    let cases = [
        (
            Demand {
                purpose: Purpose::TREAT,
                ..demand()
            },
            EmergencyError::NotAnEmergency(Purpose::TREAT),
        ),
        (
            Demand {
                role: Role::RESEARCHER,
                ..demand()
            },
            EmergencyError::RoleNotAdmitted(Role::RESEARCHER),
        ),
        (
            Demand {
                role: Role::NURS,
                ..demand()
            },
            EmergencyError::MissingCredential(DOCTOR, Role::NURS),
        ),
        (
            Demand {
                evidence: &[0; 32],
                ..demand()
            },
            EmergencyError::MissingEvidence,
        ),
        (
            Demand {
                duration: 0,
                ..demand()
            },
            EmergencyError::InvalidDuration(0, HOUR),
        ),
        (
            Demand {
                duration: HOUR + 1,
                ..demand()
            },
            EmergencyError::InvalidDuration(HOUR + 1, HOUR),
        ),
        (
            Demand {
                reviewer: &DOCTOR,
                ..demand()
            },
            EmergencyError::InvalidReviewer(DOCTOR),
        ),
        (
            Demand {
                reviewer: &STRANGER,
                ..demand()
            },
            EmergencyError::MissingCredential(STRANGER, Role::PROV),
        ),
        (
            Demand {
                subject: &[9; 32],
                ..demand()
            },
            EmergencyError::UnknownSubject([9; 32]),
        ),
    ];
    let mut memory = Memory::default();
    for (demand, error) in cases {
        let refused = break_glass(&mut memory, &world(), NOW, &DOCTOR, &demand, false);
        assert_eq!(refused, Err(error));
    }
    assert!(memory.accesses.is_empty() && memory.actors.is_empty() && memory.latest.is_empty());
    let with_btg = Demand {
        purpose: Purpose::BTG,
        ..demand()
    };
    break_glass(&mut memory, &world(), NOW, &DOCTOR, &with_btg, false).unwrap();
}

#[test]
fn without_a_credential_nobody_breaks_the_glass() {
    let mut memory = Memory::default();
    let refused = break_glass(&mut memory, &world(), NOW, &STRANGER, &demand(), false);
    assert_eq!(refused, Err(EmergencyError::MissingCredential(STRANGER, Role::PHYS)));
}

#[test]
fn an_actor_has_one_access_to_a_subject_at_a_time() {
    let (mut memory, granted) = waiting();
    for now in [NOW, NOW + 60, NOW + 60 + HOUR - 1] {
        let refused = doctor_breaks(&mut memory, now);
        assert_eq!(refused, Err(EmergencyError::AccessLive(granted.id)), "{now}");
    }
    let second = doctor_breaks(&mut memory, NOW + 60 + HOUR).unwrap();
    assert_ne!(second.id, granted.id);
}

#[test]
fn a_veto_window_delays_and_a_veto_stops() {
    let (mut memory, granted) = waiting();
    assert_eq!(granted.veto_window, 60);
    assert_eq!(status(&memory, &granted.id, NOW + 59), Status::Waiting);
    assert!(!doctor_sees(&memory, NOW + 59));
    assert_eq!(status(&memory, &granted.id, NOW + 60), Status::Open);
    veto(&mut memory, &world(), NOW + 59, &PATIENT, &granted.id).unwrap();
    for now in [NOW + 59, NOW + 60, NOW + HOUR] {
        assert_eq!(status(&memory, &granted.id, now), Status::Vetoed);
        assert!(!doctor_sees(&memory, now));
    }
    assert!(!waits_for_review(&memory, &granted.id), "nothing happened");
}

#[test]
fn what_is_open_cannot_be_vetoed() {
    let (mut memory, granted) = waiting();
    let refused = veto(&mut memory, &world(), NOW + 60, &PATIENT, &granted.id);
    assert_eq!(refused, Err(EmergencyError::WrongStatus(granted.id, Status::Open)));
    let (mut memory, granted) = opened();
    let refused = veto(&mut memory, &world(), NOW, &PATIENT, &granted.id);
    assert_eq!(refused, Err(EmergencyError::WrongStatus(granted.id, Status::Open)));
    let unknown = veto(&mut memory, &world(), NOW, &PATIENT, &[9; 32]);
    assert_eq!(unknown, Err(EmergencyError::UnknownAccess([9; 32])));
}

#[test]
fn the_controller_and_a_delegate_who_may_veto_do_and_nobody_else() {
    let (mut memory, granted) = waiting();
    let mut world = world();
    world.delegates.insert((SUBJECT, DELEGATE), !power::VETO);
    for caller in [DOCTOR, STRANGER, REVIEWER, DELEGATE] {
        let refused = veto(&mut memory, &world, NOW, &caller, &granted.id);
        assert_eq!(refused, Err(EmergencyError::MayNotAct(SUBJECT, caller)));
    }
    world.delegates.insert((SUBJECT, DELEGATE), power::VETO);
    veto(&mut memory, &world, NOW, &DELEGATE, &granted.id).unwrap();
    let again = veto(&mut memory, &world, NOW, &DELEGATE, &granted.id);
    assert_eq!(again, Err(EmergencyError::WrongStatus(granted.id, Status::Vetoed)));
}

#[test]
fn only_the_controller_arranges_safeguards() {
    let mut memory = Memory::default();
    let mut world = world();
    world.delegates.insert((SUBJECT, DELEGATE), u8::MAX);
    for caller in [DELEGATE, STRANGER, [0; 20]] {
        let error = Err(EmergencyError::NotController(SUBJECT, caller));
        assert_eq!(set_veto_window(&mut memory, &world, &caller, &SUBJECT, 1), error);
        assert_eq!(set_emergency_key(&mut memory, &world, &caller, &SUBJECT, &KEY), error);
    }
    let nobody = [0; 20];
    let unregistered = Err(EmergencyError::NotController([9; 32], nobody));
    assert_eq!(set_veto_window(&mut memory, &world, &nobody, &[9; 32], 1), unregistered);
    let too_long = set_veto_window(&mut memory, &world, &PATIENT, &SUBJECT, 121);
    assert_eq!(too_long, Err(EmergencyError::VetoWindowTooLong(121, 120)));
    assert!(memory.safeguards.is_empty());

    set_veto_window(&mut memory, &world, &PATIENT, &SUBJECT, 120).unwrap();
    set_emergency_key(&mut memory, &world, &PATIENT, &SUBJECT, &KEY).unwrap();
    let expected = Safeguards {
        veto_window: 120,
        emergency_key: KEY,
    };
    assert_eq!(memory.safeguards(&SUBJECT), expected, "one does not touch the other");
}

#[test]
fn the_emergency_key_opens_at_once_and_replaces_nothing_else() {
    let (mut memory, _) = waiting();
    set_emergency_key(&mut memory, &world(), &PATIENT, &SUBJECT, &KEY).unwrap();
    let now = NOW + HOUR + 60;
    assert_eq!(emergency_key(&memory, &SUBJECT), Ok(KEY));
    let no_credential = break_glass(&mut memory, &world(), now, &STRANGER, &demand(), true);
    assert_eq!(
        no_credential,
        Err(EmergencyError::MissingCredential(STRANGER, Role::PHYS))
    );
    let unreviewed = Demand {
        reviewer: &STRANGER,
        ..demand()
    };
    assert!(break_glass(&mut memory, &world(), now, &DOCTOR, &unreviewed, true).is_err());

    let granted = break_glass(&mut memory, &world(), now, &DOCTOR, &demand(), true).unwrap();
    assert_eq!((granted.veto_window, granted.access.opens_at), (0, now));
    assert!(doctor_sees(&memory, now));
    assert!(waits_for_review(&memory, &granted.id));
}

#[test]
fn a_key_that_was_removed_opens_nothing() {
    let mut memory = Memory::default();
    set_emergency_key(&mut memory, &world(), &PATIENT, &SUBJECT, &KEY).unwrap();
    set_emergency_key(&mut memory, &world(), &PATIENT, &SUBJECT, &[0; 20]).unwrap();
    for subject in [SUBJECT, OTHER_SUBJECT] {
        let refused = emergency_key(&memory, &subject);
        assert_eq!(refused, Err(EmergencyError::NoEmergencyKey(subject)));
    }
}

#[test]
fn its_actor_ends_an_open_access_and_nobody_else() {
    let (mut memory, granted) = opened();
    for caller in [PATIENT, STRANGER, REVIEWER] {
        let refused = end(&mut memory, NOW, &caller, &granted.id);
        assert_eq!(refused, Err(EmergencyError::NotActor(granted.id, caller)));
    }
    let ended = end(&mut memory, NOW + 5, &DOCTOR, &granted.id).unwrap();
    assert_eq!(ended.ends_at, NOW + 5);
    assert!(!doctor_sees(&memory, NOW + 5), "in this very second");
    let again = end(&mut memory, NOW + 5, &DOCTOR, &granted.id);
    assert_eq!(again, Err(EmergencyError::WrongStatus(granted.id, Status::Ended)));
    assert!(waits_for_review(&memory, &granted.id));
    let (mut memory, granted) = waiting();
    let early = end(&mut memory, NOW, &DOCTOR, &granted.id);
    assert_eq!(early, Err(EmergencyError::WrongStatus(granted.id, Status::Waiting)));
}

fn memory_with(memory: &Memory) -> Memory {
    Memory {
        safeguards: memory.safeguards.clone(),
        accesses: memory.accesses.clone(),
        latest: memory.latest.clone(),
        actors: memory.actors.clone(),
    }
}

#[test]
fn a_consent_is_neither_asked_nor_touched() {
    // The rules have no way to: a setting answers questions, and one about consents is not among those that are asked here.
    struct Silent(World);
    impl Setting for Silent {
        fn parameters(&self) -> &salus_core::access::Parameters {
            self.0.parameters()
        }
        fn controller_of(&self, subject: &Subject) -> Address {
            self.0.controller_of(subject)
        }
        fn may_act(&self, subject: &Subject, account: &Address, powers: u8) -> bool {
            self.0.may_act(subject, account, powers)
        }
        fn consent(&self, _: &Hash) -> Option<Entry> {
            panic!("an emergency is no matter of consent")
        }
        fn has_role(&self, account: &Address, role: Role, time: u64) -> bool {
            self.0.has_role(account, role, time)
        }
    }
    let (mut memory, setting) = (Memory::default(), Silent(world()));
    let granted = break_glass(&mut memory, &setting, NOW, &DOCTOR, &demand(), false).unwrap();
    end(&mut memory, NOW, &DOCTOR, &granted.id).unwrap();
    review(&mut memory, &setting, NOW, &REVIEWER, &granted.id, Outcome::Justified).unwrap();
}

#[test]
fn identifiers_are_hashes_of_what_is_documented() {
    let preimage = [
        &b"salus/access-id\0\x01"[..],
        &[1; 32],
        &[2; 20],
        &SUBJECT,
        &DOCTOR,
        &[0, 0, 0, 5],
    ];
    let id = access_id(&[1; 32], &[2; 20], &SUBJECT, &DOCTOR, 5, keccak256);
    assert_eq!(id, keccak256(&preimage.concat()));
}
