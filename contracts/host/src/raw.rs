//! The instruction that asks the host, once for each host function.
//!
//! They are declared here and not taken from `pallet-revive-uapi`: the version that ink! 6.0.0-beta.1 links lacks some, and calls
//! a function for each.
#![allow(
    unsafe_code,
    clippy::missing_safety_doc,
    missing_docs,
    reason = "names, arguments and safety are those of pallet-revive: the host reads and writes where it is told to"
)]

use core::mem::MaybeUninit;

/// Defines host functions, by their names, parameters, and whether they answer (1) or not (0).
///
/// The host is asked by an instruction of its own, `ecalli`. What it is asked for is in the registers `a0` to `a5`, and its answer
/// in `a0`; it keeps all other registers but the temporary ones. As the call of a function, the instruction would be thought
/// to change `ra` as well, and every function that asks would save and restore registers. So it is written where it is used.
macro_rules! imports {
    ($(fn $name:ident($($argument:ident: $Type:ty),*) -> $answers:literal;)*) => {$(
        #[inline(always)]
        pub unsafe fn $name($($argument: $Type),*) -> u64 {
            let registers = registers([$($argument as u64),*]);
            #[cfg(not(target_arch = "riscv64"))]
            panic!("{registers:?}: host functions exist on chain only, run the built contract");
            #[cfg(target_arch = "riscv64")]
            {
                use polkavm_derive::default_abi::private::{ExternMetadataV2, MetadataPointer};

                #[unsafe(link_section = ".polkavm_metadata")]
                static SYMBOL: &[u8] = stringify!($name).as_bytes();
                #[unsafe(link_section = ".polkavm_metadata")]
                static METADATA: ExternMetadataV2 = ExternMetadataV2 {
                    version: 2,
                    flags: 0,
                    symbol_length: SYMBOL.len() as u32,
                    symbol: MetadataPointer(SYMBOL.as_ptr()),
                    input_regs: <[&str]>::len(&[$(stringify!($argument)),*]) as u8,
                    output_regs: $answers,
                    has_index: false,
                    index: 0,
                };
                let [a0, a1, a2, a3, a4, a5] = registers;
                let answer;
                // SAFETY: the host reads and writes what the caller vouches for, and no registers but these.
                unsafe {
                    core::arch::asm!(
                        ".insn r 0xb, 0, 0, zero, zero, zero",
                        "auipc zero, %pcrel_hi({metadata})",
                        ".4byte 0",
                        metadata = sym METADATA,
                        inlateout("a0") a0 => answer,
                        inlateout("a1") a1 => _,
                        inlateout("a2") a2 => _,
                        inlateout("a3") a3 => _,
                        inlateout("a4") a4 => _,
                        inlateout("a5") a5 => _,
                        lateout("t0") _,
                        lateout("t1") _,
                        lateout("t2") _,
                        options(nostack),
                    );
                }
                answer
            }
        }
    )*};
}

imports! {
    fn address(output: *mut u8) -> 0;
    fn block_number(output: *mut u8) -> 0;
    fn call_data_copy(output: *mut u8, length: u32, offset: u32) -> 0;
    fn call_data_size() -> 1;
    fn call_evm(flags: u32, callee: u64, value: u64, gas: u64, input: u64, output: u64) -> 1;
    fn caller(output: *mut u8) -> 0;
    fn chain_id(output: *mut u8) -> 0;
    fn code_size(address: *const u8) -> 1;
    fn deposit_event(topics: *const u8, count: u32, data: *const u8, length: u32) -> 0;
    fn get_immutable_data(output: *mut u8, length: *mut u32) -> 0;
    fn get_storage(flags: u32, key: *const u8, length: u32, output: *mut u8, room: *mut u32) -> 1;
    fn get_storage_or_zero(flags: u32, key: *const u8, output: *mut u8) -> 0;
    fn hash_keccak_256(input: *const u8, length: u32, output: *mut u8) -> 0;
    fn now(output: *mut u8) -> 0;
    fn seal_return(flags: u32, data: *const u8, length: u32) -> 0;
    fn set_immutable_data(data: *const u8, length: u32) -> 0;
    fn set_storage(flags: u32, key: *const u8, length: u32, value: *const u8, size: u32) -> 1;
    fn set_storage_or_clear(flags: u32, key: *const u8, value: *const u8) -> 1;
    fn value_transferred(output: *mut u8) -> 0;
}

/// Puts `arguments` into the first registers; the others keep what they have.
#[inline(always)]
fn registers<const N: usize>(arguments: [u64; N]) -> [MaybeUninit<u64>; 6] {
    let mut registers = [MaybeUninit::uninit(); 6];
    for (register, argument) in registers.iter_mut().zip(arguments) {
        register.write(argument);
    }
    registers
}
