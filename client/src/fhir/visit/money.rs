//! Amounts of tokens as FHIR's Money.
//!
//! `Money.currency` is a code of ISO 4217 and of nothing else (a required binding), and no token has one. It is `XXX`, by which ISO 4217
//! says that no currency is involved: left out, a reader might take it for the one that is usual there. Which token it is stands in HL7's
//! extension `alternate-codes`.

use alloy_core::primitives::U256 as Amount;
use salus_core::telehealth::U256;
use serde_json::{Number, Value, json};

use super::{VisitError, Writer, urn};
use crate::{
    contracts::telehealth::convert::{address, amount as to_amount},
    fhir::consent::FhirVersion,
};

/// ISO 4217's code for no currency.
const NO_CURRENCY: &str = "XXX";
/// HL7's extension for codes beside the one that an element has.
const ALTERNATE_CODES: &str = "http://hl7.org/fhir/StructureDefinition/alternate-codes";

/// How many digits R5's decimals have at most before and behind the point (their regular expression says so; R4's has no limit).
const R5_WHOLE: usize = 18;
const R5_FRACTION: usize = 17;

impl Writer<'_> {
    /// An amount in the token's smallest unit as one of whole tokens.
    pub(super) fn money(&self, amount: U256) -> Result<Value, VisitError> {
        let (amount, decimals, version) = (to_amount(amount), self.facts.token.decimals, self.version);
        let refuse = || VisitError::Amount {
            amount,
            decimals,
            version,
        };
        let value = decimal(amount, decimals, version).ok_or_else(refuse)?;
        let token = address(self.facts.visit.token);
        let mut coding = json!({"system": urn::TOKEN, "code": format!("eip155:{}:{token:#x}", self.facts.chain_id)});
        let symbol = &self.facts.token.symbol;
        let is_text = !symbol.trim().is_empty() && !symbol.contains(char::is_control);
        if is_text {
            coding["display"] = symbol.clone().into();
        }
        let token = json!({"coding": [coding], "text": format!("a token of {decimals} decimals")});
        Ok(json!({
            "value": value,
            "currency": NO_CURRENCY,
            "_currency": {"extension": [{"url": ALTERNATE_CODES, "valueCodeableConcept": token}]},
        }))
    }
}

/// `amount / 10^decimals`, exactly, without zeros at its end. `None` if it is longer than the version allows.
fn decimal(amount: Amount, decimals: u8, version: FhirVersion) -> Option<Number> {
    let all = amount.to_string();
    let digits = all.trim_end_matches('0');
    if digits.is_empty() {
        return Some(Number::from(0));
    }
    // The amount is `digits × 10^exponent`.
    let exponent = i64::try_from(all.len() - digits.len()).ok()? - i64::from(decimals);
    let (whole, fraction) = plain(digits, exponent)?;
    let is_short = whole.len() <= R5_WHOLE && fraction.len() <= R5_FRACTION;
    let text = match version {
        FhirVersion::R5 if !is_short => scientific(digits, exponent)?,
        _ if fraction.is_empty() => whole,
        _ => format!("{whole}.{fraction}"),
    };
    text.parse().ok()
}

/// The digits before and behind the point.
fn plain(digits: &str, exponent: i64) -> Option<(String, String)> {
    let zeros = |count: u64| Some("0".repeat(usize::try_from(count).ok()?));
    if exponent >= 0 {
        return Some((format!("{digits}{}", zeros(exponent.unsigned_abs())?), String::new()));
    }
    let behind = usize::try_from(exponent.unsigned_abs()).ok()?;
    match digits.len().checked_sub(behind) {
        Some(point @ 1..) => {
            let (whole, fraction) = digits.split_at_checked(point)?;
            Some((whole.to_owned(), fraction.to_owned()))
        }
        _ => Some(("0".into(), format!("{digits:0>behind$}"))),
    }
}

/// With an exponent, as many digits as R5 has places for.
fn scientific(digits: &str, exponent: i64) -> Option<String> {
    let (whole, fraction) = digits.split_at_checked(digits.len().min(R5_WHOLE))?;
    if fraction.len() > R5_FRACTION {
        return None;
    }
    let exponent = exponent + i64::try_from(fraction.len()).ok()?;
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{whole}{point}{fraction}e{exponent}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use FhirVersion::{R4, R5};

    fn written(amount: &str, decimals: u8, version: FhirVersion) -> Option<String> {
        decimal(amount.parse().unwrap(), decimals, version).map(|number| number.to_string())
    }

    #[test]
    fn amounts_are_written_to_the_last_digit_and_no_further() {
        for (amount, decimals, text) in [
            ("0", 6, "0"),
            ("25500000", 6, "25.5"),
            ("1", 6, "0.000001"),
            ("1000000", 6, "1"),
            ("7", 0, "7"),
            ("700", 0, "700"),
            ("100", 1, "10"),
            ("9007199254740993", 0, "9007199254740993"),
            ("123456789012345678", 17, "1.23456789012345678"),
        ] {
            for version in [R4, R5] {
                assert_eq!(written(amount, decimals, version).as_deref(), Some(text), "{amount}");
            }
        }
    }

    #[test]
    fn r5_has_18_digits_before_the_point_17_behind_it_and_an_exponent() {
        let largest = Amount::MAX.to_string();
        for (amount, decimals, r4, r5) in [
            ("1", 18, "0.000000000000000001", Some("1e-18")),
            (
                "12345678901234567891",
                18,
                "12.345678901234567891",
                Some("123456789012345678.91e-16"),
            ),
            ("1000000000000000000000", 0, "1000000000000000000000", Some("1e21")),
            (
                "12345678901234567890123456789012345",
                0,
                "12345678901234567890123456789012345",
                Some("123456789012345678.90123456789012345e17"),
            ),
            (
                "123456789012345678901234567890123456",
                0,
                "123456789012345678901234567890123456",
                None,
            ),
            (&largest, 0, &largest, None),
        ] {
            assert_eq!(written(amount, decimals, R4).as_deref(), Some(r4));
            let short = written(amount, decimals, R5).map(|text| text.replace("e+", "e"));
            assert_eq!(short.as_deref(), r5);
        }
        // A token may say that it has so many.
        let tiny = written("1", 255, R4).unwrap();
        assert_eq!((tiny.len(), &tiny[..3]), (257, "0.0"));
        assert_eq!(written("1", 255, R5).as_deref(), Some("1e-255"));
    }
}
