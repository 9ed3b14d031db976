use salus_host::ReturnFlags;
use upstream::{
    prelude::{borrow::Cow, string::String, vec, vec::Vec},
    sol::DynBytes,
};

use super::{Revert, Word, revert::revert_unknown};

/// A value among several, to be encoded.
#[derive(Debug)]
pub enum Part<'a> {
    /// One word.
    Word([u8; 32]),
    /// What takes more: how many there are, and their bytes.
    Tail(usize, Cow<'a, [u8]>),
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
        Part::Tail(self.0.len(), Cow::Borrowed(&self.0))
    }
}

impl Encode for String {
    const IS_DYNAMIC: bool = true;

    #[inline(always)]
    fn part(&self) -> Part<'_> {
        Part::Tail(self.len(), Cow::Borrowed(self.as_bytes()))
    }
}

impl<T: Word> Encode for Vec<T> {
    const IS_DYNAMIC: bool = true;

    #[inline(always)]
    fn part(&self) -> Part<'_> {
        let mut words = vec![[0; 32]; self.len()];
        for (word, value) in words.iter_mut().zip(self) {
            *word = value.to_word();
        }
        Part::Tail(self.len(), Cow::Owned(words.into_flattened()))
    }
}

/// Encodes several values: a word for each, and behind all words the bytes of those that need more.
#[inline(never)]
pub(crate) fn encode(parts: &[Part<'_>]) -> Vec<[u8; 32]> {
    let sizes = parts.iter().map(|part| match part {
        Part::Word(_) => 1,
        Part::Tail(_, bytes) => words(bytes).strict_add(2),
    });
    let mut output = vec![[0; 32]; sizes.fold(0, usize::strict_add)];
    let mut end = parts.len();
    for (index, part) in parts.iter().enumerate() {
        let (head, tail) = output.split_at_mut(end);
        let Some(head) = head.get_mut(index) else { break };
        match part {
            Part::Word(word) => *head = *word,
            Part::Tail(count, bytes) => {
                *head = number(end.strict_mul(32));
                let Some((length, tail)) = tail.split_first_mut() else {
                    break;
                };
                *length = number(*count);
                if let Some(place) = tail.as_flattened_mut().get_mut(..bytes.len()) {
                    place.copy_from_slice(bytes);
                }
                end = end.strict_add(words(bytes)).strict_add(1);
            }
        }
    }
    output
}

/// How many words these are.
fn words(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(32)
}

fn number(number: usize) -> [u8; 32] {
    // The machine has 64 bits.
    (number as u64).to_word()
}

/// What a message returns: nothing, a value, several as a tuple, or a result of these.
pub trait Answer {
    /// Does something with the encoded value. An error ends the call by itself.
    fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R;

    /// Ends the call with the encoded value; with nothing, by coming back.
    #[inline(always)]
    fn finish(&self) {
        self.with_encoded(|data| salus_host::return_value(ReturnFlags::empty(), data))
    }
}

impl<T: Encode> Answer for T {
    #[inline(always)]
    fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
        (self,).with_encoded_parameters(then)
    }

    #[inline(always)]
    fn finish(&self) {
        if T::IS_DYNAMIC {
            finish_dynamic(self);
        }
        salus_host::return_value(ReturnFlags::empty(), &self.word())
    }
}

/// One for all messages that return the same type.
#[inline(never)]
fn finish_dynamic<T: Encode>(value: &T) -> ! {
    value.with_encoded(|data| salus_host::return_value(ReturnFlags::empty(), data))
}

impl Answer for () {
    #[inline(always)]
    fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
        then(&[])
    }

    #[inline(always)]
    fn finish(&self) {}
}

impl<T: Answer, E: Revert> Answer for Result<T, E> {
    #[inline(always)]
    fn with_encoded<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Ok(value) => value.with_encoded(then),
            Err(error) => revert_unknown(error),
        }
    }

    #[inline(always)]
    fn finish(&self) {
        match self {
            Ok(value) => value.finish(),
            Err(error) => revert_unknown(error),
        }
    }
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

            #[inline(always)]
            fn with_words_behind<R>(&self, first: [u8; 32], then: impl FnOnce(&[[u8; 32]]) -> R) -> R {
                let ($($value,)+) = *self;
                if false $(|| $Type::IS_DYNAMIC)+ {
                    let mut words = encode(&[$($value.part()),+]);
                    words.insert(0, first);
                    then(&words)
                } else {
                    then(&[first, $($value.word()),+])
                }
            }
        }
    )+};
}

/// The parameters of an error, or those of an event that are in no topic: references to them, as a tuple.
pub trait Parameters {
    /// Does something with the encoded parameters.
    fn with_encoded_parameters<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R;

    /// Does something with `first` and the encoded parameters behind it.
    fn with_words_behind<R>(&self, first: [u8; 32], then: impl FnOnce(&[[u8; 32]]) -> R) -> R;
}

impl Parameters for () {
    #[inline(always)]
    fn with_encoded_parameters<R>(&self, then: impl FnOnce(&[u8]) -> R) -> R {
        then(&[])
    }

    #[inline(always)]
    fn with_words_behind<R>(&self, first: [u8; 32], then: impl FnOnce(&[[u8; 32]]) -> R) -> R {
        then(&[first])
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
