//! The constructor: `(string name, string symbol, uint8 decimals, uint256 initialSupply, address initialHolder)`, encoded as
//! every encoder does it: the texts behind the words, in their order.

use crate::{
    call::{TRANSFER_EVENT, check, is_paid},
    memory::Memory,
    refusal::{INVALID_RECEIVER, TEXT_TOO_LONG, refuse, silently},
};
use core::mem::MaybeUninit;
use salus_limit::{Word, bytes, bytes_mut, hash, host};

const DOMAIN_TYPE: Word = hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const VERSION: Word = hash("1");

/// Bytes.
const MAX_NAME_LENGTH: u64 = 128;
const MAX_SYMBOL_LENGTH: u64 = 32;

/// Where the name is: behind the five words and its length.
const NAME: u64 = 192;

pub(crate) fn deploy(memory: &mut Memory) {
    if deployed(memory).is_none() {
        silently();
    }
}

/// Creates the token; `None` where the call data are not what the ABI says, or coin came with them. Nobody pays for the
/// instructions of this twice, but for their bytes at each call: so it is small, and asks the host for the same word again
/// rather than to move it.
#[inline(always)]
fn deployed(memory: &mut Memory) -> Option<()> {
    let Memory {
        words: domain,
        digest,
        arguments,
        topics,
        name,
        ..
    } = memory;
    // 0 where the name is, 1 where the symbol is, 2 decimals, 3 supply, 4 holder, 5 the name's length.
    host::call_data_copy(bytes_mut(&mut arguments[..6]), 0);
    arguments[0].0[31] ^= 160;
    let [name_at, symbol_at, decimals, supply, holder, text_length, limit] = &mut *arguments;
    let excess = name_at.any() | symbol_at.above_u64() | decimals.above_u8() | holder.above_address();
    check(!is_paid() && excess | text_length.above_u64() == 0)?;
    let name_length = text_length.limb::<3>();
    limit.set_limb::<3>(MAX_NAME_LENGTH);
    if name_length > MAX_NAME_LENGTH {
        refuse(TEXT_TOO_LONG, &mut arguments[4..]);
    }
    let symbol = NAME.wrapping_add(name_length.wrapping_add(31) & !31);
    host::call_data_copy(&mut text_length.0, symbol as u32);
    let symbol_length = text_length.limb::<3>();
    check((symbol_at.limb::<3>() ^ symbol) | text_length.above_u64() == 0)?;
    limit.set_limb::<3>(MAX_SYMBOL_LENGTH);
    if symbol_length > MAX_SYMBOL_LENGTH {
        refuse(TEXT_TOO_LONG, &mut arguments[4..]);
    }
    check(host::call_data_size() >= symbol.wrapping_add(32).wrapping_add(symbol_length))?;
    if holder.is_zero_address() {
        refuse(INVALID_RECEIVER, &mut arguments[3..5]);
    }

    topics[0] = TRANSFER_EVENT;
    domain[0] = DOMAIN_TYPE;
    domain[2] = VERSION;
    host::set_storage_or_clear(holder, supply);
    host::call_data_copy(&mut topics[2].0, 128);
    host::deposit_event(topics, supply);

    // The chain's id has no more than eight bytes.
    let mut id = MaybeUninit::uninit();
    host::call_data_copy(bytes_mut(name), NAME as u32);
    host::keccak256(&bytes(name)[..name_length as usize], &mut domain[1].0);
    let id = host::chain_id(&mut id).raw::<0>();
    digest[1].set_raw::<0>(id);
    domain[3].set_limb::<3>(id);
    host::address(&mut domain[4]);
    host::keccak256(bytes(&domain[..5]), &mut digest[0].0);
    host::set_immutable_data(&bytes(digest)[..40]);
    Some(())
}
