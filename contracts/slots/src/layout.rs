//! Buffers for keys and entries, no larger than they must be: what is not used is not cleared either.

/// The longest key that the chain takes.
const MAX_KEY: usize = 128;

/// The longest entry that the chain takes.
const MAX_ENTRY: usize = 416;

/// Calls `then` with `SIZE` zeros.
#[inline(always)]
pub(crate) fn with_zeros<T>(size: usize, then: impl FnOnce(&mut [u8]) -> T) -> T {
    macro_rules! first_that_fits {
        ($($class:literal)+) => {
            $(if size <= $class {
                return then([0; $class].get_mut(..size).unwrap_or_default());
            })+
        };
    }
    first_that_fits!(32 64 96 128 192 256 416);
    then(&mut [])
}

/// Refuses, when a contract is compiled, a key that the chain would refuse.
pub(crate) const fn assert_key(size: usize) {
    assert!(size < MAX_KEY, "a key has at most 127 bytes beside its tag");
}

/// Refuses, when a contract is compiled, an entry that the chain would refuse.
pub(crate) const fn assert_entry(size: usize) {
    assert!(size > 0 && size <= MAX_ENTRY, "an entry has at most 416 bytes");
}
