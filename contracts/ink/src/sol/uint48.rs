use upstream::sol::Error;

use super::{SolDecode, Word, word};

/// Solidity's `uint48`, which is enough for times, and what OpenZeppelin keeps them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uint48(pub u64);

const NAME: &str = "uint48";

impl Uint48 {
    fn new(value: u64) -> Option<Self> {
        (value >> 48 == 0).then_some(Self(value))
    }
}

impl Word for Uint48 {
    #[inline(always)]
    fn to_word(&self) -> [u8; 32] {
        self.0.to_word()
    }

    #[inline(always)]
    fn from_word(word: &[u8; 32]) -> Option<Self> {
        let [a, b, c, d, e, f] = word::from_right(word)?;
        Some(Self(u64::from_be_bytes([0, 0, a, b, c, d, e, f])))
    }
}

impl SolDecode for Uint48 {
    type SolType = u64;

    const SOL_NAME: &'static str = NAME;

    fn decode(data: &[u8]) -> Result<Self, Error> {
        <(Self,) as super::SolParamsDecode>::decode(data).map(|(value,)| value)
    }

    fn from_sol_type(value: u64) -> Result<Self, Error> {
        Self::new(value).ok_or(Error)
    }
}

/// What ink! asks for to describe errors, events and what a message returns.
impl upstream::SolEncode<'_> for Uint48 {
    type SolType = u64;

    const SOL_NAME: &'static str = NAME;

    fn to_sol_type(&self) -> u64 {
        self.0
    }
}

/// As above, for the arguments.
impl upstream::SolDecode for Uint48 {
    type SolType = u64;

    const SOL_NAME: &'static str = NAME;

    fn from_sol_type(value: u64) -> Result<Self, Error> {
        <Self as SolDecode>::from_sol_type(value)
    }
}
