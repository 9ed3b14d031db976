//! EIP-2612.

use crate::{
    call::check,
    refusal::{EXPIRED_SIGNATURE, INVALID_SIGNATURE, INVALID_SIGNATURE_S, INVALID_SIGNER, refuse},
};
use core::mem::MaybeUninit;
use salus_limit::{Word, bytes, bytes_mut, hash, host};

const PERMIT_TYPE: Word = hash("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

/// Half the order of secp256k1, rounded down: the highest `s` that EIP-2 accepts.
const HALF_ORDER: [u64; 4] = [
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
    0x5d57_6e73_57a4_501d,
    0xdfe9_2f46_681b_20a0,
];

/// What makes an owner's word the key of their nonce: the first byte, which in the key of a balance is zero.
const NONCE: u8 = 1;

/// Accepts a signature, once.
///
/// In `words` are 2 owner, 3 spender, 4 value, 5 deadline, 6 v, 7 r, 8 s; in word 1 the selector, whose place the type of the
/// struct takes that is hashed.
#[inline(always)]
pub(crate) fn permit(words: &mut [Word; 9], zero: &Word, precompile: &mut Word, digest: &mut [Word; 3]) -> Option<()> {
    check(words[2].above_address() | words[3].above_address() | words[6].above_u8() == 0)?;
    let mut slot = MaybeUninit::uninit();
    let now = host::now(&mut slot).raw::<0>();
    if words[5].above_u64() == 0 && words[5].limb::<3>() < now {
        refuse(EXPIRED_SIGNATURE, &mut words[4..6]);
    }
    if is_high(&words[8]) {
        refuse(INVALID_SIGNATURE_S, &mut words[7..9]);
    }

    // The separator and the id of the chain that it is for. Over the id comes the struct's hash when it has been compared.
    host::get_immutable_data(&mut bytes_mut(digest)[8..48]);
    check(host::chain_id(&mut slot).raw::<0>() == digest[1].raw::<1>())?;

    // Words 1 to 6 as the struct: type, owner, spender, value, nonce, deadline; `v` waits meanwhile.
    words[1] = PERMIT_TYPE;
    let v = words[6].raw::<3>();
    words[6] = words[5];
    let [_, _, owner, _, _, nonce, ..] = &mut *words;
    owner.0[0] = NONCE;
    host::get_storage_or_zero_to(owner, nonce);
    owner.0[0] = 0;
    host::keccak256(&bytes(words)[32..224], &mut bytes_mut(digest)[40..]);
    // Used up now, as a refusal undoes it. Nobody signs 2^64 permits.
    let [_, _, owner, _, _, nonce, ..] = &mut *words;
    nonce.set_limb::<3>(nonce.limb::<3>().wrapping_add(1));
    owner.0[0] = NONCE;
    host::set_storage_or_clear(owner, nonce);
    owner.0[0] = 0;

    // Words 5 to 8 as the input of the precompile: digest, v, r, s. The answer goes to word 1.
    digest[0].0[6] = 0x19;
    digest[0].0[7] = 0x01;
    host::keccak256(&bytes(digest)[6..72], &mut words[5].0);
    words[6] = Word::ZERO;
    words[6].set_raw::<3>(v);
    precompile.0[31] = 1;
    let (before, input) = words.split_at_mut(5);
    if host::call_precompile(precompile, zero, bytes(input), &mut before[1]) == 0 {
        refuse(INVALID_SIGNATURE, &mut words[..1]);
    }
    if words[1] != words[2] {
        refuse(INVALID_SIGNER, &mut words[..3]);
    }
    Some(())
}

/// Whether `s` is the higher of the two values that make the same signature valid.
#[inline(always)]
fn is_high(s: &Word) -> bool {
    let [a, b, c, d] = HALF_ORDER;
    let limbs = (s.limb::<0>(), s.limb::<1>(), s.limb::<2>(), s.limb::<3>());
    limbs > (a, b, c, d)
}
