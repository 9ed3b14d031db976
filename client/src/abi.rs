//! What contracts answer when they refuse, in words: custom errors decoded by name from the contracts' ABIs.

mod hint;

use std::{collections::HashMap, fmt, sync::OnceLock};

use alloy_core::{
    dyn_abi::{DynSolValue, JsonAbiExt},
    json_abi::{Error as AbiError, JsonAbi},
    primitives::hex,
};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::contracts::{self, Artifact};

/// Why a contract reverted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revert {
    /// What the contract returned: a selector and ABI-encoded arguments, or nothing.
    pub data: Vec<u8>,
    /// The error in the ABI of one of our contracts, or one of Solidity's own.
    pub error: Option<NamedError>,
}

/// A custom error with its arguments in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedError {
    /// The error's name, e.g. `ERC20InsufficientBalance`.
    pub name: String,
    /// Its arguments: name and value.
    pub arguments: Vec<(String, String)>,
}

impl Revert {
    /// Decodes what a contract returned.
    pub fn decode(data: &[u8]) -> Self {
        let error = data.split_first_chunk().and_then(|(selector, _)| {
            let known = known_errors().get(selector)?;
            let values = known.abi_decode_input(&data[4..]).ok()?;
            let name = |i: usize| match known.inputs[i].name.as_str() {
                "" => i.to_string(),
                name => name.to_string(),
            };
            let arguments = values
                .iter()
                .enumerate()
                .map(|(i, value)| (name(i), in_words(value)))
                .collect();
            Some(NamedError {
                name: known.name.clone(),
                arguments,
            })
        });
        Self {
            data: data.into(),
            error,
        }
    }

    /// The error's name, if it is known.
    pub fn name(&self) -> Option<&str> {
        self.error.as_ref().map(|error| error.name.as_str())
    }

    /// What can be done about it, in terms of the program, if there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        hint::of(self.name()?)
    }
}

impl fmt::Display for Revert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            Some(error) => {
                let arguments: Vec<_> = error
                    .arguments
                    .iter()
                    .map(|(name, value)| format!("{name}: {value}"))
                    .collect();
                write!(f, "{}({})", error.name, arguments.join(", "))
            }
            None if self.data.is_empty() => f.write_str("it gave no reason"),
            None => write!(f, "unknown error {}", hex::encode_prefixed(&self.data)),
        }
    }
}

impl Serialize for Revert {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Revert", 2)?;
        out.serialize_field("data", &hex::encode_prefixed(&self.data))?;
        out.serialize_field("error", &self.error)?;
        out.end()
    }
}

/// An ABI value as people write it: checksummed addresses, decimal numbers, hexadecimal bytes.
pub fn in_words(value: &DynSolValue) -> String {
    let list = |values: &[DynSolValue]| values.iter().map(in_words).collect::<Vec<_>>().join(", ");
    match value {
        DynSolValue::Bool(value) => value.to_string(),
        DynSolValue::Int(value, _) => value.to_string(),
        DynSolValue::Uint(value, _) => value.to_string(),
        DynSolValue::FixedBytes(bytes, length) => hex::encode_prefixed(&bytes[..(*length).min(32)]),
        DynSolValue::Address(address) => address.to_checksum(None),
        DynSolValue::Function(function) => function.to_string(),
        DynSolValue::Bytes(bytes) => hex::encode_prefixed(bytes),
        DynSolValue::String(text) => format!("{text:?}"),
        DynSolValue::Array(values) | DynSolValue::FixedArray(values) => format!("[{}]", list(values)),
        DynSolValue::Tuple(values) => format!("({})", list(values)),
    }
}

/// Every custom error of our contracts, and `Error` and `Panic` of Solidity, by selector.
fn known_errors() -> &'static HashMap<[u8; 4], AbiError> {
    static KNOWN: OnceLock<HashMap<[u8; 4], AbiError>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let solidity = ["error Error(string reason)", "error Panic(uint256 code)"];
        let mut errors: Vec<AbiError> = solidity
            .iter()
            .map(|text| AbiError::parse(text).expect("the text is a constant and valid"))
            .collect();
        for Artifact { name, abi, .. } in contracts::ARTIFACTS {
            let abi: JsonAbi = serde_json::from_str(abi)
                .unwrap_or_else(|error| unreachable!("the ABI of {name} is built in and tested: {error}"));
            errors.extend(abi.errors().cloned());
        }
        errors.into_iter().map(|error| (error.selector().0, error)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solidity_errors_are_named() {
        let mut data = hex::decode("08c379a0").unwrap();
        data.extend(DynSolValue::Tuple(vec![DynSolValue::String("no".into())]).abi_encode_params());
        assert_eq!(Revert::decode(&data).to_string(), "Error(reason: \"no\")");
        let mut panic = hex::decode("4e487b71").unwrap();
        panic.extend([0; 31]);
        panic.push(0x11);
        assert_eq!(Revert::decode(&panic).to_string(), "Panic(code: 17)");
    }

    #[test]
    fn what_is_not_known_is_shown_as_it_is() {
        assert_eq!(Revert::decode(&[]).to_string(), "it gave no reason");
        assert_eq!(
            Revert::decode(&[0xde, 0xad, 0xbe, 0xef, 1]).to_string(),
            "unknown error 0xdeadbeef01"
        );
        // A known selector with arguments that do not decode.
        assert_eq!(Revert::decode(&[0x4e, 0x48, 0x7b, 0x71]).name(), None);
    }

    #[test]
    fn every_built_in_abi_is_valid() {
        for Artifact { name, abi, .. } in contracts::ARTIFACTS {
            serde_json::from_str::<JsonAbi>(abi).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert!(known_errors().len() >= 2);
    }
}
