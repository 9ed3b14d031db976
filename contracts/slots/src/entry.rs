use core::marker::PhantomData;

use crate::{
    Value,
    layout::{assert_entry, assert_key, with_zeros},
};

/// Entries by key.
#[derive(Debug)]
pub struct EntryMap<K, V> {
    tag: u8,
    types: PhantomData<fn(K) -> V>,
}

impl<K: Value, V: Value> EntryMap<K, V> {
    /// The map with this tag.
    #[must_use]
    pub const fn new(tag: u8) -> Self {
        const { assert_key(K::SIZE) };
        const { assert_entry(V::SIZE) };
        Self {
            tag,
            types: PhantomData,
        }
    }

    /// The entry at `key`, if one was set.
    #[inline(always)]
    pub fn get(&self, key: &K) -> Option<V> {
        get(self.tag, key)
    }

    /// Sets the entry at `key`, which was read before.
    #[inline(always)]
    pub fn set(&self, key: &K, value: &V) {
        set(self.tag, key, value, false);
    }

    /// Sets the entry at `key`, which was not read before. The chain charges less for writing what was read, by more than it
    /// charges for reading; so this reads, too.
    #[inline(always)]
    pub fn set_unread(&self, key: &K, value: &V) {
        set(self.tag, key, value, true);
    }
}

/// Shared by all maps of a kind, since code costs at every call, whatever it does.
#[inline(never)]
fn get<K: Value, V: Value>(tag: u8, key: &K) -> Option<V> {
    at(tag, key, |key| {
        with_zeros(V::SIZE, |bytes| {
            if !salus_host::get_entry(key, bytes) {
                return None;
            }
            V::read(bytes).map(|(value, _)| value)
        })
    })
}

/// As [`get`].
#[inline(never)]
fn set<K: Value, V: Value>(tag: u8, key: &K, value: &V, read: bool) {
    at(tag, key, |key| {
        with_zeros(V::SIZE, |bytes| {
            if read {
                salus_host::get_entry(key, bytes);
            }
            value.write(bytes);
            salus_host::set_entry(key, bytes);
        });
    });
}

#[inline(always)]
fn at<K: Value, T>(tag: u8, key: &K, then: impl FnOnce(&[u8]) -> T) -> T {
    with_zeros(K::SIZE.strict_add(1), |bytes| {
        if let Some((first, rest)) = bytes.split_first_mut() {
            *first = tag;
            key.write(rest);
        }
        then(bytes)
    })
}
