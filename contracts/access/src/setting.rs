//! What the rules are set among: the contract's parameters, and the contracts that it asks.

use ink::{
    Address,
    sol::{Revert as _, Word as _},
};
use salus_core::{
    access::{ConsentFacts, Parameters, Setting},
    codes::Role,
    consent::{Period, Status},
};
use salus_env::question::{self, NoAnswer};

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
fn answered<T>(contract: &Address, answer: Result<T, NoAnswer>) -> T {
    answer.unwrap_or_else(|NoAnswer| ErrorRef::NoAnswer { contract }.revert())
}

impl Setting for Fixed {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    #[inline(never)]
    fn controller_of(&self, subject: &[u8; 32]) -> [u8; 20] {
        answered(&self.consent, question::controller_of(&self.consent, subject)).0
    }

    fn may_act(&self, subject: &[u8; 32], account: &[u8; 20], _: u8) -> bool {
        self.controller_of(subject) == *account
    }

    fn consent(&self, id: &[u8; 32]) -> Option<ConsentFacts> {
        let words = answered(&self.consent, question::consent_of(&self.consent, id));
        let [subject, grantee, _, from, until, _, _, status, _] = &words;
        Some(ConsentFacts {
            subject: *subject,
            grantee: Address::from_word(grantee)?.0,
            validity: Period {
                from: u64::from_word(from)?,
                until: u64::from_word(until)?,
            },
            is_active: u8::from_word(status)? == Status::Active as u8,
        })
    }

    #[inline(never)]
    fn has_role(&self, account: &[u8; 20], role: Role, time: u64) -> bool {
        let answer = question::is_active_at(&self.credentials, account, role.bit(), time);
        answered(&self.credentials, answer)
    }
}
