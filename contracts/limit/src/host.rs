//! The host functions of pallet-revive that the yardsticks use, on their words.
#![allow(
    unsafe_code,
    reason = "the host takes addresses; every function here passes those of what it borrows"
)]

use crate::Word;
use core::mem::MaybeUninit;
use salus_host::raw;

/// How a call ends that undoes what it did.
const REVERT: u32 = 1;
/// Storage that outlives the call.
const PERSISTENT: u32 = 0;
/// A call that may not come back into this contract.
const NO_REENTRY: u32 = 0;

/// Writes this contract's address to the last twenty bytes of `word`.
#[inline(always)]
pub fn address(word: &mut Word) {
    // SAFETY: twenty bytes are written.
    unsafe { raw::address(word.0[12..].as_mut_ptr()) };
}

/// Writes the caller to the last twenty bytes of `word`.
#[inline(always)]
pub fn caller(word: &mut Word) {
    // SAFETY: twenty bytes are written.
    unsafe { raw::caller(word.0[12..].as_mut_ptr()) };
}

/// Fills `output` with the call data from `offset` on, and with zeros where there are none.
#[inline(always)]
pub fn call_data_copy(output: &mut [u8], offset: u32) {
    // SAFETY: as many bytes as `output` has are written.
    unsafe { raw::call_data_copy(output.as_mut_ptr(), output.len() as u32, offset) };
}

/// The length of the call data.
#[inline(always)]
#[must_use]
pub fn call_data_size() -> u64 {
    // SAFETY: nothing is passed.
    unsafe { raw::call_data_size() }
}

/// Calls the precompile whose address is in the last twenty bytes of `callee`, with all gas and no coin. `output` is left
/// alone where nothing is answered; how many bytes are, is answered here.
#[inline(always)]
pub fn call_precompile(callee: &Word, no_value: &Word, input: &[u8], output: &mut Word) -> u32 {
    let mut length = 32;
    let callee = callee.0[12..].as_ptr() as u64;
    let input = (input.len() as u64) << 32 | input.as_ptr() as u64;
    let output = (&raw mut length as u64) << 32 | output.0.as_mut_ptr() as u64;
    // SAFETY: addresses have 32 bits on this machine; at most `length` bytes of output are written.
    unsafe { raw::call_evm(NO_REENTRY, callee, no_value.0.as_ptr() as u64, u64::MAX, input, output) };
    length
}

/// The chain's id (EIP-155), lowest byte first.
#[inline(always)]
pub fn chain_id(output: &mut MaybeUninit<Word>) -> &Word {
    // SAFETY: 32 bytes are written.
    unsafe {
        raw::chain_id(output.as_mut_ptr().cast());
        output.assume_init_ref()
    }
}

/// Emits an event.
#[inline(always)]
pub fn deposit_event(topics: &[Word], data: &[Word]) {
    let length = (data.len() as u32).wrapping_mul(32);
    // SAFETY: as many bytes as there are are read.
    unsafe {
        raw::deposit_event(
            topics.as_ptr().cast(),
            topics.len() as u32,
            data.as_ptr().cast(),
            length,
        )
    };
}

/// Reads what was set at deployment.
#[inline(always)]
pub fn get_immutable_data(output: &mut [u8]) {
    let mut length = output.len() as u32;
    // SAFETY: no more bytes are written than `output` has.
    unsafe { raw::get_immutable_data(output.as_mut_ptr(), &raw mut length) };
}

/// Reads an entry under a key of any length up to 128 bytes; `output` is left alone where there is none.
#[inline(always)]
pub fn get_storage(key: &[u8], output: &mut Word) {
    let mut length = 32;
    // SAFETY: no more than 32 bytes are written.
    unsafe {
        raw::get_storage(
            PERSISTENT,
            key.as_ptr(),
            key.len() as u32,
            output.0.as_mut_ptr(),
            &raw mut length,
        )
    };
}

/// Reads the slot `key`; zero where there is none.
#[inline(always)]
pub fn get_storage_or_zero<'o>(key: &Word, output: &'o mut MaybeUninit<Word>) -> &'o mut Word {
    // SAFETY: 32 bytes are read and written.
    unsafe {
        raw::get_storage_or_zero(PERSISTENT, key.0.as_ptr(), output.as_mut_ptr().cast());
        output.assume_init_mut()
    }
}

/// Reads the slot `key` to where something else was; zero where there is none.
#[inline(always)]
pub fn get_storage_or_zero_to(key: &Word, output: &mut Word) {
    // SAFETY: 32 bytes are read and written.
    unsafe { raw::get_storage_or_zero(PERSISTENT, key.0.as_ptr(), output.0.as_mut_ptr()) };
}

/// Keccak-256, to the first 32 bytes of `output`, of which there are as many.
#[inline(always)]
pub fn keccak256(input: &[u8], output: &mut [u8]) {
    let output = &mut output[..32];
    // SAFETY: 32 bytes are written.
    unsafe { raw::hash_keccak_256(input.as_ptr(), input.len() as u32, output.as_mut_ptr()) };
}

/// The time of the block in seconds, lowest byte first.
#[inline(always)]
pub fn now(output: &mut MaybeUninit<Word>) -> &Word {
    // SAFETY: 32 bytes are written.
    unsafe {
        raw::now(output.as_mut_ptr().cast());
        output.assume_init_ref()
    }
}

/// Ends the call.
#[inline(always)]
pub fn answer(word: &Word) -> ! {
    finish(0, &word.0)
}

/// Ends the call, undoes what it did, and says why.
#[inline(always)]
pub fn revert(reason: &[u8]) -> ! {
    finish(REVERT, reason)
}

/// Ends the call, undoes what it did, and says why: the last four bytes of `word` and what is behind it, `length` bytes in all.
///
/// There are as many.
#[inline(always)]
pub fn revert_from(word: &Word, length: u32) -> ! {
    finish_with(REVERT, word.0[28..].as_ptr(), length)
}

#[inline(always)]
fn finish(flags: u32, data: &[u8]) -> ! {
    finish_with(flags, data.as_ptr(), data.len() as u32)
}

#[inline(always)]
fn finish_with(flags: u32, data: *const u8, length: u32) -> ! {
    // SAFETY: as many bytes as there are are read.
    unsafe { raw::seal_return(flags, data, length) };
    unreachable!("the host does not come back from this")
}

/// Sets what [`get_immutable_data`] reads, at deployment.
#[inline(always)]
pub fn set_immutable_data(data: &[u8]) {
    // SAFETY: as many bytes as there are are read.
    unsafe { raw::set_immutable_data(data.as_ptr(), data.len() as u32) };
}

/// Writes an entry under a key of any length up to 128 bytes.
#[inline(always)]
pub fn set_storage(key: &[u8], value: &Word) {
    // SAFETY: as many bytes as there are are read.
    unsafe { raw::set_storage(PERSISTENT, key.as_ptr(), key.len() as u32, value.0.as_ptr(), 32) };
}

/// Writes the slot `key`, or removes it if `value` is zero.
#[inline(always)]
pub fn set_storage_or_clear(key: &Word, value: &Word) {
    // SAFETY: 32 bytes are read of each.
    unsafe { raw::set_storage_or_clear(PERSISTENT, key.0.as_ptr(), value.0.as_ptr()) };
}

/// The coin that came with the call, lowest byte first.
#[inline(always)]
pub fn value_transferred(output: &mut MaybeUninit<Word>) -> &Word {
    // SAFETY: 32 bytes are written.
    unsafe {
        raw::value_transferred(output.as_mut_ptr().cast());
        output.assume_init_ref()
    }
}
