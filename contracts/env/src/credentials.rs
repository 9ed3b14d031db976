//! Questions to the contract `credentials`.

use ink::Address;
use salus_core::{codes::Role, eip712::type_hash};

use crate::{
    chain,
    consents::{Unanswered, ask, byte, word_of},
};

/// `isActiveAt(holder, role, time)`: whether an account had an active credential in a role at a time.
///
/// # Errors
/// [`Unanswered`]
pub fn is_active_at(credentials: &Address, holder: &[u8; 20], role: Role, time: u64) -> Result<bool, Unanswered> {
    let mut at = [0; 32];
    if let Some(end) = at.last_chunk_mut() {
        *end = time.to_be_bytes();
    }
    let selector = const { type_hash("isActiveAt(address,uint8,uint64)") };
    let [answer] = ask(credentials, selector, &[word_of(holder), byte(role.bit()), at])?;
    Ok(chain::is_true(&answer))
}
