use upstream::{
    prelude::{string::String, vec, vec::Vec},
    sol::DynBytes,
};

use super::{Revert, Word};

/// A value among several, to be encoded.
#[derive(Debug)]
pub enum Part<'a> {
    /// One word.
    Word([u8; 32]),
    /// `bytes` or `string`.
    Bytes(&'a [u8]),
    /// An array of words.
    Words(Vec<[u8; 32]>),
}

/// A type that can be returned.
pub trait Encode {
    /// Whether it takes more than a word.
    const IS_DYNAMIC: bool;

    /// The value, to be encoded.
    fn part(&self) -> Part<'_>;

    /// Its word, if it takes no more.
    #[inline(always)]
    fn word(&self) -> [u8; 32] {
        [0; 32]
    }
}

impl<T: Word> Encode for T {
    const IS_DYNAMIC: bool = false;

    #[inline(always)]
    fn part(&self) -> Part<'_> {
        Part::Word(self.to_word())
    }

    #[inline(always)]
    fn word(&self) -> [u8; 32] {
        self.to_word()
    }
}

impl Encode for DynBytes {
    const IS_DYNAMIC: bool = true;

    #[inline(always)]
    fn part(&self) -> Part<'_> {
        Part::Bytes(&self.0)
    }
}

impl Encode for String {
    const IS_DYNAMIC: bool = true;

    #[inline(always)]
    fn part(&self) -> Part<'_> {
        Part::Bytes(self.as_bytes())
    }
}

impl<T: Word> Encode for Vec<T> {
    const IS_DYNAMIC: bool = true;

    #[inline(always)]
    fn part(&self) -> Part<'_> {
        Part::Words(self.iter().map(Word::to_word).collect())
    }
}

/// Encodes several values: a word for each, and behind all words the bytes of those that need more.
#[inline(never)]
pub(crate) fn encode(parts: &[Part<'_>]) -> Vec<[u8; 32]> {
    let tails = parts.iter().map(|part| match part {
        Part::Word(_) => 0,
        Part::Bytes(bytes) => bytes.len().div_ceil(32).strict_add(1),
        Part::Words(words) => words.len().strict_add(1),
    });
    let mut output = vec![[0; 32]; tails.fold(parts.len(), usize::strict_add)];
    let (heads, mut rest) = output.split_at_mut(parts.len());
    let mut position = parts.len();
    for (part, head) in parts.iter().zip(heads) {
        let (length, words) = match part {
            Part::Word(word) => {
                *head = *word;
                continue;
            }
            Part::Bytes(bytes) => (bytes.len(), bytes.len().div_ceil(32)),
            Part::Words(words) => (words.len(), words.len()),
        };
        *head = number(position.strict_mul(32));
        position = position.strict_add(words).strict_add(1);
        let Some((first, others)) = core::mem::take(&mut rest).split_first_mut() else {
            break;
        };
        *first = number(length);
        let (tail, others) = others.split_at_mut(words);
        match part {
            Part::Bytes(bytes) => {
                if let Some(place) = tail.as_flattened_mut().get_mut(..length) {
                    place.copy_from_slice(bytes);
                }
            }
            Part::Words(words) => tail.copy_from_slice(words),
            Part::Word(_) => {}
        }
        rest = others;
    }
    output
}

fn number(number: usize) -> [u8; 32] {
    // The machine has 64 bits.
    (number as u64).to_word()
}

/// What a message returns: nothing, a value, several as a tuple, or a result of these.
pub trait Answer {
    /// Does something with the encoded value. An error ends the call by itself.
    fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R;
}

impl<T: Encode> Answer for T {
    #[inline(always)]
    fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
        (self,).with_encoded_parameters(then)
    }
}

impl Answer for () {
    #[inline(always)]
    fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
        then(&[])
    }
}

impl<T: Answer, E: Revert> Answer for Result<T, E> {
    #[inline(always)]
    fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Ok(value) => value.with_encoded(then),
            Err(error) => error.revert(),
        }
    }
}

/// The parameters of an error, or those of an event that are in no topic: references to them, as a tuple.
pub trait SolParamsEncode {
    /// Encodes them.
    fn encode(&self) -> Vec<u8>;
}

impl SolParamsEncode for () {
    #[inline(always)]
    fn encode(&self) -> Vec<u8> {
        Vec::new()
    }
}

/// The parameters of an event that are in no topic.
#[inline(always)]
pub fn encode_sequence<T: SolParamsEncode>(values: &T) -> Vec<u8> {
    values.encode()
}

macro_rules! tuples {
    ($(($($Type:ident $value:ident)+))+) => {$(
        impl<$($Type: Encode),+> Answer for ($($Type,)+) {
            #[inline(always)]
            fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
                let ($($value,)+) = self;
                ($($value,)+).with_encoded_parameters(then)
            }
        }

        impl<$($Type: Encode),+> Parameters for ($(&$Type,)+) {
            #[inline(always)]
            fn with_encoded_parameters<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
                let ($($value,)+) = *self;
                if false $(|| $Type::IS_DYNAMIC)+ {
                    then(encode(&[$($value.part()),+]).as_flattened())
                } else {
                    then([$($value.word()),+].as_flattened())
                }
            }
        }

        impl<$($Type: Encode),+> SolParamsEncode for ($(&$Type,)+) {
            #[inline(always)]
            fn encode(&self) -> Vec<u8> {
                self.with_encoded_parameters(<[u8]>::to_vec)
            }
        }
    )+};
}

/// Parameters, wherever they are encoded to.
pub trait Parameters {
    /// Does something with the encoded parameters.
    fn with_encoded_parameters<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R;
}

impl Parameters for () {
    #[inline(always)]
    fn with_encoded_parameters<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
        then(&[])
    }
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
    (A a B b C c D d E e F f G g H h I i J j K k L l)
}
