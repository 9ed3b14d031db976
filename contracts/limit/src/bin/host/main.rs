//! The yardstick of a call that only returns a host value: `now() view returns (uint64)`, and nothing else.
#![cfg_attr(target_arch = "riscv64", no_std, no_main)]

use core::mem::MaybeUninit;
use salus_limit::{Word, host, selector};

const NOW: u32 = selector("now()");

salus_limit::contract! {
    memory: Word = Word::ZERO;
    deploy: on_deploy;
    call: on_call;
}

fn on_deploy(_: &mut Word) {
    if is_paid() {
        host::revert(&[]);
    }
}

/// The selector, and then the answer, are in `word`; what the host says of the call is on the stack, where it needs no zeros.
fn on_call(word: &mut Word) {
    // Fewer than four bytes of call data are not this selector: zeros are put behind them, and its last byte is none.
    host::call_data_copy(&mut word.0[28..], 0);
    if word.selector() != NOW || is_paid() {
        host::revert(&[]);
    }
    let mut time = MaybeUninit::uninit();
    // The selector was in the same eight bytes.
    word.set_limb::<3>(host::now(&mut time).raw::<0>());
    host::answer(word)
}

fn is_paid() -> bool {
    host::value_transferred(&mut MaybeUninit::uninit()).any() != 0
}
