//! Who acts: who called, or, in an action that somebody else sent, who signed it.

use core::cell::Cell;

struct Actor(Cell<Option<[u8; 20]>>);

// SAFETY: a contract has one thread.
#[allow(unsafe_code, reason = "a static that is changed")]
unsafe impl Sync for Actor {}

static ACTOR: Actor = Actor(Cell::new(None));

/// The rest of the call is `signer`'s doing.
pub fn act_as(signer: [u8; 20]) {
    ACTOR.0.set(Some(signer));
}

pub(crate) fn actor() -> [u8; 20] {
    ACTOR.0.get().unwrap_or_else(salus_host::caller)
}
