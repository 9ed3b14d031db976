//! Who may issue credentials, and who has which.

use super::*;
use crate::{
    contracts::credentials::ICredentials::{
        CredentialIssued, CredentialReinstated, CredentialRevoked, CredentialSuperseded, CredentialSuspended,
        IssuerAdmitted, IssuerRemoved,
    },
    indexer::store::query::{CredentialFilter, IssuerFilter},
};

const CREDENTIALS: Address = CONTRACTS[4].1;
const OWNER: Address = Address::repeat_byte(1);
const BOARD: Address = Address::repeat_byte(2);
const DOCTOR: Address = Address::repeat_byte(3);

fn issued(id: u8, role: u8, jurisdiction: B256, valid_until: u64) -> RawLog {
    let issued = CredentialIssued {
        credentialId: word(id),
        holder: DOCTOR,
        issuer: BOARD,
        role,
        jurisdiction,
        licenceHash: word(0x11),
        validFrom: 1_000,
        validUntil: valid_until,
    };
    log(CREDENTIALS, &issued)
}

fn code(text: &[u8]) -> B256 {
    B256::right_padding_from(text)
}

/// A renewed one, one that is suspended and reinstated, one that is revoked by the owner.
fn all_credentials() -> Vec<RawLog> {
    let (issuer, holder) = (BOARD, DOCTOR);
    let renewed = CredentialSuperseded {
        credentialId: word(1),
        newCredentialId: word(2),
        holder,
    };
    let suspended = CredentialSuspended {
        credentialId: word(2),
        holder,
        actor: OWNER,
    };
    let reinstated = CredentialReinstated {
        credentialId: word(2),
        holder,
        actor: BOARD,
    };
    let revoked = CredentialRevoked {
        credentialId: word(3),
        holder,
        actor: OWNER,
    };
    vec![
        log(CREDENTIALS, &IssuerAdmitted { issuer, actor: OWNER }),
        issued(1, 1, code(b"DE-BY"), 2_000),
        log(CREDENTIALS, &renewed),
        issued(2, 1, code(b"DE-BY"), u64::MAX),
        log(CREDENTIALS, &suspended),
        log(CREDENTIALS, &reinstated),
        issued(3, 2, code(b"CH"), u64::MAX),
        log(CREDENTIALS, &revoked),
        log(CREDENTIALS, &IssuerRemoved { issuer, actor: OWNER }),
    ]
}

#[tokio::test]
async fn credentials_have_the_status_of_their_last_event() {
    for (_home, mut reader) in readers(all_credentials()).await {
        let of_doctor = CredentialFilter {
            holder: Some(DOCTOR),
            ..Default::default()
        };
        let all = reader.credentials(&of_doctor, 10).await.unwrap();
        let told: Vec<_> = all
            .iter()
            .map(|row| (row.credential_id, &*row.status, row.successor, row.changed_block))
            .collect();
        let expected = [
            (word(1), "superseded", Some(word(2)), 3),
            (word(2), "active", None, 6),
            (word(3), "revoked", None, 8),
        ];
        assert_eq!(told, expected);
        let second = &all[1];
        assert_eq!((second.issuer, second.role, &*second.jurisdiction), (BOARD, 1, "DE-BY"));
        assert_eq!((second.licence_hash, second.issued_block), (word(0x11), 4));
        assert_eq!(
            (all[0].valid_from, all[0].valid_until, second.valid_until),
            (1_000, Some(2_000), None)
        );

        let cases = [
            (
                CredentialFilter {
                    role: Some(2),
                    ..Default::default()
                },
                vec![word(3)],
            ),
            (
                CredentialFilter {
                    issuer: Some(BOARD),
                    status: Some("active".into()),
                    ..Default::default()
                },
                vec![word(2)],
            ),
            (
                CredentialFilter {
                    credential_id: Some(word(1)),
                    ..Default::default()
                },
                vec![word(1)],
            ),
            (
                CredentialFilter {
                    holder: Some(BOARD),
                    ..Default::default()
                },
                vec![],
            ),
        ];
        for (filter, expected) in cases {
            let found = reader.credentials(&filter, 10).await.unwrap();
            let found: Vec<_> = found.iter().map(|row| row.credential_id).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn the_history_of_a_credential_says_who_acted() {
    for (_home, mut reader) in readers(all_credentials()).await {
        let mut told = async |id| {
            let history = reader.credential_history(word(id), 10).await.unwrap();
            assert!(history.iter().all(|step| step.timestamp == 6_000 * step.block));
            let told = history.into_iter().map(|step| (step.block, step.status, step.actor));
            told.collect::<Vec<_>>()
        };
        let step = |block, status: &str, actor| (block, status.to_string(), Some(actor));
        // The event that it was renewed names nobody: only its issuer could.
        assert_eq!(told(1).await, [step(2, "active", BOARD), step(3, "superseded", BOARD)]);
        assert_eq!(
            told(2).await,
            [
                step(4, "active", BOARD),
                step(5, "suspended", OWNER),
                step(6, "active", BOARD)
            ]
        );
        assert_eq!(told(3).await, [step(7, "active", BOARD), step(8, "revoked", OWNER)]);
    }
}

#[tokio::test]
async fn issuers_are_admitted_and_removed() {
    for (_home, mut reader) in readers(all_credentials()).await {
        let issuers = reader.issuers(&IssuerFilter::default(), 10).await.unwrap();
        let [board] = &issuers[..] else { panic!("{issuers:?}") };
        assert_eq!(
            (board.issuer, &*board.status, board.actor, board.changed_block),
            (BOARD, "removed", OWNER, 9)
        );
        let admitted = IssuerFilter {
            status: Some("admitted".into()),
            ..Default::default()
        };
        assert!(reader.issuers(&admitted, 10).await.unwrap().is_empty());
        let history = reader.issuer_history(BOARD, 10).await.unwrap();
        let told: Vec<_> = history.iter().map(|step| (step.block, &*step.status)).collect();
        assert_eq!(told, [(1, "admitted"), (9, "removed")]);
        assert!(reader.issuer_history(OWNER, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_no_version_knows_yet_is_told_as_it_is() {
    let strange = B256::repeat_byte(0xD8);
    let hidden = {
        let mut word = code(b"DE");
        word[31] = b'X';
        word
    };
    let logs = vec![
        issued(1, 255, strange, u64::MAX - 1),
        issued(2, 63, hidden, 0),
        issued(3, 0, B256::ZERO, 0),
    ];
    for (_home, mut reader) in readers(logs).await {
        let all = reader.credentials(&CredentialFilter::default(), 10).await.unwrap();
        let told: Vec<_> = all.iter().map(|row| (row.role, row.jurisdiction.clone())).collect();
        let expected = [
            (255, strange.to_string()),
            (63, hidden.to_string()),
            (0, B256::ZERO.to_string()),
        ];
        assert_eq!(told, expected);
        assert_eq!(
            all[0].valid_until,
            Some(i64::MAX.cast_unsigned()),
            "as late as SQLite counts"
        );
    }
}

#[tokio::test]
async fn a_renewal_of_what_was_issued_before_the_index_begins_is_told_of_nobody() {
    let renewed = CredentialSuperseded {
        credentialId: word(1),
        newCredentialId: word(2),
        holder: DOCTOR,
    };
    for (_home, mut reader) in readers(vec![log(CREDENTIALS, &renewed)]).await {
        let history = reader.credential_history(word(1), 10).await.unwrap();
        assert_eq!((&*history[0].status, history[0].actor), ("superseded", None));
        assert!(
            reader
                .credentials(&CredentialFilter::default(), 10)
                .await
                .unwrap()
                .is_empty()
        );
    }
}
