//! The chain, with ink!'s types.

use ink::{Address, U256};
use salus_core::{eip712::type_hash, signed::wrapped};
use salus_host::{CallFlags, Called};

/// The chain id of EIP-155, which EIP-712 domains bind signatures to.
#[must_use]
pub fn chain_id() -> U256 {
    U256::from_little_endian(&salus_host::chain_id())
}

/// The address whose key signed `digest`, by the precompile at address 1; `None` if the signature is not a valid one.
///
/// `v` is 27 or 28. The precompile accepts both values of `s`; refusing the high one (EIP-2) is the caller's part.
#[must_use]
pub fn ecrecover(digest: &[u8; 32], v: u8, r: &[u8; 32], s: &[u8; 32]) -> Option<Address> {
    let mut input = [0u8; 128];
    input[..32].copy_from_slice(digest);
    input[63] = v;
    input[64..96].copy_from_slice(r);
    input[96..].copy_from_slice(s);

    let mut output = [0u8; 32];
    let answer = call(&ECRECOVER, &input, &mut output, Mutability::View).ok()?;
    // An invalid signature is answered by nothing at all.
    let word: &[u8; 32] = answer.try_into().ok()?;
    let is_zero = word
        .as_chunks::<8>()
        .0
        .iter()
        .fold(0, |all, eight| all | u64::from_ne_bytes(*eight))
        == 0;
    let (_, signer) = word.split_last_chunk::<20>()?;
    (!is_zero).then_some(Address::from(*signer))
}

/// Whether `key`, of sr25519, signed `digest` as [wallets do](wrapped), by pallet-revive's system precompile.
#[must_use]
pub fn sr25519_verify(key: &[u8; 32], r: &[u8; 32], s: &[u8; 32], digest: &[u8; 32]) -> bool {
    let mut input = [0u8; 4 + SR25519_INPUT_SIZE];
    if let Some((selector, rest)) = input.split_first_chunk_mut() {
        let [a, b, c, d, ..] = const { type_hash("sr25519Verify(uint8[64],bytes,bytes32)") };
        *selector = [a, b, c, d];
        let words = rest.as_chunks_mut::<32>().0;
        // Each byte of the signature has a word of its own.
        for (word, byte) in words.iter_mut().zip(r.iter().chain(s)) {
            word[31] = *byte;
        }
        let message = wrapped(digest);
        if let [.., offset, public_key, length, first, second] = words {
            *public_key = *key;
            // Where the message begins: behind the signature, this word and the key.
            [offset[30], offset[31]] = 2112u16.to_be_bytes();
            length[31] = message.len() as u8;
            let (whole, part) = message.split_at(32);
            first.copy_from_slice(whole);
            second[..part.len()].copy_from_slice(part);
        }
    }
    let mut output = [0u8; 32];
    let answer = call(&SYSTEM, &input, &mut output, Mutability::View);
    answer.is_ok_and(is_true)
}

/// 64 words of signature, the message's offset, the key, the message's length and its 47 bytes.
const SR25519_INPUT_SIZE: usize = 69 * 32;

/// Whether an answer is Solidity's `true`.
pub(crate) fn is_true(answer: &[u8]) -> bool {
    matches!(answer, [zeros @ .., 1] if zeros.len() == 31 && zeros.iter().all(|byte| *byte == 0))
}

/// The precompile with pallet-revive's own functions.
const SYSTEM: Address = {
    let mut address = [0u8; 20];
    address[18] = 9;
    ink::primitives::H160(address)
};

/// The precompile that recovers a signer, at the same address as on Ethereum.
const ECRECOVER: Address = {
    let mut address = [0u8; 20];
    address[19] = 1;
    ink::primitives::H160(address)
};

/// Whether the callee may change state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutability {
    /// It may not: any attempt makes the call fail.
    View,
    /// It may, but it may not call back into this contract.
    Mutating,
}

/// A call that did not succeed, with what the callee said why: the beginning of its revert data, as much as there was
/// room for, or nothing when it did not get so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallFailed<'out>(pub(crate) &'out [u8]);

/// Calls `callee` with `input` and all remaining weight; answers the part of `output` that was returned.
pub(crate) fn call<'out>(
    callee: &Address,
    input: &[u8],
    output: &'out mut [u8],
    mutability: Mutability,
) -> Result<&'out [u8], CallFailed<'out>> {
    let flags = match mutability {
        Mutability::View => CallFlags::READ_ONLY,
        Mutability::Mutating => CallFlags::empty(),
    };
    let mut returned = output;
    match salus_host::call(flags, &callee.0, input, &mut returned) {
        Called::Returned => Ok(returned),
        Called::Reverted => Err(CallFailed(returned)),
        // Nothing was written.
        Called::Failed => Err(CallFailed(&[])),
    }
}

/// Whether there is code at `address`. A call to an account without code succeeds and does nothing.
#[must_use]
pub fn is_contract(address: &Address) -> bool {
    salus_host::code_size(&address.0) != 0
}
