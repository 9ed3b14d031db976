//! scrypt with a block size too small for RFC 7914.
//!
//! The RFC (section 2) wants `N < 2^(128 * r / 8)`, and libraries refuse the rest. The test vector of Web3 Secret
//! Storage has `N = 2^18, r = 1` all the same, and so had the key files of web3.py and pyethereum for years, which geth
//! opens. So such files are opened here, too; new ones are never written that way.

use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

/// One block of Salsa20: sixteen little-endian words.
type Block = [u32; 16];

/// Derives 32 bytes with `r = 1`: blocks of 128 bytes, which are two of Salsa20's.
///
/// `n` is a power of two; `128 * n` bytes of memory are taken.
pub(super) fn derive_with_block_size_1(password: &[u8], salt: &[u8], n: usize, p: usize) -> Zeroizing<[u8; 32]> {
    const REASON: &str = "HMAC takes keys of any length";
    let mut blocks = Zeroizing::new(vec![0; 128 * p]);
    pbkdf2::pbkdf2::<Hmac<Sha256>>(password, salt, 1, &mut blocks).expect(REASON);
    let mut memory = Zeroizing::new(vec![[[0; 16]; 2]; n]);
    for bytes in blocks.chunks_exact_mut(128) {
        let mut pair = [block_from(&bytes[..64]), block_from(&bytes[64..])];
        mix(&mut pair, &mut memory);
        for (word, out) in pair.as_flattened().iter().zip(bytes.chunks_exact_mut(4)) {
            out.copy_from_slice(&word.to_le_bytes());
        }
    }
    let mut key = Zeroizing::new([0; 32]);
    pbkdf2::pbkdf2::<Hmac<Sha256>>(password, &blocks, 1, key.as_mut()).expect(REASON);
    key
}

fn block_from(bytes: &[u8]) -> Block {
    std::array::from_fn(|i| u32::from_le_bytes(std::array::from_fn(|j| bytes[4 * i + j])))
}

/// scryptROMix, RFC 7914 section 5.
fn mix(pair: &mut [Block; 2], memory: &mut [[Block; 2]]) {
    for slot in memory.iter_mut() {
        *slot = *pair;
        mix_block(pair);
    }
    for _ in 0..memory.len() {
        let chosen = pair[1][0] as usize & (memory.len() - 1);
        let slot = &memory[chosen];
        for (word, other) in pair.as_flattened_mut().iter_mut().zip(slot.as_flattened()) {
            *word ^= other;
        }
        mix_block(pair);
    }
}

/// scryptBlockMix, RFC 7914 section 4. With two blocks the shuffle at its end changes nothing.
fn mix_block(pair: &mut [Block; 2]) {
    let mut running = pair[1];
    for block in pair {
        for (word, other) in running.iter_mut().zip(block.iter()) {
            *word ^= other;
        }
        salsa20_8(&mut running);
        *block = running;
    }
}

/// The Salsa20/8 core, RFC 7914 section 3.
fn salsa20_8(block: &mut Block) {
    const COLUMNS: [[usize; 4]; 4] = [[0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11]];
    const ROWS: [[usize; 4]; 4] = [[0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14]];
    let before = *block;
    for _ in 0..4 {
        for [a, b, c, d] in COLUMNS.into_iter().chain(ROWS) {
            block[b] ^= block[a].wrapping_add(block[d]).rotate_left(7);
            block[c] ^= block[b].wrapping_add(block[a]).rotate_left(9);
            block[d] ^= block[c].wrapping_add(block[b]).rotate_left(13);
            block[a] ^= block[d].wrapping_add(block[c]).rotate_left(18);
        }
    }
    for (word, other) in block.iter_mut().zip(before) {
        *word = word.wrapping_add(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_library_where_that_computes() {
        for (log_n, p) in [(1, 1), (4, 1), (10, 3)] {
            let params = scrypt::Params::new(log_n, 1, p, 32).unwrap();
            let mut expected = [0; 32];
            scrypt::scrypt(b"password", b"salt", &params, &mut expected).unwrap();
            assert_eq!(
                *derive_with_block_size_1(b"password", b"salt", 1 << log_n, p as usize),
                expected
            );
        }
    }
}
