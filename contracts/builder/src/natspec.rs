//! Documentation comments, read as Ethereum's NatSpec: text, `@return name text` lines that name return values, and, of a contract,
//! `@struct Name field field ...` lines that name the fields of structs.

use std::collections::BTreeMap;

/// The documentation of one item.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NatSpec {
    /// The text without tags, one paragraph a line.
    pub(crate) notice: String,
    /// Name and text of each return value, in order.
    pub(crate) returns: Vec<(String, String)>,
    /// The structs.
    pub(crate) structs: Structs,
}

/// The names of the fields of each struct.
pub(crate) type Structs = BTreeMap<String, Vec<String>>;

impl NatSpec {
    pub(crate) fn parse(docs: &str) -> Self {
        let mut returns: Vec<(String, String)> = Vec::new();
        let mut structs = Structs::new();
        let mut notice: Vec<String> = vec![String::new()];
        for line in docs.lines().map(str::trim) {
            if let Some(tag) = line.strip_prefix("@return ") {
                let (name, text) = tag.trim().split_once(' ').unwrap_or((tag.trim(), ""));
                returns.push((name.to_owned(), text.trim().to_owned()));
            } else if let Some(tag) = line.strip_prefix("@struct ") {
                let mut names = tag.split_whitespace().map(str::to_owned);
                if let Some(name) = names.next() {
                    structs.insert(name, names.collect());
                }
            } else if line.is_empty() {
                notice.push(String::new());
            } else if let Some(paragraph) = notice.last_mut() {
                // A list keeps its lines, a wrapped sentence does not.
                let separator = if line.starts_with(['-', '#', '|']) { "\n" } else { " " };
                if !paragraph.is_empty() {
                    paragraph.push_str(separator);
                }
                paragraph.push_str(line);
            }
        }
        notice.retain(|paragraph| !paragraph.is_empty());
        Self {
            notice: notice.join("\n"),
            returns,
            structs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_join_and_paragraphs_part() {
        let spec = NatSpec::parse(" Moves\n tokens.\n\n # Errors\n - `A`: one\n - `B`: two");
        assert_eq!(spec.notice, "Moves tokens.\n# Errors\n- `A`: one\n- `B`: two");
        assert!(spec.returns.is_empty());
    }

    #[test]
    fn structs_get_fields() {
        let spec = NatSpec::parse(" Visits.\n\n @struct Booking provider fee\n @struct Empty");
        assert_eq!(spec.notice, "Visits.");
        assert_eq!(spec.structs["Booking"], ["provider", "fee"]);
        assert!(spec.structs["Empty"].is_empty());
    }

    #[test]
    fn return_values_get_names() {
        let spec = NatSpec::parse(" Totals.\n\n @return paidIn everything received\n @return held");
        assert_eq!(spec.notice, "Totals.");
        assert_eq!(
            spec.returns,
            [
                ("paidIn".to_owned(), "everything received".to_owned()),
                ("held".to_owned(), String::new())
            ]
        );
    }
}
