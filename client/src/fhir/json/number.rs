//! Numbers, and whether a double holds them.

use serde_json::Number;

use super::{JsonErrorKind, Parsed, Parser};

impl Parser<'_> {
    pub(super) fn number(&mut self) -> Parsed<Number> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        exact(text).ok_or_else(|| {
            self.at = start;
            JsonErrorKind::InexactNumber
        })
    }

    /// One digit or more.
    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err(self.unexpected())
        } else {
            Ok(())
        }
    }
}

/// The number that a JSON number's text stands for, if a double stands for the same one: if the shortest decimal that
/// reads back as that double (the one that RFC 8785 writes) is the very number in the text, trailing zeros apart.
fn exact(text: &str) -> Option<Number> {
    let double: f64 = text.parse().ok()?;
    // Not `{double:e}`: where two decimals of the same length are equally close, Rust and ECMAScript may take different ones.
    let written = serde_json_canonicalizer::to_string(&double).ok()?;
    if Decimal::of(text)? != Decimal::of(&written)? {
        return None;
    }
    if double == 0.0 {
        return Some(Number::from(0));
    }
    match text.parse::<i64>() {
        Ok(integer) => Some(Number::from(integer)),
        Err(_) => Number::from_f64(double),
    }
}

/// `±digits × 10^exponent` with neither leading nor trailing zeros; zero has no digits, no sign and no exponent.
#[derive(PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// `None` for an exponent beyond all doubles.
    fn of(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (mantissa, is_negative) = match mantissa.strip_prefix('-') {
            Some(positive) => (positive, true),
            None => (mantissa, false),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        let trimmed = all.len() - digits.len();
        let digits = digits.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self {
                is_negative: false,
                digits,
                exponent: 0,
            });
        }
        let shift = i64::try_from(trimmed).ok()? - i64::try_from(fraction.len()).ok()?;
        Some(Self {
            is_negative,
            digits,
            exponent: exponent.parse::<i64>().ok()?.checked_add(shift)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::exact;

    #[test]
    fn a_number_that_a_double_holds_is_accepted_however_it_is_written() {
        for text in [
            "0",
            "-0",
            "-0.0",
            "0e99999999999999999999",
            "1.50",
            "0.1",
            "150e-2",
            "1E30",
            "9007199254740992",
            "9007199254740994",
            "100000000000000000000000",
            "5e-324",
            "1.7976931348623157e308",
            "-71.10748123442382",
            "1424953923781206.2",
        ] {
            assert!(exact(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_number_that_would_come_out_as_another_one_is_refused() {
        for text in [
            "9007199254740993",
            "0.1000000000000000055511151231257827",
            "1e309",
            "-1e400",
            "1e-400",
            "1e-99999999999999999999",
            "333333333.33333329",
            "123456789012345678901234567890",
            "3e-324",
        ] {
            assert!(exact(text).is_none(), "{text}");
        }
    }
}
