//! The host functions of pallet-revive, without anything around them.
//!
//! On PolkaVM each function is the host's. Elsewhere it panics: the host compiles contracts to read their metadata and never
//! runs a message, and contracts are tested as built code, so that nothing here imitates a chain.
#![no_std]
#![allow(
    unsafe_code,
    reason = "the host takes addresses; every function here passes those of what it borrows"
)]

// Linked for its symbols.
use salus_mem as _;

use core::mem::MaybeUninit;
use pallet_revive_uapi::ReturnErrorCode;
pub use pallet_revive_uapi::{CallFlags, ReturnFlags};

pub mod raw;

/// Storage that outlives the call.
const PERSISTENT: u32 = 0;

const CALLEE_REVERTED: u32 = ReturnErrorCode::CalleeReverted as u32;

/// What the host writes to the whole of.
#[inline(always)]
fn written<const N: usize>(write: impl FnOnce(*mut u8)) -> [u8; N] {
    let mut bytes = MaybeUninit::<[u8; N]>::uninit();
    write(bytes.as_mut_ptr().cast());
    // SAFETY: `write` is the host's, for exactly as many bytes.
    unsafe { bytes.assume_init() }
}

/// Who called.
#[inline(always)]
#[must_use]
pub fn caller() -> [u8; 20] {
    // SAFETY: twenty bytes are written.
    written(|output| unsafe { _ = raw::caller(output) })
}

/// This contract.
#[inline(always)]
#[must_use]
pub fn address() -> [u8; 20] {
    // SAFETY: twenty bytes are written.
    written(|output| unsafe { _ = raw::address(output) })
}

/// The time of the block, in seconds since the epoch.
#[inline(always)]
#[must_use]
pub fn now() -> u64 {
    // SAFETY: 32 bytes are written.
    low_half(&written(|output| unsafe { _ = raw::now(output) }))
}

/// The number of the block.
#[inline(always)]
#[must_use]
pub fn block_number() -> u64 {
    // SAFETY: 32 bytes are written.
    low_half(&written(|output| unsafe { _ = raw::block_number(output) }))
}

/// The chain id of EIP-155, lowest byte first.
#[inline(always)]
#[must_use]
pub fn chain_id() -> [u8; 32] {
    // SAFETY: 32 bytes are written.
    written(|output| unsafe { _ = raw::chain_id(output) })
}

/// How much native coin the call brought, lowest byte first.
#[inline(always)]
#[must_use]
pub fn value() -> [u8; 32] {
    // SAFETY: 32 bytes are written.
    written(|output| unsafe { _ = raw::value_transferred(output) })
}

/// Whether the call brought native coin.
#[inline(always)]
#[must_use]
pub fn is_paid() -> bool {
    let value = value();
    let (eights, _) = value.as_chunks::<8>();
    eights.iter().fold(0, |all, eight| all | u64::from_ne_bytes(*eight)) != 0
}

/// The length of the call data.
#[inline(always)]
#[must_use]
pub fn call_data_size() -> usize {
    // SAFETY: nothing is passed. The machine has 64 bits.
    unsafe { raw::call_data_size() as usize }
}

/// Fills `output` with the call data from `offset` on, and with zeros where there are none.
#[inline(always)]
pub fn call_data_copy(output: &mut [u8], offset: u32) {
    // SAFETY: as many bytes as `output` has are written.
    unsafe { raw::call_data_copy(output.as_mut_ptr(), length(output), offset) };
}

/// The call data as words, the first of which ends with the selector; zeros where there are none. The rest of the first word is
/// zero.
///
/// They are where the host wrote them to, so that nothing is loaded that nobody looks at.
#[inline(always)]
pub fn call_data_words<const N: usize>(place: &mut MaybeUninit<[[u8; 32]; N]>) -> &[[u8; 32]; N] {
    let bytes = place.as_mut_ptr().cast::<u8>();
    // SAFETY: all bytes are written: 28 here, and the others by the host.
    unsafe {
        const { assert!(N > 0) };
        bytes.cast::<[u8; 28]>().write([0; 28]);
        raw::call_data_copy(bytes.add(28), (N as u32).wrapping_mul(32).wrapping_sub(28), 0);
        place.assume_init_ref()
    }
}

/// Ends the call.
#[inline(always)]
pub fn return_value(flags: ReturnFlags, data: &[u8]) -> ! {
    // SAFETY: as many bytes as there are are read.
    unsafe { raw::seal_return(flags.bits(), data.as_ptr(), length(data)) };
    unreachable!("the host does not come back from this")
}

/// Keccak-256.
#[inline(always)]
#[must_use]
pub fn keccak256(input: &[u8]) -> [u8; 32] {
    // SAFETY: as many bytes as there are are read, and 32 written.
    written(|output| unsafe { _ = raw::hash_keccak_256(input.as_ptr(), length(input), output) })
}

/// Emits an event.
#[inline(always)]
pub fn deposit_event(topics: &[[u8; 32]], data: &[u8]) {
    // SAFETY: as many bytes as there are are read. There are at most four topics.
    unsafe { raw::deposit_event(topics.as_ptr().cast(), topics.len() as u32, data.as_ptr(), length(data)) };
}

/// The word of storage at a key of 32 bytes; zero if there is none.
#[inline(always)]
#[must_use]
pub fn get_word(key: &[u8; 32]) -> [u8; 32] {
    // SAFETY: 32 bytes are read and written.
    written(|output| unsafe { _ = raw::get_storage_or_zero(PERSISTENT, key.as_ptr(), output) })
}

/// Stores a word at a key of 32 bytes. Zero frees the entry, and its deposit.
#[inline(always)]
pub fn set_word(key: &[u8; 32], word: &[u8; 32]) {
    // SAFETY: 32 bytes are read of each.
    unsafe { raw::set_storage_or_clear(PERSISTENT, key.as_ptr(), word.as_ptr()) };
}

/// Fills `entry` with what is stored at `key`; false if there is nothing. The keys of words are others, whatever their
/// bytes are. An entry that is longer is cut off.
#[inline(always)]
pub fn get_entry(key: &[u8], entry: &mut [u8]) -> bool {
    let mut room = length(entry);
    // SAFETY: no more bytes are written than `entry` has.
    let code = unsafe { raw::get_storage(PERSISTENT, key.as_ptr(), length(key), entry.as_mut_ptr(), &raw mut room) };
    code as u32 == 0
}

/// Stores an entry of at most 416 bytes at a key of at most 128. There is no way to free it.
#[inline(always)]
pub fn set_entry(key: &[u8], entry: &[u8]) {
    // SAFETY: as many bytes as there are are read.
    unsafe { raw::set_storage(PERSISTENT, key.as_ptr(), length(key), entry.as_ptr(), length(entry)) };
}

/// The part of `output` that was filled with the contract's immutable data.
#[inline(always)]
pub fn immutable_data(output: &mut [u8]) -> &[u8] {
    let mut room = length(output);
    // SAFETY: no more bytes are written than `output` has.
    unsafe { raw::get_immutable_data(output.as_mut_ptr(), &raw mut room) };
    output.get(..room as usize).unwrap_or_default()
}

/// Sets the contract's immutable data. In the constructor, once.
#[inline(always)]
pub fn set_immutable_data(data: &[u8]) {
    // SAFETY: as many bytes as there are are read.
    unsafe { raw::set_immutable_data(data.as_ptr(), length(data)) };
}

/// The length of the code at an address: zero for accounts without code.
#[inline(always)]
#[must_use]
pub fn code_size(address: &[u8; 20]) -> u64 {
    // SAFETY: twenty bytes are read.
    unsafe { raw::code_size(address.as_ptr()) }
}

/// How a call of another contract ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// As it should.
    Returned,
    /// The callee refused; it may have said why.
    Reverted,
    /// It got nowhere, or broke.
    Failed,
}

/// Calls `callee` with all remaining weight and without native coin. What comes back fills `output`, which is cut to it;
/// it is left as it was if the call got nowhere.
#[inline(always)]
pub fn call(flags: CallFlags, callee: &[u8; 20], input: &[u8], output: &mut &mut [u8]) -> Called {
    call_with(flags, callee, &[0; 32], input, output)
}

/// Sends `value` of native coin, lowest byte first, to an account; if it is a contract, it is called with all remaining weight, and may
/// not call back.
#[inline(always)]
pub fn send(to: &[u8; 20], value: &[u8; 32]) -> Called {
    call_with(CallFlags::empty(), to, value, &[], &mut [].as_mut_slice())
}

#[inline(always)]
fn call_with(flags: CallFlags, callee: &[u8; 20], value: &[u8; 32], input: &[u8], output: &mut &mut [u8]) -> Called {
    let mut room = length(output);
    let input = packed(length(input), input.as_ptr());
    let output_data = packed(&raw mut room as u32, output.as_ptr());
    // SAFETY: addresses have 32 bits on this machine; no more bytes are written than `output` has.
    let code = unsafe {
        raw::call_evm(
            flags.bits(),
            callee.as_ptr() as u64,
            value.as_ptr() as u64,
            u64::MAX,
            input,
            output_data,
        )
    };
    let returned = core::mem::take(output);
    *output = returned.get_mut(..room as usize).unwrap_or_default();
    match code as u32 {
        0 => Called::Returned,
        CALLEE_REVERTED => Called::Reverted,
        _ => Called::Failed,
    }
}

/// Ends the call and undoes all that it did, without a reason.
#[cold]
#[inline(never)]
pub fn revert() -> ! {
    return_value(ReturnFlags::REVERT, &[])
}

/// Two numbers in one register: the one of the upper half, and an address.
#[inline(always)]
fn packed(upper: u32, address: *const u8) -> u64 {
    (u64::from(upper) << 32) | address as u64
}

/// Nothing here is as long as 4 GiB.
#[inline(always)]
fn length(bytes: &[u8]) -> u32 {
    bytes.len() as u32
}

#[inline(always)]
fn low_half(word: &[u8; 32]) -> u64 {
    let [half, ..] = word.as_chunks::<8>().0 else {
        return 0;
    };
    u64::from_le_bytes(*half)
}
