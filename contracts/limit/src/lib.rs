//! What a message costs at least: contracts written by hand on the host functions of pallet-revive, without ink!, an
//! allocator or a line that is not needed. **They are yardsticks, not products**: nobody deploys them, and each answers only
//! the messages that are measured. What they do answer is right, and is tested against our own contracts.
//!
//! The rules by which they are cheap are in `docs/contract-cost.md`. In short: an instruction costs as much as 28 bytes of
//! code, a host call as much as 12 instructions, and touching a storage slot as much as 1,600. So the call data are copied
//! once, to where the arguments already are the storage keys, topics, event data and hash preimages that they become.
#![cfg_attr(not(test), no_std)]

pub mod host;
mod word;

pub use word::{Word, bytes, bytes_mut};

#[cfg(target_arch = "riscv64")]
#[doc(hidden)]
pub use polkavm_derive;

/// The first four bytes of a signature's hash, as the machine loads them.
#[must_use]
pub const fn selector(signature: &str) -> u32 {
    let [a, b, c, d, ..] = hash(signature).0;
    u32::from_le_bytes([a, b, c, d])
}

/// Keccak-256 of a signature.
#[must_use]
pub const fn hash(signature: &str) -> Word {
    Word(keccak_const::Keccak256::new().update(signature.as_bytes()).finalize())
}

/// Defines the entry points of a contract: functions of its whole memory, to which the host comes once in an instance.
///
/// A contract runs on chain only. Off chain it is compiled to be checked, and its binary does nothing.
#[macro_export]
macro_rules! contract {
    (memory: $Memory:ty = $memory:expr; deploy: $deploy:path; call: $call:path;) => {
        #[cfg(target_arch = "riscv64")]
        static mut MEMORY: $Memory = $memory;

        // The host knows them by the names of these functions.
        #[cfg(target_arch = "riscv64")]
        #[$crate::polkavm_derive::polkavm_export(abi = $crate::polkavm_derive::default_abi)]
        #[allow(unsafe_code, reason = "an entry point")]
        extern "C" fn deploy() {
            // SAFETY: the host calls one entry point of an instance, once.
            $deploy(unsafe { &mut *(&raw mut MEMORY) });
        }

        #[cfg(target_arch = "riscv64")]
        #[$crate::polkavm_derive::polkavm_export(abi = $crate::polkavm_derive::default_abi)]
        #[allow(unsafe_code, reason = "an entry point")]
        extern "C" fn call() {
            // SAFETY: as above.
            $call(unsafe { &mut *(&raw mut MEMORY) });
        }

        #[cfg(target_arch = "riscv64")]
        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo) -> ! {
            // Nothing here panics, and if it did, `-Cpanic=immediate-abort` would have put a trap there.
            loop {}
        }

        #[cfg(not(target_arch = "riscv64"))]
        fn main() {
            const _: (fn(&mut $Memory), fn(&mut $Memory), $Memory) = ($deploy, $call, $memory);
        }
    };
}
