//! What a contract holds of a consent, and what it answers from that.

use std::collections::HashSet;

use salus_core::{
    codes::{Purpose, ResourceClass, Role},
    consent::{
        Answer, Entry, Grantee, MalformedKind, OpenError, Period, Reason, Request, Status, Terms, TermsError, check,
        consent_id, evaluate_entry, grantees, open, policy_commitment,
    },
};

use crate::support::{DOCTOR, NOW, STRANGER, by, except, keccak256, only, permit, permit_except, treatment};

fn entry() -> Entry {
    Entry {
        subject: [7; 32],
        grantee: DOCTOR,
        status: Status::Active,
        sequence: 0,
        terms: Terms {
            validity: Period {
                from: NOW,
                until: NOW + 10,
            },
            purposes: Purpose::TREAT.mask(),
            classes: ResourceClass::OBSERVATION.mask() | ResourceClass::CONDITION.mask(),
        },
        commitment: [0; 32],
        grantor: [1; 20],
        limit: u64::MAX,
    }
}

fn coarse(entry: &Entry, at: u64) -> Answer {
    check(entry, Purpose::TREAT, ResourceClass::OBSERVATION, at)
}

#[test]
fn the_coarse_check_answers_from_the_disclosed_scope() {
    assert_eq!(coarse(&entry(), NOW), Answer::Permit);
    assert_eq!(
        check(&entry(), Purpose::HRESCH, ResourceClass::OBSERVATION, NOW),
        Answer::NoConsent
    );
    assert_eq!(check(&entry(), Purpose::TREAT, ResourceClass::CLAIM, NOW), Answer::Deny);
}

#[test]
fn the_coarse_check_knows_nothing_of_what_is_not_disclosed() {
    let undisclosed = Entry {
        terms: Terms {
            purposes: 0,
            classes: 0,
            ..entry().terms
        },
        ..entry()
    };
    assert_eq!(coarse(&undisclosed, NOW), Answer::NoConsent);
}

#[test]
fn both_ends_of_the_validity_are_inclusive() {
    for (at, answer) in [
        (NOW - 1, Answer::NoConsent),
        (NOW, Answer::Permit),
        (NOW + 10, Answer::Permit),
        (NOW + 11, Answer::NoConsent),
    ] {
        assert_eq!(coarse(&entry(), at), answer, "at {at}");
    }
    let open = Entry {
        terms: Terms {
            validity: Period {
                from: 0,
                until: u64::MAX,
            },
            ..entry().terms
        },
        ..entry()
    };
    assert_eq!(coarse(&open, u64::MAX), Answer::Permit);
}

#[test]
fn only_an_active_consent_answers() {
    for status in [
        Status::None,
        Status::Superseded,
        Status::Revoked,
        Status::EnteredInError,
    ] {
        assert_eq!(
            coarse(&Entry { status, ..entry() }, NOW),
            Answer::NoConsent,
            "{status:?}"
        );
    }
}

#[test]
fn a_consent_that_is_yet_to_come_is_live_and_an_expired_one_is_not() {
    assert!(entry().is_live(NOW - 1) && !entry().is_in_force(NOW - 1));
    assert!(entry().is_live(NOW + 10) && entry().is_in_force(NOW + 10));
    assert!(!entry().is_live(NOW + 11));
    assert!(
        !Entry {
            status: Status::Revoked,
            ..entry()
        }
        .is_live(NOW)
    );
}

#[test]
fn terms_that_make_no_sense_are_refused() {
    let terms = entry().terms;
    assert_eq!(terms.check(), Ok(()));
    assert_eq!(
        Terms {
            purposes: 0,
            classes: 0,
            ..terms
        }
        .check(),
        Ok(())
    );
    assert_eq!(
        Terms {
            validity: Period { from: 5, until: 5 },
            ..terms
        }
        .check(),
        Ok(())
    );
    let reversed = Period { from: 5, until: 4 };
    assert_eq!(
        Terms {
            validity: reversed,
            ..terms
        }
        .check(),
        Err(TermsError::ReversedValidity(reversed))
    );
    let unknown = Terms {
        purposes: 1 << 63 | 1,
        classes: 1 << 62 | 1,
        ..terms
    };
    assert_eq!(unknown.check(), Err(TermsError::UnknownBits(1 << 63, 1 << 62)));
    assert_eq!(
        Terms { purposes: 0, ..terms }.check(),
        Err(TermsError::HalfDisclosed(0, terms.classes))
    );
    assert_eq!(
        Terms { classes: 0, ..terms }.check(),
        Err(TermsError::HalfDisclosed(1, 0))
    );
}

#[test]
fn revocation_is_final_and_nothing_becomes_active_again() {
    use Status::{Active, EnteredInError, None, Revoked, Superseded};
    let all = [None, Active, Superseded, Revoked, EnteredInError];
    let allowed = [
        (None, Active),
        (Active, Superseded),
        (Active, Revoked),
        (Active, EnteredInError),
        (Superseded, EnteredInError),
    ];
    for from in all {
        for to in all {
            assert_eq!(
                from.change(to).is_ok(),
                allowed.contains(&(from, to)),
                "{from:?} -> {to:?}"
            );
        }
        assert_eq!(Status::from_number(from as u8), Some(from));
    }
    assert_eq!(Status::from_number(5), Option::None);
}

#[test]
fn an_open_policy_answers_for_the_grantee_within_the_validity() {
    let bytes = permit().encode().unwrap();
    let salt = [3; 32];
    let entry = Entry {
        commitment: policy_commitment(&salt, &bytes, keccak256),
        ..entry()
    };
    let policy = open(&entry, &salt, &bytes, keccak256).unwrap();
    let ask = |entry: &Entry, request: &Request<'_>, at| {
        let decision = evaluate_entry(entry, &policy, request, at, keccak256);
        (decision.answer, decision.reason)
    };
    assert_eq!(ask(&entry, &treatment(), NOW), (Answer::Permit, Reason::Decided));
    assert_eq!(
        ask(&entry, &treatment(), NOW + 11),
        (Answer::NoConsent, Reason::OutsidePeriod)
    );
    let revoked = Entry {
        status: Status::Revoked,
        ..entry
    };
    assert_eq!(ask(&revoked, &treatment(), NOW), (Answer::NoConsent, Reason::NotActive));
    let other = by(&[STRANGER]);
    assert_eq!(ask(&entry, &other, NOW), (Answer::NoConsent, Reason::OtherGrantee));
}

#[test]
fn only_what_was_committed_to_opens() {
    let policy = permit_except(vec![except(only(&[DOCTOR]), vec![])]);
    let bytes = policy.encode().unwrap();
    let entry = Entry {
        commitment: policy_commitment(&[3; 32], &bytes, keccak256),
        ..entry()
    };
    assert!(open(&entry, &[3; 32], &bytes, keccak256).is_ok());
    assert!(matches!(
        open(&entry, &[4; 32], &bytes, keccak256),
        Err(OpenError::CommitmentMismatch { .. })
    ));
    let other = permit().encode().unwrap();
    assert!(matches!(
        open(&entry, &[3; 32], &other, keccak256),
        Err(OpenError::CommitmentMismatch { .. })
    ));
}

#[test]
fn a_commitment_to_nonsense_does_not_open() {
    let entry = Entry {
        commitment: policy_commitment(&[3; 32], b"nonsense", keccak256),
        ..entry()
    };
    let Err(OpenError::MalformedPolicy(malformed)) = open(&entry, &[3; 32], b"nonsense", keccak256) else {
        panic!("nonsense was accepted");
    };
    assert_eq!(malformed.kind, MalformedKind::UnknownVersion);
}

#[test]
fn a_commitment_is_the_hash_of_domain_version_salt_and_policy() {
    let bytes = permit().encode().unwrap();
    let preimage = [b"salus/policy\0\0\0\0".as_slice(), &[1], &[3; 32], &bytes].concat();
    assert_eq!(policy_commitment(&[3; 32], &bytes, keccak256), keccak256(&preimage));
}

#[test]
fn identifiers_differ_in_each_of_their_parts() {
    let id = |chain: u8, contract: u8, subject: u8, grantee: u8, sequence| {
        consent_id(
            &[chain; 32],
            &[contract; 20],
            &[subject; 32],
            &[grantee; 20],
            sequence,
            keccak256,
        )
    };
    let ids = [
        id(1, 1, 1, 1, 1),
        id(2, 1, 1, 1, 1),
        id(1, 2, 1, 1, 1),
        id(1, 1, 2, 1, 1),
        id(1, 1, 1, 2, 1),
        id(1, 1, 1, 1, 2),
    ];
    for (index, one) in ids.iter().enumerate() {
        assert!(!ids[..index].contains(one));
    }
}

#[test]
fn a_delegates_limit_holds_whatever_is_disclosed() {
    let limited = Entry {
        limit: Purpose::HRESCH.mask(),
        ..entry()
    };
    assert_eq!(coarse(&limited, NOW), Answer::NoConsent);
    let wider = Entry {
        limit: Purpose::HRESCH.mask() | Purpose::TREAT.mask(),
        ..entry()
    };
    assert_eq!(coarse(&wider, NOW), Answer::Permit);
}

#[test]
fn a_grantee_that_is_no_account_has_an_address_of_its_own() {
    let all = [
        Grantee::Account(DOCTOR),
        Grantee::Role(Role::PHYS),
        Grantee::Role(Role::PHARMACIST),
        Grantee::Community([1; 32]),
        Grantee::Community([2; 32]),
        Grantee::Everyone,
    ];
    let addresses: HashSet<_> = all.iter().map(|grantee| grantee.address(keccak256)).collect();
    assert_eq!(addresses.len(), all.len());
    assert_eq!(Grantee::Everyone.address(keccak256), *b"salus/everyone\0\0\0\0\0\0");
    let mut role = *b"salus/role\0\0\0\0\0\0\0\0\0\0";
    role[19] = Role::PHYS.bit();
    assert_eq!(Grantee::Role(Role::PHYS).address(keccak256), role);
    let preimage = [&b"salus/community\0\x01"[..], &[1; 32]].concat();
    assert_eq!(
        Grantee::Community([1; 32]).address(keccak256),
        keccak256(&preimage)[12..]
    );
}

#[test]
fn who_asks_is_all_that_they_say_they_are() {
    let accounts = [DOCTOR, STRANGER];
    let communities = [[1; 32], [2; 32]];
    let request = Request {
        roles: Role::PHYS.mask() | Role::PHARMACIST.mask(),
        communities: &communities,
        ..Request::new(&accounts, Purpose::TREAT, ResourceClass::OBSERVATION)
    };
    let found: Vec<_> = grantees(&request).collect();
    let mut roles = [Role::PHYS, Role::PHARMACIST];
    roles.sort_by_key(|role| role.bit());
    let expected = [
        Grantee::Account(DOCTOR),
        Grantee::Account(STRANGER),
        Grantee::Everyone,
        Grantee::Role(roles[0]),
        Grantee::Role(roles[1]),
        Grantee::Community([1; 32]),
        Grantee::Community([2; 32]),
    ];
    assert_eq!(found, expected);
}
