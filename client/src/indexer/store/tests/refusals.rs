//! Databases that cannot be used, and what becomes of those that could until now.

use super::*;
use crate::error::{Exit, Fault};

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let home = Home::new();
    let mut store = home.store().await;
    let insert = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                  values (999, 'from the future', true, x'00', 0)";
    sqlx::query(insert).execute(&mut store.connection).await.unwrap();
    store.close().await.unwrap();
    let before = std::fs::read(home.location().path()).unwrap();
    let writing = Store::open(&home.location(), GENESIS).await.unwrap_err();
    let reading = Reader::open(&home.location()).await.unwrap_err();
    for error in [writing, reading] {
        assert!(matches!(error, StoreError::NewerSchema { found: 999, .. }), "{error}");
        assert_eq!((error.exit(), error.code()), (Exit::Database, "database_newer_schema"));
    }
    assert_eq!(
        std::fs::read(home.location().path()).unwrap(),
        before,
        "nothing was written"
    );
}

#[tokio::test]
async fn a_database_of_another_chain_is_refused() {
    let home = Home::new();
    drop(home.store().await);
    let error = Store::open(&home.location(), B256::ZERO).await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::OtherChain {
                stored: GENESIS,
                found: B256::ZERO,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.exit(), Exit::Database);
}

#[tokio::test]
async fn another_history_of_the_same_chain_is_refused() {
    let (home, catalogue) = (Home::new(), catalogue());
    let mut store = Store::open(&home.location(), GENESIS).await.unwrap();
    let (early, late) = (all()[..2].to_vec(), all()[2..].to_vec());
    store.follow(&followed(1)[..2]).await.unwrap();
    store
        .commit(&Generated::new(1, 20, 5).batch(&catalogue, 1, 20, &early))
        .await
        .unwrap();
    store.follow(&followed(1)).await.unwrap();
    let before = contents(home.location().path()).await;
    let other = Generated::new(2, 20, 5).batch(&catalogue, 1, 20, &late);
    let error = store.commit(&other).await.unwrap_err();
    assert!(matches!(error, StoreError::OtherHistory { number: 1, .. }), "{error}");
    assert_eq!(contents(home.location().path()).await, before);
}

#[tokio::test]
async fn a_second_writer_is_refused_while_the_first_lives() {
    let home = Home::new();
    let first = home.store().await;
    let error = Store::open(&home.location(), GENESIS).await.unwrap_err();
    let own = std::process::id();
    assert!(
        matches!(error, StoreError::InUse { pid: Some(pid), .. } if pid == own),
        "{error}"
    );
    home.status().await;
    drop(first);
    home.store().await;
}

#[tokio::test]
async fn a_database_that_another_program_locks_loses_nothing() {
    let (home, catalogue, chain) = (Home::new(), catalogue(), Generated::new(1, 20, 20));
    let mut store = home.store().await;
    store.commit(&chain.batch(&catalogue, 1, 10, &all())).await.unwrap();
    let before = contents(home.location().path()).await;

    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.location().path());
    let mut other = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("begin immediate").execute(&mut other).await.unwrap();
    let batch = chain.batch(&catalogue, 11, 20, &all());
    let error = store.commit(&batch).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Busy { .. }) && error.is_retryable(),
        "{error}"
    );
    assert_eq!(contents(home.location().path()).await, before);

    sqlx::query("rollback").execute(&mut other).await.unwrap();
    store.commit(&batch).await.unwrap();
    assert_eq!(next_block(&mut store).await, 21);
}

#[tokio::test]
async fn a_full_database_loses_nothing_and_goes_on_when_there_is_room() {
    let (home, catalogue, chain) = (Home::new(), catalogue(), Generated::new(1, 60, 100));
    let mut store = home.store().await;
    store.commit(&chain.batch(&catalogue, 1, 5, &all())).await.unwrap();
    let before = contents(home.location().path()).await;

    let pages: i64 = sqlx::query_scalar("pragma page_count")
        .fetch_one(&mut store.connection)
        .await
        .unwrap();
    let limit = |pages| sqlx::AssertSqlSafe(format!("pragma max_page_count = {pages}"));
    sqlx::query(limit(pages + 10))
        .execute(&mut store.connection)
        .await
        .unwrap();
    let batch = chain.batch(&catalogue, 6, 60, &all());
    let error = store.commit(&batch).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert_eq!((error.exit(), error.code()), (Exit::Database, "database_full"));
    assert_eq!(contents(home.location().path()).await, before);

    sqlx::query(limit(1 << 30))
        .execute(&mut store.connection)
        .await
        .unwrap();
    store.commit(&batch).await.unwrap();
    assert_eq!(next_block(&mut store).await, 61);
}

#[tokio::test]
async fn a_database_that_may_only_be_read_is_refused_unchanged() {
    let home = Home::new();
    drop(home.store().await);
    let before = contents(home.location().path()).await;
    let location: Location = format!("sqlite://{}?mode=ro", home.location().path().display())
        .parse()
        .unwrap();
    let error = match Store::open(&location, GENESIS).await {
        Ok(mut store) => {
            let batch = Generated::new(1, 5, 5).batch(&catalogue(), 1, 5, &all());
            store.commit(&batch).await.unwrap_err()
        }
        Err(error) => error,
    };
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert_eq!(contents(home.location().path()).await, before);
}

#[tokio::test]
async fn a_directory_that_cannot_be_is_refused() {
    let home = Home::new();
    let file = home.directory.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = Store::open(&Location::from(&*file.join("index.sqlite")), GENESIS)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_unchanged() {
    let home = Home::new();
    let text = "not a database at all, but long enough to be looked at\n".repeat(100);
    std::fs::write(home.location().path(), &text).unwrap();
    let error = Store::open(&home.location(), GENESIS).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(home.location().path()).unwrap(), text);
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_unchanged() {
    let home = Home::new();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(home.location().path())
        .create_if_missing(true);
    let mut other = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("create table patients (name text)")
        .execute(&mut other)
        .await
        .unwrap();
    sqlx::Connection::close(other).await.unwrap();
    let before = std::fs::read(home.location().path()).unwrap();
    for error in [
        Store::open(&home.location(), GENESIS).await.unwrap_err(),
        Store::open_existing(&home.location()).await.unwrap_err(),
        Reader::open(&home.location()).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::NotExpected { .. }), "{error}");
    }
    assert_eq!(std::fs::read(home.location().path()).unwrap(), before);
}

#[tokio::test]
async fn reading_makes_no_database() {
    let home = Home::new();
    for error in [
        Reader::open(&home.location()).await.unwrap_err(),
        Store::open_existing(&home.location()).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    }
    assert!(!home.location().path().exists());
}

#[test]
fn a_url_of_another_kind_of_database_is_refused() {
    for url in [
        "postgres://localhost/salus",
        "sqlite::memory:",
        "sqlite://x.sqlite?mode=memory",
        "sqlite://a?b=c",
        "",
    ] {
        let error = url.parse::<Location>().unwrap_err();
        assert!(matches!(error, StoreError::Url { .. }), "{url}: {error}");
    }
    assert_eq!(
        "sqlite:///var/index.sqlite".parse::<Location>().unwrap().path(),
        Path::new("/var/index.sqlite")
    );
    assert_eq!(
        "some dir/in-memory.sqlite".parse::<Location>().unwrap().path(),
        Path::new("some dir/in-memory.sqlite")
    );
}
