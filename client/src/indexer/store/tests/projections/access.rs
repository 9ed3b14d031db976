//! What goes on beside consents.

use super::*;
use crate::{
    contracts::access::IAccess::{
        AccessEnded, AccessRequested, AccessReviewed, AccessVetoed, EmergencyKeySet, GlassBroken, LogAnchored,
        RequestApproved, RequestRefused, RequestWithdrawn, VetoWindowSet,
    },
    indexer::store::query::{EmergencyFilter, LogFilter, RequestFilter, SafeguardFilter},
};

const ACCESS: Address = CONTRACTS[5].1;
const SUBJECT: B256 = B256::repeat_byte(0x5B);
const PATIENT: Address = Address::repeat_byte(1);
const GUARDIAN: Address = Address::repeat_byte(2);
const DOCTOR: Address = Address::repeat_byte(3);
const REVIEWER: Address = Address::repeat_byte(4);

fn requested(id: u8, until: u64) -> RawLog {
    let requested = AccessRequested {
        requestId: word(id),
        subject: SUBJECT,
        requester: DOCTOR,
        commitment: word(0xCC),
        until,
    };
    log(ACCESS, &requested)
}

/// Four requests, one for each status.
fn all_requests() -> Vec<RawLog> {
    let (subject, requester) = (SUBJECT, DOCTOR);
    let approved = RequestApproved {
        requestId: word(1),
        subject,
        requester,
        consentId: word(0xC1),
        actor: GUARDIAN,
    };
    let refused = RequestRefused {
        requestId: word(2),
        subject,
        requester,
        actor: PATIENT,
    };
    let withdrawn = RequestWithdrawn {
        requestId: word(3),
        subject,
        requester,
    };
    vec![
        requested(1, u64::MAX),
        log(ACCESS, &approved),
        requested(2, 2_000),
        log(ACCESS, &refused),
        requested(3, 2_000),
        log(ACCESS, &withdrawn),
        // Its time was over before its block: it has lapsed, which no event says.
        requested(4, 1),
    ]
}

#[tokio::test]
async fn requests_have_the_status_of_their_last_event_and_say_who_answered() {
    for (_home, mut reader) in readers(all_requests()).await {
        let all = reader.access_requests(&RequestFilter::default(), 10).await.unwrap();
        let told: Vec<_> = all
            .iter()
            .map(|row| {
                (
                    &*row.status,
                    row.actor,
                    row.consent_id,
                    row.open_until,
                    row.changed_block,
                )
            })
            .collect();
        let expected = [
            ("approved", Some(GUARDIAN), Some(word(0xC1)), None, 2),
            ("refused", Some(PATIENT), None, Some(2_000), 4),
            ("withdrawn", Some(DOCTOR), None, Some(2_000), 6),
            ("open", None, None, Some(1), 7),
        ];
        assert_eq!(told, expected);
        assert_eq!(
            (all[3].subject, all[3].requester, all[3].commitment),
            (SUBJECT, DOCTOR, word(0xCC))
        );

        let refused = RequestFilter {
            subject: Some(SUBJECT),
            requester: Some(DOCTOR),
            status: Some("refused".into()),
            ..Default::default()
        };
        assert_eq!(reader.access_requests(&refused, 10).await.unwrap(), all[1..2]);
        let of_patient = RequestFilter {
            requester: Some(PATIENT),
            ..Default::default()
        };
        assert!(reader.access_requests(&of_patient, 10).await.unwrap().is_empty());
    }
}

fn broken(id: u8, veto_window: u64, is_authorized: bool) -> GlassBroken {
    GlassBroken {
        accessId: word(id),
        subject: SUBJECT,
        actor: DOCTOR,
        role: 1,
        purpose: 9,
        reviewer: REVIEWER,
        evidence: word(0xE1),
        vetoWindow: veto_window,
        opensAt: 1_000 + veto_window,
        endsAt: 4_600 + veto_window,
        reviewBy: 9_000 + veto_window,
        isAuthorized: is_authorized,
    }
}

fn ended(id: u8) -> RawLog {
    let (accessId, subject, actor) = (word(id), SUBJECT, DOCTOR);
    let ended = AccessEnded {
        accessId,
        subject,
        actor,
    };
    log(ACCESS, &ended)
}

fn reviewed(id: u8, reviewer: Address, outcome: u8) -> RawLog {
    let reviewed = AccessReviewed {
        accessId: word(id),
        subject: SUBJECT,
        actor: DOCTOR,
        reviewer,
        outcome,
    };
    log(ACCESS, &reviewed)
}

/// One that waits, one that is open, one that is vetoed, one that ends early, two that are reviewed.
fn all_emergencies() -> Vec<RawLog> {
    let vetoed = AccessVetoed {
        accessId: word(3),
        subject: SUBJECT,
        actor: DOCTOR,
        vetoedBy: GUARDIAN,
    };
    vec![
        log(ACCESS, &broken(1, 600, false)),
        log(ACCESS, &broken(2, 0, true)),
        log(ACCESS, &broken(3, 600, false)),
        log(ACCESS, &vetoed),
        log(ACCESS, &broken(4, 0, false)),
        ended(4),
        log(ACCESS, &broken(5, 600, false)),
        reviewed(5, REVIEWER, 2),
        log(ACCESS, &broken(6, 0, false)),
        ended(6),
        reviewed(6, account(9), 1),
    ]
}

#[tokio::test]
async fn emergencies_have_the_status_of_their_last_event_and_say_who_acted() {
    for (_home, mut reader) in readers(all_emergencies()).await {
        let all = reader.emergencies(&EmergencyFilter::default(), 10).await.unwrap();
        let told: Vec<_> = all
            .iter()
            .map(|row| {
                (
                    &*row.status,
                    row.vetoed_by,
                    row.reviewed_by,
                    row.outcome,
                    row.changed_block,
                )
            })
            .collect();
        let expected = [
            ("waiting", None, None, None, 1),
            ("open", None, None, None, 2),
            ("vetoed", Some(GUARDIAN), None, None, 4),
            ("ended", None, None, None, 6),
            ("reviewed", None, Some(REVIEWER), Some(2), 8),
            ("reviewed", None, Some(account(9)), Some(1), 11),
        ];
        assert_eq!(told, expected);
        let authorized: Vec<_> = all.iter().map(|row| row.is_authorized).collect();
        assert_eq!(authorized, [false, true, false, false, false, false]);
        let first = &all[0];
        assert_eq!(
            (first.subject, first.actor, first.reviewer, first.evidence),
            (SUBJECT, DOCTOR, REVIEWER, word(0xE1))
        );
        assert_eq!((first.role, first.purpose, first.veto_window), (1, 9, 600));
        assert_eq!((first.opens_at, first.ends_at, first.review_by), (1_600, 5_200, 9_600));
        // A block has six seconds.
        assert_eq!((all[3].ends_at, all[5].ends_at), (36, 60), "in the second of the block");
    }
}

#[tokio::test]
async fn emergencies_are_found_by_party_status_and_time() {
    let in_time = GlassBroken {
        opensAt: 20,
        endsAt: 4_000,
        ..broken(1, 10, false)
    };
    let vetoed = AccessVetoed {
        accessId: word(2),
        subject: SUBJECT,
        actor: DOCTOR,
        vetoedBy: PATIENT,
    };
    let logs = vec![
        log(ACCESS, &in_time),
        log(
            ACCESS,
            &GlassBroken {
                accessId: word(2),
                actor: GUARDIAN,
                ..in_time.clone()
            },
        ),
        log(ACCESS, &vetoed),
        log(
            ACCESS,
            &GlassBroken {
                accessId: word(3),
                ..in_time.clone()
            },
        ),
        ended(3),
    ];
    let at = |second| EmergencyFilter {
        open_at: Some(second),
        ..Default::default()
    };
    let cases = [
        (at(19), vec![]),
        (at(20), vec![word(1), word(3)]),
        (at(29), vec![word(1), word(3)]),
        (at(30), vec![word(1)]),
        (at(3_999), vec![word(1)]),
        (at(4_000), vec![]),
        (at(u64::MAX), vec![]),
        (
            EmergencyFilter {
                actor: Some(GUARDIAN),
                ..Default::default()
            },
            vec![word(2)],
        ),
        (
            EmergencyFilter {
                subject: Some(SUBJECT),
                reviewer: Some(REVIEWER),
                status: Some("ended".into()),
                ..Default::default()
            },
            vec![word(3)],
        ),
        (
            EmergencyFilter {
                access_id: Some(word(9)),
                ..Default::default()
            },
            vec![],
        ),
    ];
    for (_home, mut reader) in readers(logs).await {
        for (filter, expected) in &cases {
            let found = reader.emergencies(filter, 10).await.unwrap();
            let found: Vec<_> = found.iter().map(|row| row.access_id).collect();
            assert_eq!(&found, expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn numbers_that_no_version_knows_yet_are_told_as_they_are() {
    let strange = GlassBroken {
        role: 255,
        purpose: 254,
        endsAt: u64::MAX,
        ..broken(1, 0, false)
    };
    for (_home, mut reader) in readers(vec![log(ACCESS, &strange), reviewed(1, REVIEWER, 200)]).await {
        let all = reader.emergencies(&EmergencyFilter::default(), 10).await.unwrap();
        assert_eq!((all[0].role, all[0].purpose, all[0].outcome), (255, 254, Some(200)));
        assert_eq!(
            (&*all[0].status, all[0].ends_at),
            ("reviewed", i64::MAX.cast_unsigned())
        );
    }
}

#[tokio::test]
async fn safeguards_are_what_was_arranged_last() {
    let window = |veto_window, actor| {
        log(
            ACCESS,
            &VetoWindowSet {
                subject: SUBJECT,
                actor,
                vetoWindow: veto_window,
            },
        )
    };
    let key = |emergency_key, actor| {
        log(
            ACCESS,
            &EmergencyKeySet {
                subject: SUBJECT,
                actor,
                emergencyKey: emergency_key,
            },
        )
    };
    let cases = [
        (vec![key(account(9), PATIENT)], (0, Some(account(9)), PATIENT)),
        (
            vec![window(600, PATIENT), key(account(9), GUARDIAN)],
            (600, Some(account(9)), GUARDIAN),
        ),
        (
            vec![window(600, PATIENT), key(account(9), PATIENT), window(0, GUARDIAN)],
            (0, Some(account(9)), GUARDIAN),
        ),
        (
            vec![
                window(600, PATIENT),
                key(account(9), PATIENT),
                key(Address::ZERO, PATIENT),
            ],
            (600, None, PATIENT),
        ),
    ];
    for (logs, expected) in cases {
        for (_home, mut reader) in readers(logs.clone()).await {
            let filter = SafeguardFilter { subject: Some(SUBJECT) };
            let found = reader.safeguards(&filter, 10).await.unwrap();
            let [found] = &found[..] else { panic!("{found:?}") };
            assert_eq!((found.veto_window, found.emergency_key, found.actor), expected);
            assert_eq!(found.changed_block, logs.len() as u64);
            let other = SafeguardFilter { subject: Some(word(9)) };
            assert!(reader.safeguards(&other, 10).await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn logs_are_told_batch_by_batch() {
    let anchored = |author, batch, root| {
        log(
            ACCESS,
            &LogAnchored {
                root: word(root),
                author,
                batch,
                count: u64::MAX,
                from: 10,
                until: 20,
            },
        )
    };
    let logs = vec![
        anchored(DOCTOR, 0, 1),
        anchored(DOCTOR, 1, 2),
        // Others may anchor the same.
        anchored(REVIEWER, 0, 1),
    ];
    for (_home, mut reader) in readers(logs).await {
        let of_doctor = LogFilter {
            author: Some(DOCTOR),
            ..Default::default()
        };
        let batches = reader.access_logs(&of_doctor, 10).await.unwrap();
        let told: Vec<_> = batches.iter().map(|row| (row.batch, row.root, row.block)).collect();
        assert_eq!(told, [(0, word(1), 1), (1, word(2), 2)]);
        let first = &batches[0];
        assert_eq!((first.entries_from, first.entries_until), (10, 20));
        assert_eq!(first.leaf_count, i64::MAX.cast_unsigned(), "as many as SQLite counts");
        let by_root = LogFilter {
            root: Some(word(1)),
            ..Default::default()
        };
        let found = reader.access_logs(&by_root, 10).await.unwrap();
        let authors: Vec<_> = found.iter().map(|row| row.author).collect();
        assert_eq!(authors, [DOCTOR, REVIEWER]);
    }
}
