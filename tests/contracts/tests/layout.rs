//! Where the contracts keep what, byte by byte, as `salus_slots` describes it. Who reads a contract's storage past its
//! messages relies on this, and nobody notices a change otherwise.

use alloy_core::primitives::{B256, U256, keccak256};
use salus_devchain::runtime::CHAIN_ID;
use salus_tests_contracts::{
    World,
    access::{IAccess, REVIEW_PERIOD, Ward, reviewer},
    account,
    consent::{Clinic, IConsent, SUBJECT, doctor, patient},
    credentials::{ICredentials, Register, board, owner},
    erc20::{self, IERC20, SUPPLY},
    h160,
    records::IRecords,
    telehealth::{ARBITER_ROLE, FEE, NO_ROLE, SERVICE, Setup, Telehealth, status},
};

/// The key of a word without a key of its own.
fn slot(tag: u8) -> [u8; 32] {
    let mut key = [0; 32];
    key[0] = tag;
    key
}

/// The key of an account's word.
fn of_account(tag: u8, account: [u8; 20]) -> [u8; 32] {
    let mut key = slot(tag);
    key[12..].copy_from_slice(&account);
    key
}

/// The key of a word of two accounts.
fn of_two(tag: u8, first: [u8; 20], second: [u8; 20]) -> [u8; 32] {
    keccak256([&[tag][..], &first, &second].concat()).0
}

fn word(number: U256) -> Option<Vec<u8>> {
    Some(number.to_be_bytes_vec())
}

#[test]
fn the_tokens_words_are_where_they_should_be() {
    let (mut world, owner, spender) = (World::new(), account(1), account(2));
    let token = erc20::deploy(&mut world, account(0), owner).unwrap().value;
    let approve = |value| IERC20::approveCall { spender, value };
    let (token_h160, allowance) = (h160(token), of_two(2, owner.0.0, spender.0.0));

    world.send(owner, token, &approve(U256::from(7))).unwrap();
    let session = &mut world.session;
    assert_eq!(session.storage(token_h160, of_account(1, owner.0.0)), word(SUPPLY));
    assert_eq!(session.storage(token_h160, allowance), word(U256::from(7)));
    assert_eq!(session.storage(token_h160, slot(4)), word(SUPPLY));
    assert_eq!(session.storage(token_h160, of_account(3, owner.0.0)), None);

    let domain = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
    let separator = [
        keccak256(domain).0,
        keccak256("Salus Test").0,
        keccak256("1").0,
        U256::from(CHAIN_ID).to_be_bytes(),
        token.into_word().0,
    ];
    let details = [
        &keccak256(separator.concat()).0[..],
        // As the host gives it: lowest byte first.
        &U256::from(CHAIN_ID).to_le_bytes::<32>(),
        &U256::MAX.to_be_bytes::<32>(),
        &[18, 10],
        b"Salus Test",
        b"SALT",
    ];
    assert_eq!(session.immutable_data(token_h160), Some(details.concat()));

    world.send(owner, token, &approve(U256::ZERO)).unwrap();
    assert_eq!(world.session.storage(token_h160, allowance), None, "zero is freed");
}

#[test]
fn the_tokens_roles_are_where_they_should_be() {
    let (mut world, admin, minter) = (World::new(), account(0), account(1));
    let token = erc20::deploy(&mut world, admin, account(2)).unwrap().value;
    let role = world.view(token, &IERC20::MINTER_ROLECall {});
    let pauser = world.view(token, &IERC20::PAUSER_ROLECall {});
    for (role, account) in [(role, minter), (pauser, minter)] {
        world
            .send(admin, token, &IERC20::grantRoleCall { role, account })
            .unwrap();
    }
    world.send(minter, token, &IERC20::pauseCall {}).unwrap();
    let heir = IERC20::beginDefaultAdminTransferCall { newAdmin: minter };
    world.send(admin, token, &heir).unwrap();
    let schedule = world.session.timestamp();

    let (session, token) = (&mut world.session, h160(token));
    let member = keccak256([&[7][..], &minter.0.0, &role.0].concat()).0;
    assert_eq!(session.storage(token, member), word(U256::ONE));
    assert_eq!(session.storage(token, slot(5)), word(U256::ONE), "paused");
    let admins = [&admin.0.0[..], &minter.0.0, &schedule.to_be_bytes(), &[0; 24]];
    assert_eq!(session.storage_at_var_key(token, vec![8]), Some(admins.concat()));
}

#[test]
fn the_consents_entries_are_where_they_should_be() {
    let mut clinic = Clinic::new();
    let terms = clinic.terms();
    let id = clinic.world.send(patient(), clinic.contract, &terms).unwrap().value;
    let offer = IConsent::transferControllerCall {
        subject: SUBJECT,
        newController: account(4),
    };
    clinic.world.send(patient(), clinic.contract, &offer).unwrap();

    let (session, contract) = (&mut clinic.world.session, h160(clinic.contract));
    let mut at = |key: &[&[u8]]| session.storage_at_var_key(contract, key.concat());
    assert_eq!(
        at(&[&[1], &SUBJECT.0]),
        Some([&patient().0.0[..], &account(4).0.0, &0u32.to_be_bytes(), &[0]].concat())
    );
    let consent = [
        &SUBJECT.0[..],
        &doctor().0.0,
        &[1],
        &0u32.to_be_bytes(),
        &terms.validFrom.to_be_bytes(),
        &terms.validUntil.to_be_bytes(),
        &terms.purposes.to_be_bytes(),
        &terms.classes.to_be_bytes(),
        &terms.commitment.0,
        &patient().0.0,
        &u64::MAX.to_be_bytes(),
    ];
    assert_eq!(at(&[&[2], &id.0]), Some(consent.concat()));
    assert_eq!(at(&[&[3], &SUBJECT.0, &doctor().0.0]), Some(id.to_vec()));
}

#[test]
fn the_credentials_entries_are_where_they_should_be() {
    let (mut register, doctor) = (Register::new(), account(2));
    let admitted = register.now().to_be_bytes();
    register.world.session.advance_time(60);
    let terms = register.physician(doctor);
    let id = register.send(board(), &terms).unwrap().value;
    let issued = register.now().to_be_bytes();
    register.world.session.advance_time(60);
    let changed = register.now().to_be_bytes();
    let suspend = ICredentials::suspendCredentialCall { credentialId: id };
    register.send(board(), &suspend).unwrap();
    let remove = ICredentials::removeIssuerCall { issuer: board() };
    register.send(owner(), &remove).unwrap();
    let offer = ICredentials::transferOwnershipCall { newOwner: account(4) };
    register.send(owner(), &offer).unwrap();

    let contract = h160(register.contract);
    let mut at = |key: &[&[u8]]| register.world.session.storage_at_var_key(contract, key.concat());
    let (none, first) = (0u32.to_be_bytes(), 1u32.to_be_bytes());
    assert_eq!(at(&[&[1]]), Some([owner().0.0, account(4).0.0].concat()));
    let removed = [&first[..], &changed, &[0]];
    assert_eq!(at(&[&[2], &board().0.0]), Some(removed.concat()));
    assert_eq!(at(&[&[3], &board().0.0, &none]), Some([&admitted[..], &[1]].concat()));
    let (role, sequence) = ([terms.role], none);
    let validity = [terms.validFrom.to_be_bytes(), terms.validUntil.to_be_bytes()].concat();
    let suspended = [&first[..], &changed, &[2], &sequence, &validity];
    assert_eq!(at(&[&[4], &doctor.0.0, &role]), Some(suspended.concat()));
    let active = [&issued[..], &[1], &sequence, &validity];
    assert_eq!(at(&[&[5], &doctor.0.0, &role, &none]), Some(active.concat()));
    let credential = [
        &doctor.0.0[..],
        &board().0.0,
        &role,
        &sequence,
        &[2],
        &terms.jurisdiction.0,
        &terms.licenceHash.0,
        &validity,
        &issued,
    ];
    assert_eq!(at(&[&[6], &id.0]), Some(credential.concat()));
}

#[test]
fn the_entries_of_accesses_are_where_they_should_be() {
    let mut ward = Ward::new();
    let now = ward.now();
    let (root, commitment) = (B256::repeat_byte(1), B256::repeat_byte(2));
    let ask = IAccess::requestAccessCall {
        subject: SUBJECT,
        commitment,
        until: now + 9,
    };
    let request = ward.send(doctor(), &ask).unwrap().value;
    let key = IAccess::setEmergencyKeyCall {
        subject: SUBJECT,
        emergencyKey: account(3),
    };
    ward.send(patient(), &key).unwrap();
    ward.with_veto_window(60);
    let (emergency, access) = (ward.emergency(), ward.broken());
    let anchor = IAccess::anchorLogCall {
        root,
        count: 5,
        from: 7,
        until: now,
    };
    ward.send(doctor(), &anchor).unwrap();
    let cancel = IAccess::invalidateUnorderedNoncesCall {
        wordPos: U256::from(3),
        mask: U256::from(9),
    };
    ward.send(doctor(), &cancel).unwrap();

    let (contract, created) = (h160(ward.contract), ward.view(&IAccess::parametersCall {}));
    let fixed = [
        &ward.consent.0.0[..],
        &ward.credentials.0.0,
        &created.emergencyRoles.to_be_bytes(),
        &[created.reviewerRole],
        &created.maxDuration.to_be_bytes(),
        &created.maxUses.to_be_bytes(),
        &created.usesWindow.to_be_bytes(),
        &created.reviewPeriod.to_be_bytes(),
        &created.maxVetoWindow.to_be_bytes(),
    ];
    assert_eq!(ward.world.session.immutable_data(contract), Some(fixed.concat()));
    let nonces = keccak256([&[10][..], &doctor().0.0, &cancel.wordPos.to_be_bytes::<32>()].concat()).0;
    assert_eq!(ward.world.session.storage(contract, nonces), word(cancel.mask));
    let mut at = |key: &[&[u8]]| ward.world.session.storage_at_var_key(contract, key.concat());
    let (none, one) = (0u32.to_be_bytes(), 1u32.to_be_bytes());
    let doctor = doctor().0.0;
    let stored = [
        &SUBJECT.0[..],
        &doctor,
        &commitment.0,
        &(now + 9).to_be_bytes(),
        &[1],
        &none,
        &[0; 32],
    ];
    assert_eq!(at(&[&[1], &request.0]), Some(stored.concat()));
    assert_eq!(at(&[&[2], &SUBJECT.0, &doctor]), Some(request.to_vec()));
    let safeguards = [&60u64.to_be_bytes()[..], &account(3).0.0];
    assert_eq!(at(&[&[3], &SUBJECT.0]), Some(safeguards.concat()));
    let review_by = (now + 60 + emergency.duration + REVIEW_PERIOD).to_be_bytes();
    let stored = [
        &SUBJECT.0[..],
        &doctor,
        &reviewer().0.0,
        &emergency.evidence.0,
        &(now + 60).to_be_bytes(),
        &(now + 60 + emergency.duration).to_be_bytes(),
        &review_by,
        &[emergency.role, emergency.purpose, 0, 0],
    ];
    assert_eq!(at(&[&[4], &access.0]), Some(stored.concat()));
    assert_eq!(at(&[&[5], &SUBJECT.0, &doctor]), Some(access.to_vec()));
    let actor = [&one[..], &now.to_be_bytes(), &one, &access.0, &review_by, &[0; 7 * 40]];
    assert_eq!(at(&[&[6], &doctor]), Some(actor.concat()));
    let (number, count) = (0u64.to_be_bytes(), 1u64.to_be_bytes());
    assert_eq!(at(&[&[7], &doctor]), Some(count.to_vec()));
    let batch = [
        &root.0[..],
        &5u64.to_be_bytes(),
        &7u64.to_be_bytes(),
        &now.to_be_bytes(),
        &now.to_be_bytes(),
    ];
    assert_eq!(at(&[&[8], &doctor, &number]), Some(batch.concat()));
    assert_eq!(at(&[&[9], &doctor, &root.0]), Some(number.to_vec()));
}

#[test]
fn the_records_entries_are_where_they_should_be() {
    let (mut world, author) = (World::new(), account(1));
    let contract = world
        .deploy("records", account(0), &IRecords::constructorCall {})
        .unwrap()
        .value;
    let (record, commitment, root, reference) = (
        B256::repeat_byte(1),
        B256::repeat_byte(2),
        B256::repeat_byte(3),
        B256::repeat_byte(4),
    );
    let anchor = IRecords::anchorCall {
        recordId: record,
        commitment,
    };
    world.send(author, contract, &anchor).unwrap();
    let anchored_at = world.session.timestamp().to_be_bytes();
    let batch = IRecords::anchorBatchCall {
        root,
        leafCount: 5,
        reference,
    };
    world.send(author, contract, &batch).unwrap();

    let mut at = |key: &[&[u8]]| world.session.storage_at_var_key(h160(contract), key.concat());
    let first = 1u32.to_be_bytes();
    assert_eq!(at(&[&[1], &record.0]), Some([&author.0.0[..], &first].concat()));
    assert_eq!(
        at(&[&[2], &record.0, &first]),
        Some([&commitment.0[..], &anchored_at, &[0]].concat())
    );
    assert_eq!(at(&[&[3], &commitment.0]), Some(record.to_vec()));
    assert_eq!(
        at(&[&[4], &author.0.0, &root.0]),
        Some([&5u64.to_be_bytes()[..], &reference.0, &anchored_at].concat())
    );
}

#[test]
fn the_visits_entries_are_where_they_should_be() {
    let mut setup = Setup::new();
    let booking = setup.booking();
    let id = setup.booked(booking.clone());
    let quote = Telehealth::setQuoteCall {
        patient: setup.patient,
        service: SERVICE,
        token: setup.token,
        fee: U256::from(9),
        validUntil: 77,
    };
    setup.send(setup.provider, &quote).unwrap();
    let series = Telehealth::setSeriesFeeCall {
        service: SERVICE,
        token: setup.token,
        visits: 3,
        fee: U256::from(8),
    };
    setup.send(setup.provider, &series).unwrap();
    let (session, escrow) = (&mut setup.world.session, h160(setup.escrow));

    let fixed = [
        setup.consent.as_slice(),
        setup.credentials.as_slice(),
        setup.records.as_slice(),
        &[ARBITER_ROLE.bit()],
    ];
    assert_eq!(session.immutable_data(escrow), Some(fixed.concat()));
    let visit = [
        &setup.patient.0.0[..],
        &setup.provider.0.0,
        &setup.arbiter.0.0,
        &setup.token.0.0,
        &FEE.to_be_bytes::<32>(),
        &booking.startTime.to_be_bytes(),
        &booking.endTime.to_be_bytes(),
        &booking.confirmBy.to_be_bytes(),
        &0u64.to_be_bytes(),
        &1u32.to_be_bytes(),
        &0u32.to_be_bytes(),
        &[NO_ROLE, 0],
        &[0; 32],
        &[status::FUNDED, 0, 0, 0],
    ];
    let mut at = |key: &[&[u8]]| session.storage_at_var_key(escrow, key.concat());
    let (provider, token) = (setup.provider.0.0, setup.token.0.0);
    assert_eq!(at(&[&[1], &id.0]), Some(visit.concat()));
    let books = [FEE, U256::ZERO, FEE, U256::ZERO].map(|sum| sum.to_be_bytes::<32>());
    assert_eq!(at(&[&[3], &token]), Some(books.concat()));
    let version = 1u32.to_be_bytes();
    assert_eq!(at(&[&[4], &provider]), Some(version.to_vec()));
    let numbers = [
        86_400, 10_000, 3_600, 5_000, 0, 0, 0, 0, 900, 86_400, 7_200, 259_200, 8_000, 4_000,
    ];
    let terms = numbers.map(u32::to_be_bytes);
    assert_eq!(at(&[&[5], &provider, &version]), Some(terms.concat()));
    let quoted = [&U256::from(9).to_be_bytes::<32>()[..], &77u64.to_be_bytes()];
    let key: [&[u8]; 5] = [&[7], &provider, &setup.patient.0.0, &SERVICE.0, &token];
    assert_eq!(at(&key), Some(quoted.concat()));
    // By itself, and each of three.
    for (visits, fee) in [(1_u32, word(FEE)), (3, word(U256::from(8))), (2, None)] {
        let key = [&[6][..], &provider, &SERVICE.0, &token, &visits.to_be_bytes()].concat();
        assert_eq!(session.storage(escrow, keccak256(key).0), fee, "{visits}");
    }
    assert_eq!(session.storage(escrow, of_two(2, provider, token)), None);
}
