//! Opening a database: which file, who may write, and whether its schema is ours.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    ConnectOptions, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::StoreError;

/// How long a lock that another program holds is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What a database is to be.
#[derive(Debug)]
pub(crate) struct Schema {
    /// In words, behind "no".
    pub(crate) name: &'static str,
    /// Tells it from any other SQLite file; the first migration sets it.
    pub(crate) application_id: i64,
    /// All migrations, oldest first. They only go forward, and one that was released is never changed.
    pub(crate) migrations: &'static [(i64, &'static str, &'static str)],
    /// Whether a commit waits for the disk. Where it does not, a power cut may take the last commits, never part of one.
    pub(crate) synchronous: SqliteSynchronous,
}

/// The index. A power cut may take its last commits: cursor and rows go together and are fetched again.
pub(super) static INDEX: Schema = Schema {
    name: "index",
    // `SALU`
    application_id: 0x5341_4c55,
    migrations: &[
        (1, "chain", include_str!("../../../migrations/sqlite/0001_chain.sql")),
        (
            2,
            "consent",
            include_str!("../../../migrations/sqlite/0002_consent.sql"),
        ),
        (
            3,
            "records",
            include_str!("../../../migrations/sqlite/0003_records.sql"),
        ),
        (4, "token", include_str!("../../../migrations/sqlite/0004_token.sql")),
        (
            5,
            "telehealth",
            include_str!("../../../migrations/sqlite/0005_telehealth.sql"),
        ),
        (
            6,
            "authority",
            include_str!("../../../migrations/sqlite/0006_authority.sql"),
        ),
        (
            7,
            "credentials",
            include_str!("../../../migrations/sqlite/0007_credentials.sql"),
        ),
        (8, "access", include_str!("../../../migrations/sqlite/0008_access.sql")),
        (9, "visits", include_str!("../../../migrations/sqlite/0009_visits.sql")),
        (10, "series", include_str!("../../../migrations/sqlite/0010_series.sql")),
    ],
    synchronous: SqliteSynchronous::Normal,
};

impl Schema {
    /// The version of the schema that this program knows.
    fn newest(&self) -> i64 {
        self.migrations.last().map_or(0, |migration| migration.0)
    }

    fn migrator(&self) -> Migrator {
        let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        };
        Migrator::with_migrations(self.migrations.iter().map(migration).collect())
    }
}

/// Where a database is: a path, or a URL such as `sqlite:///var/lib/salus/index.sqlite`.
#[derive(Debug, Clone)]
pub struct Location {
    options: SqliteConnectOptions,
    path: PathBuf,
}

impl FromStr for Location {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let refused = |reason: String| StoreError::Url {
            url: text.into(),
            reason,
        };
        let options = match text.split_once(':') {
            Some(("sqlite", rest)) if rest.contains(":memory:") || rest.contains("mode=memory") => {
                return Err(refused("it is kept in a file".into()));
            }
            Some(("sqlite", _)) => SqliteConnectOptions::from_str(text).map_err(|error| refused(error.to_string()))?,
            Some((scheme, rest)) if rest.starts_with("//") => {
                return Err(refused(format!("`{scheme}` is not supported, only sqlite")));
            }
            _ => SqliteConnectOptions::new().filename(text),
        };
        let path = options.get_filename().to_path_buf();
        if path.as_os_str().is_empty() {
            return Err(refused("it names no file".into()));
        }
        Ok(Self { options, path })
    }
}

impl From<&Path> for Location {
    fn from(path: &Path) -> Self {
        Self {
            options: SqliteConnectOptions::new().filename(path),
            path: path.into(),
        }
    }
}

impl Location {
    /// The database's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A connection that may write: the only one, as long as the lock that comes with it lives.
    pub(crate) async fn writer(&self, expected: &Schema) -> Result<(SqliteConnection, WriterLock), StoreError> {
        let failed = |source| StoreError::Io {
            path: self.path.clone(),
            source,
        };
        if let Some(directory) = self.path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            fs::create_dir_all(directory).map_err(failed)?;
        }
        let lock = WriterLock::take(&self.path)?;
        let options = self
            .options
            .clone()
            .busy_timeout(BUSY_TIMEOUT)
            .create_if_missing(true)
            .foreign_keys(false);
        // A new file, or an index, before anything is written to it.
        let mut connection = self.connect(&options).await?;
        let schema = self.schema(&mut connection, expected).await?;
        if schema.is_some_and(|schema| schema > expected.newest()) {
            return Err(self.newer(schema, expected));
        }
        drop(connection);
        // With a write-ahead log, readers never wait, and a commit is one append. A killed process loses nothing, as what it
        // wrote is with the operating system.
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(expected.synchronous);
        let mut connection = self.connect(&options).await?;
        expected
            .migrator()
            .run_direct(None, &mut connection, false)
            .await
            .map_err(|error| self.migration_failed(error))?;
        Ok((connection, lock))
    }

    /// A connection that changes nothing.
    pub(crate) async fn reader(&self, expected: &Schema) -> Result<SqliteConnection, StoreError> {
        match self.existing(expected).await? {
            (connection, schema) if schema == expected.newest() => Ok(connection),
            (_, found) => Err(StoreError::OlderSchema {
                path: self.path.clone(),
                found,
                known: expected.newest(),
            }),
        }
    }

    /// A connection that changes nothing, to a database whose schema may be older; and that schema.
    pub(super) async fn existing(&self, expected: &Schema) -> Result<(SqliteConnection, i64), StoreError> {
        let path = self.path.clone();
        if !path.exists() {
            return Err(StoreError::Missing { path });
        }
        let mut connection = self
            .connect(&self.options.clone().busy_timeout(BUSY_TIMEOUT).read_only(true))
            .await?;
        match self.schema(&mut connection, expected).await? {
            Some(schema) if schema > expected.newest() => Err(self.newer(Some(schema), expected)),
            // A process that was killed before its first migration left nothing to read.
            Some(0) | None => Err(StoreError::NotExpected {
                path,
                expected: expected.name,
            }),
            Some(schema) => Ok((connection, schema)),
        }
    }

    async fn connect(&self, options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
        options
            .clone()
            .connect()
            .await
            .map_err(|source| StoreError::from_sqlx(&self.path, source))
    }

    /// The version of the schema; `None` if the database is empty.
    async fn schema(&self, connection: &mut SqliteConnection, expected: &Schema) -> Result<Option<i64>, StoreError> {
        let failed = |source| StoreError::from_sqlx(&self.path, source);
        let tables: i64 = sqlx::query_scalar("select count(*) from sqlite_schema")
            .fetch_one(&mut *connection)
            .await
            .map_err(failed)?;
        let migrations: i64 = sqlx::query_scalar("select count(*) from sqlite_schema where name = '_sqlx_migrations'")
            .fetch_one(&mut *connection)
            .await
            .map_err(failed)?;
        if tables == 0 {
            return Ok(None);
        }
        let application: i64 = sqlx::query_scalar("pragma application_id")
            .fetch_one(&mut *connection)
            .await
            .map_err(failed)?;
        // A process that was killed before its first migration leaves the table of migrations alone.
        let begun = migrations == 1 && tables <= 2;
        if application != expected.application_id && !begun {
            return Err(StoreError::NotExpected {
                path: self.path.clone(),
                expected: expected.name,
            });
        }
        let version: Option<i64> = sqlx::query_scalar("select max(version) from _sqlx_migrations")
            .fetch_one(connection)
            .await
            .map_err(failed)?;
        Ok(Some(version.unwrap_or(0)))
    }

    fn newer(&self, found: Option<i64>, expected: &Schema) -> StoreError {
        StoreError::NewerSchema {
            path: self.path.clone(),
            found: found.unwrap_or_default(),
            known: expected.newest(),
        }
    }

    fn migration_failed(&self, error: sqlx::migrate::MigrateError) -> StoreError {
        use sqlx::migrate::MigrateError;
        match error {
            MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
                StoreError::from_sqlx(&self.path, source)
            }
            other => StoreError::Sql {
                path: self.path.clone(),
                source: other.into(),
            },
        }
    }
}

/// Held by the one process that writes to a database. The operating system takes it back when the process ends, however.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    fn take(database: &Path) -> Result<Self, StoreError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly {
                path: database.into(),
                reason: source.to_string(),
            },
            io::ErrorKind::StorageFull => StoreError::Full { path: database.into() },
            _ => StoreError::Io {
                path: path.clone(),
                source,
            },
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Who holds it helps, but is not needed.
                let _ = file.read_to_string(&mut text);
                return Err(StoreError::InUse {
                    path: database.into(),
                    pid: text.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // As above: a full disk, say, is told by the database itself.
        let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        Ok(Self { _file: file })
    }
}
