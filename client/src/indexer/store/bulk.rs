//! Many rows in one statement: each statement costs a round trip to SQLite's thread, each row in it almost nothing.

use sqlx::{
    AssertSqlSafe, SqlSafeStr, SqlStr, Sqlite, SqliteConnection,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

/// A query whose values are being bound.
pub(in crate::indexer) type Binding<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Rows in a statement, largest first. Few different sizes, so that the statements stay prepared; the largest stays far
/// below SQLite's limit of 32,766 values.
const SIZES: [usize; 3] = [256, 16, 1];

/// A statement around a list of rows: `{before} (?, ?), (?, ?), ... {after}`.
#[derive(Debug, Clone, Copy)]
pub(in crate::indexer) struct Bulk {
    /// What comes before the list, ending in `values`.
    pub(in crate::indexer) before: &'static str,
    /// Values in a row.
    pub(in crate::indexer) columns: usize,
    /// What comes behind the list.
    pub(in crate::indexer) after: &'static str,
}

impl Bulk {
    /// Runs the statement over all rows; `bind` binds the values of one. Answers how many rows of the table changed.
    pub(in crate::indexer) async fn run<T>(
        &self,
        connection: &mut SqliteConnection,
        rows: &[T],
        bind: impl for<'q> Fn(Binding<'q>, &T) -> Binding<'q>,
    ) -> Result<u64, sqlx::Error> {
        let mut changed = 0;
        for (sql, chunk) in self.chunks(rows) {
            changed += chunk
                .iter()
                .fold(sqlx::query(sql), &bind)
                .execute(&mut *connection)
                .await?
                .rows_affected();
        }
        Ok(changed)
    }

    /// As [`Bulk::run`], for a statement that answers rows.
    pub(in crate::indexer) async fn fetch<T>(
        &self,
        connection: &mut SqliteConnection,
        rows: &[T],
        bind: impl for<'q> Fn(Binding<'q>, &T) -> Binding<'q>,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let mut answer = Vec::with_capacity(rows.len());
        for (sql, chunk) in self.chunks(rows) {
            answer.extend(
                chunk
                    .iter()
                    .fold(sqlx::query(sql), &bind)
                    .fetch_all(&mut *connection)
                    .await?,
            );
        }
        Ok(answer)
    }

    /// The rows in as few statements as possible.
    fn chunks<'t, T>(&self, mut rows: &'t [T]) -> Vec<(SqlStr, &'t [T])> {
        let mut chunks = Vec::new();
        for size in SIZES {
            if rows.len() < size {
                continue;
            }
            let sql = AssertSqlSafe(self.sql(size)).into_sql_str();
            while let Some((chunk, rest)) = rows.split_at_checked(size) {
                chunks.push((sql.clone(), chunk));
                rows = rest;
            }
        }
        chunks
    }

    fn sql(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        format!("{} {} {}", self.before, vec![&*row; rows].join(","), self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};

    #[tokio::test]
    async fn every_row_is_written_once_whatever_their_number() {
        let insert = Bulk {
            before: "insert into t (a, b) values",
            columns: 2,
            after: "",
        };
        let update = Bulk {
            before: "update t set b = v.column2 from (values",
            columns: 2,
            after: ") as v where t.a = v.column1",
        };
        for count in [0_i64, 1, 15, 16, 17, 256, 300, 1_000] {
            let mut connection = SqliteConnectOptions::new().connect().await.unwrap();
            sqlx::query("create table t (a integer primary key, b integer)")
                .execute(&mut connection)
                .await
                .unwrap();
            let rows: Vec<i64> = (0..count).collect();
            let written = insert
                .run(&mut connection, &rows, |query, row| query.bind(*row).bind(row * 2))
                .await
                .unwrap();
            assert_eq!(written, rows.len() as u64);
            let changed = update
                .run(&mut connection, &rows, |query, row| query.bind(*row).bind(row * 3))
                .await
                .unwrap();
            assert_eq!(changed, rows.len() as u64);
            let sum: i64 = sqlx::query_scalar("select coalesce(sum(b), 0) from t")
                .fetch_one(&mut connection)
                .await
                .unwrap();
            assert_eq!(sum, rows.iter().sum::<i64>() * 3);
        }
    }
}
