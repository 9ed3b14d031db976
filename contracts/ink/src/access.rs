use core::marker::PhantomData;

use upstream::{Address, env::Environment};

use crate::env::Event;

/// What `self.env()` is.
#[derive(Debug)]
pub struct EnvAccess<'a, E>(PhantomData<fn() -> &'a E>);

impl<E> Default for EnvAccess<'_, E> {
    #[inline(always)]
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<E: Environment> EnvAccess<'_, E> {
    /// Who called.
    #[must_use]
    #[inline(always)]
    pub fn caller(self) -> Address {
        Address::from(salus_host::caller())
    }

    /// Who acts: in a signed action, who signed it; otherwise, who called.
    #[must_use]
    #[inline(always)]
    pub fn actor(self) -> Address {
        Address::from(crate::actor::actor())
    }

    /// This contract.
    #[must_use]
    #[inline(always)]
    pub fn address(self) -> Address {
        Address::from(salus_host::address())
    }

    /// The time of the block, in seconds since the epoch.
    #[must_use]
    #[inline(always)]
    pub fn block_timestamp(self) -> u64 {
        salus_host::now()
    }

    /// Emits an event.
    #[inline(always)]
    pub fn emit_event(self, event: impl Event) {
        event.emit();
    }
}
