//! The database under everything that happens to databases.

mod projections;
mod refusals;

use std::path::Path;

use alloy_core::primitives::{Address, Keccak256};
use rand::{Rng, SeedableRng, rngs::StdRng};
use sqlx::{Column, TypeInfo, ValueRef};

use super::*;
use crate::indexer::{
    catalogue::Catalogue,
    log::RawLog,
    testing::{CONTRACTS, GENESIS, Generated, catalogue, followed},
};

/// A directory with a database of the generated chains.
struct Home {
    directory: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn location(&self) -> Location {
        Location::from(&*self.directory.path().join("index.sqlite"))
    }

    /// A database that follows the generated contracts from block 1 on.
    async fn store(&self) -> Store {
        let mut store = Store::open(&self.location(), GENESIS).await.unwrap();
        store.follow(&followed(1)).await.unwrap();
        store
    }

    async fn status(&self) -> Status {
        Reader::open(&self.location()).await.unwrap().status().await.unwrap()
    }
}

fn all() -> Vec<Address> {
    CONTRACTS.map(|(_, address)| address).to_vec()
}

async fn next_block(store: &mut Store) -> u64 {
    store
        .follow(&followed(1))
        .await
        .unwrap()
        .iter()
        .map(|cursor| cursor.next_block)
        .min()
        .unwrap()
}

/// Stores a chain in ranges of this length.
async fn store_all(store: &mut Store, chain: &Generated, step: u64) {
    let catalogue = catalogue();
    let last = chain.blocks.len() as u64;
    loop {
        let next = next_block(store).await;
        if next > last {
            break;
        }
        store
            .commit(&chain.batch(&catalogue, next, last.min(next + step - 1), &all()))
            .await
            .unwrap();
    }
}

/// Every row of every table as one hash each, so that equal databases are equal here.
async fn contents(path: &Path) -> Vec<(String, B256)> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let select = "select name from sqlite_schema where type = 'table' and name not like '\\_sqlx%' escape '\\' \
                  and name not like 'sqlite%' order by name";
    let tables: Vec<String> = sqlx::query_scalar(select).fetch_all(&mut connection).await.unwrap();
    let mut contents = Vec::new();
    for table in tables {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("select * from {table}")));
        let mut rows: Vec<_> = rows
            .fetch_all(&mut connection)
            .await
            .unwrap()
            .iter()
            .map(row_bytes)
            .collect();
        rows.sort();
        let mut hash = Keccak256::new();
        rows.iter().for_each(|row| hash.update(row));
        contents.push((table, hash.finalize()));
    }
    contents
}

fn row_bytes(row: &sqlx::sqlite::SqliteRow) -> Vec<u8> {
    use sqlx::Row;
    let mut bytes = Vec::new();
    for column in row.columns() {
        let value = row.try_get_raw(column.ordinal()).unwrap();
        let kind = value.type_info().name().to_string();
        bytes.extend(kind.bytes());
        match &*kind {
            _ if value.is_null() => bytes.push(0),
            "INTEGER" => bytes.extend(row.get::<i64, _>(column.ordinal()).to_be_bytes()),
            "TEXT" => bytes.extend(row.get::<String, _>(column.ordinal()).bytes()),
            _ => bytes.extend(row.get::<Vec<u8>, _>(column.ordinal())),
        }
        bytes.push(0xFF);
    }
    bytes
}

#[tokio::test]
async fn ranges_of_any_length_make_the_same_database() {
    let chain = Generated::new(1, 60, 40);
    let mut expected = None;
    for step in [1, 7, 60] {
        let home = Home::new();
        let mut store = home.store().await;
        store_all(&mut store, &chain, step).await;
        store.rebuild(&catalogue(), |_, _| ()).await.unwrap();
        drop(store);
        let contents = contents(home.location().path()).await;
        assert_eq!(&contents, expected.get_or_insert_with(|| contents.clone()), "{step}");
    }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_writing_is_interrupted_anywhere() {
    let chain = Generated::new(2, 80, 60);
    let whole = Home::new();
    store_all(&mut whole.store().await, &chain, 80).await;
    let expected = contents(whole.location().path()).await;

    let (home, catalogue) = (Home::new(), catalogue());
    let mut random = StdRng::seed_from_u64(2);
    let (mut aborted, mut rounds) = (0, 0);
    loop {
        rounds += 1;
        let mut store = home.store().await;
        let next = next_block(&mut store).await;
        if next > 80 {
            break;
        }
        let batch = chain.batch(&catalogue, next, (next + random.gen_range(0..6)).min(80), &all());
        // Dropped in the middle of whatever it does then, and the connection with it.
        let limit = std::time::Duration::from_micros(random.gen_range(0..20_000));
        aborted += u32::from(tokio::time::timeout(limit, store.commit(&batch)).await.is_err());
        assert!(rounds < 10_000, "it gets on");
    }
    assert!(aborted > 0, "some writes were interrupted");
    assert_eq!(contents(home.location().path()).await, expected);
}

#[tokio::test]
async fn a_range_that_is_stored_already_is_not_stored_again() {
    let (home, catalogue, chain) = (Home::new(), catalogue(), Generated::new(3, 20, 20));
    let mut store = home.store().await;
    store_all(&mut store, &chain, 10).await;
    let before = contents(home.location().path()).await;
    for (first, last) in [(1, 10), (11, 20), (5, 15), (20, 20)] {
        let error = store
            .commit(&chain.batch(&catalogue, first, last, &all()))
            .await
            .unwrap_err();
        assert!(
            matches!(error, StoreError::OutOfStep { start, .. } if start == first),
            "{error}"
        );
    }
    assert_eq!(contents(home.location().path()).await, before);
}

#[tokio::test]
async fn a_range_that_leaves_a_gap_is_not_stored() {
    let (home, catalogue, chain) = (Home::new(), catalogue(), Generated::new(4, 20, 20));
    let mut store = home.store().await;
    let error = store.commit(&chain.batch(&catalogue, 2, 20, &all())).await.unwrap_err();
    assert!(matches!(error, StoreError::OutOfStep { start: 2, .. }), "{error}");
    assert_eq!(home.status().await.tables[0].rows, 0);
}

#[tokio::test]
async fn a_contract_that_joins_later_gets_its_history() {
    let (catalogue, chain) = (catalogue(), Generated::new(5, 40, 30));
    let whole = Home::new();
    store_all(&mut whole.store().await, &chain, 9).await;

    let home = Home::new();
    let mut store = Store::open(&home.location(), GENESIS).await.unwrap();
    let (early, late) = (all()[..2].to_vec(), all()[2..].to_vec());
    store.follow(&followed(1)[..2]).await.unwrap();
    store.commit(&chain.batch(&catalogue, 1, 30, &early)).await.unwrap();
    store.follow(&followed(1)).await.unwrap();
    store.commit(&chain.batch(&catalogue, 1, 30, &late)).await.unwrap();
    store.commit(&chain.batch(&catalogue, 31, 40, &all())).await.unwrap();
    drop(store);
    assert_eq!(
        contents(home.location().path()).await,
        contents(whole.location().path()).await
    );
}

#[tokio::test]
async fn rebuilding_from_raw_logs_makes_the_same_database() {
    let (home, chain) = (Home::new(), Generated::new(6, 300, 100));
    let mut store = home.store().await;
    store_all(&mut store, &chain, 37).await;
    assert!(
        store.is_outdated(&catalogue()).await.unwrap(),
        "nobody said by what it was made"
    );
    store.rebuild(&catalogue(), |_, _| ()).await.unwrap();
    let before = contents(home.location().path()).await;
    assert!(!store.is_outdated(&catalogue()).await.unwrap());

    for table in crate::indexer::project::TABLES
        .into_iter()
        .chain(["events", "undecoded"])
    {
        let delete = sqlx::AssertSqlSafe(format!("delete from {table}"));
        sqlx::query(delete).execute(&mut store.connection).await.unwrap();
    }
    assert_ne!(contents(home.location().path()).await, before);
    let mut told = Vec::new();
    let logs = store
        .rebuild(&catalogue(), |done, total| told.push((done, total)))
        .await
        .unwrap();
    assert_eq!(logs, chain.logs.len() as u64);
    assert_eq!(told.last(), Some(&(logs, logs)));
    assert_eq!(contents(home.location().path()).await, before);
}

#[tokio::test]
async fn an_interrupted_rebuild_changes_nothing() {
    let (home, chain) = (Home::new(), Generated::new(7, 200, 100));
    let mut store = home.store().await;
    store_all(&mut store, &chain, 100).await;
    let before = contents(home.location().path()).await;
    let limit = std::time::Duration::from_millis(5);
    tokio::time::timeout(limit, store.rebuild(&catalogue(), |_, _| ()))
        .await
        .unwrap_err();
    drop(store);
    let mut store = home.store().await;
    assert_eq!(contents(home.location().path()).await, before);
    store.rebuild(&catalogue(), |_, _| ()).await.unwrap();
}

#[tokio::test]
async fn an_event_that_is_learnt_later_is_decoded_by_a_rebuild() {
    let (home, chain) = (Home::new(), Generated::new(8, 50, 40));
    let mut store = home.store().await;
    let ignorant = Catalogue::new([]).unwrap();
    store.commit(&chain.batch(&ignorant, 1, 50, &all())).await.unwrap();
    let rows = |status: &Status, name: &str| status.tables.iter().find(|table| table.table == name).unwrap().rows;
    let before = home.status().await;
    assert_eq!(rows(&before, "undecoded"), chain.logs.len() as u64);
    assert_eq!(rows(&before, "events") + rows(&before, "balances"), 0);

    store.rebuild(&catalogue(), |_, _| ()).await.unwrap();
    let after = home.status().await;
    assert!(rows(&after, "events") > 0 && rows(&after, "balances") > 0 && rows(&after, "consents") > 0);
    assert!(rows(&after, "undecoded") > 0, "some logs nobody knows");
    assert_eq!(
        rows(&after, "events") + rows(&after, "undecoded"),
        rows(&after, "raw_logs")
    );
    assert_eq!(after.checksum, before.checksum);
}

#[tokio::test]
async fn the_checksum_tells_databases_with_different_logs_apart() {
    let chain = Generated::new(9, 10, 20);
    let mut checksums = std::collections::HashSet::new();
    let mut changed = vec![chain.clone()];
    let changes: [fn(&mut RawLog); 4] = [
        |log| log.data.push(0),
        |log| log.topics.push(B256::ZERO),
        |log| log.extrinsic = Some(99),
        |log| log.index += 1,
    ];
    for change in changes {
        let mut chain = chain.clone();
        change(chain.logs.last_mut().unwrap());
        changed.push(chain);
    }
    for chain in &changed {
        let home = Home::new();
        store_all(&mut home.store().await, chain, 10).await;
        checksums.insert(home.status().await.checksum);
    }
    assert_eq!(checksums.len(), changed.len());
}
