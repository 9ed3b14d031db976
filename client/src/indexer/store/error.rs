//! Why a database cannot be used.

use std::{
    io,
    path::{Path, PathBuf},
};

use alloy_core::primitives::B256;

use crate::{
    error::{Exit, Fault},
    indexer::project::ProjectionError,
};

/// Why a database cannot be used. Whatever it is, what was stored stays as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// What was given as a database is neither a path nor a URL that can be used.
    #[error("`{url}` names no database: {reason}")]
    Url {
        /// As given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is none.
    #[error("there is no database {}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Another process writes to it.
    #[error("database {} is being written by another process{}", path.display(), pid.map(|pid| format!(" (id {pid})")).unwrap_or_default())]
    InUse {
        /// The database.
        path: PathBuf,
        /// The process, if it left its id.
        pid: Option<u32>,
    },
    /// Somebody, not a Salus indexer, holds a lock on it for longer than the indexer waits.
    #[error("database {} is locked", path.display())]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("database {} cannot be written: {reason}", path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
        /// As SQLite says it.
        reason: String,
    },
    /// There is no room for more.
    #[error("there is no room left for database {}", path.display())]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// The file is damaged, or no database at all.
    #[error("{} is no intact database: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// As SQLite says it.
        reason: String,
    },
    /// It is a database of something else.
    #[error("{} is a database, but no {expected} of Salus", path.display())]
    NotExpected {
        /// The database.
        path: PathBuf,
        /// What it should be: "index", "memory of a relayer".
        expected: &'static str,
    },
    /// A newer version of Salus made it.
    #[error("database {} has schema {found}, newer than {known}, which this version of salus knows", path.display())]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that is known here.
        known: i64,
    },
    /// It was made by an older version, and is opened for reading, which changes nothing.
    #[error("database {} has schema {found}, older than {known}, which this version of salus reads", path.display())]
    OlderSchema {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The schema that is needed.
        known: i64,
    },
    /// It is the index of another chain.
    #[error("database {} is of the chain with genesis {stored}, not {found}", path.display())]
    OtherChain {
        /// The database.
        path: PathBuf,
        /// The genesis of its chain.
        stored: B256,
        /// The genesis of the chain that was to be indexed.
        found: B256,
    },
    /// The chain has the same genesis, but another history: it was started anew, or finality was broken.
    #[error("database {} has block {number} as {stored}, the chain has {found}", path.display())]
    OtherHistory {
        /// The database.
        path: PathBuf,
        /// A block that both have.
        number: u64,
        /// Its hash in the database.
        stored: B256,
        /// Its hash on the chain.
        found: B256,
    },
    /// A range of blocks does not go on where the cursor stands. It was not stored.
    #[error("blocks from {start} on do not continue what database {} holds", path.display())]
    OutOfStep {
        /// The database.
        path: PathBuf,
        /// The first block of the range.
        start: u64,
    },
    /// An event does not fit its projection: a fault of this version of salus.
    #[error("database {}: {source}", path.display())]
    Projection {
        /// The database.
        path: PathBuf,
        /// Which event.
        source: ProjectionError,
    },
    /// The file system refuses.
    #[error("cannot access {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Anything else that SQLite refuses.
    #[error("database {}: {source}", path.display())]
    Sql {
        /// The database.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
}

impl StoreError {
    /// What an error of SQLite means for the database at `path`.
    pub(crate) fn from_sqlx(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_path_buf();
        if let sqlx::Error::Io(source) = source {
            return Self::Io { path, source };
        }
        let database = source.as_database_error();
        let extended: Option<u32> = database
            .and_then(|error| error.code())
            .and_then(|code| code.parse().ok());
        let reason = || database.map_or_else(String::new, |error| error.message().to_string());
        // The primary code is the low byte of the extended one, see <https://sqlite.org/rescode.html>.
        match extended.map(|code| code & 0xff) {
            // Busy, locked.
            Some(5 | 6) => Self::Busy { path },
            // Permission, read-only; "cannot open" names a directory that is missing or closed.
            Some(3 | 8 | 14) => Self::ReadOnly { reason: reason(), path },
            Some(13) => Self::Full { path },
            // The file system failed while reading or writing.
            Some(10) => Self::Io {
                source: io::Error::other(reason()),
                path,
            },
            // Corrupt, not a database.
            Some(11 | 26) => Self::Damaged { reason: reason(), path },
            _ => Self::Sql { path, source },
        }
    }
}

impl Fault for StoreError {
    fn code(&self) -> &'static str {
        match self {
            Self::Url { .. } => "database_url",
            Self::Missing { .. } => "database_missing",
            Self::InUse { .. } => "database_in_use",
            Self::Busy { .. } => "database_busy",
            Self::ReadOnly { .. } => "database_read_only",
            Self::Full { .. } => "database_full",
            Self::Damaged { .. } => "database_damaged",
            Self::NotExpected { expected: "index", .. } => "database_not_an_index",
            Self::NotExpected { .. } => "database_not_expected",
            Self::NewerSchema { .. } => "database_newer_schema",
            Self::OlderSchema { .. } => "database_older_schema",
            Self::OtherChain { .. } => "database_other_chain",
            Self::OtherHistory { .. } => "database_other_history",
            Self::OutOfStep { .. } => "database_out_of_step",
            Self::Projection { .. } => "projection",
            Self::Io { .. } => "database_io",
            Self::Sql { .. } => "database_sql",
        }
    }

    fn exit(&self) -> Exit {
        Exit::Database
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => "`salus index` makes it".into(),
            Self::InUse { .. } => "one indexer a database: stop the other one, or give --database".into(),
            Self::Full { .. } => "make room and run the same command again: it goes on where it was".into(),
            Self::NewerSchema { .. } => "use the version of salus that wrote it, or give another --database".into(),
            Self::OlderSchema { .. } => "`salus index` brings it up to date".into(),
            Self::NotExpected { .. } | Self::OtherChain { .. } => "give another --database".into(),
            Self::OtherHistory { .. } => {
                "a local chain that was started anew needs a new database: give another --database".into()
            }
            _ => return None,
        })
    }

    fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::InUse { .. } | Self::Busy { .. } | Self::Full { .. } | Self::Io { .. }
        )
    }
}
