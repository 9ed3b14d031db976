//! The constructor: `(string name, string symbol, uint8 decimals, uint256 cap, uint256 initialSupply, address initialHolder,
//! uint48 initialDelay, address initialDefaultAdmin, address minter, address pauser)`, encoded as every encoder does it: the texts
//! behind the words, in their order. Of what comes behind the holder, it tells who is the default admin, and keeps nothing.

use crate::{
    call::{TRANSFER_EVENT, check, is_paid},
    memory::Memory,
    refusal::{INVALID_RECEIVER, TEXT_TOO_LONG, refuse, silently},
};
use core::mem::MaybeUninit;
use salus_limit::{Word, bytes, bytes_mut, hash, host};

const DOMAIN_TYPE: Word = hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const VERSION: Word = hash("1");
const ROLE_GRANTED_EVENT: Word = hash("RoleGranted(bytes32,address,address)");

/// Bytes.
const MAX_NAME_LENGTH: u64 = 128;
const MAX_SYMBOL_LENGTH: u64 = 32;

/// Where the name's length is: behind the ten words.
const LENGTH: u64 = 320;
const NAME: u64 = LENGTH.wrapping_add(32);

pub(crate) fn deploy(memory: &mut Memory) {
    if deployed(memory).is_none() {
        silently();
    }
}

/// Creates the token; `None` where the call data are not what the ABI says, or coin came with them. Nobody pays for the
/// instructions of this twice, but for their bytes at each call: so it is small.
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
    // The ten arguments, of which the first two say where the texts are, and the name's length.
    host::call_data_copy(bytes_mut(&mut arguments[..11]), 0);
    let [
        name_at,
        symbol_at,
        decimals,
        _,
        supply,
        holder,
        delay,
        admin,
        minter,
        pauser,
        text_length,
        limit,
    ] = &mut *arguments;
    let excess = name_at.above_u64()
        | (name_at.limb::<3>() ^ LENGTH)
        | symbol_at.above_u64()
        | decimals.above_u8()
        | delay.above_u64()
        | delay.limb::<3>() >> 48;
    let excess =
        excess | holder.above_address() | admin.above_address() | minter.above_address() | pauser.above_address();
    check(!is_paid() && excess | text_length.above_u64() == 0)?;
    let name_length = text_length.limb::<3>();
    limit.set_limb::<3>(MAX_NAME_LENGTH);
    if name_length > MAX_NAME_LENGTH {
        refuse(TEXT_TOO_LONG, &mut arguments[9..]);
    }
    let symbol = NAME.wrapping_add(name_length.wrapping_add(31) & !31);
    host::call_data_copy(&mut text_length.0, symbol as u32);
    let symbol_length = text_length.limb::<3>();
    check((symbol_at.limb::<3>() ^ symbol) | text_length.above_u64() == 0)?;
    limit.set_limb::<3>(MAX_SYMBOL_LENGTH);
    if symbol_length > MAX_SYMBOL_LENGTH {
        refuse(TEXT_TOO_LONG, &mut arguments[9..]);
    }
    check(host::call_data_size() >= symbol.wrapping_add(32).wrapping_add(symbol_length))?;
    if holder.is_zero_address() {
        refuse(INVALID_RECEIVER, &mut arguments[4..6]);
    }

    topics[0] = ROLE_GRANTED_EVENT;
    topics[2] = *admin;
    host::caller(&mut topics[3]);
    host::deposit_event(topics, &[]);
    topics[0] = TRANSFER_EVENT;
    topics[2] = *holder;
    domain[0] = DOMAIN_TYPE;
    domain[2] = VERSION;
    host::set_storage_or_clear(holder, supply);
    host::deposit_event(&topics[..3], core::slice::from_ref(supply));

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
