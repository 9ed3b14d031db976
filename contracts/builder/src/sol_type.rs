//! Solidity's types as ink! names them (`(uint256,address)[]`), and as the ABI's JSON does (`tuple[]` with components).

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

/// One entry of an ABI parameter list.
pub(crate) fn parameter(name: &str, ty: &str) -> Result<Map<String, Value>> {
    let mut entry = Map::new();
    entry.insert("name".to_owned(), json!(name));
    let (inner, arrays) = split_arrays(ty);
    if let Some(members) = members(inner)? {
        let components: Vec<Value> = members
            .into_iter()
            .map(|member| Ok(Value::Object(parameter("", member)?)))
            .collect::<Result<_>>()?;
        entry.insert("type".to_owned(), json!(format!("tuple{arrays}")));
        entry.insert("components".to_owned(), Value::Array(components));
    } else {
        entry.insert("type".to_owned(), json!(ty));
    }
    Ok(entry)
}

/// The members of a tuple type, or `None` for any other type.
pub(crate) fn members(ty: &str) -> Result<Option<Vec<&str>>> {
    let Some(inner) = ty.strip_prefix('(') else {
        return Ok(None);
    };
    let Some(inner) = inner.strip_suffix(')') else {
        bail!("`{ty}` is not a type");
    };
    if inner.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let mut members = Vec::new();
    let mut depth = 0usize;
    let mut start = 0;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => bail!("`{ty}` is not a type"),
            },
            b',' if depth == 0 => {
                members.push(&inner[start..at]);
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    members.push(&inner[start..]);
    Ok(Some(members))
}

/// Splits `T[2][]` into `T` and `[2][]`.
fn split_arrays(ty: &str) -> (&str, &str) {
    // Arrays of tuples carry brackets inside the parentheses, too; only those after the last one count.
    let from = ty.rfind(')').unwrap_or(0);
    let at = ty[from..]
        .find('[')
        .map_or(ty.len(), |offset| from.saturating_add(offset));
    ty.split_at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_of(ty: &str) -> Value {
        Value::Object(parameter("x", ty).unwrap())
    }

    #[test]
    fn elementary_types_and_their_arrays_stay_as_they_are() {
        assert_eq!(json_of("uint256"), json!({"name": "x", "type": "uint256"}));
        assert_eq!(json_of("bytes32[3][]"), json!({"name": "x", "type": "bytes32[3][]"}));
    }

    #[test]
    fn a_tuple_lists_its_components() {
        assert_eq!(
            json_of("(uint256,(address,bytes[])[2])[]"),
            json!({"name": "x", "type": "tuple[]", "components": [
                {"name": "", "type": "uint256"},
                {"name": "", "type": "tuple[2]", "components": [
                    {"name": "", "type": "address"},
                    {"name": "", "type": "bytes[]"},
                ]},
            ]})
        );
    }

    #[test]
    fn unbalanced_parentheses_are_refused() {
        assert!(members("(uint256").is_err());
        assert!(members("(uint256))").is_err());
        assert!(members("(uint256,)x)").is_err());
    }
}
