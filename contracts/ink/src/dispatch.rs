//! From call data to a message, and from what it returns to the end of the call. `#[ink::contract]` writes calls of these.

pub use upstream::{contract as ink_contract, polkavm_export as export};

use core::mem::MaybeUninit;
use upstream::prelude::vec;

use crate::sol::{Revert, SolParamsDecode};

/// A call: its selector, and room for `N - 1` arguments.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a, const N: usize>(&'a [[u8; 32]; N]);

/// The largest of these numbers of words.
#[must_use]
pub const fn longest(mut words: &[usize]) -> usize {
    let mut longest = 0;
    while let [first, rest @ ..] = words {
        if *first > longest {
            longest = *first;
        }
        words = rest;
    }
    longest
}

/// Where the words of a call are.
pub type Place<const N: usize> = MaybeUninit<[[u8; 32]; N]>;

impl<'a, const N: usize> Call<'a, N> {
    /// The call that is.
    #[inline(always)]
    #[must_use]
    pub fn read(place: &'a mut Place<N>) -> Self {
        Self(salus_host::call_data_words(place))
    }

    /// The call that `data` are; what they have more than there is room for is left out.
    #[must_use]
    pub fn of(data: &[u8], place: &'a mut [[u8; 32]; N]) -> Self {
        let words = place.as_flattened_mut();
        let size = data.len().min(words.len().saturating_sub(SELECTOR_AT));
        if let (Some(to), Some(from)) = (
            words.get_mut(SELECTOR_AT..SELECTOR_AT.saturating_add(size)),
            data.get(..size),
        ) {
            to.copy_from_slice(from);
        }
        Self(place)
    }

    /// The selector, as it is loaded.
    #[inline(always)]
    #[must_use]
    pub fn selector(&self) -> u32 {
        let [word, ..] = self.0.as_slice() else { return 0 };
        word.last_chunk().map_or(0, |selector| u32::from_ne_bytes(*selector))
    }

    /// The arguments of the message with this selector. Reverts if there are none such.
    #[inline(always)]
    pub fn arguments<T: SolParamsDecode, const SELECTOR: u32>(&self) -> T {
        if T::IS_DYNAMIC {
            return from_all(salus_host::call_data_size(), SELECTOR_SIZE);
        }
        let words = self.0.get(1..).unwrap_or_default();
        match T::decode_words(words, &[]) {
            Some(arguments) if is_whole::<SELECTOR>(T::WORDS) => arguments,
            _ => salus_host::revert(),
        }
    }
}

/// Whether the call data are as long as a message with so many arguments takes. Call data that are cut short end with zeros here;
/// so where there are no arguments and the selector does not end with a zero, it tells by itself that it is whole.
#[inline(always)]
fn is_whole<const SELECTOR: u32>(words: usize) -> bool {
    if words == 0 && SELECTOR.to_ne_bytes()[3] != 0 {
        return true;
    }
    salus_host::call_data_size() >= words.saturating_mul(32).saturating_add(SELECTOR_SIZE)
}

/// The length of a selector.
const SELECTOR_SIZE: usize = 4;

/// Where a selector is in its word.
const SELECTOR_AT: usize = 32 - SELECTOR_SIZE;

/// A message that can be signed by one and sent by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signable {
    /// The hash of its type (EIP-712): its name with a capital, its parameters, `uint256 nonce`, `uint256 deadline`.
    pub type_hash: [u8; 32],
    /// How many bytes a call of it has: a selector, and a word for each argument.
    pub size: usize,
}

/// The arguments of the constructor. Reverts if there are none such.
#[inline(always)]
pub fn constructor_arguments<T: SolParamsDecode>() -> T {
    if T::WORDS == 0 {
        return T::decode_words(&[], &[]).unwrap_or_else(|| salus_host::revert());
    }
    from_all(salus_host::call_data_size(), 0)
}

/// Decodes arguments from all call data behind `offset`, wherever they point to.
#[inline(always)]
fn from_all<T: SolParamsDecode>(size: usize, offset: usize) -> T {
    let mut data = vec![0; size.saturating_sub(offset)];
    // No more than one word.
    salus_host::call_data_copy(&mut data, offset as u32);
    T::decode_words(data.as_chunks().0, &data).unwrap_or_else(|| salus_host::revert())
}

/// Reverts if the call brought native coin.
#[inline(always)]
pub fn deny_coin() {
    if salus_host::is_paid() {
        salus_host::revert();
    }
}

/// What was created. Reverts if nothing was.
#[inline(always)]
pub fn or_revert<T, E: Revert>(created: Result<T, E>) -> T {
    created.unwrap_or_else(|error| error.revert())
}

/// Reverts without a reason, as Solidity does.
#[inline(always)]
pub fn no_such_message() {
    salus_host::revert();
}
