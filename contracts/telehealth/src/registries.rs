//! What is fixed when the contract is created, and the contracts that it asks.

use ink::{Address, sol::Revert as _};
use salus_core::codes::Role;
use salus_env::{
    consents::{self, Unanswered},
    credentials, records,
};

use crate::{error::ErrorRef, storage::FIXED};

/// What is fixed.
pub(crate) struct Fixed {
    pub(crate) consent: Address,
    pub(crate) credentials: Address,
    pub(crate) records: Address,
    pub(crate) arbiter_role: Role,
}

impl Fixed {
    /// What the constructor wrote.
    #[inline(never)]
    pub(crate) fn load() -> Self {
        let stored = FIXED.get();
        let role = stored.and_then(|(.., role)| Role::from_bit(role));
        match (stored, role) {
            (Some((consent, credentials, records, _)), Some(arbiter_role)) => Self {
                consent,
                credentials,
                records,
                arbiter_role,
            },
            // A contract that was never created is not called.
            _ => salus_host::revert(),
        }
    }
}

#[inline(never)]
pub(crate) fn is_active_at(holder: &Address, role: Role, time: u64) -> bool {
    let contract = Fixed::load().credentials;
    answered(&contract, credentials::is_active_at(&contract, &holder.0, role, time))
}

pub(crate) fn record(id: &[u8; 32]) -> Option<(Address, u64)> {
    let contract = Fixed::load().records;
    let found = answered(&contract, records::record_of(&contract, id));
    found.map(|(author, anchored_at)| (author.into(), anchored_at))
}

pub(crate) fn has_consent(subject: &[u8; 32], grantee: &Address) -> bool {
    let contract = Fixed::load().consent;
    let Some(id) = answered(&contract, consents::current_consent(&contract, subject, &grantee.0)) else {
        return false;
    };
    let entry = answered(&contract, consents::consent_of(&contract, &id));
    entry.is_some_and(|entry| entry.is_in_force(salus_host::now()))
}

/// Ends the call if a contract did not answer: without an answer, nothing is decided.
fn answered<T>(contract: &Address, answer: Result<T, Unanswered>) -> T {
    answer.unwrap_or_else(|Unanswered| ErrorRef::NoAnswer { contract }.revert())
}
