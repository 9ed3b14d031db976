//! Questions to the contract `records`.

use ink::Address;
use salus_core::{eip712::type_hash, hash::Hash};

use crate::consents::{Unanswered, account, ask, number};

/// Who anchored a record, by `recordOf(id)`, and when, by `versionOf(id, 1)`, in seconds since the epoch; `None` if there is none.
///
/// # Errors
/// [`Unanswered`]
pub fn record_of(records: &Address, id: &Hash) -> Result<Option<([u8; 20], u64)>, Unanswered> {
    let [author, latest] = ask(records, const { type_hash("recordOf(bytes32)") }, &[*id])?;
    if latest == [0; 32] {
        return Ok(None);
    }
    let mut first = [0; 32];
    first[31] = 1;
    let selector = const { type_hash("versionOf(bytes32,uint32)") };
    let [_, anchored_at, _] = ask(records, selector, &[*id, first])?;
    Ok(Some((account(&author), number(&anchored_at))))
}
