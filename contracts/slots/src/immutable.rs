use core::marker::PhantomData;

use crate::{
    Value,
    layout::{assert_entry, with_zeros},
};

/// What never changes. It is set in the constructor, once, and costs less than half of what storage costs to read.
#[derive(Debug)]
pub struct Immutable<V>(PhantomData<fn() -> V>);

impl<V: Value> Immutable<V> {
    /// A contract has one of these at most.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "it is a name for a place, and has no value")]
    pub const fn new() -> Self {
        const { assert_entry(V::SIZE) };
        Self(PhantomData)
    }

    /// The value, if the constructor has set one.
    #[must_use]
    pub fn get(&self) -> Option<V> {
        with_zeros(V::SIZE, |bytes| {
            V::read(salus_host::immutable_data(bytes)).map(|(value, _)| value)
        })
    }

    /// Sets the value. In the constructor, once: the chain refuses anything else.
    pub fn set(&self, value: &V) {
        with_zeros(V::SIZE, |bytes| {
            value.write(bytes);
            salus_host::set_immutable_data(bytes);
        });
    }
}
