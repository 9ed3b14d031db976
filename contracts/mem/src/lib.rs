//! `memcpy` and its kin for a machine on which an instruction costs the same whatever it does, and memory may be accessed
//! at any address. The ones that come with Rust bring addresses to multiples of eight first, byte by byte.
#![no_std]
// Otherwise the compiler would find that these loops are a `memcpy`, and call it.
#![no_builtins]
#![cfg(target_arch = "riscv64")]
#![allow(unsafe_code, reason = "this is what the compiler's own copies are made of")]

const WORD: usize = size_of::<u64>();
const BLOCK: usize = WORD * 4;

/// Copies `count` bytes to where they do not overlap.
///
/// # Safety
/// As C has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy(target: *mut u8, source: *const u8, count: usize) -> *mut u8 {
    let (mut to, mut from, mut left) = (target, source, count);
    // SAFETY: no more than `count` bytes are read and written, all of which the caller may.
    unsafe {
        while left >= BLOCK {
            let block = from.cast::<[u64; 4]>().read_unaligned();
            to.cast::<[u64; 4]>().write_unaligned(block);
            (to, from, left) = (to.add(BLOCK), from.add(BLOCK), left.wrapping_sub(BLOCK));
        }
        while left >= WORD {
            to.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned());
            (to, from, left) = (to.add(WORD), from.add(WORD), left.wrapping_sub(WORD));
        }
        while left > 0 {
            to.write(from.read());
            (to, from, left) = (to.add(1), from.add(1), left.wrapping_sub(1));
        }
    }
    target
}

/// Sets `count` bytes to the lowest byte of `value`.
///
/// # Safety
/// As C has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset(target: *mut u8, value: i32, count: usize) -> *mut u8 {
    let [byte, ..] = value.to_le_bytes();
    let word = u64::from_ne_bytes([byte; WORD]);
    let (mut to, mut left) = (target, count);
    // SAFETY: no more than `count` bytes are written, all of which the caller may.
    unsafe {
        while left >= WORD {
            to.cast::<u64>().write_unaligned(word);
            (to, left) = (to.add(WORD), left.wrapping_sub(WORD));
        }
        while left > 0 {
            to.write(byte);
            (to, left) = (to.add(1), left.wrapping_sub(1));
        }
    }
    target
}

/// Copies `count` bytes, also to where they overlap.
///
/// # Safety
/// As C has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memmove(target: *mut u8, source: *const u8, count: usize) -> *mut u8 {
    // SAFETY: as demanded of the caller. Copied forwards, a word is read before anything behind its beginning is written.
    unsafe {
        if target.addr().wrapping_sub(source.addr()) >= count {
            return memcpy(target, source, count);
        }
        let mut left = count;
        while left > 0 {
            left = left.wrapping_sub(1);
            target.add(left).write(source.add(left).read());
        }
    }
    target
}

/// Which of two pieces of `count` bytes comes first: negative, zero or positive.
///
/// # Safety
/// As C has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
    let (mut a, mut b, mut left) = (a, b, count);
    // SAFETY: no more than `count` bytes are read, all of which the caller may.
    unsafe {
        while left >= WORD {
            let (x, y) = (a.cast::<u64>().read_unaligned(), b.cast::<u64>().read_unaligned());
            if x != y {
                return if x.swap_bytes() < y.swap_bytes() { -1 } else { 1 };
            }
            (a, b, left) = (a.add(WORD), b.add(WORD), left.wrapping_sub(WORD));
        }
        while left > 0 {
            let (x, y) = (a.read(), b.read());
            if x != y {
                return i32::from(x).wrapping_sub(i32::from(y));
            }
            (a, b, left) = (a.add(1), b.add(1), left.wrapping_sub(1));
        }
    }
    0
}

/// Whether two pieces of `count` bytes differ.
///
/// # Safety
/// As C has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
    // SAFETY: as demanded of the caller.
    unsafe { memcmp(a, b, count) }
}
