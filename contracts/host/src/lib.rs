//! The host functions of pallet-revive, without anything around them.
//!
//! On PolkaVM each function is the host's. Elsewhere it panics: the host compiles contracts to read their metadata and never
//! runs a message, and contracts are tested as built code, so that nothing here imitates a chain.
#![no_std]

// Linked for its symbols.
use salus_mem as _;

use pallet_revive_uapi::{CallFlags, ReturnErrorCode, ReturnFlags};
#[cfg(target_arch = "riscv64")]
use pallet_revive_uapi::{HostFn as _, HostFnImpl as host, StorageFlags};

macro_rules! host_functions {
    ($($(#[$meta:meta])* pub fn $name:ident($($argument:ident: $Type:ty),*) $(-> $Answer:ty)? $body:block)*) => {$(
        $(#[$meta])*
        #[inline(always)]
        #[cfg_attr(not(target_arch = "riscv64"), allow(unused_variables, reason = "nothing runs off chain"))]
        pub fn $name($($argument: $Type),*) $(-> $Answer)? {
            #[cfg(target_arch = "riscv64")]
            $body
            #[cfg(not(target_arch = "riscv64"))]
            panic!("host functions exist on chain only: run the built contract")
        }
    )*};
}

host_functions! {
    /// Who called.
    pub fn caller() -> [u8; 20] {
        let mut address = [0; 20];
        host::caller(&mut address);
        address
    }

    /// This contract.
    pub fn address() -> [u8; 20] {
        let mut address = [0; 20];
        host::address(&mut address);
        address
    }

    /// The time of the block, in seconds since the epoch.
    pub fn now() -> u64 {
        let mut time = [0; 32];
        host::now(&mut time);
        low_half(&time)
    }

    /// The chain id of EIP-155, lowest byte first.
    pub fn chain_id() -> [u8; 32] {
        let mut id = [0; 32];
        host::chain_id(&mut id);
        id
    }

    /// Whether the call brought native coin.
    pub fn is_paid() -> bool {
        let mut value = [0; 32];
        host::value_transferred(&mut value);
        value != [0; 32]
    }

    /// The length of the call data.
    pub fn call_data_size() -> usize {
        // The machine has 64 bits.
        host::call_data_size() as usize
    }

    /// Fills `output` with the call data from `offset` on, and with zeros where there are none.
    pub fn call_data_copy(output: &mut [u8], offset: u32) {
        host::call_data_copy(output, offset);
    }

    /// Ends the call.
    pub fn return_value(flags: ReturnFlags, data: &[u8]) -> ! {
        host::return_value(flags, data)
    }

    /// Keccak-256.
    pub fn keccak256(input: &[u8]) -> [u8; 32] {
        let mut hash = [0; 32];
        host::hash_keccak_256(input, &mut hash);
        hash
    }

    /// Emits an event.
    pub fn deposit_event(topics: &[[u8; 32]], data: &[u8]) {
        host::deposit_event(topics, data);
    }

    /// The word of storage at a key of 32 bytes; zero if there is none.
    pub fn get_word(key: &[u8; 32]) -> [u8; 32] {
        let mut word = [0; 32];
        host::get_storage_or_zero(StorageFlags::empty(), key, &mut word);
        word
    }

    /// Stores a word at a key of 32 bytes. Zero frees the entry, and its deposit.
    pub fn set_word(key: &[u8; 32], word: &[u8; 32]) {
        host::set_storage_or_clear(StorageFlags::empty(), key, word);
    }

    /// Fills `entry` with what is stored at `key`; false if there is nothing. The keys of words are others, whatever their
    /// bytes are. An entry that is longer is cut off.
    pub fn get_entry(key: &[u8], entry: &mut [u8]) -> bool {
        let mut output = entry;
        host::get_storage(StorageFlags::empty(), key, &mut output).is_ok()
    }

    /// Stores an entry of at most 416 bytes at a key of at most 128. There is no way to free it.
    pub fn set_entry(key: &[u8], entry: &[u8]) {
        host::set_storage(StorageFlags::empty(), key, entry);
    }

    /// The part of `output` that was filled with the contract's immutable data.
    pub fn immutable_data(output: &mut [u8]) -> &[u8] {
        let mut output = output;
        host::get_immutable_data(&mut output);
        output
    }

    /// Sets the contract's immutable data. In the constructor, once.
    pub fn set_immutable_data(data: &[u8]) {
        host::set_immutable_data(data);
    }

    /// The length of the code at an address: zero for accounts without code.
    pub fn code_size(address: &[u8; 20]) -> u64 {
        host::code_size(address)
    }

    /// Calls `callee` with all remaining weight and without native coin. What comes back fills `output`, which is cut to it;
    /// it is left as it was if the call got nowhere.
    pub fn call(flags: CallFlags, callee: &[u8; 20], input: &[u8], output: &mut &mut [u8]) -> Result<(), ReturnErrorCode> {
        host::call(flags, callee, u64::MAX, u64::MAX, &[u8::MAX; 32], &[0; 32], input, Some(output))
    }
}

pub use pallet_revive_uapi as uapi;

/// Ends the call and undoes all that it did, without a reason.
#[inline(always)]
pub fn revert() -> ! {
    return_value(ReturnFlags::REVERT, &[])
}

#[cfg(target_arch = "riscv64")]
#[inline(always)]
fn low_half(word: &[u8; 32]) -> u64 {
    let [half, ..] = word.as_chunks::<8>().0 else {
        return 0;
    };
    u64::from_le_bytes(*half)
}
