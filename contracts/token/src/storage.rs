//! What the token keeps. The layout of slots is described in `salus_slots`.

use core::convert::Infallible;
use ink::{
    Address, U256,
    prelude::{vec, vec::Vec},
};
use salus_core::token::{
    Ledger,
    authorization::Nonces,
    roles::{DefaultAdmin, Role, Roles, Scheduled},
};
use salus_slots::{EntryMap, WordMap, WordSlot};

use crate::{Refused, token::Token};

/// The tokens of an account.
const BALANCES: WordMap<Address, U256> = WordMap::new(1);
/// What a spender may still move of an owner's tokens.
const ALLOWANCES: WordMap<(Address, Address), U256> = WordMap::new(2);
/// How many permits of an owner were used.
pub(crate) const NONCES: WordMap<Address, U256> = WordMap::new(3);
/// The sum of all balances.
const TOTAL_SUPPLY: WordSlot<U256> = WordSlot::new(4);
/// Whether the token is paused.
const PAUSED: WordSlot<bool> = WordSlot::new(5);
/// Whether a nonce of a signer's authorizations was used or cancelled.
pub(crate) const AUTHORIZATIONS: WordMap<(Address, [u8; 32]), bool> = WordMap::new(6);
/// Whether an account has a role that is not the default admin's.
const MEMBERS: WordMap<(Address, [u8; 32]), bool> = WordMap::new(7);
/// Who gives and takes roles.
const ADMIN: EntryMap<[u8; 0], StoredAdmin> = EntryMap::new(8);

/// The default admin, who is to follow and when, the delay, and the one to follow it and when.
type StoredAdmin = ([u8; 20], [u8; 20], u64, u64, u64, u64);

/// Bytes of UTF-8.
pub(crate) const MAX_NAME_LENGTH: usize = 128;
pub(crate) const MAX_SYMBOL_LENGTH: usize = 32;

/// What never changes. It is the contract's immutable data, which costs less to read than storage: the separator of the domain
/// of signatures (32 bytes), the id of the chain that it is for (32), the cap (32), `decimals`, the length of the name, the name,
/// the symbol.
pub(crate) struct Details(Vec<u8>);

const SEPARATOR: usize = 0;
const CHAIN_ID: usize = SEPARATOR + 32;
const CAP: usize = CHAIN_ID + 32;
const DECIMALS: usize = CAP + 32;
const NAME_LENGTH: usize = DECIMALS + 1;
const NAME: usize = NAME_LENGTH + 1;
const MAX_DETAILS: usize = NAME + MAX_NAME_LENGTH + MAX_SYMBOL_LENGTH;

impl Details {
    /// Sets them, in the constructor. The texts must have been measured.
    pub(crate) fn set(separator: &[u8; 32], chain_id: &[u8; 32], cap: &U256, decimals: u8, name: &[u8], symbol: &[u8]) {
        let mut data = vec![0; NAME.saturating_add(name.len()).saturating_add(symbol.len())];
        if let Some((head, texts)) = data.split_first_chunk_mut::<NAME>() {
            head[SEPARATOR..CHAIN_ID].copy_from_slice(separator);
            head[CHAIN_ID..CAP].copy_from_slice(chain_id);
            head[CAP..DECIMALS].copy_from_slice(&cap.to_big_endian());
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

    /// How many tokens there may be.
    pub(crate) fn cap(&self) -> U256 {
        match self.0.as_chunks::<32>() {
            ([_, _, cap, ..], _) => U256::from_big_endian(cap),
            _ => U256::zero(),
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

impl Ledger for Token {
    type Refusal = Refused;

    fn balance_of(&self, account: &Address) -> U256 {
        BALANCES.get(account)
    }

    fn set_balance(&mut self, account: &Address, value: U256) {
        BALANCES.set(account, &value);
    }

    fn allowance(&self, owner: &Address, spender: &Address) -> U256 {
        ALLOWANCES.get(&(*owner, *spender))
    }

    fn update_allowance(
        &mut self,
        owner: &Address,
        spender: &Address,
        change: impl FnOnce(U256) -> Result<Option<U256>, Refused>,
    ) -> Result<(), Refused> {
        ALLOWANCES.update(&(*owner, *spender), change)
    }

    fn total_supply(&self) -> U256 {
        TOTAL_SUPPLY.get()
    }

    fn set_total_supply(&mut self, value: U256) {
        TOTAL_SUPPLY.set(&value);
    }

    fn is_paused(&self) -> bool {
        PAUSED.get()
    }

    fn set_paused(&mut self, paused: bool) {
        PAUSED.set(&paused);
    }
}

impl Nonces for Token {
    type Refusal = Refused;

    #[inline(never)]
    fn insert(&mut self, authorizer: &Address, nonce: &[u8; 32]) -> bool {
        let mut was_there = false;
        let Ok(()) = AUTHORIZATIONS.update(&(*authorizer, *nonce), |used| {
            was_there = used;
            Ok::<_, Infallible>((!used).then_some(true))
        });
        !was_there
    }
}

impl Roles for Token {
    type Refusal = Refused;

    #[inline(never)]
    fn default_admin(&self) -> DefaultAdmin {
        let (account, heir, accept, delay, new_delay, effect) = ADMIN.get(&[]).unwrap_or_default();
        let pending = Scheduled {
            value: heir.into(),
            schedule: accept,
        };
        let pending_delay = Scheduled {
            value: new_delay,
            schedule: effect,
        };
        DefaultAdmin::from_parts(account.into(), pending, delay, pending_delay)
    }

    #[inline(never)]
    fn set_default_admin(&mut self, admin: &DefaultAdmin) {
        let (account, pending, delay, pending_delay) = admin.parts();
        let stored = (
            account.0,
            pending.value.0,
            pending.schedule,
            delay,
            pending_delay.value,
            pending_delay.schedule,
        );
        ADMIN.set(&[], &stored);
    }

    fn is_member(&self, role: &Role, account: &Address) -> bool {
        MEMBERS.get(&(*account, *role))
    }

    fn set_member(&mut self, role: &Role, account: &Address, is_member: bool) {
        MEMBERS.set(&(*account, *role), &is_member);
    }
}
