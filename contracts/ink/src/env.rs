//! What ink!'s macros ask of the environment, and where it is not ink!'s own.

pub use upstream::env::*;

use crate::sol::{Answer, Parameters};

/// What `#[ink::event]` implements.
pub trait Event {
    /// Emits it.
    fn emit(&self);
}

/// Emits an event. There is one of this for all events with topics and other parameters of the same types.
#[doc(hidden)]
#[inline(never)]
pub fn deposit<T: Parameters, P: Parameters>(signature: &[u8; 32], topics: T, others: P) {
    topics.with_words_behind(*signature, |topics| {
        others.with_encoded_parameters(|data| salus_host::deposit_event(topics, data));
    });
}

/// What ink!'s own entry points, which are left out, would end the call with.
#[cfg(not(feature = "std"))]
pub fn return_value_solidity<R: Answer>(_: ReturnFlags, value: &R) -> ! {
    value.finish();
    salus_host::return_value(ReturnFlags::empty(), &[])
}

/// As above.
#[cfg(feature = "std")]
pub fn return_value_solidity<R: Answer>(_: ReturnFlags, value: &R) {
    value.finish();
}
