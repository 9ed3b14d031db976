//! Call data, held to the types that they are read as.
//!
//! ink! reads call data that are cut short as if zeros followed, and drops the bits of a number or an address that do not fit
//! its type: a purpose of 256 would be read as 0. Solidity reverts on both, and so does every message that begins with
//! [`check_arguments`].

use crate::chain;
use ink::{
    Address, H256, U256,
    prelude::{string::String, vec::Vec},
    sol::{DynBytes, FixedBytes},
};

/// Reverts without a reason, as Solidity does, if the call data are too short for the `arguments` of a message, or have a
/// number or an address in them that is too large for its type. What follows the arguments is ignored.
pub fn check_arguments<T: Arguments>(arguments: &T) {
    const SELECTOR_SIZE: usize = 4;
    check(T::WIDTHS, arguments.tail(), SELECTOR_SIZE);
}

/// [`check_arguments`] of a constructor, which has no selector.
pub fn check_constructor_arguments<T: Arguments>(arguments: &T) {
    check(T::WIDTHS, arguments.tail(), 0);
}

/// The arguments of a message, as a tuple.
pub trait Arguments {
    /// How many bytes of each word count, from its end; those before are zero.
    const WIDTHS: &'static [usize];

    /// How many bytes follow the words: what is dynamic.
    fn tail(&self) -> usize;
}

/// One argument. In the call data it has a word of its own, and if it is dynamic, more bytes behind all words.
pub trait Argument {
    /// How many bytes of the word count.
    const WIDTH: usize = WORD;

    /// How many bytes are behind the words.
    fn tail(&self) -> usize {
        0
    }
}

const WORD: usize = 32;

impl Argument for u8 {
    const WIDTH: usize = 1;
}

impl Argument for u32 {
    const WIDTH: usize = 4;
}

impl Argument for u64 {
    const WIDTH: usize = 8;
}

impl Argument for Address {
    const WIDTH: usize = 20;
}

impl Argument for U256 {}

impl Argument for H256 {}

impl<const N: usize> Argument for FixedBytes<N> {}

impl Argument for DynBytes {
    fn tail(&self) -> usize {
        self.0.len().saturating_add(WORD)
    }
}

impl Argument for String {
    fn tail(&self) -> usize {
        self.len().saturating_add(WORD)
    }
}

impl Argument for Vec<H256> {
    fn tail(&self) -> usize {
        self.len().saturating_add(1).saturating_mul(WORD)
    }
}

macro_rules! tuples {
    ($(($($Type:ident $index:tt)+))+) => {$(
        impl<$($Type: Argument),+> Arguments for ($($Type,)+) {
            const WIDTHS: &'static [usize] = &[$($Type::WIDTH),+];

            fn tail(&self) -> usize {
                0usize$(.saturating_add(self.$index.tail()))+
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 E 4)
    (A 0 B 1 C 2 D 3 E 4 F 5)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6)
}

/// Called from every message, and small code is cheap code: so it is not repeated in each.
#[inline(never)]
fn check(widths: &[usize], tail: usize, start: usize) {
    // No sum here comes near the largest number: ink! reads no more than its buffer of call data.
    let mut position = start;
    let mut fits = true;
    for width in widths {
        let mut ahead = [0u8; WORD];
        let ahead = &mut ahead[..WORD.saturating_sub(*width)];
        if !ahead.is_empty() {
            chain::call_data_copy(ahead, position);
            fits &= ahead.iter().all(|byte| *byte == 0);
        }
        position = position.saturating_add(WORD);
    }
    if !fits || chain::call_data_size() < position.saturating_add(tail) {
        chain::revert();
    }
}
