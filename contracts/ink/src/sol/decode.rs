use upstream::{
    Address, H256, U256,
    prelude::{string::String, vec::Vec},
    sol::{DynBytes, Error, FixedBytes},
};

use super::Word;

/// One argument of a message.
pub trait Argument: Sized {
    /// How many words it takes, beside what these point to.
    const WORDS: usize = 1;

    /// Whether its word points to where it is.
    const IS_DYNAMIC: bool = true;

    /// Decodes it: `words` begin with its own of the `arguments`, which are all there are.
    fn decode_argument(words: &[[u8; 32]], arguments: &[u8]) -> Option<Self>;
}

impl<T: Word> Argument for T {
    const IS_DYNAMIC: bool = false;

    #[inline(always)]
    fn decode_argument(words: &[[u8; 32]], _: &[u8]) -> Option<Self> {
        T::from_word(words.first()?)
    }
}

impl Argument for DynBytes {
    #[inline(never)]
    fn decode_argument(words: &[[u8; 32]], arguments: &[u8]) -> Option<Self> {
        let (length, tail) = tail(words.first()?, arguments)?;
        tail.get(..length).map(|bytes| Self(bytes.to_vec()))
    }
}

impl Argument for String {
    fn decode_argument(words: &[[u8; 32]], arguments: &[u8]) -> Option<Self> {
        Self::from_utf8(DynBytes::decode_argument(words, arguments)?.0).ok()
    }
}

/// An argument that points to nothing, so that several of them are in a row.
pub trait Static: Argument {}

impl<T: Word> Static for T {}

impl<T: Static> Argument for Vec<T> {
    fn decode_argument(words: &[[u8; 32]], arguments: &[u8]) -> Option<Self> {
        let (length, tail) = tail(words.first()?, arguments)?;
        let words = tail.as_chunks().0.get(..length.checked_mul(T::WORDS)?)?;
        words
            .chunks_exact(T::WORDS)
            .map(|words| T::decode_argument(words, &[]))
            .collect()
    }
}

/// Solidity's `bytes[]`: what the items' words point to is counted from the first of these words.
impl Argument for Vec<DynBytes> {
    #[inline(never)]
    fn decode_argument(words: &[[u8; 32]], arguments: &[u8]) -> Option<Self> {
        let (length, items) = tail(words.first()?, arguments)?;
        let words = items.as_chunks().0.get(..length)?;
        words
            .iter()
            .map(|word| DynBytes::decode_argument(core::slice::from_ref(word), items))
            .collect()
    }
}

/// Where `word` points to: a length, and what follows it.
fn tail<'a>(word: &[u8; 32], arguments: &'a [u8]) -> Option<(usize, &'a [u8])> {
    let start = u32::from_word(word)?;
    let (length, tail) = arguments.get(usize::try_from(start).ok()?..)?.split_first_chunk()?;
    Some((usize::try_from(u32::from_word(length)?).ok()?, tail))
}

/// What the only argument of a message, or the fields of an event, are decoded from.
///
/// ink!'s derive macros implement it by the methods of ink!'s own trait.
pub trait SolDecode: Sized {
    /// ink!'s type for the same.
    type SolType: upstream::SolDecode;

    /// The type's name in Solidity.
    const SOL_NAME: &'static str = <Self::SolType as upstream::SolDecode>::SOL_NAME;

    /// Decodes a value.
    ///
    /// # Errors
    /// If `data` are too short, or too large for the type.
    fn decode(data: &[u8]) -> Result<Self, Error> {
        <Self::SolType as upstream::SolDecode>::decode(data).and_then(Self::from_sol_type)
    }

    /// The value of ink!'s type for it.
    ///
    /// # Errors
    /// If it is none.
    fn from_sol_type(value: Self::SolType) -> Result<Self, Error>;
}

macro_rules! arguments {
    ($([$($generics:tt)*] $Type:ty)+) => {$(
        impl<$($generics)*> SolDecode for $Type
        where
            Self: upstream::SolDecode,
        {
            type SolType = Self;

            #[inline(always)]
            fn decode(data: &[u8]) -> Result<Self, Error> {
                <(Self,)>::decode(data).map(|(value,)| value)
            }

            fn from_sol_type(value: Self) -> Result<Self, Error> {
                Ok(value)
            }
        }
    )+};
}

arguments! {
    [] bool
    [] u8
    [] u16
    [] u32
    [] u64
    [] u128
    [] U256
    [] H256
    [] Address
    [const N: usize] FixedBytes<N>
    [] DynBytes
    [] String
    [T: Static] Vec<T>
    [] Vec<DynBytes>
}

/// The arguments of a message, as a tuple.
pub trait SolParamsDecode: Sized {
    /// How many words they take, beside what these point to.
    const WORDS: usize;

    /// Whether some of these words point to more.
    const IS_DYNAMIC: bool;

    /// Decodes them: `words` are theirs, with or without more behind, and `data` all that can be pointed to. Bytes that nothing
    /// points to are ignored. `None` if anything is missing, or too large for a type.
    fn decode_words(words: &[[u8; 32]], data: &[u8]) -> Option<Self>;

    /// Decodes them.
    ///
    /// # Errors
    /// If `data` are too short, or too large for a type.
    #[inline(always)]
    fn decode(data: &[u8]) -> Result<Self, Error> {
        Self::decode_words(data.as_chunks().0, data).ok_or(Error)
    }
}

impl SolParamsDecode for () {
    const WORDS: usize = 0;
    const IS_DYNAMIC: bool = false;

    #[inline(always)]
    fn decode_words(_: &[[u8; 32]], _: &[u8]) -> Option<Self> {
        Some(())
    }
}

macro_rules! tuples {
    ($(($($Type:ident $word:ident)+))+) => {$(
        impl<$($Type: Argument),+> SolParamsDecode for ($($Type,)+) {
            const WORDS: usize = 0usize$(.strict_add($Type::WORDS))+;
            const IS_DYNAMIC: bool = false $(|| $Type::IS_DYNAMIC)+;

            #[inline(always)]
            fn decode_words(words: &[[u8; 32]], data: &[u8]) -> Option<Self> {
                $(let ($word, words) = words.split_at_checked($Type::WORDS)?;)+
                let _ = words;
                Some(($($Type::decode_argument($word, data)?,)+))
            }
        }
    )+};
}

tuples! {
    (A a)
    (A a B b)
    (A a B b C c)
    (A a B b C c D d)
    (A a B b C c D d E e)
    (A a B b C c D d E e F f)
    (A a B b C c D d E e F f G g)
    (A a B b C c D d E e F f G g H h)
    (A a B b C c D d E e F f G g H h I i)
    (A a B b C c D d E e F f G g H h I i J j)
    (A a B b C c D d E e F f G g H h I i J j K k)
}
