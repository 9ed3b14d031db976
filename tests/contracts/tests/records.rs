//! Records on chain, one by one: anchored, versioned, flagged and verified. Batches have a file of their own.

use alloy_core::primitives::{Address, B256, keccak256};
use salus_core::records::record_commitment;
use salus_tests_contracts::{
    World, account, events,
    records::{IRecords::*, deploy, status, verify},
    refusal,
};

const RECORD: B256 = B256::repeat_byte(0x0a);
const OTHER: B256 = B256::repeat_byte(0x0b);
const FIRST: B256 = B256::repeat_byte(0xc1);
const SECOND: B256 = B256::repeat_byte(0xc2);

fn author() -> Address {
    account(1)
}

fn stranger() -> Address {
    account(2)
}

/// The contract, with [`FIRST`] anchored as the first version of [`RECORD`].
fn anchored() -> (World, Address) {
    let (mut world, contract) = deploy();
    world
        .send(
            author(),
            contract,
            &anchorCall {
                recordId: RECORD,
                commitment: FIRST,
            },
        )
        .expect("the record is new");
    (world, contract)
}

#[test]
fn an_anchored_record_is_announced_readable_and_verified() {
    let (mut world, contract) = deploy();
    assert_eq!(verify(&mut world, contract, RECORD, 1, FIRST), status::UNKNOWN);
    let done = world
        .send(
            author(),
            contract,
            &anchorCall {
                recordId: RECORD,
                commitment: FIRST,
            },
        )
        .unwrap();
    let expected = RecordAnchored {
        recordId: RECORD,
        author: author(),
        commitment: FIRST,
    };
    assert_eq!(events::<RecordAnchored>(contract, &done.logs), [expected]);
    assert_eq!(done.logs.len(), 1);
    let record = world.view(contract, &recordOfCall { recordId: RECORD });
    assert_eq!((record.author, record.latestVersion), (author(), 1));
    let version = world.view(
        contract,
        &versionOfCall {
            recordId: RECORD,
            version: 1,
        },
    );
    let now = world.session.timestamp();
    assert_eq!(
        (version.commitment, version.anchoredAt, version.enteredInError),
        (FIRST, now, false)
    );
    assert_eq!(verify(&mut world, contract, RECORD, 1, FIRST), status::CURRENT);
}

#[test]
fn an_altered_record_fails_verification() {
    let (mut world, contract) = deploy();
    let salt = [7; 32];
    let commit = |bytes: &[u8]| B256::from(record_commitment(&salt, bytes, |bytes| keccak256(bytes).0));
    let original = br#"{"resourceType":"Observation","status":"final","valueInteger":120}"#;
    let altered = br#"{"resourceType":"Observation","status":"final","valueInteger":121}"#;
    let call = anchorCall {
        recordId: RECORD,
        commitment: commit(original),
    };
    world.send(author(), contract, &call).unwrap();
    assert_eq!(
        verify(&mut world, contract, RECORD, 1, commit(original)),
        status::CURRENT
    );
    assert_eq!(
        verify(&mut world, contract, RECORD, 1, commit(altered)),
        status::MISMATCH
    );
    assert_eq!(verify(&mut world, contract, RECORD, 1, B256::ZERO), status::MISMATCH);
    assert_eq!(
        verify(&mut world, contract, RECORD, 2, commit(original)),
        status::UNKNOWN
    );
    assert_eq!(
        verify(&mut world, contract, RECORD, 0, commit(original)),
        status::UNKNOWN
    );
    assert_eq!(
        verify(&mut world, contract, OTHER, 1, commit(original)),
        status::UNKNOWN
    );
}

#[test]
fn a_record_and_a_commitment_are_anchored_once_whoever_tries() {
    let (mut world, contract) = anchored();
    for caller in [author(), stranger()] {
        let result = world.send(
            caller,
            contract,
            &anchorCall {
                recordId: RECORD,
                commitment: SECOND,
            },
        );
        assert_eq!(refusal::<RecordAlreadyAnchored>(result).recordId, RECORD);
        let result = world.send(
            caller,
            contract,
            &anchorCall {
                recordId: OTHER,
                commitment: FIRST,
            },
        );
        let expected = CommitmentAlreadyAnchored {
            commitment: FIRST,
            recordId: RECORD,
        };
        assert_eq!(refusal::<CommitmentAlreadyAnchored>(result), expected);
    }
    let record = world.view(contract, &recordOfCall { recordId: RECORD });
    assert_eq!((record.author, record.latestVersion), (author(), 1));
    assert_eq!(
        world.view(contract, &recordOfCall { recordId: OTHER }).author,
        Address::ZERO
    );
}

#[test]
fn zero_names_and_commits_to_nothing() {
    let (mut world, contract) = deploy();
    let result = world.send(
        author(),
        contract,
        &anchorCall {
            recordId: B256::ZERO,
            commitment: FIRST,
        },
    );
    refusal::<InvalidRecord>(result);
    let result = world.send(
        author(),
        contract,
        &anchorCall {
            recordId: RECORD,
            commitment: B256::ZERO,
        },
    );
    refusal::<InvalidCommitment>(result);
}

#[test]
fn a_new_version_supersedes_its_predecessor() {
    let (mut world, contract) = anchored();
    world.session.advance_time(30);
    let call = addVersionCall {
        recordId: RECORD,
        previousVersion: 1,
        commitment: SECOND,
    };
    let done = world.send(author(), contract, &call).unwrap();
    assert_eq!(done.value, 2);
    let expected = RecordVersionAdded {
        recordId: RECORD,
        author: author(),
        version: 2,
        commitment: SECOND,
    };
    assert_eq!(events::<RecordVersionAdded>(contract, &done.logs), [expected]);
    assert_eq!(verify(&mut world, contract, RECORD, 1, FIRST), status::SUPERSEDED);
    assert_eq!(verify(&mut world, contract, RECORD, 2, SECOND), status::CURRENT);
    assert_eq!(verify(&mut world, contract, RECORD, 1, SECOND), status::MISMATCH);
    let times = [1, 2].map(|version| {
        world
            .view(
                contract,
                &versionOfCall {
                    recordId: RECORD,
                    version,
                },
            )
            .anchoredAt
    });
    assert_eq!(times[1] - times[0], 30);
}

#[test]
fn a_new_version_is_the_authors_names_the_latest_and_is_new() {
    let (mut world, contract) = anchored();
    let call = addVersionCall {
        recordId: RECORD,
        previousVersion: 1,
        commitment: SECOND,
    };
    let result = world.send(stranger(), contract, &call);
    assert_eq!(
        refusal::<NotAuthor>(result),
        NotAuthor {
            recordId: RECORD,
            caller: stranger()
        }
    );
    let unknown = addVersionCall {
        recordId: OTHER,
        ..call.clone()
    };
    assert_eq!(
        refusal::<UnknownRecord>(world.send(author(), contract, &unknown)).recordId,
        OTHER
    );
    for named in [0, 2, u32::MAX] {
        let wrong = addVersionCall {
            previousVersion: named,
            ..call.clone()
        };
        let expected = NotLatestVersion {
            recordId: RECORD,
            latest: 1,
            named,
        };
        assert_eq!(
            refusal::<NotLatestVersion>(world.send(author(), contract, &wrong)),
            expected
        );
    }
    let duplicate = addVersionCall {
        commitment: FIRST,
        ..call.clone()
    };
    assert_eq!(
        refusal::<CommitmentAlreadyAnchored>(world.send(author(), contract, &duplicate)).recordId,
        RECORD
    );
    let nothing = addVersionCall {
        commitment: B256::ZERO,
        ..call.clone()
    };
    refusal::<InvalidCommitment>(world.send(author(), contract, &nothing));

    world.send(author(), contract, &call).unwrap();
    let replay = addVersionCall {
        commitment: OTHER,
        ..call
    };
    let expected = NotLatestVersion {
        recordId: RECORD,
        latest: 2,
        named: 1,
    };
    assert_eq!(
        refusal::<NotLatestVersion>(world.send(author(), contract, &replay)),
        expected
    );
}

#[test]
fn a_wrong_version_is_flagged_and_stays_readable() {
    let (mut world, contract) = anchored();
    let call = markEnteredInErrorCall {
        recordId: RECORD,
        version: 1,
    };
    assert_eq!(
        refusal::<NotAuthor>(world.send(stranger(), contract, &call)).caller,
        stranger()
    );
    let missing = markEnteredInErrorCall {
        recordId: RECORD,
        version: 2,
    };
    let expected = UnknownVersion {
        recordId: RECORD,
        version: 2,
    };
    assert_eq!(
        refusal::<UnknownVersion>(world.send(author(), contract, &missing)),
        expected
    );
    let unknown = markEnteredInErrorCall {
        recordId: OTHER,
        version: 1,
    };
    refusal::<UnknownRecord>(world.send(author(), contract, &unknown));

    let done = world.send(author(), contract, &call).unwrap();
    let expected = RecordEnteredInError {
        recordId: RECORD,
        author: author(),
        version: 1,
    };
    assert_eq!(events::<RecordEnteredInError>(contract, &done.logs), [expected]);
    assert_eq!(verify(&mut world, contract, RECORD, 1, FIRST), status::ENTERED_IN_ERROR);
    assert_eq!(verify(&mut world, contract, RECORD, 1, SECOND), status::MISMATCH);
    assert!(
        world
            .view(
                contract,
                &versionOfCall {
                    recordId: RECORD,
                    version: 1
                }
            )
            .enteredInError
    );
    assert_eq!(
        refusal::<AlreadyEnteredInError>(world.send(author(), contract, &call)).recordId,
        RECORD
    );

    let corrected = addVersionCall {
        recordId: RECORD,
        previousVersion: 1,
        commitment: SECOND,
    };
    world.send(author(), contract, &corrected).unwrap();
    assert_eq!(verify(&mut world, contract, RECORD, 2, SECOND), status::CURRENT);
    assert_eq!(verify(&mut world, contract, RECORD, 1, FIRST), status::ENTERED_IN_ERROR);
}
