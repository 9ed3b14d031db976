//! The files of one contract.

use crate::abi;
use crate::interface::Interface;
use crate::link;
use crate::natspec::NatSpec;
use crate::settings;
use crate::toolchain::Identity;
use crate::workspace::Contract;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

pub(crate) struct Artifact {
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) code: Vec<u8>,
    abi: Value,
    metadata: Value,
}

impl Artifact {
    pub(crate) fn new(
        contract: &Contract,
        ink: &str,
        toolchain: &Identity,
        code: Vec<u8>,
        interface: &Interface,
    ) -> Result<Self> {
        let metadata = metadata(contract, ink, toolchain, &code, interface)?;
        Ok(Self {
            name: contract.name.clone(),
            package: contract.package.clone(),
            version: contract.version.clone(),
            abi: abi::to_json(interface)?,
            metadata,
            code,
        })
    }

    pub(crate) fn code_hash(&self) -> String {
        hex(&link::code_hash(&self.code))
    }

    /// Name and content of each file.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let Self {
            name,
            code,
            abi,
            metadata,
            ..
        } = self;
        vec![
            (format!("{name}.abi.json"), pretty(abi)),
            (format!("{name}.json"), pretty(metadata)),
            (format!("{name}.polkavm"), code.clone()),
        ]
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        for (name, content) in self.files() {
            let path = folder.join(name);
            fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))?;
        }
        Ok(())
    }
}

/// What a person or a tool wants to know about the code beyond its ABI.
fn metadata(contract: &Contract, ink: &str, toolchain: &Identity, code: &[u8], interface: &Interface) -> Result<Value> {
    let mut functions = Map::new();
    for function in &interface.functions {
        let signature = abi::function_signature(function);
        let docs = documented(&signature, &function.docs)?;
        let mut entry = json!({
            "selector": hex(&abi::signature_hash(&signature)[..4]),
            "state_mutability": abi::mutability(function),
            "notice": docs.notice,
        });
        if !docs.returns.is_empty() {
            let returns: Map<_, _> = docs
                .returns
                .into_iter()
                .map(|(name, text)| (name, json!(text)))
                .collect();
            entry["returns"] = Value::Object(returns);
        }
        functions.insert(signature, entry);
    }
    let mut events = Map::new();
    for event in &interface.events {
        let signature = abi::event_signature(event);
        let topic = hex(&abi::signature_hash(&signature));
        events.insert(
            signature,
            json!({"topic": topic, "notice": NatSpec::parse(&event.docs).notice}),
        );
    }
    let mut errors = Map::new();
    for error in &interface.errors {
        let signature = abi::error_signature(error);
        let selector = hex(&abi::signature_hash(&signature)[..4]);
        errors.insert(
            signature,
            json!({"selector": selector, "notice": NatSpec::parse(&error.docs).notice}),
        );
    }
    let constructor = documented("constructor", &abi::deployed_constructor(interface)?.docs)?;
    Ok(json!({
        "schema_version": 1,
        "contract": {
            "name": contract.name,
            "package": contract.package,
            "version": contract.version,
            "description": contract.description,
            "license": contract.license,
            "notice": NatSpec::parse(&interface.docs).notice,
        },
        "code": {
            "hash": hex(&link::code_hash(code)),
            "size": code.len(),
        },
        "build": {
            "language": format!("ink! {ink}"),
            "abi": "sol",
            "rustc": toolchain.rustc,
            "polkavm_linker": toolchain.polkavm_linker,
            "target": settings::TARGET,
            "instruction_set": "ReviveV1",
            "rust_flags": settings::code_flags(),
            "static_buffer_size": settings::STATIC_BUFFER_SIZE,
        },
        "constructor": {"notice": constructor.notice},
        "functions": functions,
        "events": events,
        "errors": errors,
    }))
}

/// The documentation of `item`, which whoever calls the contract depends on: without it there is no artefact.
fn documented(item: &str, docs: &str) -> Result<NatSpec> {
    let docs = NatSpec::parse(docs);
    ensure!(!docs.notice.is_empty(), "`{item}` is not documented");
    Ok(docs)
}

/// JSON as it is committed: indented, keys sorted (`serde_json` keeps them so), a newline at the end.
pub(crate) fn pretty(value: &Value) -> Vec<u8> {
    let mut text = format!("{value:#}").into_bytes();
    text.push(b'\n');
    text
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold("0x".to_owned(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_sorted_whatever_the_order_of_insertion() {
        let one = json!({"b": 1, "a": {"d": 1, "c": 2}});
        let other = json!({"a": {"c": 2, "d": 1}, "b": 1});
        assert_eq!(pretty(&one), pretty(&other));
        assert!(pretty(&one).starts_with(b"{\n  \"a\""));
    }

    #[test]
    fn bytes_are_written_with_both_digits() {
        assert_eq!(hex(&[0, 0x0a, 0xff]), "0x000aff");
    }
}
