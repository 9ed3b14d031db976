//! Keccak-256 while a contract is compiled, in the place of the crate that ink! takes it from: the same functions, the same answers, a tenth of
//! the time.
//!
//! Selectors, the signatures of events and the types of signed data are hashes of names. The compiler's interpreter computes them, and
//! what it takes time for is not the arithmetic, but each statement: loops, indices and calls. So there are none of them in a round here.

#![no_std]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::manual_rotate,
    reason = "no number here comes near its type's end; a call for each rotation is what this is without"
)]

/// Bytes of a state that input is mixed into: of 1600 bits all but twice the 256 of a hash.
const RATE: usize = 136;
/// What is mixed in behind the input, and at the end of its block (Keccak's own padding, not that of SHA-3).
const PADDING: (u8, u8) = (0x01, 0x80);

/// The constants of the rounds (The Keccak reference, version 3.0, section 1.2).
#[rustfmt::skip]
const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
    0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
];

/// A hash of input that may come in parts.
#[derive(Clone, Debug)]
pub struct Keccak256 {
    /// The lane x, y of the state is at x + 5y.
    lanes: [u64; 25],
    /// How many bytes of the block are mixed in.
    position: usize,
}

impl Default for Keccak256 {
    fn default() -> Self {
        Self::new()
    }
}

impl Keccak256 {
    /// Of no input.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            lanes: [0; 25],
            position: 0,
        }
    }

    /// Of more input.
    #[must_use]
    pub const fn update(mut self, mut input: &[u8]) -> Self {
        while let Some((byte, rest)) = input.split_first() {
            self.mix(self.position, *byte);
            self.position += 1;
            if self.position == RATE {
                self.lanes = permuted(self.lanes);
                self.position = 0;
            }
            input = rest;
        }
        self
    }

    /// The hash.
    #[must_use]
    pub const fn finalize(&self) -> [u8; 32] {
        let mut last = Self {
            lanes: self.lanes,
            position: self.position,
        };
        last.mix(self.position, PADDING.0);
        last.mix(RATE - 1, PADDING.1);
        let [a, b, c, d, ..] = permuted(last.lanes);
        let words = [a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes(), d.to_le_bytes()];
        let mut hash = [0; 32];
        hash.copy_from_slice(words.as_flattened());
        hash
    }

    const fn mix(&mut self, position: usize, byte: u8) {
        self.lanes[position / 8] ^= (byte as u64) << (position % 8 * 8);
    }
}

macro_rules! rotate {
    ($lane:expr, $by:literal) => {{
        let lane = $lane;
        (lane << $by) | (lane >> (64 - $by))
    }};
}

/// Keccak-f\[1600\] (section 1.2): of each round θ, ρ and π in one, χ and ι.
#[rustfmt::skip]
const fn permuted(lanes: [u64; 25]) -> [u64; 25] {
    let [
        mut a0, mut a1, mut a2, mut a3, mut a4,
        mut a5, mut a6, mut a7, mut a8, mut a9,
        mut a10, mut a11, mut a12, mut a13, mut a14,
        mut a15, mut a16, mut a17, mut a18, mut a19,
        mut a20, mut a21, mut a22, mut a23, mut a24,
    ] = lanes;
    let mut round = 0;
    while round < ROUNDS.len() {
        let c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20;
        let c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21;
        let c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22;
        let c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23;
        let c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24;

        let d0 = c4 ^ rotate!(c1, 1);
        let d1 = c0 ^ rotate!(c2, 1);
        let d2 = c1 ^ rotate!(c3, 1);
        let d3 = c2 ^ rotate!(c4, 1);
        let d4 = c3 ^ rotate!(c0, 1);

        let b0 = a0 ^ d0;
        let b1 = rotate!(a6 ^ d1, 44);
        let b2 = rotate!(a12 ^ d2, 43);
        let b3 = rotate!(a18 ^ d3, 21);
        let b4 = rotate!(a24 ^ d4, 14);
        let b5 = rotate!(a3 ^ d3, 28);
        let b6 = rotate!(a9 ^ d4, 20);
        let b7 = rotate!(a10 ^ d0, 3);
        let b8 = rotate!(a16 ^ d1, 45);
        let b9 = rotate!(a22 ^ d2, 61);
        let b10 = rotate!(a1 ^ d1, 1);
        let b11 = rotate!(a7 ^ d2, 6);
        let b12 = rotate!(a13 ^ d3, 25);
        let b13 = rotate!(a19 ^ d4, 8);
        let b14 = rotate!(a20 ^ d0, 18);
        let b15 = rotate!(a4 ^ d4, 27);
        let b16 = rotate!(a5 ^ d0, 36);
        let b17 = rotate!(a11 ^ d1, 10);
        let b18 = rotate!(a17 ^ d2, 15);
        let b19 = rotate!(a23 ^ d3, 56);
        let b20 = rotate!(a2 ^ d2, 62);
        let b21 = rotate!(a8 ^ d3, 55);
        let b22 = rotate!(a14 ^ d4, 39);
        let b23 = rotate!(a15 ^ d0, 41);
        let b24 = rotate!(a21 ^ d1, 2);

        a0 = b0 ^ (!b1 & b2) ^ ROUNDS[round];
        a1 = b1 ^ (!b2 & b3);
        a2 = b2 ^ (!b3 & b4);
        a3 = b3 ^ (!b4 & b0);
        a4 = b4 ^ (!b0 & b1);
        a5 = b5 ^ (!b6 & b7);
        a6 = b6 ^ (!b7 & b8);
        a7 = b7 ^ (!b8 & b9);
        a8 = b8 ^ (!b9 & b5);
        a9 = b9 ^ (!b5 & b6);
        a10 = b10 ^ (!b11 & b12);
        a11 = b11 ^ (!b12 & b13);
        a12 = b12 ^ (!b13 & b14);
        a13 = b13 ^ (!b14 & b10);
        a14 = b14 ^ (!b10 & b11);
        a15 = b15 ^ (!b16 & b17);
        a16 = b16 ^ (!b17 & b18);
        a17 = b17 ^ (!b18 & b19);
        a18 = b18 ^ (!b19 & b15);
        a19 = b19 ^ (!b15 & b16);
        a20 = b20 ^ (!b21 & b22);
        a21 = b21 ^ (!b22 & b23);
        a22 = b22 ^ (!b23 & b24);
        a23 = b23 ^ (!b24 & b20);
        a24 = b24 ^ (!b20 & b21);
        round += 1;
    }
    [
        a0, a1, a2, a3, a4,
        a5, a6, a7, a8, a9,
        a10, a11, a12, a13, a14,
        a15, a16, a17, a18, a19,
        a20, a21, a22, a23, a24,
    ]
}

#[cfg(test)]
mod tests;
