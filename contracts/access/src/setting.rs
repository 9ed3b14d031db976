//! What the rules are set among: the contract's parameters, and the contracts that it asks.

use ink::{Address, sol::Revert as _};
use salus_core::{
    access::{Parameters, Setting},
    codes::Role,
    consent::Entry,
};
use salus_env::{
    consents::{self, Unanswered},
    credentials,
};

use crate::{
    error::ErrorRef,
    storage::{FIXED, load_parameters},
};

/// What is fixed, read once in a call.
pub(crate) struct Fixed {
    pub(crate) consent: Address,
    pub(crate) credentials: Address,
    parameters: Parameters,
}

impl Fixed {
    /// What the constructor wrote.
    #[inline(never)]
    pub(crate) fn load() -> Self {
        let stored = FIXED.get();
        let parameters = stored.as_ref().and_then(load_parameters);
        match (stored, parameters) {
            (Some((consent, credentials, ..)), Some(parameters)) => Self {
                consent: consent.into(),
                credentials: credentials.into(),
                parameters,
            },
            // A contract that was never created is not called.
            _ => salus_host::revert(),
        }
    }
}

/// Ends the call if a contract did not answer: without an answer, nothing is decided.
fn answered<T>(contract: &Address, answer: Result<T, Unanswered>) -> T {
    answer.unwrap_or_else(|Unanswered| ErrorRef::NoAnswer { contract }.revert())
}

impl Setting for Fixed {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    #[inline(never)]
    fn controller_of(&self, subject: &[u8; 32]) -> [u8; 20] {
        answered(&self.consent, consents::controller_of(&self.consent, subject))
    }

    fn may_act(&self, subject: &[u8; 32], account: &[u8; 20], powers: u8) -> bool {
        let answer = consents::may_act(&self.consent, subject, account, powers);
        answered(&self.consent, answer)
    }

    fn consent(&self, id: &[u8; 32]) -> Option<Entry> {
        answered(&self.consent, consents::consent_of(&self.consent, id))
    }

    #[inline(never)]
    fn has_role(&self, account: &[u8; 20], role: Role, time: u64) -> bool {
        let answer = credentials::is_active_at(&self.credentials, account, role, time);
        answered(&self.credentials, answer)
    }
}
