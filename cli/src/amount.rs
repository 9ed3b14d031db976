//! Amounts as people write them: digits with a point.

use std::fmt;

use alloy_core::primitives::{
    U256,
    utils::{ParseUnits, format_units, parse_units},
};

use serde::Serialize;

use salus_client::error::Error;

/// The decimals of the native coin as contracts and wallets see it.
pub(super) const NATIVE_DECIMALS: u8 = 18;

/// Reads `12.5` with this many digits behind the point at most.
pub(super) fn parse(text: &str, decimals: u8) -> Result<U256, Error> {
    let refuse = |reason: &str| Error::Usage(format!("`{text}` is no amount: {reason}"));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || digits + text.bytes().filter(|byte| *byte == b'.').count() != text.len() {
        return Err(refuse("write digits with at most one point, such as 12.5"));
    }
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    // More digits would be cut off silently.
    if fraction.len() > usize::from(decimals) {
        return Err(refuse(&format!("at most {decimals} digits may stand behind the point")));
    }
    match parse_units(text, decimals) {
        Ok(ParseUnits::U256(value)) => Ok(value),
        Ok(ParseUnits::I256(_)) => Err(refuse("it is negative")),
        Err(error) => Err(refuse(&error.to_string())),
    }
}

/// Writes an amount without zeros at its end.
fn format(value: U256, decimals: u8) -> String {
    let text = format_units(value, decimals).unwrap_or_else(|_| value.to_string());
    match text.split_once('.') {
        Some((_, fraction)) if !fraction.is_empty() => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        _ => text,
    }
}

/// An amount for programs (in the smallest unit) and for people.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Amount {
    smallest_unit: String,
    amount: String,
    symbol: String,
}

impl Amount {
    /// An amount of a coin with this many digits behind the point.
    pub(super) fn new(value: U256, decimals: u8, symbol: String) -> Self {
        Self {
            smallest_unit: value.to_string(),
            amount: format(value, decimals),
            symbol,
        }
    }

    /// The same with a minus before it.
    pub(super) fn negative(&self) -> Self {
        Self {
            smallest_unit: format!("-{}", self.smallest_unit),
            amount: format!("-{}", self.amount),
            symbol: self.symbol.clone(),
        }
    }

    /// The digits alone.
    pub(super) fn number(&self) -> &str {
        &self.amount
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(parse("12.5", 6).unwrap(), U256::from(12_500_000));
        assert_eq!(parse("0.000001", 6).unwrap(), U256::from(1));
        assert_eq!(parse("7", 0).unwrap(), U256::from(7));
        for bad in ["", "-1", "+1", "1,5", "1e3", "1.2.3", "0.0000001", "0x10"] {
            assert!(parse(bad, 6).is_err(), "{bad}");
        }
    }

    #[test]
    fn amounts_are_written_shortly() {
        assert_eq!(format(U256::from(12_500_000), 6), "12.5");
        assert_eq!(format(U256::from(1_000_000), 6), "1");
        assert_eq!(format(U256::ZERO, 6), "0");
        assert_eq!(format(U256::from(100), 0), "100");
    }
}
