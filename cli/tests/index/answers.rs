//! What the index answers of who acted, who is licensed, and who accessed.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use alloy_core::primitives::B256;
use salus_client::indexer::{
    AccessRequest, ConsentFilter, CredentialFilter, DelegationFilter, EmergencyFilter, LogFilter, Reader,
    RequestFilter, SafeguardFilter, SubjectFilter, SuccessionFilter,
};
use salus_core::access::emergency;
use serde_json::Value;
use sqlx::{
    ConnectOptions, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::SqliteConnectOptions,
};

use crate::{
    program::run,
    ward::{OTHER_SUBJECT, ROOT, SUBJECT, account},
    world::World,
};

/// Every question that needs no argument.
const QUESTIONS: [&str; 14] = [
    "events",
    "subjects",
    "consents",
    "delegations",
    "successions",
    "issuers",
    "credentials",
    "requests",
    "emergencies",
    "safeguards",
    "logs",
    "records",
    "balances",
    "visits",
];

impl World {
    /// What the program answers to every question.
    pub(crate) fn answers(&self, url: &str, database: &str) -> Vec<Value> {
        let ask = |question: &[&str]| {
            let (code, answer) = run(&mut self.salus(url, database, question));
            assert_eq!(code, 0, "{answer}");
            answer
        };
        let mut answers: Vec<_> = QUESTIONS
            .iter()
            .map(|question| ask(&[question, "--limit", "1000"]))
            .collect();
        let first = |question: usize, field: &str| answers[question]["result"][0][field].as_str().map(String::from);
        let histories = [
            ("consent-history", first(2, "consent_id")),
            ("delegation-history", first(3, "subject")),
            ("issuer-history", first(5, "issuer")),
            ("credential-history", first(6, "credential_id")),
        ];
        for (history, of) in histories {
            answers.extend(of.map(|of| ask(&[history, &of])));
        }
        answers
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_tells_of_the_ward_what_the_contracts_tell() {
    let mut world = World::start().await;
    let ward = world.ward().await;
    let summary = world.index("ward").await;
    assert_eq!((summary.logs, summary.undecoded), (ward.logs + 2, 0));
    let mut reader = Reader::open(&world.location("ward")).await.unwrap();

    let consents = reader.consents(&ConsentFilter::default(), 10).await.unwrap();
    assert_eq!(consents.len(), 2);
    for (consent, status) in consents.iter().zip(["superseded", "revoked"]) {
        let entry = ward.consent.entry(consent.consent_id).await.unwrap().unwrap();
        assert_eq!((consent.grantor.0.0, &*consent.status), (entry.grantor, status));
        assert_eq!(consent.purposes_limit.unwrap_or(u64::MAX), entry.limit);
    }
    assert_eq!(consents[0].grantor, account("charlie"));

    let delegations = reader.delegations(&DelegationFilter::default(), 10).await.unwrap();
    assert_eq!(delegations.len(), 3);
    for row in &delegations {
        let found = ward.consent.delegation_of(row.subject, row.delegate).await.unwrap();
        let powers = if row.status == "active" { row.powers } else { 0 };
        assert_eq!(u64::from(found.powers), powers, "{row:?}");
        if row.status == "active" {
            assert_eq!(row.purposes.unwrap_or(u64::MAX), found.purposes);
            assert_eq!(row.valid_until, Some(found.until));
        }
    }
    assert_eq!(delegations.iter().filter(|row| row.status == "active").count(), 1);

    for subject in [SUBJECT, OTHER_SUBJECT] {
        let filter = SubjectFilter {
            subject: Some(subject),
            ..SubjectFilter::default()
        };
        let found = reader.subjects(&filter, 2).await.unwrap();
        assert_eq!(
            Some(found[0].controller),
            ward.consent.controller_of(subject).await.unwrap()
        );
        assert_eq!(
            found[0].pending_controller,
            ward.consent.pending_controller_of(subject).await.unwrap()
        );
    }
    let successions = reader.successions(&SuccessionFilter::default(), 10).await.unwrap();
    let told: Vec<_> = successions.iter().map(|row| (row.subject, &*row.status)).collect();
    assert_eq!(told, [(SUBJECT, "accepted"), (OTHER_SUBJECT, "declared")]);

    let credentials = reader.credentials(&CredentialFilter::default(), 10).await.unwrap();
    let mut told: Vec<_> = credentials
        .iter()
        .map(|row| (row.credential_id, &*row.status))
        .collect();
    let statuses = ["superseded", "active", "active", "revoked"];
    let mut expected: Vec<_> = ward.licences.into_iter().zip(statuses).collect();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected);
    for row in &credentials {
        let found = ward.credentials.credential(row.credential_id).await.unwrap().unwrap();
        assert_eq!(u64::from(found.role.bit()), row.role);
        assert_eq!((found.issuer, &*row.jurisdiction), (row.issuer.0.0, "DE-BY"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_tells_of_requests_and_emergencies_what_the_contract_tells() {
    let mut world = World::start().await;
    let ward = world.ward().await;
    world.index("ward").await;
    let mut reader = Reader::open(&world.location("ward")).await.unwrap();

    let statuses = ["approved", "refused", "withdrawn", "open"];
    for (id, status) in ward.requests.into_iter().zip(statuses) {
        let filter = RequestFilter {
            request_id: Some(id),
            ..RequestFilter::default()
        };
        let found: Vec<AccessRequest> = reader.access_requests(&filter, 2).await.unwrap();
        let told = ward.access.request_of(id).await.unwrap().unwrap();
        assert_eq!((found[0].subject, found[0].requester), (told.subject, told.requester));
        assert_eq!(found[0].consent_id.unwrap_or_default(), told.consent_id);
        assert_eq!(found[0].status, status);
    }

    let statuses = ["vetoed", "reviewed", "ended", "waiting"];
    for (id, status) in ward.emergencies.into_iter().zip(statuses) {
        let filter = EmergencyFilter {
            access_id: Some(id),
            ..EmergencyFilter::default()
        };
        let found = &reader.emergencies(&filter, 2).await.unwrap()[0];
        let told = ward.access.access(id).await.unwrap().unwrap();
        assert_eq!(
            (found.opens_at, found.ends_at, found.review_by),
            (told.opens_at, told.ends_at, told.review_by),
            "{status}"
        );
        assert_eq!(
            (found.actor, found.reviewer, found.evidence),
            (told.actor, told.emergency.reviewer, told.emergency.evidence)
        );
        assert_eq!(
            (&*found.status, found.is_authorized),
            (status, ["reviewed", "ended"].contains(&status))
        );
        let outcome = if status == "reviewed" {
            emergency::Outcome::NotJustified
        } else {
            emergency::Outcome::None
        };
        assert_eq!(
            (told.outcome, found.outcome.unwrap_or_default()),
            (outcome, outcome as u64)
        );
    }
    let filter = SafeguardFilter { subject: Some(SUBJECT) };
    let safeguards = &reader.safeguards(&filter, 2).await.unwrap()[0];
    let told = ward.access.safeguards(SUBJECT).await.unwrap();
    assert_eq!(safeguards.veto_window, told.veto_window);
    assert_eq!(safeguards.emergency_key.unwrap_or_default().0.0, told.emergency_key);
    let logs = reader.access_logs(&LogFilter::default(), 2).await.unwrap();
    let told = ward.access.batch(account("alith"), 0).await.unwrap().unwrap();
    assert_eq!(
        (logs[0].root, logs[0].leaf_count, logs[0].author),
        (ROOT, told.count, account("alith"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered_in_the_envelope_and_again_after_a_rebuild() {
    let mut world = World::start().await;
    let ward = world.ward().await;
    let url = world.write_address_book();
    assert_eq!(run(&mut world.salus(&url, "index", &[])).0, 0);
    let answers = world.answers(&url, "index");
    let rows: Vec<_> = answers
        .iter()
        .map(|answer| answer["result"].as_array().unwrap().len())
        .collect();
    assert_eq!(rows[1..11], [2, 2, 3, 2, 1, 4, 4, 4, 1, 1]);
    assert_eq!(answers.len(), QUESTIONS.len() + 4, "with the histories");
    assert_eq!(run(&mut world.salus(&url, "index", &["rebuild"])).0, 0);
    assert_eq!(world.answers(&url, "index"), answers);

    let [_, reviewed, _, waiting] = ward.emergencies;
    let opens_at = ward.access.access(waiting).await.unwrap().unwrap().opens_at;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let found = |args: &[&str]| {
        let (code, answer) = run(&mut world.salus(&url, "index", args));
        assert_eq!(code, 0, "{answer}");
        let ids = ["access_id", "credential_id", "consent_id", "subject", "root"];
        let id = |row: &Value| ids.iter().find_map(|id| row[id].as_str()?.parse::<B256>().ok());
        answer["result"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(id)
            .collect::<Vec<_>>()
    };
    let open = format!("+{}", opens_at + 60 - now);
    assert_eq!(found(&["emergencies", "--open-at", &open]), [waiting]);
    assert!(found(&["emergencies", "--open-at", "1970-01-01"]).is_empty());
    assert_eq!(found(&["emergencies", "--status", "reviewed"]), [reviewed]);
    assert_eq!(found(&["credentials", "--role", "PROV"]), ward.licences[2..3]);
    let guardian = account("charlie").to_string();
    assert_eq!(found(&["consents", "--grantor", &guardian]), ward.consents[..1]);
    assert_eq!(found(&["delegations", "--status", "active"]), [OTHER_SUBJECT]);
    assert_eq!(found(&["successions", "--status", "accepted"]), [SUBJECT]);
    assert_eq!(found(&["logs", "--root", &ROOT.to_string()]), [ROOT]);
    for wrong in [
        &["emergencies", "--open-at", "soon"][..],
        &["credentials", "--role", "phys"],
    ] {
        let (code, answer) = run(&mut world.salus(&url, "index", wrong));
        assert_eq!((code, &answer["ok"]), (2, &false.into()), "{answer}");
    }
}

/// The migrations of the version that knew nothing of delegations, credentials and access.
const OLDER: [(i64, &str, &str); 5] = [
    (
        1,
        "chain",
        include_str!("../../../client/migrations/sqlite/0001_chain.sql"),
    ),
    (
        2,
        "consent",
        include_str!("../../../client/migrations/sqlite/0002_consent.sql"),
    ),
    (
        3,
        "records",
        include_str!("../../../client/migrations/sqlite/0003_records.sql"),
    ),
    (
        4,
        "token",
        include_str!("../../../client/migrations/sqlite/0004_token.sql"),
    ),
    (
        5,
        "telehealth",
        include_str!("../../../client/migrations/sqlite/0005_telehealth.sql"),
    ),
];

/// A database of that version, with the raw logs of another one and a consent that says not who granted it.
async fn write_older(path: &Path, from: &Path) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let migrator = Migrator::with_migrations(OLDER.map(migration).to_vec());
    migrator.run_direct(None, &mut connection, false).await.unwrap();
    sqlx::query("attach database ? as whole")
        .bind(from.to_str().unwrap())
        .execute(&mut connection)
        .await
        .unwrap();
    let copies = [
        "insert into meta select id, genesis_hash, x'00' from whole.meta",
        "insert into contracts select * from whole.contracts",
        "insert into blocks select * from whole.blocks",
        "insert into raw_logs select * from whole.raw_logs",
        "insert into undecoded select block_number, log_index, 'unknown_event' from whole.raw_logs",
        "insert into consents (contract, consent_id, subject, grantee, commitment, valid_from, purposes, classes, status, \
         granted_block, changed_block) values (x'00', x'00', x'00', x'00', x'00', 0, 0, 0, 'active', 1, 1)",
    ];
    for copy in copies {
        sqlx::query(copy).execute(&mut connection).await.unwrap();
    }
    sqlx::Connection::close(connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_an_older_version_is_brought_up_to_date_by_the_next_run() {
    let mut world = World::start().await;
    world.ward().await;
    let url = world.write_address_book();
    assert_eq!(run(&mut world.salus(&url, "whole", &[])).0, 0);
    let path = |name: &str| world.home.path().join(name);
    write_older(&path("older"), &path("whole")).await;
    let (code, refused) = run(&mut world.salus(&url, "older", &["consents"]));
    assert_eq!((code, &refused["error"]["code"]), (8, &"database_older_schema".into()));

    let (code, indexed) = run(&mut world.salus(&url, "older", &[]));
    assert_eq!((code, &indexed["result"]["blocks"]), (0, &0.into()), "{indexed}");
    assert_eq!(world.answers(&url, "older"), world.answers(&url, "whole"));
    let status = |name| run(&mut world.salus(&url, name, &["status"])).1["result"]["tables"].clone();
    assert_eq!(status("older"), status("whole"));
}
