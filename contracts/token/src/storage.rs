//! What the token keeps. The layout of slots is described in `salus_slots`.

use ink::{
    Address, U256,
    prelude::{vec, vec::Vec},
};
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

/// What never changes. It is the contract's immutable data, which costs less to read than storage: the separator of the domain
/// of signatures (32 bytes) and the id of the chain that it is for (32), `decimals`, the length of the name, the name, the symbol.
pub(crate) struct Details(Vec<u8>);

const SEPARATOR: usize = 0;
const CHAIN_ID: usize = SEPARATOR + 32;
const DECIMALS: usize = CHAIN_ID + 32;
const NAME_LENGTH: usize = DECIMALS + 1;
const NAME: usize = NAME_LENGTH + 1;
const MAX_DETAILS: usize = NAME + MAX_NAME_LENGTH + MAX_SYMBOL_LENGTH;

impl Details {
    /// Sets them, in the constructor. The texts must have been measured.
    pub(crate) fn set(separator: [u8; 32], chain_id: [u8; 32], decimals: u8, name: &[u8], symbol: &[u8]) {
        let mut data = vec![0; NAME.saturating_add(name.len()).saturating_add(symbol.len())];
        if let Some((head, texts)) = data.split_first_chunk_mut::<NAME>() {
            head[SEPARATOR..CHAIN_ID].copy_from_slice(&separator);
            head[CHAIN_ID..DECIMALS].copy_from_slice(&chain_id);
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
    pub(crate) fn get() -> Self {
        let mut data = vec![0; MAX_DETAILS];
        let length = salus_host::immutable_data(&mut data).len();
        data.truncate(length);
        Self(data)
    }

    /// The separator and the id of the chain that it is for.
    pub(crate) fn domain(&self) -> Option<(&[u8; 32], &[u8; 32])> {
        match self.0.as_chunks() {
            ([separator, chain_id, ..], _) => Some((separator, chain_id)),
            _ => None,
        }
    }

    pub(crate) fn decimals(&self) -> u8 {
        self.byte(DECIMALS)
    }

    pub(crate) fn name(&self) -> &[u8] {
        self.0.get(NAME..self.name_end()).unwrap_or_default()
    }

    pub(crate) fn symbol(&self) -> &[u8] {
        self.0.get(self.name_end()..).unwrap_or_default()
    }

    fn name_end(&self) -> usize {
        NAME.saturating_add(self.byte(NAME_LENGTH).into())
    }

    fn byte(&self, index: usize) -> u8 {
        self.0.get(index).copied().unwrap_or_default()
    }
}
