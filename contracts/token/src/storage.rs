//! What the token keeps. The layout of slots is described in `salus_slots`.

use ink::{Address, U256, prelude::vec, sol::Text};
use salus_slots::{WordMap, WordSlot};

/// The tokens of an account.
pub(crate) const BALANCES: WordMap<Address, U256> = WordMap::new(1);
/// What a spender may still move of an owner's tokens.
pub(crate) const ALLOWANCES: WordMap<(Address, Address), U256> = WordMap::new(2);
/// How many permits of an owner were used.
pub(crate) const NONCES: WordMap<Address, U256> = WordMap::new(3);
/// The sum of all balances.
pub(crate) const TOTAL_SUPPLY: WordSlot<U256> = WordSlot::new(4);

/// Bytes of UTF-8.
pub(crate) const MAX_NAME_LENGTH: usize = 128;
pub(crate) const MAX_SYMBOL_LENGTH: usize = 32;

/// What never changes. It is the contract's immutable data, which costs less to read than storage: the hash of the name (32
/// bytes), `decimals`, the length of the name, the name, the symbol.
pub(crate) struct Details([u8; MAX_DETAILS], usize);

const HASH: usize = 32;
const DECIMALS: usize = HASH;
const NAME_LENGTH: usize = DECIMALS + 1;
const NAME: usize = NAME_LENGTH + 1;
const MAX_DETAILS: usize = NAME + MAX_NAME_LENGTH + MAX_SYMBOL_LENGTH;

impl Details {
    /// Sets them, in the constructor. The texts must have been measured.
    pub(crate) fn set(name: &[u8], name_hash: [u8; 32], symbol: &[u8], decimals: u8) {
        let mut data = vec![0; NAME.saturating_add(name.len()).saturating_add(symbol.len())];
        if let Some((head, texts)) = data.split_first_chunk_mut::<NAME>() {
            head[..HASH].copy_from_slice(&name_hash);
            // At most 128.
            (head[DECIMALS], head[NAME_LENGTH]) = (decimals, name.len() as u8);
            let (first, second) = texts.split_at_mut(name.len());
            first.copy_from_slice(name);
            second.copy_from_slice(symbol);
        }
        salus_host::set_immutable_data(&data);
    }

    /// Reads them.
    #[inline(never)]
    pub(crate) fn with<T>(read: impl FnOnce(&Details) -> T) -> T {
        let mut data = [0; MAX_DETAILS];
        let length = salus_host::immutable_data(&mut data).len();
        read(&Self(data, length))
    }

    pub(crate) fn name_hash(&self) -> [u8; 32] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    pub(crate) fn decimals(&self) -> u8 {
        self.0[DECIMALS]
    }

    pub(crate) fn name(&self) -> Text {
        Text(self.0.get(NAME..self.name_end()).unwrap_or_default().to_vec())
    }

    pub(crate) fn symbol(&self) -> Text {
        Text(self.0.get(self.name_end()..self.1).unwrap_or_default().to_vec())
    }

    fn name_end(&self) -> usize {
        NAME.saturating_add(self.0[NAME_LENGTH].into())
    }
}
