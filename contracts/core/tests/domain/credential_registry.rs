//! Who may admit, issue, suspend and revoke, and what is answered about then.

use std::collections::HashMap;

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

mod history;

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
