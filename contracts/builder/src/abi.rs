//! Solidity's ABI as JSON, in one stable order, and the selectors in it.

use crate::interface::{Constructor, CustomError, Event, Function, Interface, Parameter};
use crate::natspec::{NatSpec, Structs};
use crate::sol_type;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use sha3::{Digest as _, Keccak256};

/// The ABI: constructor, errors, events, functions; each kind sorted by signature.
pub(crate) fn to_json(interface: &Interface) -> Result<Value> {
    let mut entries = vec![constructor(deployed_constructor(interface)?)?];
    entries.extend(sorted(&interface.errors, error_signature, error)?);
    entries.extend(sorted(&interface.events, event_signature, event)?);
    let structs = NatSpec::parse(&interface.docs).structs;
    let function = |item: &Function| function(item, &structs);
    entries.extend(sorted(&interface.functions, function_signature, function)?);
    Ok(Value::Array(entries))
}

/// The one constructor that Solidity's ABI can have: ink! takes the default one, or else the first.
pub(crate) fn deployed_constructor(interface: &Interface) -> Result<&Constructor> {
    let constructors = &interface.constructors;
    constructors
        .iter()
        .find(|constructor| constructor.is_default)
        .or_else(|| constructors.first())
        .context("there is no constructor")
}

pub(crate) fn function_signature(function: &Function) -> String {
    signature(&function.name, function.inputs.iter().map(|input| input.ty.as_str()))
}

pub(crate) fn event_signature(event: &Event) -> String {
    signature(&event.name, event.params.iter().map(|param| param.ty.as_str()))
}

pub(crate) fn error_signature(error: &CustomError) -> String {
    signature(&error.name, error.params.iter().map(|param| param.ty.as_str()))
}

/// Keccak-256 of a signature: an event's first topic, and in its first four bytes a function's or error's selector.
pub(crate) fn signature_hash(signature: &str) -> [u8; 32] {
    Keccak256::digest(signature.as_bytes()).into()
}

pub(crate) fn mutability(function: &Function) -> &'static str {
    match (function.is_payable, function.mutates) {
        (true, _) => "payable",
        (false, true) => "nonpayable",
        (false, false) => "view",
    }
}

/// `snake_case` as Rust writes names, to `camelCase` as the ABI does.
pub(crate) fn camel_case(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

fn signature<'a>(name: &str, types: impl Iterator<Item = &'a str>) -> String {
    format!("{name}({})", types.collect::<Vec<_>>().join(","))
}

fn sorted<T>(items: &[T], signature: impl Fn(&T) -> String, entry: impl Fn(&T) -> Result<Value>) -> Result<Vec<Value>> {
    let mut entries = items
        .iter()
        .map(|item| {
            let signature = signature(item);
            let value = entry(item).with_context(|| format!("`{signature}`"))?;
            Ok((signature, value))
        })
        .collect::<Result<Vec<_>>>()?;
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    // The same error may be known through two types that share it.
    entries.dedup_by(|(a, _), (b, _)| a == b);
    Ok(entries.into_iter().map(|(_, value)| value).collect())
}

fn constructor(constructor: &Constructor) -> Result<Value> {
    Ok(json!({
        "type": "constructor",
        "inputs": parameters(&constructor.inputs)?,
        "stateMutability": if constructor.is_payable { "payable" } else { "nonpayable" },
    }))
}

fn function(function: &Function, structs: &Structs) -> Result<Value> {
    let mut inputs = parameters(&function.inputs)?;
    for input in inputs.iter_mut().filter_map(Value::as_object_mut) {
        sol_type::name_fields(input, structs)?;
    }
    Ok(json!({
        "type": "function",
        "name": function.name,
        "inputs": inputs,
        "outputs": outputs(function)?,
        "stateMutability": mutability(function),
    }))
}

/// A returned tuple becomes several values, named by the documentation's `@return` lines.
fn outputs(function: &Function) -> Result<Vec<Value>> {
    let types = match function.output.as_deref() {
        None | Some("()") => Vec::new(),
        Some(ty) => sol_type::members(ty)?.unwrap_or_else(|| vec![ty]),
    };
    let names = NatSpec::parse(&function.docs).returns;
    ensure!(
        names.is_empty() || names.len() == types.len(),
        "{} values are returned and {} are documented by `@return`",
        types.len(),
        names.len()
    );
    types
        .iter()
        .enumerate()
        .map(|(at, ty)| {
            let name = names.get(at).map_or("", |(name, _)| name);
            Ok(Value::Object(sol_type::parameter(name, ty)?))
        })
        .collect()
}

fn event(event: &Event) -> Result<Value> {
    let inputs = event
        .params
        .iter()
        .map(|param| {
            let mut entry = sol_type::parameter(&camel_case(&param.name), &param.ty)?;
            entry.insert("indexed".to_owned(), json!(param.is_topic));
            Ok(Value::Object(entry))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(json!({
        "type": "event",
        "name": event.name,
        "inputs": inputs,
        "anonymous": event.is_anonymous,
    }))
}

fn error(error: &CustomError) -> Result<Value> {
    Ok(json!({
        "type": "error",
        "name": error.name,
        "inputs": parameters(&error.params)?,
    }))
}

fn parameters(parameters: &[Parameter]) -> Result<Vec<Value>> {
    parameters
        .iter()
        .map(|parameter| {
            let entry: Map<_, _> = sol_type::parameter(&camel_case(&parameter.name), &parameter.ty)?;
            Ok(Value::Object(entry))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, ty: &str) -> Parameter {
        Parameter {
            name: name.to_owned(),
            ty: ty.to_owned(),
        }
    }

    fn totals(docs: &str) -> Function {
        Function {
            name: "totals".to_owned(),
            inputs: vec![parameter("of_token", "address")],
            output: Some("(uint256,uint256)".to_owned()),
            mutates: false,
            is_payable: false,
            docs: docs.to_owned(),
        }
    }

    #[test]
    fn a_function_has_named_inputs_outputs_and_mutability() {
        let value = function(&totals(" Sums.\n @return paidIn\n @return held"), &Structs::new()).unwrap();
        assert_eq!(
            value,
            json!({
                "type": "function",
                "name": "totals",
                "inputs": [{"name": "ofToken", "type": "address"}],
                "outputs": [{"name": "paidIn", "type": "uint256"}, {"name": "held", "type": "uint256"}],
                "stateMutability": "view",
            })
        );
    }

    #[test]
    fn a_wrong_number_of_documented_outputs_is_refused() {
        assert!(function(&totals(" @return paidIn"), &Structs::new()).is_err());
    }

    #[test]
    fn selectors_are_those_of_the_standard() {
        let mut transfer = totals("");
        transfer.name = "transfer".to_owned();
        transfer.inputs = vec![parameter("to", "address"), parameter("value", "uint256")];
        let signature = function_signature(&transfer);
        assert_eq!(signature, "transfer(address,uint256)");
        assert_eq!(signature_hash(&signature)[..4], [0xa9, 0x05, 0x9c, 0xbb]);
    }

    #[test]
    fn names_turn_from_snake_to_camel() {
        assert_eq!(camel_case("start_time"), "startTime");
        assert_eq!(camel_case("value"), "value");
        assert_eq!(camel_case("_of_token_2"), "ofToken2");
    }

    #[test]
    fn an_error_known_twice_is_listed_once() {
        let error = || CustomError {
            name: "E".to_owned(),
            params: vec![],
            docs: String::new(),
        };
        assert_eq!(
            sorted(&[error(), error()], error_signature, super::error)
                .unwrap()
                .len(),
            1
        );
    }
}
