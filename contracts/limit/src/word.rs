//! 256 bits of memory, as the ABI has them: highest byte first, at an address that is a multiple of eight.

/// The bytes of `words`.
#[inline(always)]
#[must_use]
pub const fn bytes(words: &[Word]) -> &[u8] {
    #[allow(unsafe_code, reason = "a cast")]
    // SAFETY: a word is 32 bytes and nothing else.
    unsafe {
        core::slice::from_raw_parts(words.as_ptr().cast(), words.len() << 5)
    }
}

/// The bytes of `words`.
#[inline(always)]
#[must_use]
pub const fn bytes_mut(words: &mut [Word]) -> &mut [u8] {
    #[allow(unsafe_code, reason = "a cast")]
    // SAFETY: a word is 32 bytes and nothing else, whatever they are.
    unsafe {
        core::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), words.len() << 5)
    }
}

/// A word of the ABI. The machine loads it as four limbs of 64 bits, of which limb 3 is the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct Word(pub [u8; 32]);

impl Word {
    /// All bits clear.
    pub const ZERO: Self = Self([0; 32]);

    /// A limb as the machine loads it.
    #[inline(always)]
    #[must_use]
    pub fn raw<const LIMB: usize>(&self) -> u64 {
        let limbs: &[[u8; 8]] = self.0.as_chunks().0;
        u64::from_le_bytes(limbs[LIMB])
    }

    /// Replaces a limb by what [`Self::raw`] gave.
    #[inline(always)]
    pub fn set_raw<const LIMB: usize>(&mut self, raw: u64) {
        let limbs: &mut [[u8; 8]] = self.0.as_chunks_mut().0;
        limbs[LIMB] = raw.to_le_bytes();
    }

    /// The number in a limb.
    #[inline(always)]
    #[must_use]
    pub fn limb<const LIMB: usize>(&self) -> u64 {
        self.raw::<LIMB>().swap_bytes()
    }

    /// Replaces the number in a limb.
    #[inline(always)]
    pub fn set_limb<const LIMB: usize>(&mut self, number: u64) {
        self.set_raw::<LIMB>(number.swap_bytes());
    }

    /// The last four bytes as the machine loads them: where a selector is that words follow.
    #[inline(always)]
    #[must_use]
    pub fn selector(&self) -> u32 {
        let parts: &[[u8; 4]] = self.0.as_chunks().0;
        u32::from_le_bytes(parts[7])
    }

    /// Replaces the last four bytes.
    #[inline(always)]
    pub fn set_selector(&mut self, selector: u32) {
        let parts: &mut [[u8; 4]] = self.0.as_chunks_mut().0;
        parts[7] = selector.to_le_bytes();
    }

    /// Zero where no bit is set.
    #[inline(always)]
    #[must_use]
    pub fn any(&self) -> u64 {
        self.above_u64() | self.raw::<3>()
    }

    /// Zero where this is an address: no bit is set in front of the last 20 bytes.
    #[inline(always)]
    #[must_use]
    pub fn above_address(&self) -> u64 {
        self.raw::<0>() | (self.raw::<1>() & 0xffff_ffff)
    }

    /// Zero where this is less than 2^64.
    #[inline(always)]
    #[must_use]
    pub fn above_u64(&self) -> u64 {
        self.raw::<0>() | self.raw::<1>() | self.raw::<2>()
    }

    /// Zero where this is less than 2^8.
    #[inline(always)]
    #[must_use]
    pub fn above_u8(&self) -> u64 {
        self.above_u64() | self.raw::<3>() << 8
    }

    /// Whether this, which is an address, is the zero address.
    #[inline(always)]
    #[must_use]
    pub fn is_zero_address(&self) -> bool {
        self.raw::<1>() | self.raw::<2>() | self.raw::<3>() == 0
    }

    /// Whether all bits are set.
    #[inline(always)]
    #[must_use]
    pub fn is_max(&self) -> bool {
        self.raw::<0>() & self.raw::<1>() & self.raw::<2>() & self.raw::<3>() == u64::MAX
    }

    /// Takes `value` away; answers whether that was too much, and then nothing has changed.
    ///
    /// Amounts of less than 2^128 are common, and spare the upper half.
    #[inline(always)]
    #[must_use]
    pub fn subtract(&mut self, value: &Self) -> bool {
        let (third, borrow) = borrowing(self.limb::<3>(), value.limb::<3>(), 0);
        let (second, borrow) = borrowing(self.limb::<2>(), value.limb::<2>(), borrow);
        if borrow | value.raw::<0>() | value.raw::<1>() != 0 {
            let (first, borrow) = borrowing(self.limb::<1>(), value.limb::<1>(), borrow);
            let (zeroth, borrow) = borrowing(self.limb::<0>(), value.limb::<0>(), borrow);
            if borrow != 0 {
                return true;
            }
            self.set_limb::<0>(zeroth);
            self.set_limb::<1>(first);
        }
        self.set_limb::<2>(second);
        self.set_limb::<3>(third);
        false
    }

    /// Adds `value`, modulo 2^256.
    #[inline(always)]
    pub fn add(&mut self, value: &Self) {
        let (third, carry) = carrying(self.limb::<3>(), value.limb::<3>(), 0);
        let (second, carry) = carrying(self.limb::<2>(), value.limb::<2>(), carry);
        self.set_limb::<2>(second);
        self.set_limb::<3>(third);
        if carry | value.raw::<0>() | value.raw::<1>() != 0 {
            let (first, carry) = carrying(self.limb::<1>(), value.limb::<1>(), carry);
            let (zeroth, _) = carrying(self.limb::<0>(), value.limb::<0>(), carry);
            self.set_limb::<0>(zeroth);
            self.set_limb::<1>(first);
        }
    }
}

/// `a - b - borrow`, and the borrow of that: 0 or 1.
#[inline(always)]
fn borrowing(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow);
    (difference, u64::from(first) | u64::from(second))
}

/// `a + b + carry`, and the carry of that: 0 or 1.
#[inline(always)]
fn carrying(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry);
    (sum, u64::from(first) | u64::from(second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use primitive_types::U256;
    use proptest::prelude::*;

    fn word(number: U256) -> Word {
        Word(number.to_big_endian())
    }

    /// Numbers whose limbs are often all zeros or all ones, where carries are.
    fn numbers() -> impl Strategy<Value = U256> {
        let limb = prop_oneof![Just(0), Just(u64::MAX), Just(1), any::<u64>()];
        [limb.clone(), limb.clone(), limb.clone(), limb].prop_map(U256)
    }

    proptest! {
        #[test]
        fn subtraction_is_that_of_256_bits_and_refuses_what_is_too_much(a in numbers(), b in numbers()) {
            let mut rest = word(a);
            let was_too_much = rest.subtract(&word(b));
            prop_assert_eq!(was_too_much, a < b);
            prop_assert_eq!(rest, word(if a < b { a } else { a.overflowing_sub(b).0 }));
        }

        #[test]
        fn addition_is_that_of_256_bits(a in numbers(), b in numbers()) {
            let mut sum = word(a);
            sum.add(&word(b));
            prop_assert_eq!(sum, word(a.overflowing_add(b).0));
        }

        #[test]
        fn sizes_are_told(a in numbers()) {
            let number = word(a);
            prop_assert_eq!(number.any() == 0, a.is_zero());
            prop_assert_eq!(number.is_max(), a == U256::MAX);
            prop_assert_eq!(number.above_u64() == 0, a.bits() <= 64);
            prop_assert_eq!(number.above_address() == 0, a.bits() <= 160);
            prop_assert_eq!(number.limb::<3>(), a.low_u64());
        }
    }

    #[test]
    fn a_byte_ends_at_255() {
        assert_eq!(word(U256::from(255)).above_u8(), 0);
        assert_ne!(word(U256::from(256)).above_u8(), 0);
        assert_ne!(word(U256::from(1) << 255).above_u8(), 0);
    }

    #[test]
    fn only_the_zero_address_is_zero() {
        assert!(Word::ZERO.is_zero_address());
        for bit in 0..160 {
            assert!(!word(U256::from(1) << bit).is_zero_address(), "bit {bit}");
        }
    }

    #[test]
    fn a_selector_is_in_front_of_the_next_word() {
        let mut words = [Word::ZERO; 2];
        words[0].set_selector(0x0403_0201);
        assert_eq!(bytes(&words)[28..33], [1, 2, 3, 4, 0]);
        bytes_mut(&mut words)[31] = 9;
        assert_eq!(words[0].selector(), 0x0903_0201);
    }
}
