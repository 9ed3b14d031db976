//! The yardstick of a token: `transfer`, `transferFrom`, `approve`, `balanceOf` and `permit` of `contracts/token`, with its
//! ABI, events, errors and constructor, and nothing else.
//!
//! What it leaves out because nothing that is measured asks for it: the other messages, the sum of all balances and its cap,
//! the roles, and who could pause it. It asks whether it is paused, as what it is compared with has to.
//!
//! # Storage
//! | slot | key | value |
//! | --- | --- | --- |
//! | a balance | 32 bytes: the address as a word | a word; none for zero |
//! | a nonce | the same, with 1 in the first byte | a word |
//! | the pause | 2 and 31 zeros | a word, never set |
//! | an allowance | 52 bytes: owner, twelve zeros, spender | a word, also for zero |
//!
//! No key is a hash: each tells its entry from all others as it is. The price is that an allowance that was used up keeps its
//! deposit, because the host removes entries only under keys of 32 bytes. The immutable data are the separator of the
//! signing domain and eight bytes of the chain's id, lowest first: on a chain that changed its id, no permit is accepted.
#![cfg_attr(target_arch = "riscv64", no_std, no_main)]

mod call;
mod deploy;
mod memory;
mod permit;
mod refusal;

salus_limit::contract! {
    memory: memory::Memory = memory::Memory::NEW;
    deploy: deploy::deploy;
    call: call::call;
}
