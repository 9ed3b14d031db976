//! Solidity's types as ink! names them (`(uint256,address)[]`), and as the ABI's JSON does (`tuple[]` with components).

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::natspec::Structs;

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

/// Names the components of a struct, which is the one that is called as the parameter is; an array of them has an `s` behind.
pub(crate) fn name_fields(entry: &mut Map<String, Value>, structs: &Structs) -> Result<()> {
    let parameter = entry.get("name").and_then(Value::as_str).unwrap_or_default();
    let ty = entry.get("type").and_then(Value::as_str).unwrap_or_default();
    let (_, arrays) = split_arrays(ty);
    let (parameter, arrays) = match parameter.strip_suffix('s') {
        Some(one) if !arrays.is_empty() => (one, arrays.to_owned()),
        _ => (parameter, arrays.to_owned()),
    };
    let name = capital(parameter);
    let Some(Value::Array(components)) = entry.get_mut("components") else {
        return Ok(());
    };
    let fields = structs.get(&name);
    let fields = fields.with_context(|| format!("the contract documents no `@struct {name}`"))?;
    ensure!(
        fields.len() == components.len(),
        "`{name}` has {} fields and {} are documented by `@struct`",
        components.len(),
        fields.len()
    );
    for (component, field) in components.iter_mut().zip(fields) {
        if let Value::Object(component) = component {
            component.insert("name".to_owned(), json!(field));
            name_fields(component, structs)?;
        }
    }
    entry.insert("internalType".to_owned(), json!(format!("struct {name}{arrays}")));
    Ok(())
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
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
    fn structs_have_named_fields() {
        let structs = Structs::from([
            ("Visit".to_owned(), vec!["fee".to_owned(), "place".to_owned()]),
            ("Place".to_owned(), vec!["at".to_owned()]),
        ]);
        let mut entry = parameter("visit", "(uint256,(address))").unwrap();
        name_fields(&mut entry, &structs).unwrap();
        assert_eq!(
            Value::Object(entry),
            json!({"name": "visit", "type": "tuple", "internalType": "struct Visit", "components": [
                {"name": "fee", "type": "uint256"},
                {"name": "place", "type": "tuple", "internalType": "struct Place", "components": [
                    {"name": "at", "type": "address"},
                ]},
            ]})
        );
        let mut entry = parameter("places", "(address)[]").unwrap();
        name_fields(&mut entry, &structs).unwrap();
        assert_eq!(
            Value::Object(entry),
            json!({"name": "places", "type": "tuple[]", "internalType": "struct Place[]", "components": [
                {"name": "at", "type": "address"},
            ]})
        );
        let named = |name: &str, ty: &str| name_fields(&mut parameter(name, ty).unwrap(), &structs);
        assert!(named("fee", "uint256").is_ok());
        assert!(named("other", "(uint256)").is_err(), "undocumented");
        assert!(named("place", "(address,address)").is_err(), "another number of fields");
    }

    #[test]
    fn unbalanced_parentheses_are_refused() {
        assert!(members("(uint256").is_err());
        assert!(members("(uint256))").is_err());
        assert!(members("(uint256,)x)").is_err());
    }
}
