use upstream::{
    prelude::{borrow::Cow, string::String, vec::Vec},
    sol::{DynBytes, Error},
};

use super::{Argument, Encode, Part, SolDecode};

/// Solidity's `string`, which is bytes that nobody looks into. A Rust `String` is looked into, and the code that does it is
/// paid for at every call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub Vec<u8>);

impl Argument for Text {
    fn decode_argument(words: &[[u8; 32]], arguments: &[u8]) -> Option<Self> {
        DynBytes::decode_argument(words, arguments).map(|bytes| Self(bytes.0))
    }
}

impl SolDecode for Text {
    type SolType = String;

    fn decode(data: &[u8]) -> Result<Self, Error> {
        <(Self,) as super::SolParamsDecode>::decode(data).map(|(text,)| text)
    }

    fn from_sol_type(value: String) -> Result<Self, Error> {
        Ok(Self(value.into_bytes()))
    }
}

impl Encode for Text {
    const IS_DYNAMIC: bool = true;

    #[inline(always)]
    fn part(&self) -> Part<'_> {
        Part::Tail(self.0.len(), Cow::Borrowed(&self.0))
    }
}

/// What ink! asks for to describe what a message returns.
impl<'a> upstream::SolEncode<'a> for Text {
    type SolType = &'a str;

    fn to_sol_type(&'a self) -> &'a str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// As above, for the arguments.
impl upstream::SolDecode for Text {
    type SolType = String;

    fn from_sol_type(value: String) -> Result<Self, Error> {
        <Self as SolDecode>::from_sol_type(value)
    }
}
