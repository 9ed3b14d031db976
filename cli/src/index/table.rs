//! Rows as aligned text.

use std::fmt;

use serde::Serialize;

/// Rows under a heading: a list for programs, a table for people.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Table<R: Row> {
    rows: Vec<R>,
}

/// What a table shows of a row.
pub(super) trait Row: Serialize {
    /// The headings.
    const HEAD: &'static [&'static str];

    /// A cell under each heading.
    fn cells(&self) -> Vec<String>;
}

impl<R: Row> Table<R> {
    pub(super) fn new(rows: Vec<R>) -> Self {
        Self { rows }
    }
}

impl<R: Row> fmt::Display for Table<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return f.write_str("none");
        }
        let head = R::HEAD.iter().map(ToString::to_string).collect();
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(self.rows.iter().map(Row::cells)).collect();
        let width = |column: usize| {
            lines
                .iter()
                .map(|line| line[column].chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..R::HEAD.len()).map(width).collect();
        for line in &lines {
            let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Pair(&'static str, u32);

    impl Row for Pair {
        const HEAD: &'static [&'static str] = &["name", "count"];

        fn cells(&self) -> Vec<String> {
            vec![self.0.into(), self.1.to_string()]
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let table = Table::new(vec![Pair("a", 1), Pair("münster", 20)]);
        assert_eq!(table.to_string(), "name     count\na        1\nmünster  20\n");
        assert_eq!(serde_json::to_string(&table).unwrap(), r#"[["a",1],["münster",20]]"#);
    }

    #[test]
    fn no_rows_are_said_to_be_none() {
        assert_eq!(Table::<Pair>::new(vec![]).to_string(), "none");
    }
}
