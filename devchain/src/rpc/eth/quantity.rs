//! Numbers as development tools send them.

use serde::{Deserialize, Deserializer, de::Error as _};

/// A number as anvil and Hardhat take it: a JSON number, or a string in hexadecimal (with `0x`) or decimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantity(pub(super) u64);

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(u64),
            Text(String),
        }
        let parsed = match Form::deserialize(deserializer)? {
            Form::Number(number) => return Ok(Self(number)),
            Form::Text(text) => match text.strip_prefix("0x") {
                Some(digits) => u64::from_str_radix(digits, 16),
                None => text.parse(),
            },
        };
        parsed.map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_in_the_three_usual_forms() {
        for json in ["26", "\"0x1a\"", "\"26\""] {
            assert_eq!(serde_json::from_str::<Quantity>(json).unwrap(), Quantity(26), "{json}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for json in [
            "-1",
            "1.5",
            "\"\"",
            "\"0x\"",
            "\"0x10000000000000000\"",
            "\"ten\"",
            "null",
            "[1]",
        ] {
            assert!(serde_json::from_str::<Quantity>(json).is_err(), "{json}");
        }
    }
}
