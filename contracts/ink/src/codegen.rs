//! What ink! calls between decoding and dispatch.

pub use upstream::codegen::*;

use upstream::env::DispatchError;

/// Reverts if the call brought native coin.
///
/// # Errors
/// None; ink! wants the type.
#[inline(always)]
pub fn deny_payment() -> Result<(), DispatchError> {
    if salus_host::is_paid() {
        salus_host::revert();
    }
    Ok(())
}
