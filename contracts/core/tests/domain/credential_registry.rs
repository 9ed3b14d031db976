//! Who may admit, issue, suspend and revoke, and what is answered about then.

use std::collections::HashMap;

use proptest::{collection::vec, prelude::*};
use salus_core::{
    codes::Role,
    consent::Period,
    credentials::{
        Authority, Credential, InvalidTransition, Standing, Status, credential_id,
        history::History,
        licence_commitment,
        ownership::{Ownership, OwnershipError},
        registry::{
            Address, Grown, Issued, Registry, RegistryError, Statement, accept_ownership, admit_issuer, change,
            is_active_at, is_issuer_at, issue, offer_ownership, remove_issuer, status_at,
        },
    },
    hash::{Domain, Hash, commit},
};

use crate::support::{DOCTOR, NOW, STRANGER, keccak256};

const OWNER: Address = [0xa0; 20];
const BOARD: Address = [0xb0; 20];
const OTHER_BOARD: Address = [0xb1; 20];
const LICENCE: Hash = [7; 32];
const JURISDICTION: [u8; 32] = [8; 32];
const END: u64 = NOW + 100;

struct Memory {
    ownership: Ownership,
    authorities: HashMap<Address, History<Authority>>,
    earlier_authorities: HashMap<(Address, u32), Authority>,
    standings: HashMap<(Address, Role), History<Standing>>,
    earlier_standings: HashMap<(Address, Role, u32), Standing>,
    credentials: HashMap<Hash, Credential>,
}

impl Registry for Memory {
    type Refusal = RegistryError;

    fn ownership(&self) -> Ownership {
        self.ownership
    }

    fn set_ownership(&mut self, ownership: &Ownership) {
        self.ownership = *ownership;
    }

    fn authority(&self, issuer: &Address) -> Option<History<Authority>> {
        self.authorities.get(issuer).copied()
    }

    fn earlier_authority(&self, issuer: &Address, number: u32) -> Option<Authority> {
        self.earlier_authorities.get(&(*issuer, number)).copied()
    }

    fn set_authority(&mut self, issuer: &Address, (history, put_away): &Grown<Authority>) {
        self.authorities.insert(*issuer, *history);
        if let Some((number, earlier)) = put_away {
            self.earlier_authorities.insert((*issuer, *number), *earlier);
        }
    }

    fn standing(&self, holder: &Address, role: Role) -> Option<History<Standing>> {
        self.standings.get(&(*holder, role)).copied()
    }

    fn earlier_standing(&self, holder: &Address, role: Role, number: u32) -> Option<Standing> {
        self.earlier_standings.get(&(*holder, role, number)).copied()
    }

    fn set_standing(&mut self, holder: &Address, role: Role, (history, put_away): &Grown<Standing>) {
        self.standings.insert((*holder, role), *history);
        if let Some((number, earlier)) = put_away {
            self.earlier_standings.insert((*holder, role, *number), *earlier);
        }
    }

    fn credential(&self, id: &Hash) -> Option<Credential> {
        self.credentials.get(id).copied()
    }

    fn set_credential(&mut self, id: &Hash, credential: &Credential) {
        self.credentials.insert(*id, *credential);
    }

    fn credential_id(&self, holder: &Address, role: Role, sequence: u32) -> Hash {
        credential_id(&[1; 32], &[2; 20], holder, role, sequence, keccak256)
    }
}

fn empty() -> Memory {
    Memory {
        ownership: Ownership::new(OWNER).unwrap(),
        authorities: HashMap::new(),
        earlier_authorities: HashMap::new(),
        standings: HashMap::new(),
        earlier_standings: HashMap::new(),
        credentials: HashMap::new(),
    }
}

/// Two boards may issue.
fn admitted() -> Memory {
    let mut memory = empty();
    for board in [BOARD, OTHER_BOARD] {
        admit_issuer(&mut memory, &OWNER, NOW, &board).unwrap();
    }
    memory
}

fn physician() -> Statement<'static> {
    Statement {
        holder: &DOCTOR,
        role: Role::PHYS,
        jurisdiction: &JURISDICTION,
        licence: &LICENCE,
        validity: Period { from: NOW, until: END },
    }
}

fn license(memory: &mut Memory, board: &Address, now: u64) -> Result<Issued, RegistryError> {
    issue(memory, board, now, &physician())
}

/// One board has licensed the doctor.
fn licensed() -> (Memory, Hash) {
    let mut memory = admitted();
    let id = license(&mut memory, &BOARD, NOW).unwrap().id;
    (memory, id)
}

fn active_at(memory: &Memory, time: u64) -> bool {
    is_active_at(memory, &DOCTOR, Role::PHYS, time)
}

#[test]
fn only_the_owner_admits_and_removes_issuers() {
    let mut memory = admitted();
    for caller in [STRANGER, BOARD] {
        let unauthorized = Err(RegistryError::Ownership(OwnershipError::Unauthorized(caller)));
        assert_eq!(admit_issuer(&mut memory, &caller, NOW, &STRANGER), unauthorized);
        assert_eq!(remove_issuer(&mut memory, &caller, NOW, &BOARD), unauthorized);
    }
    assert_eq!(
        admit_issuer(&mut memory, &OWNER, NOW, &[0; 20]),
        Err(RegistryError::InvalidIssuer)
    );
    assert_eq!(
        admit_issuer(&mut memory, &OWNER, NOW, &BOARD),
        Err(RegistryError::AlreadyIssuer(BOARD))
    );
    assert_eq!(
        remove_issuer(&mut memory, &OWNER, NOW, &STRANGER),
        Err(RegistryError::NotIssuer(STRANGER))
    );
}

#[test]
fn administration_goes_to_whom_it_was_offered_and_accepted() {
    let mut memory = admitted();
    offer_ownership(&mut memory, &OWNER, &STRANGER).unwrap();
    assert!(
        admit_issuer(&mut memory, &STRANGER, NOW, &DOCTOR).is_err(),
        "not before it is accepted"
    );
    assert_eq!(accept_ownership(&mut memory, &STRANGER), Ok(OWNER));
    admit_issuer(&mut memory, &STRANGER, NOW, &DOCTOR).unwrap();
    assert!(remove_issuer(&mut memory, &OWNER, NOW, &DOCTOR).is_err());
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
fn only_issuers_issue_and_only_while_they_may() {
    let mut memory = admitted();
    for caller in [STRANGER, OWNER, DOCTOR] {
        assert_eq!(
            license(&mut memory, &caller, NOW),
            Err(RegistryError::NotIssuer(caller))
        );
    }
    remove_issuer(&mut memory, &OWNER, NOW, &BOARD).unwrap();
    assert_eq!(license(&mut memory, &BOARD, NOW), Err(RegistryError::NotIssuer(BOARD)));
    assert!(memory.credentials.is_empty() && memory.standings.is_empty());
}

#[test]
fn statements_that_say_nothing_are_refused() {
    let mut memory = admitted();
    let validity = |from, until| Statement {
        validity: Period { from, until },
        ..physician()
    };
    let (reversed, over) = (validity(NOW + 2, NOW + 1), validity(0, NOW - 1));
    let cases = [
        (
            Statement {
                holder: &[0; 20],
                ..physician()
            },
            RegistryError::InvalidHolder,
        ),
        (
            Statement {
                jurisdiction: &[0; 32],
                ..physician()
            },
            RegistryError::InvalidJurisdiction,
        ),
        (
            Statement {
                licence: &[0; 32],
                ..physician()
            },
            RegistryError::InvalidLicence,
        ),
        (reversed, RegistryError::InvalidValidity(reversed.validity)),
        (over, RegistryError::InvalidValidity(over.validity)),
    ];
    for (statement, error) in cases {
        assert_eq!(issue(&mut memory, &BOARD, NOW, &statement), Err(error));
    }
    assert!(memory.credentials.is_empty() && memory.standings.is_empty());
    issue(&mut memory, &BOARD, NOW, &validity(0, NOW)).unwrap();
}

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
fn a_stranger_or_another_issuer_changes_nothing() {
    let (mut memory, id) = licensed();
    for caller in [STRANGER, OTHER_BOARD, DOCTOR] {
        for to in [Status::Suspended, Status::Active, Status::Revoked] {
            assert_eq!(
                change(&mut memory, &caller, NOW, &id, to),
                Err(RegistryError::NotIssuerOfCredential(id, caller))
            );
        }
    }
    assert!(active_at(&memory, NOW));
    assert_eq!(
        change(&mut memory, &BOARD, NOW, &[9; 32], Status::Revoked),
        Err(RegistryError::UnknownCredential([9; 32]))
    );
}

#[test]
fn what_a_removed_issuer_issued_stays_and_only_the_owner_ends_it() {
    let (mut memory, id) = licensed();
    remove_issuer(&mut memory, &OWNER, NOW + 1, &BOARD).unwrap();
    assert!(active_at(&memory, NOW + 2));
    assert_eq!(
        change(&mut memory, &BOARD, NOW + 2, &id, Status::Revoked),
        Err(RegistryError::NotIssuerOfCredential(id, BOARD))
    );
    change(&mut memory, &OWNER, NOW + 3, &id, Status::Revoked).unwrap();
    assert!(active_at(&memory, NOW + 2));
    assert!(!active_at(&memory, NOW + 3));
}

#[test]
fn revocation_is_final() {
    let (mut memory, id) = licensed();
    change(&mut memory, &BOARD, NOW, &id, Status::Revoked).unwrap();
    for to in [Status::Active, Status::Suspended, Status::Revoked] {
        let from = Status::Revoked;
        assert_eq!(
            change(&mut memory, &BOARD, NOW + 1, &id, to),
            Err(RegistryError::Transition(id, InvalidTransition { from, to }))
        );
    }
    assert!(!active_at(&memory, NOW), "the block that carries it included");
}

#[test]
fn a_revoked_or_expired_credential_may_be_followed_by_one_of_another_issuer() {
    let (mut memory, first) = licensed();
    let live = Err(RegistryError::CredentialLive(first));
    assert_eq!(license(&mut memory, &OTHER_BOARD, NOW), live);
    change(&mut memory, &BOARD, NOW + 1, &first, Status::Suspended).unwrap();
    assert_eq!(license(&mut memory, &OTHER_BOARD, NOW + 1), live);
    assert_eq!(
        license(&mut memory, &BOARD, NOW + 1),
        live,
        "reinstate it, or revoke it"
    );
    change(&mut memory, &BOARD, NOW + 2, &first, Status::Revoked).unwrap();

    let second = license(&mut memory, &OTHER_BOARD, NOW + 2).unwrap();
    assert_eq!(second.superseded, None);
    assert_ne!(second.id, first);
    assert_eq!(memory.credentials[&second.id].sequence, 1);
    assert_eq!(memory.credentials[&first].status, Status::Revoked, "it stays readable");
    assert!(active_at(&memory, NOW + 2));
    assert!(!active_at(&memory, NOW + 1));

    let later = Statement {
        validity: Period {
            from: END,
            until: END + 50,
        },
        ..physician()
    };
    issue(&mut memory, &BOARD, END + 1, &later).unwrap();
    assert!(active_at(&memory, END + 1));
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

#[test]
fn identifiers_and_licences_are_hashes_of_what_is_documented() {
    let id = credential_id(&[1; 32], &[2; 20], &DOCTOR, Role::PHYS, 5, keccak256);
    let preimage = [
        &b"salus/credential\x01"[..],
        &[1; 32],
        &[2; 20],
        &DOCTOR,
        &[1],
        &[0, 0, 0, 5],
    ];
    assert_eq!(id, keccak256(&preimage.concat()));
    assert_eq!(
        licence_commitment(&[3; 32], "BY-123", keccak256),
        commit(Domain(*b"salus/licence\0\0\0"), 1, &[3; 32], b"BY-123", keccak256)
    );
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
