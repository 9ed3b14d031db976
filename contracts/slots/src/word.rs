use core::marker::PhantomData;

use primitive_types::{H160, H256, U256};

/// A value of one word, of which one value, and no other, is the word of zeros.
pub trait Word {
    /// The value as a word.
    fn to_word(&self) -> [u8; 32];

    /// The value that a word is.
    fn from_word(word: &[u8; 32]) -> Self;
}

impl Word for U256 {
    #[inline(always)]
    fn to_word(&self) -> [u8; 32] {
        self.to_big_endian()
    }

    #[inline(always)]
    fn from_word(word: &[u8; 32]) -> Self {
        Self::from_big_endian(word)
    }
}

impl Word for bool {
    #[inline(always)]
    fn to_word(&self) -> [u8; 32] {
        let mut word = [0; 32];
        word[31] = u8::from(*self);
        word
    }

    #[inline(always)]
    fn from_word(word: &[u8; 32]) -> Self {
        word[31] != 0
    }
}

/// What a word is found by.
pub trait WordKey {
    /// Where the word is.
    fn key(&self, tag: u8) -> [u8; 32];
}

impl WordKey for H160 {
    #[inline(always)]
    fn key(&self, tag: u8) -> [u8; 32] {
        let [a, b, c, d, low @ ..] = self.0;
        // In words of eight bytes, which the compiler would not see by itself.
        let mut key = [[0; 8]; 4];
        key[0] = u64::from(tag).to_le_bytes();
        key[1] = [0, 0, 0, 0, a, b, c, d];
        if let ([first, second], _) = low.as_chunks() {
            (key[2], key[3]) = (*first, *second);
        }
        // Four times eight.
        key.as_flattened().try_into().unwrap_or_default()
    }
}

impl WordKey for (H160, H160) {
    #[inline(always)]
    fn key(&self, tag: u8) -> [u8; 32] {
        let mut preimage = [0; 41];
        preimage[0] = tag;
        preimage[1..21].copy_from_slice(&self.0.0);
        preimage[21..].copy_from_slice(&self.1.0);
        salus_host::keccak256(&preimage)
    }
}

impl WordKey for (H160, U256) {
    #[inline(always)]
    fn key(&self, tag: u8) -> [u8; 32] {
        let mut preimage = [0; 53];
        preimage[0] = tag;
        preimage[1..21].copy_from_slice(&self.0.0);
        preimage[21..].copy_from_slice(&self.1.to_big_endian());
        salus_host::keccak256(&preimage)
    }
}

impl WordKey for (H160, H256, H160, u32) {
    #[inline(always)]
    fn key(&self, tag: u8) -> [u8; 32] {
        let mut preimage = [0; 77];
        preimage[0] = tag;
        preimage[1..21].copy_from_slice(&self.0.0);
        preimage[21..53].copy_from_slice(&self.1.0);
        preimage[53..73].copy_from_slice(&self.2.0);
        preimage[73..].copy_from_slice(&self.3.to_be_bytes());
        salus_host::keccak256(&preimage)
    }
}

impl WordKey for (H160, [u8; 32]) {
    #[inline(always)]
    fn key(&self, tag: u8) -> [u8; 32] {
        let mut preimage = [0; 53];
        preimage[0] = tag;
        preimage[1..21].copy_from_slice(&self.0.0);
        preimage[21..].copy_from_slice(&self.1);
        salus_host::keccak256(&preimage)
    }
}

/// Words by key.
#[derive(Debug)]
pub struct WordMap<K, V> {
    tag: u8,
    types: PhantomData<fn(K) -> V>,
}

impl<K: WordKey, V: Word> WordMap<K, V> {
    /// The map with this tag.
    #[must_use]
    pub const fn new(tag: u8) -> Self {
        Self {
            tag,
            types: PhantomData,
        }
    }

    /// The word at `key`; zero if none was set.
    #[inline(always)]
    pub fn get(&self, key: &K) -> V {
        get(self.tag, key)
    }

    /// Sets the word at `key`, or frees it if it is zero.
    #[inline(always)]
    pub fn set(&self, key: &K, value: &V) {
        set(self.tag, key, value);
    }

    /// Sets the word at `key` to what `change` makes of it, or leaves it as it is for `None`.
    ///
    /// The key is made once, which counts where it is a hash. It is also the cheapest way to set a word that was not read before:
    /// the chain charges less for writing what was read, by more than it charges for reading.
    ///
    /// # Errors
    /// Those of `change`.
    #[inline(always)]
    pub fn update<E>(&self, key: &K, change: impl FnOnce(V) -> Result<Option<V>, E>) -> Result<(), E> {
        let key = key.key(self.tag);
        if let Some(value) = change(V::from_word(&salus_host::get_word(&key)))? {
            salus_host::set_word(&key, &value.to_word());
        }
        Ok(())
    }
}

/// Shared by all maps of a kind, since code costs at every call, whatever it does.
#[inline(never)]
fn get<K: WordKey, V: Word>(tag: u8, key: &K) -> V {
    V::from_word(&salus_host::get_word(&key.key(tag)))
}

/// As [`get`].
#[inline(never)]
fn set<K: WordKey, V: Word>(tag: u8, key: &K, value: &V) {
    salus_host::set_word(&key.key(tag), &value.to_word());
}

/// One word.
#[derive(Debug)]
pub struct WordSlot<V> {
    tag: u8,
    types: PhantomData<fn() -> V>,
}

impl<V: Word> WordSlot<V> {
    /// The slot with this tag.
    #[must_use]
    pub const fn new(tag: u8) -> Self {
        Self {
            tag,
            types: PhantomData,
        }
    }

    /// The word; zero if none was set.
    #[inline(always)]
    #[must_use]
    pub fn get(&self) -> V {
        V::from_word(&salus_host::get_word(&self.key()))
    }

    /// Sets the word, or frees it if it is zero.
    #[inline(always)]
    pub fn set(&self, value: &V) {
        salus_host::set_word(&self.key(), &value.to_word());
    }

    fn key(&self) -> [u8; 32] {
        let mut key = [0; 32];
        key[0] = self.tag;
        key
    }
}
