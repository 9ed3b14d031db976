//! What can be wrong with an encoding.

use core::fmt;

/// What rule an encoded policy or request breaks. The number is what contracts report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum MalformedKind {
    /// The bytes end before the value does.
    UnexpectedEnd = 1,
    /// Bytes follow after the value.
    TrailingBytes = 2,
    /// The first byte is not [`super::ENCODING_VERSION`].
    UnknownVersion = 3,
    /// The base decision is none of the three that exist.
    UnknownBaseDecision = 4,
    /// A provision states a criterion that does not exist.
    UnknownCriterion = 5,
    /// A mask has a bit, or a field a number, that stands for no code.
    UnknownCode = 6,
    /// A criterion is stated and empty, which has to be written by not stating it.
    EmptyCriterion = 7,
    /// A list is not in strictly ascending order.
    UnorderedList = 8,
    /// A period ends before it begins.
    ReversedPeriod = 9,
    /// A period is open at both ends, which has to be written by not stating it.
    UnboundedPeriod = 10,
    /// A provision is longer or shorter than the length it begins with.
    WrongLength = 11,
    /// Provisions are nested deeper than [`super::MAX_DEPTH`].
    TooDeep = 12,
    /// There are more provisions than [`super::MAX_PROVISIONS`].
    TooManyProvisions = 13,
    /// A policy is longer than [`super::MAX_POLICY_BYTES`].
    TooLong = 14,
    /// A request lists more than [`super::MAX_REQUEST_ITEMS`] items of a kind.
    TooManyItems = 15,
    /// A request lists data of a meaning that it does not claim to state.
    UnstatedMeaning = 16,
}

impl MalformedKind {
    const fn text(self) -> &'static str {
        match self {
            Self::UnexpectedEnd => "the bytes end too early",
            Self::TrailingBytes => "bytes follow after the end",
            Self::UnknownVersion => "unknown encoding version",
            Self::UnknownBaseDecision => "unknown base decision",
            Self::UnknownCriterion => "unknown criterion",
            Self::UnknownCode => "a bit or number that stands for no code",
            Self::EmptyCriterion => "a criterion is stated but empty",
            Self::UnorderedList => "a list is not in strictly ascending order",
            Self::ReversedPeriod => "a period ends before it begins",
            Self::UnboundedPeriod => "a period is stated but open at both ends",
            Self::WrongLength => "a provision's length is wrong",
            Self::TooDeep => "provisions are nested too deep",
            Self::TooManyProvisions => "too many provisions",
            Self::TooLong => "the policy is too long",
            Self::TooManyItems => "the request lists too many items",
            Self::UnstatedMeaning => "a data reference has a meaning that the request does not state",
        }
    }
}

/// Bytes that are no canonical encoding, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The rule that is broken.
    pub kind: MalformedKind,
    /// How many bytes had been read when that was seen.
    pub offset: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (at byte {})", self.kind.text(), self.offset)
    }
}

impl core::error::Error for Malformed {}

/// A policy or request that has no encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A criterion lists more entries than its count, one byte, can say.
    ListTooLong {
        /// Which list.
        list: &'static str,
        /// How many entries it has.
        count: usize,
    },
    /// A provision, with what is nested in it, is longer than its length field can say.
    ProvisionTooLong,
    /// What came out would not be accepted when decoded; the offset is in the bytes that came out.
    Invalid(Malformed),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ListTooLong { list, count } => write!(formatter, "{list}: {count} entries are too many"),
            Self::ProvisionTooLong => formatter.write_str("a provision is too long"),
            Self::Invalid(malformed) => write!(formatter, "not a valid value: {malformed}"),
        }
    }
}

impl core::error::Error for EncodeError {}

impl From<Malformed> for EncodeError {
    fn from(malformed: Malformed) -> Self {
        Self::Invalid(malformed)
    }
}
