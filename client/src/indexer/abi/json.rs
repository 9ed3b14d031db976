//! Event fields as JSON text, written straight into one string: every log passes through here.

use std::fmt::Write;

use alloy_core::{
    dyn_abi::DynSolValue,
    primitives::{Sign, U256},
};

/// JavaScript holds integers exactly up to 53 bits; wallets' libraries draw the line at 48.
const NUMBER_BITS: usize = 48;

/// A JSON object of these fields.
pub(super) fn object<'a>(fields: impl Iterator<Item = (&'a str, &'a DynSolValue)>) -> String {
    let mut out = String::with_capacity(512);
    out.push('{');
    for (position, (name, value)) in fields.enumerate() {
        if position > 0 {
            out.push(',');
        }
        string(name, &mut out);
        out.push(':');
        write(value, &mut out);
    }
    out.push('}');
    out
}

fn write(value: &DynSolValue, out: &mut String) {
    match value {
        DynSolValue::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        DynSolValue::Uint(value, bits) => number(*bits, out, |out| unsigned(value, out)),
        DynSolValue::Int(value, bits) => number(*bits, out, |out| {
            let (sign, magnitude) = value.into_sign_and_abs();
            if sign == Sign::Negative {
                out.push('-');
            }
            unsigned(&magnitude, out);
        }),
        DynSolValue::FixedBytes(word, size) => hex(&word[..*size], out),
        DynSolValue::Address(address) => hex(address.as_slice(), out),
        DynSolValue::Function(function) => hex(function.as_slice(), out),
        DynSolValue::Bytes(bytes) => hex(bytes, out),
        DynSolValue::String(text) => string(text, out),
        DynSolValue::Array(values) | DynSolValue::FixedArray(values) | DynSolValue::Tuple(values) => {
            out.push('[');
            for (position, value) in values.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
    }
}

fn number(bits: usize, out: &mut String, digits: impl FnOnce(&mut String)) {
    let quote = if bits > NUMBER_BITS { "\"" } else { "" };
    out.push_str(quote);
    digits(out);
    out.push_str(quote);
}

fn unsigned(value: &U256, out: &mut String) {
    // Division by ten of 256-bit numbers is slow, and amounts that need it are rare.
    let written = match u128::try_from(value) {
        Ok(small) => write!(out, "{small}"),
        Err(_) => write!(out, "{value}"),
    };
    debug_assert!(written.is_ok(), "a string takes everything");
}

fn hex(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push_str("\"0x");
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out.push('"');
}

fn string(text: &str, out: &mut String) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}
