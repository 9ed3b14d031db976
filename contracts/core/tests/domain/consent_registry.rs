//! Who may register, grant, supersede and revoke, and what comes of it.

use std::collections::HashMap;

use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{
        Answer, Entry, InvalidTransition, Period, Status, Terms, TermsError, consent_id,
        registry::{
            Address, Control, Delegation, Registry, RegistryError, Subject, Succession, accept_control, check_current,
            enter_in_error, grant, may_act, offer_control, power, register, revoke, set_delegate, supersede,
        },
    },
    hash::Hash,
};

use crate::support::{DOCTOR, NOW, STRANGER, keccak256};

const PATIENT: Address = [0xaa; 20];
const GUARDIAN: Address = [0xbb; 20];
const SUBJECT: Subject = [5; 32];
const COMMITMENT: Hash = [6; 32];
const NOBODY: Address = [0; 20];

#[derive(Default)]
struct Memory {
    controls: HashMap<Subject, Control>,
    successions: HashMap<Subject, Succession>,
    delegations: HashMap<(Subject, Address), Delegation>,
    consents: HashMap<Hash, Entry>,
    current: HashMap<(Subject, Address), Hash>,
}

impl Registry for Memory {
    type Refusal = RegistryError;

    fn control(&self, subject: &Subject) -> Option<Control> {
        self.controls.get(subject).copied()
    }

    fn set_control(&mut self, subject: &Subject, control: &Control) {
        self.controls.insert(*subject, *control);
    }

    fn succession(&self, subject: &Subject) -> Option<Succession> {
        self.successions.get(subject).copied()
    }

    fn set_succession(&mut self, subject: &Subject, succession: &Succession) {
        self.successions.insert(*subject, *succession);
    }

    fn delegation(&self, subject: &Subject, delegate: &Address) -> Option<Delegation> {
        self.delegations.get(&(*subject, *delegate)).copied()
    }

    fn set_delegation(&mut self, subject: &Subject, delegate: &Address, delegation: &Delegation) {
        self.delegations.insert((*subject, *delegate), *delegation);
    }

    fn consent(&self, id: &Hash) -> Option<Entry> {
        self.consents.get(id).copied()
    }

    fn set_consent(&mut self, id: &Hash, entry: &Entry) {
        self.consents.insert(*id, *entry);
    }

    fn current(&self, subject: &Subject, grantee: &Address) -> Option<Hash> {
        self.current.get(&(*subject, *grantee)).copied()
    }

    fn set_current(&mut self, subject: &Subject, grantee: &Address, id: &Hash) {
        self.current.insert((*subject, *grantee), *id);
    }

    fn consent_id(&self, subject: &Subject, grantee: &Address, sequence: u32) -> Hash {
        consent_id(&[1; 32], &[2; 20], subject, grantee, sequence, keccak256)
    }
}

impl Memory {
    fn controller(&self) -> Option<Address> {
        self.control(&SUBJECT).map(|control| control.controller)
    }
}

fn terms() -> Terms {
    Terms {
        validity: Period {
            from: NOW,
            until: NOW + 10,
        },
        purposes: Purpose::TREAT.mask(),
        classes: ResourceClass::OBSERVATION.mask(),
    }
}

fn registered() -> Memory {
    let mut memory = Memory::default();
    register(&mut memory, &PATIENT, &SUBJECT).unwrap();
    memory
}

fn give(memory: &mut Memory, now: u64) -> Result<Hash, RegistryError> {
    grant(memory, &PATIENT, now, &SUBJECT, &DOCTOR, &COMMITMENT, terms()).map(|(_, id)| id)
}

fn ask(memory: &Memory, now: u64) -> Answer {
    check_current(
        memory,
        now,
        &SUBJECT,
        &DOCTOR,
        Purpose::TREAT,
        ResourceClass::OBSERVATION,
    )
}

#[test]
fn whoever_registers_a_subject_first_controls_it() {
    let mut memory = registered();
    assert_eq!(memory.controller(), Some(PATIENT));
    for caller in [PATIENT, STRANGER] {
        let refused = register(&mut memory, &caller, &SUBJECT);
        assert_eq!(refused, Err(RegistryError::SubjectAlreadyRegistered(SUBJECT)));
    }
    assert_eq!(
        register(&mut memory, &PATIENT, &[0; 32]),
        Err(RegistryError::InvalidSubject)
    );
}

#[test]
fn control_changes_hands_in_two_steps() {
    let mut memory = registered();
    assert_eq!(
        accept_control(&mut memory, &GUARDIAN, NOW, &SUBJECT),
        Err(RegistryError::NotPendingController(SUBJECT, GUARDIAN))
    );
    offer_control(&mut memory, &PATIENT, NOW, &SUBJECT, &GUARDIAN).unwrap();
    assert_eq!(memory.controller(), Some(PATIENT), "not before it is accepted");
    assert_eq!(
        accept_control(&mut memory, &STRANGER, NOW, &SUBJECT),
        Err(RegistryError::NotPendingController(SUBJECT, STRANGER))
    );
    assert_eq!(accept_control(&mut memory, &GUARDIAN, NOW, &SUBJECT), Ok(PATIENT));
    assert_eq!(memory.controller(), Some(GUARDIAN));
    assert_eq!(
        give(&mut memory, NOW),
        Err(RegistryError::NotController(SUBJECT, PATIENT))
    );
    assert!(
        accept_control(&mut memory, &GUARDIAN, NOW, &SUBJECT).is_err(),
        "an offer is accepted once"
    );
}

#[test]
fn an_offer_of_control_can_be_taken_back() {
    let mut memory = registered();
    offer_control(&mut memory, &PATIENT, NOW, &SUBJECT, &GUARDIAN).unwrap();
    offer_control(&mut memory, &PATIENT, NOW, &SUBJECT, &NOBODY).unwrap();
    assert!(accept_control(&mut memory, &GUARDIAN, NOW, &SUBJECT).is_err());
    assert!(accept_control(&mut memory, &NOBODY, NOW, &SUBJECT).is_err());
    let refused = offer_control(&mut memory, &STRANGER, NOW, &SUBJECT, &STRANGER);
    assert_eq!(refused, Err(RegistryError::NotController(SUBJECT, STRANGER)));
    let refused = offer_control(&mut memory, &PATIENT, NOW, &[9; 32], &GUARDIAN);
    assert_eq!(refused, Err(RegistryError::UnknownSubject([9; 32])));
}

#[test]
fn a_grant_is_what_the_check_answers_from() {
    let mut memory = registered();
    assert_eq!(ask(&memory, NOW), Answer::NoConsent);
    let id = give(&mut memory, NOW).unwrap();
    assert_eq!(memory.current(&SUBJECT, &DOCTOR), Some(id));
    let entry = memory.consent(&id).unwrap();
    assert_eq!(
        (entry.status, entry.sequence, entry.commitment, entry.terms),
        (Status::Active, 0, COMMITMENT, terms())
    );
    assert_eq!(ask(&memory, NOW), Answer::Permit);
    assert_eq!(ask(&memory, NOW + 11), Answer::NoConsent);
}

#[test]
fn only_the_controller_grants_and_only_what_makes_sense() {
    let mut memory = registered();
    let mut give = |caller: Address, subject, grantee, commitment, terms| {
        grant(&mut memory, &caller, NOW, &subject, &grantee, &commitment, terms).unwrap_err()
    };
    assert_eq!(
        give(STRANGER, SUBJECT, DOCTOR, COMMITMENT, terms()),
        RegistryError::NotController(SUBJECT, STRANGER)
    );
    assert_eq!(
        give(PATIENT, [9; 32], DOCTOR, COMMITMENT, terms()),
        RegistryError::UnknownSubject([9; 32])
    );
    assert_eq!(
        give(PATIENT, SUBJECT, NOBODY, COMMITMENT, terms()),
        RegistryError::InvalidGrantee
    );
    assert_eq!(
        give(PATIENT, SUBJECT, DOCTOR, [0; 32], terms()),
        RegistryError::InvalidCommitment
    );
    let validity = Period { from: 2, until: 1 };
    let reversed = Terms { validity, ..terms() };
    assert_eq!(
        give(PATIENT, SUBJECT, DOCTOR, COMMITMENT, reversed),
        TermsError::ReversedValidity(validity).into()
    );
}

#[test]
fn a_second_grant_is_refused_while_one_is_live() {
    let mut memory = registered();
    let first = give(&mut memory, NOW - 5).unwrap();
    for now in [NOW - 5, NOW, NOW + 10] {
        assert_eq!(
            give(&mut memory, now),
            Err(RegistryError::ConsentActive(first)),
            "at {now}"
        );
    }
    let second = give(&mut memory, NOW + 11).unwrap();
    assert_ne!(first, second);
    assert_eq!(memory.consent(&second).unwrap().sequence, 1);
    assert_eq!(
        memory.consent(&first).unwrap().status,
        Status::Active,
        "history stays as it was"
    );
}

#[test]
fn consents_for_others_do_not_stand_in_the_way() {
    let mut memory = registered();
    let one = give(&mut memory, NOW).unwrap();
    let (_, other) = grant(&mut memory, &PATIENT, NOW, &SUBJECT, &STRANGER, &COMMITMENT, terms()).unwrap();
    assert_ne!(one, other);
}

#[test]
fn a_revoked_consent_stays_revoked_and_a_new_one_has_a_new_identifier() {
    let mut memory = registered();
    let first = give(&mut memory, NOW).unwrap();
    assert_eq!(
        revoke(&mut memory, &DOCTOR, NOW, &first),
        Err(RegistryError::NotController(SUBJECT, DOCTOR))
    );
    assert_eq!(revoke(&mut memory, &PATIENT, NOW, &first), Ok(SUBJECT));
    assert_eq!(ask(&memory, NOW), Answer::NoConsent);
    let again = InvalidTransition {
        from: Status::Revoked,
        to: Status::Revoked,
    };
    assert_eq!(
        revoke(&mut memory, &PATIENT, NOW, &first),
        Err(RegistryError::Transition(first, again))
    );
    assert!(enter_in_error(&mut memory, &PATIENT, NOW, &first).is_err());
    assert!(supersede(&mut memory, &PATIENT, NOW, &first, &COMMITMENT, terms()).is_err());
    let second = give(&mut memory, NOW).unwrap();
    assert_ne!(first, second);
    assert_eq!(memory.consent(&first).unwrap().status, Status::Revoked);
    assert_eq!(ask(&memory, NOW), Answer::Permit);
}

#[test]
fn revoking_what_does_not_exist_is_refused() {
    let mut memory = registered();
    assert_eq!(
        revoke(&mut memory, &PATIENT, NOW, &[1; 32]),
        Err(RegistryError::UnknownConsent([1; 32]))
    );
}

#[test]
fn superseding_replaces_terms_and_policy_and_nothing_else() {
    let mut memory = registered();
    let first = give(&mut memory, NOW).unwrap();
    let narrow = Terms {
        purposes: 0,
        classes: 0,
        ..terms()
    };
    let (new, second) = supersede(&mut memory, &PATIENT, NOW, &first, &[8; 32], narrow).unwrap();
    assert_eq!((new.subject, new.grantee, new.sequence), (SUBJECT, DOCTOR, 1));
    assert_eq!(
        (new.commitment, new.terms, new.status),
        ([8; 32], narrow, Status::Active)
    );
    assert_eq!(memory.consent(&second), Some(new));
    assert_eq!(memory.consent(&first).unwrap().status, Status::Superseded);
    assert_eq!(memory.current(&SUBJECT, &DOCTOR), Some(second));
    assert_eq!(ask(&memory, NOW), Answer::NoConsent, "nothing is disclosed any more");
}

#[test]
fn only_a_live_consent_is_superseded_and_only_by_its_controller() {
    let mut memory = registered();
    let first = give(&mut memory, NOW).unwrap();
    let mut replace = |caller: Address, now, id, commitment, terms| {
        supersede(&mut memory, &caller, now, &id, &commitment, terms).map(|(_, id)| id)
    };
    assert_eq!(
        replace(STRANGER, NOW, first, COMMITMENT, terms()),
        Err(RegistryError::NotController(SUBJECT, STRANGER))
    );
    assert_eq!(
        replace(PATIENT, NOW, [1; 32], COMMITMENT, terms()),
        Err(RegistryError::UnknownConsent([1; 32]))
    );
    assert_eq!(
        replace(PATIENT, NOW, first, [0; 32], terms()),
        Err(RegistryError::InvalidCommitment)
    );
    let half = Terms { classes: 0, ..terms() };
    assert_eq!(
        replace(PATIENT, NOW, first, COMMITMENT, half),
        Err(TermsError::HalfDisclosed(1, 0).into())
    );
    assert_eq!(
        replace(PATIENT, NOW + 11, first, COMMITMENT, terms()),
        Err(RegistryError::ConsentExpired(first, NOW + 10))
    );
    let second = replace(PATIENT, NOW, first, COMMITMENT, terms()).unwrap();
    let error = InvalidTransition {
        from: Status::Superseded,
        to: Status::Superseded,
    };
    assert_eq!(
        replace(PATIENT, NOW, first, COMMITMENT, terms()),
        Err(RegistryError::Transition(first, error))
    );
    assert!(replace(PATIENT, NOW, second, COMMITMENT, terms()).is_ok());
}

#[test]
fn what_was_entered_in_error_answers_nothing() {
    let mut memory = registered();
    let first = give(&mut memory, NOW).unwrap();
    let (_, second) = supersede(&mut memory, &PATIENT, NOW, &first, &COMMITMENT, terms()).unwrap();
    assert!(enter_in_error(&mut memory, &STRANGER, NOW, &second).is_err());
    assert_eq!(
        enter_in_error(&mut memory, &PATIENT, NOW, &first),
        Ok(SUBJECT),
        "an old version may be wrong, too"
    );
    assert_eq!(ask(&memory, NOW), Answer::Permit, "that does not touch the present one");
    assert_eq!(enter_in_error(&mut memory, &PATIENT, NOW, &second), Ok(SUBJECT));
    assert_eq!(ask(&memory, NOW), Answer::NoConsent);
    assert!(revoke(&mut memory, &PATIENT, NOW, &second).is_err());
    assert!(give(&mut memory, NOW).is_ok());
}

const ALL: Delegation = Delegation {
    powers: power::KNOWN,
    purposes: u64::MAX,
    until: u64::MAX,
    generation: 0,
};

#[test]
fn a_delegation_is_of_the_controller_who_gave_it() {
    let mut memory = registered();
    set_delegate(&mut memory, &PATIENT, NOW, &SUBJECT, &GUARDIAN, ALL).unwrap();
    assert!(may_act(&memory, &GUARDIAN, NOW, &SUBJECT, power::KNOWN));
    offer_control(&mut memory, &PATIENT, NOW, &SUBJECT, &STRANGER).unwrap();
    accept_control(&mut memory, &STRANGER, NOW, &SUBJECT).unwrap();
    assert!(!may_act(&memory, &GUARDIAN, NOW, &SUBJECT, power::GRANT));
    // Back with the first controller it does not come back.
    offer_control(&mut memory, &STRANGER, NOW, &SUBJECT, &PATIENT).unwrap();
    accept_control(&mut memory, &PATIENT, NOW, &SUBJECT).unwrap();
    assert!(!may_act(&memory, &GUARDIAN, NOW, &SUBJECT, power::GRANT));
    set_delegate(&mut memory, &PATIENT, NOW, &SUBJECT, &GUARDIAN, ALL).unwrap();
    assert!(may_act(&memory, &GUARDIAN, NOW, &SUBJECT, power::GRANT));
}

/// Whatever a delegate and those that they name do, nobody comes to more than was delegated at first.
#[test]
fn delegates_cannot_raise_each_other() {
    let mut memory = registered();
    let first = Delegation {
        powers: power::GRANT | power::DELEGATE,
        purposes: Purpose::TREAT.mask(),
        until: NOW + 5,
        generation: 0,
    };
    set_delegate(&mut memory, &PATIENT, NOW, &SUBJECT, &GUARDIAN, first).unwrap();
    let mut actors = [GUARDIAN, STRANGER, DOCTOR].into_iter().cycle();
    for powers in 0..=power::KNOWN {
        for purposes in [0, Purpose::TREAT.mask(), Purpose::HRESCH.mask(), u64::MAX] {
            for until in [NOW, NOW + 5, NOW + 6, u64::MAX] {
                for delegate in [STRANGER, DOCTOR, GUARDIAN] {
                    let wish = Delegation {
                        powers,
                        purposes,
                        until,
                        generation: 7,
                    };
                    let actor = actors.next().unwrap();
                    _ = set_delegate(&mut memory, &actor, NOW, &SUBJECT, &delegate, wish);
                }
            }
        }
    }
    for account in [STRANGER, DOCTOR, GUARDIAN] {
        let Some(own) = memory.delegation(&SUBJECT, &account).filter(|own| own.powers != 0) else {
            continue;
        };
        assert_eq!(own.powers & !first.powers, 0, "{own:?}");
        assert_eq!(own.purposes & !first.purposes, 0, "{own:?}");
        assert!(own.until <= first.until, "{own:?}");
        assert!(!may_act(&memory, &account, NOW + 6, &SUBJECT, 0));
    }
}
