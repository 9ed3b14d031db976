//! The entry and the end of a call, and its storage and events.

pub mod event;

pub use event::Event;
pub use upstream::env::*;

use upstream::{prelude::vec, storage::traits::Storable};

use crate::sol::Answer;

/// Reads the call data, and finds the message and its arguments in them. Reverts if there are none such.
///
/// # Errors
/// None; ink! wants the type.
#[inline(always)]
pub fn decode_input<T: DecodeDispatch>() -> core::result::Result<T, DispatchError> {
    let mut input = vec![0; salus_host::call_data_size()];
    salus_host::call_data_copy(&mut input, 0);
    match T::decode_dispatch(&mut input.as_slice()) {
        Ok(message) => Ok(message),
        Err(_) => salus_host::revert(),
    }
}

/// The storage struct, which is nothing, from nowhere.
///
/// # Errors
/// If the struct cannot be made of nothing, which its size rules out.
#[inline(always)]
pub fn get_contract_storage<K, R: Storable>(_: &K) -> Result<Option<R>> {
    const {
        assert!(
            size_of::<R>() == 0,
            "state belongs into slots: the storage struct has no fields"
        )
    };
    R::decode(&mut &[][..])
        .map(Some)
        .map_err(|_| Error::Decode(upstream::scale::Error::from("storage")))
}

/// The storage struct is nothing, and goes nowhere.
#[inline(always)]
pub fn set_contract_storage<K, V: Storable>(_: &K, _: &V) -> Option<u32> {
    const {
        assert!(
            size_of::<V>() == 0,
            "state belongs into slots: the storage struct has no fields"
        )
    };
    None
}

/// Ends the call with what a message returns.
#[cfg(not(feature = "std"))]
#[inline(always)]
pub fn return_value_solidity<R: Answer>(flags: ReturnFlags, value: &R) -> ! {
    value.with_encoded(|data| salus_host::return_value(flags, data))
}

/// Ends the call with what a message returns.
#[cfg(feature = "std")]
pub fn return_value_solidity<R: Answer>(flags: ReturnFlags, value: &R) {
    value.with_encoded(|data| salus_host::return_value(flags, data))
}
