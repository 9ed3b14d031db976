//! What the tests of access rules are set among: subjects, delegates, consents and credentials in memory.

use std::collections::{HashMap, HashSet};

use salus_core::{
    access::{Parameters, Setting},
    codes::Role,
    consent::{
        Entry,
        registry::{Address, NOBODY, Subject},
    },
    hash::Hash,
};

pub(crate) const PATIENT: Address = [0xaa; 20];
pub(crate) const DELEGATE: Address = [0xab; 20];
pub(crate) const SUBJECT: Subject = [5; 32];
pub(crate) const OTHER_SUBJECT: Subject = [6; 32];

pub(crate) const PARAMETERS: Parameters = Parameters {
    emergency_roles: Role::PHYS.mask() | Role::NURS.mask(),
    reviewer_role: Role::PROV,
    max_duration: 3_600,
    max_uses: 2,
    uses_window: 600,
    review_period: 1_000,
    max_veto_window: 120,
};

pub(crate) struct World {
    pub(crate) parameters: Parameters,
    pub(crate) controllers: HashMap<Subject, Address>,
    /// Subject, account and the powers that it has.
    pub(crate) delegates: HashMap<(Subject, Address), u8>,
    pub(crate) consents: HashMap<Hash, Entry>,
    pub(crate) roles: HashSet<(Address, Role)>,
}

impl World {
    /// Two subjects that the patient controls.
    pub(crate) fn new() -> Self {
        Self {
            parameters: PARAMETERS,
            controllers: [(SUBJECT, PATIENT), (OTHER_SUBJECT, PATIENT)].into(),
            delegates: HashMap::new(),
            consents: HashMap::new(),
            roles: HashSet::new(),
        }
    }
}

impl Setting for World {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn controller_of(&self, subject: &Subject) -> Address {
        self.controllers.get(subject).copied().unwrap_or(NOBODY)
    }

    fn may_act(&self, subject: &Subject, account: &Address, powers: u8) -> bool {
        let delegated = self.delegates.get(&(*subject, *account));
        self.controller_of(subject) == *account || delegated.is_some_and(|given| given & powers == powers)
    }

    fn consent(&self, id: &Hash) -> Option<Entry> {
        self.consents.get(id).copied()
    }

    fn has_role(&self, account: &Address, role: Role, _: u64) -> bool {
        self.roles.contains(&(*account, role))
    }
}
