//! Credentials on chain: who admits, issues and ends, what is announced, and what is answered about then.

use alloy_core::primitives::{Address, B256};
use salus_core::codes::Role;
use salus_devchain::{runtime::CHAIN_ID, session::CallError};
use salus_tests_contracts::{
    Done, account,
    credentials::{ICredentials::*, Register, YEAR, board, credential_id, owner, status},
    events, refusal,
};

fn doctor() -> Address {
    account(2)
}

fn stranger() -> Address {
    account(4)
}

fn licensed() -> (Register, B256) {
    let mut register = Register::new();
    let id = register.license(doctor());
    (register, id)
}

fn suspend(register: &mut Register, from: Address, id: B256) -> Result<Done<suspendCredentialReturn>, CallError> {
    register.send(from, &suspendCredentialCall { credentialId: id })
}

fn revoke(register: &mut Register, from: Address, id: B256) -> Result<Done<revokeCredentialReturn>, CallError> {
    register.send(from, &revokeCredentialCall { credentialId: id })
}

#[test]
fn the_owner_is_the_one_that_was_named_and_somebody() {
    let mut register = Register::new();
    assert_eq!(register.world.view(register.contract, &ownerCall {}), owner());
    let nobody = constructorCall {
        initialOwner: Address::ZERO,
    };
    let refused = register.world.deploy("credentials", owner(), &nobody);
    assert_eq!(refusal::<OwnableInvalidOwner>(refused).owner, Address::ZERO);
    let named = constructorCall { initialOwner: doctor() };
    let deployed = register.world.deploy("credentials", owner(), &named).unwrap();
    let expected = OwnershipTransferred {
        previousOwner: Address::ZERO,
        newOwner: doctor(),
    };
    assert_eq!(
        events::<OwnershipTransferred>(deployed.value, &deployed.logs),
        [expected]
    );
}

#[test]
fn the_office_of_the_owner_changes_hands_in_two_steps() {
    let mut register = Register::new();
    let offer = transferOwnershipCall { newOwner: doctor() };
    let refused = register.send(stranger(), &offer);
    assert_eq!(refusal::<OwnableUnauthorizedAccount>(refused).account, stranger());
    let done = register.send(owner(), &offer).unwrap();
    let expected = OwnershipTransferStarted {
        previousOwner: owner(),
        newOwner: doctor(),
    };
    assert_eq!(
        events::<OwnershipTransferStarted>(register.contract, &done.logs),
        [expected]
    );
    assert_eq!(register.world.view(register.contract, &ownerCall {}), owner());
    assert_eq!(register.world.view(register.contract, &pendingOwnerCall {}), doctor());

    let refused = register.send(stranger(), &acceptOwnershipCall {});
    assert_eq!(refusal::<OwnableUnauthorizedAccount>(refused).account, stranger());
    let done = register.send(doctor(), &acceptOwnershipCall {}).unwrap();
    let expected = OwnershipTransferred {
        previousOwner: owner(),
        newOwner: doctor(),
    };
    assert_eq!(
        events::<OwnershipTransferred>(register.contract, &done.logs),
        [expected]
    );
    assert_eq!(register.world.view(register.contract, &ownerCall {}), doctor());
    assert_eq!(
        register.world.view(register.contract, &pendingOwnerCall {}),
        Address::ZERO
    );
    let refused = register.send(owner(), &admitIssuerCall { issuer: stranger() });
    assert_eq!(refusal::<OwnableUnauthorizedAccount>(refused).account, owner());
}

#[test]
fn issuers_are_admitted_and_removed_by_the_owner_and_known_as_of_a_time() {
    let mut register = Register::new();
    let (issuer, admitted) = (stranger(), register.now());
    let refused = register.send(board(), &admitIssuerCall { issuer });
    assert_eq!(refusal::<OwnableUnauthorizedAccount>(refused).account, board());
    let refused = register.send(owner(), &admitIssuerCall { issuer: board() });
    assert_eq!(refusal::<AlreadyIssuer>(refused).issuer, board());
    let nobody = admitIssuerCall { issuer: Address::ZERO };
    refusal::<InvalidIssuer>(register.send(owner(), &nobody));
    let done = register.send(owner(), &admitIssuerCall { issuer }).unwrap();
    let expected = IssuerAdmitted { issuer, actor: owner() };
    assert_eq!(events::<IssuerAdmitted>(register.contract, &done.logs), [expected]);

    register.world.session.advance_time(60);
    let removed = register.now();
    let refused = register.send(issuer, &removeIssuerCall { issuer: board() });
    assert_eq!(refusal::<OwnableUnauthorizedAccount>(refused).account, issuer);
    let done = register.send(owner(), &removeIssuerCall { issuer }).unwrap();
    let expected = IssuerRemoved { issuer, actor: owner() };
    assert_eq!(events::<IssuerRemoved>(register.contract, &done.logs), [expected]);
    let refused = register.send(owner(), &removeIssuerCall { issuer });
    assert_eq!(refusal::<NotIssuer>(refused).account, issuer);
    for (time, is_issuer) in [
        (admitted - 1, false),
        (admitted, true),
        (removed - 1, true),
        (removed, false),
    ] {
        let asked = isIssuerAtCall { issuer, time };
        assert_eq!(register.world.view(register.contract, &asked), is_issuer, "{time}");
    }
}

#[test]
fn an_issued_credential_is_announced_and_readable() {
    let mut register = Register::new();
    let (call, issued_at) = (register.physician(doctor()), register.now());
    let done = register.send(board(), &call).unwrap();
    let id = credential_id(CHAIN_ID, register.contract, doctor(), Role::PHYS.bit(), 0);
    assert_eq!(done.value, id);
    let expected = CredentialIssued {
        credentialId: id,
        holder: doctor(),
        issuer: board(),
        role: call.role,
        jurisdiction: call.jurisdiction,
        licenceHash: call.licenceHash,
        validFrom: call.validFrom,
        validUntil: call.validUntil,
    };
    assert_eq!(events::<CredentialIssued>(register.contract, &done.logs), [expected]);
    assert_eq!(done.logs.len(), 1);
    let found = register
        .world
        .view(register.contract, &credentialOfCall { credentialId: id });
    let expected = credentialOfReturn {
        holder: doctor(),
        issuer: board(),
        role: call.role,
        jurisdiction: call.jurisdiction,
        licenceHash: call.licenceHash,
        validFrom: call.validFrom,
        validUntil: call.validUntil,
        issuedAt: issued_at,
        status: status::ACTIVE,
        sequence: 0,
    };
    assert_eq!(found, expected);
    let unknown = credentialOfCall {
        credentialId: B256::repeat_byte(9),
    };
    assert_eq!(register.world.view(register.contract, &unknown).status, status::NONE);
}

#[test]
fn who_is_no_issuer_issues_nothing() {
    let mut register = Register::new();
    let call = register.physician(doctor());
    for caller in [owner(), doctor(), stranger()] {
        let refused = register.send(caller, &call);
        assert_eq!(refusal::<NotIssuer>(refused).account, caller);
    }
    register.send(owner(), &removeIssuerCall { issuer: board() }).unwrap();
    let refused = register.send(board(), &call);
    assert_eq!(refusal::<NotIssuer>(refused).account, board());
    let now = register.now();
    assert!(!register.is_active_at(doctor(), now));
}

#[test]
fn credentials_that_say_nothing_are_refused_with_what_is_wrong() {
    let mut register = Register::new();
    let (call, now) = (register.physician(doctor()), register.now());
    let mut refused = |change: &dyn Fn(&mut issueCredentialCall)| {
        let mut changed = call.clone();
        change(&mut changed);
        register.send(board(), &changed)
    };
    refusal::<InvalidHolder>(refused(&|call| call.holder = Address::ZERO));
    refusal::<InvalidJurisdiction>(refused(&|call| call.jurisdiction = B256::ZERO));
    refusal::<InvalidLicence>(refused(&|call| call.licenceHash = B256::ZERO));
    let error = refusal::<UnknownRole>(refused(&|call| call.role = 29));
    assert_eq!(error.role, 29);
    let over = refused(&|call| (call.validFrom, call.validUntil) = (0, now - 1));
    let expected = InvalidValidity {
        validFrom: 0,
        validUntil: now - 1,
    };
    assert_eq!(refusal::<InvalidValidity>(over), expected);
    let reversed = refused(&|call| (call.validFrom, call.validUntil) = (now + 2, now + 1));
    assert_eq!(refusal::<InvalidValidity>(reversed).validFrom, now + 2);
}

// Domain rule 21: active, suspended, revoked, expired, each with its time; asked as of a time.
#[test]
fn rule_21_what_a_holder_was_then_is_answered_after_it_changed() {
    let (mut register, id) = licensed();
    let issued = register.now();
    register.world.session.advance_time(60);
    let suspended = register.now();
    let done = suspend(&mut register, board(), id).unwrap();
    let expected = CredentialSuspended {
        credentialId: id,
        holder: doctor(),
        actor: board(),
    };
    assert_eq!(events::<CredentialSuspended>(register.contract, &done.logs), [expected]);
    register.world.session.advance_time(60);
    let reinstated = register.now();
    let call = reinstateCredentialCall { credentialId: id };
    let done = register.send(owner(), &call).unwrap();
    let expected = CredentialReinstated {
        credentialId: id,
        holder: doctor(),
        actor: owner(),
    };
    assert_eq!(
        events::<CredentialReinstated>(register.contract, &done.logs),
        [expected]
    );
    register.world.session.advance_time(60);
    let revoked = register.now();
    let done = revoke(&mut register, board(), id).unwrap();
    let expected = CredentialRevoked {
        credentialId: id,
        holder: doctor(),
        actor: board(),
    };
    assert_eq!(events::<CredentialRevoked>(register.contract, &done.logs), [expected]);

    let cases = [
        (issued - 1, (status::NONE, 0, B256::ZERO)),
        (issued, (status::ACTIVE, issued, id)),
        (suspended - 1, (status::ACTIVE, issued, id)),
        (suspended, (status::SUSPENDED, suspended, id)),
        (reinstated - 1, (status::SUSPENDED, suspended, id)),
        (reinstated, (status::ACTIVE, reinstated, id)),
        (revoked - 1, (status::ACTIVE, reinstated, id)),
        (revoked, (status::REVOKED, revoked, id)),
        (u64::MAX, (status::REVOKED, revoked, id)),
    ];
    for (time, expected) in cases {
        assert_eq!(register.status_at(doctor(), time), expected, "{time}");
        let is_active = expected.0 == status::ACTIVE;
        assert_eq!(register.is_active_at(doctor(), time), is_active, "{time}");
    }
}

#[test]
fn a_credential_expires_without_anybody_doing_anything() {
    let (mut register, id) = licensed();
    let until = register.now() + YEAR;
    assert!(register.is_active_at(doctor(), until));
    assert_eq!(
        register.status_at(doctor(), until + 1),
        (status::EXPIRED, until + 1, id)
    );
    register.world.session.advance_time(YEAR + 1);
    let error = refusal::<CredentialExpired>(revoke(&mut register, board(), id));
    assert_eq!((error.credentialId, error.validUntil), (id, until));
    let second = register.license(doctor());
    assert_ne!(second, id, "another one may follow");
    assert!(register.is_active_at(doctor(), until), "what was stays what it was");
}

#[test]
fn a_role_is_not_another_role() {
    let (mut register, _) = licensed();
    let now = register.now();
    for role in [Role::NURS.bit(), Role::DOCTOR.bit(), 29, 255] {
        let asked = isActiveAtCall {
            holder: doctor(),
            role,
            time: now,
        };
        assert!(!register.world.view(register.contract, &asked), "{role}");
    }
    let asked = statusAtCall {
        holder: doctor(),
        role: 29,
        time: now,
    };
    assert_eq!(register.world.view(register.contract, &asked).status, status::NONE);
}

#[test]
fn only_its_issuer_or_the_owner_ends_a_credential() {
    let (mut register, id) = licensed();
    register.send(owner(), &admitIssuerCall { issuer: stranger() }).unwrap();
    for caller in [doctor(), stranger()] {
        let error = refusal::<NotIssuerOfCredential>(revoke(&mut register, caller, id));
        assert_eq!((error.credentialId, error.caller), (id, caller));
        refusal::<NotIssuerOfCredential>(suspend(&mut register, caller, id));
    }
    let unknown = B256::repeat_byte(9);
    let error = refusal::<UnknownCredential>(revoke(&mut register, owner(), unknown));
    assert_eq!(error.credentialId, unknown);

    register.send(owner(), &removeIssuerCall { issuer: board() }).unwrap();
    refusal::<NotIssuerOfCredential>(revoke(&mut register, board(), id));
    let now = register.now();
    assert!(register.is_active_at(doctor(), now), "what it issued stays");
    revoke(&mut register, owner(), id).unwrap();
    assert!(!register.is_active_at(doctor(), now), "from this block on");
}

#[test]
fn a_revoked_credential_never_comes_back_and_may_be_followed_by_another() {
    let (mut register, first) = licensed();
    let call = register.physician(doctor());
    register.send(owner(), &admitIssuerCall { issuer: stranger() }).unwrap();
    let error = refusal::<CredentialLive>(register.send(stranger(), &call));
    assert_eq!(error.credentialId, first);
    revoke(&mut register, board(), first).unwrap();
    let error = refusal::<WrongStatus>(register.send(board(), &reinstateCredentialCall { credentialId: first }));
    assert_eq!((error.credentialId, error.status), (first, status::REVOKED));
    refusal::<WrongStatus>(revoke(&mut register, board(), first));

    let second = register.send(stranger(), &call).unwrap().value;
    assert_eq!(
        second,
        credential_id(CHAIN_ID, register.contract, doctor(), Role::PHYS.bit(), 1)
    );
    let now = register.now();
    assert_eq!(register.status_at(doctor(), now), (status::ACTIVE, now, second));
}

#[test]
fn its_issuer_renews_an_active_credential_without_a_gap() {
    let (mut register, first) = licensed();
    let issued = register.now();
    register.world.session.advance_time(YEAR / 2);
    let call = register.physician(doctor());
    let done = register.send(board(), &call).unwrap();
    let expected = CredentialSuperseded {
        credentialId: first,
        newCredentialId: done.value,
        holder: doctor(),
    };
    assert_eq!(
        events::<CredentialSuperseded>(register.contract, &done.logs),
        [expected]
    );
    assert_eq!(events::<CredentialIssued>(register.contract, &done.logs).len(), 1);
    let renewed = register.now();
    for time in [issued, renewed - 1, renewed, issued + YEAR + 1, renewed + YEAR] {
        assert!(register.is_active_at(doctor(), time), "{time}");
    }
    let old = register
        .world
        .view(register.contract, &credentialOfCall { credentialId: first });
    assert_eq!(old.status, status::SUPERSEDED);
    let error = refusal::<WrongStatus>(suspend(&mut register, board(), first));
    assert_eq!(error.status, status::SUPERSEDED);
    suspend(&mut register, board(), done.value).unwrap();
    let error = refusal::<CredentialLive>(register.send(board(), &call));
    assert_eq!(error.credentialId, done.value, "reinstate it, or revoke it");
}

// Bisection: the answer about long ago costs a few reads more than the one about now, however much happened since.
#[test]
fn a_long_history_is_answered_in_logarithmic_cost() {
    let (mut register, id) = licensed();
    let issued = register.now();
    for _ in 0..16 {
        register.world.session.advance_time(60);
        suspend(&mut register, board(), id).unwrap();
        register.world.session.advance_time(60);
        let call = reinstateCredentialCall { credentialId: id };
        register.send(board(), &call).unwrap();
    }
    let now = register.now();
    let mut cost = |time| {
        let asked = isActiveAtCall {
            holder: doctor(),
            role: Role::PHYS.bit(),
            time,
        };
        let done = register.send(stranger(), &asked).unwrap();
        assert!(done.value, "{time}");
        done.cost.weight.proof_size()
    };
    let (then, now) = (cost(issued), cost(now));
    let read = 10_500;
    assert!(then > now + 4 * read, "{then} {now}");
    assert!(
        then < now + 7 * read,
        "32 earlier checkpoints take six reads at most: {then} {now}"
    );
}
